"""A briefing as Markdown: fields, cited lines, numbered sources with their quotes. What the texts hold is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.briefings.briefing import Briefing, Line
from assistant.briefings.words import place_in, questions, say, title_of, unsaid

_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


def to_markdown(briefing: Briefing, language: str, empty_library: bool = False) -> str:
    """The page; Arabic ones open a right-to-left block."""
    body = "\n".join(_lines(briefing, language, empty_library)).rstrip() + "\n"
    return f'<div dir="rtl">\n\n{body}\n</div>\n' if language == "ar" else body


def _lines(briefing: Briefing, language: str, empty_library: bool) -> Iterator[str]:
    yield f"# {plain(title_of(briefing, language))}\n"
    if briefing.empty:
        yield say(language, "nothing_at_all" if empty_library else "nothing")
        return
    for key, value in facts_of(briefing, language):
        yield f"- {key} : {plain(value)}" if language == "fr" else f"- {key}: {plain(value)}"
    for field in briefing.fields:
        if field.id == "other" and not field.lines:
            continue
        yield f"\n## {say(language, field.id)}\n"
        if not field.lines:
            yield f"*{say(language, 'empty')}*"
        lead = ""
        for line in field.lines:
            if line.lead and line.lead != lead:
                yield f"\n*{plain(line.lead)}*\n"
            lead = line.lead
            yield f"- {_line(line)}"
        if field.more:
            yield f"- … {say(language, 'more', count=field.more)}"
    yield f"\n## {say(language, 'questions')}\n"
    for question, numbers in questions(briefing, language):
        yield f"- {plain(question)} {_cited(numbers)}"
    yield f"\n## {say(language, 'unsaid')}\n"
    for name in unsaid(briefing, language):
        yield f"- {name}"
    if not briefing.unsaid:
        yield say(language, "everything")
    yield f"\n## {say(language, 'sources')}\n"
    for number, source in enumerate(briefing.sources, 1):
        yield f"{number}. « {plain(' '.join(source.quote.split()))} » ({plain(place_in(source, language))})"


def facts_of(briefing: Briefing, language: str) -> Iterator[tuple[str, str]]:
    """What the title page tells: documents, the fingerprint of the index, and when."""
    named = [f"{document.title} ({document.id}, {document.sha256[:12]})" for document in briefing.documents]
    yield say(language, "documents"), "; ".join(named)
    yield say(language, "fingerprint"), briefing.fingerprint
    yield say(language, "made_at"), briefing.made_at


def _line(line: Line) -> str:
    label = f"**{plain(line.label)}** " if line.label else ""
    return f"{label}{plain(line.text)} {_cited(line.citations)}"


def _cited(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def plain(text: str) -> str:
    """A text of the documents as Markdown that shows it as it is."""
    return _MARKS.sub(r"\\\1", text)
