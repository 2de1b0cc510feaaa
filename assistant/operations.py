"""What can be asked of the product: the one interface of the terminal, the browser, scripts and evaluations.

`assistant.assistant` does it here, `assistant.remote` in the service that owns the data directory. Opens nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.answers.events import Event
    from assistant.answers.llm import Listener
    from assistant.briefings.briefing import Briefing
    from assistant.briefings.events import Event as DatedEvent
    from assistant.briefings.versions import Version
    from assistant.library import Outcome, Progress, Request
    from assistant.match import Match
    from assistant.originals import Original
    from assistant.reader import Reader
    from assistant.upkeep.verify import Verified
    from index.records import DocumentRecord
    from index.reports import Report


class Operations(Protocol):
    """What can be asked of the product, here or in the service that owns the data directory."""

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
        ...

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
        """As `ask`, told while it happens: steps, sentences kept and removed, and the answer last.

        Once the listener leaves, the language model's call ends.
        """
        ...

    def search(
        self, question: str, top_k: int = 10, filters: Filters = NO_FILTERS, reader: Reader | None = None
    ) -> list[Match]:
        """The best passages of the documents that pass the filters."""
        ...

    def ingest(self, request: Request, progress: Progress | None = None) -> Iterator[Outcome]:
        """Add, replace and remove documents."""
        ...

    def documents(self, reader: Reader | None = None) -> list[DocumentRecord]:
        """Every document that the reader may read, without its text."""
        ...

    def text(self, document: str, reader: Reader | None = None) -> str:
        """A document's text, in which all offsets count; one that the reader may not read does not exist."""
        ...

    def texts(self, documents: Collection[str], reader: Reader | None = None) -> dict[str, str]:
        """The texts of documents, by id, as they are now; those that the reader may not read are left out."""
        ...

    def original(self, document: str, reader: Reader | None = None) -> Original | None:
        """The PDF that a document was read from, if any; raises `UnknownDocument` as `text` does."""
        ...

    def grant(self, document: str, groups: Sequence[str]) -> None:
        """Let these groups read a document, and from now on only its groups."""
        ...

    def revoke(self, document: str, groups: Sequence[str]) -> None:
        """Take a document from these groups; it does not become open for that."""
        ...

    def open_to_all(self, document: str) -> None:
        """Let every reader read a document."""
        ...

    def readers(self) -> dict[str, tuple[str, ...]]:
        """The groups of each restricted document; one that is missing is open to all."""
        ...

    def reports(self) -> list[Report]:
        """What was read of each document, page by page, refused ones included."""
        ...

    def remove(self, document: str) -> None:
        """Remove a document."""
        ...

    def timeline(
        self,
        framework: str = "",
        start: date | None = None,
        end: date | None = None,
        reader: Reader | None = None,
    ) -> list[DatedEvent]:
        """The dated events of a framework or body, or of all, oldest first; raises `UnknownFramework`."""
        ...

    def frameworks_told(self, reader: Reader | None = None) -> list[dict[str, Any]]:
        """Each framework: `{"id", "names", "documents", "bodies"}`."""
        ...

    @property
    def model(self) -> str:
        """The name of the language model that words answers and summaries; `""` where none is set."""
        ...

    def briefing(self, framework: str, reader: Reader | None = None, language: str = "") -> Briefing:
        """What the texts that the reader may read tell of a framework or body; raises `UnknownFramework`.

        With a language, its summary comes with it if one is kept.
        """
        ...

    def summarised(
        self, framework: str, language: str, reader: Reader | None = None, listener: Listener | None = None
    ) -> Briefing:
        """The briefing with its summary in a language, made now where none is kept; without, where no model is set."""
        ...

    def versions(self, framework: str, reader: Reader | None = None) -> list[Version]:
        """The versions of a briefing that this reader was told, newest first, and what has changed since each."""
        ...

    def ready(self) -> bool:
        """Whether questions can be answered now."""
        ...

    def verify(self) -> Verified:
        """Whether every text, passage and vector is what was written, and the index made of them."""
        ...

    def close(self) -> None:
        """Let go of everything held."""
        ...
