"""Words near in meaning to those of a question, in its own language. Pure, but for its table.

A person asks where the money comes from; the text says who finances. A sentence with a near word holds what was asked
in part: it is not sought by it, only weighed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from corpus.lexicon import read_thesaurus
from index.terms import attached, fold, query_terms, stem, words


class Thesaurus:
    """Finds the words of a question in groups of near words and gives the terms of the others."""

    def __init__(self, groups: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self._near: dict[tuple[str, str], tuple[str, ...]] = {}
        for language, own in groups.items():
            for group in own:
                terms = tuple(dict.fromkeys(stem(word, language) for word in group))
                for term in terms:
                    self._near[language, term] = tuple(dict.fromkeys((*self._near.get((language, term), ()), *terms)))

    def beside(self, term: str, language: str) -> tuple[str, ...]:
        """The terms of the groups that a term is in, its own among them; none where it is in none."""
        return self._near.get((language, term), ())

    def near(self, question: str, asked_in: str, languages: Sequence[str]) -> dict[tuple[str, ...], tuple[str, ...]]:
        """For each word known here, as `query_terms` gives it: the terms of the words near to it."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for word in words(question) if asked_in in languages else ():
            forms = attached(fold(word)) if asked_in == "ar" else [word]
            known = (self.beside(stem(form, asked_in), asked_in) for form in forms)
            terms = next((terms for terms in known if terms), ())
            for own in query_terms(word, languages):
                if others := tuple(term for term in terms if term not in own):
                    found[own] = others
        return found


@lru_cache(maxsize=1)
def shipped_thesaurus() -> Thesaurus:
    """The shipped thesaurus, read once a process."""
    return Thesaurus(read_thesaurus())
