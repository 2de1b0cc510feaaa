"""The small models are fitted on examples, scored on examples they did not see, and written as a file to read."""

from __future__ import annotations

import pytest
from fakes import found, hit

from assistant.answers.evidence import units
from assistant.answers.question import understand
from evals.calibrate import ANSWERABLE_BY_HAND, UNIT_BY_HAND, Example, crossed, curve, fitted

pytest.importorskip("sklearn", reason="the extra `bench` is not installed: pip install -e '.[bench]'")
TOPICS = [f"{place}{end}" for place in ("port", "lac", "parc", "pont", "quai", "fort") for end in ("ale", "ine", "our")]


def examples() -> list[Example]:
    """Each topic with the passage that tells where it lies, and with one that does not."""
    made = []
    for number, topic in enumerate(TOPICS):
        question = understand(f"Que garde le {topic} ?", "fr")
        right = f"Le {topic} garde des archives. On y va en train."
        for text, near, answers in ((right, (0.93, 0.84), ("archives",)), ("On va au lac en train.", (0.85,), ())):
            shifted = tuple(value - 0.0005 * (number % 7) for value in near)
            passages = found(hit(text, similarities=shifted), words={topic: 2.0, "gard": 1.0})
            candidates = tuple(units(question, passages))
            made.append(Example("set", question, passages, candidates, answers, bool(answers)))
    return made


def test_what_was_fitted_tells_an_answer_from_none_on_questions_it_did_not_see() -> None:
    """By cross-validation; both examples of a question are in one fold."""
    asked = examples()
    scores = crossed(asked)
    right = [score for score, example in zip(scores, asked, strict=True) if example.answerable]
    wrong = [score for score, example in zip(scores, asked, strict=True) if not example.answerable]
    assert sum(right) / len(right) > sum(wrong) / len(wrong) + 0.3


def test_rules_are_kept_as_they_are_whatever_the_examples_say() -> None:
    """They state the product's rule and not a statistic."""
    value = fitted(examples(), 0.38)
    assert UNIT_BY_HAND.items() <= value["unit"]["weights"].items()
    assert ANSWERABLE_BY_HAND.items() <= value["answerable"]["weights"].items()


def test_the_curve_rises_for_refusals_and_falls_for_answers() -> None:
    """Nine thresholds, from 0.1 to 0.9."""
    asked = examples()
    drawn = curve(asked, crossed(asked))["set"]
    assert len(drawn["refused"]) == len(drawn["answered"]) == 9
    assert drawn["refused"] == sorted(drawn["refused"])
    assert drawn["answered"] == sorted(drawn["answered"], reverse=True)
