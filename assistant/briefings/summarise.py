"""The opening lines of a briefing, worded by a language model from the briefing's own lines, each judged against them.

The model reads lines of the briefing and nothing else, and nothing else may support what it says. A sentence that only
says what announces a list, or a point of a list without what announces it, is not shown: both mislead by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from assistant.answers.answer import Removed, Sentence
from assistant.answers.drafting import Writer, as_written, notice
from assistant.answers.generate import TOO_SHORT, says_little
from assistant.answers.llm import ModelFailed
from assistant.answers.prompts import prompt
from assistant.answers.stream import verified
from assistant.answers.support import Judged, Similarity, Source, judge
from assistant.briefings.briefing import Briefing, Line
from assistant.briefings.labels import say
from assistant.briefings.summary import Summary
from corpus.language import detect
from index.chunk import context_of
from index.sentences import introduces_list

FIELDS = ("what", "aims", "members", "ministry", "programmes", "open")
"""What a model is shown of a briefing, in the order in which it is to speak of it."""
MOST = 6
"""Sentences that are shown; the model is stopped once they are there."""
ANNOUNCES = "La phrase ne dit que ce qui annonce une liste, ou un titre."
UNANNOUNCED = "La phrase est un point d'une liste sans ce qui l'annonce."


@dataclass(frozen=True, slots=True)
class Shown:
    """A line that the model is shown, in the passage at `passage`: the number of its source, its words, its lead."""

    passage: int
    number: int
    text: str
    lead: str
    language: str
    context: str

    @property
    def source(self) -> Source:
        """The line as what may hold a sentence, what announces it beside it."""
        return Source(self.text, self.language, f"{self.context}\n{self.lead}".strip(), self.lead)

    @property
    def above(self) -> tuple[Source, ...]:
        """What stands over the line, without it."""
        lead = (Source(self.lead, self.language, self.context),) if self.lead else ()
        return (*lead, Source(self.context, self.language)) if self.context else lead


def summarised(writer: Writer, briefing: Briefing, language: str) -> Summary:
    """What the model says of a briefing in `language` that the briefing's lines hold, at most `MOST` sentences.

    Where the model fails, or says nothing that they hold, there is no sentence and the notice says why.
    """
    shown = lines_for(briefing, writer.characters)
    sources, similarity = [line.source for line in shown], writer.similarity
    sentences: list[Sentence] = []
    removed: list[Removed] = []

    def held(text: str, passages: tuple[int, ...], about: str) -> Judged:
        if says_little(text):
            return Judged("unsupported", (), TOO_SHORT)
        first = [at for number in passages for at, line in enumerate(shown) if line.passage == number]
        judged = judge(text, sources, language, hints=first, about=about, similarity=similarity)
        reason = _misleading(text, judged, shown[judged.sources[0]], language, similarity) if judged.kept else ""
        return Judged("unsupported", (), reason) if reason else judged

    name = briefing.names[language]
    asked = prompt(
        say(language, "summary_asked", x=name),
        _passages(shown, language),
        language,
        most=len(FIELDS),
        characters=writer.characters,
        rules="brief",
    )
    try:
        with closing(writer.model.stream(asked)) as pieces:
            for told in verified(pieces, held, subject=name):
                if told.judged.verdict == "unsupported":
                    removed.append(Removed(told.text, told.judged.reason))
                    continue
                line = shown[told.judged.sources[0]]
                text, verdict = as_written(told.text, told.judged.verdict, line.text)
                sentences.append(Sentence(text, verdict, (line.number,)))
                if len(sentences) == MOST:
                    break
    except ModelFailed as failure:
        return failed(failure.reason, language, writer.model.name, removed)
    if not sentences:
        return failed("nothing", language, writer.model.name, removed)
    return Summary(language, tuple(sentences), tuple(removed), "", writer.model.name)


def failed(reason: str, language: str, model: str, removed: Sequence[Removed] = ()) -> Summary:
    """A summary without a sentence, and why."""
    return Summary(language, (), tuple(removed), notice(reason, language, then="briefing"), model)


def lines_for(briefing: Briefing, characters: int) -> list[Shown]:
    """The lines of a briefing that fit in so many characters, each once, every field with its fair share of them."""
    languages = {document.id: document.language for document in briefing.documents}
    seen: set[int] = set()
    fields: list[list[Line]] = []
    for field in FIELDS:
        lines = [line for line in briefing.field(field).lines if not introduces_list(line.quote)]
        fields.append([line for line in lines if line.citations[0] not in seen])
        seen.update(line.citations[0] for line in lines)
    found: list[Shown] = []
    for at, left in enumerate(shares([sum(map(_length, lines)) for lines in fields], characters)):
        for line in fields[at]:
            if _length(line) <= left:
                left -= _length(line)
                found.append(_shown(at, line, briefing, languages))
    return found


def shares(wanted: Sequence[int], total: int) -> list[int]:
    """How much of `total` each gets: what it wants, or an equal part of what those who want less leave.

    >>> shares([100, 900, 900], 1000), shares([1, 2], 10)
    ([100, 450, 450], [1, 2])
    """
    given = [0] * len(wanted)
    left = total
    for rank, at in enumerate(sorted(range(len(wanted)), key=lambda at: wanted[at])):
        given[at] = min(wanted[at], left // (len(wanted) - rank))
        left -= given[at]
    return given


def _length(line: Line) -> int:
    """Letters that a line takes of a passage at the most, with its lead, a mark and two ends of lines."""
    return len(line.text) + len(line.lead) + 4


def _shown(passage: int, line: Line, briefing: Briefing, languages: dict[str, str]) -> Shown:
    number = line.citations[0]
    source = briefing.sources[number - 1]
    return Shown(
        passage,
        number,
        " ".join(source.quote.split()),
        line.lead,
        languages.get(source.document) or detect(source.quote),
        context_of(source.title, source.headings),
    )


def _passages(shown: Sequence[Shown], language: str) -> list[tuple[str, str]]:
    """A passage for each field that has lines: its label, and the lines below what announces them.

    A field without lines has an empty passage, so that numbers stay those of `FIELDS`.
    """
    texts: list[list[str]] = [[] for _ in FIELDS]
    lead = ""
    for line in shown:
        if line.lead and (line.lead != lead or not texts[line.passage]):
            texts[line.passage].append(line.lead)
        lead = line.lead
        texts[line.passage].append(f"- {line.text}" if line.lead else line.text)
    return [(say(language, field), "\n".join(text)) for field, text in zip(FIELDS, texts, strict=True)]


def _misleading(text: str, judged: Judged, line: Shown, language: str, similarity: Similarity | None) -> str:
    """Why a sentence that a line holds is still not to be shown, if so."""
    if judged.verdict == "verbatim":
        return UNANNOUNCED if line.lead else ""
    return ANNOUNCES if judge(text, line.above, language, similarity=similarity).kept else ""
