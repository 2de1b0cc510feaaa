"""Takes in the files of one form: fields first, then each file to the disk as it comes, no more than the limits take.

The sender's token stands before the first file, so that nothing is written for a form that this site did not write.
What is too long is cut where it is too long; what follows is not read here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool

from assistant.uploads.arrival import Arrival
from assistant.uploads.holdings import Holdings
from assistant.uploads.upload import Upload, UploadRefused, Who
from ui.multipart import Begin, End, Piece, events

PIECE: Final = 512_000
"""How many bytes are gathered before they are written."""
LONGEST_FIELD: Final = 10_000
MOST_PARTS: Final = 300


class NotOurs(Exception):
    """A form that this site did not write."""


@dataclass
class Received:
    """What a form brought: the files, taken or refused, whether it was cut, and the readers that it chose."""

    uploads: list[Upload] = field(default_factory=list)
    document: str = ""
    cut: bool = False
    access: str = ""
    groups: list[str] = field(default_factory=list)


class Receiving:
    """One form."""

    def __init__(self, holdings: Holdings, who: Who, is_ours: Callable[[str], bool]) -> None:
        self._holdings, self._who, self._is_ours = holdings, who, is_ours
        self._fields: dict[str, list[str]] = {}
        self._named, self._value, self._parts = "", b"", 0
        self._arrival: Arrival | None = None
        self._given, self._held, self._skipped = "", bytearray(), 0
        self.received = Received()

    async def take(self, content_type: str, stream: AsyncIterator[bytes]) -> Received:
        """Take it in; raises `BadForm`, `NotOurs`, or `UnknownDocument` for one that cannot be replaced by them."""
        try:
            async for event in events(content_type, stream):
                if isinstance(event, Begin):
                    await self._begin(event)
                elif isinstance(event, Piece):
                    await self._piece(event.data)
                elif isinstance(event, End):
                    await self._end()
                if self.received.cut:
                    break
        finally:
            if self._arrival is not None:
                await run_in_threadpool(self._arrival.drop)
        if not self._fields or not self._is_ours(self._one("form")):
            raise NotOurs
        self.received.access, self.received.groups = self._one("access"), self._fields.get("group", [])
        return self.received

    async def _begin(self, part: Begin) -> None:
        self._named, self._value, self._given = part.name, b"", ""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise NotOurs
        if part.file is None:
            return
        if not self._is_ours(self._one("form")):
            raise NotOurs
        self.received.document = self._one("document")
        if not part.file:  # a browser sends this where no file was chosen
            return
        self._given = part.file
        if len(self.received.uploads) >= self._holdings.settings.files:
            await self._refuse(UploadRefused("too-many", most=self._holdings.settings.files))
            self.received.cut = True
            return
        try:
            self._arrival = await run_in_threadpool(
                self._holdings.begin, self._who, self._given, self.received.document
            )
        except UploadRefused as refusal:
            await self._refuse(refusal)

    async def _piece(self, data: bytes) -> None:
        if self._arrival is not None:
            self._held += data
            if len(self._held) >= PIECE:
                await self._write()
        elif self._given or self._named == "file":
            self._skipped += len(data)
            self.received.cut = self._skipped > self._holdings.settings.file_bytes
        elif len(self._value) + len(data) <= LONGEST_FIELD:
            self._value += data
        else:
            raise NotOurs

    async def _end(self) -> None:
        if self._arrival is None:
            if not self._given:
                self._fields.setdefault(self._named, []).append(self._value.decode("utf-8", "replace"))
            return
        await self._write()
        arrival, self._arrival = self._arrival, None
        if arrival is None:
            return
        groups = self._fields.get("group", []) if self._one("access") == "groups" else None
        try:
            upload = await run_in_threadpool(self._holdings.accept, self._who, arrival, self.received.document, groups)
        except UploadRefused as refusal:
            await self._refuse(refusal)
        else:
            self.received.uploads.append(upload)

    async def _write(self) -> None:
        arrival, data = self._arrival, bytes(self._held)
        self._held.clear()
        if arrival is None or not data:
            return
        try:
            await run_in_threadpool(arrival.write, data)
        except UploadRefused as refusal:
            self._arrival = None
            self.received.cut = True
            await self._refuse(refusal)

    async def _refuse(self, refusal: UploadRefused) -> None:
        document = self.received.document
        upload = await run_in_threadpool(self._holdings.refuse, self._who, self._given, refusal, document)
        self.received.uploads.append(upload)

    def _one(self, name: str) -> str:
        return self._fields.get(name, [""])[0]
