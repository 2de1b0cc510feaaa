"""Fit the two small models of the extractive path, as `cooperation evals calibrate DIR` writes them.

DIR holds question sets in the layout `corpus.jsonl`, `queries.jsonl` (`relevant`, `answers`, `split` inline). Only
questions marked `"split": "train"` are fitted on. A near miss is made from a question by asking it of all texts but its
own paragraphs: what is found is on the subject and does not answer. Each model is fitted twice, for answers with the
reader and without.

Some weights are set by hand and not fitted, because they state the product's rule and not a statistic: a number, date,
place or relation that was asked for and that the evidence does not hold speaks against an answer. Public questions
rarely ask for what is not there in this way, so fitting would make light of it. By hand is as well what public
questions cannot tell: how far the question encoder, which they taught, is to be believed. Weights set by hand are left
out of the fit, which does not make up for them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

from assistant.answers import refusal
from assistant.answers.evidence import Unit, units
from assistant.answers.extract import Drafted, chosen_of
from assistant.answers.question import Question, understand
from assistant.answers.reread import Read, spans_of
from assistant.answers.weights import Logistic
from assistant.settings import Settings
from evals.kept import working_folder
from index.terms import fold

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from index.reader import Reader, Reading
    from index.search import Found

SETS = {
    "piaf": 300,
    "piaf_unans": 400,
    "fr_admin_abstain": 190,
    "xquad_en": 200,
    "xquad_ar": 200,
    "xquad_en2ar": 200,
}
"""The sets, and how many training questions of each are used."""
FOUND = 12
UNIT_BY_HAND = {
    "list_wanted": 1.2,
    "enumerates": 1.0,
    "list_unwanted": -1.5,
    "question_mark": -3.0,
    "introduces": -1.5,
    "item": 0.0,
    "place_lacking": 0.0,
    "numbers_missing": -1.0,
    "numbers_missing_nearby": -1.0,
    "spells": 3.0,
    "states": 1.0,
    "another_body": -2.0,
    "sought": 10.0,
}
"""Of `sought`, the question encoder's nearness: the questions that are fitted on taught it, so fitting would believe it
too much; ten was the best found on exercise texts and a ministry's own, which it never saw."""
ANSWERABLE_BY_HAND = {
    "numbers_missing_nearby": -3.0,
    "numbers_missing": -0.8,
    "date_lacking": -2.0,
    "number_lacking": -2.0,
    "place_lacking": -2.0,
    "uncounted": -1.5,
    "names_unknown": -1.0,
    "relation_unstated": -4.0,
    "code_missing": -6.0,
    "rank_lacking": -2.0,
    "person_lacking": -2.0,
    "meaning_lacking": -3.0,
    "list_lacking": -3.0,
    "polar_unmet": -2.0,
    "another_body": -3.0,
}
UNIT_LEFT_OUT = frozenset({"names_missing"})
"""A name that is missing goes into the refusal alone."""
THRESHOLDS = {"with_reader": 0.2, "without_reader": 0.49}
"""Set by hand, from sets that nothing was fitted on: nine answers in ten kept on a ministry's own text."""


def unread(_question: str, _passages: Sequence[str]) -> list[Reading]:
    """What there is to read without a reader."""
    return []


@dataclass(frozen=True, slots=True)
class Example:
    """A training question with what was found for it; `answers` is empty when nothing found holds the answer."""

    set: str
    question: Question
    found: Found
    candidates: tuple[Unit, ...]
    answers: tuple[str, ...]
    answerable: bool
    read: Read = unread


