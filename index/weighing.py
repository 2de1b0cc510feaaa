"""How likely a passage answers, by all that is known of it: what is read there, the words it holds, how near it lies.

A reader takes the neighbour of the right passage for an answer too easily: it trusts what it finds, and does not count
what is missing. The words of the question and the nearest sentence do. The weights are fitted on near misses of
articles that the reader was not trained on (`cooperation train weigh`). Pure, but for reading them.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from pathlib import Path

FILE = "weighing.json"


@dataclass(frozen=True, slots=True)
class Weighing:
    """What each sign weighs in the log-odds that a passage answers: the reader's logit, the share of the question's
    words that the passage holds, the cosine of its nearest sentence."""

    bias: float
    logit: float
    coverage: float
    nearness: float

    def log_odds(self, logit: float, coverage: float, nearness: float) -> float:
        """The log-odds that a passage answers, when it is among those that may.

        >>> Weighing(-1.0, 0.5, 2.0, 1.0).log_odds(2.0, 0.5, 0.9)
        1.9
        """
        return self.bias + self.logit * logit + self.coverage * coverage + self.nearness * nearness

    def probability(self, logit: float, coverage: float, nearness: float) -> float:
        """The probability that a passage answers.

        >>> Weighing(-1.0, 0.5, 2.0, 1.0).probability(-2.0, 0.5, 1.0)
        0.5
        """
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, self.log_odds(logit, coverage, nearness)))))


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
        raise ValueError(f"{folder / FILE} : attendu bias, logit, coverage et nearness")
    return Weighing(**{name: float(value) for name, value in told.items()})
