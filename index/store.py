"""The door to Chroma: nearest chunks by cosine. Derived from the records; may be deleted at any time.

Only the embedded client is used: chromadb's HTTP server has an unpatched critical advisory (CVE-2026-45829), so neither
it nor a client for it is ever imported. A folder made elsewhere is never opened: restoring means rebuilding.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError
from numpy.typing import NDArray

VERSION = "languages-3"
"""Part of the index fingerprint: raise it with any change to what is kept with a vector."""
BATCH = 2000
EF_SEARCH = 200
MANY = 200
"""Documents from which on a filter is applied to what was found, as long as enough of it passes."""
PROBED = 40
NEAR = 0.99
"""The least cosine of a passage with what its own vector finds first: itself, or one with the same words."""
ENOUGH = 0.1
"""The share of vectors that must find themselves. Among texts that are nearly the same the graph misses most, sound as
it is (two thirds of 100,000 passages made of 500); with broken links it finds none."""
HEADER = struct.Struct("<iQQQQQQiIQQQdQ")
"""Of hnswlib's index: version, offset of level 0, most elements, elements, bytes of one, where its label and its vector
begin, levels, entry point, three of its shape, its scale, and the effort it was built with."""
PREFIX, MAKING = "chunks-", "making-"
"""Before the language in the name of a collection: one that serves, and one that is made to take its place."""
DEAD = 0.5
"""Passages taken out of a collection, for each that it holds, at which it is made anew. Chroma leaves them in its graph
for ever, and what is added where most is dead is found by no search: all of 960 passages exchanged at once, up to 560
were lost to it (chroma-core/chroma#7758)."""
UNKNOWN = "und"


class VectorStore:
    """One Chroma collection a language in one folder, owned by one process.

    A search among the passages of one language is then a search of one collection. By a rule on the metadata it took
    ten times as long and a gigabyte at 100,000 passages: Chroma lists all that passes before it looks.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._client = chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
        )
        names = [found.name for found in self._client.list_collections()]
        for unfinished in (name for name in names if name.startswith(MAKING)):
            self._client.delete_collection(unfinished)
        self._collections = {
            name.removeprefix(PREFIX): self._collection(name.removeprefix(PREFIX))
            for name in names
            if name.startswith(PREFIX)
        }

    def _collection(self, language: str, prefix: str = PREFIX) -> Any:
        return self._client.get_or_create_collection(
            f"{prefix}{language or UNKNOWN}",
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
        )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it holds passages of, or has held."""
        return tuple(sorted(self._collections))

    def count(self) -> int:
        """How many chunks it holds."""
        return sum(int(collection.count()) for collection in self._collections.values())

    def add(
        self, ids: Sequence[str], vectors: NDArray[np.float32], documents: Sequence[str], languages: Sequence[str]
    ) -> None:
        """Add or overwrite chunks, each with its document and language; done twice, it is as done once."""
        for language in dict.fromkeys(languages):
            if (name := language or UNKNOWN) not in self._collections:
                self._collections[name] = self._collection(name)
            rows = [row for row, own in enumerate(languages) if own == language]
            for at in range(0, len(rows), BATCH):
                part = rows[at : at + BATCH]
                self._collections[name].upsert(
                    ids=[ids[row] for row in part],
                    embeddings=vectors[part],
                    metadatas=[{"document": documents[row]} for row in part],
                )

    def remove(self, documents: Sequence[str]) -> None:
        """Remove the chunks of documents; none is no error. Makes a collection anew of which too much is dead."""
        for language, collection in self._collections.items():
            before = collection.count()
            collection.delete(where={"document": {"$in": list(documents)}})
            held = collection.count()
            if held == before:
                continue
            dead = before - held + (collection.metadata or {}).get("dead", 0)
            if dead > DEAD * held:
                self._make_anew(language, collection)
            else:
                collection.modify(metadata={"dead": dead})

    def _make_anew(self, language: str, worn: Any) -> None:
        """Put a collection of what `worn` holds in its place; `worn` is searched until that is there."""
        made = self._collection(language, MAKING)
        ids = worn.get(include=[])["ids"]
        for at in range(0, len(ids), BATCH):
            part = worn.get(ids=ids[at : at + BATCH], include=["embeddings", "metadatas"])
            made.add(ids=part["ids"], embeddings=part["embeddings"], metadatas=part["metadatas"])
        self._collections[language] = made
        self._client.delete_collection(worn.name)
        made.modify(name=worn.name)

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Collection[str] | None = None, language: str = ""
    ) -> list[tuple[str, float]]:
        """Chunk ids with cosine similarities, best first; of the documents `within`, of one language, if given."""
        if language:
            return self._nearest(language, vector, limit, within) if language in self._collections else []
        found = [pair for one in self.languages for pair in self._nearest(one, vector, limit, within)]
        return sorted(found, key=lambda pair: -pair[1])[:limit]

    def _nearest(
        self, language: str, vector: NDArray[np.float32], limit: int, within: Collection[str] | None
    ) -> list[tuple[str, float]]:
        asked = self._collections[language]
        try:
            return _nearest(asked, vector, limit, within)
        except ChromaError:
            if asked is self._collections[language]:
                raise
            return self._nearest(language, vector, limit, within)  # made anew meanwhile: another took its place

    def ids(self) -> set[str]:
        """The ids of all chunks it holds."""
        return {id for collection in self._collections.values() for id in collection.get(include=[])["ids"]}

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of chunks, by id; unknown ids are left out."""
        found: dict[str, NDArray[np.float32]] = {}
        for collection in self._collections.values():
            for at in range(0, len(ids), BATCH):
                got: Any = collection.get(ids=list(ids[at : at + BATCH]), include=["embeddings"])
                if got["ids"]:
                    found.update(zip(got["ids"], np.asarray(got["embeddings"], np.float32), strict=True))
        return found

    def probe(self) -> int:
        """Read and search for some vectors of each language; returns the count. Raises, or crashes, when broken."""
        for language, collection in self._collections.items():
            held: Any = collection.get(limit=PROBED, include=["embeddings"])
            if not self.find_themselves([np.asarray(vector, np.float32) for vector in held["embeddings"]], language):
                raise ValueError(f"passages in {language!r} are not found by their own vectors")
        return self.count()

    def find_themselves(self, vectors: Sequence[NDArray[np.float32]], language: str = "") -> bool:
        """Whether enough of these vectors, which it holds, are what is found first by themselves."""
        first = [self.nearest(vector, 5, language=language)[:1] for vector in vectors]
        return sum(bool(found) and found[0][1] >= NEAR for found in first) >= ENOUGH * len(vectors)

    def finds(self, id: str, vector: NDArray[np.float32]) -> bool:
        """Whether a search for its own vector finds a chunk, or first of all one with the same words."""
        found = self.nearest(vector, EF_SEARCH)
        return bool(found) and (found[0][1] >= NEAR or any(id == other for other, _cosine in found))

    def close(self) -> None:
        """Flush and let go of the folder."""
        client: Any = self._client
        client.close()


def graphs_are_whole(folder: Path) -> bool:
    """Whether the files of every graph have the sizes that their headers tell.

    Chroma reads a file that was cut short without a word, and crashes at some later look, or another.
    """
    return all(_is_whole(header.parent) for header in folder.glob("*/header.bin"))


def _is_whole(graph: Path) -> bool:
    try:
        head = HEADER.unpack((graph / "header.bin").read_bytes())
        data, lengths = ((graph / name).stat().st_size for name in ("data_level0.bin", "length.bin"))
        listed = graph / "index_metadata.pickle"
        ended = not listed.exists() or listed.read_bytes()[-1:] == pickle.STOP
    except (OSError, struct.error):
        return False
    _version, _offset, most, held, size, label, _vector, *_ = head
    sizes = {held, most} if held else {most}
    fits = size == label + 8 and held <= most and ended
    return fits and any((data, lengths) == (count * size, count * 4) for count in sizes)


def _nearest(
    collection: Any, vector: NDArray[np.float32], limit: int, within: Collection[str] | None
) -> list[tuple[str, float]]:
    if within is not None and len(within) > MANY:
        found = _queried(collection, vector, EF_SEARCH, None, ["distances", "metadatas"])
        kept = [
            (id, 1.0 - float(distance))
            for id, distance, own in zip(found["ids"][0], found["distances"][0], found["metadatas"][0], strict=True)
            if own["document"] in within
        ]
        if len(kept) >= limit:
            return kept[:limit]
    where = None if within is None else {"document": {"$in": sorted(within)}}
    found = _queried(collection, vector, limit, where, ["distances"])
    return [(id, 1.0 - float(far)) for id, far in zip(found["ids"][0], found["distances"][0], strict=True)]


def _queried(collection: Any, vector: NDArray[np.float32], limit: int, where: Any, include: list[str]) -> Any:
    return collection.query(query_embeddings=vector[None, :], n_results=limit, include=include, where=where)
