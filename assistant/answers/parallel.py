"""What a text tells one by one is shown whole where two of its parts were chosen. Pure.

Points of a list, or sentences that begin alike ("Un groupe de travail traite de …. Un groupe de travail traite de …"):
an answer of three sentences would leave the fourth group out without a word. Within one passage, and up to a dozen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.answers.evidence import Unit, overlap
from assistant.answers.extract import Drafted
from index.chunk import Chunk
from index.ordinals import ranks
from index.sentences import introduces_list, is_item
from index.terms import fold

ALIKE = 4
"""Words that the sentences of one run begin with; numbers and ordinals count as the same word."""
LEAST, MOST = 3, 12
"""Sentences of a run."""
POINT = ("•",)
_WORD = re.compile(r"\w+")


def whole_runs(drafted: Sequence[Drafted]) -> list[Drafted]:
    """The draft with each run of which it holds two sentences in whole, in the place of the first of them."""
    made: list[Drafted] = []
    for item in drafted:
        run = _run_of(item.unit, drafted)
        unit = _joined(item.unit, *run) if run else item.unit
        if not any(overlap(unit, other.unit) for other in made):
            made.append(replace(item, unit=unit, alone=None) if run else item)
    return made


def runs(chunk: Chunk) -> list[tuple[int, int]]:
    """The first and last sentence of each run: points of a list with what announces them, or sentences that begin alike."""
    quotes = [chunk.quote(at) for at in range(len(chunk.sentences))]
    found, first = [], 0
    for at, (before, now) in enumerate(pairwise([*map(_opening, quotes), ()])):
        if not before or before != now:
            announced = int(before == POINT and first > 0 and introduces_list(quotes[first - 1]))
            if LEAST <= at - first + 1 + announced <= MOST:
                found.append((first - announced, at))
            first = at + 1
    return found


def _opening(sentence: str) -> tuple[str, ...]:
    """Its first words, of a point that it is one; none where it is too short."""
    if is_item(sentence):
        return POINT
    words = _WORD.findall(fold(sentence))[:ALIKE]
    if len(words) < ALIKE:
        return ()
    return tuple("#" if ranks(word) else word for word in words)


def _run_of(unit: Unit, drafted: Sequence[Drafted]) -> tuple[int, int] | None:
    """The run a chosen sentence is of, where another chosen one is of it too."""
    if unit.first != unit.last or unit.start < unit.hit.chunk.start:  # a list already, or a heading
        return None
    for first, last in runs(unit.hit.chunk):
        if first <= unit.first <= last:
            within = [
                item
                for item in drafted
                if item.unit.hit.chunk.id == unit.hit.chunk.id
                and item.unit.start >= unit.hit.chunk.start
                and first <= item.unit.first <= item.unit.last <= last
            ]
            return (first, last) if len(within) > 1 else None
    return None


def _joined(unit: Unit, first: int, last: int) -> Unit:
    chunk = unit.hit.chunk
    start, end = chunk.sentences[first][0], chunk.sentences[last][1]
    text = chunk.text[start - chunk.start : end - chunk.start]
    return replace(unit, first=first, last=last, start=start, end=end, text=text, is_list=True)
