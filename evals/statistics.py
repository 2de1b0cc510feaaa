"""What paired differences can tell: intervals, p-values, and what a set is too small to see.

Every function takes the differences of one metric, one per case measured on both sides, and a weight per case. What is
drawn at random is drawn from a seed: the same seed gives the same figures. No distribution is assumed but in
`smallest_detectable`, which plans and does not judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import comb, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

EXACT_UP_TO = 16
"""Non-zero differences up to which every one of the 2^n signings is tried."""

_BLOCK = 2_000_000  # numbers drawn at once: bounds the memory, not the result


def bootstrap_interval(
    differences: Sequence[float],
    weights: Sequence[float],
    *,
    seed: Sequence[int],
    resamples: int = 10_000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval of the weighted mean difference over cases drawn again with replacement.

    Source: Efron and Tibshirani 1993, chapter 13.

    >>> bootstrap_interval([0.0, 0.0], [1.0, 1.0], seed=[0])
    (0.0, 0.0)
    """
    d, w = np.asarray(differences, float), np.asarray(weights, float)
    if not d.any():
        return 0.0, 0.0
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, len(d), (rows, len(d))) for rows in _blocks(resamples, len(d)))
    means = np.concatenate([(d * w)[rows].sum(axis=1) / w[rows].sum(axis=1) for rows in drawn])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def permutation_p(
    differences: Sequence[float], weights: Sequence[float], *, seed: Sequence[int], resamples: int = 10_000
) -> float:
    """Two-sided p-value of the mean difference when the sides of each pair may be exchanged (sign-flip test).

    Share of signings whose sum is as far from 0 as the one seen: all of them where at most `EXACT_UP_TO` differences
    are not 0, else `resamples` drawn ones, with the seen one counted in, (1 + as far) / (1 + drawn), so that it is
    never 0. Source: Fisher 1935; Phipson and Smyth 2010 for the correction.

    >>> permutation_p([1.0] * 5 + [0.0], [1.0] * 6, seed=[0]), permutation_p([0.0], [1.0], seed=[0])
    (0.0625, 1.0)
    """
    d = np.asarray(differences, float) * np.asarray(weights, float)
    d = d[d != 0]
    if not d.size:
        return 1.0
    seen = abs(float(d.sum())) - 1e-9 * float(np.abs(d).sum())  # rounding must not part equal sums
    if d.size <= EXACT_UP_TO:
        signs = np.where(np.arange(2**d.size)[:, None] >> np.arange(d.size) & 1, 1.0, -1.0)
        return float(np.mean(np.abs(signs @ d) >= seen))
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(0, 2, (rows, d.size), dtype=np.int8) * 2.0 - 1.0 for rows in _blocks(resamples, d.size))
    as_far = sum(int(np.count_nonzero(np.abs(signs @ d) >= seen)) for signs in drawn)
    return (1 + as_far) / (1 + resamples)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """p-values corrected for their number: the chance of one false alarm among all stays below the level.

    Sorted, the i-th of m is multiplied by m - i + 1, never below the one before, at most 1. Source: Holm 1979.

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    corrected: dict[str, float] = {}
    highest = 0.0
    for n, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        highest = max(highest, min(1.0, p_values[name] * (len(p_values) - n)))
        corrected[name] = highest
    return corrected


def smallest_detectable(
    differences: Sequence[float], weights: Sequence[float], *, power: float = 0.8, level: float = 0.05
) -> float | None:
    """The smallest true mean difference that a comparison like this one would notice, `power` of the time.

    (z(1 - level / 2) + z(power)) * sd / sqrt(n), with sd of the differences seen (n - 1) and n = (sum w)^2 / sum w^2.
    `None` where fewer than two pairs or no difference leave nothing to estimate from: then less than one case in n
    cannot show at all. Source: Cohen 1988, paired t test, normal approximation.

    >>> round(smallest_detectable([1.0, -1.0, 0.0, 0.0], [1.0] * 4), 3), smallest_detectable([0.0, 0.0], [1.0] * 2)
    (1.144, None)
    """
    d, w = np.asarray(differences, float), np.asarray(weights, float)
    if d.size < 2 or not d.any():
        return None
    share = w / w.sum()
    effective = 1 / float((share**2).sum())
    variance = float((share * (d - (share * d).sum()) ** 2).sum()) * d.size / (d.size - 1)
    normal = NormalDist()
    return (normal.inv_cdf(1 - level / 2) + normal.inv_cdf(power)) * sqrt(variance / effective)


def concentrated_loss_p(cases: int, changed: int, inside: int, net_loss: int) -> float:
    """Chance that, of `changed` flips over `cases`, at least `net_loss` more break than mend among `inside` of them.

    Flips fall on any case alike (hypergeometric) and break or mend alike (binomial), exactly summed. It sees what the
    mean over a whole set cannot: a handful of cases of one kind that all break while nothing else moves.
    Source: a conditional sign test, with the place of the flips beside their direction.

    >>> concentrated_loss_p(160, 4, 4, 4) < 1e-8, concentrated_loss_p(10, 4, 10, 4), concentrated_loss_p(9, 0, 3, 1)
    (True, 0.0625, 0.0)
    """
    total = 0.0
    for here in range(max(0, changed - (cases - inside)), min(changed, inside) + 1):
        place = comb(inside, here) * comb(cases - inside, changed - here) / comb(cases, changed)
        losses = range(max(0, -(-(here + net_loss) // 2)), here + 1)  # losses - (here - losses) >= net_loss
        total += place * sum(comb(here, lost) for lost in losses) / 2**here
    return min(total, 1.0)


def _blocks(rows: int, width: int) -> Iterator[int]:
    """Row counts that add up to `rows`, each of a block that fits the memory."""
    step = max(1, _BLOCK // width)
    yield from (min(step, rows - start) for start in range(0, rows, step))
