"""The product taken apart for the benchmarks: what it sends to its model.

The other modules of `evals` reach retrieval through `assistant`. This one opens the index itself, because no product
operation shows the texts that are embedded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evals.bench import Texts

if TYPE_CHECKING:
    from assistant.library import Request
    from assistant.settings import Settings
    from index.embed import Embedder

WINDOW = 512
"""Tokens that the model reads of a text, its prompt and marks among them; the rest has no part in the vector."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What ingestion makes of texts: every text sent to the model, and `(document id, text)` of each chunk."""

    sent: tuple[str, ...]
    passages: tuple[tuple[str, str], ...]


class Tally:
    """An embedder that embeds nothing: it counts tokens as the real one, and keeps the texts it is sent."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name, self.seeker = embedder.name, embedder.seeker
        self.dimension = embedder.dimension
        self.sent: list[str] = []

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Zeros `(len(texts), dimension)`."""
        self.sent.extend(texts)
        if progress:
            progress(len(texts))
        return np.zeros((len(texts), self.dimension), np.float32)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Zeros `(len(texts), dimension)`."""
        return np.zeros((len(texts), self.dimension), np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the real one."""
        return self._embedder.count_tokens(texts)


def request_of(texts: Texts) -> Request:
    """The texts as the product is asked to ingest them."""
    from assistant.library import Request

    return Request(texts.files, texts.jsonl)


def take_apart(texts: Texts, settings: Settings) -> Parts:
    """Run ingestion over the texts into the settings' data directory, with a model that only keeps what it is sent."""
    from assistant.library import ingest
    from assistant.wiring import embedder_of
    from index.records import opened

    settings.data.mkdir(parents=True, exist_ok=True)
    tally = Tally(embedder_of(settings))
    with opened(settings.database_url) as records:
        for _outcome in ingest(records, tally, request_of(texts)):
            pass
        chunks = [item.chunk for record in records.documents() for item in records.chunks_of(record.id)]
    passages = [(chunk.document, f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text) for chunk in chunks]
    return Parts(tuple(tally.sent), tuple(passages))


def bundled_folder(settings: Settings) -> Path:
    """The bundled weights as a sentence-transformers folder."""
    from index.bundled_model import unpacked

    return unpacked(settings.cache)


def characters_read(texts: Sequence[str], folder: Path) -> int:
    """How many code points of passages fall in the model's window: those of a text before its token 512."""
    return sum(end for end, _tokens in _windows(texts, folder))


def tokens_read(texts: Sequence[str], folder: Path) -> int:
    """How many tokens the model reads of passages, with prompts and marks."""
    return sum(tokens for _end, tokens in _windows(texts, folder))


def _windows(texts: Sequence[str], folder: Path) -> list[tuple[int, int]]:
    from tokenizers import Tokenizer

    from index.bundled_model import PROMPTS

    prompt = PROMPTS["passage"]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(WINDOW)
    encoded = tokenizer.encode_batch([prompt + text for text in texts])
    ends = [max(end for _start, end in item.offsets) if item.overflowing else None for item in encoded]
    return [
        (len(text) if end is None else max(0, end - len(prompt)), len(item.ids))
        for text, end, item in zip(texts, ends, encoded, strict=True)
    ]
