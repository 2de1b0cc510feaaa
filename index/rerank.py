"""The first hits are read with the question, and what was read joins fusion's opinion. Pure, but for the reader.

Reading costs by the token, so of each passage only the sentences around the one nearest to the question are read, with
the title and headings in front. A passage that was not read keeps its place below those that were: reading can lift a
passage of the first few, never bury one under what nobody looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.chunk import Chunk
from index.sentences import Span

if TYPE_CHECKING:
    from index.reader import Reader, Reading

WINDOW = 400
"""Characters of a passage that are read, about a hundred tokens; one sentence is always read whole."""
CONTEXT = 120
"""Characters of title and headings in front of it."""
_WORD = re.compile(r"[^\W\d_]+")
_MARKS = ("/", "(")


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the reader is heard: so many of the first hits are read, and what is read is `share` of a score; the rest
    is fusion's."""

    read: int
    share: float


TRUST = Trust(10, 0.3)
UNCALIBRATED = Trust(6, 0.3)
"""Of another cross-encoder, whose scores are no probabilities."""
POLAR = Trust(6, 0.15)
"""Where yes or no is asked: there is no answer to mark, and reading tells less."""


def read_hits(question: str, found: Sequence[tuple[Chunk, Sequence[float]]], reader: Reader) -> list[Reading]:
    """A reading of each chunk, given with its sentences' cosines; offsets count in the document, as the chunk's do."""
    windows = [window(chunk, cosines) for chunk, cosines in found]
    fronts = [front(chunk.title, chunk.headings) for chunk, _ in found]
    texts = [
        above + chunk.text[start - chunk.start : end - chunk.start]
        for above, (chunk, _), (start, end) in zip(fronts, found, windows, strict=True)
    ]
    readings = reader.read(question, texts)
    return [
        in_document(reading, start - len(above), start)
        for reading, above, (start, _end) in zip(readings, fronts, windows, strict=True)
    ]


def front(title: str, headings: Sequence[str]) -> str:
    """What stands in front of a passage that is read: the nearest heading, and those above it while they fit.

    >>> front("Rapport", ["LE CONSEIL DES MINISTRES/CMAI", "Sessions"])
    'Rapport. le conseil des ministres/CMAI. Sessions. '
    """
    parts = list(dict.fromkeys(readable(part.strip()) for part in (title, *headings) if part.strip()))
    kept = parts[-1:]
    for part in reversed(parts[:-1]):
        if len(". ".join((part, *kept))) > CONTEXT:
            break
        kept = [part, *kept]
    return f"{'. '.join(kept)[:CONTEXT]}. " if kept else ""


def readable(heading: str) -> str:
    """A heading in capitals as sentences are written; an acronym alone, behind a stroke or in brackets stays one.

    >>> readable("CONSEIL DES MINISTRES/CMAI"), readable("CAPDEL")
    ('conseil des ministres/CMAI', 'CAPDEL')
    >>> readable("Les sessions du CMAI"), readable("Le CMAI")
    ('Les sessions du CMAI', 'Le CMAI')
    """
    words = [word[0] for word in _WORD.finditer(heading) if len(word[0]) > 1]
    if len(words) < 2 or sum(map(str.isupper, words)) * 10 < len(words) * 7:
        return heading
    return _WORD.sub(
        lambda word: word[0] if heading[word.start() - 1 : word.start()] in _MARKS else word[0].lower(), heading
    )


def window(chunk: Chunk, cosines: Sequence[float], longest: int = WINDOW) -> Span:
    """The span of the sentences to read: the nearest to the question, then the nearer neighbour, while it fits."""
    first = last = max(range(len(cosines)), key=lambda at: (cosines[at], -at))
    spans = chunk.sentences
    while True:
        beside = [at for at in (first - 1, last + 1) if 0 <= at < len(spans)]
        fitting = [at for at in beside if spans[max(at, last)][1] - spans[min(at, first)][0] <= longest]
        if not fitting:
            return spans[first][0], spans[last][1]
        taken = max(fitting, key=lambda at: (cosines[at], -at))
        first, last = min(first, taken), max(last, taken)


def in_document(reading: Reading, moved: int, begin: int) -> Reading:
    """The reading with its offsets moved into the document; an answer found before `begin`, in a title, is none."""
    start, end = reading.start + moved, reading.end + moved
    if start < begin or end <= start:
        return replace(reading, start=begin, end=begin, span=0.0)
    return replace(reading, start=start, end=end)


def mix(
    fused: Sequence[tuple[str, float]], answerable: Mapping[str, float], share: float = TRUST.share
) -> list[tuple[str, float]]:
    """Candidates by `(1 - share) * fused + share * answerable`, best first; what was not read counts as not answering.

    >>> mix([("a", 1.0), ("b", 0.9), ("c", 0.2)], {"a": 0.1, "b": 0.9}, 0.5)
    [('b', 0.9), ('a', 0.55), ('c', 0.1)]
    >>> mix([("a", 1.0), ("b", 0.5)], {})
    [('a', 1.0), ('b', 0.5)]
    """
    if not answerable:
        return list(fused)
    mixed = {name: (1 - share) * score + share * answerable.get(name, 0.0) for name, score in fused}
    return sorted(((name, round(score, 9)) for name, score in mixed.items()), key=lambda pair: (-pair[1], pair[0]))
