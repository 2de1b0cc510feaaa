"""The numbers that Word computes: a paragraph holds "second item of list 4", and a reader sees "Article 2".

In laws these numbers are how a text is cited, so they are computed as Word does: one counter a level, each started anew
by the level above it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from corpus.xml import Element, child, children, get

_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
          (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
_ARABIC_LETTERS = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_PLACE = re.compile(r"%(\d)")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered: "%1.%2", the kind of its own figure, and where it starts."""

    form: str
    kind: str
    start: int


class Numbering:
    """The lists of a document, with their counters as the reading goes on."""

    def __init__(self, root: Element | None) -> None:
        shapes = {get(e, "abstractNumId"): _levels(e) for e in children(root, "abstractNum")}
        self._lists: dict[str, tuple[str, dict[int, Level]]] = {}
        for number in children(root, "num"):
            shape = get(child(number, "abstractNumId"), "val")
            levels = dict(shapes.get(shape, {}))
            for override in children(number, "lvlOverride"):
                at = _whole(get(override, "ilvl"))
                if (own := child(override, "lvl")) is not None:
                    levels[at] = _level(own)
                elif (start := child(override, "startOverride")) is not None and at in levels:
                    levels[at] = Level(levels[at].form, levels[at].kind, _whole(get(start, "val")))
            # A list that starts anew counts by itself; the others of one shape go on from each other.
            anew = child(number, "lvlOverride") is not None
            self._lists[get(number, "numId")] = (f"n{get(number, 'numId')}" if anew else shape, levels)
        self._counts: dict[str, list[int | None]] = {}

    def label(self, list_id: str, level: int) -> str:
        """The label of the next item of a list at `level`: "•" for a bullet, empty where there is no such list."""
        shape, levels = self._lists.get(list_id, ("", {}))
        if level not in levels:
            return ""
        counts = self._counts.setdefault(shape, [None] * 9)
        counts[level] = levels[level].start if counts[level] is None else (counts[level] or 0) + 1
        counts[level + 1 :] = [None] * (8 - level)
        return _label(levels, counts, level)


def _label(levels: Mapping[int, Level], counts: list[int | None], level: int) -> str:
    own = levels[level]
    if own.kind == "bullet":
        return "•"
    if own.kind == "none":
        return ""

    def figure(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        shown = levels.get(at, own)
        count = counts[at] if 0 <= at < 9 and counts[at] is not None else shown.start
        return count_as(int(count or 0), shown.kind)

    return _PLACE.sub(figure, own.form).strip()


def count_as(number: int, kind: str) -> str:
    """A number as Word's kinds of figures write it.

    >>> [count_as(4, kind) for kind in ("decimal", "upperRoman", "lowerLetter", "decimalZero", "arabicAbjad")]
    ['4', 'IV', 'd', '04', 'د']
    """
    if kind in {"upperRoman", "lowerRoman"} and 0 < number < 4000:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (number // value)
            number %= value
        return text if kind == "upperRoman" else text.lower()
    if kind in {"upperLetter", "lowerLetter"} and number > 0:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in {"arabicAbjad", "arabicAlpha"} and 0 < number <= len(_ARABIC_LETTERS):
        return _ARABIC_LETTERS[number - 1]
    return f"{number:02}" if kind == "decimalZero" else str(number)


def _levels(shape: Element) -> dict[int, Level]:
    return {_whole(get(e, "ilvl")): _level(e) for e in children(shape, "lvl")}


def _level(element: Element) -> Level:
    start = child(element, "start")
    return Level(
        get(child(element, "lvlText"), "val"),
        get(child(element, "numFmt"), "val") or "decimal",
        _whole(get(start, "val")) if start is not None else 1,
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
