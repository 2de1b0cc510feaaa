"""A form with files as it comes in: what each part is called, its bytes piece by piece, its end. Keeps nothing.

Forms are read by python-multipart; nothing is gathered here, so that a file of any length costs the memory of a piece.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

MOST_HEADERS: Final = 8
LONGEST_HEADER: Final = 8192


class BadForm(Exception):
    """What was sent is no form with parts."""


@dataclass(frozen=True, slots=True)
class Begin:
    """A part begins; `file` is the name that its sender gave to a file, `None` for a plain field."""

    name: str
    file: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of its bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class End:
    """It is all there."""


Event = Begin | Piece | End


async def events(content_type: str, stream: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """What happens in a form, in its order; raises `BadForm`."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise BadForm
    parts = _Parts()
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": parts.begin,
                "on_header_field": parts.header_field,
                "on_header_value": parts.header_value,
                "on_header_end": parts.header_end,
                "on_headers_finished": parts.headers_finished,
                "on_part_data": parts.data,
                "on_part_end": parts.end,
            },
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )
        async for chunk in stream:
            if chunk:
                parser.write(chunk)
            for event in parts.taken():
                yield event
        parser.finalize()
    except FormParserError as error:
        raise BadForm from error
    if parts.open:
        raise BadForm


class _Parts:
    """The parser's calls as events."""

    def __init__(self) -> None:
        self.open = False
        self._events: list[Event] = []
        self._field, self._value = b"", b""
        self._disposition = b""

    def taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def begin(self) -> None:
        self.open, self._disposition = True, b""

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        file = options.get(b"filename")
        named = None if file is None else file.decode("utf-8", "replace")
        self._events.append(Begin(options.get(b"name", b"").decode("utf-8", "replace"), named))

    def data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(Piece(data[start:end]))

    def end(self) -> None:
        self.open = False
        self._events.append(End())
