"""The library as people look after it: bring files, see what became of them, describe, reserve, replace, remove.

Managing documents is not reading them: somebody manages those they may read, and those they brought themselves, of
which they then see the line and never the text. Who may manage at all is for the pages to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from assistant.accounts import store as accounts
from assistant.accounts.account import Clock
from assistant.accounts.audit import Audit
from assistant.accounts.database import Database
from assistant.accounts.tokens import new_id
from assistant.errors import UnknownDocument
from assistant.library import Outcome, Request
from assistant.reader import Reader, hidden
from assistant.uploads import store
from assistant.uploads.arrival import Arrival, Disk, real_disk
from assistant.uploads.dates import iso_date
from assistant.uploads.names import extension, id_for, shown_name
from assistant.uploads.settings import UploadSettings
from assistant.uploads.upload import NotDescribed, State, Upload, UploadRefused, Who
from corpus.kinds import SUPPORTED
from corpus.quality import PageQuality
from corpus.section import Document
from index.records import DocumentRecord

FOLDER: Final = "uploads"


class Product(Protocol):
    """What of the product is needed here."""

    def ingest(self, request: Request) -> Iterator[Outcome]:
        """Add and replace documents."""
        ...

    def documents(self, reader: Reader | None = None) -> list[DocumentRecord]:
        """The documents that a reader may read."""
        ...

    def document(self, document: str, reader: Reader | None = None) -> Document:
        """One with its sections."""
        ...

    def quality(self, document: str, reader: Reader | None = None) -> tuple[PageQuality, ...]:
        """What was read of each of its pages."""
        ...

    def describe(self, document: str, framework: str, date: str) -> None:
        """Say its framework and its day."""
        ...

    def remove(self, document: str) -> None:
        """Remove it."""
        ...

    def grant(self, document: str, groups: Sequence[str]) -> None:
        """Let groups read it."""
        ...

    def revoke(self, document: str, groups: Sequence[str]) -> None:
        """Take it from groups."""
        ...

    def open_to_all(self, document: str) -> None:
        """Let everybody read it."""
        ...

    def readers(self) -> dict[str, tuple[str, ...]]:
        """The groups of each restricted document."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in the library: its file if somebody brought it, and who may read it (`None`: everybody).

    `readable` is false for a document that somebody brought and is not of those who may read it.
    """

    record: DocumentRecord
    upload: Upload | None
    groups: tuple[str, ...] | None
    readable: bool
    changing: bool = False


class Holdings:
    """Files in the data directory, their lines in the database, their documents in the product."""

    def __init__(
        self,
        product: Product,
        database: Database,
        data: Path,
        settings: UploadSettings,
        clock: Clock,
        disk: Disk = real_disk,
    ) -> None:
        self.settings, self.clock = settings, clock
        self._product, self._database, self._disk = product, database, disk
        self.folder, self._audit = data / FOLDER, Audit(clock)
        self.wake: Callable[[], None] = lambda: None

    # ---- what comes in -------------------------------------------------------------------------------------------

    def begin(self, who: Who, given: str, document: str = "") -> Arrival:
        """A file that begins to arrive, to replace `document` if one is named; raises `UploadRefused`."""
        name = shown_name(given)
        suffix = extension(name)
        if suffix not in SUPPORTED:
            raise UploadRefused("kind", known=", ".join(SUPPORTED))
        if document:
            self._managed(who, document)
        with self._database.reading() as connection:
            files, weight = store.usage(connection, who.owner)
        if files >= self.settings.quota_files:
            raise UploadRefused("quota-files", most=self.settings.quota_files)
        left = self.settings.quota_bytes - weight
        return Arrival(self.folder, new_id(), name, suffix, self.settings, left, self._disk)

    def accept(self, who: Who, arrival: Arrival, document: str = "", groups: Collection[str] | None = None) -> Upload:
        """A file that is all there waits to be read; raises `UploadRefused` where others took the place meanwhile."""
        arrival.finish()
        upload = Upload(
            id=arrival.id,
            document=document or id_for(arrival.name, arrival.id),
            owner=who.owner,
            by=who.name,
            name=arrival.name,
            suffix=arrival.suffix,
            bytes=arrival.bytes,
            state=State.WAITING,
            groups=None if document or groups is None else tuple(sorted(groups)),
            replaces=bool(document),
            made_at=self.clock(),
        )
        try:
            with self._database.writing() as connection:
                files, weight = store.usage(connection, who.owner)
                if files >= self.settings.quota_files:
                    raise UploadRefused("quota-files", most=self.settings.quota_files)
                if weight + upload.bytes > self.settings.quota_bytes:
                    raise UploadRefused("quota-bytes", most=self.settings.quota_megabytes)
                store.add(connection, upload)
                action = "replace" if document else "upload"
                self._audit.write(connection, action, who.actor, upload.document, detail=upload.name)
                if upload.groups is not None:
                    self._audit.write(connection, "grant", who.actor, upload.document, detail=", ".join(upload.groups))
        except BaseException:
            arrival.drop()
            raise
        self.wake()
        return upload

    def refuse(self, who: Who, given: str, refusal: UploadRefused, document: str = "") -> Upload:
        """Keep a line of a file that was not taken in, so that its sender reads why."""
        name, now = shown_name(given), self.clock()
        upload = Upload(
            id=new_id(),
            document=document,
            owner=who.owner,
            by=who.name,
            name=name,
            suffix=extension(name),
            bytes=0,
            state=State.REFUSED,
            code=refusal.code,
            replaces=bool(document),
            made_at=now,
            done_at=now,
        )
        with self._database.writing() as connection:
            store.add(connection, upload)
            store.prune(connection, who.owner)
        return upload

    def of(self, who: Who) -> list[Upload]:
        """Somebody's files that are on their way or were refused, the newest first."""
        with self._database.reading() as connection:
            return [upload for upload in store.of_owner(connection, who.owner) if upload.state is not State.INDEXED]

    def one(self, who: Who, id: str) -> Upload | None:
        """One of somebody's files, whatever became of it."""
        with self._database.reading() as connection:
            return next((upload for upload in store.of_owner(connection, who.owner) if upload.id == id), None)

    def dismiss(self, who: Who, id: str) -> None:
        """Drop the line of one's own refused file, or a file that still waits."""
        with self._database.writing() as connection:
            mine = [one for one in store.of_owner(connection, who.owner) if one.id == id]
            gone = [one for one in mine if one.state in (State.REFUSED, State.WAITING)]
            store.forget(connection, [one.id for one in gone])
            for one in gone:
                if one.state is State.WAITING:
                    self._audit.write(connection, "cancel", who.actor, one.document, detail=one.name)
        for one in gone:
            (self.folder / one.file).unlink(missing_ok=True)

    # ---- what is there -------------------------------------------------------------------------------------------

    def entries(self, who: Who, manages: bool) -> list[Entry]:
        """The documents that somebody may read; who manages also sees the lines of those they brought."""
        with self._database.reading() as connection:
            brought: dict[str, list[Upload]] = {}
            for upload in store.of_documents(connection):
                brought.setdefault(upload.document, []).append(upload)
        readers = self._product.readers()
        closed = hidden(who.reader, readers)
        found = []
        for record in self._product.documents():
            files = brought.get(record.id, [])
            entry = _entry(record, files, readers.get(record.id), record.id not in closed)
            own = manages and entry.upload is not None and entry.upload.owner == who.owner
            if entry.readable or own:
                found.append(entry)
        return found

    def entry(self, who: Who, document: str, manages: bool) -> Entry:
        """One of them; raises `UnknownDocument`."""
        for entry in self.entries(who, manages):
            if entry.record.id == document:
                return entry
        raise UnknownDocument(f"Aucun document {document!r}.")

    def document(self, who: Who, document: str) -> Document:
        """A document with its sections; raises `UnknownDocument` for who may not read it, whoever brought it."""
        return self._product.document(document, who.reader)

    def quality(self, who: Who, document: str) -> tuple[PageQuality, ...]:
        """What was read of its pages."""
        return self._product.quality(document, who.reader)

    def original(self, who: Who, document: str) -> tuple[Path, str] | None:
        """The file that a document was read from, and its name; `None` where none was brought, or is not for them."""
        with suppress(UnknownDocument):
            entry = self.entry(who, document, manages=False)
            path = self.folder / entry.upload.file if entry.upload else None
            if entry.upload and path and path.is_file():
                return path, entry.upload.name
        return None

    def kept(self, document: str) -> Path | None:
        """Where the file of a document lies that somebody brought; asked only for whoever may read the document."""
        with self._database.reading() as connection:
            files = store.of_documents(connection, [document])
        kept = next((self.folder / one.file for one in files if one.state is State.INDEXED), None)
        return kept if kept and kept.is_file() else None

    def groups(self, who: Who) -> list[str]:
        """The groups that a document can be reserved for: those somebody is in, and those of documents one sees."""
        with self._database.reading() as connection:
            known = set(accounts.groups(connection))
        return sorted(known.union(*(entry.groups or () for entry in self.entries(who, manages=True))))

    # ---- what is done to it --------------------------------------------------------------------------------------

    def describe(self, who: Who, document: str, framework: str, date: str, known: Collection[str]) -> None:
        """Say a document's framework (one of `known`, or none) and its day, month or year; raises `NotDescribed`."""
        entry = self._managed(who, document)
        if framework and framework not in known:
            raise NotDescribed("framework")
        day = iso_date(date) if date.strip() else ""
        if day is None:
            raise NotDescribed("date")
        if (framework, day) != (entry.record.framework, entry.record.date):
            self._product.describe(document, framework, day)
            self._note(who, "describe", document, ", ".join(filter(None, (framework, day))))

    def reserve(self, who: Who, document: str, groups: Collection[str] | None) -> None:
        """Say which groups may read a document, `None` for everybody; counts at the next question."""
        before = self._managed(who, document).groups
        if groups is None:
            if before is not None:
                self._product.open_to_all(document)
                self._note(who, "open", document)
            return
        added, taken = sorted(set(groups) - set(before or ())), sorted(set(before or ()) - set(groups))
        if taken or before is None:  # closed first: at no moment do more read it than before or after
            self._product.revoke(document, taken)
        if taken:
            self._note(who, "revoke", document, ", ".join(taken))
        if added or before is None:
            self._product.grant(document, added)
            self._note(who, "grant", document, ", ".join(added))

    def remove(self, who: Who, document: str) -> None:
        """Remove a document and its files; raises `UnknownDocument`."""
        self._managed(who, document)
        self._product.remove(document)
        self._drop(document)
        self._note(who, "remove", document)

    # ---- reading, one at a time ----------------------------------------------------------------------------------

    def recover(self) -> None:
        """After a start: what was being read waits again; no piece is left, nor what a removed document left behind."""
        there = {record.id for record in self._product.documents()}
        with self._database.writing() as connection:
            store.put_back(connection)
            files = store.of_documents(connection)
            gone = [one.id for one in files if one.state is State.INDEXED and one.document not in there]
            store.forget(connection, gone)
            known = {one.file for one in files if one.state is not State.REFUSED and one.id not in gone}
        for path in self.folder.glob("*"):
            if path.name not in known:
                path.unlink(missing_ok=True)

    def next(self) -> Upload | None:
        """The oldest file that waits, from now on being read."""
        with self._database.writing() as connection:
            return store.claim(connection)

    def settle(self, upload: Upload, code: str = "", reason: str = "") -> None:
        """A file was read, or refused with a code; what it replaced goes, and it goes itself when refused."""
        state, now = (State.REFUSED if code else State.INDEXED), self.clock()
        with self._database.writing() as connection:
            there = store.settle(connection, upload.id, state=state, code=code, reason=reason, done_at=now)
            if code and there:
                store.prune(connection, upload.owner)
        if code:
            (self.folder / upload.file).unlink(missing_ok=True)
        elif there:
            self._drop(upload.document, but=upload.id)
        else:  # its document was removed while it was read
            with suppress(UnknownDocument):
                self._product.remove(upload.document)

    def describe_as_now(self, upload: Upload) -> tuple[str, str]:
        """The framework and the day of the document that a file replaces, as they are now; nothing for a new one."""
        found = [record for record in self._product.documents() if record.id == upload.document]
        return (found[0].framework, found[0].date) if found else ("", "")

    # ---- inside --------------------------------------------------------------------------------------------------

    def _managed(self, who: Who, document: str) -> Entry:
        return self.entry(who, document, manages=True)

    def _drop(self, document: str, but: str = "") -> None:
        """Drop the files of a document and their lines; beside `but`, those that were brought after it stay."""
        with self._database.writing() as connection:
            files = store.of_documents(connection, [document])
            if but:
                made = next((one.made_at for one in files if one.id == but), 0.0)
                files = [one for one in files if one.id != but and one.state is State.INDEXED and one.made_at <= made]
            store.forget(connection, [one.id for one in files])
        for one in files:
            (self.folder / one.file).unlink(missing_ok=True)

    def _note(self, who: Who, action: str, document: str, detail: str = "") -> None:
        with self._database.writing() as connection:
            self._audit.write(connection, action, who.actor, document, detail=detail)


def _entry(record: DocumentRecord, files: list[Upload], groups: tuple[str, ...] | None, readable: bool) -> Entry:
    kept = next((one for one in files if one.state is State.INDEXED), None)
    changing = any(one.state in (State.WAITING, State.READING) for one in files)
    return Entry(record, kept, groups, readable, changing)
