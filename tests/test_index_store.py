"""The vector store: what is added is found, however much was taken out before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.store import MAKING, PREFIX, VectorStore

PASSAGES, A_DOCUMENT = 960, 40
IDS = [f"p{number}" for number in range(PASSAGES)]
DOCUMENTS = [f"d{number // A_DOCUMENT}" for number in range(PASSAGES)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    opened = VectorStore(tmp_path / "chroma")
    yield opened
    opened.close()


def directions(seed: int, count: int = PASSAGES) -> NDArray[np.float32]:
    drawn = np.random.default_rng(seed).standard_normal((count, 64)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def lost(store: VectorStore, vectors: NDArray[np.float32]) -> list[str]:
    return [id for id, vector in zip(IDS, vectors, strict=True) if store.nearest(vector, 1)[0][0] != id]


@pytest.mark.parametrize("at_once", [24, 12, 4])
def test_all_is_found_however_often_it_was_exchanged(store: VectorStore, at_once: int) -> None:
    """As a rebuild or a new edition does: documents go, and come back under the same ids in other words."""
    vectors = directions(0)
    store.add(IDS, vectors, DOCUMENTS, ["fr"] * PASSAGES)
    for turn in range(1, 9):
        drawn = np.random.default_rng(turn).permutation(PASSAGES // A_DOCUMENT)[:at_once]
        rows = [row for number in sorted(drawn) for row in range(number * A_DOCUMENT, (number + 1) * A_DOCUMENT)]
        store.remove([f"d{number}" for number in drawn])
        vectors[rows] = directions(turn, len(rows))
        store.add([IDS[row] for row in rows], vectors[rows], [DOCUMENTS[row] for row in rows], ["fr"] * len(rows))
    assert lost(store, vectors) == []
    assert store.count() == PASSAGES


def test_a_collection_is_searched_while_it_is_made_anew(store: VectorStore) -> None:
    vectors, stop, found, errors = directions(0), threading.Event(), 0, list[Exception]()
    store.add(IDS, vectors, DOCUMENTS, ["fr"] * PASSAGES)

    def ask() -> None:
        nonlocal found
        while not stop.is_set():
            try:
                found += store.nearest(vectors[-1], 1)[0][0] == IDS[-1]
            except Exception as error:
                errors.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    for turn in range(6):
        gone = [f"d{number}" for number in range(20)]
        store.remove(gone)
        store.add(IDS[:800], directions(turn + 1, 800), DOCUMENTS[:800], ["fr"] * 800)
    stop.set()
    asking.join()
    assert errors == []
    assert found > 20


def test_what_was_left_half_made_is_cleared_away(tmp_path: Path) -> None:
    vectors = directions(0)
    store = VectorStore(tmp_path / "chroma")
    store.add(IDS, vectors, DOCUMENTS, ["fr"] * PASSAGES)
    store._collection("fr", MAKING)  # the process was killed here
    store.close()
    again = VectorStore(tmp_path / "chroma")
    assert [collection.name for collection in again._client.list_collections()] == [f"{PREFIX}fr"]
    assert again.languages == ("fr",)
    assert lost(again, vectors) == []
    again.close()


def test_a_language_may_be_emptied_and_filled_again(store: VectorStore) -> None:
    vectors = directions(0)
    store.add(IDS, vectors, DOCUMENTS, ["fr"] * PASSAGES)
    store.remove(sorted(set(DOCUMENTS)))
    assert store.count() == 0
    assert store.nearest(vectors[0], 3) == []
    store.add(IDS, vectors, DOCUMENTS, ["fr"] * PASSAGES)
    assert lost(store, vectors) == []
