"""The product as one object: ask, search, ingest, look at documents. The doors (cli, socket, ui) only call this."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

from assistant.answers.answer import Answer
from assistant.answers.ask import Asker
from assistant.answers.drafting import Writer
from assistant.answers.events import Event
from assistant.answers.llm import Listener
from assistant.answers.weights import read_weights
from assistant.briefings.briefing import Briefing
from assistant.briefings.events import Event as DatedEvent
from assistant.briefings.naming import shipped_topics
from assistant.briefings.shelf import Shelf
from assistant.errors import UnknownDocument
from assistant.explain import held_and_lacking
from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters, chosen
from assistant.library import Outcome, Progress, Request, ingest
from assistant.ownership import Ownership
from assistant.upkeep.verify import Verified, verify
from corpus.glossary import read_glossary
from index import build
from index.embed import Embedder
from index.expand import Expander
from index.generations import Generation
from index.mending import Mender
from index.reader import Reader
from index.records import DocumentRecord, Records
from index.reports import Report
from index.search import Found, Hit, Searcher


@dataclass(frozen=True, slots=True)
class Match:
    """One passage found, as it is printed and sent: scores in 0..1, `sentence` the nearest sentence.

    `dense` is the opinion by meaning, made of the cosines of the passage as a whole (`passage`) and of its nearest
    sentence (`nearest`); `lexical` that by words, of which the passage holds `held` and lacks `lacking`. `answerable`
    is the reader's probability that it answers, `None` where it was not read.
    """

    document: str
    title: str
    page: int | None
    headings: tuple[str, ...]
    text: str
    sentence: str
    score: float
    dense: float
    lexical: float
    answerable: float | None = None
    passage: float = 0.0
    nearest: float = 0.0
    held: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    ocr: bool = False

    def to_json(self) -> dict[str, Any]:
        """The match as plain JSON values."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "ocr" or self.ocr}
        return {name: list(item) if isinstance(item, tuple) else item for name, item in value.items()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Match:
        """A match from what `to_json` made of it."""
        parts: dict[str, Any] = {n: tuple(item) if isinstance(item, list) else item for n, item in value.items()}
        return cls(**parts)


class Operations(Protocol):
    """What can be asked of the product, here or in the service that owns the data directory."""

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """Answer a question from the documents that pass the filters, or refuse."""
        ...

    def ask_stream(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
        listener: Listener | None = None,
    ) -> Iterator[Event]:
        """As `ask`, told while it happens: steps, sentences kept and removed, and the answer last.

        Once the listener leaves, the language model's call ends.
        """
        ...

    def search(self, question: str, top_k: int = 10, filters: Filters = NO_FILTERS) -> list[Match]:
        """The best passages of the documents that pass the filters."""
        ...

    def ingest(self, request: Request, progress: Progress | None = None) -> Iterator[Outcome]:
        """Add, replace and remove documents."""
        ...

    def documents(self) -> list[DocumentRecord]:
        """Every document, without its text."""
        ...

    def text(self, document: str) -> str:
        """A document's text, in which all offsets count."""
        ...

    def reports(self) -> list[Report]:
        """What was read of each document, page by page, refused ones included."""
        ...

    def remove(self, document: str) -> None:
        """Remove a document."""
        ...

    def timeline(self, framework: str = "", start: date | None = None, end: date | None = None) -> list[DatedEvent]:
        """The dated events of a framework or body, or of all, oldest first; raises `UnknownFramework`."""
        ...

    def frameworks_told(self) -> list[dict[str, Any]]:
        """Each framework: `{"id", "names", "documents", "bodies"}`."""
        ...

    def briefing(self, framework: str) -> Briefing:
        """What the texts tell of a framework or body; raises `UnknownFramework`."""
        ...

    def verify(self) -> Verified:
        """Whether every text, passage and vector is what was written, and the index made of them."""
        ...

    def close(self) -> None:
        """Let go of everything held."""
        ...


class Assistant:
    """The product over one data directory, which this process owns."""

    def __init__(
        self,
        records: Records,
        generation: Generation,
        embedder: Embedder,
        ownership: Ownership,
        threshold: float | None = None,
        lexical: bool = True,
        reader: Reader | None = None,
        writer: Writer | None = None,
    ) -> None:
        self._records = records
        self._generation = generation
        self._embedder = embedder
        self._ownership = ownership
        self._writing = threading.Lock()
        self._searcher = Searcher(records, generation, embedder, Expander(read_glossary()), lexical, reader)
        self._mender = Mender(generation, embedder, read_glossary())
        self.shelf = Shelf(records, shipped_topics())
        self._documents: Sequence[DocumentRecord] = ()
        self._frameworks: Mapping[str, str] = {}
        self.fingerprint = "|".join(
            [
                build.vector_fingerprint(embedder),
                str(generation.number),
                reader.name if reader else "no-reader",
                *([] if lexical else ["no-lexical"]),
                *([f"llm {writer.model.name}"] if writer else []),
            ]
        )
        calibrated = reader is not None and reader.calibrated
        self._asker = Asker(self._texts(), self.fingerprint, read_weights(calibrated), threshold, writer)
        self._refresh()

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """Answer a question from the documents that pass the filters, or refuse."""
        within = chosen(filters, self._documents)
        return self._asker.ask(_readable(question), [_readable(turn) for turn in history], language, id, within)

    def ask_stream(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
        listener: Listener | None = None,
    ) -> Iterator[Event]:
        """As `ask`, told while it happens."""
        within, turns = chosen(filters, self._documents), [_readable(turn) for turn in history]
        return self._asker.stream(_readable(question), turns, language, id, within, listener)

    def find(self, question: str, top_k: int, within: frozenset[str] | None = None) -> Found:
        """The passages for a question as the index gives them, one hit a chunk."""
        return self._searcher.search(_readable(question), top_k, within)

    def mended(self, question: str) -> str:
        """The question with its typing errors put right from the words of the texts."""
        return self._mender.mended(question)

    def search(self, question: str, top_k: int = 10, filters: Filters = NO_FILTERS) -> list[Match]:
        """The best passages for a question, best first; its typing errors are put right as `ask` does."""
        question = self.mended(_readable(question))
        found = self.find(question, top_k, chosen(filters, self._documents))
        return [_match(question, found, hit, self._searcher.languages) for hit in found.hits]

    def ingest(self, request: Request, progress: Progress | None = None) -> Iterator[Outcome]:
        """Add, replace and remove documents; searchable when the iterator ends."""
        with self._writing:
            build.check_vectors(self._records, self._embedder)
            try:
                yield from ingest(self._records, self._embedder, request, progress)
            finally:
                self._refresh()

    def documents(self) -> list[DocumentRecord]:
        """Every document, by id, without its text."""
        return self._records.documents()

    def text(self, document: str) -> str:
        """A document's text; raises `UnknownDocument`."""
        text = self._records.text(document)
        if text is None:
            raise UnknownDocument(
                f"Aucun document {document!r}. « cooperation documents list » donne les identifiants."
            )
        return text

    def reports(self) -> list[Report]:
        """What was read of each document, page by page, refused ones included."""
        return self._records.reports()

    def remove(self, document: str) -> None:
        """Remove a document; raises `UnknownDocument`."""
        with self._writing:
            if not self._records.remove(document):
                self.text(document)
            self._refresh()

    def timeline(self, framework: str = "", start: date | None = None, end: date | None = None) -> list[DatedEvent]:
        """The dated events of a framework or body, or of all, oldest first; raises `UnknownFramework`."""
        return self.shelf.timeline(self.shelf.topic(framework) if framework else None, start, end)

    def frameworks_told(self) -> list[dict[str, Any]]:
        """Each framework: `{"id", "names", "documents", "bodies"}`."""
        return self.shelf.frameworks()

    def briefing(self, framework: str) -> Briefing:
        """What the texts tell of a framework or body; raises `UnknownFramework`."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return self.shelf.briefing(self.shelf.topic(framework), self.fingerprint, now)

    def verify(self) -> Verified:
        """Whether every text, passage and vector is what was written, and the index made of them."""
        with self._writing:
            return verify(self._records, lambda: self._generation)

    def close(self) -> None:
        """Leave the index in good order and give the directory back."""
        self._generation.close()
        self._records.close()
        self._ownership.release()

    def _refresh(self) -> None:
        """Bring the index and what is remembered of the documents level with the records."""
        self._generation.catch_up()
        self._mender.forget()
        self._searcher.languages = self._records.languages()
        self._documents = self._records.documents()
        self._frameworks = {record.id: record.framework for record in self._documents}

    def _texts(self) -> _Texts:
        return _Texts(self)

    @property
    def frameworks(self) -> Mapping[str, str]:
        """Each document's framework, as of the last change."""
        return self._frameworks

    def text_or_none(self, document: str) -> str | None:
        """A document's text, or `None`."""
        return self._records.text(document)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The assistant's index as `Asker` needs it."""

    assistant: Assistant

    def search(self, question: str, top_k: int, within: frozenset[str] | None) -> Found:
        return self.assistant.find(question, top_k, within)

    def mended(self, question: str) -> str:
        return self.assistant.mended(question)

    def text(self, document: str) -> str | None:
        return self.assistant.text_or_none(document)

    def frameworks(self) -> Mapping[str, str]:
        return self.assistant.frameworks


def _match(question: str, found: Found, hit: Hit, languages: Sequence[str]) -> Match:
    chunk = hit.chunk
    held, lacking = held_and_lacking(question, found.words, languages, chunk, hit.language)
    return Match(
        document=chunk.document,
        title=chunk.title,
        page=chunk.page,
        headings=chunk.headings,
        text=chunk.text,
        sentence=chunk.quote(hit.best_sentence),
        score=round(hit.score, 6),
        dense=round(hit.dense, 6),
        lexical=round(hit.lexical, 6),
        answerable=round(hit.reading.answerable, 6) if hit.reading else None,
        passage=round(hit.passage, 6),
        nearest=round(max(hit.sentences), 6),
        held=held,
        lacking=lacking,
        ocr=chunk.ocr,
    )


def _readable(text: str) -> str:
    """A text as UTF-8 can write it: a terminal of another encoding, and JSON, may hand over halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")


def absolute(paths: Sequence[str]) -> tuple[Path, ...]:
    """Paths as the caller meant them, whatever folder the owning process stands in."""
    return tuple(Path(path).absolute() for path in paths)
