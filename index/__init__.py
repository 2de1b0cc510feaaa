"""How we find it: sections become chunks, vectors and terms, and a question becomes ranked hits."""
