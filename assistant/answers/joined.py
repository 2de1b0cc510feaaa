"""Answers to the parts of one question become one answer: each part has its sentences, or says what is missing. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers.answer import Answer, Citation, Part, Passage, Seconds, Sentence


def joined(question: str, understood: str, parts: Sequence[Answer]) -> Answer:
    """One answer to `question` from those to its parts, in their order; refused only where every part is.

    Citations are numbered anew, one number a span; a sentence that two parts quote stands under each, with the same
    number. The score is that of the surest part.
    """
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
