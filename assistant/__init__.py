"""How we answer: a question becomes hits, a draft, and an answer whose every sentence was verified."""
