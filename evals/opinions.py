"""What each opinion of the search would find alone, from the passages that were found together. Pure.

Search joins nearness in meaning and shared words, and has the first passages read. Whether that is worth anything shows
beside what meaning, words, and half of each at fixed weights make of the same candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from index.fuse import fuse

WIDE: Final = 500
"""Passages asked for so that each opinion has all of its own: more than there are candidates."""


class Opined(Protocol):
    """What is needed of a passage that was found."""

    @property
    def document(self) -> str:
        """Its document."""
        ...

    @property
    def dense(self) -> float:
        """Its nearness in meaning, a cosine."""
        ...

    @property
    def lexical(self) -> float:
        """What words it shares, of the best one's."""
        ...


def _half(passages: Sequence[Opined]) -> list[float]:
    places = {str(at): one for at, one in enumerate(passages)}
    dense, lexical = {at: one.dense for at, one in places.items()}, {at: one.lexical for at, one in places.items()}
    fused = dict(fuse(dense, lexical, 0.5))
    return [fused[at] for at in places]


OPINIONS: Final[Mapping[str, Callable[[Sequence[Opined]], list[float]]]] = {
    "meaning alone": lambda passages: [one.dense for one in passages],
    "words alone": lambda passages: [one.lexical for one in passages],
    "half of each": _half,
}


def alone(passages: Sequence[Opined]) -> dict[str, tuple[tuple[str, float], ...]]:
    """The documents as each opinion ranks them, best first, each by its best passage; equals by name.

    What shares no word is not found by words.

    >>> from types import SimpleNamespace as P
    >>> found = alone([P(document="a", dense=0.9, lexical=0.0), P(document="b", dense=0.8, lexical=1.0)])
    >>> {name: [document for document, _ in documents] for name, documents in found.items()}
    {'meaning alone': ['a', 'b'], 'words alone': ['b'], 'half of each': ['a', 'b']}
    """
    return {name: _documents(passages, opinion(passages)) for name, opinion in OPINIONS.items() if passages}


def _documents(passages: Sequence[Opined], scores: Sequence[float]) -> tuple[tuple[str, float], ...]:
    best: dict[str, float] = {}
    for passage, score in zip(passages, scores, strict=True):
        if score > best.get(passage.document, 0.0):
            best[passage.document] = score
    return tuple(sorted(best.items(), key=lambda pair: (-pair[1], pair[0])))
