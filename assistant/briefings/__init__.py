"""Briefings: what the texts say of one framework, its dates and its sources, each line with the quote that holds it."""
