"""The door to an embedding model on another machine: any server with OpenAI's `POST /embeddings`.

For a machine with a GPU: thousands of texts a second, and one network call more for each question. What comes back is
believed no more than it must be: as many vectors as texts, in their order, of one length, all finite. What fails for a
moment is tried again; what stays wrong is told with the address. Texts leave this machine: the setting is the consent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from numpy.typing import NDArray

from index.bundled_model import PROMPTS, ModelUnavailable, unpacked
from index.served import PREFIX, served_at

BATCH_TEXTS, BATCH_CHARACTERS = 64, 100_000
CONNECT_SECONDS, READ_SECONDS = 5.0, 60.0
WAITS = (0.5, 1.0, 2.0)
"""Seconds before each further try."""
LONGEST_WAIT = 10.0
AGAIN = {408, 409, 425, 429, 500, 502, 503, 504}


class EndpointEmbedder:
    """The model `model` at `url`. Its vectors are made of length one; questions and passages carry E5's prompts where
    the model's name says it is one. Tokens are counted as the bundled model does, so that passages are cut alike."""

    def __init__(
        self, model: str, url: str, cache: Path, key: str = "", sleep: Callable[[float], None] = time.sleep
    ) -> None:
        from tokenizers import Tokenizer

        self._model, self._sleep = model, sleep
        self._url = url if url.endswith("/embeddings") else f"{url.rstrip('/')}/embeddings"
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            trust_env=False,
            follow_redirects=False,
        )
        self._prompts = PROMPTS if "e5" in model.casefold() else dict.fromkeys(PROMPTS, "")
        self._tokenizer = Tokenizer.from_file(str(unpacked(cache) / "tokenizer.json"))
        self.dimension = 0
        self.dimension = self._embed(["dimension"]).shape[1]
        self.name, self.seeker = f"{PREFIX}{model}/{self.dimension}", None

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Vectors `(len(texts), dimension)`, batch after batch."""
        found = np.empty((len(texts), self.dimension), np.float32)
        at = 0
        for batch in _batches([self._prompts["passage"] + text for text in texts]):
            found[at : at + len(batch)] = self._embed(batch)
            at += len(batch)
            if progress:
                progress(len(batch))
        return found

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors `(len(texts), dimension)` of questions."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._embed([self._prompts["query"] + text for text in texts])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, by the bundled model's vocabulary."""
        return [len(item.ids) for item in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _embed(self, texts: list[str]) -> NDArray[np.float32]:
        vectors = self._vectors(self._answer(texts), len(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(vectors).all() or not lengths.all():
            raise self._unavailable("un vecteur est nul ou n'est pas fini")
        if self.dimension and vectors.shape[1] != self.dimension:
            raise self._unavailable(f"{vectors.shape[1]} dimensions au lieu de {self.dimension}")
        return np.asarray(vectors / lengths, np.float32)

    def _vectors(self, answer: Any, wanted: int) -> NDArray[np.float64]:
        try:
            items = sorted(answer["data"], key=lambda item: int(item["index"]))
            if [item["index"] for item in items] != list(range(wanted)):
                raise ValueError(f"{len(items)} vecteurs pour {wanted} textes")
            vectors = np.array([item["embedding"] for item in items], float)
            if vectors.ndim != 2 or not vectors.shape[1]:
                raise ValueError("des vecteurs de longueurs différentes")
        except (KeyError, TypeError, ValueError) as error:
            raise self._unavailable(f"réponse inattendue, {error}") from error
        return vectors

    def _answer(self, texts: list[str]) -> Any:
        """The server's answer, after as many tries as are worth it."""
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        for wait in (*WAITS, None):
            told, asked = "", 0.0
            try:
                answer = self._client.post(self._url, json=body)
                if answer.status_code == 200:
                    return answer.json()
                told = f"code {answer.status_code} : {answer.text[:200]}"
                if answer.status_code not in AGAIN:
                    break
                asked = _seconds(answer.headers.get("Retry-After", ""))
            except httpx.TimeoutException:
                told = "pas de réponse à temps"
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                told = str(error) or type(error).__name__
            except ValueError:
                raise self._unavailable("la réponse n'est pas du JSON") from None
            if wait is not None:
                self._sleep(min(max(wait, asked), LONGEST_WAIT))
        raise self._unavailable(told)

    def _unavailable(self, told: str) -> ModelUnavailable:
        return ModelUnavailable(
            f"Le serveur de vecteurs {self._url} (modèle {self._model!r}) ne sert pas : {told}. Vérifiez-le, "
            "COOPERATION_EMBEDDING_MODEL (openai:MODELE@URL) et COOPERATION_EMBEDDING_KEY."
        )


def parsed(setting: str) -> tuple[str, str]:
    """Model and URL of `openai:MODEL@URL`; raises `ModelUnavailable`."""
    found = served_at(setting)
    if found is None:
        raise ModelUnavailable(
            f"COOPERATION_EMBEDDING_MODEL={setting!r} : openai:MODELE@URL est attendu, par exemple "
            "openai:intfloat/multilingual-e5-large@http://10.0.0.5:8000/v1."
        )
    return found


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts in their order, in batches that a server takes.

    >>> [len(batch) for batch in _batches(["a"] * 130)], [len(batch) for batch in _batches(["a" * 60_000] * 3)]
    ([64, 64, 2], [1, 1, 1])
    """
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == BATCH_TEXTS or size + len(text) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0
