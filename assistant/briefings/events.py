"""What happened when: each dated statement as an event, with place, framework and the quote that holds it. Pure.

The title is made of the text's own words. Events that several statements tell alike are one, with all its quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from assistant.briefings.dates import When, dates
from assistant.briefings.places import place_of
from assistant.briefings.statements import Statement

LONGEST_TITLE = 140
MOST_SOURCES = 8
"""How many quotes an event bears: more prove nothing more."""


@dataclass(frozen=True, slots=True)
class Source:
    """A verbatim span of a document: `quote == document_text[start:end]`."""

    document: str
    title: str
    page: int | None
    headings: tuple[str, ...]
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Event:
    """A dated event: `first` and `last` day (`None`: still open), what the words tell of them, and where it is told."""

    first: date
    last: date | None
    precision: str
    hijri: bool
    written: str
    title: str
    place: str
    framework: str
    bodies: tuple[str, ...]
    sources: tuple[Source, ...]

    def meets(self, start: date | None, end: date | None) -> bool:
        """Whether some of it lies in a period, open where `None`."""
        return (start is None or self.last is None or self.last >= start) and (end is None or self.first <= end)

    def to_json(self) -> dict[str, Any]:
        """The event as plain JSON values."""
        value = asdict(self)
        ends = {"first": self.first.isoformat(), "last": self.last.isoformat() if self.last else None}
        return value | ends

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Event:
        """An event from what `to_json` made of it."""
        last = date.fromisoformat(value["last"]) if value["last"] else None
        sources = tuple(Source(**{**source, "headings": tuple(source["headings"])}) for source in value["sources"])
        made = {**value, "first": date.fromisoformat(value["first"]), "last": last, "sources": sources}
        return cls(**{**made, "bodies": tuple(value["bodies"])})


def source_of(statement: Statement) -> Source:
    """The statement as what a line cites."""
    return Source(
        statement.document,
        statement.title,
        statement.page,
        statement.headings,
        statement.quote,
        statement.start,
        statement.end,
    )


def lead_source(statement: Statement) -> Source | None:
    """The sentence that announces the list that a statement is in, as what a line cites; `None` where there is none."""
    if not statement.lead:
        return None
    return replace(
        source_of(statement),
        quote=statement.lead,
        start=statement.lead_start,
        end=statement.lead_start + len(statement.lead),
    )


def events(statements: Iterable[Statement]) -> list[Event]:
    """The events of statements, oldest first, those told alike put together."""
    return put_together(each_event(statements))


def each_event(statements: Iterable[Statement]) -> Iterator[Event]:
    """What each statement dates, one after the other, nothing put together."""
    for statement in statements:
        yield from _of_statement(statement)


def put_together(events: Iterable[Event]) -> list[Event]:
    """Events, oldest first, those told alike as one with the sources of all, at most `MOST_SOURCES`."""
    first: dict[tuple[object, ...], Event] = {}
    sources: dict[tuple[object, ...], dict[Source, None]] = {}
    for event in events:
        key = (event.framework, event.first, event.last, event.precision, event.place)
        first.setdefault(key, event)
        known = sources.setdefault(key, {})
        for source in event.sources:
            if len(known) < MOST_SOURCES:
                known.setdefault(source)
    merged = [replace(event, sources=tuple(sources[key])) for key, event in first.items()]
    return sorted(merged, key=lambda event: (event.first, event.last or date.max, event.framework))


def _of_statement(statement: Statement) -> Iterator[Event]:
    whens = dates(statement.quote)
    for at, when in enumerate(whens):
        place = place_of(statement.quote, whens, at)
        title = _title(statement, when, whens)
        for framework in statement.frameworks or ("",):
            yield Event(
                first=when.first,
                last=when.last,
                precision=when.precision,
                hijri=when.hijri,
                written=when.text,
                title=title,
                place=place,
                framework=framework,
                bodies=_bodies(statement, when, whens),
                sources=(source_of(statement),),
            )


def _title(statement: Statement, when: When, whens: list[When]) -> str:
    """The words of the sentence around a date: of its own part where there are several, shortened from the left."""
    quote = statement.quote
    before, after = _part(quote, when, whens)
    if len(before) + len(after) > LONGEST_TITLE:
        clauses = re.split(r"(?<=[,;:])\s*", before)
        while len(clauses) > 1 and sum(map(len, clauses)) + len(after) > LONGEST_TITLE:
            clauses.pop(0)
        before = " ".join(clauses)
    title = re.sub(r"^[\s,;:.)]*(?:et |and |و)?", "", " ".join(f"{before}{after}".split())).rstrip(" ,;:")
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rsplit(' ', 1)[0]}…"


def _part(quote: str, when: When, whens: list[When]) -> tuple[str, str]:
    """What stands before a date, and the date with what follows it, as far as the sentence speaks of it."""
    earlier = [other.end for other in whens if other.end <= when.start]
    later = [other.start for other in whens if other.start >= when.end]
    before = quote[earlier[-1] if earlier else 0 : when.start]
    if earlier and (cut := re.search(r",\s|;|\bet\b|\band\b", before)):
        before = before[cut.end() :]
    after = quote[when.end : later[0] if later else len(quote)]
    return before, when.text + (re.split(r"[,;.]|\bet\b|\band\b", after)[0] if later else after)


def _bodies(statement: Statement, when: When, whens: list[When]) -> tuple[str, ...]:
    """The bodies of the sentence; none where the date's own part tells of another council, not named in full."""
    before = _part(statement.quote, when, whens)[0]
    other = when is not whens[0] and re.search(r"\b(?:conseil|council)\b|مجلس", before.casefold())
    return () if other else statement.bodies
