"""A timeline as a table, CSV, iCalendar or picture. What a spreadsheet would run as a formula is made plain text."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from assistant.briefings.events import Event
from assistant.briefings.written import period

COLUMNS = ("first", "last", "precision", "title", "place", "framework", "bodies", "document", "page", "quote")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_table(events: Sequence[Event]) -> str:
    """One line an event: when, title, place, framework, document and page."""
    lines = []
    for event in events:
        source = event.sources[0]
        page = f", p. {source.page}" if source.page else ""
        where = f" · {event.place}" if event.place else ""
        lines.append(
            f"{period(event):24} {event.title}{where}  ({event.framework or 'sans cadre'}) [{source.document}{page}]"
        )
    return "\n".join(lines)


def as_csv(events: Sequence[Event]) -> str:
    """A table with one row an event and a row of headings."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for event in events:
        source = event.sources[0]
        row: list[object] = [event.first, event.last or "", event.precision, event.title, event.place, event.framework]
        row += [" ".join(event.bodies), source.document, source.page or "", " ".join(source.quote.split())]
        writer.writerow([_inert(str(value)) for value in row])
    return out.getvalue()


def _inert(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def as_ics(events: Sequence[Event], now: datetime | None = None) -> bytes:
    """An iCalendar file of all-day events; a period still open is the year, month or day that it began."""
    from icalendar import Calendar
    from icalendar import Event as Entry

    calendar = Calendar()
    calendar.add("prodid", "-//cooperation-assistant//timeline//FR")
    calendar.add("version", "2.0")
    for event in events:
        entry = Entry()
        source = event.sources[0]
        key = f"{source.document}\0{source.start}\0{event.first}\0{event.last}\0{event.framework}"
        entry.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@cooperation-assistant")
        entry.add("dtstamp", now or datetime.now(UTC))
        entry.add("dtstart", event.first)
        entry.add("dtend", _last_known(event) + timedelta(days=1))
        entry.add("summary", event.title)
        page = f", p. {source.page}" if source.page else ""
        entry.add("description", f"« {' '.join(source.quote.split())} » ({source.title}{page})")
        if event.place:
            entry.add("location", event.place)
        if event.framework:
            entry.add("categories", [event.framework])
        entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _last_known(event: Event) -> date:
    return event.last or event.first


def as_png(events: Sequence[Event]) -> bytes:
    """A picture: one row an event, oldest above, a bar as long as it lasted, a colour for each framework."""
    from assistant.briefings.picture import draw

    return draw(events)
