"""The words of a briefing around its quotes, in the reader's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from assistant.briefings.briefing import Briefing, Line
from assistant.briefings.events import Source


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))


def say(language: str, key: str, **values: object) -> str:
    """The words of one key in `fr`, `ar` or `en`."""
    return _labels()[language][key].format(**values)


def title_of(briefing: Briefing, language: str) -> str:
    """The heading of a briefing: `Fiche : Union africaine`."""
    colon = " : " if language == "fr" else ": "
    return f"{say(language, 'briefing')}{colon}{briefing.names[language]}"


def place_in(source: Source, language: str) -> str:
    """Where a source stands: document, page and headings."""
    page = [say(language, "page", page=source.page)] if source.page else []
    return ", ".join([source.title, *page, *([" › ".join(source.headings)] if source.headings else [])])


def unsaid(briefing: Briefing, language: str) -> list[str]:
    """The names of the fields that the texts do not fill."""
    return [say(language, field) for field in briefing.unsaid]


def questions(briefing: Briefing, language: str) -> list[tuple[str, tuple[int, ...]]]:
    """Five questions to go further at most, each with the numbers of the sources that answer it."""
    asked: list[tuple[str, tuple[int, ...]]] = []

    def ask(key: str, line: Line, about: str) -> None:
        asked.append((say(language, key, x=about), line.citations))

    for line in briefing.field("dates").lines[-2:]:
        ask("q_date", line, line.label)
    for line in [line for line in briefing.field("acronyms").lines if line.text != line.quote][:1]:
        ask("q_acronym", line, line.label)
    for field in ("aims", "programmes", "groups", "open", "ministry"):
        lines = briefing.field(field).lines
        if lines and len(asked) < 5:
            asked.append((say(language, "q_field", x=say(language, field)), lines[0].citations))
    return asked[:5]
