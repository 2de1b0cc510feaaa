"""A question becomes an answer: condense, mend, search, draft, decide, attribute; a language model may then word it."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from assistant.answers import refusal
from assistant.answers.about import subject
from assistant.answers.answer import Answer, Passage, Seconds
from assistant.answers.attribute import attribute
from assistant.answers.comparison import comparison, questions_in
from assistant.answers.condense import condensed
from assistant.answers.conversation import standalone
from assistant.answers.dated import REASON, REASONS, TimeAsked, of_those, quoted, speaks_of_next, time_asked
from assistant.answers.drafting import Numbers, Writer, drafted
from assistant.answers.events import Event, Step
from assistant.answers.evidence import units
from assistant.answers.extract import Drafted, chosen_of
from assistant.answers.headings import spelled_by_heading
from assistant.answers.joined import joined
from assistant.answers.lists import whole_lists
from assistant.answers.llm import Listener
from assistant.answers.parallel import whole_runs
from assistant.answers.question import understand
from assistant.answers.reread import spans_of
from assistant.answers.small_talk import Talk, examples, reply, small_talk, without_greeting
from assistant.answers.weights import Weights
from assistant.briefings.events import Event as DatedEvent
from corpus.language import detect
from index.reader import Reading
from index.search import Found

PASSAGES = 8
"""How many passages are read for an answer."""
SPELLED = 0.9
"""The score of an acronym whose words stand beside it in a heading: there is nothing left to judge."""


Timeline = Callable[[str], Sequence[DatedEvent]]
"""The dated events, oldest first, of a framework or body by its id, or of all for `""`."""


class Texts(Protocol):
    """What an answer needs of the index: search, and the documents' own words to check quotes against."""

    def found(self, question: str, top_k: int, within: frozenset[str] | None) -> Found:
        """The best passages for a question, whose spans are read next; `within` are the only documents looked at."""
        ...

    def mended(self, question: str) -> str:
        """The question with its typing errors put right from the words of the texts."""
        ...

    def read(self, question: str, passages: Sequence[str]) -> Sequence[Reading]:
        """Whether and where each passage answers the question; nothing where there is no reader."""
        ...

    def text(self, document: str) -> str | None:
        """A document's whole text."""
        ...

    def frameworks(self) -> Mapping[str, str]:
        """Each document's framework."""
        ...


