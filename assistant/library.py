"""Which texts go in and out: the shipped corpus, files, folders, and lists of documents in JSON lines.

A file adds or replaces its document and never removes another; a folder also removes what came from it and is gone.
What has not changed is kept as it is. What cannot be read is refused by name, and the others go on.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableDocument
from corpus.files import files_below
from corpus.fingerprint import fingerprint
from corpus.guard import Limits, Worker
from corpus.language import LANGUAGES, detect
from corpus.manifest import read_manifest, shipped_texts
from corpus.normalise import clean
from corpus.quality import PageQuality
from corpus.section import Document, Section
from index.build import Replacing, Source, Status, build
from index.embed import Embedder
from index.records import DocumentRecord, Records
from index.reports import Report

LOADING = "2"
"""Raised when loaders give other text for the same file, so that nothing is kept that would now read differently."""

BROUGHT = "upload"
"""The origin of a document that somebody brought by the web."""

ORDINARY = Limits()

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Deposit:
    """A file that somebody brought: where it is kept, the document it becomes, and its name as it is shown.

    `groups` are those that may read it from its first day on, `None` to leave this as it is.
    """

    path: Path
    id: str
    name: str
    framework: str = ""
    date: str = ""
    groups: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What to ingest: nothing at all means the shipped corpus. `passwords` are tried on files that ask for one.

    Deposits are handed over inside the process that owns the data; they do not pass through its socket.
    """

    paths: tuple[Path, ...] = ()
    jsonl: Path | None = None
    passwords: tuple[str, ...] = ()
    deposits: tuple[Deposit, ...] = ()
    limits: Limits = ORDINARY

    @property
    def shipped(self) -> bool:
        """Whether the shipped corpus is meant."""
        return not self.paths and self.jsonl is None and not self.deposits


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document; `reason` says why it was refused."""

    path: str
    id: str
    status: Status
    reason: str = ""
    pages: int | None = None
    chunks: int = 0
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | {"seconds": round(self.seconds, 3)}


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A document that may be ingested, not read yet; `sha256` is of the bytes it is read from."""

    id: str
    path: str
    sha256: str
    title: str | None
    framework: str
    language: str
    source: str
    origin: str
    date: str
    load: Callable[[Worker], Document]
    refusal: str = ""


def ingest(
    records: Records,
    embedder: Embedder,
    request: Request,
    progress: Progress | None = None,
    replacing: Replacing = nullcontext,
) -> Iterator[Outcome]:
    """Ingest, yielding an outcome for each document as soon as it is safe on disk.

    `progress` is called with documents done, documents in all, and the name of the one at hand; `replacing` is
    entered while documents take the place of others.
    """
    _mark_stale(records)
    known = {record.id: record for record in records.documents()}
    everything = list({candidate.id: candidate for candidate in _candidates(request)}.values())
    kept = [item for item in everything if _unchanged(item, known.get(item.id))]
    kept_ids = {item.id for item in kept}
    candidates = [item for item in everything if item.id not in kept_ids]
    done = 0
    waiting: dict[str, _Candidate] = {}
    spent: dict[str, float] = {}
    refused: list[Outcome] = []
    reports: dict[str, Report] = {}

    def tell(name: str = "") -> None:
        if progress:
            progress(done, len(everything), name)

    def fresh(worker: Worker) -> Iterator[Source]:
        for candidate in candidates:
            tell(candidate.path)
            began = time.perf_counter()
            try:
                source = _read(candidate, worker)
            except UnreadableDocument as error:
                seconds = time.perf_counter() - began
                refused.append(
                    Outcome(candidate.path, candidate.id, "refused", str(error), len(error.quality) or None, 0, seconds)
                )
                if candidate.origin != BROUGHT:  # its sender is told; what it was to replace stays, and its report
                    records.put_report(_report(candidate, error.quality, seconds, str(error)))
                continue
            waiting[candidate.id] = candidate
            spent[candidate.id] = time.perf_counter() - began
            reports[candidate.id] = _report(candidate, source.document.quality, spent[candidate.id])
            yield source

    for candidate in kept:
        done += 1
        record = known[candidate.id]
        yield Outcome(candidate.path, candidate.id, "kept", pages=record.pages, chunks=record.chunks)
    with Worker(request.limits) as worker:
        for built in build(records, embedder, fresh(worker), lambda _texts: tell(), replacing):
            done += 1
            candidate = waiting.pop(built.id)
            seconds = built.seconds + spent[built.id]
            records.put_report(reports.pop(built.id))
            tell(candidate.path)
            yield Outcome(candidate.path, built.id, built.status, "", built.pages, built.chunks, seconds)
    yield from refused
    yield from _remove_gone(records, request, known.values(), {item.id for item in everything})


def _mark_stale(records: Records) -> None:
    """After a change of loaders no document is kept for its bytes, whenever it is ingested again."""
    if records.fact("loading") != LOADING:
        for record in records.documents():
            records.update(record.id, sha256="")
        records.set_fact("loading", LOADING)


def document_id(path: Path) -> str:
    """The id of a file's document: its name made plain, and a mark of where it lies, so that two files never meet.

    >>> document_id(Path("/a/Décret n° 7.pdf"))[:11]
    'decret-n-7-'
    """
    return f"{slug(path.stem)}-{hashlib.sha256(str(path).encode()).hexdigest()[:6]}"


def slug(name: str) -> str:
    """A name in small letters, digits and hyphens, at most sixty; never empty."""
    plain = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.casefold()).strip("-")[:60] or "document"


