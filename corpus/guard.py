"""Files from outside are parsed in a child process, so that what they do to a parser they do to the child.

Parsers are written for files that mean well. A child may loop, eat memory or crash: the parent sets its limits, waits
no longer than they say, and turns each of these ends into a reason a person understands. The child is a fresh
interpreter (`python -m corpus.guard`), not a fork: it shares no memory, no open file and no lock with the service. It
reads many files one after the other, because its start costs more than most files do; it is replaced after
`Worker.FILES` of them, and whenever it misbehaved.

Limits of the child: address space, processor time (counted anew for each file), no core dump, few open files, a low
priority. The parent adds a wall clock of twice the processor time. Best effort, no network: an empty network namespace
where the kernel allows one, and in any case Python's sockets no longer connect; no loader opens a connection anyway.
What crosses the pipe is JSON, one line a message, of bounded length: nothing that a child could send is ever executed.
"""

from __future__ import annotations

import json
import math
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from corpus.confine import allow_cpu, confine
from corpus.errors import NeedsOffice, UnreadableDocument
from corpus.load import MAX_BYTES, MAX_CHARACTERS, MAX_PAGES, load, name_from, spaced
from corpus.ocr import pages_to_read, recognise
from corpus.office import converted
from corpus.quality import PageQuality
from corpus.recognised import Recognised
from corpus.section import Document, Section
from corpus.tools import Tools

