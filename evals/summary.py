"""Many values as one figure: weighted mean, percentile, area under the ROC curve. `None` where there is no value."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Mean:
    """A weighted mean of the values that apply (`None` when none does), how many they are, and how many were left."""

    value: float | None
    counted: int
    left_out: int


def mean(values: Iterable[tuple[float | None, float]]) -> Mean:
    """The mean of (value, weight) pairs.

    >>> mean([(1.0, 1.0), (0.0, 3.0), (None, 1.0)])
    Mean(value=0.25, counted=2, left_out=1)
    """
    everything = list(values)
    counted = [(value, weight) for value, weight in everything if value is not None]
    total = sum(weight for _, weight in counted)
    value = sum(value * weight for value, weight in counted) / total if counted else None
    return Mean(value, len(counted), len(everything) - len(counted))


def means(
    scores: Mapping[str, Mapping[str, float | None]], weights: Mapping[str, float] | None = None
) -> dict[str, Mean]:
    """The mean of each metric over cases (case id -> metric -> value), weighted by case (1 where none is given)."""
    names = dict.fromkeys(name for values in scores.values() for name in values)
    return {
        name: mean((values.get(name), (weights or {}).get(case, 1.0)) for case, values in scores.items())
        for name in names
    }


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The nearest-rank percentile: the smallest value that `percent` of the values do not exceed, one that was seen.

    Of n sorted values it is number ceil(percent / 100 * n), and the first for 0.
    Source: Hyndman and Fan 1996, definition 1.

    >>> percentile([4, 1, 3, 2], 50), percentile([4, 1, 3, 2], 95), percentile([], 50)
    (2, 4, None)
    """
    ordered = sorted(values)
    return ordered[max(ceil(round(percent * len(ordered) / 100, 9)) - 1, 0)] if ordered else None


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Chance that a positive scores above a negative, ties half: the area under the ROC curve (Mann and Whitney 1947).

    >>> auroc([0.9, 0.5], [0.5, 0.1]), auroc([1.0], [])
    (0.875, None)
    """
    if not positives or not negatives:
        return None
    low = sorted(negatives)
    below = sum(bisect_left(low, score) + bisect_right(low, score) for score in positives)
    return below / 2 / len(positives) / len(negatives)


def passed_at(positives: Sequence[float], negatives: Sequence[float], lost: float) -> float | None:
    """The share of negatives that pass the highest threshold at which at most `lost` of the positives fall below.

    >>> passed_at([0.9, 0.8, 0.7, 0.6], [0.75, 0.5], 0.25), passed_at([0.9, 0.8], [0.85, 0.1], 0.0)
    (0.5, 0.5)
    """
    if not positives or not negatives:
        return None
    threshold = sorted(positives)[int(round(lost * len(positives), 9))]
    return sum(score >= threshold for score in negatives) / len(negatives)
