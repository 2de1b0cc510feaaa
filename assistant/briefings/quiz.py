"""Questions to check oneself, made from the cited facts of a briefing; the same seed asks the same questions. Pure.

The right answer is always words of the cited quote, or the framework that its source names; the wrong ones are facts of
the same kind that it does not tell. No question of a quiz answers another: a sentence is asked about once, and no text
holds what another question asks for.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.briefings.briefing import Briefing
from assistant.briefings.events import Event, Source
from assistant.briefings.labels import say
from assistant.briefings.naming import shipped_topics
from index.terms import fold

CHOICES = 4
MOST_OF_FRAMEWORKS = 2
"""Questions on the framework in one quiz: they are alike."""
ORDERS = 8
"""Orders in which the questions are tried; the one that leaves the most of them is asked."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with choices; `choices[right]` is told by the source's quote."""

    kind: str
    text: str
    choices: tuple[str, ...]
    right: int
    source: Source

    def is_right(self, chosen: int) -> bool:
        """Whether the choice of this index, from 0, is the right one."""
        return chosen == self.right

    def answers(self, other: Question) -> bool:
        """Whether it gives another away: it is made from the same sentence, or its text holds the other's answer."""
        answer = re.escape(fold(other.choices[other.right]))
        same = " ".join(self.source.quote.split()) == " ".join(other.source.quote.split())
        return same or bool(re.search(rf"(?<!\w){answer}(?!\w)", fold(self.text)))

    def to_json(self) -> dict[str, Any]:
        """The question as plain JSON values."""
        return asdict(self)


def quiz(
    briefing: Briefing, others: Sequence[Event], seed: int, most: int = 10, language: str = "fr"
) -> list[Question]:
    """At most `most` questions, asked in `fr`, `ar` or `en`; choices are words of the texts.

    `others` are events of other frameworks, from which wrong answers are taken too.
    """
    chance = random.Random(f"{seed}\0{briefing.id}")
    dates = [event.written for event in (*briefing.events, *others)]
    places = [event.place for event in (*briefing.events, *others) if event.place]
    made: list[Question | None] = []
    for event in briefing.events:
        what = event.title.replace(event.written, "…")
        made.append(_ask(chance, "date", say(language, "quiz_date", x=what), event.written, dates, event.sources[0]))
        if event.place and event.place in event.sources[0].quote:
            where = event.title.replace(event.place, "…")
            made.append(
                _ask(chance, "place", say(language, "quiz_place", x=where), event.place, places, event.sources[0])
            )
    full = [line for line in briefing.field("acronyms").lines if line.text != line.quote]
    for line in full:
        source = briefing.sources[line.citations[0] - 1]
        forms = [other.text for other in full]
        made.append(_ask(chance, "acronym", say(language, "quiz_acronym", x=line.label), line.text, forms, source))
    made += _of_frameworks(chance, briefing, language)
    found = [question for question in made if question]
    tried = [_apart(chance.sample(found, len(found))) for _ in range(ORDERS)]
    return max(tried, key=len)[:most]


def _apart(questions: Sequence[Question]) -> list[Question]:
    """Those of the questions, in their order, that neither answer one before them nor are answered by one."""
    kept: list[Question] = []
    for question in questions:
        if not any(other.answers(question) or question.answers(other) for other in kept):
            kept.append(question)
    return kept


def _of_frameworks(chance: random.Random, briefing: Briefing, language: str) -> list[Question]:
    """In which framework something happened, where the source says it: in its words, its headings or its title."""
    topics = shipped_topics()
    frameworks = [topic for topic in topics.all if not topic.is_body]
    right = next(topic.names[language] for topic in frameworks if topic.id == briefing.framework)
    made = []
    for event in briefing.events:
        source = event.sources[0]
        where = " · ".join((source.title, *source.headings, source.quote))
        told = {topic.framework for name in topics.named(where) if (topic := topics.get(name.topic))}
        wrong = [topic.names[language] for topic in frameworks if topic.id not in told]
        if briefing.framework not in told or not wrong or fold(right) in fold(event.title):
            continue
        chance.shuffle(wrong)
        choices = [right, *wrong[: CHOICES - 1]]
        chance.shuffle(choices)
        text = say(language, "quiz_framework", x=event.title)
        made.append(Question("framework", text, tuple(choices), choices.index(right), source))
    chance.shuffle(made)
    return made[:MOST_OF_FRAMEWORKS]


def _ask(
    chance: random.Random, kind: str, text: str, right: str, pool: Sequence[str], source: Source
) -> Question | None:
    """A question with up to four choices; none where there is nothing else to choose."""
    wrong = {fold(each): each for each in pool if fold(each) not in fold(source.quote)}
    chosen = sorted(wrong.values())
    chance.shuffle(chosen)
    choices = [right, *chosen[: CHOICES - 1]]
    if len(choices) < 2:
        return None
    chance.shuffle(choices)
    return Question(kind, text, tuple(choices), choices.index(right), source)
