"""What changed between two texts, word by word. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

Part = tuple[Literal["=", "-", "+"], str]
"""A stretch of text that stayed, went or came."""

_PIECES = re.compile(r"\s+|[^\s.,;:!?()\[\]«»\"“”،؛؟'’]+|.", re.DOTALL)


def word_diff(before: str, after: str) -> list[Part]:
    """The parts that make `before` (those that stayed or went) and `after` (those that stayed or came), in order.

    A word is what stands between spaces and punctuation, so that a full stop that moves does not change the word.

    >>> word_diff("le 7 mars 2018.", "le 7 avril 2018 à Alger.")
    [('=', 'le 7 '), ('-', 'mars'), ('+', 'avril'), ('=', ' 2018'), ('+', ' à Alger'), ('=', '.')]
    """
    left, right = (_PIECES.findall(text) for text in (before, after))
    parts: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("=", "".join(left[a:b])))
            continue
        if a < b:
            parts.append(("-", "".join(left[a:b])))
        if c < d:
            parts.append(("+", "".join(right[c:d])))
    return _without_islands(parts)


def _without_islands(parts: list[Part]) -> list[Part]:
    """The same, where no lone space stands between two changes: a changed phrase reads as one phrase."""
    merged: list[Part] = []
    gone = came = ""
    for n, (sign, text) in enumerate(parts):
        inside = 0 < n < len(parts) - 1
        if sign == "=" and not (inside and text.isspace() and (gone or came)):
            merged += _changes(gone, came)
            gone = came = ""
            merged.append((sign, text))
        else:
            gone += text if sign in "-=" else ""
            came += text if sign in "+=" else ""
    return merged + _changes(gone, came)


def _changes(gone: str, came: str) -> list[Part]:
    found: list[Part] = []
    if gone:
        found.append(("-", gone))
    if came:
        found.append(("+", came))
    return found
