"""Whether what would be shown speaks of the body the question is about, or of another one. Pure.

"La 5e session du CMAI" is not answered by the fifth session of another dialogue, however alike the sentences are. A
sentence stands under its headings and after the one before it: what these name, it need not name again.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.answers.mentions import mentions
from index.terms import stem, words

IMPLIED = frozenset({"miclat", "direction-cooperation"})
"""Whose texts these are: they speak of themselves without saying so."""


@lru_cache(maxsize=20_000)
def bodies(text: str) -> frozenset[str]:
    """The bodies and programmes of the glossary that a text names, by id.

    >>> sorted(bodies("La 5e session du CMAI et l'Union africaine"))
    ['cmai', 'ua']
    """
    return frozenset(found.id for found in mentions(text) if found.id) - IMPLIED


def another_body(question: str, text: str, around: str) -> float:
    """1 where the question names bodies and a text, with what stands `around` it, names others and none of them.

    A text that has all the words of a name, if not together, may be said to name it.

    >>> another_body("Quand s'est tenue la 5e session du CMAI ?", "La 5e session du Dialogue 5+5", "")
    1.0
    >>> another_body("Quand s'est tenue la 5e session du CMAI ?", "La 5e session", "Le CMAI")
    0.0
    """
    asked = [found for found in mentions(question) if found.id and found.id not in IMPLIED]
    named = bodies(text) | bodies(around) if asked else frozenset()
    if not named or any(found.id in named for found in asked):
        return 0.0
    held, forms = _stems(f"{around}\n{text}"), [_stems(found.text) for found in asked]
    return float(not any(form and form <= held for form in forms))


@lru_cache(maxsize=20_000)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word, "fr") for word in words(text) if len(word) > 1)
