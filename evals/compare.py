"""Did the change make it better, worse, or neither? Two runs over the same cases, case by case.

It compares numbers that were measured elsewhere and reads no file. A metric that is not applicable to a case on either
side leaves that case out of its comparison, and says how many were left.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from zlib import crc32

from evals.statistics import bootstrap_interval, holm, permutation_p, smallest_detectable

CORRECTNESS = "correctness"

FEWEST_CHANGED = 6
"""With fewer cases that differ no metric reaches 5 %, whatever the signs (2 / 2^5 > 0.05): it can raise no false alarm,
so the others need no correction for it. Source: Tarone 1990."""


@dataclass(frozen=True, slots=True)
class Scores:
    """A run as numbers: case id -> metric -> value (`None`: not applicable), and what it was made with."""

    cases: Mapping[str, Mapping[str, float | None]]
    fingerprint: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FingerprintChange:
    """A part of the fingerprint that is not the same on both sides; `None` where a side does not have it."""

    part: str
    baseline: str | None
    run: str | None


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric over the cases that have it on both sides.

    `difference` is run - baseline, with its 95 % interval `low`..`high`; all are `None` where no case is paired. `p` is
    of this metric alone, `p_holm` corrected over all metrics that could tell (`FEWEST_CHANGED`). `detectable` is the
    smallest difference this set would notice (80 % power, 5 %, two-sided), `None` where no difference was seen;
    `resolution` is one case in n, below which nothing can show. `changed` counts the pairs that differ, `left_out` the
    shared cases that the metric does not apply to on one side or on both.
    """

    metric: str
    pairs: int
    left_out: int
    changed: int
    baseline: float | None
    run: float | None
    difference: float | None
    low: float | None
    high: float | None
    p: float
    p_holm: float
    detectable: float | None
    resolution: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against its baseline, in the order a person reads it: what differs, what flipped, what moved.

    `broken` were right and are wrong, `mended` were wrong and are right; `judged` are the cases whose correctness both
    sides have, among which they flipped.
    """

    fingerprints: tuple[FingerprintChange, ...]
    broken: tuple[str, ...]
    mended: tuple[str, ...]
    judged: tuple[str, ...]
    only_in_baseline: tuple[str, ...]
    only_in_run: tuple[str, ...]
    metrics: tuple[MetricChange, ...]


def compare(
    run: Scores,
    baseline: Scores,
    *,
    weights: Mapping[str, float] | None = None,
    seed: int = 0,
    resamples: int = 10_000,
) -> Comparison:
    """Pair two runs by case id; `weights` by case id (1 where none is given).

    A right case has correctness 1, a wrong one less. Each metric draws from its own stream of the seed, so that one
    metric more does not move the figures of the others.

    >>> same = Scores({"a": {"correctness": 1.0}, "b": {"correctness": 0.0}})
    >>> compare(same, same).broken, compare(same, same).metrics[0].p
    ((), 1.0)
    """
    shared = tuple(case for case in baseline.cases if case in run.cases)
    names = tuple(dict.fromkeys(name for side in (baseline, run) for case in shared for name in side.cases[case]))
    changes = [_change(name, shared, run, baseline, weights or {}, seed, resamples) for name in names]
    corrected = holm({change.metric: change.p for change in changes if change.changed >= FEWEST_CHANGED})
    before, after = (_paired(CORRECTNESS, shared, side, other) for side, other in ((baseline, run), (run, baseline)))
    return Comparison(
        fingerprints=_fingerprints(run.fingerprint, baseline.fingerprint),
        broken=tuple(case for case in before if before[case] >= 1 > after[case]),
        mended=tuple(case for case in before if after[case] >= 1 > before[case]),
        judged=tuple(before),
        only_in_baseline=tuple(case for case in baseline.cases if case not in run.cases),
        only_in_run=tuple(case for case in run.cases if case not in baseline.cases),
        metrics=tuple(replace(change, p_holm=corrected.get(change.metric, 1.0)) for change in changes),
    )


def _change(
    name: str,
    shared: tuple[str, ...],
    run: Scores,
    baseline: Scores,
    weights: Mapping[str, float],
    seed: int,
    resamples: int,
) -> MetricChange:
    before, after = _paired(name, shared, baseline, run), _paired(name, shared, run, baseline)
    n = len(before)
    if not n:
        return MetricChange(name, 0, len(shared), 0, None, None, None, None, None, 1.0, 1.0, None, None)
    weight = [weights.get(case, 1.0) for case in before]
    differences = [after[case] - before[case] for case in before]
    total = sum(weight)
    mean_before, mean_after, difference = (
        sum(w * value for w, value in zip(weight, values, strict=True)) / total
        for values in (before.values(), after.values(), differences)
    )
    stream = (seed, crc32(name.encode()))
    low, high = bootstrap_interval(differences, weight, seed=stream, resamples=resamples)
    p = permutation_p(differences, weight, seed=stream, resamples=resamples)
    return MetricChange(
        metric=name,
        pairs=n,
        left_out=len(shared) - n,
        changed=sum(difference != 0 for difference in differences),
        baseline=mean_before,
        run=mean_after,
        difference=difference,
        low=low,
        high=high,
        p=p,
        p_holm=p,
        detectable=smallest_detectable(differences, weight),
        resolution=1 / n,
    )


def _paired(name: str, shared: tuple[str, ...], side: Scores, other: Scores) -> dict[str, float]:
    """The values of one side, in the order of the cases, where both sides have one."""
    values: dict[str, float] = {}
    for case in shared:
        value = side.cases[case].get(name)
        if value is not None and not math.isfinite(value):
            raise ValueError(f"{name!r} of case {case!r} is {value!r}: a metric is a finite number or None")
        if value is not None and other.cases[case].get(name) is not None:
            values[case] = value
    return values


def _fingerprints(run: Mapping[str, str], baseline: Mapping[str, str]) -> tuple[FingerprintChange, ...]:
    parts = dict.fromkeys((*baseline, *run))
    changes = (FingerprintChange(part, baseline.get(part), run.get(part)) for part in parts)
    return tuple(change for change in changes if change.baseline != change.run)
