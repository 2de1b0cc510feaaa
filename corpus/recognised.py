"""What a recogniser read on the picture of a page: the value that crosses from its child to the PDF loader."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

_MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class Words:
    """A line of words as read, and its place in points; `y` grows upwards."""

    text: str
    x0: float
    x1: float
    y: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """The lines of a page in reading order, the mean confidence of their words in 0..100, and the turn mended."""

    lines: tuple[Words, ...]
    confidence: float
    turn: int = 0

    @property
    def characters(self) -> int:
        """Letters and digits read."""
        return sum(c.isalnum() for line in self.lines for c in line.text)

    def to_json(self) -> dict[str, Any]:
        """The page as plain JSON values."""
        lines = [[line.text, line.x0, line.x1, line.y] for line in self.lines]
        return {"lines": lines, "confidence": self.confidence, "turn": self.turn}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """A page from what `to_json` made of it; raises `ValueError` for anything else: a child is not trusted."""
        try:
            lines = tuple(
                Words(str(text), *(_finite(place) for place in places))
                for text, *places in value["lines"][:_MOST_LINES]
            )
            return cls(lines, _finite(value["confidence"]), int(value["turn"]) % 360)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError("no recognised page") from error


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("a place is a finite number")
    return number
