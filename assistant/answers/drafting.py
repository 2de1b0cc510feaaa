"""An answer in a language model's words, where they hold; else in the texts' own, with a line that says why.

It begins where the extractive answer ends: that one was found worth giving before any model is asked, says which
passages matter, and is what remains when the model fails, is cut off, or says nothing that the texts confirm. So a
model changes how an answer reads, never whether there is one.
"""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from assistant.answers.answer import Answer, Citation, Removed, Sentence, Verdict
from assistant.answers.events import Event, Told
from assistant.answers.generate import Line, Span, generate, overlaps
from assistant.answers.llm import LanguageModel, Listener, ModelFailed
from assistant.answers.plain import plain
from assistant.answers.prompts import CHARACTERS, PASSAGES
from assistant.answers.question import holds, numbers, understand
from assistant.answers.support import Similarity
from index.search import Hit

_BULLET = re.compile(r"^\s*(?:[-*•●▪◦‣·–—]\s+|\(?\d{1,2}[.)]\s+)")
TextOf = Callable[[str], str | None]
Numbers = dict[tuple[str, int, int], Citation]


@dataclass(frozen=True, slots=True)
class Writer:
    """A language model, what it may read of one question (`passages`, `characters` in all), and its `seconds`."""

    model: LanguageModel
    similarity: Similarity | None = None
    passages: int = PASSAGES
    characters: int = CHARACTERS
    seconds: float = 120.0

    def for_one(self, listener: Listener | None) -> Writer:
        """The writer for one question, whose time begins now."""
        return replace(self, model=self.model.heard_by(listener, self.seconds))


def drafted(
    writer: Writer,
    answer: Answer,
    hits: Sequence[Hit],
    text_of: TextOf,
    frameworks: Mapping[str, str],
    numbers: Numbers,
) -> Generator[Event, None, Answer]:
    """What the model says, sentence by sentence as each is judged, and the answer in the end.

    `answer` is the extractive one, returned as it is where it refuses. `numbers` are the citations told so far for the
    question, by span; new ones are added.
    """
    if answer.refused or answer.reply:
        return answer
    began = time.perf_counter()
    page = _Page(text_of, frameworks, numbers)
    why = ""
    try:
        lines = generate(
            writer.model,
            answer.understood_as,
            _cited_first(hits, answer.citations),
            answer.language,
            writer.similarity,
            passages=writer.passages,
            characters=writer.characters,
            evidence=_spans(answer.citations),
        )
        with closing(lines):
            for line in lines:
                yield page.take(line)
    except ModelFailed as failure:
        why = failure.reason
    why = why or ("" if page.sentences else "nothing") or _beside(answer, page)
    took = time.perf_counter() - began
    seconds = replace(answer.seconds, draft=answer.seconds.draft + took, total=answer.seconds.total + took)
    answer = replace(answer, seconds=seconds, removed=(*page.removed, *answer.removed))
    if why:
        return replace(answer, notice=notice(why, answer.language))
    return replace(
        answer,
        sentences=tuple(page.sentences),
        citations=page.cited(),
        mode="generative",
        model=writer.model.name,
    )


@dataclass
class _Page:
    """What the model's lines have become so far."""

    text_of: TextOf
    frameworks: Mapping[str, str]
    numbers: Numbers
    sentences: list[Sentence] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)

    def take(self, line: Line) -> Event:
        """The line as a sentence with its citation, or as a removed one."""
        citation = self._citation(line) if line.hit else None
        if citation is None or line.verdict is None:
            self.removed.append(Removed(line.text, line.reason or "La citation n'est plus dans le document."))
            return self.removed[-1]
        citation = self.numbers.setdefault((citation.document, citation.start, citation.end), citation)
        text, verdict = as_written(line.text, line.verdict, citation.quote)
        self.sentences.append(Sentence(text, verdict, (citation.n,)))
        return Told(self.sentences[-1], citation)

    def cited(self) -> tuple[Citation, ...]:
        """The citations of the sentences, by number."""
        wanted = {n for sentence in self.sentences for n in sentence.citations}
        return tuple(citation for citation in self.numbers.values() if citation.n in wanted)

    def _citation(self, line: Line) -> Citation | None:
        """The span that holds a line, or nothing where the document does not have these words there any more."""
        assert line.hit is not None
        chunk, text = line.hit.chunk, self.text_of(line.hit.chunk.document)
        quote = chunk.text[line.start - chunk.start : line.end - chunk.start]
        if not quote or text is None or text[line.start : line.end] != quote:
            return None
        bullet = _BULLET.match(quote)
        start = line.start + (bullet.end() if bullet else 0)
        return Citation(
            n=len(self.numbers) + 1,
            document=chunk.document,
            title=chunk.title,
            framework=self.frameworks.get(chunk.document, ""),
            page=chunk.page,
            headings=chunk.headings,
            quote=text[start : line.end],
            start=start,
            end=line.end,
            ocr=chunk.ocr,
        )


def _cited_first(hits: Sequence[Hit], citations: Sequence[Citation]) -> list[Hit]:
    """The passages with those that the extractive answer quotes before the others: a model reads only the first."""

    def quoted(hit: Hit) -> bool:
        chunk = hit.chunk
        return any(c.document == chunk.document and chunk.start <= c.start < chunk.end for c in citations)

    return sorted(hits, key=lambda hit: not quoted(hit))


def _spans(citations: Sequence[Citation]) -> list[Span]:
    return [(citation.document, citation.start, citation.end) for citation in citations]


def _beside(answer: Answer, page: _Page) -> str:
    """`beside` where what the model says answers something else, true as it may be.

    So it is where none of its sentences stands on a span that the extractive answer quotes; where the question names a
    number ("la 17e session") that those quotes hold and its own do not; and where a date, a place, a number or a person
    is asked for, which the quotes hold and its sentences do not.
    """
    quoted = _spans(answer.citations)
    if not any(overlaps(span, quoted) for span in _spans(page.cited())):
        return "beside"
    question = understand(answer.understood_as, answer.language)
    if question.numbers & _numbers(answer.citations) - _numbers(page.cited()):
        return "beside"
    for kind in ("date", "place", "number", "person"):
        held = [
            any(holds(kind, sentence.text, answer.understood_as) for sentence in some)
            for some in (answer.sentences, page.sentences)
        ]
        if kind in question.kinds and held == [True, False]:
            return "beside"
    return ""


def _numbers(citations: Sequence[Citation]) -> frozenset[str]:
    return frozenset[str]().union(*(numbers(" ".join((c.quote, c.title, *c.headings))) for c in citations))


def as_written(text: str, verdict: Verdict, quote: str) -> tuple[str, Verdict]:
    """A kept sentence and its verdict as they are shown; one that the judge found verbatim in the quote's own letters.

    To the judge it is "the same" but for capitals and marks.

    >>> as_written("l'ue finance le capdel", "verbatim", "L'UE finance le CAPDEL.")
    ("L'UE finance le CAPDEL.", 'verbatim')
    """
    if verdict != "verbatim":
        return text, verdict
    own = plain(quote)
    return (own, verdict) if own and own in " ".join(quote.split()) else (text, "supported")


def notice(reason: str, language: str, then: str = "quotes") -> str:
    """The line that says in the reader's language why quotes are shown, or what else is done `then`.

    >>> notice("cut", "en")
    "The language model's answer was cut off. The answer therefore quotes the texts."
    """
    texts = _notices().get(language) or _notices()["fr"]
    return f"{texts[reason]} {texts[then]}"


@lru_cache(maxsize=1)
def _notices() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name("notices.toml").read_text("utf-8"))
