"""A question becomes ranked hits: dense, lexical, fuse, read.

The dense opinion has two grains: the passage as a whole, and its best sentence. One alone loses somewhere (the best
sentence on questions whose answer is a whole text, the passage on questions about one detail in it); their mean does
not. Sentence vectors are read for the candidates alone.

Where the texts are in several languages, each has its say: some passages of every language are looked at, and those in
another language than the question's are neither put back by the distance between languages nor by words they cannot
share (`index.fuse`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.language import detect
from index.asked import QuestionWords, Terms
from index.chunk import Chunk
from index.codes import codes
from index.coverage import Word, carried_share, coverage, stems
from index.embed import Embedder
from index.expand import Expander
from index.fuse import fuse, levelled
from index.generations import Generation
from index.naming import NamingReader
from index.near import Thesaurus
from index.reader import Reader, Reading
from index.records import EmbeddedChunk, Records
from index.rerank import TRUST, UNCALIBRATED, Trust, mix, read_hits
from index.translate import Translator

CANDIDATES = 100
OTHER_CANDIDATES = 20
"""Of each language that the question is not in."""
DENSE_WEIGHT = 0.65
"""Of the dense opinion in the whole; the rest is BM25's."""
PASSAGE_SHARE = 0.65
"""Of the passage's own cosine in the dense opinion; the rest is its best sentence's. Both shares are the best found on
the training questions of six public sets; a table of what was tried is in the README."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its fused `score` in 0..1 and the opinions it came from.

    `dense` is the weighted mean of the passage's and its best sentence's cosine by the model itself, which ranks only
    where no question encoder does; `sentences` the cosine of each of its sentences with the question, shape `(n,)`, and
    `sought` the same by the vector that ranks; `lexical` its BM25 score over the best one's, 0 when not found by it.
    `reading` is what the reader made of it, offsets in the document, and `answerable` the probability that it answers
    by all signs (`index.weighing`), or the reader's own without them; both `None` where it was not read.
    """

    chunk: Chunk
    score: float
    dense: float
    passage: float
    lexical: float
    sentences: tuple[float, ...]
    sought: tuple[float, ...]
    language: str
    reading: Reading | None = None
    answerable: float | None = None

    @property
    def best_sentence(self) -> int:
        """The index of the sentence nearest to the question."""
        return int(np.argmax(self.sentences))


@dataclass(frozen=True, slots=True)
class Found:
    """Hits, best first, and the question as the index understood it."""

    hits: tuple[Hit, ...]
    words: tuple[Word, ...]
    vector: NDArray[np.float32]


