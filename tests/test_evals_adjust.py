"""Weights move by labelled questions as far as these ask for, from where they were, and no question judges itself."""

from __future__ import annotations

import pytest

from assistant.answers.weights import Logistic
from evals.adjust import Labelled, curve, left_out, moved

BEFORE = Logistic(0.0, {"lacking": -1.0, "held": 1.0})


def examples(documents: int = 4) -> list[Labelled]:
    """Answers hold what was asked; near misses hold it too and lack one detail."""
    return [
        Labelled(f"text-{number}", {"held": 0.8, "lacking": float(not answerable)}, answerable)
        for number in range(documents)
        for answerable in (True, False) * 3
    ]


def test_a_rule_that_the_questions_bear_out_grows_stronger() -> None:
    """And one on which they say nothing stays as it was."""
    model = moved(examples(), Logistic(0.0, {**BEFORE.weights, "never": -2.0}))
    assert model.weights["lacking"] < -1.3
    assert model.weights["never"] == -2.0


def test_a_strong_hold_keeps_the_weights_where_they_were() -> None:
    """However many questions there are."""
    model = moved(examples(), BEFORE, hold=1e6)
    assert model.weights == pytest.approx(dict(BEFORE.weights), abs=0.01)


def test_a_document_is_judged_by_the_questions_on_the_others() -> None:
    """One whose labels are turned round is told wrong by them, and right once it is among them."""
    turned = [Labelled("odd", e.features, not e.answerable) for e in examples(1)]
    scores = left_out([*examples(), *turned], BEFORE)
    assert all((score > 0.5) != e.answerable for score, e in zip(scores[-len(turned) :], turned, strict=True))


def test_the_curve_counts_both_kinds_of_error() -> None:
    """At nine thresholds: answers refused rise, near misses answered fall."""
    drawn = curve(examples(1), [0.9, 0.2] * 3)
    assert drawn["refused"] == [0.0] * 9
    assert drawn["answered"] == [1.0, 1.0] + [0.0] * 7
