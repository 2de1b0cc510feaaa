"""Countries, towns and what comes from them, told in a question however they are written.

A capital tells a name where it is typed, and Arabic has none. Which countries there are is known: "cooperation avec la
chine" names China, and a text that speaks of others does not answer it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from corpus.glossary import PEOPLES, PLACES, read_glossary
from corpus.spoken import read_spoken
from index.terms import attached, fold, query_terms, words

_SHORTEST = 4
"""Letters of a name: shorter ones are words too."""


def country_terms(question: str, languages: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Of `query_terms`, those of words that name a place or a people."""
    known = _known()
    named = (word for word in words(question) if not known.isdisjoint(attached(fold(word))))
    return frozenset(own for word in named for own in query_terms(word, languages))


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """The names of one word in the shipped lists, folded; not those that stand for a body ("Bruxelles")."""
    terms = (*read_glossary(PLACES), *read_glossary(PEOPLES))
    forms = (form for term in terms for own in term.forms.values() for form in own)
    bodies = {fold(said) for name in read_spoken().names for own in name.said.values() for said in own}
    single = (fold(found[0]) for form in forms if len(found := words(form)) == 1)
    return frozenset(name for name in single if len(name) >= _SHORTEST) - bodies
