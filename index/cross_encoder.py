"""Another cross-encoder in the reader's place, by setting: it reorders the first hits and does nothing else.

Its scores are no probabilities that anything here was calibrated on and it marks no answer, so refusal goes on as it
does without a reader.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

from index.reader import Reading
from index.reader_graph import ReaderUnavailable
from index.weighing import Weighing

BATCH = 4


class CrossEncoderReader:
    """A sentence-transformers `CrossEncoder` of one label, by hub name or folder, opened at the first `read`."""

    calibrated = False
    weighing: Weighing | None = None

    def __init__(self, model: str) -> None:
        self.name = f"reader/{model}"
        self._setting = model
        self._model: Any = None
        self._opening = threading.Lock()

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage: the logistic function of its score, and no answer inside it."""
        if not passages:
            return []
        scores = self._opened().predict([(question, passage) for passage in passages], batch_size=BATCH)
        logits = [float(score) for score in scores]
        return [Reading(1 / (1 + math.exp(-max(-50.0, min(50.0, logit)))), logit, 0, 0, 0.0) for logit in logits]

    def _opened(self) -> Any:
        with self._opening:
            if self._model is None:
                self._model = self._open()
        return self._model

    def _open(self) -> Any:
        from sentence_transformers import CrossEncoder
        from torch.nn import Identity

        try:
            model = CrossEncoder(self._setting, device="cpu", trust_remote_code=False, activation_fn=Identity())
        except Exception as error:
            raise ReaderUnavailable(
                f"COOPERATION_RERANK_MODEL={self._setting!r} : modèle introuvable ou illisible ({error}). Donnez un "
                "dossier sentence-transformers, un nom de modèle quand le réseau est là, ou laissez la variable vide."
            ) from error
        if model.num_labels != 1:
            raise ReaderUnavailable(
                f"COOPERATION_RERANK_MODEL={self._setting!r} : ce modèle donne {model.num_labels} étiquettes ; "
                "il en faut une, la pertinence."
            )
        return model