@dataclass
class Asker:
    """Answers questions over some texts, in the words of `writer` where there is one.

    `threshold` is the score below which an answer is refused.
    """

    texts: Texts
    fingerprint: str
    weights: Weights
    threshold: float | None = None
    writer: Writer | None = None
    timeline: Timeline | None = None
    today: Callable[[], date] = date.today

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        within: frozenset[str] | None = None,
    ) -> Answer:
        """The verified answer to a question after the earlier questions of `history`, or a refusal."""
        *_, answer = self.stream(question, history, language, id, within)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        within: frozenset[str] | None = None,
        listener: Listener | None = None,
    ) -> Generator[Event, None, None]:
        """As `ask`, told while it happens; the answer comes last. Once the listener leaves, no model is heard."""
        language = language or detect(question)
        talk = small_talk(question)
        if talk:
            yield self._reply(talk, question, language, id)
            return
        yield Step("search")
        writer = self.writer.for_one(listener) if self.writer else None
        understood = self.texts.mended(_standalone(writer, without_greeting(question), history))
        if (asked := time_asked(understood)) and (
            told := self._dated(asked, understood, question, language, id, within)
        ):
            yield told
            return
        answers = []
        numbers: Numbers = {}
        compared = comparison(understood) is not None
        for part in questions_in(understood):
            if (asked := time_asked(part)) and (told := self._dated(asked, part, question, language, id, within)):
                answers.append(told)
                continue
            answer, found = self._extracted(subject(part), question, language, id, within, compared)
            if writer and not answer.refused:
                yield Step("read", answer.understood_as)
                frameworks = self.texts.frameworks()
                answer = yield from drafted(writer, answer, found.hits, self.texts.text, frameworks, numbers)
            answers.append(answer)
        yield answers[0] if len(answers) == 1 else joined(question, understood, answers, compared)

    def _dated(
        self, asked: TimeAsked, part: str, question: str, language: str, id: str, within: frozenset[str] | None
    ) -> Answer | None:
        """The answer that the timeline gives, or refuses; `None` where searching is to answer."""
        if self.timeline is None:
            return None
        began = time.perf_counter()
        events = [
            event for event in self.timeline(asked.topic) if within is None or event.sources[0].document in within
        ]
        sentences, citations = quoted(of_those(asked, events, self.today()), self.texts.text)
        if sentences:
            seconds = time.perf_counter() - began
            told = self._unsearched(part, question, language, id, "extractive")
            return replace(told, sentences=sentences, citations=citations, seconds=Seconds(seconds, 0.0, seconds))
        if asked.kind == "last":
            return None
        searched, _found = self._extracted(part, question, language, id, within)
        if asked.kind == "next" and any(speaks_of_next(sentence.text) for sentence in searched.sentences):
            return searched
        return replace(
            searched,
            refused=True,
            reason=REASON,
            reason_text=REASONS.get(language, REASONS["fr"]),
            score=0.0,
            sentences=(),
            removed=(),
            citations=(),
        )

    def _extracted(
        self, part: str, question: str, language: str, id: str, within: frozenset[str] | None, side: bool = False
    ) -> tuple[Answer, Found]:
        """The answer to a part of the question in the texts' own words, and the passages it was made of."""
        from assistant.answers.engine import Asked, run

        asked = Asked(
            query_str=part,
            id=id,
            original=question,
            language=language,
            began=time.perf_counter(),
            within=within,
            side=side,
        )
        answer = run(self._engine, asked)
        assert asked.found is not None
        return answer, asked.found

    def _reply(self, talk: Talk, question: str, language: str, id: str) -> Answer:
        """What is said to small talk: nothing is searched, nothing about the texts is claimed."""
        said = reply(talk, language, examples(frozenset(self.texts.frameworks().values()), language))
        return replace(self._unsearched(question, question, language, id, "conversation"), reply=said)

    def _unsearched(self, part: str, question: str, language: str, id: str, mode: str) -> Answer:
        """An answer that no search was needed for, with nothing in it yet."""
        return Answer(
            id=id,
            question=question,
            understood_as=part,
            language=language,
            refused=False,
            reason="",
            reason_text="",
            score=1.0,
            threshold=self.weights.threshold if self.threshold is None else self.threshold,
            sentences=(),
            removed=(),
            citations=(),
            passages=(),
            mode=mode,
            model="none",
            fingerprint=self.fingerprint,
        )

    @cached_property
    def _engine(self) -> Any:
        from assistant.answers.engine import query_engine

        return query_engine(lambda text, within: self.texts.found(text, PASSAGES, within), self._compose)

    def _compose(self, asked: Any, found: Found) -> Answer:
        searched = time.perf_counter()
        question = understand(asked.query_str, asked.language)
        candidates = units(question, found, PASSAGES)
        asks = any(letter.isalnum() for letter in asked.query_str)
        spans = spans_of(question, found, candidates, self.weights.unit, self.texts.read) if asks else []
        drafted = chosen_of(question, spans)
        features = refusal.features(question, found, drafted, spans)
        score = refusal.probability(self.weights.answerable, features) if drafted else 0.0
        threshold = self.weights.threshold if self.threshold is None else self.threshold
        heading = spelled_by_heading(question, found, drafted, self.texts.text, score >= threshold)
        if heading:
            drafted, score = heading, max(score, SPELLED)
        shown = drafted if score >= threshold and drafted else []
        shown = whole_lists(shown, self.texts.text) if question.wants_list else shown
        one_detail = question.wants_detail and not question.wants_list  # not answered by the dates or places of all
        shown = shown if asked.side or one_detail else whole_runs(shown)
        attributed = attribute(shown, self.texts.text, self.texts.frameworks())
        refused = not attributed.sentences
        code, line = (
            refusal.reason(question, found, drafted, asked.language, asked.within is not None) if refused else ("", "")
        )
        done = time.perf_counter()
        return Answer(
            id=asked.id,
            question=asked.original,
            understood_as=asked.query_str,
            language=asked.language,
            refused=refused,
            reason=code,
            reason_text=line,
            score=score,
            threshold=threshold,
            sentences=attributed.sentences,
            removed=attributed.removed,
            citations=attributed.citations,
            passages=_passages(found, spans),
            mode="extractive",
            model="none",
            fingerprint=self.fingerprint,
            seconds=Seconds(searched - asked.began, done - searched, done - asked.began),
        )


def _standalone(writer: Writer | None, question: str, history: Sequence[str]) -> str:
    by_rules = standalone(question, history)
    return condensed(writer.model, question, history, by_rules) if writer else by_rules


def _passages(found: Found, spans: Sequence[Drafted]) -> tuple[Passage, ...]:
    """The passages found, each as answerable as the likeliest of its spans that was read."""
    read: dict[str, float] = {}
    for item in spans:
        if item.alone:
            id = item.unit.hit.chunk.id
            read[id] = max(read.get(id, 0.0), item.alone.answerable)
    return tuple(
        Passage(
            hit.chunk.document,
            hit.chunk.title,
            hit.chunk.page,
            hit.chunk.text,
            hit.score,
            hit.chunk.start,
            hit.chunk.end,
            read.get(hit.chunk.id, hit.answerable),
        )
        for hit in found.hits
    )
