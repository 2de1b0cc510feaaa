"""Fit the two small models of the extractive path: `python -m evals.calibrate DIR [--out FILE]`.

DIR holds question sets in the layout `corpus.jsonl`, `queries.jsonl` (`relevant`, `answers`, `split` inline). Only
questions marked `"split": "train"` are fitted on. A near miss is made from a question by asking it of all texts but its
own paragraphs: what is found is on the subject and does not answer. Each model is fitted twice, for answers with the
reader and without.

Some weights are set by hand and not fitted, because they state the product's rule and not a statistic: a number, date,
place or relation that was asked for and that the evidence does not hold speaks against an answer. Public questions
rarely ask for what is not there in this way, so fitting would make light of it.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answers import refusal
from assistant.answers.evidence import Unit, units
from assistant.answers.extract import draft
from assistant.answers.question import Question, understand
from assistant.answers.weights import Logistic
from assistant.settings import Settings
from index.terms import fold

if TYPE_CHECKING:
    from assistant.assistant import Assistant
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
}
ANSWERABLE_BY_HAND = {
    "numbers_missing_nearby": -3.0,
    "numbers_missing": -0.8,
    "date_lacking": -2.0,
    "number_lacking": -2.0,
    "place_lacking": -1.0,
    "relation_unstated": -4.0,
}
LEFT_OUT = ("unknown_words",)
THRESHOLD = 0.42


@dataclass(frozen=True, slots=True)
class Example:
    """A training question with what was found for it; `answers` is empty when nothing found holds the answer."""

    set: str
    question: Question
    found: Found
    candidates: tuple[Unit, ...]
    answers: tuple[str, ...]
    answerable: bool


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
            rows += [unit.features for unit in example.candidates]
            labels += holds
    return _fit(rows, labels, None, UNIT_BY_HAND, 10.0)


def fit_answerable(examples: Sequence[Example], unit: Logistic) -> Logistic:
    """Do the texts hold the answer? Fitted on questions that no hand-set rule touches, each set's sides equal."""
    rows, labels, groups = [], [], []
    for example in examples:
        drafted = draft(example.question, example.candidates, unit)
        features = refusal.features(example.question, example.found, drafted)
        if not any(features.get(name, 0.0) > 0 for name in ANSWERABLE_BY_HAND):
            rows.append(features)
            labels.append(example.answerable)
            groups.append((example.set, example.answerable))
    weights = [len(groups) / groups.count(group) for group in groups]
    return _fit(rows, labels, weights, ANSWERABLE_BY_HAND, 1.0)


def fitted(examples: Sequence[Example]) -> dict[str, Any]:
    """Both models and the threshold, as `weights.json` holds them."""
    unit = fit_unit(examples)
    answerable = fit_answerable(examples, unit)
    return {
        "fitted_on": f"split train of {', '.join(SETS)}; near misses made by taking a question's own paragraphs away",
        "unit": {"bias": unit.bias, "weights": unit.weights},
        "answerable": {"bias": answerable.bias, "weights": answerable.weights},
        "threshold": THRESHOLD,
    }


def _fit(
    rows: Sequence[dict[str, float]],
    labels: Sequence[bool],
    sample_weights: Sequence[float] | None,
    by_hand: dict[str, float],
    strength: float,
) -> Logistic:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for row in rows for name in row} - by_hand.keys() - set(LEFT_OUT))
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


def main() -> None:
    """Fit on the sets below a folder and write the weights."""
    import os

    from assistant.library import Request
    from assistant.wiring import open_assistant

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(refusal.__file__).with_name("weights.json"))
    options = parser.parse_args()
    settings = Settings.from_env(os.environ)
    examples: dict[str, list[Example]] = {"with_reader": [], "without_reader": []}
    for name, limit in SETS.items():
        with tempfile.TemporaryDirectory() as data:
            for kind, reader in (("with_reader", settings.reader), ("without_reader", "off")):
                assistant = open_assistant(replace(Settings.from_env(os.environ, data), reader=reader))
                for _outcome in assistant.ingest(Request(jsonl=options.folder / name / "corpus.jsonl")):
                    pass
                examples[kind] += collect(assistant, options.folder / name, limit)
                assistant.close()
        print(f"{name}: {len(examples['with_reader'])} examples so far", flush=True)
    value = {"format": 2} | {kind: fitted(examples[kind]) for kind in examples}
    options.out.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
    print(f"written: {options.out}")


if __name__ == "__main__":
    main()
