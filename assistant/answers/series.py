"""The numbered meeting or part of a series that a question is about, and whether what would be shown numbers it so. Pure.

A list of four sessions holds the figure 6 in its days, and yet no sixth session: a number that ranks is only matched by
one that ranks, or that stands beside such a noun ("phase 2"). What is numbered otherwise (a century, a floor, somebody
who comes first) is left alone: texts tell it in too many other ways.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.answers.facts import Number, facts

_SERIES = re.compile(
    r"sessions?|reunions?|rencontres?|editions?|conferences?|sommets?|congres|forums?|phases?|tranches?|assemblees?|colloques?"
    r"|meetings?|summits?|rounds?|congress|(?:ال)?(?:دوره|دورات|اجتماع|اجتماعات|موتمر|لقاء|قمه|مرحله|نسخه|طبعه|جلسه|منتدي)"
)


def rank_lacking(question: str, texts: Sequence[str]) -> float:
    """1 where a meeting is asked for by its number in a series and no text has one of that number, else 0.

    >>> told = ["1ère rencontre : 16 mars 1990 ; 2ème rencontre : 6 juillet 1991"]
    >>> rank_lacking("Où a eu lieu la 6e rencontre ?", told), rank_lacking("Où a eu lieu la deuxième rencontre ?", told)
    (1.0, 0.0)
    >>> rank_lacking("Au 19e siècle, où ?", told), rank_lacking("When did the second phase start?", ["La phase 2 : 2019."])
    (0.0, 0.0)
    """
    wanted = {number.value for number in facts(question).numbers if number.ordinal and _in_series(number)}
    return float(bool(wanted) and not any(wanted & _numbered(text) for text in texts))


@lru_cache(maxsize=2000)
def _numbered(text: str) -> frozenset[str]:
    return frozenset(number.value for number in facts(text).numbers if number.ordinal or _in_series(number))


def _in_series(number: Number) -> bool:
    return any(_SERIES.fullmatch(word) for word in (number.before, number.after))
