"""How likely a passage answers, by all that is known of it: what is read there, the words it holds, how near it lies.

A reader takes the neighbour of the right passage for an answer too easily: it trusts what it finds, and does not count
what is missing. The words of the question and the nearest sentence do; and where every passage read seems to answer,
each counts for less. The weights are fitted on near misses of articles that the reader was not trained on (`cooperation
train weigh`). Pure, but for reading them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

FILE = "weighing.json"


Signs = tuple[float, float, float]
"""Of a passage: the reader's logit, the share of the question's words that it holds, the cosine of its nearest
sentence."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """What each sign weighs in the log-odds that a passage answers.

    `middle` is the weighed sum of a passage that does not answer, and `others` what the mean of the other passages
    read for the same question weighs above it: where all of them look like answers, one says less.
    """

    bias: float
    logit: float
    coverage: float
    nearness: float
    middle: float
    others: float

    def log_odds(self, passages: Sequence[Signs]) -> list[float]:
        """The log-odds that each of the passages read for a question answers it.

        >>> weighing = Weighing(-1.0, 0.5, 2.0, 1.0, middle=1.5, others=-0.5)
        >>> weighing.log_odds([(2.0, 0.5, 0.9)]), weighing.log_odds([(2.0, 0.5, 0.9), (1.0, 0.5, 0.5)])
        ([0.4], [0.15, -0.7])
        """
        sums = [self.logit * a + self.coverage * b + self.nearness * c - self.middle for a, b, c in passages]
        whole, beside = sum(sums), max(1, len(sums) - 1)
        return [round(self.bias + own + self.others * (whole - own) / beside, 9) for own in sums]

    def probabilities(self, passages: Sequence[Signs]) -> list[float]:
        """The probability that each of the passages read for a question answers it.

        >>> Weighing(-1.0, 0.5, 2.0, 1.0, middle=0.5, others=0.0).probabilities([(1.0, 0.5, 0.0)])
        [0.5]
        """
        return [1 / (1 + math.exp(-max(-50.0, min(50.0, odds)))) for odds in self.log_odds(passages)]


def write_weighing(folder: Path, weighing: Weighing) -> Path:
    """Write the weights beside a reader's; returns the file."""
    (folder / FILE).write_text(json.dumps(asdict(weighing), indent=1) + "\n", "utf-8")
    return folder / FILE


def read_weighing(folder: Path) -> Weighing | None:
    """The weights beside a reader's; `None` where there are none. Raises `ValueError` on a file that is not theirs."""
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    if not isinstance(told, dict) or set(told) != {field.name for field in fields(Weighing)}:
        raise ValueError(f"{folder / FILE} : attendu {', '.join(field.name for field in fields(Weighing))}")
    return Weighing(**{name: float(value) for name, value in told.items()})
