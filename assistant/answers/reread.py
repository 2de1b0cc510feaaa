"""The likeliest spans are read once more, each alone: the item or the sentence, under its headings, nothing beside it.

A passage of four hundred characters holds the neighbours of what is asked as well ("Dakar : 48 officiers" beside
"Nouadhibou"), and the reader takes what it is tempted with. One grain holds what is said of one thing. What is read
there weighs in the choice of the span and in refusal. Pure, but for the reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answers.evidence import Unit, answer_inside
from assistant.answers.extract import Drafted, chosen_of, ranked
from assistant.answers.grain import Grain, grains, whole
from assistant.answers.question import Question
from assistant.answers.weights import Logistic
from index.reader import Reading
from index.rerank import front
from index.search import Found

Read = Callable[[str, Sequence[str]], Sequence[Reading]]
"""A reading of each passage for a question; none at all where there is no reader."""
READ = 3
"""Spans that are read, at most."""
ENOUGH = 0.9
"""A span that answers as surely as this in its passage and alone ends the reading."""
SHARE = 0.5
"""Of the reader's log-odds in those of a span."""
BEFORE, LONGEST = 200, 500
"""Characters of what a grain leans on, and of the grain."""


def draft(question: Question, found: Found, candidates: Sequence[Unit], model: Logistic, read: Read) -> list[Drafted]:
    """The spans to quote; where there is a reader, those that it was shown alone come with what it read."""
    spans = ranked(Drafted(unit, model.probability(unit.features)) for unit in candidates)
    return chosen_of(question, reread(question, found, spans, read))


def reread(question: Question, found: Found, spans: Sequence[Drafted], read: Read) -> list[Drafted]:
    """The spans, likeliest first, once the first few were read; where none was, as they are.

    A list that is longer than what is read at once stays as likely as it was: its end might answer. What comes after
    the first few is not likelier than they are: nobody looked at it.
    """
    if not spans:
        return []
    looked_at = _looked_at(question, found, spans[:1], read) if _sure(spans[0].unit) else []
    if not any(item.alone and item.alone.answerable >= ENOUGH for item in looked_at):
        looked_at += _looked_at(question, found, spans[len(looked_at) : READ], read)
    least = min(item.probability for item in looked_at)
    rest = (replace(item, probability=min(item.probability, least)) for item in spans[len(looked_at) :])
    return [*ranked(looked_at), *rest]


def _looked_at(question: Question, found: Found, spans: Sequence[Drafted], read: Read) -> list[Drafted]:
    chosen = [nearest(question, found, item.unit) for item in spans]
    seen = [at for at, grain in enumerate(chosen) if not (spans[at].unit.is_list and len(grain.text) > LONGEST)]
    readings = read(question.text, [said(chosen[at]) for at in seen]) if seen else ()
    weighed = {at: _weighed(spans[at], reading) for at, reading in zip(seen, readings, strict=bool(readings))}
    return [weighed.get(at, item) for at, item in enumerate(spans)]


def _sure(unit: Unit) -> bool:
    reading = unit.hit.reading
    return reading is not None and reading.answerable >= ENOUGH and answer_inside(reading, unit.start, unit.end)


def _weighed(item: Drafted, reading: Reading) -> Drafted:
    odds = _log_odds(item.probability) + SHARE * _log_odds(reading.answerable)
    return replace(item, probability=1 / (1 + math.exp(-odds)), alone=reading)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def nearest(question: Question, found: Found, unit: Unit) -> Grain:
    """The grain of a span that holds most of the question; a list that is asked for is one."""
    if question.wants_list and unit.is_list:
        return whole(unit)
    parts = list(grains(unit)) or [whole(unit)]
    return max(parts, key=lambda grain: grain.share(found))


def said(grain: Grain) -> str:
    """A grain as it is read: under its headings, behind what it leans on."""
    before = grain.before[:BEFORE]
    return f"{front(grain.chunk.title, grain.chunk.headings)}{f'{before} ' if before else ''}{grain.text[:LONGEST]}"
