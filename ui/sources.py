"""What a page shows of the documents that an answer cites: where each quote stands, and how its document is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from assistant.answers.answer import FIRST
from corpus.frameworks import read_frameworks
from ui.i18n import Words
from ui.typeset import Excerpt, excerpt

if TYPE_CHECKING:
    from assistant.answers.answer import Answer, Citation
    from assistant.assistant import Operations

FRESH_SECONDS: Final = 10.0
"""How long the list of documents is kept before it is read again."""


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
    """A passage's place: its document, what is shown of it, and the offsets of the passage in the document."""

    source: Source
    excerpt: Excerpt
    page: int | None
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Library:
    """What the texts are, in figures: for the empty page."""

    documents: int
    frameworks: tuple[str, ...]
    updated: str


class Shelf:
    """The assistant's documents by id, listed again at most every ten seconds."""

    def __init__(self, operations: Operations, clock: Callable[[], float] = time.monotonic) -> None:
        self._operations, self._clock = operations, clock
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
                for record in self._operations.documents()
            }
            self._read_at = self._clock()
        return self._sources

    def library(self) -> Library:
        """The documents in figures; frameworks in their own order."""
        sources = self.sources().values()
        held = {source.framework for source in sources}
        known = tuple(id for id in framework_ids() if id in held)
        return Library(len(sources), known, max((source.added_at for source in sources), default=""))

    def proofs(self, answer: Answer) -> tuple[Proof, ...]:
        """One proof for each citation, in its order; raises `UnknownDocument` when one was removed meanwhile."""
        found = []
        for citation in answer.citations:
            source = self.source(citation.document, citation.title)
            found.append(self.around(source, self.text(source.id), citation))
        return tuple(found)

    def text(self, id: str) -> str:
        """A document's text; raises `UnknownDocument`."""
        return self._operations.text(id)

    def around(self, source: Source, text: str, citation: Citation) -> Proof:
        """A quote and what stands around it in its document."""
        cut = excerpt(text, citation.start, citation.end, source.title)
        return Proof(source, cut, citation.page, citation.start, citation.end)

    def nearest(self, answer: Answer) -> tuple[Proof, ...]:
        """One for each of the first passages, in their order: the passage and where it stands."""
        found = []
        for passage in answer.passages[:FIRST]:
            source = self.source(passage.document, passage.title)
            held = self._operations.text(source.id)[passage.start : passage.end] == passage.text
            place = (passage.start, passage.end) if held else (None, None)
            found.append(Proof(source, Excerpt(passage.text, 0, 0), passage.page, *place))
        return tuple(found)

    def source(self, id: str, title: str = "") -> Source:
        """A document by id, or what is left to say of one that is gone."""
        known = self.sources().get(id) or self.sources(anew=True).get(id)
        return known or Source(id, title, "", "", "", None, "")


def framework_name(id: str, words: Words) -> str:
    """A framework's name in the interface's language; empty for a document that belongs to none."""
    if id == "general":
        return words["frameworks.general"]
    names = {framework.id: framework.names for framework in _frameworks()}
    return names[id][words.language] if id in names else id


def framework_ids() -> tuple[str, ...]:
    """The six frameworks, in the order of their file."""
    return tuple(framework.id for framework in _frameworks())


_frameworks = cache(read_frameworks)
