"""The figures a reader is held to: AUROC, expected calibration error, the F1 of SQuAD. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ARTICLE = re.compile(r"\b(a|an|the)\b")


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """How often a positive scores above a negative, ties half: Mann-Whitney's U over the number of couples.

    >>> auroc([2.0, 3.0], [1.0, 2.0])
    0.875
    """
    p, n = np.asarray(positive, float), np.sort(np.asarray(negative, float))
    below, not_above = np.searchsorted(n, p, "left"), np.searchsorted(n, p, "right")
    return float((below + not_above).sum() / 2 / (len(p) * len(n)))


def calibration_error(probabilities: Sequence[float], truths: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: the gap between mean probability and share of truths, over bins of equal width.

    Source: Guo et al. 2017, equation 3.

    >>> round(calibration_error([0.9, 0.9, 0.1, 0.1], [True, True, False, False]), 3)
    0.1
    """
    p, t = np.asarray(probabilities, float), np.asarray(truths, float)
    of = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(float((p - t)[of == bin].sum())) for bin in range(bins)]
    return sum(gaps) / len(p)


def fit_calibration(logits: Sequence[float], truths: Sequence[bool], steps: int = 100) -> tuple[float, float]:
    """Temperature and bias that make `sigmoid(logit / temperature + bias)` likeliest (Newton's method).

    Source: Platt 1999, without its prior. The temperature stays within 0.1 and 20.

    >>> temperature, bias = fit_calibration([2.0, 1.0, -1.0, 1.0, -2.0, -1.0], [True, True, True, False, False, False])
    >>> temperature > 0.1, round(bias, 2)
    (True, 0.0)
    """
    x, t = np.asarray(logits, float), np.asarray(truths, float)
    w = np.array([1.0, 0.0])
    design = np.stack([x, np.ones_like(x)], axis=1)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(design @ w, -50, 50)))
        slope = design.T @ (p - t) + 1e-3 * w
        curve = (design * (p * (1 - p))[:, None]).T @ design + 1e-3 * np.eye(2)
        move = np.linalg.solve(curve, slope)
        w -= move * min(1.0, 1.0 / max(1e-9, float(np.abs(move).max())))
    return float(1 / np.clip(w[0], 0.05, 10)), float(w[1])


def sigmoid(logits: Sequence[float], temperature: float, bias: float) -> Floats:
    """The calibrated probability of each logit."""
    probabilities: Floats = 1 / (1 + np.exp(-np.clip(np.asarray(logits, float) / temperature + bias, -50, 50)))
    return probabilities


def squad_f1(found: str, answers: Sequence[str]) -> float:
    """The best F1 of shared words over `answers`: lower case, no punctuation, no English article.

    Source: the evaluation script of SQuAD 1.1, with Unicode's punctuation and Arabic's vowel marks taken out as well.

    >>> squad_f1("the Norman dynasty", ["Norman"]), squad_f1("", ["x"])
    (0.6666666666666666, 0.0)
    """
    return max(_f1(_words(found), _words(answer)) for answer in answers)


def _f1(found: list[str], answer: list[str]) -> float:
    if not found or not answer:
        return float(found == answer)
    shared = sum((Counter(found) & Counter(answer)).values())
    return 2 * shared / (len(found) + len(answer))


def _words(text: str) -> list[str]:
    kept = (
        letter for letter in text.lower() if unicodedata.category(letter)[0] not in "PM" and letter not in "$+<=>^`|~"
    )
    return _ARTICLE.sub(" ", "".join(kept)).split()
