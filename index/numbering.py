"""A place in a series is asked for as a passage writes it: "17ème" where the question says "dix-septième". Pure.

Only what stands beside a session, a meeting or the like is touched: a day, an article, a fraction and a part of a
larger number keep their words, and so does whatever is in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.months import GREGORIAN
from index.ordinals import EVENTS, placed_ordinals
from index.terms import ORDINAL_ENDING, attached, fold

Style = Literal["words", "ended", "bare"]
_DIGITS = re.compile(
    rf"(?<![\w.,/+-])(?P<digits>\d{{1,2}})(?P<ending>{ORDINAL_ENDING})?(?![\w°/+-]|[.,]\d)", re.IGNORECASE
)
_BEFORE = re.compile(r"(\w+)\s+(?:n\s?°\s*)?$")
_AFTER = re.compile(r"\s+(?:(?:of|de|من)\s+)?(\w+)")
_PARTED = re.compile(r"[^\w\s-]")
_LARGER = re.compile(r"(?:quatre|vingt|soixante|cent|hundred)(?:[\s-]+(?:et|and))?[\s-]+$", re.IGNORECASE)
_NEAR = 40
"""Characters that are looked at on either side."""
_MONTHS = frozenset(fold(name).split()[0] for name in GREGORIAN)


@dataclass(frozen=True, slots=True)
class _Ordinal:
    """One place in a series and where it is written; `style` tells words, digits with an ending, and digits alone."""

    value: int
    start: int
    end: int
    style: Style


def as_numbered_in(question: str, passage: str) -> str:
    """The question, each place in a series in words or in digits as the passage has it.

    Whoever reads "17ème" need not know that it is the seventeenth that was asked about.

    >>> as_numbered_in("Quand eut lieu la dix-septième session ?", "la 17ème session, le 29 janvier")
    'Quand eut lieu la 17ème session ?'
    >>> as_numbered_in("متى عقدت الدورة السابعة عشرة؟", "la 17ème session")
    'متى عقدت الدورة 17ème؟'
    """
    asked = [one for one in _ordinals(question) if _beside_event(question, one)]
    if not asked:
        return question
    held: dict[int, list[_Ordinal]] = {}
    for one in _ordinals(passage):
        held.setdefault(one.value, []).append(one)
    for one in reversed(asked):
        forms = held.get(one.value, [])
        if forms and all(form.style != one.style for form in forms):
            question = f"{question[: one.start]}{passage[forms[0].start : forms[0].end]}{question[one.end :]}"
    return question


def _ordinals(text: str) -> list[_Ordinal]:
    """What is surely a place in a series, in order."""
    return sorted((*_in_words(text), *_in_digits(text)), key=lambda one: one.start)


def _in_words(text: str) -> Iterator[_Ordinal]:
    for placed in placed_ordinals(text, first=True):
        one = _Ordinal(placed.value, placed.start, placed.end, "words")
        larger = _LARGER.search(text, max(0, one.start - _NEAR), one.start)
        if not larger and not _PARTED.search(text, one.start, one.end) and not _dated(text, one):
            yield one


def _in_digits(text: str) -> Iterator[_Ordinal]:
    """With an ending, or alone behind a session: before one they count."""
    for found in _DIGITS.finditer(text):
        one = _Ordinal(int(found["digits"]), found.start(), found.end(), "ended" if found["ending"] else "bare")
        if not _dated(text, one) and (found["ending"] or _is_event(_word_before(text, one))):
            yield one


def _beside_event(text: str, one: _Ordinal) -> bool:
    return _is_event(_word_before(text, one)) or _is_event(_word_after(text, one))


def _dated(text: str, one: _Ordinal) -> bool:
    return bool(_MONTHS.intersection(attached(_word_after(text, one))))


def _is_event(word: str) -> bool:
    return any(form in EVENTS or form.removesuffix("s") in EVENTS for form in attached(word))


def _word_before(text: str, one: _Ordinal) -> str:
    found = _BEFORE.search(text, max(0, one.start - _NEAR), one.start)
    return fold(found[1]) if found else ""


def _word_after(text: str, one: _Ordinal) -> str:
    found = _AFTER.match(text, one.end, one.end + _NEAR)
    return fold(found[1]) if found else ""
