"""A briefing of a framework or body: fields of cited lines, made of the texts' own sentences and of nothing else.

Every line is a verbatim span of a document. A field that the texts do not fill stays empty and is listed as unsaid. A
summary in a model's words may stand before the fields; no line is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.briefings.events import Event, Source, lead_source, source_of
from assistant.briefings.fields import FIELDS
from assistant.briefings.naming import Topic, Topics
from assistant.briefings.readings import Telling
from assistant.briefings.statements import Statement
from assistant.briefings.summary import Summary
from assistant.briefings.written import period

MOST_LINES = 40
"""How many lines a field shows of a large library; programmes and dates are shown whole."""
_WHOLE = frozenset(("dates", "programmes"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line: `text` is shown, and is `quote` or words of it behind a `label`; `lead` announces the list it is in.

    That list has `listed` items; a field may hold fewer of them.

    `citations` are numbers of the briefing's sources, `lead_citations` those of the lead. `verdict` is always
    `verbatim`: nothing is reworded.
    """

    text: str
    label: str
    lead: str
    quote: str
    citations: tuple[int, ...]
    verdict: str = "verbatim"
    lead_citations: tuple[int, ...] = ()
    listed: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the briefing, with how many more lines it had than are shown."""

    id: str
    lines: tuple[Line, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Rested:
    """A document that a briefing rests on, at the version it was read; `added_at` is when that version came in."""

    id: str
    title: str
    sha256: str
    date: str
    language: str
    added_at: str = ""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What the texts say of one framework or body; `unsaid` are the fields they do not fill.

    `summary` is there where a language model was asked for one.
    """

    id: str
    framework: str
    names: Mapping[str, str]
    fields: tuple[Field, ...]
    events: tuple[Event, ...]
    sources: tuple[Source, ...]
    documents: tuple[Rested, ...]
    unsaid: tuple[str, ...]
    fingerprint: str
    made_at: str
    summary: Summary | None = None

    @property
    def empty(self) -> bool:
        """Whether the texts say nothing of it."""
        return not self.sources

    def field(self, id: str) -> Field:
        """A field by its id."""
        return next((field for field in self.fields if field.id == id), Field(id, ()))

    def to_json(self) -> dict[str, Any]:
        """The briefing as plain JSON values; without a summary, it has no such key."""
        value = asdict(self) | {"names": dict(self.names), "events": [event.to_json() for event in self.events]}
        if self.summary is None:
            del value["summary"]
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Briefing:
        """A briefing from what `to_json` made of it."""

        def line(made: Mapping[str, Any]) -> Line:
            cited = {name: tuple(made[name]) for name in ("citations", "lead_citations")}
            return Line(**{**made, **cited})

        fields = tuple(Field(f["id"], tuple(map(line, f["lines"])), f["more"]) for f in value["fields"])
        sources = tuple(Source(**{**source, "headings": tuple(source["headings"])}) for source in value["sources"])
        told = {
            "fields": fields,
            "sources": sources,
            "events": tuple(map(Event.from_json, value["events"])),
            "documents": tuple(Rested(**document) for document in value["documents"]),
            "unsaid": tuple(value["unsaid"]),
        }
        summary = Summary.from_json(value["summary"]) if value.get("summary") else None
        return cls(**{**value, **told, "summary": summary})


class _Sources:
    """The sources of a briefing, each numbered once."""

    def __init__(self) -> None:
        self.all: dict[Source, int] = {}

    def cite(self, source: Source) -> int:
        return self.all.setdefault(source, len(self.all) + 1)


Cite = Callable[[Source], int]


