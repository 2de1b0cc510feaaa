"""Draft an answer with no model: choose the fewest source spans that answer. Pure.

A draft is made of verbatim spans only, so there is nothing in it that the texts do not say; what can still go wrong is
that it says something beside the question, and that is refusal's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.answers.evidence import Unit, overlap, same_text
from assistant.answers.question import Question
from assistant.answers.series import rank_held
from index.reader import Reading

MOST_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Margins:
    """A further span is quoted when its probability is at least this share of the best one's: `detail` where one
    detail was asked for and the best span holds it, else `any`.
    """

    any: float
    detail: float


MARGINS = Margins(0.5, 0.7)
MARGINS_READ = Margins(0.35, 0.5)
"""Where the best span was read: reading sets the likely further apart from the others."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A span that may be quoted, with the probability that it holds the answer, and what was read in it alone."""

    unit: Unit
    probability: float
    alone: Reading | None = None


def ranked(spans: Iterable[Drafted]) -> list[Drafted]:
    """The likeliest first; of equals, that of the better passage."""
    return sorted(spans, key=lambda item: (-item.probability, item.unit.rank, item.unit.start))


def chosen_of(question: Question, ranked: Sequence[Drafted]) -> list[Drafted]:
    """At most three spans, in reading order within a document, the best document first; a list is one span."""
    chosen: list[Drafted] = []
    margin = _margin(question, ranked[0]) if ranked else 1.0
    for item in ranked:
        if len(chosen) == MOST_SENTENCES or (chosen and item.probability < margin * chosen[0].probability):
            break
        if _strays(question, item.unit, chosen) or any(_repeats(item.unit, other.unit) for other in chosen):
            continue
        chosen.append(item)
    return _reading_order(chosen)


def _margin(question: Question, best: Drafted) -> float:
    margins = MARGINS_READ if best.alone else MARGINS
    return margins.detail if question.wants_detail and best.unit.features["kind_held"] == 1 else margins.any


def _strays(question: Question, unit: Unit, chosen: Sequence[Drafted]) -> bool:
    """Whether a unit beside what is quoted tells of something else: another list, most often, where a list was asked for
    and quoted whole and the unit is of another document; another session, where that of the number asked for is quoted.
    """
    if not chosen:
        return False
    if rank_held(question.text, chosen[0].unit.text) and not rank_held(question.text, unit.text):
        return True
    if not question.wants_list or not chosen[0].unit.is_list:
        return False
    return unit.hit.chunk.document != chosen[0].unit.hit.chunk.document


def _repeats(left: Unit, right: Unit) -> bool:
    return overlap(left, right) or same_text(left.text, right.text)


def _reading_order(chosen: Sequence[Drafted]) -> list[Drafted]:
    order: dict[str, int] = {}
    for item in chosen:
        order.setdefault(item.unit.hit.chunk.document, len(order))
    return sorted(chosen, key=lambda item: (order[item.unit.hit.chunk.document], item.unit.start))
