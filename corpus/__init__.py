"""What we know: a file becomes sections (document, page, headings, text)."""
