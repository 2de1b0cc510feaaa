"""A text folded as words are compared, which still knows where each of its characters stood. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from index.terms import fold


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` without case, accents and Arabic variants; its character `i` was at `places[i]` of the original."""

    text: str
    places: tuple[int, ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of the folded text, not empty, came from."""
        return self.places[start], self.places[end - 1] + 1


_character = lru_cache(maxsize=None)(fold.__wrapped__)
"""One character folded, kept: texts have few different ones."""


@lru_cache(maxsize=20_000)
def folded(text: str) -> Folded:
    """Fold a text one character at a time.

    >>> f = folded("À Nouakchott, le 7 août")
    >>> f.text, f.original(19, 23)
    ('a nouakchott, le 7 aout', (19, 23))
    """
    made = [_character(character) for character in text]
    places = tuple(at for at, characters in enumerate(made) for _ in characters)
    return Folded("".join(made), places)
