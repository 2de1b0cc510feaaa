"""Move what decides refusal by labelled questions on exercise texts, as `cooperation evals adjust SET...` writes it.

Public questions (`evals.calibrate`) say little about near misses on an administration's papers, where the topic is
right and one detail is not told. Each question of these sets says whether its texts answer it. The weights start from
those that `evals calibrate` left (kept as `before`, so that doing it twice does not go twice as far) and move no
further than the questions ask for. Sets whose figures are told as those of unseen questions are never among them, nor
their texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.answers import refusal
from assistant.answers.evidence import units
from assistant.answers.extract import chosen_of
from assistant.answers.question import understand
from assistant.answers.reread import spans_of
from assistant.answers.weights import Logistic, read_weights
from assistant.settings import Settings
from evals.calibrate import FOUND, THRESHOLDS, errors
from evals.case import Case, CaseSet
from evals.matching import matches
from evals.product import opened

HOLD = 1.0
"""How strongly the weights are held where they were: of the squared distance, against the loss of one question."""
FAR = 3.0
"""What a question off every subject counts: each text has four of them beside sixteen near misses, and to answer one is
the worse error."""
STEPS = 20
KINDS = {"with_reader": True, "without_reader": False}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question's features, whether the texts answer it, and what it `counts`; `document` tells which go together."""

    document: str
    features: Mapping[str, float]
    answerable: bool
    counts: float = 1.0


def labelled(cases: CaseSet, settings: Settings, reader: bool) -> list[Labelled]:
    """The questions of a set over the shipped corpus and the set's own texts.

    A question that has an answer is left out where what would be shown does not hold it: to refuse it would be right.
    """
    model, made = read_weights(reader).unit, []
    with opened(replace(settings, reader=settings.reader if reader else "off"), cases) as product:
        assistant: Any = product.operations  # type: ignore[attr-defined]  # in this process: it can only search, too
        for case in cases:
            question = understand(assistant.mended(case.question), case.language)
            found = assistant.find(question.text, FOUND)
            spans = spans_of(question, found, units(question, found), model, assistant.read)
            drafted = chosen_of(question, spans)
            if case.refuse or _answers(case, "\n".join(item.unit.text for item in drafted)):
                features = refusal.features(question, found, drafted, spans)
                made.append(Labelled(_document(case), features, not case.refuse, FAR if case.refuse == "far" else 1.0))
    return made


def _answers(case: Case, shown: str) -> bool:
    return all(any(matches(pattern, shown) for pattern in group) for group in case.expect.all_of)


def _document(case: Case) -> str:
    return case.id.rpartition("-")[0]


def moved(examples: Sequence[Labelled], before: Logistic, hold: float = HOLD) -> Logistic:
    """The model that explains the examples best while it stays near `before`."""
    import numpy as np

    names = sorted({name for example in examples for name in example.features} | before.weights.keys())
    table = np.array([[example.features.get(name, 0.0) for name in names] + [1.0] for example in examples])
    sign = np.array([1.0 if example.answerable else -1.0 for example in examples])
    counts = np.array([example.counts for example in examples])
    start = np.array([before.weights.get(name, 0.0) for name in names] + [before.bias])
    weights = start.copy()
    for _step in range(STEPS):  # Newton's: the loss is convex, and the hold keeps its curvature away from nothing
        wrong = 1 / (1 + np.exp(np.clip(sign * (table @ weights), -50, 50)))
        slope = table.T @ (-sign * counts * wrong) + 2 * hold * (weights - start)
        bend = (table.T * (counts * wrong * (1 - wrong))) @ table + 2 * hold * np.eye(len(start))
        weights = weights - np.linalg.solve(bend, slope)
    found = [round(float(value), 3) for value in weights]
    return Logistic(found[-1], dict(zip(names, found[:-1], strict=True)))


def left_out(examples: Sequence[Labelled], before: Logistic) -> list[float]:
    """The score that the product gives each example, by a model that saw no question on its document."""
    scores: dict[int, float] = {}
    for document in {example.document for example in examples}:
        model = moved([example for example in examples if example.document != document], before)
        own = {at: e.features for at, e in enumerate(examples) if e.document == document}
        scores |= {at: refusal.probability(model, features) for at, features in own.items()}
    return [scores[at] for at in range(len(examples))]


def adjusted(value: dict[str, Any], suites: Sequence[CaseSet], settings: Settings, say: Callable[[str], None]) -> None:
    """Move both answerable models of `weights.json`, given as `value`, in place; tells what it was fitted on."""
    for kind, reader in KINDS.items():
        own = value[kind]
        start = own.get("before") or own["answerable"]
        examples: list[Labelled] = []
        for cases in suites:
            examples += labelled(cases, settings, reader)
            say(f"{kind}, {cases.name} : {len(examples)} questions")
        before = Logistic(start["bias"], start["weights"])
        model = moved(examples, before)
        own["before"] = start
        own["answerable"] = {"bias": model.bias, "weights": model.weights}
        own["adjusted_on"] = ", ".join(cases.name for cases in suites)
        own["threshold"] = THRESHOLDS[kind]
        own["adjusted_curve"] = curve(examples, left_out(examples, before))


def curve(examples: Sequence[Labelled], scores: Sequence[float]) -> dict[str, list[float]]:
    """At thresholds of 0.1 to 0.9: the shares of answerable questions refused and of the others answered."""
    return errors(scores, [example.answerable for example in examples])


def adjust(file: Path, suites: Sequence[CaseSet], settings: Settings, say: Callable[[str], None]) -> dict[str, Any]:
    """What `file` holds, with both answerable models moved by the sets."""
    value: dict[str, Any] = json.loads(file.read_text("utf-8"))
    adjusted(value, suites, settings, say)
    return value