class Remembered:
    """A reader's readings, each made once: every fold of a fit drafts nearly the same."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[tuple[str, str], Reading] = {}

    def __call__(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """The reading of each passage."""
        new = [passage for passage in dict.fromkeys(passages) if (question, passage) not in self._known]
        for passage, reading in zip(new, self._reader.read(question, new), strict=True):
            self._known[question, passage] = reading
        return [self._known[question, passage] for passage in passages]


def collect(assistant: Assistant, folder: Path, limit: int) -> Iterator[Example]:
    """Examples from one set that `assistant` has indexed: each question as it is, and as a near miss."""
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text("utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if row.get("split") == "train"]
    documents = frozenset(record.id for record in assistant.documents())
    random.Random(5).shuffle(rows)
    for row in rows[:limit]:
        question = understand(row["text"], row["lang"])
        found = assistant.find(row["text"], FOUND)
        relevant = set(row["relevant"])
        yield _example(folder.name, question, found, row["answers"] if relevant else [], bool(relevant))
        if relevant and row["answers"] and "admin" not in folder.name:
            yield _example(folder.name, question, assistant.find(row["text"], FOUND, documents - relevant), [], False)


def fit_unit(examples: Sequence[Example]) -> Logistic:
    """Does a span hold the answer? Fitted on spans of answerable questions whose answer was found."""
    rows: list[dict[str, float]] = []
    labels: list[bool] = []
    for example in examples:
        if not example.answers or "admin" in example.set:
            continue
        holds = [_holds(unit.text, example.answers) for unit in example.candidates]
        if any(holds):
            rows += [_without(unit.features, UNIT_LEFT_OUT) for unit in example.candidates]
            labels += holds
    return _fit(rows, labels, None, UNIT_BY_HAND, 10.0)


def _without(features: Mapping[str, float], names: frozenset[str]) -> dict[str, float]:
    return {name: value for name, value in features.items() if name not in names}


def fit_answerable(examples: Sequence[Example], unit: Logistic) -> Logistic:
    """Do the texts hold the answer? Fitted on questions that no hand-set rule touches, each set's sides equal."""
    rows, labels, groups = [], [], []
    for example in examples:
        features = refusal.features(example.question, example.found, *_draft(example, unit))
        if not any(features.get(name, 0.0) > 0 for name in ANSWERABLE_BY_HAND):
            rows.append(features)
            labels.append(example.answerable)
            groups.append((example.set, example.answerable))
    weights = [len(groups) / groups.count(group) for group in groups]
    return _fit(rows, labels, weights, ANSWERABLE_BY_HAND, 1.0)


def fitted(examples: Sequence[Example], threshold: float) -> dict[str, Any]:
    """Both models, the threshold, and the curve of the threshold, as `weights.json` holds them."""
    unit = fit_unit(examples)
    answerable = fit_answerable(examples, unit)
    return {
        "fitted_on": f"split train of {', '.join(SETS)}; near misses made by taking a question's own paragraphs away",
        "unit": {"bias": unit.bias, "weights": unit.weights},
        "answerable": {"bias": answerable.bias, "weights": answerable.weights},
        "threshold": threshold,
        "curve": curve(examples, crossed(examples)),
    }


def crossed(examples: Sequence[Example], folds: int = 5) -> list[float]:
    """The score of each example by models that were fitted on the others: folds are of questions, by their text."""
    fold_of = [crc32(example.question.text.encode()) % folds for example in examples]
    scores = [0.0] * len(examples)
    for number in range(folds):
        kept = [example for example, own in zip(examples, fold_of, strict=True) if own != number]
        unit = fit_unit(kept)
        answerable = fit_answerable(kept, unit)
        for at, example in enumerate(examples):
            if fold_of[at] == number:
                scores[at] = score(example, unit, answerable)
    return scores


def score(example: Example, unit: Logistic, answerable: Logistic) -> float:
    """What the product scores an example, in 0..1."""
    drafted, spans = _draft(example, unit)
    if not drafted:
        return 0.0
    return refusal.probability(answerable, refusal.features(example.question, example.found, drafted, spans))


def _draft(example: Example, unit: Logistic) -> tuple[list[Drafted], list[Drafted]]:
    spans = spans_of(example.question, example.found, example.candidates, unit, example.read)
    return chosen_of(example.question, spans), spans


