"""A briefing, or two side by side, as a paper: the one description that every file is made from. Pure.

A title page says which documents it rests on, the fingerprint of the index and when. Every line bears the numbers of
its sources, and so does the sentence that announces a list, and each sentence in a model's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from textwrap import shorten

from assistant.briefings.briefing import Briefing, Field, Line, Rested
from assistant.briefings.events import Event, Source
from assistant.briefings.labels import say
from assistant.briefings.words import (
    colon,
    in_lists,
    name_of,
    numbers_of,
    place_in,
    questions,
    summary_notes,
    title_of,
    unsaid,
)
from assistant.briefings.written import when, written
from assistant.exports.paper import Block, Paper, Picture, Table

FEWEST_DRAWN = 2
"""Events that make a picture; one is told by its row."""
SHORT = 44
"""Letters of a title beside the picture of a page, at most."""
MOST_NAMED = 40
"""How many documents a title page names."""


def paper_of(briefing: Briefing, language: str, empty_library: bool = False) -> Paper:
    """The paper of a briefing; labels in `language`, quotes as they stand in the texts."""
    blocks: list[Block | Table | Picture] = (
        [Block("text", say(language, "nothing_at_all" if empty_library else "nothing"))]
        if briefing.empty
        else [
            *_summary(briefing, language),
            *_front(briefing, briefing.documents, language),
            *_body(briefing, language),
        ]
    )
    return Paper(title_of(briefing, language), "", language, tuple(blocks))


def comparison_paper(one: Briefing, other: Briefing, language: str) -> Paper:
    """Two briefings in one table, a row a line, then the sources of both as one list."""
    names = (one.names[language], other.names[language])
    title = f"{say(language, 'compare')}{colon(language)}{names[0]} / {names[1]}"
    documents = {document.id: document for document in (*one.documents, *other.documents)}
    rows = [("", *names)]
    for field in one.fields:
        sides = (_cells(one, field.id, 0, language), _cells(other, field.id, len(one.sources), language))
        if any(sides) or field.id != "other":
            empty = say(language, "empty")
            pairs = zip_longest(sides[0] or [empty], sides[1] or [empty], fillvalue="")
            heads = [say(language, field.id)]
            rows += [(heads.pop() if heads else "", left, right) for left, right in pairs]
    blocks: list[Block | Table | Picture] = [
        *_front(one, tuple(documents.values()), language),
        Table(tuple(rows), (18, 41, 41)),
        *_sources((*one.sources, *other.sources), language),
    ]
    return Paper(title, "", language, tuple(blocks))


def _summary(briefing: Briefing, language: str) -> Iterator[Block]:
    """The opening lines in a model's words, whose they are and how many were removed; or why there are none."""
    summary = briefing.summary
    if summary is None:
        return
    yield Block("heading", say(language, "summary"))
    if summary.sentences:
        yield Block("text", " ".join(f"{each.text} {_numbers(each.citations)}" for each in summary.sentences))
    yield Block("note", " ".join(summary_notes(summary, language)))


def _front(briefing: Briefing, documents: Sequence[Rested], language: str) -> Iterator[Block]:
    yield Block("heading", say(language, "documents"))
    for document in documents[:MOST_NAMED]:
        told = ", ".join(filter(None, (written(document.date, language), document.id, document.sha256[:12])))
        yield Block("item", f"{document.title} ({told})")
    if len(documents) > MOST_NAMED:
        yield Block("note", say(language, "more", count=len(documents) - MOST_NAMED))
    yield Block("text", f"{say(language, 'fingerprint')}{colon(language)}{briefing.fingerprint}")
    hour = briefing.made_at[11:16]
    at = f"{written(briefing.made_at, language)}, {hour} UTC" if hour else briefing.made_at
    yield Block("text", f"{say(language, 'made_at')}{colon(language)}{at}")
    yield Block("break", "")


def _body(briefing: Briefing, language: str) -> Iterator[Block | Table | Picture]:
    for field in briefing.fields:
        if field.lines or field.id != "other":
            yield Block("heading", say(language, field.id))
            yield from _field(briefing, field, language)
    yield Block("heading", say(language, "questions"))
    for question, numbers in questions(briefing, language):
        yield Block("item", f"{question} {_numbers(numbers)}")
    yield Block("heading", say(language, "unsaid"))
    if briefing.unsaid:
        yield from (Block("item", name) for name in unsaid(briefing, language))
    else:
        yield Block("note", say(language, "everything"))
    yield from _sources(briefing.sources, language)


def _field(briefing: Briefing, field: Field, language: str) -> Iterator[Block | Table | Picture]:
    if not field.lines:
        yield Block("note", say(language, "empty"))
    elif field.id == "dates":
        if len(briefing.events) >= FEWEST_DRAWN:
            yield Picture(say(language, "dates"), partial(drawn, briefing.events, language))
        yield _dates(briefing, language)
    else:
        yield from _lines(field, language)
    if field.more:
        yield Block("note", say(language, "more", count=field.more))


def _lines(field: Field, language: str) -> Iterator[Block]:
    for lead, numbers, part, lines in in_lists(field.lines, language):
        if lead:
            yield Block("text", " ".join(filter(None, (lead, part and f"({part})", _numbers(numbers)))))
        for line in lines:
            yield Block("item", f"{line.text} {_numbers(line.citations)}", _label(line, field.id, language))


def _label(line: Line, field: str, language: str) -> str:
    return name_of(line.label, language) if field == "related" else line.label


def drawn(events: Sequence[Event], language: str) -> bytes:
    """The timeline as a picture for a page: narrower than alone, its titles short, for the table beside it has them."""
    from assistant.briefings.picture import draw

    labels = [f"{when(event, language)}  {shorten(event.title, SHORT, placeholder='…')}" for event in events]
    return draw(events, labels, wide=7.0, dots=160)


def _dates(briefing: Briefing, language: str) -> Table:
    head = tuple(say(language, key) for key in ("when", "happened", "where"))
    rows = [
        (when(event, language), f"{event.title} {_numbers(numbers_of(briefing, event))}", event.place)
        for event in briefing.events
    ]
    return Table((head, *dict.fromkeys(rows)), (25, 58, 17))


def _cells(briefing: Briefing, field: str, shift: int, language: str) -> list[str]:
    """The lines of a field as cells of a table, their numbers moved by `shift`."""
    if field == "dates":
        told = [(when(event, language), event.title, numbers_of(briefing, event)) for event in briefing.events]
    else:
        told = [(_label(line, field, language), line.text, line.citations) for line in briefing.field(field).lines]
    shifted = ((label, text, _numbers(number + shift for number in numbers)) for label, text, numbers in told)
    return [f"{f'{label}{colon(language)}' if label else ''}{text} {cited}" for label, text, cited in shifted]


def _sources(sources: Sequence[Source], language: str) -> Iterator[Block]:
    yield Block("heading", say(language, "sources"))
    for number, source in enumerate(sources, 1):
        yield Block("source", f"[{number}] « {' '.join(source.quote.split())} » ({place_in(source, language)})")


def _numbers(numbers: Iterable[int]) -> str:
    return "".join(f"[{number}]" for number in numbers)
