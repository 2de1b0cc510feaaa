"""What a question wants counted, and whether a sentence counts it. Pure.

"Combien d'États sont membres ?" is answered by "22 États", not by a sentence that holds some other figure. Only said
where it can be told: the sentence is in the question's language and names the thing.
"""

from __future__ import annotations

import re

from assistant.answers.question import marked_figures
from index.terms import fold, stem, words

APART = 3
"""Words between a figure and what it counts, at most."""
_FIGURE = "figureatthisplace"
_ASKED = {
    "fr": re.compile(r"\bcombien (?:de |d'|d’)(?P<noun>\w+)|\b(?:nombre|total) (?:de |d'|d’|des )(?P<other>\w+)"),
    "en": re.compile(r"\bhow many (?P<noun>\w+)|\bnumber of (?P<other>\w+)"),
    "ar": re.compile(r"(?:^|\s)و?كم (?:عدد )?(?:من )?(?P<noun>\w+)|عدد (?P<other>\w+)"),
}


def counted(question: str, language: str) -> str:
    """The stem of what a question wants counted; empty where it wants nothing counted.

    >>> counted("Combien d'États sont membres ?", "fr"), counted("How many members are there?", "en")
    ('etat', 'member')
    >>> counted("Quand ?", "fr")
    ''
    """
    found = _ASKED[language].search(fold(question)) if language in _ASKED else None
    return stem(found["noun"] or found["other"], language) if found else ""


def counts(sentence: str, thing: str, language: str) -> float:
    """1 where a figure stands by `thing` in the sentence, 0 where `thing` stands without one, 0.5 where it is not named.

    >>> counts("Les 22 États membres siègent à Tunis.", "etat", "fr"), counts("L'État siège le 3 mai 2010.", "etat", "fr")
    (1.0, 0.0)
    >>> counts("Le conseil siège.", "etat", "fr")
    0.5
    """
    told = words(marked_figures(sentence, _FIGURE))
    named = [at for at, word in enumerate(told) if stem(word, language) == thing]
    figures = [at for at, word in enumerate(told) if word == _FIGURE]
    if not named:
        return 0.5
    return float(any(abs(at - place) <= APART + 1 for at in figures for place in named))