def write(
    topic: Topic,
    found: Sequence[Telling],
    told: Iterable[Event],
    topics: Topics,
    documents: Iterable[Rested],
    fingerprint: str,
    now: str,
) -> Briefing:
    """The briefing of a topic from the tellings and the events about it."""
    sources = _Sources()
    told = tuple(told)
    chosen = _chosen(topic, found)
    fields = []
    for field in FIELDS:
        if field == "dates":
            fields.append(_shown(field, [_event_line(event, sources.cite) for event in told]))
        elif field == "acronyms":
            fields.append(_shown(field, _acronym_lines(found, sources.cite)))
        elif field == "related":
            fields.append(_shown(field, _related_lines(topic, found, topics, sources.cite)))
        else:
            fields.append(_told(field, chosen[field], sources.cite))
    held = {source.document for source in sources.all}
    return Briefing(
        id=topic.id,
        framework=topic.framework,
        names=dict(topic.names),
        fields=tuple(fields),
        events=told,
        sources=tuple(sources.all),
        documents=tuple(document for document in documents if document.id in held),
        unsaid=tuple(field.id for field in fields if not field.lines and field.id != "other"),
        fingerprint=fingerprint,
        made_at=now,
    )


def _chosen(topic: Topic, found: Sequence[Telling]) -> dict[str, list[Statement]]:
    """The statements of each field, in reading order, those of the same words once.

    A sentence that only announces a list is shown above its items; where it has none here it is a point of its own.
    What defines another topic, be it one of this one's bodies, is no definition; without one, the first statement is
    that does not define another, or names this one.
    """
    chosen: dict[str, dict[tuple[str, str], Statement]] = {field: {} for field in FIELDS}

    def choose(field: str, statement: Statement) -> None:
        chosen[field].setdefault((statement.lead, statement.quote), statement)

    announced = {telling.statement.lead for telling in found}
    for telling in found:
        statement = telling.statement
        if statement.opens and statement.quote in announced:
            continue
        if topic.id in statement.defined:
            choose("what", statement)
        for field in telling.fields:
            if field != "other" or topic.id not in statement.defined:
                choose(field, statement)
    first = (each.statement for each in found if not each.statement.defined or topic.id in each.statement.named)
    if not chosen["what"] and (introducing := next(first, None)):
        items = [each.statement for each in found if introducing.opens and each.statement.lead == introducing.quote]
        for statement in items or [introducing]:
            choose("what", statement)
    return {field: list(statements.values()) for field, statements in chosen.items()}


def _told(field: str, statements: list[Statement], cite: Cite) -> Field:
    """A field's lines; only what is shown is cited."""
    most = len(statements) if field in _WHOLE else MOST_LINES
    return _shown(field, [_line(statement, cite) for statement in statements[:most]], max(0, len(statements) - most))


def _shown(field: str, lines: list[Line], more: int = 0) -> Field:
    once = list({(line.lead, line.text, line.label): line for line in lines}.values())
    once.sort(key=lambda line: bool(line.lead))  # what stands alone first: after a list it would read as its end
    return Field(field, tuple(once), more)


def _line(statement: Statement, cite: Cite, label: str = "") -> Line:
    text = " ".join(statement.quote.split())
    lead, announcing = " ".join(statement.lead.split()), lead_source(statement)
    above = (cite(announcing),) if announcing else ()  # before the item's own: numbers follow the reading order
    return Line(text, label, lead, statement.quote, (cite(source_of(statement)),), "verbatim", above, statement.listed)


def _event_line(event: Event, cite: Cite) -> Line:
    numbers = tuple(cite(source) for source in event.sources)
    return Line(event.title, period(event), "", event.sources[0].quote, numbers)


def _acronym_lines(found: Iterable[Telling], cite: Cite) -> list[Line]:
    best: dict[str, tuple[str, Statement]] = {}
    for telling in found:
        for name, full in telling.acronyms:
            if name not in best or (full and not best[name][0]):
                best[name] = (full, telling.statement)
    return [
        Line(full or " ".join(s.quote.split()), name, "", s.quote, (cite(source_of(s)),))
        for name, (full, s) in sorted(best.items())
    ]


def _related_lines(topic: Topic, found: Iterable[Telling], topics: Topics, cite: Cite) -> list[Line]:
    seen: dict[str, Line] = {}
    for telling in found:
        for id in telling.statement.named:
            other = topics.get(id)
            framework = other.framework if other else ""
            if framework and framework != topic.framework and framework not in seen:
                seen[framework] = _line(telling.statement, cite, framework)
    return list(seen.values())
