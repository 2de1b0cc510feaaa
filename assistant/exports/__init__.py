"""What leaves the product as a file: Markdown, Word and PDF, made from one plain description of a paper."""
