"""A comparison sees what changed, says how sure it is, and does not cry wolf."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.compare import FingerprintChange, Scores, compare
from evals.statistics import (
    bootstrap_interval,
    concentrated_loss_p,
    holm,
    permutation_p,
    smallest_detectable,
)

values = st.none() | st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1)
runs = st.dictionaries(
    st.sampled_from([f"c{n}" for n in range(24)]),
    st.fixed_dictionaries(
        {"correctness": st.sampled_from([None, 0.0, 1.0])}, optional={"mrr": values, "seconds": values}
    ),
    max_size=24,
).map(Scores)
signed = st.lists(st.sampled_from([-1.0, 0.0, 1.0]) | st.floats(-1, 1), min_size=1, max_size=9)


def scores(**cases: float | None) -> Scores:
    return Scores({name: {"correctness": value} for name, value in cases.items()})


@settings(max_examples=50, deadline=None)
@given(runs)
def test_a_run_equals_itself(run: Scores):
    """No flip, no difference, p = 1 everywhere, and nothing on one side only."""
    same = compare(run, run, resamples=200)
    assert (same.broken, same.mended, same.fingerprints, same.only_in_run, same.only_in_baseline) == ((),) * 5
    for change in same.metrics:
        assert (change.p, change.p_holm, change.detectable) == (1, 1, None)
        assert change.difference in (0, None)
        assert (change.low, change.high) == ((0, 0) if change.pairs else (None, None))
        assert change.pairs + change.left_out == len(run.cases)
        assert change.resolution == (1 / change.pairs if change.pairs else None)


@settings(max_examples=50, deadline=None)
@given(runs, runs)
def test_the_other_way_round_is_the_opposite(run: Scores, baseline: Scores):
    """What broke one way is mended the other way, with the same p."""
    there, back = compare(run, baseline, resamples=100), compare(baseline, run, resamples=100)
    assert (set(there.broken), set(there.mended)) == (set(back.mended), set(back.broken))
    assert set(there.only_in_run) == set(back.only_in_baseline)
    backwards = {change.metric: change for change in back.metrics}
    for change in there.metrics:
        other = backwards[change.metric]
        assert change.pairs == other.pairs
        assert 0 < change.p <= change.p_holm <= 1
        if change.difference is not None and other.difference is not None:
            assert change.difference == pytest.approx(-other.difference, abs=1e-12)
            assert change.pairs > 16 or change.p == other.p


def test_flips_fingerprints_and_lonely_cases_are_listed():
    """A person reads first what broke, and on top whether the two runs are comparable at all."""
    baseline = Scores(scores(a=1.0, b=0.0, c=1.0, d=None, old=1.0).cases, {"model": "e5", "corpus": "1", "gone": "x"})
    run = Scores(scores(a=0.0, b=1.0, c=1.0, d=0.0, new=1.0).cases, {"model": "e5", "corpus": "2"})
    found = compare(run, baseline)
    assert (found.broken, found.mended, found.judged) == (("a",), ("b",), ("a", "b", "c"))
    assert (found.only_in_baseline, found.only_in_run) == (("old",), ("new",))
    assert found.fingerprints == (FingerprintChange("corpus", "1", "2"), FingerprintChange("gone", "x", None))
    assert (found.metrics[0].pairs, found.metrics[0].left_out) == (3, 1)


def test_a_metric_of_one_side_only_is_compared_over_no_case():
    """It is listed, with nothing to say and nothing to correct the others for."""
    found = compare(Scores({"a": {"new": 1.0}}), Scores({"a": {"old": 1.0}}))
    assert [(m.metric, m.pairs, m.difference, m.p_holm) for m in found.metrics] == [
        ("old", 0, None, 1),
        ("new", 0, None, 1),
    ]


def test_only_metrics_that_could_tell_are_corrected_for():
    """Five differences can never be significant, so they take nothing from the metric beside them."""
    cases = [f"c{n}" for n in range(10)]
    run, baseline = (
        Scores({c: {"all": side, "few": side if n < 5 else 0.0, "none": 0.5} for n, c in enumerate(cases)})
        for side in (0.0, 1.0)
    )
    found = {change.metric: change for change in compare(run, baseline).metrics}
    assert {name: change.changed for name, change in found.items()} == {"all": 10, "few": 5, "none": 0}
    assert found["all"].p_holm == found["all"].p == 2 / 2**10
    assert (found["few"].p, found["few"].p_holm) == (2 / 2**5, 1)


def test_weights_count_in_means():
    """A case of weight 3 moves the mean three times as much."""
    found = compare(scores(a=0.0, b=1.0), scores(a=1.0, b=1.0), weights={"a": 3.0})
    assert found.metrics[0].difference == -0.75


def test_a_value_that_is_no_number_is_refused():
    """Nan would silently make every figure nan."""
    with pytest.raises(ValueError, match="finite number or None"):
        compare(scores(a=math.nan), scores(a=1.0))


def test_the_same_seed_gives_the_same_figures_and_a_new_metric_moves_none():
    """A verdict can be repeated, and compared after the register of metrics grew."""
    rng = np.random.default_rng(1)
    run, baseline = (Scores({f"c{n}": {"mrr": float(rng.random())} for n in range(40)}) for _ in range(2))
    more = [Scores({case: {"x": 0.5, **v} for case, v in side.cases.items()}) for side in (run, baseline)]
    first, again, grown = compare(run, baseline, seed=3), compare(run, baseline, seed=3), compare(*more, seed=3)
    other = compare(run, baseline, seed=4)
    assert first == again
    assert (grown.metrics[1].low, grown.metrics[1].p) == (first.metrics[0].low, first.metrics[0].p)
    assert other.metrics[0].low != first.metrics[0].low


@given(signed)
def test_the_exact_p_value_is_the_share_of_all_signings(differences: list[float]):
    """By enumeration; zeros change nothing."""
    seen = abs(math.fsum(differences))
    signings = itertools.product((-1, 1), repeat=len(differences))
    sums = [abs(math.fsum(s * d for s, d in zip(signs, differences, strict=True))) for signs in signings]
    expected = sum(value >= seen - 1e-9 * sum(map(abs, differences)) for value in sums) / len(sums)
    weights = [1.0] * len(differences)
    assert permutation_p(differences, weights, seed=[0]) == pytest.approx(expected)
    assert permutation_p([*differences, 0.0], [*weights, 1.0], seed=[0]) == pytest.approx(expected)


def test_the_drawn_p_value_is_near_the_exact_one_and_never_zero():
    """Seventeen equal losses: two signings in 2^17; the draw says at least 1 in 10,001."""
    assert permutation_p([-1.0] * 16, [1.0] * 16, seed=[0]) == 2 / 2**16
    assert permutation_p([-1.0] * 60, [1.0] * 60, seed=[0]) == 1 / 10_001
    ends = [1.0] * 13 + [-1.0] * 7
    exact = 2 * sum(math.comb(20, k) for k in range(13, 21)) / 2**20
    assert permutation_p(ends, [1.0] * 20, seed=[0]) == pytest.approx(exact, abs=0.02)


@settings(deadline=None)
@given(signed, st.integers(0, 5))
def test_the_interval_lies_among_the_differences(differences: list[float], seed: int):
    """A mean of what was seen is never outside of it."""
    low, high = bootstrap_interval(differences, [1.0] * len(differences), seed=[seed], resamples=200)
    assert min(differences) - 1e-9 <= low <= high <= max(differences) + 1e-9


def test_the_interval_equals_scipy_within_the_noise_of_the_draw():
    """Percentile bootstrap of a mean, against another implementation."""
    scipy_stats = pytest.importorskip("scipy.stats")
    differences = np.random.default_rng(0).normal(0.1, 1, 80)
    low, high = bootstrap_interval(differences.tolist(), [1.0] * 80, seed=[0])
    theirs = scipy_stats.bootstrap((differences,), np.mean, method="percentile", rng=np.random.default_rng(0))
    assert (low, high) == pytest.approx(tuple(theirs.confidence_interval), abs=0.02)


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1, max_size=8))
def test_holm_keeps_the_order_and_lowers_nothing(p_values: dict[str, float]):
    """Corrected values are at least the raw ones, at most 1, in the same order; the least is multiplied by all."""
    corrected = holm(p_values)
    assert corrected.keys() == p_values.keys()
    assert all(p <= corrected[name] <= 1 for name, p in p_values.items())
    by_raw = [corrected[name] for name in sorted(p_values, key=lambda name: p_values[name])]
    assert by_raw == sorted(by_raw)
    assert by_raw[0] == min(1, min(p_values.values()) * len(p_values))


def test_the_smallest_detectable_change_is_detected_four_times_in_five():
    """Simulated at that very size of change, the test rejects about 80 % of the time."""
    rng = np.random.default_rng(2)
    n, sd = 100, 0.5
    size = smallest_detectable(rng.normal(0, sd, 100_000).tolist(), [1.0] * 100_000) or 0
    size *= math.sqrt(100_000 / n)
    found = [
        permutation_p(rng.normal(size, sd, n).tolist(), [1.0] * n, seed=[k], resamples=400) < 0.05 for k in range(300)
    ]
    assert 0.72 <= np.mean(found) <= 0.88


def test_equal_weights_detect_like_no_weights():
    """Only the proportions of the weights matter; uneven ones see less."""
    differences = [1.0, -1.0, 0.0, 0.5]
    plain = smallest_detectable(differences, [1.0] * 4)
    assert plain == pytest.approx(smallest_detectable(differences, [7.0] * 4))


@pytest.mark.parametrize(
    ("cases", "changed", "inside", "net"), [(8, 3, 4, 2), (8, 4, 3, 1), (7, 2, 7, 2), (6, 5, 2, 0)]
)
def test_the_chance_of_a_concentrated_loss_is_that_of_all_placings(cases: int, changed: int, inside: int, net: int):
    """By enumeration of every place and direction of the flips."""
    placings = itertools.product(
        itertools.combinations(range(cases), changed), itertools.product((-1, 1), repeat=changed)
    )
    losses = [sum(s for place, s in zip(where, signs, strict=True) if place < inside) for where, signs in placings]
    expected = sum(loss >= net for loss in losses) / len(losses)
    assert concentrated_loss_p(cases, changed, inside, net) == pytest.approx(expected)


def test_equal_runs_raise_at_most_sixteen_false_alarms_in_two_hundred():
    """Two runs of one noisy product over 160 cases, eight linked metrics: at the 5 % level, about one in twenty."""
    rng = np.random.default_rng(20_261_123)
    alarms = 0
    for pair in range(200):
        ability = rng.beta(4, 1.5, 160)
        run, baseline = (_noisy_run(rng, ability) for _ in range(2))
        found = compare(run, baseline, seed=pair, resamples=999)
        alarms += any(change.p_holm < 0.05 for change in found.metrics)
    assert alarms <= 16


def _noisy_run(rng: np.random.Generator, ability: np.ndarray) -> Scores:
    right = rng.random(160) < ability
    hit = right | (rng.random(160) < 0.3)
    ranks = rng.integers(1, 6, 160)
    return Scores(
        {
            f"c{n}": {
                "correctness": float(right[n]),
                "token_f1": float(right[n] * rng.random()),
                "hit@5": float(hit[n]),
                "mrr": float(hit[n] / ranks[n]),
                "citation_precision": float(rng.random() < 0.9) if right[n] else None,
                "groundedness": 1.0,
                "false_answer_near": float(not right[n]) if n < 30 else None,
                "seconds": float(rng.lognormal(0, 0.3)),
            }
            for n in range(160)
        }
    )
