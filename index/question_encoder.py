"""The door to the question encoder: questions as vectors that lie nearer to the passages that answer them.

Passages are embedded by the bundled model as it comes. A question goes through the same model, its upper layers tuned
on questions alone against those vectors, which stay what they were: an index made before is as good as one made after.
By this vector passages are found and ranked; how near a sentence is told to lie, which refusal rests on, stays the
model's own. `cooperation train questions` makes the weights.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.bundled_model import PROMPTS
from index.tuned_graph import POSITIONS, TunedUnavailable, graph_file, open_session, read_told, tuned_graph, verified

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FILE = "questions.safetensors"
FORMAT = "questions-1"
LAYOUT = 1
"""Raised whenever the same weights give another graph."""
BUNDLED = Path(__file__).parent / "weights"


class QuestionEncoderUnavailable(TunedUnavailable):
    """The question encoder cannot be loaded; the message says which setting does without it."""


class QuestionEncoder:
    """Tuned layers over the encoder in `base`, whose `tokenizer` it is given; opened at the first question."""

    def __init__(self, weights: Path, base: Path, tokenizer: Tokenizer) -> None:
        told = read_told(weights, FORMAT)
        try:
            self.name, self._first = f"questions/{told['version']}", int(told["first_layer"])
        except (KeyError, ValueError) as error:
            raise TunedUnavailable(f"{weights} : {error}") from error
        self._weights, self._base, self._tokenizer = weights, base, tokenizer
        self._session: Any = None
        self._opening = threading.Lock()

    def vector(self, question: str) -> NDArray[np.float32]:
        """The vector of length one `(dimension,)` of a question."""
        if self._session is None:
            with self._opening:
                if self._session is None:
                    self._session = self._opened()
        ids = self._tokenizer.encode(PROMPTS["query"] + question).ids[:POSITIONS]
        states = self._session.run(None, {"ids": np.array([ids], np.int64)})[0]
        mean: NDArray[np.float32] = states[0].mean(axis=0)
        return mean / max(float(np.linalg.norm(mean)), 1e-12)

    def _opened(self) -> Any:
        try:
            return open_session(graph_file("questions", LAYOUT, self._weights, self._base, self._write))
        except TunedUnavailable as error:
            raise QuestionEncoderUnavailable(
                f"{error} Sans l'encodeur de questions : COOPERATION_QUESTIONS=off."
            ) from error

    def _write(self, weights: Path, folder: Path, path: Path) -> None:
        graph, _tuned, state = tuned_graph(weights, folder, self._first)
        graph.add("Identity", [state], "states")
        graph.save("questions", {"states": [1, "tokens", graph.hidden]}, path)


def open_question_encoder(setting: str, base: Path, tokenizer: Tokenizer) -> QuestionEncoder | None:
    """The question encoder that a setting names: `off`, `bundled`, or a folder that `train questions` wrote.

    `base` is the folder of the unpacked encoder, `tokenizer` its own. Raises `QuestionEncoderUnavailable`.
    """
    if setting in ("", "off"):
        return None
    bundled = setting == "bundled"
    folder = BUNDLED if bundled else Path(setting).expanduser()
    try:
        return QuestionEncoder(verified(folder, FILE, required=bundled), base, tokenizer)
    except TunedUnavailable as error:
        mend = "Réinstallez le paquet" if bundled else "COOPERATION_QUESTIONS veut le dossier d'un entraînement"
        raise QuestionEncoderUnavailable(
            f"{error} {mend}, ou passez-vous de l'encodeur de questions avec COOPERATION_QUESTIONS=off."
        ) from error
