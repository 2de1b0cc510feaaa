"""What a briefing says in one language besides its quotes: its title, its places, its questions. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.briefings.briefing import Briefing, Line
from assistant.briefings.events import Event, Source
from assistant.briefings.labels import say
from assistant.briefings.naming import shipped_topics
from assistant.briefings.summary import Summary
from assistant.briefings.versions import ChangedLine, Version
from assistant.briefings.written import when, written


def title_of(briefing: Briefing, language: str) -> str:
    """The heading of a briefing: `Fiche : Union africaine`."""
    return f"{say(language, 'briefing')}{colon(language)}{briefing.names[language]}"


def colon(language: str) -> str:
    """A colon as the language sets it."""
    return " : " if language == "fr" else ": "


def place_in(source: Source, language: str) -> str:
    """Where a source stands: document, page and headings."""
    page = [say(language, "page", page=source.page)] if source.page else []
    return ", ".join([source.title, *page, *([" › ".join(source.headings)] if source.headings else [])])


def name_of(framework: str, language: str) -> str:
    """The name of a framework or body; its id where it is not known."""
    topic = shipped_topics().get(framework)
    return topic.names[language] if topic else framework


def in_lists(lines: Sequence[Line], language: str) -> Iterator[tuple[str, tuple[int, ...], str, list[Line]]]:
    """Lines by what announces them: that, its numbers, `1 sur 4` where these are not the whole list, and the lines."""
    for (lead, numbers), each in groupby(lines, lambda line: (line.lead, line.lead_citations)):
        held = list(each)
        cut = lead and len(held) < held[0].listed
        yield lead, numbers, say(language, "some", n=len(held), total=held[0].listed) if cut else "", held


def unsaid(briefing: Briefing, language: str) -> list[str]:
    """The names of the fields that the texts do not fill."""
    return [say(language, field) for field in briefing.unsaid]


def summary_notes(summary: Summary, language: str) -> list[str]:
    """Whose words a summary is in, or why it has none; how many of its sentences are translations or were removed."""
    translated = sum(sentence.verdict == "translated" for sentence in summary.sentences)
    counted = (("summary_translated", translated), ("summary_removed", len(summary.removed)))
    first = summary.notice or say(language, "summary_note", model=summary.model)
    return [first, *(say(language, key, n=n) for key, n in counted if n)]


def numbers_of(briefing: Briefing, event: Event) -> tuple[int, ...]:
    """The numbers of an event's sources in its briefing."""
    return tuple(briefing.sources.index(source) + 1 for source in event.sources)


def state_of(version: Version, language: str) -> str:
    """Whether a version is up to date, else what has changed since: `périmée : lignes ajoutées : 3 ; …`."""
    if not version.stale:
        return say(language, "version_up_to_date")
    counted = (("lines_added", len(version.added)), ("lines_removed", len(version.removed)))
    told = [say(language, key, n=n) for key, n in counted if n]
    told += [
        say(language, f"doc_{document.happened}", x=document.title, at=written(document.at, language))
        for document in version.changed
    ]
    joint = " ; " if language == "fr" else "؛ " if language == "ar" else "; "
    return f"{say(language, 'version_stale')}{colon(language)}{joint.join(told)}"


def changes_of(version: Version, language: str) -> list[str]:
    """What has changed since a version, line by line: `+` for what came, `-` for what went."""

    def told(mark: str, line: ChangedLine) -> str:
        return (
            f"{mark} {say(language, line.field)}{colon(language)}{f'{line.label}  ' if line.label else ''}{line.text}"
        )

    return [*(told("-", line) for line in version.removed), *(told("+", line) for line in version.added)]


def questions(briefing: Briefing, language: str) -> list[tuple[str, tuple[int, ...]]]:
    """Five questions to go further at most, each with the numbers of the sources that answer it."""
    asked: list[tuple[str, tuple[int, ...]]] = []
    for event in briefing.events[-2:]:
        asked.append((say(language, "q_date", x=when(event, language)), numbers_of(briefing, event)))
    for line in [line for line in briefing.field("acronyms").lines if line.text != line.quote][:1]:
        asked.append((say(language, "q_acronym", x=line.label), line.citations))
    for field in ("aims", "programmes", "groups", "open", "ministry"):
        lines = briefing.field(field).lines
        if lines and len(asked) < 5:
            asked.append((say(language, "q_field", x=say(language, field)), lines[0].citations))
    return asked[:5]
