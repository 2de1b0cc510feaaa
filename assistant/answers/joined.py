"""Answers to the parts of one question become one answer: each part has its sentences, or says what is missing. Pure.

A part is held more strictly than a question alone, since what is shown would else be the answer to the other part: one
that asks for a date and would be shown none is missing, and so is the less sure of two that ask for a date and would be
shown the same one. A side of a comparison with sentences of its own does not repeat the other's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers.answer import Answer, Citation, Part, Passage, Seconds, Sentence
from assistant.answers.mentions import mentions
from assistant.answers.missing import Missing
from assistant.answers.question import holds, understand


def joined(question: str, understood: str, parts: Sequence[Answer], sides: bool = False) -> Answer:
    """One answer to `question` from those to its parts, in their order; refused only where every part is.

    `sides` are those of a comparison.

    Citations are numbered anew, one number a span; a sentence that two parts quote stands under each, with the same
    number. The score is that of the surest part.
    """
    parts = _dated_apart([_dated(part) for part in parts])
    parts = _sides_apart(parts) if sides else parts
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
    written = next((part for part in parts if part.mode == "generative"), first)
    return replace(
        first,
        mode=written.mode,
        model=written.model,
        notice=next((part.notice for part in parts if part.notice), ""),
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


def _asks_date(part: Answer) -> bool:
    return "date" in understand(part.understood_as, part.language).kinds


def _undated(part: Answer) -> Answer:
    reason = Missing("date").line(part.language)
    return replace(part, refused=True, reason="near_miss", reason_text=reason, sentences=(), citations=())


def _dated(part: Answer) -> Answer:
    """The part, or that its date is missing."""
    told = any(holds("date", sentence.text, part.understood_as) for sentence in part.sentences)
    return part if part.refused or told or not _asks_date(part) else _undated(part)


def _dated_apart(parts: Sequence[Answer]) -> list[Answer]:
    """The parts, with one date shown for two answering the surer alone."""
    kept = list(parts)
    for sure in sorted(parts, key=lambda part: -part.score):
        dates = [m for m in mentions(sure.text) if m.kind == "date"]
        for at, part in enumerate(kept):
            same = not sure.refused and part is not sure and part.text == sure.text
            if (
                same
                and len(dates) == 1
                and _asks_date(part)
                and _asks_date(sure)
                and not kept[parts.index(sure)].refused
            ):
                kept[at] = _undated(part)
    return kept


def _sides_apart(parts: Sequence[Answer]) -> list[Answer]:
    """The sides, each without the sentences that another shows too, where it has others; the first keeps what all drop."""
    told = [{sentence.text for sentence in part.sentences} for part in parts]
    alone = [bool(said - set().union(*told[:at], *told[at + 1 :])) for at, said in enumerate(told)]
    kept = []
    for at, part in enumerate(parts):
        others = [other for other in range(len(parts)) if other != at]
        left = tuple(
            sentence
            for sentence in part.sentences
            if not alone[at] or not any(sentence.text in told[o] and (o < at or not alone[o]) for o in others)
        )
        cited = {n for sentence in left for n in sentence.citations}
        kept.append(replace(part, sentences=left, citations=tuple(c for c in part.citations if c.n in cited)))
    return kept


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
