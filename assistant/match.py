"""A passage that was found, as it is printed and sent. A value, nothing else: whoever only shows one opens no index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Match:
    """One passage found, as it is printed and sent: scores in 0..1, `sentence` the nearest sentence.

    `dense` is the opinion by meaning, made of the cosines of the passage as a whole (`passage`) and of its nearest
    sentence (`nearest`); `lexical` that by words, of which the passage holds `held` and lacks `lacking`. `answerable`
    is the probability that it answers, by all signs (`index.weighing`), `None` where it was not read.
    """

    document: str
    title: str
    page: int | None
    headings: tuple[str, ...]
    text: str
    sentence: str
    score: float
    dense: float
    lexical: float
    answerable: float | None = None
    passage: float = 0.0
    nearest: float = 0.0
    held: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    ocr: bool = False

    def to_json(self) -> dict[str, Any]:
        """The match as plain JSON values."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "ocr" or self.ocr}
        return {name: list(item) if isinstance(item, tuple) else item for name, item in value.items()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Match:
        """A match from what `to_json` made of it."""
        parts: dict[str, Any] = {n: tuple(item) if isinstance(item, list) else item for n, item in value.items()}
        return cls(**parts)