_FREE_PAGES = 60  # pages that the processor time covers; each further page adds a second
_MOST_SECTIONS = 100_000
_START_SECONDS = 30.0
_TOO_LONG = "lecture interrompue : ce document demande trop de temps"
_TOO_MUCH = "lecture interrompue : ce document demande trop de mémoire"
_CRASHED = "lecture interrompue : ce document fait échouer le lecteur"
_NO_START = "le lecteur de documents n’a pas pu démarrer"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: bytes, processor seconds, bytes of address space, pages, code points of text.

    A page that is recognised has `ocr_seconds` of its own, LibreOffice `office_seconds` and `office_bytes`.
    """

    file_bytes: int = MAX_BYTES
    cpu_seconds: int = 60
    memory_bytes: int = 1 << 30
    pages: int = MAX_PAGES
    characters: int = MAX_CHARACTERS
    ocr_seconds: int = 60
    office_seconds: int = 60
    office_bytes: int = 3 << 30

    def cpu_for(self, pages: int) -> int:
        """Processor seconds for a document of `pages` pages."""
        return self.cpu_seconds + max(0, pages - _FREE_PAGES)

    def wall_for(self, pages: int) -> float:
        """Seconds on the wall clock for a document of `pages` pages."""
        return 2.0 * self.cpu_for(pages)


_DEFAULT = Limits()


def load_guarded(path: Path, id: str, title: str | None = None, limits: Limits = _DEFAULT) -> Document:
    """Read one file in a child that ends with it; for many files use a `Worker`.

    Raises `UnreadableDocument` with a French reason, whatever the file does.
    """
    with Worker(limits) as worker:
        return worker.load(path, id, title)


class Worker:
    """A child that reads files, started at the first one. Leave it by `with` or `close`: then no process is left.

    One file at a time: calls from several threads wait for each other.
    """

    FILES: ClassVar[int] = 100

    def __init__(self, limits: Limits = _DEFAULT, tools: Tools | None = None) -> None:
        self.limits = limits
        self.tools = Tools.find() if tools is None else tools
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._read = b""
        self._served = 0
        self._idle = False  # the child answered, and is fit for the next file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """Number of the child's process, `None` while there is none."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child and wait for its end."""
        with self._lock:
            self._end()

    def load(
        self,
        path: Path,
        id: str,
        title: str | None = None,
        passwords: Sequence[str] = (),
        name: str | None = None,
    ) -> Document:
        """Read the file at `path`; raises `UnreadableDocument` with a French reason, whatever the file does.

        Old formats go through LibreOffice, pages without words of their own through Tesseract, where these are at hand.
        `name` is what its owner called a file that is kept under another name.
        """
        with self._lock:
            named = None if name is None else name_from(Path(name))
            request: dict[str, object] = {"path": str(path.absolute()), "id": id, "title": title, "name": named}
            request |= {"passwords": list(passwords), "office": self.tools.soffice is not None}
            try:
                return self._recognised(path, request, passwords)
            except NeedsOffice as needed:
                if self.tools.soffice is None:
                    raise
                return self._converted(path, request, needed.target, self.tools.soffice)

    def _converted(self, path: Path, request: Mapping[str, object], target: str, soffice: str) -> Document:
        limits = self.limits
        try:
            with converted(
                path, target, soffice, cpu_seconds=limits.office_seconds, memory_bytes=limits.office_bytes
            ) as made:
                named = request["name"] or name_from(path)
                return self._ask({**request, "path": str(made), "name": named})
        except UnreadableDocument:
            if path.suffix.lower() == ".rtf":  # read with less, but read
                return self._ask({**request, "office": False})
            raise

    def _recognised(self, path: Path, request: Mapping[str, object], passwords: Sequence[str]) -> Document:
        """Read a file; where pages want a recogniser and there is one, read it again with what that gave."""
        document: Document | None = None
        refused: UnreadableDocument | None = None
        try:
            document = self._ask(request)
        except UnreadableDocument as error:
            refused = error
        wanted = pages_to_read(document.quality if document else refused.quality if refused else ())
        if wanted and self.tools.tesseract is not None:
            limits = self.limits
            read = recognise(
                path,
                wanted,
                self.tools.tesseract,
                cpu_seconds=limits.ocr_seconds,
                memory_bytes=limits.memory_bytes,
                passwords=passwords,
            )
            return self._ask({**request, "recognised": {number: page.to_json() for number, page in read.items()}})
        if document is None:
            assert refused is not None
            raise refused
        return document

    def _ask(self, request: Mapping[str, object]) -> Document:
        """One request to the child, and the document it describes."""
        if self._served >= self.FILES or (self._child and self._child.poll() is not None):
            self._end()
        try:
            if self._child is None:
                self._start()
            self._served += 1
            self._send(request)
            return _document(self._reply(), str(request["id"]))
        except BaseException:
            # Refused, overrun, or interrupted by the user: in each case a child that is fit to go on said so.
            if self._child is not None and not self._idle:
                self._end()
            raise

    # --- the child's life ---

    def _start(self) -> None:
        root = Path(__file__).resolve().parent.parent
        self._read, self._served, self._idle = b"", 0, False
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "corpus.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1"},  # nothing of the service's environment, secrets least
            start_new_session=True,  # an interrupt typed at the terminal is the parent's to handle
        )
        self._send(asdict(self.limits))
        try:
            if self._message(time.monotonic() + _START_SECONDS) != {"ready": True}:
                raise UnreadableDocument(_NO_START)
        except UnreadableDocument as error:
            raise UnreadableDocument(_NO_START) from error

    def _end(self) -> None:
        if self._child is None:
            return
        child, self._child, self._idle = self._child, None, False
        child.kill()  # it holds nothing worth a farewell
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was left to write has no reader
                    pipe.close()
        self._read = b""

    # --- messages ---

    def _send(self, message: Mapping[str, object]) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        self._idle = False
        with suppress(OSError):  # the child is gone: reading its answer says how
            self._child.stdin.write(json.dumps(message).encode() + b"\n")
            self._child.stdin.flush()

    def _reply(self) -> dict[str, Any]:
        """Wait for the answer to a request; a word of its length in pages gives it more time."""
        started = time.monotonic()
        deadline = started + self.limits.wall_for(0)
        while True:
            message = self._message(deadline)
            pages = message.get("pages")
            if set(message) == {"pages"} and isinstance(pages, int):
                deadline = started + self.limits.wall_for(min(pages, self.limits.pages))
                continue
            self._idle = message.get("fit") is True
            return message

    def _message(self, deadline: float) -> dict[str, Any]:
        line = self._line(deadline)
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableDocument(_CRASHED) from error
        if not isinstance(message, dict):
            raise UnreadableDocument(_CRASHED)
        return message

    def _line(self, deadline: float) -> bytes:
        assert self._child is not None
        assert self._child.stdout is not None
        longest = 6 * self.limits.characters + 10_000_000
        descriptor = self._child.stdout.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        parts = [self._read]
        length = len(self._read)
        while b"\n" not in parts[-1]:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(math.ceil(left * 1000)):
                raise UnreadableDocument(_TOO_LONG)
            part = os.read(descriptor, 1 << 16)
            if not part:
                raise UnreadableDocument(self._why_gone())
            parts.append(part)
            length += len(part)
            if length > longest:
                raise UnreadableDocument(
                    f"document trop volumineux : {spaced(self.limits.characters)} caractères au plus"
                )
        line, _, self._read = b"".join(parts).partition(b"\n")
        return line

    def _why_gone(self) -> str:
        assert self._child is not None
        try:
            code = self._child.wait(5)
        except subprocess.TimeoutExpired:
            return _CRASHED
        return {-signal.SIGXCPU: _TOO_LONG, -signal.SIGKILL: _TOO_MUCH}.get(code, _CRASHED)


