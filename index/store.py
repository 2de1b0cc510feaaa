"""The door to Chroma: nearest chunks by cosine. Derived from the records; may be deleted at any time.

Only the embedded client is used: chromadb's HTTP server has an unpatched critical advisory (CVE-2026-45829), so neither
it nor a client for it is ever imported. A folder made elsewhere is never opened: restoring means rebuilding.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from numpy.typing import NDArray

VERSION = "languages-1"
"""Part of the index fingerprint: raise it with any change to what is kept with a vector."""
BATCH = 2000


class VectorStore:
    """One Chroma collection in one folder, owned by one process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._client = chromadb.PersistentClient(
            path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
        )
        self._collection = self._client.get_or_create_collection(
            "chunks", embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 200}}
        )

    def count(self) -> int:
        """How many chunks it holds."""
        return int(self._collection.count())

    def add(
        self, ids: Sequence[str], vectors: NDArray[np.float32], documents: Sequence[str], languages: Sequence[str]
    ) -> None:
        """Add or overwrite chunks, each with its document and language; done twice, it is as done once."""
        for at in range(0, len(ids), BATCH):
            part = slice(at, at + BATCH)
            metadata: list[Any] = [
                {"document": document, "language": language}
                for document, language in zip(documents[part], languages[part], strict=True)
            ]
            self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part], metadatas=metadata)

    def remove(self, documents: Sequence[str]) -> None:
        """Remove the chunks of documents; none is no error."""
        where: Any = {"document": {"$in": list(documents)}}
        self._collection.delete(where=where)

    def nearest(
        self, vector: NDArray[np.float32], limit: int, within: Collection[str] | None = None, language: str = ""
    ) -> list[tuple[str, float]]:
        """Chunk ids with cosine similarities, best first; of the documents `within`, of one language, if given."""
        rules: list[Any] = [] if within is None else [{"document": {"$in": sorted(within)}}]
        rules += [{"language": language}] if language else []
        where: Any = {"$and": rules} if len(rules) > 1 else rules[0] if rules else None
        found: Any = self._collection.query(
            query_embeddings=vector[None, :], n_results=limit, include=["distances"], where=where
        )
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(chunk, 1.0 - float(distance)) for chunk, distance in pairs]

    def ids(self) -> set[str]:
        """The ids of all chunks it holds."""
        held: Any = self._collection.get(include=[])
        return set(held["ids"])

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of chunks, by id; unknown ids are left out."""
        found: dict[str, NDArray[np.float32]] = {}
        for at in range(0, len(ids), BATCH):
            got: Any = self._collection.get(ids=list(ids[at : at + BATCH]), include=["embeddings"])
            found.update(zip(got["ids"], np.asarray(got["embeddings"], np.float32), strict=True))
        return found

    def probe(self) -> int:
        """Read one chunk and search for it; returns the count. Raises, or crashes, on a broken folder."""
        peek: Any = self._collection.peek(1)
        if len(peek["ids"]):
            self.nearest(np.asarray(peek["embeddings"][0], np.float32), min(5, self.count()))
        return self.count()

    def close(self) -> None:
        """Flush and let go of the folder."""
        client: Any = self._client
        client.close()