def _candidates(request: Request) -> Iterator[_Candidate]:
    if request.shipped:
        yield from _shipped()
    for deposit in request.deposits:
        yield _deposit(deposit)
    for path in request.paths:
        path = path.resolve()  # a file is the same document by whatever way it was reached
        origin = "folder" if path.is_dir() else "file"
        for file in files_below(path):
            yield _file(file, f"{origin}:{path}", request.passwords)
    if request.jsonl is not None:
        yield from _lines(request.jsonl.resolve())


def _shipped() -> Iterator[_Candidate]:
    folder = shipped_texts()
    for entry in read_manifest(folder):
        path = folder / entry.file
        yield _Candidate(
            id=entry.id,
            path=str(path),
            sha256=fingerprint(path),
            title=entry.title,
            framework=entry.framework,
            language=entry.language,
            source=entry.source,
            origin="shipped",
            date=entry.date.isoformat() if entry.date else "",
            load=_loader(path, entry.id, entry.title),
        )


def _file(path: Path, origin: str, passwords: tuple[str, ...]) -> _Candidate:
    id = document_id(path)
    digest, refusal = _digest_or_refusal(path)
    load = _loader(path, id, None, passwords)
    return _Candidate(id, str(path), digest, None, "", "", str(path), origin, "", load, refusal)


def _deposit(deposit: Deposit) -> _Candidate:
    digest, refusal = _digest_or_refusal(deposit.path)
    return _Candidate(
        id=deposit.id,
        path=deposit.name,
        sha256=digest,
        title=None,
        framework=deposit.framework,
        language="",
        source=str(deposit.path),  # where its pages are drawn from
        origin=BROUGHT,
        date=deposit.date,
        load=_loader(deposit.path, deposit.id, None, name=deposit.name),
        refusal=refusal,
    )


def _digest_or_refusal(path: Path) -> tuple[str, str]:
    try:
        return fingerprint(path), ""
    except FileNotFoundError:
        return "", "fichier introuvable"
    except OSError as error:
        return "", f"fichier illisible ({error.strerror})"


def _loader(
    path: Path, id: str, title: str | None, passwords: tuple[str, ...] = (), name: str | None = None
) -> Callable[[Worker], Document]:
    return lambda worker: worker.load(path, id, title, passwords, name)


def _lines(path: Path) -> Iterator[_Candidate]:
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        yield _refused_line(path, 0, f"liste illisible : {error}")
        return
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            id, title, text = _name(value["id"]), clean(value.get("title") or ""), clean(value["text"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            yield _refused_line(path, number, 'ligne invalide : {"id", "title", "text", "lang"} attendu')
            continue
        language = value.get("lang") if value.get("lang") in LANGUAGES else ""
        yield _Candidate(
            id=id,
            path=f"{path}#{number}",
            sha256=hashlib.sha256(f"{title}\0{text}".encode()).hexdigest(),
            title=title,
            framework=str(value.get("framework") or ""),
            language=language or "",
            source=f"{path}#{id}",
            origin=f"jsonl:{path}",
            date=str(value.get("date") or "")[:10],
            load=_given(id, title, text),
        )


def _name(value: object) -> str:
    """An id as it was given, a number as its digits; raises `ValueError` for anything that names nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("an id is a text or a whole number")
    name = str(value)
    if not name.strip() or not name.isprintable():
        raise ValueError("an id is printable and not empty")
    return name


def _given(id: str, title: str, text: str) -> Callable[[Worker], Document]:
    def load(_worker: Worker) -> Document:
        if not text.strip():
            raise UnreadableDocument("document vide")
        return Document(id, title, text, (Section(id, title, (), text, 0, None),))

    return load


def _refused_line(path: Path, number: int, reason: str) -> _Candidate:
    where = f"{path}#{number}"

    def load(_worker: Worker) -> Document:
        raise UnreadableDocument(reason)

    return _Candidate(where, where, "", None, "", "", where, f"jsonl:{path}", "", load, reason)


def _report(candidate: _Candidate, pages: Iterable[PageQuality], seconds: float, reason: str = "") -> Report:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    id = candidate.id[:200]
    return Report(id, candidate.path, "refused" if reason else "read", reason, tuple(pages), seconds, now)


def _read(candidate: _Candidate, worker: Worker) -> Source:
    if candidate.refusal:
        raise UnreadableDocument(candidate.refusal)
    document = candidate.load(worker)
    return Source(
        document=document,
        language=candidate.language or detect(document.text),
        framework=candidate.framework,
        source=candidate.source,
        origin=candidate.origin,
        date=candidate.date,
        sha256=candidate.sha256,
    )


def _unchanged(candidate: _Candidate, record: DocumentRecord | None) -> bool:
    if record is None or candidate.sha256 != record.sha256 or not candidate.sha256:
        return False
    if candidate.origin == BROUGHT and candidate.source != record.source:
        return False  # the file that it was read from will be dropped for this one
    same = candidate.title in (None, record.title) and candidate.language in ("", record.language)
    return same and candidate.framework in ("", record.framework) and candidate.date in ("", record.date)


def _remove_gone(
    records: Records, request: Request, known: Iterable[DocumentRecord], seen: set[str]
) -> Iterator[Outcome]:
    folders = [path.resolve() for path in request.paths if path.is_dir()]
    for report in records.reports() if folders else ():
        if report.document not in seen and any(report.path.startswith(f"{folder}/") for folder in folders):
            records.forget_report(report.document)
    for record in known:
        below = any(record.source.startswith(f"{folder}/") for folder in folders)
        gone = record.id not in seen and (
            (below and record.origin.startswith(("folder:", "file:")))
            or (request.shipped and record.origin == "shipped")
        )
        if gone and records.remove(record.id):
            yield Outcome(record.source, record.id, "removed", chunks=record.chunks)
