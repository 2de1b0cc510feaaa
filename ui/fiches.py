"""The pages of the briefings as HTML: the list, a briefing, its quiz, the timeline. Pure; templates escape every value.

A line is shown with the numbers of its sources and never without; what the texts do not fill says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from assistant.briefings.briefing import Briefing, Line
from assistant.briefings.events import Event, Source
from assistant.briefings.labels import say
from assistant.briefings.quiz import Question
from assistant.briefings.versions import Version
from assistant.briefings.words import changes_of, in_lists, name_of, numbers_of, place_in, questions, state_of, unsaid
from assistant.briefings.written import when
from ui.fiche_picture import picture
from ui.frame import Look, filled
from ui.i18n import Words
from ui.pages import STYLESHEET
from ui.render import document_address
from ui.sources import framework_name

SHEET: Final = "/ui/fiches.css"
FORMATS: Final = ("docx", "pdf", "md", "json")
PICTURES: Final = ("csv", "ics", "png")


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it is shown: what stands before it, its words, their language, and the numbers of its sources."""

    label: str
    text: str
    language: str
    place: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cited:
    """A source as it is shown: its quote, where it stands, and the address of the document at the quote."""

    quote: str
    place: str
    language: str
    href: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A summary that may be asked for: of which model (`""`: of none), the form's token, why it is not made now."""

    model: str = ""
    token: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A sentence of the summary as it is shown; `quote`, in its own `language`, stands below a translated one."""

    text: str
    verdict: str
    citations: tuple[int, ...]
    quote: str
    language: str


def listing(frameworks: Sequence[Mapping[str, Any]], look: Look, missing: bool = False) -> str:
    """Every framework with its bodies and in how many documents it is told of; `missing` when another was asked for."""
    return _show("fiche-list.html", look, frameworks=frameworks, missing=missing)


def briefing(told: Briefing, look: Look, empty_library: bool, offer: Offer = Offer()) -> str:
    """A briefing's page, with its summary, or with a form that asks for one where a model is on offer."""
    language = look.words.language
    fields = [
        (field.id, say(language, field.id), list(_parts(told, field.id, look.words)), field.more)
        for field in told.fields
        if field.lines or field.id != "other"
    ]
    return _show(
        "fiche.html",
        look,
        told=told,
        name=told.names[language],
        fields=fields,
        asked=questions(told, language),
        unsaid=unsaid(told, language),
        sources=[cited(source, language, _language(told, source)) for source in told.sources],
        nothing=say(language, "nothing_at_all" if empty_library else "nothing"),
        formats=FORMATS,
        offer=offer,
        summary=told.summary,
        opening=_opening(told),
    )


def quiz(told: Briefing, asked: Sequence[Question], chosen: Mapping[int, int], seed: int, look: Look) -> str:
    """The questions as a form; once there are answers, each with whether it is right and the source that tells."""
    language = look.words.language
    graded = [
        (number, question, chosen.get(number), cited(question.source, language, _language(told, question.source)))
        for number, question in enumerate(asked, 1)
    ]
    right = sum(question.is_right(chosen.get(number, -1)) for number, question in enumerate(asked, 1))
    return _show(
        "fiche-quiz.html",
        look,
        told=told,
        name=told.names[language],
        graded=graded,
        done=bool(chosen),
        right=right,
        seed=seed,
    )


def versions(id: str, kept: Sequence[Version], look: Look) -> str:
    """The versions of a briefing, newest first, each with what has changed since, line by line."""
    language = look.words.language
    told = [(version, state_of(version, language), changes_of(version, language)) for version in kept]
    return _show("fiche-versions.html", look, id=id, name=name_of(id, language), versions=told)


def timeline(
    events: Sequence[Event],
    frameworks: Sequence[Mapping[str, Any]],
    asked: Mapping[str, str],
    mistake: bool,
    look: Look,
) -> str:
    """The events as a picture and a table; `asked` are the filters `framework`, `from` and `to` as they were sent."""
    chosen = look.words
    rows = [
        (
            number,
            when(event, chosen.language),
            event,
            framework_name(event.framework, chosen),
            cited(event.sources[0], chosen.language, ""),
        )
        for number, event in enumerate(events, 1)
    ]
    filters = urlencode({name: value for name, value in asked.items() if value})
    return _show(
        "fiche-timeline.html",
        look,
        rows=rows,
        frameworks=frameworks,
        asked=asked,
        mistake=mistake,
        picture=picture(events, chosen),
        filters=filters,
        formats=PICTURES,
    )


def cited(source: Source, language: str, spoken: str) -> Cited:
    """A source with the address of its document's page, opened at the quote."""
    href = document_address(source.document, source.start, source.end, source.page)
    return Cited(" ".join(source.quote.split()), place_in(source, language), spoken, href)


def _opening(told: Briefing) -> list[Opening]:
    """The sentences of the summary; one in another language than its quote has the quote below, as in the chat."""
    shown = []
    for sentence in told.summary.sentences if told.summary else ():
        source = told.sources[sentence.citations[0] - 1]
        quote = " ".join(source.quote.split()) if sentence.verdict == "translated" else ""
        shown.append(Opening(sentence.text, sentence.verdict, sentence.citations, quote, _language(told, source)))
    return shown


def _parts(told: Briefing, field: str, words: Words) -> list[tuple[str, tuple[int, ...], str, list[Row]]]:
    """The lines of a field, those of a list behind what announces it, its numbers and how many of how many they are."""
    if field == "dates":
        return [("", (), "", list(dict.fromkeys(_dated(told, event, words) for event in told.events)))]
    return [
        (lead, numbers, part, [_row(told, field, line, words) for line in each])
        for lead, numbers, part, each in in_lists(told.field(field).lines, words.language)
    ]


def _row(told: Briefing, field: str, line: Line, words: Words) -> Row:
    label = framework_name(line.label, words) if field == "related" else line.label
    return Row(label, line.text, _language(told, told.sources[line.citations[0] - 1]), "", line.citations)


def _dated(told: Briefing, event: Event, words: Words) -> Row:
    return Row(
        when(event, words.language),
        event.title,
        _language(told, event.sources[0]),
        event.place,
        numbers_of(told, event),
    )


def _language(told: Briefing, source: Source) -> str:
    return next((document.language for document in told.documents if document.id == source.document), "")


def _show(template: str, look: Look, **values: object) -> str:
    return filled(template, look, sheets=(STYLESHEET, SHEET), **values)
