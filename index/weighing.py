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
    """What each sign weighs in the log-odds that a passage answers: fitted on the likeliest of six, at even odds.

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
        """The log-odds that each of the passages read for a question answers it; a passage alone has no others.

        >>> weighing = Weighing(-1.0, 0.5, 2.0, 1.0, middle=1.5, others=-0.5)
        >>> weighing.log_odds([(2.0, 0.5, 0.9)]), weighing.log_odds([(2.0, 0.5, 0.9), (1.0, 0.5, 0.5)])
        ([0.4], [0.15, -1.2])
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


def write_weighing(folder: Path, weighing: Weighing, reader: str) -> Path:
    """Write the weights beside those of the reader of that version; returns the file."""
    (folder / FILE).write_text(json.dumps({"reader": reader, **asdict(weighing)}, indent=1) + "\n", "utf-8")
    return folder / FILE


def read_weighing(folder: Path, reader: str) -> Weighing | None:
    """The weights beside those of the reader of that version; `None` where there are none: it then counts alone.

    Raises `ValueError`, which names the file, where it is broken or was fitted for another reader.
    """
    try:
        told = json.loads((folder / FILE).read_text("utf-8"))
        made = Weighing(**{field.name: float(told[field.name]) for field in fields(Weighing)})
        if not all(map(math.isfinite, asdict(made).values())):
            raise ValueError("une valeur n'est pas un nombre fini")
        if told["reader"] != reader:
            raise ValueError(f"pesé pour le lecteur {told['reader']!r}, non {reader!r}")
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / FILE} : {error}. « cooperation train weigh » l'écrit à nouveau") from error
    return made
