"""What speaks for a passage besides the reader, and how much: fitted on near misses of held-out articles.

Words are rare or not among the passages of their column, as they would be in an index of them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.glossary import read_glossary
from corpus.language import detect
from evals.training.near_miss import Ask, language_of
from index.asked import QuestionWords, Terms
from index.coverage import coverage, stems
from index.embed import Embedder
from index.expand import Expander
from index.near import shipped_thesaurus
from index.reader import Reader, Reading
from index.sentences import split
from index.translate import shipped_translator
from index.weighing import Weighing

Say = Callable[[str], None]
SignRows = NDArray[np.float64]
"""The signs of passages (`index.weighing.Signs`), a row each; shape `(passages, 3)`."""


@dataclass(frozen=True, slots=True)
class WeighedReading:
    """A reading whose logit is the log-odds by all signs."""

    logit: float
    start: int
    end: int


class Heard:
    """A reader that is asked once what it is asked twice; for one thread."""

    calibrated = True
    weighing: Weighing | None = None

    def __init__(self, reader: Reader) -> None:
        self.name, self._reader = reader.name, reader
        self._said: dict[tuple[str, str], Reading] = {}

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage, in their order."""
        new = [passage for passage in dict.fromkeys(passages) if (question, passage) not in self._said]
        self._said |= zip(((question, passage) for passage in new), self._reader.read(question, new), strict=True)
        return [self._said[question, passage] for passage in passages]


class Column:
    """The passages of a column, as an index of them would know them; `language` is theirs."""

    def __init__(self, passages: Iterable[str], language: str, reader: Reader, embedder: Embedder) -> None:
        self._reader, self._embedder, self._language = reader, embedder, language
        self._words = QuestionWords(Expander(read_glossary()), shipped_translator, shipped_thesaurus)
        whole = list(dict.fromkeys(passages))
        self._total = len(whole)
        self._holding = Counter(term for passage in whole for term in stems(passage))
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def read(self, question: str, passages: Sequence[str]) -> tuple[list[Reading], SignRows]:
        """What is read in each passage, and the signs."""
        readings = self._reader.read(question, passages)
        words = self._words.read(question, detect(question), [self._language], self._rarity).words
        vector = self._embedder.queries([question])[0]
        signs = [
            (reading.logit, coverage(words, stems(passage)), float(np.max(self._sentences(passage) @ vector)))
            for reading, passage in zip(readings, passages, strict=True)
        ]
        return readings, np.asarray(signs, float).reshape(-1, 3)

    def weighed(self, weighing: Weighing) -> Callable[[str, Sequence[str]], list[WeighedReading]]:
        """Readings with the log-odds by all signs in the place of the reader's logit."""

        def read(question: str, passages: Sequence[str]) -> list[WeighedReading]:
            readings, signs = self.read(question, passages)
            return [
                WeighedReading(odds, reading.start, reading.end)
                for reading, odds in zip(readings, weighing.log_odds(signs.tolist()), strict=True)
            ]

        return read

    def _rarity(self, words: Sequence[Terms]) -> list[float | None]:
        counts = [max((self._holding[term] for term in word), default=0) for word in words]
        return [math.log(1 + (self._total - n + 0.5) / (n + 0.5)) if n else None for n in counts]

    def _sentences(self, passage: str) -> NDArray[np.float32]:
        if passage not in self._vectors:
            texts = [passage[start:end] for start, end in split(passage)] or [passage]
            self._vectors[passage] = self._embedder.passages(texts)
        return self._vectors[passage]


def weigh(held_out: Mapping[str, Sequence[Ask]], reader: Reader, embedder: Embedder, say: Say) -> Weighing:
    """The weights fitted on the near misses of held-out articles, by column."""
    columns = {}
    for name, asks in held_out.items():
        say(f"{name} : {len(asks)} questions d'articles mis de côté")
        passages = [text for ask in asks for text in (ask.gold, *ask.neighbours)]
        column = Column(passages, language_of(name), reader, embedder)
        columns[name] = [column.read(ask.question, [ask.gold, *ask.neighbours])[1] for ask in asks]
    return fit_weighing({name: signs for name, signs in columns.items() if signs})


def fit_weighing(columns: Mapping[str, Sequence[SignRows]]) -> Weighing:
    """The weights under which gold passages are told from their neighbours, each column counting the same.

    Each array holds the signs of a question's passages, the gold one first. First the shares of the signs are fitted on
    passages one by one (logistic regression, a gold one counting as much as its neighbours together), then how sure
    their sum makes us, and how much less when the others' is high, on the best passage of each question with its gold
    one and without. Questions with fewer than two neighbours are left out; raises `ValueError` where none is left, or
    where the signs tell nothing.
    """
    used = {name: [signs for signs in asked if len(signs) > 2] for name, asked in columns.items()}
    used = {name: asked for name, asked in used.items() if asked}
    if not used:
        raise ValueError("no question with a gold passage and two others to weigh by")
    rows, truths, counts = [], [], []
    for asked in used.values():
        for signs in asked:
            rows.append(signs)
            truths += [True] + [False] * (len(signs) - 1)
            counts += [1 / len(asked)] + [1 / len(asked) / (len(signs) - 1)] * (len(signs) - 1)
    data, gold, weights = np.concatenate(rows), np.asarray(truths), np.asarray(counts)
    spread = data.std(0) + 1e-9
    shares = _logistic((data - data.mean(0)) / spread, gold, weights, 1.0)[0] / spread
    middle = float(np.average(data[~gold] @ shares, weights=weights[~gold]))
    best, labels, counts = [], [], []
    for asked in used.values():
        for signs in asked:
            sums = signs @ shares - middle
            best += [_best_and_others(sums), _best_and_others(sums[1:])]
            labels += [True, False]
            counts += [1 / len(asked)] * 2
    (own, others), bias = _logistic(np.asarray(best), np.asarray(labels), np.asarray(counts), 10.0)
    if own <= 0:
        raise ValueError("these signs do not tell gold passages from their neighbours")
    logit, covered, near = (float(share) * own for share in shares)
    made = bias, logit, covered, near, middle * own, min(0.0, others / own)
    return Weighing(*(round(float(value), 4) for value in made))


def _logistic(
    rows: NDArray[np.float64], truths: NDArray[np.bool_], weights: NDArray[np.float64], strength: float
) -> tuple[NDArray[np.float64], float]:
    """Coefficients and intercept; `weights` say what rows count beside each other."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=1000)
    model.fit(rows, truths, sample_weight=weights * len(rows) / weights.sum())
    return model.coef_[0], float(model.intercept_[0])


def _best_and_others(sums: NDArray[np.float64]) -> tuple[float, float]:
    best = float(sums.max())
    return best, float((sums.sum() - best) / (len(sums) - 1))
