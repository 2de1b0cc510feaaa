"""Stand-ins that do honest work without a model, and short ways to make the values that tests are about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from corpus.section import Document, Section
from index.chunk import Chunk, chunk_document
from index.coverage import Word
from index.embed import Embedder, Seeker
from index.reader import Reader, Reading
from index.records import DocumentRecord, EmbeddedChunk
from index.search import Found, Hit
from index.sentences import split
from index.weighing import Weighing

FLOOR = 0.8
"""How alike any two texts are, as with the real model: what was calibrated on its cosines stays in range."""


class WordVectors:
    """An embedder without a model: a word is a fixed direction, a text the sum of its words' directions.

    A word counts by its first six letters; words of up to three letters count for nothing. `embedded` is how many texts
    it was given to embed, so that a test can tell that nothing was embedded again.
    """

    def __init__(self, dimension: int = 96, name: str = "word-vectors") -> None:
        self.name = name
        self.seeker: Seeker | None = None
        self.dimension = dimension
        self.embedded = 0

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Vectors `(len(texts), dimension)` of length one."""
        self.embedded += len(texts)
        if progress and texts:
            progress(len(texts))
        return self._vectors(texts)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """As `passages`: a question is its words too."""
        return self._vectors(texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words and marks of punctuation."""
        return [len(re.findall(r"\w+|[^\w\s]", text)) for text in texts]

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            words = [word[:6] for word in re.findall(r"\w+", text.casefold()) if len(word) > 3 or word.isdigit()]
            bag = np.sum([_direction(word, self.dimension - 1) for word in words], axis=0) if words else 0.0
            length = float(np.linalg.norm(bag))
            vectors[row, 0] = FLOOR**0.5 if length else 1.0
            if length:
                vectors[row, 1:] = bag / length * (1 - FLOOR) ** 0.5
        return vectors


@cache
def _direction(word: str, dimension: int) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    return np.random.default_rng(seed).standard_normal(dimension)


_is_an_embedder: Embedder = WordVectors()


# --- values ----------------------------------------------------------------------------------------------------------


def plain_document(text: str, id: str = "texte", title: str = "Texte") -> Document:
    """A document of one section without headings, as `--jsonl` makes them."""
    return Document(id, title, text, (Section(id, title, (), text, 0, None),))


def record_of(document: Document, **values: object) -> DocumentRecord:
    """What the records keep of a document, with a plain value wherever none is given."""
    fields: dict[str, object] = {
        "id": document.id,
        "title": document.title,
        "framework": "",
        "language": "fr",
        "source": f"/textes/{document.id}.md",
        "origin": "folder:/textes",
        "date": "",
        "sha256": hashlib.sha256(document.text.encode()).hexdigest(),
        "pages": document.pages,
        "added_at": "2026-11-23T10:00:00+00:00",
    }
    return DocumentRecord(**(fields | values))  # type: ignore[arg-type]


def embedded(document: Document, embedder: Embedder, limit: int = 400) -> list[EmbeddedChunk]:
    """A document's chunks with their vectors."""
    return [
        EmbeddedChunk(
            chunk,
            embedder.passages([chunk.text])[0],
            embedder.passages([chunk.quote(i) for i in range(len(chunk.sentences))]).astype(np.float16),
        )
        for chunk in chunk_document(document, embedder.count_tokens, limit)
    ]


def hit(
    text: str,
    *,
    document: str = "texte",
    title: str = "Texte",
    headings: tuple[str, ...] = (),
    start: int = 0,
    page: int | None = None,
    score: float = 1.0,
    similarities: Sequence[float] | None = None,
    sought: Sequence[float] | None = None,
    language: str = "fr",
) -> Hit:
    """A passage that a search found; its sentences are `similarities` near to the question, 0.9 unless told, and by
    the vector that ranks `sought`, the same unless told.
    """
    spans = tuple((start + a, start + b) for a, b in split(text))
    near = tuple(similarities) if similarities is not None else (0.9,) * len(spans)
    assert len(near) == len(spans), f"{len(spans)} sentences in {text!r}"
    chunk = Chunk(f"{document}-{start}", document, title, headings, text, start, page, 0, spans)
    return Hit(chunk, score, max(near), max(near), score, near, near if sought is None else tuple(sought), language)


def found(*hits: Hit, words: Mapping[str, float | None] | None = None) -> Found:
    """What a search found, and the rarity of the question's words by their one term."""
    asked = tuple(Word((term,), rarity) for term, rarity in (words or {}).items())
    return Found(tuple(hits), asked, np.zeros(4, np.float32))


class ScriptedReader:
    """A reader that finds the answers it is told: `answers` gives the probability that a passage with the text answers.

    `seen` are the passages it was given, in order.
    """

    name = "reader/scripted"
    calibrated = True
    weighing: Weighing | None = None

    def __init__(self, answers: Mapping[str, float], otherwise: float = 0.05) -> None:
        self._answers, self._otherwise = answers, otherwise
        self.seen: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage."""
        self.seen += passages
        return [self._reading(passage) for passage in passages]

    def _reading(self, passage: str) -> Reading:
        for answer, probability in self._answers.items():
            if answer in passage:
                at = passage.index(answer)
                return Reading(probability, 0.0, at, at + len(answer), 0.9)
        return Reading(self._otherwise, 0.0, 0, 0, 0.0)


_is_a_reader: Reader = ScriptedReader({})
