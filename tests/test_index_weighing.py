"""A passage is weighed by what is read there, the words it holds and how near it lies."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reader import BUNDLED, ReaderUnavailable, open_reader
from index.reader import FILE as READER
from index.reader_graph import read_header
from index.weighing import FILE, Signs, Weighing, read_weighing, write_weighing

SOME = Weighing(bias=-2.0, logit=0.5, coverage=3.0, nearness=1.0, middle=2.0, others=-0.3)
signs = st.tuples(st.floats(-20, 20), st.floats(0, 1), st.floats(-1, 1))


@given(st.lists(signs, min_size=1, max_size=8))
def test_the_probability_is_that_of_the_log_odds(passages: list[Signs]) -> None:
    """And stays within 0 and 1 whatever is read."""
    for probability, odds in zip(SOME.probabilities(passages), SOME.log_odds(passages), strict=True):
        assert 0 < probability < 1
        assert math.log(probability / (1 - probability)) == pytest.approx(odds, abs=1e-6)


@given(st.lists(signs, min_size=1, max_size=8))
def test_a_passage_with_more_of_any_sign_is_likelier(passages: list[Signs]) -> None:
    """All else equal, with the shipped weights."""
    shipped = read_weighing(BUNDLED, read_header(BUNDLED / READER).version)
    assert shipped is not None
    (logit, coverage, nearness), *others = passages
    more = shipped.log_odds(passages)[0]
    for less in (
        (logit - 0.1, coverage, nearness),
        (logit, coverage - 0.1, nearness),
        (logit, coverage, nearness - 0.1),
    ):
        assert more > shipped.log_odds([less, *others])[0]


@given(st.lists(signs, min_size=2, max_size=8))
def test_the_likeliest_is_so_by_its_own_signs(passages: list[Signs]) -> None:
    """What the others weigh moves how sure one is, not the order."""
    apart = [SOME.log_odds([one])[0] for one in passages]
    together = SOME.log_odds(passages)
    assert apart[together.index(max(together))] == pytest.approx(max(apart), abs=1e-6)


def test_where_all_look_like_answers_each_counts_for_less() -> None:
    """The same passage beside others that read well."""
    one = (3.0, 0.8, 0.9)
    assert SOME.log_odds([one, (3.0, 0.8, 0.9)])[0] < SOME.log_odds([one, (-3.0, 0.1, 0.7)])[0]


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    """A folder without them has none."""
    assert read_weighing(tmp_path, "one") is None
    write_weighing(tmp_path, SOME, "one")
    assert read_weighing(tmp_path, "one") == SOME


def test_weights_of_another_reader_are_refused(tmp_path: Path) -> None:
    """They would be misread in silence."""
    write_weighing(tmp_path, SOME, "one")
    with pytest.raises(ValueError, match=r"weighing\.json.*'one'.*'two'.*train weigh"):
        read_weighing(tmp_path, "two")


WHOLE = {"reader": "one", "bias": 1, "logit": 1, "coverage": 1, "nearness": 1, "middle": 1, "others": 0}


@pytest.mark.parametrize(
    "told",
    ["[]", "{", json.dumps({"bias": 1.0}), *(json.dumps(WHOLE | {"bias": odd}) for odd in ("x", None, [], math.nan))],
)
def test_a_file_that_holds_something_else_is_refused(tmp_path: Path, told: str) -> None:
    """The message names it, and how to mend it."""
    (tmp_path / FILE).write_text(told, "utf-8")
    with pytest.raises(ValueError, match=r"weighing\.json.*train weigh"):
        read_weighing(tmp_path, "one")


def test_a_reader_with_broken_weights_is_not_opened(tmp_path: Path, model_cache: Path) -> None:
    """It says how to do without."""
    for name in ("reader.safetensors", "reader.sha256"):
        shutil.copy(BUNDLED / name, tmp_path / name)
    assert open_reader(str(tmp_path), model_cache).weighing is None
    (tmp_path / FILE).write_text("{", "utf-8")
    with pytest.raises(ReaderUnavailable, match="COOPERATION_READER=off"):
        open_reader(str(tmp_path), model_cache)