def curve(examples: Sequence[Example], scores: Sequence[float]) -> dict[str, dict[str, list[float]]]:
    """For each set, at thresholds of 0.1 to 0.9: the shares of answerable refused and of unanswerable answered."""
    made: dict[str, dict[str, list[float]]] = {}
    for name in dict.fromkeys(example.set for example in examples):
        own = [(score, e.answerable) for score, e in zip(scores, examples, strict=True) if e.set == name]
        made[name] = errors([score for score, _ in own], [answerable for _, answerable in own])
    return made


def errors(scores: Sequence[float], answerable: Sequence[bool]) -> dict[str, list[float]]:
    """At thresholds of 0.1 to 0.9: the shares of answerable questions refused and of the others answered."""
    of = {truth: [s for s, held in zip(scores, answerable, strict=True) if held is truth] for truth in (True, False)}
    steps = [step / 10 for step in range(1, 10)]
    return {
        "refused": [_share(value < step for value in of[True]) for step in steps],
        "answered": [_share(value >= step for value in of[False]) for step in steps],
    }


def _share(values: Iterable[bool]) -> float:
    counted = list(values)
    return round(sum(counted) / max(1, len(counted)), 3)


def _fit(
    rows: Sequence[dict[str, float]],
    labels: Sequence[bool],
    sample_weights: Sequence[float] | None,
    by_hand: dict[str, float],
    strength: float,
) -> Logistic:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for row in rows for name in row} - by_hand.keys())
    table = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    weights = None if sample_weights is None else np.array(sample_weights) / np.mean(sample_weights)
    model: Any = LogisticRegression(C=strength, max_iter=5000).fit(table, np.array(labels), sample_weight=weights)
    fitted = {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}
    return Logistic(round(float(model.intercept_[0]), 3), fitted | by_hand)


def _example(name: str, question: Question, found: Found, answers: Sequence[str], answerable: bool) -> Example:
    return Example(name, question, found, tuple(units(question, found)), tuple(answers), answerable)


def _holds(text: str, answers: Sequence[str]) -> bool:
    plain = " ".join(fold(text).split())
    return any(" ".join(fold(answer).split()) in plain for answer in answers if answer.strip())


def calibrate(
    folder: Path, settings: Settings, limit: float, keep: Path | None, say: Callable[[str], None]
) -> dict[str, Any]:
    """What `weights.json` holds, fitted on the sets below `folder`; `limit` is the share of their questions used.

    Each set is indexed in a directory of its own, once (kept below `keep`), and searched with the reader of `settings`
    and without one.
    """
    from assistant.wiring import embedder_of, reader_of

    examples: dict[str, list[Example]] = {"with_reader": [], "without_reader": []}
    reader = reader_of(settings, embedder_of(settings))
    read: dict[str, Read] = {"with_reader": Remembered(reader) if reader else unread, "without_reader": unread}
    for name, most in SETS.items():
        with working_folder(folder / name / "corpus.jsonl", keep) as work:
            at = settings.over(work)
            for kind, own in (("with_reader", settings.reader), ("without_reader", "off")):
                made = _collected(folder / name, replace(at, reader=own), round(most * limit))
                examples[kind] += [replace(example, read=read[kind]) for example in made]
        say(f"{name} : {len(examples['with_reader'])} exemples")
    return {"format": 2} | {kind: fitted(own, THRESHOLDS[kind]) for kind, own in examples.items()}


def _collected(folder: Path, settings: Settings, limit: int) -> list[Example]:
    from assistant.library import Request
    from assistant.wiring import open_assistant

    assistant = open_assistant(settings)
    try:
        for _outcome in assistant.ingest(Request(jsonl=folder / "corpus.jsonl")):
            pass
        return list(collect(assistant, folder, limit))
    finally:
        assistant.close()
