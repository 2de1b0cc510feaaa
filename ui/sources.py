"""What a page shows of the documents that an answer cites: where each quote stands, and how its document is named.

What is kept of the list of documents is kept for those who may read the same, and only names them: whether somebody may
read a document now is asked each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from assistant.answers.answer import FIRST
from assistant.conversations.changed import documents_of
from assistant.reader import Reader, hidden
from corpus.frameworks import GENERAL, read_frameworks
from ui.i18n import Words
from ui.typeset import Excerpt, excerpt

if TYPE_CHECKING:
    from assistant.answers.answer import Answer, Citation
    from assistant.conversations.changed import Change, Read
    from assistant.operations import Operations

FRESH_SECONDS: Final = 10.0
"""How long the list of documents is kept before it is read again."""
MOST_SHELVES: Final = 64
"""For how many different readers the list is kept."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it is named on a page."""

    id: str
    title: str
    framework: str
    language: str
    date: str
    pages: int | None
    added_at: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A passage's place: its document, what is shown of it, and the offsets of the passage in the document.

    `changed` says that the document no longer holds the passage: it was replaced by other words, or removed.
    """

    source: Source
    excerpt: Excerpt
    page: int | None
    start: int | None
    end: int | None
    changed: Change | None = None


@dataclass(frozen=True, slots=True)
class Library:
    """What the texts are, in figures: for the empty page."""

    documents: int
    frameworks: tuple[str, ...]
    updated: str


class Shelf:
    """The documents that a reader may read, by id, listed again at most every ten seconds."""

    def __init__(
        self, operations: Operations, clock: Callable[[], float] = time.monotonic, reader: Reader | None = None
    ) -> None:
        self._operations, self._clock, self._reader = operations, clock, reader
        self._read_at = float("-inf")
        self._sources: Mapping[str, Source] = {}

    def sources(self, anew: bool = False) -> Mapping[str, Source]:
        """Every document by id."""
        if anew or self._clock() - self._read_at > FRESH_SECONDS:
            self._sources = {
                record.id: Source(
                    id=record.id,
                    title=record.title,
                    framework=record.framework,
                    language=record.language,
                    date=record.date,
                    pages=record.pages,
                    added_at=record.added_at,
                )
                for record in self._operations.documents(self._reader)
            }
            self._read_at = self._clock()
        return self._sources

    def library(self) -> Library:
        """The documents in figures, as they are now; frameworks in their own order."""
        sources = self.sources(anew=True).values()
        held = {source.framework for source in sources}
        known = tuple(id for id in framework_ids() if id in held)
        return Library(len(sources), known, max((source.added_at for source in sources), default=""))

    def frameworks(self) -> tuple[str, ...]:
        """The frameworks of the documents, in their own order, the general ones last."""
        held = {source.framework for source in self.sources().values()}
        return tuple(id for id in (*framework_ids(), GENERAL) if id in held)

    def proofs(self, answer: Answer, read: Read | None = None) -> tuple[Proof, ...]:
        """One proof for each citation, in its order; raises `UnknownDocument` when one was removed meanwhile.

        `read` gives the texts, where they were read already.
        """
        found, read = [], read or self.reading([answer])
        for citation in answer.citations:
            source = self.source(citation.document, citation.title)
            found.append(self.around(source, read(source.id) or self.text(source.id), citation))
        return tuple(found)

    def text(self, id: str) -> str:
        """A document's text; raises `UnknownDocument`, also for one that the reader may not read."""
        return self._operations.text(id, self._reader)

    def reading(self, answers: Iterable[Answer]) -> Read:
        """What gives the text, as it is now, of each document that answers quote; `None` for one that is gone."""
        wanted = frozenset[str]().union(*map(documents_of, answers))
        return self._operations.texts(wanted, self._reader).get

    def hidden(self) -> frozenset[str]:
        """The documents that the reader may not read now, those that are gone included."""
        return hidden(self._reader, self._operations.readers()) if self._reader is not None else frozenset()

    def around(self, source: Source, text: str, citation: Citation) -> Proof:
        """A quote and what stands around it in its document."""
        cut = excerpt(text, citation.start, citation.end, source.title)
        return Proof(source, cut, citation.page, citation.start, citation.end)

    def nearest(self, answer: Answer, read: Read | None = None) -> tuple[Proof, ...]:
        """One for each of the first passages, in their order, and where it stands; `read` as in `proofs`."""
        found, read = [], read or self.reading([answer])
        for passage in answer.passages[:FIRST]:
            source = self.source(passage.document, passage.title)
            held = (read(source.id) or self.text(source.id))[passage.start : passage.end] == passage.text
            place = (passage.start, passage.end) if held else (None, None)
            found.append(Proof(source, Excerpt(passage.text, 0, 0), passage.page, *place))
        return tuple(found)

    def source(self, id: str, title: str = "") -> Source:
        """A document by id, or what is left to say of one that is gone."""
        known = self.sources().get(id) or self.sources(anew=True).get(id)
        return known or Source(id, title, "", "", "", None, "")


class Shelves:
    """A shelf for each reader, so that nobody is shown what was listed for another."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._held: dict[Reader | None, Shelf] = {}

    def of(self, reader: Reader | None) -> Shelf:
        """The shelf of those who may read the same."""
        shelf = self._held.get(reader)
        if shelf is None:
            while len(self._held) >= MOST_SHELVES:
                self._held.pop(next(iter(self._held)), None)
            shelf = self._held.setdefault(reader, Shelf(self._operations, reader=reader))
        return shelf


def framework_name(id: str, words: Words) -> str:
    """A framework's name in the interface's language; empty for a document that belongs to none."""
    if id == GENERAL:
        return words["frameworks.general"]
    names = {framework.id: framework.names for framework in _frameworks()}
    return names[id][words.language] if id in names else id


def framework_ids() -> tuple[str, ...]:
    """The six frameworks, in the order of their file."""
    return tuple(framework.id for framework in _frameworks())


_frameworks = cache(read_frameworks)
