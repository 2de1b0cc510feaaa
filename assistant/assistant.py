"""The product as one object: ask, search, ingest, look at documents. The doors (cli, socket, ui) only call this."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from assistant.answers.answer import Answer
from assistant.answers.ask import Asker
from assistant.answers.drafting import Writer
from assistant.answers.events import Event
from assistant.answers.llm import Listener
from assistant.answers.question import understand
from assistant.answers.weights import read_weights
from assistant.briefings.briefing import Briefing
from assistant.briefings.events import Event as DatedEvent
from assistant.briefings.naming import shipped_topics
from assistant.briefings.shelf import Shelf
from assistant.briefings.summaries import Summaries
from assistant.briefings.summarise import failed
from assistant.briefings.versions import Version, Versions, digest
from assistant.errors import UnknownDocument
from assistant.explain import held_and_lacking
from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters, chosen
from assistant.library import Outcome, Progress, Request, ingest
from assistant.match import Match
from assistant.originals import Original, original
from assistant.ownership import Ownership
from assistant.reader import Reader
from assistant.swaps import Swaps
from assistant.upkeep.verify import Verified, verify
from corpus.glossary import read_glossary
from corpus.quality import PageQuality
from corpus.section import Document
from index import build
from index.editions import Editions
from index.embed import Embedder
from index.expand import Expander
from index.generations import Generation
from index.mending import Mender
from index.near import shipped_thesaurus
from index.permissions import Permissions
from index.reader import Reader as ReadingModel
from index.reader import Reading
from index.records import DocumentRecord, Records, RecordsUnavailable
from index.reports import Report
from index.rerank import POLAR, TRUST
from index.search import Found, Hit, Searcher
from index.translate import shipped_translator

_log = logging.getLogger(__name__)
MOST_VIEWS = 32
"""How many different sets of readable documents are kept ready to be asked."""


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
        reader: ReadingModel | None = None,
        writer: Writer | None = None,
    ) -> None:
        self._records = records
        self._generation = generation
        self._embedder = embedder
        self._ownership = ownership
        self._writing = threading.Lock()
        self._refreshing = False
        self._swaps = Swaps()
        expander = Expander(read_glossary())
        self._searcher = Searcher(
            records, generation, embedder, expander, lexical, reader, shipped_translator, shipped_thesaurus
        )
        self.shelf = Shelf(records, shipped_topics())
        self._permissions = Permissions(records.engine)
        self._versions = Versions(Editions(records.engine))
        self._documents: Sequence[DocumentRecord] = ()
        self._views: dict[frozenset[str], _View] = {}
        self.fingerprint = "|".join(
            [
                build.vector_fingerprint(embedder),
                str(generation.number),
                *([embedder.seeker.name] if embedder.seeker else []),
                reader.name if reader else "no-reader",
                *([] if lexical else ["no-lexical"]),
                *([f"llm {writer.model.name}"] if writer else []),
            ]
        )
        calibrated = reader is not None and reader.calibrated
        self._weights, self._threshold, self._writer = read_weights(calibrated), threshold, writer
        self._summaries = Summaries(writer) if writer else None
        self._whole = self._view_over(self._searcher, Mender(generation, embedder, read_glossary()), None)
        self._refresh()

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
        reader: Reader | None = None,
    ) -> Answer:
        """Answer a question from the documents that pass the filters, or refuse."""
        view = self._view(reader)
        within = chosen(filters, view.documents)
        turns = [_readable(turn) for turn in history]
        return _searched(view.asker.ask(_readable(question), turns, language, id, within), filters)

    def ask_stream(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
        listener: Listener | None = None,
        reader: Reader | None = None,
    ) -> Iterator[Event]:
        """As `ask`, told while it happens."""
        view = self._view(reader)
        within, turns = chosen(filters, view.documents), [_readable(turn) for turn in history]
        stream = view.asker.stream(_readable(question), turns, language, id, within, listener)
        return _told(stream, filters) if filters.frameworks else stream

    def find(self, question: str, top_k: int, within: frozenset[str] | None = None) -> Found:
        """The passages that an answer is made of, as the index gives them, one hit a chunk."""
        return self._whole.texts.found(question, top_k, within)

    def mended(self, question: str) -> str:
        """The question with its typing errors put right from the words of the texts."""
        return self._whole.texts.mended(question)

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """Whether and where each passage answers the question; nothing where there is no reader."""
        return self._whole.texts.read(question, passages)

    def search(
        self, question: str, top_k: int = 10, filters: Filters = NO_FILTERS, reader: Reader | None = None
    ) -> list[Match]:
        """The best passages for a question, best first; its typing errors are put right as `ask` does."""
        view = self._view(reader)
        question = view.texts.mended(_readable(question))
        found = view.texts.found(question, top_k, chosen(filters, view.documents), spans_follow=False)
        return [_match(question, found, hit, view.texts.searcher.languages) for hit in found.hits]

    def ingest(self, request: Request, progress: Progress | None = None) -> Iterator[Outcome]:
        """Add, replace and remove documents; searchable when the iterator ends.

        A replaced one is found all the while: as it was, or as it will be.
        """
        with self._writing:
            build.check_vectors(self._records, self._embedder)
            for deposit in request.deposits:
                if deposit.groups is not None:  # before it is read: nobody else finds it meanwhile
                    self._permissions.grant(deposit.id, deposit.groups)
            try:
                yield from ingest(self._records, self._embedder, request, progress, self._replacing)
            finally:
                self._refresh()
                self.shelf.level()

    def documents(self, reader: Reader | None = None) -> list[DocumentRecord]:
        """Every document that the reader may read, by id, without its text."""
        hidden = self._hidden(reader)
        return [record for record in self._records.documents() if record.id not in hidden]

    def text(self, document: str, reader: Reader | None = None) -> str:
        """A document's text; raises `UnknownDocument` for one that the reader may not read as for none."""
        text = self.texts([document], reader).get(document)
        if text is None:
            raise UnknownDocument(
                f"Aucun document {document!r}. « cooperation documents list » donne les identifiants."
            )
        return text

    def texts(self, documents: Collection[str], reader: Reader | None = None) -> dict[str, str]:
        """The texts of documents, by id, as they are now; those that the reader may not read are left out."""
        hidden = self._hidden(reader)
        return self._records.texts([document for document in documents if document not in hidden])

    def original(self, document: str, reader: Reader | None = None) -> Original | None:
        """The PDF that a document was read from, if any; raises `UnknownDocument` as `text` does."""
        for record in self.documents(reader):
            if record.id == document:
                return original(record)
        self.text(document, reader)
        return None

    def document(self, document: str, reader: Reader | None = None) -> Document:
        """A document with its sections; raises `UnknownDocument` for one that the reader may not read as for none."""
        found = None if document in self._hidden(reader) else self._records.document(document)
        if found is None:
            self.text(document, reader)
            raise UnknownDocument(f"Le document {document!r} vient d'être retiré.")
        return found

    def reports(self) -> list[Report]:
        """What was read of each document, page by page, refused ones included."""
        return self._records.reports()

    def quality(self, document: str, reader: Reader | None = None) -> tuple[PageQuality, ...]:
        """What was read of one document, page by page; nothing for one that the reader may not read."""
        report = None if document in self._hidden(reader) else self._records.report(document)
        return report.pages if report else ()

    def describe(self, document: str, framework: str, date: str) -> None:
        """Say which framework a document belongs to, and of which day it is; counts at the next question."""
        with self._writing:
            self.text(document)
            self._records.update(document, framework=framework, date=date)
            self._refresh()

    def remove(self, document: str) -> None:
        """Remove a document; raises `UnknownDocument`."""
        with self._writing:
            if not self._records.remove(document):
                self.text(document)
            self._refresh()

    def timeline(
        self,
        framework: str = "",
        start: date | None = None,
        end: date | None = None,
        reader: Reader | None = None,
    ) -> list[DatedEvent]:
        """The dated events of a framework or body, or of all, oldest first; raises `UnknownFramework`."""
        topic = self.shelf.topic(framework) if framework else None
        return self.shelf.timeline(topic, start, end, self._visible(reader))

    def frameworks_told(self, reader: Reader | None = None) -> list[dict[str, Any]]:
        """Each framework: `{"id", "names", "documents", "bodies"}`."""
        return self.shelf.frameworks(self._visible(reader))

    @property
    def model(self) -> str:
        """The name of the language model that words answers and summaries; `""` where none is set."""
        return self._writer.model.name if self._writer else ""

    def briefing(self, framework: str, reader: Reader | None = None, language: str = "") -> Briefing:
        """What the texts that the reader may read tell of a framework or body; raises `UnknownFramework`.

        It is kept as a version when it differs from the last one. With a language, its summary comes with it if one is
        kept.
        """
        told = self._briefing_now(framework, reader)
        try:
            self._versions.keep(told, reader)
        except RecordsUnavailable:  # a full disk keeps nobody from reading
            _log.exception("the version of a briefing could not be kept")
        summary = self._summaries.kept(told, language) if self._summaries and language else None
        return replace(told, summary=summary)

    def summarised(
        self, framework: str, language: str, reader: Reader | None = None, listener: Listener | None = None
    ) -> Briefing:
        """The briefing with its summary in a language, made now where none is kept; without, where no model is set.

        A model takes its time: what was changed or closed to the reader meanwhile is in nothing that they are told.
        """
        told = self.briefing(framework, reader)
        if self._summaries is None or told.empty:
            return told
        summary = self._summaries.made(told, language, listener)
        now = self.briefing(framework, reader)
        if digest(now) != digest(told):
            summary = failed("changed", language, summary.model)
        return replace(now, summary=summary)

    def versions(self, framework: str, reader: Reader | None = None) -> list[Version]:
        """The versions of a briefing that this reader was told, newest first, and what has changed since each."""
        return self._versions.since(self._briefing_now(framework, reader), reader, self._hidden(reader))

    def grant(self, document: str, groups: Sequence[str]) -> None:
        """Let these groups read a document, and from now on only its groups; counts at the next question."""
        self.text(document)
        self._permissions.grant(document, groups)

    def revoke(self, document: str, groups: Sequence[str]) -> None:
        """Take a document from these groups; counts at the next question."""
        self.text(document)
        self._permissions.revoke(document, groups)

    def open_to_all(self, document: str) -> None:
        """Let every reader read a document."""
        self.text(document)
        self._permissions.open_to_all(document)

    def readers(self) -> dict[str, tuple[str, ...]]:
        """The groups of each restricted document; one that is missing is open to all."""
        return self._permissions.groups()

    def ready(self) -> bool:
        """Whether questions can be answered now: not while changes are written into the index, nor where it breaks."""
        if self._refreshing:
            return False
        try:
            self._generation.vectors.probe()
            self._generation.lexical.search([("paix",)], 1)
        except Exception:  # each library has errors of its own
            _log.exception("the index cannot be searched")
            return False
        return True

    def verify(self) -> Verified:
        """Whether every text, passage and vector is what was written, and the index made of them."""
        with self._writing:
            return verify(self._records, lambda: self._generation)

    def close(self) -> None:
        """Leave the index in good order and give the directory back."""
        self._generation.close()
        self._records.close()
        self._ownership.release()

    @contextmanager
    def _replacing(self) -> Iterator[None]:
        """While documents are written in the place of others: searched before, or when the index is level."""
        self._refresh()  # what was added before them is not waited for
        with self._swaps.replacing():
            yield
            self._refresh()

    def _refresh(self) -> None:
        """Bring the index and what is remembered of the documents level with the records."""
        self._refreshing = True
        try:
            self._generation.catch_up()
        finally:
            self._refreshing = False
        self._whole.texts.mender.forget()
        self._searcher.languages = self._records.languages()
        self._documents = self._records.documents()
        self._views = {}
        self._whole = self._view_over(self._searcher, self._whole.texts.mender, None)

    def _briefing_now(self, framework: str, reader: Reader | None) -> Briefing:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return self.shelf.briefing(self.shelf.topic(framework), self.fingerprint, now, self._visible(reader))

    @property
    def _asker(self) -> Asker:
        return self._whole.asker

    def _hidden(self, reader: Reader | None) -> frozenset[str]:
        return frozenset() if reader is None else self._permissions.hidden(reader.groups)

    def _visible(self, reader: Reader | None) -> frozenset[str] | None:
        """The documents that a reader may read, `None` for all."""
        return None if reader is None else frozenset(record.id for record in self.documents(reader))

    def _view(self, reader: Reader | None) -> _View:
        """What there is for a reader now; made once for those who may read the same."""
        whole, views, documents = self._whole, self._views, self._documents
        hidden = self._hidden(reader)
        if hidden and not self._writing.locked():  # one that is on its way in is hidden before it is here
            hidden = hidden.intersection(record.id for record in documents)
        if not hidden:
            return whole
        if hidden not in views:
            seen = [record for record in documents if record.id not in hidden]
            visible = frozenset(record.id for record in seen)
            languages = [language for language, _ in Counter(record.language for record in seen).most_common()]
            mender = Mender(self._generation, self._embedder, read_glossary(), visible)
            while len(views) >= MOST_VIEWS:
                views.pop(next(iter(views)), None)
            views[hidden] = self._view_over(self._searcher.restricted(visible, languages), mender, visible)
        return views[hidden]

    def _view_over(self, searcher: Searcher, mender: Mender, visible: frozenset[str] | None) -> _View:
        documents = [record for record in self._documents if visible is None or record.id in visible]
        frameworks = {record.id: record.framework for record in documents}
        texts = _Texts(self._records, searcher, mender, self._swaps, visible, frameworks)

        def dated(topic: str) -> list[DatedEvent]:
            return self.shelf.timeline(self.shelf.topic(topic) if topic else None, within=visible)

        asker = Asker(texts, self.fingerprint, self._weights, self._threshold, self._writer, dated)
        return _View(texts, tuple(documents), asker)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The documents that somebody may read, as `Asker` needs them; `visible` is `None` where that is all."""

    records: Records
    searcher: Searcher
    mender: Mender
    swaps: Swaps
    visible: frozenset[str] | None
    known: Mapping[str, str]

    def found(self, question: str, top_k: int, within: frozenset[str] | None, spans_follow: bool = True) -> Found:
        asked = _readable(question)
        trust = POLAR if not spans_follow and "polar" in understand(asked).kinds else TRUST
        return self.swaps.beside(lambda: self.searcher.search(asked, top_k, within, spans_follow, trust))

    def mended(self, question: str) -> str:
        return self.mender.mended(question)

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        return self.searcher.read(question, passages)

    def text(self, document: str) -> str | None:
        return self.records.text(document) if self.visible is None or document in self.visible else None

    def frameworks(self) -> Mapping[str, str]:
        return self.known


@dataclass(frozen=True, slots=True)
class _View:
    """What there is for whoever may read the same documents."""

    texts: _Texts
    documents: tuple[DocumentRecord, ...]
    asker: Asker


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
        answerable=None if hit.answerable is None else round(hit.answerable, 6),
        passage=round(hit.passage, 6),
        nearest=round(max(hit.sentences), 6),
        held=held,
        lacking=lacking,
        ocr=chunk.ocr,
    )


def _told(stream: Generator[Event, None, None], filters: Filters) -> Generator[Event, None, None]:
    """The events of an answer, the answer itself with the frameworks it was sought in."""
    with closing(stream):
        for event in stream:
            yield _searched(event, filters) if isinstance(event, Answer) else event


def _searched(answer: Answer, filters: Filters) -> Answer:
    """The answer with the frameworks that alone were searched; small talk searches nothing."""
    if not filters.frameworks or answer.mode == "conversation":
        return answer
    return replace(answer, searched=filters.frameworks)


def _readable(text: str) -> str:
    """A text as UTF-8 can write it: a terminal of another encoding, and JSON, may hand over halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8")
