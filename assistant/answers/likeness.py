"""How alike two sentences are in meaning, whatever their languages: the embedding model's cosine."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.answers.support import Similarity

if TYPE_CHECKING:
    from index.embed import Embedder


def similarity_of(embedder: Embedder) -> Similarity:
    """A measure in -1..1; both sentences are embedded as passages, as the judge's threshold was measured."""

    @lru_cache(maxsize=2_048)
    def similarity(left: str, right: str) -> float:
        vectors = embedder.passages([left, right])
        return float(vectors[0] @ vectors[1])

    return similarity
