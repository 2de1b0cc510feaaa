"""How the reader is trained and measured: pairs of question and passage, near misses, weights."""
