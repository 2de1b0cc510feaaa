"""The smallest parts of a text that say one thing, and whether one of them holds what is asked. Pure.

A list of four sessions has every word of "Combien de navires à l'exercice de 2019 ?" and a number of ships too: that of
2016. What answers must stand in one item with what it is asked of, or in one clause. Headings and the sentence before
count for a grain that leans on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.answers.evidence import Unit, opening
from assistant.answers.question import Question, holds, numbers
from assistant.answers.relations import unstated
from index.chunk import Chunk
from index.coverage import coverage, stems
from index.search import Found
from index.sentences import is_item
from index.terms import fold

_ITEMS = re.compile(r"\n+|(?<=\s)[•●▪◦‣·]\s")
_HEAD = re.compile(r"^[^:;.]{1,80}(?= ?:)")
"""What an item is about, before its colon: it goes for all that follows."""
_CLAUSES = re.compile(
    r"[;:؛•\n]|[,،](?!\d)|(?<=[.!?؟])\s"
    r"| (?:et|and|mais|but|tandis que|while|ainsi que)"
    r" (?=(?:a|ont|est|sont|se|s'|en|y|l'|has|have|is|was|were|les?|la|un|une|the)\b)"
    r"| (?:dont|qui|où|which|who|where|whose) "
)
_LEANS = re.compile(
    r"^\W*(?:dans ce(?:t|tte)?|a cet?|in this|il|elle|ils|elles|son|sa|ses|leurs?|ce|cet|cette|ces|celui|celle|ceux|celles|y|en|ledit|ladite"
    r"|it|its|they|their|this|that|these|those|he|she|his|her"
    r"|وهو|وهي|ه[ذو]\w*|تلك|ذلك|كما|و\w+)\b"
)


@dataclass(frozen=True, slots=True)
class Grain:
    """One item or sentence of a passage, where it begins in its document, and the sentence it leans on (or nothing)."""

    text: str
    start: int
    chunk: Chunk
    before: str

    @property
    def context(self) -> str:
        """The title and headings above it."""
        return self.chunk.context

    @property
    def around(self) -> frozenset[str]:
        """The stems of what it leans on."""
        return stems(self.context) | stems(self.before)

    def share(self, found: Found) -> float:
        """How much of the question's words it holds, with what it leans on."""
        return coverage(found.words, stems(self.text) | self.around)


def grains(unit: Unit) -> Iterator[Grain]:
    """The items and sentences of a unit, in order."""
    chunk = unit.hit.chunk
    for at in range(unit.first, unit.last + 1):
        whole = chunk.quote(at)
        before = chunk.quote(opening(unit.hit, at)) if is_item(whole) or _LEANS.match(fold(whole)) else ""
        begin = chunk.sentences[at][0]
        yield from (Grain(text, begin + place, chunk, before) for place, text in _pieces(whole) if text.strip())


def _pieces(whole: str) -> Iterator[tuple[int, str]]:
    """The items of a sentence, each with its place in it."""
    place = 0
    for mark in _ITEMS.finditer(whole):
        yield place, whole[place : mark.start()]
        place = mark.end()
    yield place, whole[place:]


def bound(question: Question, found: Found, shown: Sequence[Unit]) -> dict[str, float]:
    """How much of the question the best grain holds, and the best grain and clause that could answer it.

    `grain_words`: the best share of the question's words in a grain; `grain_slot`, `clause_slot`: the same in the grain
    that suits best and in its best clause, where they hold each kind of detail asked for, and 0 where they do not;
    `grain_numbers`: the share of the question's numbers that this grain lacks; `grain_relation`: the weight of a
    relation asked that it does not state. A list that is asked for is one grain.
    """
    all_grains = [grain for unit in shown for grain in ([whole(unit)] if question.wants_list else grains(unit))]
    if not all_grains:
        return {}
    shares = [grain.share(found) for grain in all_grains]
    suits = [_suits(question, grain, share) for grain, share in zip(all_grains, shares, strict=True)]
    best = max(range(len(suits)), key=lambda at: suits[at].worth + 0.1 * shares[at])
    return {
        "grain_words": max(shares),
        "grain_slot": suits[best].slot,
        "clause_slot": max(_slots(question, found, all_grains[best]), default=0.0),
        "grain_numbers": suits[best].numbers,
        "grain_relation": suits[best].relation,
    }


@dataclass(frozen=True, slots=True)
class _Suits:
    """How one grain suits a question: its words where the kinds asked are held, and what it lacks."""

    slot: float
    numbers: float
    relation: float

    @property
    def worth(self) -> float:
        return self.slot - self.numbers - 0.5 * self.relation


def _suits(question: Question, grain: Grain, share: float) -> _Suits:
    held = all(holds(kind, grain.text, question.text) for kind in question.details)
    lacking = question.numbers - numbers(grain.text) - numbers(grain.context) - numbers(grain.before)
    said = f"{grain.context}\n{grain.before}\n{grain.text}"
    relation = max((one.weight for one in unstated(question.text, said)), default=0.0)
    return _Suits(share * held, len(lacking) / max(1, len(question.numbers)), relation)


def _slots(question: Question, found: Found, grain: Grain) -> Iterator[float]:
    """For each clause of a grain that holds the kinds asked for: its share of the question's words."""
    head = _HEAD.match(grain.text)
    about = grain.around | stems(head[0]) if head else grain.around
    for clause in filter(str.strip, _CLAUSES.split(grain.text)):
        if all(holds(kind, clause, question.text) for kind in question.details):
            yield coverage(found.words, stems(clause) | about)


def whole(unit: Unit) -> Grain:
    """A unit as one grain."""
    chunk = unit.hit.chunk
    before = chunk.quote(opening(unit.hit, unit.first))
    return Grain(unit.text, unit.start, chunk, before)
