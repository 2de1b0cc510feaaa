"""The words of the texts, kept beside the indexes: what typing errors are put right from.

One line a change: a document, its language and in how many passages it holds each word; the last line of a document
counts. Derived from the records, and may be deleted at any time. Nothing is read until the words are asked for, and a
question never waits for the texts themselves.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.chunk import Chunk
from index.spelling import count_words

VERSION = "words-1"
"""Part of the index fingerprint: raise it with any change to what a line holds."""
SPARE = 2
"""Lines for each document before the file is written anew with one."""

WORDS = b', "words": '
"""Where the head of a line ends: no document's name can hold it, for a quote in a name is written with its escape."""

Changes = Sequence[tuple[str, str, Sequence[Chunk] | None]]


class Vocabulary:
    """The words of each document, in the file `words.jsonl` of one folder.

    Of a line only the head is read, until the words are asked for; the sums are then kept level with each change, so
    that a document added to many costs what it holds itself.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / "words.jsonl"
        self._path.touch()
        self._lock = threading.RLock()
        self._places: dict[str, int] | None = None
        self._totals: dict[str, Counter[str]] | None = None
        self._lines = 0

    def apply(self, changes: Changes) -> None:
        """Take in documents added or replaced, with their language and chunks, and removed ones (`None`)."""
        with self._lock:
            places = self._read_places()
            before = self._read(places[name] for name, _language, _chunks in changes if name in places)
            with self._path.open("ab") as file:
                for document, language, chunks in changes:
                    counts = None if chunks is None else count_words(f"{c.context}\n{c.text}" for c in chunks)
                    place = file.tell()
                    file.write(_line(document, language, counts))
                    self._lines += 1
                    places.pop(document, None)
                    if counts is not None:
                        places[document] = place
                    self._count(before.pop(document, None), -1)
                    self._count(None if counts is None else (language, counts), 1)
                    before |= {} if counts is None else {document: (language, counts)}

    def counts(self, among: Collection[str] | None = None) -> dict[str, Counter[str]]:
        """By language: each word, as `count_words` writes it, and how many passages hold it; `among` these documents.

        Raises `ValueError` where the file is not as it was left.
        """
        with self._lock:
            if among is not None:
                return self._counts_among(frozenset(among))
            if self._totals is None:
                totals: dict[str, Counter[str]] = {}
                for line in self._live():
                    totals.setdefault(line["language"], Counter()).update(line["words"])
                self._totals = totals
            return {language: counted.copy() for language, counted in self._totals.items() if counted}

    def _counts_among(self, among: frozenset[str]) -> dict[str, Counter[str]]:
        found: dict[str, Counter[str]] = {}
        for line in self._live():
            if line["document"] in among:
                found.setdefault(line["language"], Counter()).update(line["words"])
        return found

    def documents(self) -> int:
        """How many documents it holds the words of; raises `ValueError` as `counts` does."""
        return len(self.ids())

    def ids(self) -> set[str]:
        """The documents it holds the words of; raises `ValueError` as `counts` does."""
        with self._lock:
            return set(self._read_places())

    def tidy(self) -> None:
        """Write the file anew where most of its lines count no more."""
        with self._lock:
            held = self._read_places()
            if self._lines > SPARE * max(len(held), 1):
                part = self._path.with_suffix(".part")
                with part.open("wb") as file:
                    for line in self._live():
                        file.write(_line(**line))
                part.replace(self._path)
                self._places = None

    def _read_places(self) -> dict[str, int]:
        """Where the line that counts of each document begins."""
        if self._places is None:
            places: dict[str, int] = {}
            self._lines, at = 0, 0
            with self._path.open("rb") as file:
                for line in file:
                    head, mark, words = line.partition(WORDS)
                    if not mark or not line.endswith(b"}\n"):
                        raise ValueError("a line of words.jsonl is not as it was written")
                    document = str(json.loads(head + b"}")["document"])
                    places.pop(document, None)
                    if not words.startswith(b"null"):
                        places[document] = at
                    at += len(line)
                    self._lines += 1
            self._places = places
        return self._places

    def _live(self) -> Iterator[dict[str, Any]]:
        """The lines that count, one after the other: all of them at once would fill the memory."""
        places = sorted(self._read_places().values())
        with self._path.open("rb") as file:
            for place in places:
                file.seek(place)
                yield json.loads(file.readline())

    def _read(self, places: Iterable[int]) -> dict[str, tuple[str, Mapping[str, int]]]:
        """Language and words of the documents at these places, where the sums are kept at all."""
        found: dict[str, tuple[str, Mapping[str, int]]] = {}
        if self._totals is not None:
            with self._path.open("rb") as file:
                for place in places:
                    file.seek(place)
                    line = json.loads(file.readline())
                    found[line["document"]] = line["language"], line["words"]
        return found

    def _count(self, words: tuple[str, Mapping[str, int]] | None, sign: int) -> None:
        if self._totals is not None and words is not None:
            total = self._totals.setdefault(words[0], Counter())
            for word, count in words[1].items():
                total[word] += sign * count
                if not total[word]:
                    del total[word]


def _line(document: str, language: str, words: Mapping[str, int] | None) -> bytes:
    line = json.dumps({"document": document, "language": language, "words": words}, ensure_ascii=False)
    return line.encode() + b"\n"
