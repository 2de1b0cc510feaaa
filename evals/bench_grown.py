"""Many documents out of few: real passages put together anew, under real vectors moved a little.

A derived document is a run of real passages, drawn with a seed; each passage keeps its words, its sentences and its
language, and its vectors are moved by a random vector of length `NOISE` and made of length one again. An index has as
much to hold and to search as with that many passages of one's own; it measures speed and size, never quality.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from corpus.section import Document, Section
from index.chunk import chunk_id
from index.records import DocumentRecord, EmbeddedChunk, Records

NOISE = 0.3
PASSAGES = 10
"""In a derived document."""
BREAK = "\n\n"

Derived = tuple[DocumentRecord, Document, list[EmbeddedChunk]]


def grow(records: Records, chunks: int, seed: int = 0) -> int:
    """Add derived documents until there are `chunks` chunks; returns how many documents there are then."""
    rng = np.random.default_rng([seed, chunks])
    pools = passages_of(records)
    total, number = records.count_chunks(), len(records.documents())
    while total < chunks:
        record, document, embedded = derived(pools, number, min(PASSAGES, chunks - total), rng)
        records.put(record, document, embedded)
        total += len(embedded)
        number += 1
    return number


def passages_of(records: Records) -> list[list[EmbeddedChunk]]:
    """The real passages of the records, those of each language apart: a document is in one language."""
    pools: dict[str, list[EmbeddedChunk]] = {}
    for record in records.documents():
        if record.origin != "derived":
            pools.setdefault(record.language, []).extend(records.chunks_of(record.id))
    return [pool for _language, pool in sorted(pools.items())]


def derived(pools: list[list[EmbeddedChunk]], number: int, size: int, rng: np.random.Generator) -> Derived:
    """The document of a number: `size` passages of one language, drawn by `rng`."""
    id = f"derive-{number:06}"
    share = np.array([len(pool) for pool in pools], float)
    pool = pools[int(rng.choice(len(pools), p=share / share.sum()))]
    drawn = [pool[int(at)] for at in rng.integers(len(pool), size=size)]
    title = f"{drawn[0].chunk.title} {number}"
    text = BREAK.join(item.chunk.text for item in drawn)
    starts = np.cumsum([0, *(len(item.chunk.text) + len(BREAK) for item in drawn)])[:-1]
    embedded = [
        _moved(item, id, title, place, int(start), rng)
        for place, (item, start) in enumerate(zip(drawn, starts, strict=True))
    ]
    record = DocumentRecord(
        id=id,
        title=title,
        framework="",
        language=drawn[0].language,
        source=f"derived:{id}",
        origin="derived",
        date="",
        sha256=sha256(f"{title}\0{text}".encode()).hexdigest(),  # as of a list of documents: it can be read again
        pages=None,
        added_at="2026-01-01T00:00:00+00:00",
    )
    return record, Document(id, title, text, (Section(id, title, (), text, 0, None),)), embedded


def _moved(
    item: EmbeddedChunk, document: str, title: str, ordinal: int, start: int, rng: np.random.Generator
) -> EmbeddedChunk:
    own = item.chunk
    shift = start - own.start
    chunk = replace(
        own,
        id=chunk_id(document, start, own.text),
        document=document,
        title=title,
        start=start,
        page=None,
        ordinal=ordinal,
        sentences=tuple((a + shift, b + shift) for a, b in own.sentences),
    )
    sentences = nudged(item.sentence_vectors.astype(np.float32), rng).astype(np.float16)
    return replace(item, chunk=chunk, vector=nudged(item.vector[None, :], rng)[0], sentence_vectors=sentences)


def nudged(vectors: NDArray[np.float32], rng: np.random.Generator, noise: float = NOISE) -> NDArray[np.float32]:
    """Vectors `(n, d)` of length one, each moved by a random vector of length `noise` and made of length one again."""
    push = rng.standard_normal(vectors.shape, np.float32)
    push *= noise / np.linalg.norm(push, axis=1, keepdims=True)
    moved = vectors + push
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), np.float32)
