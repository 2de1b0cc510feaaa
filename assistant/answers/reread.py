"""The likeliest spans are read, each alone: the item or the sentence, under its headings, nothing beside it.

A passage of four hundred characters holds the neighbours of what is asked as well ("Dakar : 48 officiers" beside
"Nouadhibou"), and the reader takes what it is tempted with. One grain holds what is said of one thing. What is read
there weighs in the choice of the span and in refusal; in doubt it is asked again in the span's own words. A reference
that its passage bears is not asked for: figures and strokes of which the sentence has none turn the reader away. Pure,
but for the reader.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from heapq import nlargest
from itertools import islice

from assistant.answers.evidence import Unit
from assistant.answers.extract import Drafted, ranked
from assistant.answers.grain import Grain, grains, whole
from assistant.answers.question import Question
from assistant.answers.reworded import in_words_of
from assistant.answers.weights import Logistic
from index.codes import codes, without
from index.reader import Reading
from index.rerank import front, in_document
from index.search import Found

Read = Callable[[str, Sequence[str]], Sequence[Reading]]
"""A reading of each passage for a question; none at all where there is no reader."""
READ = 6
"""Spans that are read at the most, and one more where they are all of one passage."""
FIRST, SURE = 2, 0.6
"""So many are read first, and the others only where none of those reaches this probability."""
LIKELIEST = 9
"""Spans among which another passage's is looked for."""
SHARE = 0.75
"""Of the reader's log-odds in those of a span."""
DOUBT = 0.03, 0.8
"""A span is read again, the question in its own words, from the first probability, and where no span reaches the second."""
AGAIN = 3
"""The most that are read again: the likeliest by then."""
BEFORE, LONGEST = 200, 500
"""Characters of what a grain leans on, and of the grain."""


def spans_of(
    question: Question, found: Found, candidates: Sequence[Unit], model: Logistic, read: Read
) -> list[Drafted]:
    """The spans that could be quoted, likeliest first; where there is a reader, the first with what it read in them."""
    return reread(question, found, ranked(Drafted(unit, model.probability(unit.features)) for unit in candidates), read)


def reread(question: Question, found: Found, spans: Sequence[Drafted], read: Read) -> list[Drafted]:
    """The spans, likeliest first, once the first few were read; where none was, as they are.

    A list that is longer than what is read at once stays as likely as it was, for its end might answer; what its
    beginning says of the question counts for refusal. What comes after the first few is not likelier than they are:
    nobody looked at it.
    """
    if not spans:
        return []
    likeliest = to_read(spans)
    looked_at = _looked_at(question, found, [spans[at] for at in likeliest], read)
    if not looked_at:
        return list(spans)
    least = min(item.probability for item in looked_at)
    seen = likeliest[: len(looked_at)]
    others = (item for at, item in enumerate(spans) if at not in seen)
    return [*ranked(looked_at), *(replace(item, probability=min(item.probability, least)) for item in others)]


def to_read(spans: Sequence[Drafted]) -> list[int]:
    """The places of the likeliest spans, and of one of another passage where they are all of one: points of one list
    tell little more than one of them.
    """
    passages = [item.unit.hit.chunk.id for item in spans[:LIKELIEST]]
    first, beside = range(len(passages[:READ])), passages[:READ]
    elsewhere = (at for at in range(READ, len(passages)) if passages[at] not in beside)
    return [*first, *islice(elsewhere, 1)] if len(set(beside)) == 1 else [*first]


def _looked_at(question: Question, found: Found, spans: Sequence[Drafted], read: Read) -> list[Drafted]:
    """The first of `spans` with what was read in them: all of them in doubt, none where there is no reader."""
    asked = replace(question, text=_asked(question, spans))
    chosen = [nearest(question, found, item.unit) for item in spans]
    leads = [_before(grain) for grain in chosen]
    passages = [lead + grain.text[:LONGEST] for lead, grain in zip(leads, chosen, strict=True)]
    readings = list(read(asked.text, passages[:FIRST]))
    if readings and passages[FIRST:] and not _reached(readings, SURE):
        readings += read(asked.text, passages[FIRST:])
    seen = spans[: len(readings)]
    if not _reached(readings, DOUBT[1]):
        odds = [_odds(item, reading) for item, reading in zip(seen, readings, strict=True)]
        for at in nlargest(AGAIN, range(len(readings)), key=odds.__getitem__):
            readings[at] = _reworded(asked, found, spans[at], passages[at], readings[at], read)
    return [
        _weighed(item, grain, in_document(reading, grain.start - len(lead), grain.start))
        for item, grain, lead, reading in zip(seen, chosen, leads, readings, strict=False)
    ]


def _reached(readings: Sequence[Reading], probability: float) -> bool:
    return any(reading.answerable >= probability for reading in readings)


def _reworded(question: Question, found: Found, item: Drafted, passage: str, reading: Reading, read: Read) -> Reading:
    """What was read, and in doubt what is read when the question is put in the passage's words: half each."""
    if reading.answerable < DOUBT[0]:
        return reading
    worded = in_words_of(question, passage, item.unit.hit.language, found)
    if worded == question.text:
        return reading
    [again] = read(worded, [passage])
    odds = (_log_odds(reading.answerable) + _log_odds(again.answerable)) / 2
    surer = max(reading, again, key=lambda one: one.answerable)
    return replace(surer, answerable=_probability(odds), logit=(reading.logit + again.logit) / 2)


def _asked(question: Question, spans: Sequence[Drafted]) -> str:
    """The question without a reference that all the passages bear; they are searched for one only where it names one."""
    if not codes(question.text):
        return question.text
    return without(question.text, frozenset.intersection(*(codes(item.unit.hit.chunk.whole) for item in spans)))


def _weighed(item: Drafted, grain: Grain, reading: Reading) -> Drafted:
    if item.unit.is_list and len(grain.text) > LONGEST:
        return replace(item, alone=reading)
    return replace(item, probability=_probability(_odds(item, reading)), alone=reading)


def _odds(item: Drafted, reading: Reading) -> float:
    return _log_odds(item.probability) + SHARE * _log_odds(reading.answerable)


def _log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(bounded / (1 - bounded))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def nearest(question: Question, found: Found, unit: Unit) -> Grain:
    """The grain of a span that holds most of the question; a list that is asked for is one."""
    if question.wants_list and unit.is_list:
        return whole(unit)
    parts = list(grains(unit)) or [whole(unit)]
    return max(parts, key=lambda grain: grain.share(found))


def _before(grain: Grain) -> str:
    """What is read in front of a grain: its headings, and what it leans on."""
    before = grain.before[:BEFORE]
    return f"{front(grain.chunk.title, grain.chunk.headings)}{f'{before} ' if before else ''}"
