"""The product through the service that owns it: one JSON line asks, JSON lines answer, over a Unix socket.

The socket lies in the data directory with mode 0600: who can use it is who can read the data anyway. `Service` listens
in the owning process; `RemoteAssistant` is what a command holds instead of an `Assistant`.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import socketserver
import tempfile
import threading
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import AssistantError, DataBusy, ServiceFailed, UnknownDocument
from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters
from assistant.reader import Reader

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.answers.events import Event
    from assistant.answers.pump import Listener
    from assistant.briefings.briefing import Briefing
    from assistant.briefings.events import Event as DatedEvent
    from assistant.briefings.versions import Version
    from assistant.library import Outcome, Progress, Request
    from assistant.match import Match
    from assistant.operations import Operations
    from assistant.originals import Original
    from assistant.upkeep.verify import Verified
    from index.records import DocumentRecord
    from index.reports import Report

_log = logging.getLogger(__name__)
CONNECT_SECONDS = 2.0
CARRIED = {"unknown-document": UnknownDocument}
"""Errors that callers tell from the others, by what they are called on the way; the rest are `ServiceFailed`."""


class RemoteAssistant:
    """The operations of an `Assistant`, carried out by the running service."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def connect(cls, path: Path, owner: str) -> RemoteAssistant:
        """The service behind the socket; raises `DataBusy` when nothing answers there within two seconds."""
        remote = cls(path)
        try:
            next(remote._call("ping", within=CONNECT_SECONDS))
        except (OSError, StopIteration) as error:
            raise DataBusy(
                f"Le dossier {path.parent} est utilisé par le processus {owner}, qui ne répond pas. "
                "Attendez la fin de sa commande, arrêtez-le, ou donnez un autre dossier avec --data."
            ) from error
        return remote

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
        from assistant.answers.answer import Answer

        value = self._one(
            "ask",
            question=question,
            history=list(history),
            language=language,
            id=id,
            filters=asdict(filters),
            reader=_groups(reader),
        )
        return Answer.from_json(value)

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
        """As `ask`, told while it happens; closing the iterator, too, ends the language model's call."""
        from assistant.answers.events import event_from

        arguments: dict[str, Any] = {"question": question, "history": list(history), "language": language, "id": id}
        with closing(self._call("ask_stream", **arguments, filters=asdict(filters), reader=_groups(reader))) as values:
            for value in values:
                yield event_from(value)
                if listener and listener.gone:
                    return

    def search(
        self, question: str, top_k: int = 10, filters: Filters = NO_FILTERS, reader: Reader | None = None
    ) -> list[Match]:
        """The best passages of the documents that pass the filters."""
        from assistant.match import Match

        found = self._one("search", question=question, top_k=top_k, filters=asdict(filters), reader=_groups(reader))
        return [Match.from_json(value) for value in found]

    def ingest(self, request: Request, progress: Progress | None = None) -> Iterator[Outcome]:
        """Add, replace and remove documents."""
        from assistant.library import Outcome

        paths, jsonl = [str(path) for path in request.paths], str(request.jsonl) if request.jsonl else None
        for value in self._call("ingest", paths=paths, jsonl=jsonl, passwords=list(request.passwords)):
            if "progress" in value:
                if progress:
                    progress(*value["progress"])
            else:
                yield Outcome(**value)

    def documents(self, reader: Reader | None = None) -> list[DocumentRecord]:
        """Every document that the reader may read, without its text."""
        from index.records import DocumentRecord

        return [DocumentRecord(**value) for value in self._one("documents", reader=_groups(reader))]

    def text(self, document: str, reader: Reader | None = None) -> str:
        """A document's text."""
        return str(self._one("text", document=document, reader=_groups(reader)))

    def texts(self, documents: Collection[str], reader: Reader | None = None) -> dict[str, str]:
        """The texts of documents that the reader may read, by id."""
        return dict(self._one("texts", documents=sorted(documents), reader=_groups(reader)))

    def original(self, document: str, reader: Reader | None = None) -> Original | None:
        """The PDF that a document was read from, if any; raises `UnknownDocument` as `text` does."""
        from assistant.originals import Original

        value = self._one("original", document=document, reader=_groups(reader))
        return Original(Path(value["path"]), value["sha256"]) if value else None

    def reports(self) -> list[Report]:
        """What was read of each document, page by page, refused ones included."""
        from index.reports import Report

        return [Report.from_json(value) for value in self._one("reports")]

    def remove(self, document: str) -> None:
        """Remove a document."""
        self._one("remove", document=document)

    def timeline(
        self,
        framework: str = "",
        start: date | None = None,
        end: date | None = None,
        reader: Reader | None = None,
    ) -> list[DatedEvent]:
        """The dated events of a framework or body, or of all."""
        from assistant.briefings.events import Event as DatedEvent

        told = self._one("timeline", framework=framework, start=_day(start), end=_day(end), reader=_groups(reader))
        return [DatedEvent.from_json(value) for value in told]

    def frameworks_told(self, reader: Reader | None = None) -> list[dict[str, Any]]:
        """Each framework with its names and documents."""
        return list(self._one("frameworks", reader=_groups(reader)))

    @property
    def model(self) -> str:
        """The name of the service's language model; `""` where none is set."""
        return str(self._one("model"))

    def briefing(self, framework: str, reader: Reader | None = None, language: str = "") -> Briefing:
        """What the texts tell of a framework or body, with the summary kept in a language."""
        from assistant.briefings.briefing import Briefing

        told = self._one("briefing", framework=framework, language=language, reader=_groups(reader))
        return Briefing.from_json(told)

    def summarised(
        self, framework: str, language: str, reader: Reader | None = None, listener: Listener | None = None
    ) -> Briefing:
        """The briefing with its summary; whoever interrupts this call, or has left before it, ends the model's."""
        from assistant.briefings.briefing import Briefing

        if listener and listener.gone:
            return self.briefing(framework, reader, language)
        with closing(
            self._call("summarised", framework=framework, language=language, reader=_groups(reader))
        ) as values:
            return Briefing.from_json(next(values))

    def versions(self, framework: str, reader: Reader | None = None) -> list[Version]:
        """The versions of a briefing, newest first, and what has changed since each."""
        from assistant.briefings.versions import Version

        return [
            Version.from_json(value) for value in self._one("versions", framework=framework, reader=_groups(reader))
        ]

    def grant(self, document: str, groups: Sequence[str]) -> None:
        """Let these groups read a document, and from now on only its groups."""
        self._one("grant", document=document, groups=list(groups))

    def revoke(self, document: str, groups: Sequence[str]) -> None:
        """Take a document from these groups."""
        self._one("revoke", document=document, groups=list(groups))

    def open_to_all(self, document: str) -> None:
        """Let every reader read a document."""
        self._one("open_to_all", document=document)

    def readers(self) -> dict[str, tuple[str, ...]]:
        """The groups of each restricted document."""
        return {document: tuple(groups) for document, groups in self._one("readers").items()}

    def ready(self) -> bool:
        """Whether questions can be answered now."""
        return bool(self._one("ready"))

    def verify(self) -> Verified:
        """Whether everything is what was written."""
        from assistant.upkeep.verify import Verified

        return Verified.from_json(self._one("verify"))

    def close(self) -> None:
        """Nothing is held between calls."""

    def _one(self, operation: str, **arguments: Any) -> Any:
        return next(self._call(operation, **arguments))

    def _call(self, operation: str, within: float | None = None, **arguments: Any) -> Generator[Any, None, None]:
        """The values that the service answers with; each is waited for `within` seconds, or as long as it takes."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(CONNECT_SECONDS)
            with _short(self._path) as address:
                connection.connect(address)
            connection.settimeout(within)
            connection.sendall(json.dumps({"operation": operation, **arguments}).encode() + b"\n")
            with connection.makefile("r", encoding="utf-8") as lines:
                for line in lines:
                    message = json.loads(line)
                    if "error" in message:
                        raise CARRIED.get(message.get("kind", ""), ServiceFailed)(message["error"])
                    yield message["value"]


class Service:
    """Listens on the socket until closed; each connection is one operation, in a thread of its own."""

    def __init__(self, operations: Operations, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        before = os.umask(0o177)
        try:
            with _short(path) as address:
                self._server = _Server(address, operations)
        finally:
            os.umask(before)
        self._thread = threading.Thread(target=self._server.serve_forever, name="service", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: str, operations: Operations) -> None:
        self.operations = operations
        super().__init__(path, _Handler)


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):
            try:
                request = json.loads(self.rfile.readline(10_000_000))
                for value in _carry_out(self.server.operations, request, self._send, self._listener):
                    self._send({"value": value})
            except AssistantError as error:
                kinds = [kind for kind, carried in CARRIED.items() if isinstance(error, carried)]
                self._send({"error": str(error), **({"kind": kinds[0]} if kinds else {})})
            except (BrokenPipeError, ConnectionResetError):
                raise
            except Exception:
                _log.exception("an operation failed")
                self._send({"error": "Le service a rencontré une erreur ; son journal en dit la cause."})

    def _listener(self) -> Listener:
        """Leaves when the other end hangs up, which a reader of its silence learns first."""
        from assistant.answers.pump import Listener

        listener = Listener()

        def wait() -> None:
            with suppress(OSError):
                self.connection.recv(1)
            listener.leave()

        threading.Thread(target=wait, name="listener", daemon=True).start()
        return listener

    def _send(self, message: Mapping[str, Any]) -> None:
        self.wfile.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
        self.wfile.flush()


def _carry_out(
    operations: Operations, request: dict[str, Any], send: Any, listener: Callable[[], Listener]
) -> Iterator[Any]:
    from assistant.library import Request

    operation = request.pop("operation")
    filters = Filters(**{name: _tupled(value) for name, value in request.pop("filters", {}).items()})
    groups = request.pop("reader", None)
    reader = None if groups is None else Reader(tuple(groups))
    if operation == "ping":
        yield "pong"
    elif operation == "ask":
        yield operations.ask(**request, filters=filters, reader=reader).to_json()
    elif operation == "ask_stream":
        from assistant.answers.events import event_json

        for event in operations.ask_stream(**request, filters=filters, listener=listener(), reader=reader):
            yield event_json(event)
    elif operation == "search":
        yield [match.to_json() for match in operations.search(**request, filters=filters, reader=reader)]
    elif operation == "ingest":
        jsonl = Path(request["jsonl"]) if request["jsonl"] else None
        wanted = Request(tuple(map(Path, request["paths"])), jsonl, tuple(request.get("passwords", ())))
        for outcome in operations.ingest(wanted, lambda *step: send({"value": {"progress": step}})):
            yield outcome.to_json()
    elif operation == "documents":
        yield [asdict(record) for record in operations.documents(reader)]
    elif operation == "reports":
        yield [report.to_json() for report in operations.reports()]
    elif operation == "text":
        yield operations.text(request["document"], reader)
    elif operation == "texts":
        yield operations.texts(request["documents"], reader)
    elif operation == "original":
        found = operations.original(request["document"], reader)
        yield {"path": str(found.path), "sha256": found.sha256} if found else None
    elif operation == "timeline":
        start, end = (date.fromisoformat(value) if value else None for value in (request["start"], request["end"]))
        yield [event.to_json() for event in operations.timeline(request["framework"], start, end, reader)]
    elif operation == "frameworks":
        yield operations.frameworks_told(reader)
    elif operation == "briefing":
        yield operations.briefing(request["framework"], reader, request.get("language", "")).to_json()
    elif operation == "summarised":
        yield operations.summarised(request["framework"], request["language"], reader, listener()).to_json()
    elif operation == "model":
        yield operations.model
    elif operation == "versions":
        yield [version.to_json() for version in operations.versions(request["framework"], reader)]
    elif operation == "ready":
        yield operations.ready()
    elif operation == "verify":
        yield operations.verify().to_json()
    elif operation == "readers":
        yield operations.readers()
    elif operation in ("grant", "revoke"):
        getattr(operations, operation)(request["document"], request["groups"])
        yield True
    elif operation == "open_to_all":
        operations.open_to_all(request["document"])
        yield True
    elif operation == "remove":
        operations.remove(request["document"])
        yield True
    else:
        raise ServiceFailed(f"Opération inconnue : {operation!r}. Le service et la commande sont-ils de même version ?")


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _groups(reader: Reader | None) -> list[str] | None:
    return None if reader is None else list(reader.groups)


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """A socket's address, through a link for as long as it takes when the path is beyond the system's 107 bytes."""
    if len(os.fsencode(path)) <= 100:
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="cooperation-") as folder:
        link = Path(folder) / "data"
        link.symlink_to(path.parent.absolute())
        yield str(link / path.name)
