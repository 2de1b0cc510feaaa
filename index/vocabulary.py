"""The words of the texts, kept beside the indexes: what typing errors are put right from.

One line a change: a document, its language and in how many passages it holds each word; the last line of a document
counts. Derived from the records, and may be deleted at any time. Nothing is read until the words are asked for, and a
question never waits for the texts themselves.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.chunk import Chunk
from index.spelling import count_words

VERSION = "words-1"
"""Part of the index fingerprint: raise it with any change to what a line holds."""
SPARE = 2
"""Lines for each document before the file is written anew with one."""

Changes = Sequence[tuple[str, str, Sequence[Chunk] | None]]


class Vocabulary:
    """The words of each document, in the file `words.jsonl` of one folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / "words.jsonl"
        self._path.touch()
        self._lock = threading.Lock()

    def apply(self, changes: Changes) -> None:
        """Take in documents added or replaced, with their language and chunks, and removed ones (`None`)."""
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            for document, language, chunks in changes:
                counts = None if chunks is None else count_words(f"{chunk.context}\n{chunk.text}" for chunk in chunks)
                file.write(_line(document, language, counts))

    def counts(self) -> dict[str, Counter[str]]:
        """By language: each word, as `count_words` writes it, and how many passages hold it.

        Raises `ValueError` where the file is not as it was left.
        """
        found: dict[str, Counter[str]] = {}
        for line in _latest(self._lines()).values():
            found.setdefault(line["language"], Counter()).update(line["words"])
        return found

    def documents(self) -> int:
        """How many documents it holds the words of; raises `ValueError` as `counts` does."""
        return len(self.ids())

    def ids(self) -> set[str]:
        """The documents it holds the words of; raises `ValueError` as `counts` does."""
        return set(_latest(self._lines()))

    def tidy(self) -> None:
        """Write the file anew where most of its lines count no more."""
        lines = self._lines()
        held = _latest(lines)
        if len(lines) > SPARE * max(len(held), 1):
            part = self._path.with_suffix(".part")
            part.write_text("".join(_line(**line) for line in held.values()), "utf-8")
            part.replace(self._path)

    def _lines(self) -> list[dict[str, Any]]:
        with self._lock:
            return [json.loads(line) for line in self._path.read_text("utf-8").splitlines()]


def _latest(lines: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    latest = {line["document"]: line for line in lines}
    return {document: line for document, line in latest.items() if line["words"] is not None}


def _line(document: str, language: str, words: Mapping[str, int] | None) -> str:
    return json.dumps({"document": document, "language": language, "words": words}, ensure_ascii=False) + "\n"
