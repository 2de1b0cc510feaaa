"""The test that similarity fails: is a question's paragraph told from its neighbours?

Each question is asked twice: of its gold paragraph among five neighbours, and of the neighbours alone; the best passage
counts. Neighbours are of the same article, drawn at chance where it has more than five; where it has fewer, passages of
other articles fill up. Questions whose article has one paragraph have no near miss and are left out.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from evals.training.rows import Row, json_lines
from evals.training.scores import auroc, calibration_error, sigmoid, squad_f1

NEIGHBOURS = 5
COLUMNS = {"fr": "piaf", "en": "xquad_en", "ar": "xquad_ar", "en→ar": "xquad_en2ar"}
"""The test columns and the retrieval set each is made of."""


class Read(Protocol):
    """What a reader says of a passage: logit, and the offsets of its best answer there."""

    @property
    def logit(self) -> float:
        """How surely the passage answers, before calibration."""
        ...

    @property
    def start(self) -> int:
        """Where the best answer begins in the passage."""
        ...

    @property
    def end(self) -> int:
        """Where it ends."""
        ...


Reads = Callable[[str, Sequence[str]], Sequence[Read]]
"""A question and passages to what is read in each."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, its gold paragraph and answers there, and the paragraphs beside it."""

    question: str
    gold: str
    answers: tuple[str, ...]
    neighbours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """A column's figures: `one` is the AUROC of gold passages against the neighbours that they are read among."""

    questions: int
    auroc: float
    one: float
    calibration_error: float
    span_f1: float
    with_gold: tuple[float, ...]
    alone: tuple[float, ...]


def language_of(column: str) -> str:
    """The language of a column's passages.

    >>> language_of("fr"), language_of("en→ar")
    ('fr', 'ar')
    """
    return column.rpartition("→")[2]


def asks_of_tests(folder: Path, seed: int = 0) -> list[Ask]:
    """The near misses of the `split: test` questions of a retrieval set."""
    passages = {line["id"]: line for line in json_lines(folder / "corpus.jsonl")}
    by_article: dict[str, list[str]] = defaultdict(list)
    for id, line in passages.items():
        by_article[_article(id, line["title"])].append(id)
    queries = [q for q in json_lines(folder / "queries.jsonl") if q["split"] == "test" and q["relevant"]]
    test = {_article(id, passages[id]["title"]) for query in queries for id in query["relevant"]}
    rng, asks = random.Random(seed), []
    for query in queries:
        [gold] = query["relevant"]
        article = _article(gold, passages[gold]["title"])
        beside = [id for id in by_article[article] if id != gold]
        if beside:
            others = [id for other in sorted(test - {article}) for id in by_article[other]]
            drawn = _drawn(beside, others, rng)
            asks.append(
                Ask(
                    query["text"],
                    passages[gold]["text"],
                    tuple(query["answers"]),
                    tuple(passages[id]["text"] for id in drawn),
                )
            )
    return asks


def held_out_asks(rows: Sequence[Row], count: int, seed: int = 0) -> list[Ask]:
    """The near misses of `count` answerable training rows, of whose articles nothing is trained on."""
    by_article: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.passage not in by_article[row.title, row.passage_lang]:
            by_article[row.title, row.passage_lang].append(row.passage)
    rng = random.Random(seed)
    asks: list[Ask] = []
    for row in rng.sample(list(rows), len(rows)):
        beside = [text for text in by_article[row.title, row.passage_lang] if text != row.passage]
        if len(asks) < count and row.answerable and row.span and beside:
            others = [
                text
                for (title, lang), texts in by_article.items()
                if lang == row.passage_lang and title != row.title
                for text in texts
            ]
            drawn = _drawn(beside, others, rng)
            asks.append(Ask(row.question, row.passage, (row.passage[slice(*row.span)],), tuple(drawn)))
    return asks


def score(asks: Sequence[Ask], reads: Reads, temperature: float, bias: float) -> Score:
    """The figures of a reader over `asks`.

    What is read of a passage may hang on the others read with it, so the neighbours are read without the gold one, too.
    """
    with_gold, alone, gold, single, f1 = [], [], [], [], []
    for ask in asks:
        first, *others = reads(ask.question, [ask.gold, *ask.neighbours])
        without = reads(ask.question, ask.neighbours)
        gold.append(first.logit)
        single += [read.logit for read in others]
        alone.append(max(read.logit for read in without))
        with_gold.append(max(read.logit for read in (first, *others)))
        f1.append(squad_f1(ask.gold[first.start : first.end], ask.answers))
    whole = Score(
        len(asks), auroc(with_gold, alone), auroc(gold, single), 0.0, sum(f1) / len(f1), tuple(with_gold), tuple(alone)
    )
    return calibrated(whole, temperature, bias)


def calibrated(column: Score, temperature: float, bias: float) -> Score:
    """The column with the calibration error that its logits have under another temperature and bias."""
    probabilities = sigmoid([*column.with_gold, *column.alone], temperature, bias)
    truths = [True] * column.questions + [False] * column.questions
    return replace(column, calibration_error=calibration_error(list(probabilities), truths))


def _drawn(beside: Sequence[str], others: Sequence[str], rng: random.Random) -> list[str]:
    drawn = rng.sample(beside, min(NEIGHBOURS, len(beside)))
    return drawn + rng.sample(others, min(NEIGHBOURS - len(drawn), len(others)))


def _article(id: str, title: str) -> str:
    """The article of a passage: its title, or for XQuAD's what its id says (`xq-ar-3-0`: article 3)."""
    numbered = re.fullmatch(r"(xq-\w+-\d+)-\d+", id)
    return numbered[1] if numbered else title or id
