"""A passage is weighed by what is read there, the words it holds and how near it lies."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader import BUNDLED
from index.weighing import FILE, Weighing, read_weighing, write_weighing

SOME = Weighing(bias=-2.0, logit=0.5, coverage=3.0, nearness=1.0)
signs = st.tuples(st.floats(-20, 20), st.floats(0, 1), st.floats(-1, 1))


@given(signs)
def test_the_probability_is_that_of_the_log_odds(given_signs: tuple[float, float, float]) -> None:
    """And stays within 0 and 1 whatever is read."""
    probability = SOME.probability(*given_signs)
    assert 0 < probability < 1
    assert math.log(probability / (1 - probability)) == pytest.approx(SOME.log_odds(*given_signs), abs=1e-6)


@given(signs)
def test_a_passage_that_holds_more_of_the_question_is_likelier(given_signs: tuple[float, float, float]) -> None:
    """All else equal, with the shipped weights."""
    shipped = read_weighing(BUNDLED)
    assert shipped is not None
    logit, coverage, nearness = given_signs
    assert shipped.log_odds(logit, coverage, nearness) > shipped.log_odds(logit, coverage - 0.1, nearness)
    assert shipped.log_odds(logit, coverage, nearness) > shipped.log_odds(logit - 0.1, coverage, nearness)
    assert shipped.log_odds(logit, coverage, nearness) > shipped.log_odds(logit, coverage, nearness - 0.1)


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    """A folder without them has none."""
    assert read_weighing(tmp_path) is None
    write_weighing(tmp_path, SOME)
    assert read_weighing(tmp_path) == SOME
    assert read_weighing(tmp_path) != replace(SOME, bias=0.0)


@pytest.mark.parametrize("told", ["[]", "{", json.dumps({"bias": 1.0}), json.dumps({"bias": "x"})])
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, told: str) -> None:
    """The message names it."""
    (tmp_path / FILE).write_text(told, "utf-8")
    with pytest.raises(ValueError, match=r"weighing\.json|Expecting"):
        read_weighing(tmp_path)
