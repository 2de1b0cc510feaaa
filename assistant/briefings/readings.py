"""A document read once for briefings: its statements with the fields and acronyms they serve, and its dated events.

A reading is kept as compressed JSON, with the mark of the document's version and of the rules that read it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.briefings.acronyms import acronyms
from assistant.briefings.events import Event, each_event, source_of
from assistant.briefings.fields import fields_of, with_their_lists
from assistant.briefings.naming import Topics
from assistant.briefings.statements import Statement, statements
from corpus.section import Document

RULES = "3"
"""Raised when the same document would be read otherwise, so that nothing is kept that the rules no longer give."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A statement, the fields of a briefing that it serves, and its acronyms with their full forms in it, or `""`."""

    statement: Statement
    fields: tuple[str, ...]
    acronyms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A document's tellings in reading order and its events as each statement tells them."""

    tellings: tuple[Telling, ...]
    events: tuple[Event, ...]


def read(document: Document, framework: str, topics: Topics) -> Reading:
    """The reading of a document; `framework` is that of its record, or `""`."""
    found = statements(document, framework, topics)
    told = list(each_event(found))
    dated = {source.start for event in told for source in event.sources}
    served = with_their_lists(found, [fields_of(each, each.start in dated) for each in found])
    tellings = tuple(
        Telling(each, tuple(fields), tuple(acronyms(each.quote))) for each, fields in zip(found, served, strict=True)
    )
    return Reading(tellings, tuple(told))


def packed(reading: Reading) -> bytes:
    """A reading as bytes: the headings once each, the events by the places of their statements."""
    headings: dict[tuple[str, ...], int] = {}
    places = {telling.statement.start: at for at, telling in enumerate(reading.tellings)}
    rows = []
    for telling in reading.tellings:
        s = telling.statement
        at = headings.setdefault(s.headings, len(headings))
        own = [s.page, at, s.quote, s.start, s.lead, s.frameworks, s.bodies, s.named, s.opens, s.lead_start]
        rows.append([*own, s.defined, s.listed, telling.fields, telling.acronyms])
    told = [
        [
            *(event.first.toordinal(), event.last.toordinal() if event.last else 0, event.precision, event.hijri),
            *(event.written, event.title, event.place, event.framework, event.bodies),
            [places[source.start] for source in event.sources],
        ]
        for event in reading.events
    ]
    value = {"headings": list(headings), "tellings": rows, "events": told}
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpacked(content: bytes, document: str, title: str) -> Reading:
    """A reading from what `packed` made of it; `document` is its id."""
    value = json.loads(zlib.decompress(content))
    headings = [tuple(each) for each in value["headings"]]
    tellings = tuple(_telling(row, document, title, headings) for row in value["tellings"])
    return Reading(tellings, tuple(_event(row, tellings) for row in value["events"]))


def unpacked_events(content: bytes, document: str, title: str) -> tuple[Event, ...]:
    """The events alone, as `unpacked` gives them: of what is told, only what dates something is made."""
    value = json.loads(zlib.decompress(content))
    if not value["events"]:
        return ()
    headings = [tuple(each) for each in value["headings"]]
    dating = {at for *_event_itself, places in value["events"] for at in places}
    tellings = {at: _telling(value["tellings"][at], document, title, headings) for at in dating}
    return tuple(_event(row, tellings) for row in value["events"])


def _telling(row: Sequence[Any], document: str, title: str, headings: Sequence[tuple[str, ...]]) -> Telling:
    page, at, quote, start, lead, frameworks, bodies, named, opens, lead_start, *read = row
    defined, listed, fields, names = read
    statement = Statement(
        document, title, page, headings[at], quote, start, lead,
        tuple(frameworks), tuple(bodies), tuple(named), opens, lead_start, tuple(defined), listed,
    )  # fmt: skip
    return Telling(statement, tuple(fields), tuple((name, full) for name, full in names))


def _event(row: Sequence[Any], tellings: Mapping[int, Telling] | Sequence[Telling]) -> Event:
    first, last, precision, hijri, written, title, place, framework, bodies, places = row
    return Event(
        date.fromordinal(first), date.fromordinal(last) if last else None, precision, hijri, written, title, place,
        framework, tuple(bodies), tuple(source_of(tellings[at].statement) for at in places),
    )  # fmt: skip
