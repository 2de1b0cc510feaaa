"""A briefing as a row of blocks, the one order that the word-processor and page exports share. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.briefings.briefing import Briefing
from assistant.briefings.markdown import facts_of
from assistant.briefings.words import place_in, questions, say, title_of, unsaid

Kind = Literal["title", "fact", "break", "heading", "lead", "line", "note", "source"]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph: `label` is set apart before `text`, `mark` after it (the numbers of its sources)."""

    kind: Kind
    text: str
    label: str = ""
    mark: str = ""


def blocks(briefing: Briefing, language: str, empty_library: bool = False) -> Iterator[Block]:
    """The title page, the fields, the questions, what is not said, and the sources."""
    yield Block("title", title_of(briefing, language))
    if briefing.empty:
        yield Block("note", say(language, "nothing_at_all" if empty_library else "nothing"))
        return
    for key, value in facts_of(briefing, language):
        yield Block("fact", value, key)
    yield Block("break", "")
    for field in briefing.fields:
        if field.id == "other" and not field.lines:
            continue
        yield Block("heading", say(language, field.id))
        if not field.lines:
            yield Block("note", say(language, "empty"))
        lead = ""
        for line in field.lines:
            if line.lead and line.lead != lead:
                yield Block("lead", line.lead)
            lead = line.lead
            yield Block("line", line.text, line.label, _numbers(line.citations))
        if field.more:
            yield Block("note", say(language, "more", count=field.more))
    yield Block("heading", say(language, "questions"))
    for question, numbers in questions(briefing, language):
        yield Block("line", question, "", _numbers(numbers))
    yield Block("heading", say(language, "unsaid"))
    for name in unsaid(briefing, language) or [say(language, "everything")]:
        yield Block("note", name)
    yield Block("heading", say(language, "sources"))
    for number, source in enumerate(briefing.sources, 1):
        quote = " ".join(source.quote.split())
        yield Block("source", f"« {quote} »", str(number), f"({place_in(source, language)})")


def _numbers(numbers: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in numbers)


def is_arabic(text: str) -> bool:
    """Whether most letters of a text are Arabic."""
    letters = [character for character in text if character.isalpha()]
    return sum("\u0600" <= character <= "\u06ff" for character in letters) * 2 > len(letters)
