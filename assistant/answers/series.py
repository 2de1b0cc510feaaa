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
from index.terms import fold

LONGEST = 3
"""Digits of a number in a series; four are a year's."""
_SERIES = re.compile(
    r"sessions?|reunions?|rencontres?|editions?|conferences?|sommets?|congres|forums?|phases?|tranches?|assemblees?|colloques?"
    r"|meetings?|summits?|rounds?|congress|(?:ال)?(?:دوره|دورات|اجتماع|اجتماعات|موتمر|لقاء|قمه|مرحله|نسخه|طبعه|جلسه|منتدي)"
)

_LAST_OF = re.compile(
    r"\b(?:derniere?s?|ultime) (?:de ces|des|de|parmi les) (?P<count>\w+)|\blast (?:one )?of (?:the |these |its )?(?P<counted>\w+)"
    r"|(?:^|\s)(?:ال)?اخر(?:ه)? (?:ال)?\w+ (?P<arabic>ال\w+)"
)


def rank_lacking(question: str, texts: Sequence[str]) -> float:
    """1 where a meeting is asked for by its number in a series and no text has one of that number, else 0.

    >>> told = ["1ère rencontre : 16 mars 1990 ; 2ème rencontre : 6 juillet 1991"]
    >>> rank_lacking("Où a eu lieu la 6e rencontre ?", told), rank_lacking("Où a eu lieu la deuxième rencontre ?", told)
    (1.0, 0.0)
    >>> rank_lacking("Au 19e siècle, où ?", told), rank_lacking("When did the second phase start?", ["La phase 2 : 2019."])
    (0.0, 0.0)
    """
    wanted = _asked(question)
    return float(bool(wanted) and not any(wanted & _numbered(text) for text in texts))


def rank_held(question: str, text: str) -> float:
    """1 where a text has the meeting of the number that is asked for, else 0: few others can be meant.

    >>> rank_held("Où a eu lieu la 6e rencontre ?", "La sixième rencontre, à Tunis."), rank_held("Où ?", "La 6e.")
    (1.0, 0.0)
    """
    return float(bool(_asked(question) & _numbered(text)))


def last_of(question: str) -> frozenset[str]:
    """The rank of the last of so many: of four meetings, the last is the fourth.

    >>> last_of("Quand a eu lieu la dernière des quatre réunions ?"), last_of("When was the last of the four meetings?")
    (frozenset({'4'}), frozenset({'4'}))
    >>> last_of("La dernière des réunions ?")
    frozenset()
    """
    found = _LAST_OF.search(fold(question))
    told = facts(found["count"] or found["counted"] or found["arabic"]).numbers if found else ()
    return frozenset(number.value for number in told if number.value.isdecimal() and number.value != "1")


def _asked(question: str) -> frozenset[str]:
    told = (number.value for number in facts(question).numbers if _ranks(number) and _in_series(number))
    return frozenset(told) | last_of(question)


def _ranks(number: Number) -> bool:
    """Whether it is an ordinal, or a figure behind its noun that is no year: "session 35", "الدورة 35"."""
    behind = _SERIES.fullmatch(number.before) is not None
    return number.ordinal or (behind and number.value.isdecimal() and len(number.value) <= LONGEST)


@lru_cache(maxsize=2000)
def _numbered(text: str) -> frozenset[str]:
    return frozenset(number.value for number in facts(text).numbers if number.ordinal or _in_series(number))


def _in_series(number: Number) -> bool:
    return any(_SERIES.fullmatch(word) for word in (number.before, number.after))
