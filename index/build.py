"""Documents become records: chunk, embed, write.

Documents are embedded many at a time, because a model is fastest on many texts of like length, and written one at a
time, because a document is whole or absent. What has not changed is not touched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from corpus.errors import AssistantError
from corpus.section import Document
from index.chunk import VERSION as CHUNKING
from index.chunk import Chunk, chunk_document
from index.embed import Embedder
from index.records import DocumentRecord, EmbeddedChunk, Records

Status = Literal["added", "kept", "replaced", "refused", "removed"]
Progress = Callable[[int], None]
Replacing = Callable[[], AbstractContextManager[None]]
GROUP_CHARACTERS = 400_000


class IndexStale(AssistantError):
    """The records were embedded by another model or cut in another way; the message says which command mends it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A loaded document and where it comes from."""

    document: Document
    language: str
    framework: str
    source: str
    origin: str
    date: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a document; `seconds` is its share of chunking, embedding and writing."""

    id: str
    status: Status
    pages: int | None
    chunks: int
    seconds: float


def vector_fingerprint(embedder: Embedder) -> str:
    """Which model and which chunking the vectors in the records come from."""
    return f"{embedder.name}|{CHUNKING}"


def check_vectors(records: Records, embedder: Embedder) -> None:
    """Raise `IndexStale` when the records hold vectors that this embedder cannot be compared with."""
    kept, wanted = records.fact("vectors"), vector_fingerprint(embedder)
    if kept is None and records.count_chunks() == 0:
        records.set_fact("vectors", wanted)
    elif kept != wanted:
        raise IndexStale(
            f"L'index a été construit avec {kept!r} ; les réglages actuels demandent {wanted!r}. "
            "Lancez « cooperation rebuild » pour le refaire, ou revenez au réglage précédent."
        )


def build(
    records: Records,
    embedder: Embedder,
    sources: Iterable[Source],
    progress: Progress | None = None,
    replacing: Replacing = nullcontext,
) -> Iterator[Built]:
    """Write documents to the records, group by group; yields each once it is safe on disk.

    `progress` is called with the number of texts embedded since last time; a group in which a document takes the place
    of another is written inside `replacing`, so that whoever searches can be brought level before anybody is told.
    """
    known = records.ids()
    for group in _groups(sources):
        began = time.perf_counter()
        embedded = embed(embedder, [chunk_document(item.document, embedder.count_tokens) for item in group], progress)
        share = (time.perf_counter() - began) / len(group)
        written = _written(records, zip(group, embedded, strict=True), share, frozenset(known))
        if known.isdisjoint(item.document.id for item in group):
            yield from written
        else:
            with replacing():
                done = list(written)
            yield from done
        known.update(item.document.id for item in group)


def _written(
    records: Records, group: Iterable[tuple[Source, list[EmbeddedChunk]]], share: float, known: frozenset[str]
) -> Iterator[Built]:
    for item, chunks in group:
        began = time.perf_counter()
        records.put(_record(item), item.document, chunks)
        seconds = share + time.perf_counter() - began
        status: Status = "replaced" if item.document.id in known else "added"
        yield Built(item.document.id, status, item.document.pages, len(chunks), seconds)


def rebuild(records: Records, embedder: Embedder, progress: Progress | None = None) -> Iterator[Built]:
    """Chunk and embed every document again from the records themselves, for another model or chunking.

    Cut short, the records hold vectors of two kinds and are refused until a rebuild ends; of the same kind, they serve.
    """
    if records.fact("vectors") != vector_fingerprint(embedder):
        records.set_fact("vectors", "rebuilding")
    for record in records.documents():
        document = records.document(record.id)
        if document is None:
            continue
        began = time.perf_counter()
        (chunks,) = embed(embedder, [chunk_document(document, embedder.count_tokens)], progress)
        records.put(replace(record, chunks=0), document, chunks)
        yield Built(record.id, "replaced", record.pages, len(chunks), time.perf_counter() - began)
    records.set_fact("vectors", vector_fingerprint(embedder))


def embed(
    embedder: Embedder, documents: Sequence[Sequence[Chunk]], progress: Progress | None = None
) -> list[list[EmbeddedChunk]]:
    """Vectors for chunks and their sentences, each with its document's title and headings in front."""
    texts: dict[str, int] = {}
    for chunk in (chunk for chunks in documents for chunk in chunks):
        for text in _texts(chunk):
            texts.setdefault(text, len(texts))
    vectors = embedder.passages(list(texts), progress)
    return [
        [
            EmbeddedChunk(
                chunk,
                vectors[texts[whole]],
                np.stack([vectors[texts[sentence]] for sentence in sentences]).astype(np.float16),
            )
            for chunk in chunks
            for whole, *sentences in [_texts(chunk)]
        ]
        for chunks in documents
    ]


def _texts(chunk: Chunk) -> list[str]:
    context = f"{chunk.context}\n" if chunk.context else ""
    return [context + chunk.text, *(context + chunk.quote(i) for i in range(len(chunk.sentences)))]


def _groups(sources: Iterable[Source]) -> Iterator[list[Source]]:
    group: list[Source] = []
    size = 0
    for source in sources:
        group.append(source)
        size += len(source.document.text)
        if size >= GROUP_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _record(item: Source) -> DocumentRecord:
    return DocumentRecord(
        id=item.document.id,
        title=item.document.title,
        framework=item.framework,
        language=item.language,
        source=item.source,
        origin=item.origin,
        date=item.date,
        sha256=item.sha256,
        pages=item.document.pages,
        added_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
