"""The door to the embedding model: texts become vectors of length one.

The bundled model runs as an 8-bit graph under ONNX Runtime (`OnnxEmbedder`); any other sentence-transformers model, by
hub name or folder, runs as it comes (`TorchEmbedder`). Measured for this choice: `cooperation bench runtime`.
Questions and passages carry the prompts the model was trained with; without them cross-language search breaks.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.bundled_model import NAME, PROMPTS, ModelUnavailable, unpacked
from index.question_encoder import open_question_encoder
from index.served import PREFIX

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]
BATCH_TOKENS = 256
"""Tokens a batch: short texts in wide batches, long ones nearly alone. Small batches stay in the processor's cache."""
NICE = 10
"""Of the threads that encode an import."""


class Seeker(Protocol):
    """Encodes questions by what passages are best found by (`index.question_encoder`)."""

    name: str

    def vector(self, question: str) -> Vectors:
        """The unit vector `(dimension,)` of a question."""
        ...


class Embedder(Protocol):
    """What the index needs of a model: unit vectors for questions and passages, and token counts."""

    name: str
    dimension: int

    @property
    def seeker(self) -> Seeker | None:
        """What passages are found by, where that is not `queries`."""
        ...

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors `(len(texts), dimension)`; `progress` is called with the number of texts done since last time."""
        ...

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors `(len(texts), dimension)` of questions."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text takes, without the model's own marks."""
        ...


class OnnxEmbedder:
    """The bundled model as an 8-bit graph, a batch to each of `threads` threads; `tokenizer` may be shared.

    ONNX Runtime gets one thread a batch: its own threads spin while they wait, which costs half the machine as soon as
    anything else runs on it. Many batches are the work of an import: their threads give way to whoever asks a question,
    whose own text is one batch, encoded in the thread that asks.
    """

    seeker: Seeker | None = None

    def __init__(self, folder: Path, threads: int | None = None) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # an arena keeps the largest batch's memory for ever
        self._session = onnxruntime.InferenceSession(
            str(folder / "encoder.int8.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._workers = ThreadPoolExecutor(
            threads or min(4, os.cpu_count() or 1), thread_name_prefix="embed", initializer=_give_way
        )
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(512)
        self.name = f"{NAME}/int8"
        self.dimension = int(self._session.get_outputs()[0].shape[2])

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages; a text's vector does not depend on its neighbours in the batch."""
        return self._encode([PROMPTS["passage"] + text for text in texts], progress)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions."""
        return self._encode([PROMPTS["query"] + text for text in texts], None)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, at most 510."""
        encoded = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(item.ids) for item in encoded]

    def _encode(self, texts: list[str], progress: Progress | None) -> Vectors:
        ids = [item.ids for item in self.tokenizer.encode_batch(texts)]
        vectors = np.empty((len(ids), self.dimension), np.float32)
        batches = list(_batches(ids))
        run = map if len(batches) == 1 else self._workers.map
        for batch, encoded in zip(
            batches, run(lambda batch: self._encode_batch([ids[i] for i in batch]), batches), strict=True
        ):
            vectors[batch] = encoded
            if progress:
                progress(len(batch))
        return vectors

    def _encode_batch(self, ids: list[list[int]]) -> Vectors:
        lengths = np.array([len(item) for item in ids], np.int32)
        padded = np.ones((len(ids), int(lengths.max())), np.int64)
        for row, item in enumerate(ids):
            padded[row, : lengths[row]] = item
        hidden: Any = self._session.run(None, {"ids": padded, "lengths": lengths})[0]
        means = np.stack([hidden[row, : lengths[row]].mean(axis=0) for row in range(len(ids))])
        unit: Vectors = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
        return unit


class TorchEmbedder:
    """Any sentence-transformers model, by hub name or folder, in the precision it comes in."""

    def __init__(self, model: str, batch_size: int = 8) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        quiet: Any = logging
        quiet.set_verbosity_error()
        quiet.disable_progress_bar()
        try:
            self._model = SentenceTransformer(model, device="cpu", trust_remote_code=False)
        except Exception as error:
            raise ModelUnavailable(
                f"Le modèle {model!r} ne se charge pas ({type(error).__name__}: {str(error)[:200]}). "
                "COOPERATION_EMBEDDING_MODEL veut un dossier sentence-transformers ou un nom de modèle en cache ; "
                "sans ce réglage, le modèle embarqué est utilisé."
            ) from error
        self._batch = batch_size
        self.name, self.seeker = model, None
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of passages, with the model's own `passage` or `document` prompt where it has one."""
        return self._encode(texts, ("passage", "document"), progress)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, with the model's own `query` prompt where it has one."""
        return self._encode(texts, ("query",), None)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as the model's tokenizer counts them."""
        encoded = self._model.tokenizer(list(texts), add_special_tokens=False, truncation=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def _encode(self, texts: Sequence[str], prompts: tuple[str, ...], progress: Progress | None) -> Vectors:
        known = [name for name in prompts if name in self._model.prompts]
        vectors = self._model.encode(
            list(texts),
            prompt_name=known[0] if known else None,
            batch_size=self._batch,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        if progress:
            progress(len(texts))
        return np.asarray(vectors, dtype=np.float32)


def open_embedder(model: str, cache: Path, key: str = "", questions: str = "off") -> Embedder:
    """The embedder that a setting names: `bundled`, `bundled-fp32`, `openai:MODEL@URL`, or any sentence-transformers
    model. `key` is what a server of embeddings asks for; `questions` names the question encoder of the bundled one
    (`index.question_encoder`), which no other has."""
    if model.startswith(PREFIX):
        from index.embed_endpoint import EndpointEmbedder, parsed

        return EndpointEmbedder(*parsed(model), cache, key)
    if model in ("", "bundled"):
        base = unpacked(cache)
        embedder = OnnxEmbedder(base)
        embedder.seeker = open_question_encoder(questions, base, embedder.tokenizer)
        return embedder
    if model == "bundled-fp32":
        return TorchEmbedder(str(unpacked(cache)))
    return TorchEmbedder(model)


def _give_way() -> None:
    """Make the thread at hand one that waits for others; on Linux each thread has a niceness of its own."""
    if sys.platform == "linux":
        own = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, own, max(NICE, os.getpriority(os.PRIO_PROCESS, own)))


def _batches(ids: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indices of texts, longest first, in batches of at most `BATCH_TOKENS` tokens with their padding.

    >>> list(_batches([[1] * 300, [1], [1] * 400]))
    [[2], [0], [1]]
    """
    order = sorted(range(len(ids)), key=lambda i: (-len(ids[i]), i))
    at = 0
    while at < len(order):
        width = max(1, len(ids[order[at]]))
        count = max(1, BATCH_TOKENS // width)
        yield order[at : at + count]
        at += count
