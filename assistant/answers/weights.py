"""The two small models of the extractive path, as a file a person can read: `weights.json`.

Both are logistic: `1 / (1 + exp(-(bias + sum(weight * feature))))`. `cooperation evals calibrate` fits them on the public
training questions named in the file, but for the weights that state a rule and are set by hand (listed there);
`cooperation evals adjust` then moves the second by exercise texts (`adjusted_on`). Each is made once with what the reader
reads and once without it, for each has to do with what it has. The threshold is set by hand on the ministry's own text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Logistic:
    """A bias and a weight for each named feature; features without a weight count for nothing."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """The model's probability for one set of features, in 0..1.

        >>> Logistic(0.0, {"a": 1.0}).probability({"a": 0.0})
        0.5
        """
        total = self.bias + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))


@dataclass(frozen=True, slots=True)
class Weights:
    """`unit`: does this span hold the answer? `answerable`: do the texts hold it at all, refused below `threshold`."""

    unit: Logistic
    answerable: Logistic
    threshold: float


@lru_cache(maxsize=4)
def read_weights(reader: bool, path: Path | None = None) -> Weights:
    """The weights of a file, by default the shipped ones: those for answers with the reader, or without."""
    value = json.loads((path or Path(__file__).with_name("weights.json")).read_text("utf-8"))
    value = value["with_reader" if reader else "without_reader"]
    return Weights(
        unit=Logistic(value["unit"]["bias"], value["unit"]["weights"]),
        answerable=Logistic(value["answerable"]["bias"], value["answerable"]["weights"]),
        threshold=value["threshold"],
    )
