"""Two opinions become one order that is always the same and always between 0 and 1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fuse import GAP_MOST, fuse, levelled

NAMES = st.text("abcdef", min_size=1, max_size=3)
DENSE = st.dictionaries(NAMES, st.floats(-1, 1, allow_nan=False), max_size=12)
LEXICAL = st.dictionaries(NAMES, st.floats(0, 60, allow_nan=False), max_size=12)
WEIGHT = st.floats(0, 1, allow_nan=False)


@given(DENSE, LEXICAL, WEIGHT)
def test_every_candidate_comes_out_once_and_no_other(
    dense: dict[str, float], lexical: dict[str, float], weight: float
) -> None:
    """The dense side names the candidates."""
    assert sorted(name for name, _score in fuse(dense, lexical, weight)) == sorted(dense)


@given(DENSE, LEXICAL, WEIGHT)
def test_scores_stay_between_nought_and_one(dense: dict[str, float], lexical: dict[str, float], weight: float) -> None:
    """A fused score can be shown as a share."""
    assert all(0 <= score <= 1 for _name, score in fuse(dense, lexical, weight))


@given(DENSE, LEXICAL, WEIGHT, st.randoms())
def test_the_order_does_not_depend_on_the_order_of_arrival(
    dense: dict[str, float], lexical: dict[str, float], weight: float, random: object
) -> None:
    """Ties go by name, so two searches for the same give the same."""
    shuffled = list(dense.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    once, again = fuse(dense, lexical, weight), fuse(dict(shuffled), dict(reversed(lexical.items())), weight)
    assert once == again
    assert once == sorted(once, key=lambda pair: (-pair[1], pair[0]))


@given(DENSE, WEIGHT)
def test_with_no_lexical_opinion_the_dense_order_stands(dense: dict[str, float], weight: float) -> None:
    """A question in another script still has an order."""
    scores = dict(fuse(dense, {}, weight))
    for one in dense:
        for other in dense:
            if dense[one] > dense[other]:
                assert scores[one] >= scores[other]


@pytest.mark.parametrize(
    ("weight", "first"), [(1.0, "near"), (0.0, "worded"), (0.5, "both")], ids=["dense", "lexical", "even"]
)
def test_the_weight_says_who_is_heard(weight: float, first: str) -> None:
    """All of one side, all of the other, or the one that both like."""
    dense = {"near": 0.9, "both": 0.86, "worded": 0.7}
    lexical = {"worded": 10.0, "both": 8.0}
    assert fuse(dense, lexical, weight)[0][0] == first


def test_equals_are_named_in_order() -> None:
    """One score for all: by name."""
    assert [name for name, _score in fuse({"b": 0.5, "a": 0.5, "c": 0.5}, {}, 0.5)] == ["a", "b", "c"]


@given(DENSE, st.sets(NAMES))
def test_levelling_lifts_other_languages_a_little_and_never_past_the_best_own(
    dense: dict[str, float], foreign: set[str]
) -> None:
    """The question's own language keeps its values, and its best passage stays the nearest."""
    level = levelled(dense, foreign)
    own = {name: value for name, value in dense.items() if name not in foreign}
    assert own == {name: level[name] for name in own}
    for name in dense.keys() & foreign:
        assert dense[name] <= level[name] <= dense[name] + GAP_MOST + 1e-9
        assert not own or level[name] <= max(dense[name], *own.values())


def test_a_translation_comes_before_what_merely_shares_the_language() -> None:
    """Near for its language, without one word in common: after the passage of the question's language that answers."""
    dense = {"answers": 0.90, "beside": 0.845, "translation": 0.85, "away": 0.80, "fremd": 0.78}
    lexical = {"answers": 9.0, "beside": 5.0}
    foreign = {"translation", "fremd"}
    order = [name for name, _score in fuse(levelled(dense, foreign), lexical, 0.65, foreign)]
    assert order[:2] == ["answers", "translation"]
    assert [name for name, _score in fuse(dense, lexical, 0.65)][1] == "beside"
