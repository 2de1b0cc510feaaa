"""Why a passage was found: which words of the question it holds, and which it lacks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from index.chunk import Chunk
from index.coverage import Word
from index.terms import query_terms, terms, words


def held_and_lacking(
    question: str, asked: Sequence[Word], languages: Sequence[str], chunk: Chunk, language: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The content words of a question as typed: those that a passage or its headings hold in any form, and the others.

    A name counts as held by its acronym, as the search has it in `asked`. `languages` are those of the index,
    `language` is the passage's own.
    """
    held = frozenset(terms(chunk.whole, language))
    found: dict[str, bool] = {}
    for word in words(question):
        for own in query_terms(word, languages):
            also = next((word.terms for word in asked if set(own) <= set(word.terms)), own)
            found[word] = found.get(word, False) or not held.isdisjoint(also)
    return tuple(w for w, is_held in found.items() if is_held), tuple(w for w, is_held in found.items() if not is_held)