class Searcher:
    """Search over one generation of the index and the records behind it, the first hits read by `reader`, if given.

    `translator` and `thesaurus` are made when a question first needs them.

    Without `lexical` it goes by meaning alone: no passage is found or scored by its words, and nothing is known of how
    rare a word is. That is there to measure what the lexical side brings.
    """

    def __init__(
        self,
        records: Records,
        generation: Generation,
        embedder: Embedder,
        expander: Expander | None = None,
        lexical: bool = True,
        reader: Reader | None = None,
        translator: Callable[[], Translator] | None = None,
        thesaurus: Callable[[], Thesaurus] | None = None,
    ) -> None:
        self._records = records
        self._reader: Reader | None = NamingReader(reader, expander) if reader and expander else reader
        self._lexical = lexical
        self._asked = QuestionWords(expander, translator, thesaurus) if lexical else QuestionWords()
        self._generation = generation
        self._embedder = embedder
        self._visible: frozenset[str] | None = None
        self.languages: Sequence[str] = records.languages()

    def restricted(self, visible: frozenset[str], languages: Sequence[str]) -> Searcher:
        """The same search as if there were only the `visible` documents, which are in `languages`."""
        other = copy.copy(self)
        other._visible, other.languages = visible, languages
        return other

    def search(
        self,
        question: str,
        top_k: int = 10,
        within: Collection[str] | None = None,
        spans_follow: bool = False,
        trust: Trust = TRUST,
    ) -> Found:
        """The `top_k` best passages for a question, each chunk once; `within` are the only documents looked at.

        The first are read, as far as `trust` says, unless `spans_follow`: their likeliest spans will be, which
        tells more for less.
        """
        vector = self._embedder.queries([question])[0]
        sought = self._embedder.seeker.vector(question) if self._embedder.seeker else vector
        if self._visible is not None:
            within = self._visible if within is None else self._visible.intersection(within)
        asked_in = detect(question)
        asked = self._asked.read(question, asked_in, self.languages, self._rarity)
        words = asked.words
        if within is not None and not within:
            return Found((), words, vector)
        near = self._near(sought, asked_in, within)
        lexical: dict[str, float] = {}
        if self._lexical:
            lexical = dict(self._generation.lexical.search(asked.sought, CANDIDATES, within))
        candidates = self._records.get(list({**near, **lexical}))
        ranking = {name: _opinion(item, sought) for name, item in candidates.items()}
        best = max(lexical.values(), default=1.0)
        foreign = {name for name, item in candidates.items() if item.language not in ("", asked_in)}
        if len(foreign) == len(candidates):  # nothing to level against, or a language told wrongly
            foreign = set()
        fused = fuse(levelled(_dense(ranking), foreign), lexical, DENSE_WEIGHT, foreign, carried_share(words))
        bearing = self._bearing(question, candidates)
        trust = trust if self._reads_spans else UNCALIBRATED
        first = [] if spans_follow and self._reads_spans else [name for name, _ in _first(fused, bearing)[: trust.read]]
        readings = self._read(question, candidates, ranking, first)
        mixed = mix(fused, {name: reading.answerable for name, reading in readings.items()}, trust.share)
        ranked = _first(mixed, bearing)[:top_k]
        shown = {*readings, *(name for name, _ in ranked)}
        opinions = ranking if sought is vector else {name: _opinion(candidates[name], vector) for name in shown}
        answerable = self._answerable(words, candidates, opinions, readings)
        dense = _dense(opinions)
        hits = tuple(
            Hit(
                chunk=candidates[name].chunk,
                score=score,
                dense=dense[name],
                passage=opinions[name][0],
                lexical=lexical.get(name, 0.0) / best,
                sentences=opinions[name][1],
                sought=ranking[name][1],
                language=candidates[name].language,
                reading=readings.get(name),
                answerable=answerable.get(name),
            )
            for name, score in ranked
        )
        return Found(hits, words, vector)

    def _near(self, vector: NDArray[np.float32], asked_in: str, within: Collection[str] | None) -> Mapping[str, float]:
        """The nearest chunks, of all languages together and some of each that the question is not in."""
        vectors = self._generation.vectors
        by_language = {name: vectors.nearest(vector, CANDIDATES, within, name) for name in vectors.languages}
        everything = sorted((pair for found in by_language.values() for pair in found), key=lambda pair: -pair[1])
        near = dict(everything[:CANDIDATES])
        for language in by_language.keys() - {asked_in}:
            near.update(by_language[language][:OTHER_CANDIDATES])
        return near

    def _rarity(self, words: Sequence[Terms]) -> list[float | None]:
        return [1.0] * len(words) if not self._lexical else self._generation.lexical.rarity(words, self._visible)

    def _bearing(self, question: str, candidates: Mapping[str, EmbeddedChunk]) -> frozenset[str]:
        """The passages that bear a reference the question names."""
        asked = codes(question) if self._lexical else frozenset()
        if not asked:
            return frozenset()
        return frozenset(name for name, item in candidates.items() if asked & _codes_of(item.chunk))

    @property
    def _reads_spans(self) -> bool:
        return self._reader is not None and self._reader.calibrated

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """Readings of passages as they are given, for their probabilities: none without a calibrated reader."""
        return self._reader.read(question, passages) if self._reader and self._reads_spans else []

    def _read(
        self,
        question: str,
        candidates: Mapping[str, EmbeddedChunk],
        opinions: Mapping[str, tuple[float, tuple[float, ...]]],
        names: Sequence[str],
    ) -> dict[str, Reading]:
        if self._reader is None or not names:
            return {}
        readings = read_hits(question, [(candidates[name].chunk, opinions[name][1]) for name in names], self._reader)
        return dict(zip(names, readings, strict=True))

    def _answerable(
        self,
        words: Sequence[Word],
        candidates: Mapping[str, EmbeddedChunk],
        opinions: Mapping[str, tuple[float, tuple[float, ...]]],
        readings: Mapping[str, Reading],
    ) -> dict[str, float]:
        """How likely what was read answers, by all signs. Ranks go by the reader's own: fusion counts the others."""
        weighing = self._reader.weighing if self._reader and self._lexical else None
        if weighing is None:
            return {name: reading.answerable for name, reading in readings.items()}
        signs = []
        for name, reading in readings.items():
            chunk = candidates[name].chunk
            held = coverage(words, stems(chunk.context) | stems(chunk.text))
            signs.append((reading.logit, held, max(opinions[name][1])))
        return dict(zip(readings, weighing.probabilities(signs), strict=True))


def _codes_of(chunk: Chunk) -> frozenset[str]:
    """Read part by part: what is told of a text that is kept is kept with it."""
    return codes(chunk.context) | codes(chunk.text)


def _first(ranked: list[tuple[str, float]], bearing: frozenset[str]) -> list[tuple[str, float]]:
    """`bearing` before all others, if there is any: the others then share the lower half of 0..1."""
    if not bearing:
        return ranked
    halves = [(name, score / 2 + (0.5 if name in bearing else 0.0)) for name, score in ranked]
    return sorted(halves, key=lambda pair: (-pair[1], pair[0]))


def _dense(opinions: Mapping[str, tuple[float, tuple[float, ...]]]) -> dict[str, float]:
    return {
        name: PASSAGE_SHARE * passage + (1 - PASSAGE_SHARE) * max(sentences)
        for name, (passage, sentences) in opinions.items()
    }


def _opinion(item: EmbeddedChunk, vector: NDArray[np.float32]) -> tuple[float, tuple[float, ...]]:
    sentences = item.sentence_vectors.astype(np.float32) @ vector
    return float(item.vector @ vector), tuple(float(value) for value in sentences)