def _document(reply: Mapping[str, Any], id: str) -> Document:
    """Build the document that the child describes: sections are cut here, so that they are spans of the text."""
    try:
        quality = tuple(PageQuality.from_json(page) for page in reply.get("quality", ()))
    except (AttributeError, TypeError) as error:
        raise UnreadableDocument(_CRASHED) from error
    if isinstance(reason := reply.get("refused"), str):
        if reply.get("convert") in ("docx", "xlsx"):
            raise NeedsOffice(reason, reply["convert"])
        raise UnreadableDocument(reason, quality)
    text, title, pages, spans = (reply.get(key) for key in ("text", "title", "pages", "sections"))
    if not (isinstance(text, str) and isinstance(title, str) and isinstance(spans, list)):
        raise UnreadableDocument(_CRASHED)
    sections: list[Section] = []
    done = 0
    for span in spans:
        try:
            start, end, page, headings, ocr = span
            sound = done <= start < end <= len(text) and all(isinstance(heading, str) for heading in headings)
            sound = sound and (page is None or isinstance(page, int)) and isinstance(ocr, bool)
        except (TypeError, ValueError):
            sound = False
        if not sound:
            raise UnreadableDocument(_CRASHED)
        sections.append(Section(id, title, tuple(headings), text[start:end], start, page, ocr))
        done = end
    return Document(id, title, text, tuple(sections), pages if isinstance(pages, int) else None, quality)


# --- in the child ----------------------------------------------------------------------------------------------------


def main() -> None:
    """Serve files until the pipe closes: limits on the first line, then one request a line."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)  # whatever a library prints must not end up among the replies
    limits = Limits(**json.loads(requests.readline()))
    confine(limits.memory_bytes)
    _write(replies, {"ready": True})
    for line in requests:
        answer = _serve(json.loads(line), limits, replies)
        _write(replies, answer)
        if not answer["fit"]:
            return


def _write(replies: Any, message: Mapping[str, object]) -> None:
    replies.write(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    replies.flush()


def _serve(request: Mapping[str, Any], limits: Limits, replies: Any) -> dict[str, object]:
    """Read one file; the answer says whether this process is fit for another."""
    allow_cpu(limits.cpu_for(0))

    def announce(pages: int) -> None:
        allow_cpu(limits.cpu_for(pages) - math.ceil(time.process_time() - started))
        _write(replies, {"pages": pages})

    started = time.process_time()
    try:
        document = load(
            Path(request["path"]),
            request["id"],
            request["title"],
            max_bytes=limits.file_bytes,
            max_pages=limits.pages,
            max_characters=limits.characters,
            announce=announce,
            name=request.get("name"),
            passwords=request.get("passwords", ()),
            recognised={int(n): Recognised.from_json(page) for n, page in request.get("recognised", {}).items()},
            office=request.get("office", False),
        )
        if len(document.sections) > _MOST_SECTIONS:
            raise UnreadableDocument("document trop morcelé : plus de 100 000 sections")
    except NeedsOffice as needed:
        return {"refused": str(needed), "convert": needed.target, "fit": True}
    except UnreadableDocument as refused:
        return {"refused": str(refused), "quality": [page.to_json() for page in refused.quality], "fit": True}
    except MemoryError:
        return {"refused": _TOO_MUCH, "fit": False}
    except RecursionError:
        return {"refused": "document illisible : structure trop imbriquée", "fit": False}
    except Exception:  # a loader's own fault is the document's end, not the service's
        return {"refused": _CRASHED, "fit": False}
    spans = [[s.start, s.end, s.page, s.headings, s.ocr] for s in document.sections]
    return {
        "title": document.title,
        "text": document.text,
        "pages": document.pages,
        "sections": spans,
        "quality": [page.to_json() for page in document.quality],
        "fit": True,
    }


if __name__ == "__main__":
    main()
