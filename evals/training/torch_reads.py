"""Read with the torch model, as it stands in training: to choose and to calibrate before the weights are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from evals.training.batches import encode
from evals.training.fit import padded
from evals.training.model import ReaderModel, in_precision
from evals.training.pairs import Pair
from index.reader import LONGEST_ANSWER, best_span, whole_words

READ_TOKENS = 288
"""The longest passage read at once; the product reads a longer one in windows."""


@dataclass(frozen=True, slots=True)
class TorchReading:
    """What was read in a passage."""

    logit: float
    start: int
    end: int


class TorchReads:
    """`reads(question, passages)`, each passage cut at `READ_TOKENS`."""

    def __init__(self, model: ReaderModel, tokenizer: Tokenizer) -> None:
        self._model, self._tokenizer = model, tokenizer

    def __call__(self, question: str, passages: Sequence[str]) -> list[TorchReading]:
        """A reading of each passage."""
        pairs = [Pair(question, passage, False, None, "read", "", "") for passage in passages]
        batch = encode(pairs, self._tokenizer, longest=READ_TOKENS)
        with torch.no_grad(), in_precision():
            logits, ends = self._model(*padded(batch))
        readings = []
        for row, (one, passage) in enumerate(zip(batch, passages, strict=True)):
            inside = ends[row, one.first : one.first + len(one.offsets)].numpy()
            found = best_span(inside[:, 0], inside[:, 1], LONGEST_ANSWER)
            start, end = whole_words(passage, one.offsets[found[0]][0], one.offsets[found[1]][1]) if found else (0, 0)
            readings.append(TorchReading(float(logits[row]), start, end))
        return readings
