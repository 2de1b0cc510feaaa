"""Answers to the parts of one question become one answer: each part has its sentences, or says what is missing. Pure.

A part is held more strictly than a question alone: one that asks for a date or a figure and would be shown neither is
missing, since what is shown would most often be the answer to the other part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers.answer import Answer, Citation, Part, Passage, Seconds, Sentence
from assistant.answers.missing import Missing
from assistant.answers.question import Kind, holds, understand

_TOLD: dict[Kind, str] = {"date": "date", "number": "number_kind"}
"""The kinds that a sentence surely holds or does not, and the line that says which is missing."""


def joined(question: str, understood: str, parts: Sequence[Answer]) -> Answer:
    """One answer to `question` from those to its parts, in their order; refused only where every part is.

    Citations are numbered anew, one number a span; a sentence that two parts quote stands under each, with the same
    number. The score is that of the surest part.
    """
    parts = [_strict(part) for part in parts]
    first = parts[0]
    numbers: dict[tuple[str, int, int], Citation] = {}
    sentences: list[Sentence] = []
    told: list[Part] = []
    for part in parts:
        renumbered = _renumbered(part, numbers)
        last = len(sentences) + len(renumbered)
        told.append(Part(part.understood_as, part.refused, part.reason_text, len(sentences), last))
        sentences += renumbered
    refused = all(part.refused for part in parts)
    return replace(
        first,
        question=question,
        understood_as=understood,
        refused=refused,
        reason=first.reason if refused else "",
        reason_text=first.reason_text if refused else "",
        score=max(part.score for part in parts),
        sentences=tuple(sentences),
        removed=tuple(removed for part in parts for removed in part.removed),
        citations=tuple(numbers.values()),
        passages=_passages(parts),
        seconds=Seconds(
            sum(part.seconds.search for part in parts),
            sum(part.seconds.draft for part in parts),
            sum(part.seconds.total for part in parts),
        ),
        parts=() if refused else tuple(told),
    )


def _strict(part: Answer) -> Answer:
    asked = understand(part.understood_as, part.language)
    for kind, line in _TOLD.items():
        told = any(holds(kind, sentence.text, asked.text) for sentence in part.sentences)
        if kind in asked.kinds and not told and not part.refused:
            reason = Missing(line).line(part.language)
            return replace(part, refused=True, reason="near_miss", reason_text=reason, sentences=(), citations=())
    return part


def _renumbered(part: Answer, numbers: dict[tuple[str, int, int], Citation]) -> list[Sentence]:
    new = {}
    for citation in part.citations:
        span = citation.document, citation.start, citation.end
        new[citation.n] = numbers.setdefault(span, replace(citation, n=len(numbers) + 1)).n
    return [
        Sentence(sentence.text, sentence.verdict, tuple(new[n] for n in sentence.citations))
        for sentence in part.sentences
    ]


def _passages(parts: Sequence[Answer]) -> tuple[Passage, ...]:
    """The passages of all parts, the best of each first, each once."""
    longest = max(len(part.passages) for part in parts)
    in_turn = [part.passages[at] for at in range(longest) for part in parts if at < len(part.passages)]
    places = {(passage.document, passage.start, passage.end): passage for passage in reversed(in_turn)}
    return tuple(passage for passage in in_turn if places[passage.document, passage.start, passage.end] is passage)
