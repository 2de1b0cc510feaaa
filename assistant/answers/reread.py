"""What would be shown is read once more, alone: the item or the sentence, under its headings, with nothing beside it.

A passage of four hundred characters holds the neighbours of what is asked as well ("Dakar : 48 officiers" beside
"Nouadhibou"), and the reader takes what it is tempted with. One grain holds what is said of one thing. Pure, but for
the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.answers.evidence import coverage, stems
from assistant.answers.extract import Drafted
from assistant.answers.grain import Grain, grains, whole
from assistant.answers.question import Question
from index.reader import Reading
from index.search import Found

Read = Callable[[str, Sequence[str]], Sequence[Reading]]
"""A reading of each passage for a question; none at all where there is no reader."""
READ = 2
"""Grains that are read, at most."""
CONTEXT, BEFORE, LONGEST = 120, 200, 500
"""Characters of title and headings, of what a grain leans on, and of the grain."""
CHOSEN = 0.2
"""How much the probability of a span counts beside its grains' share of the question's words."""


def reread(question: Question, found: Found, drafted: Sequence[Drafted], read: Read) -> list[Reading]:
    """Readings of the grains of a draft that hold most of the question, nearest first."""
    chosen = nearest(question, found, drafted)[:READ]
    return list(read(question.text, [said(grain) for grain in chosen])) if chosen else []


def nearest(question: Question, found: Found, drafted: Sequence[Drafted]) -> list[Grain]:
    """The grains of a draft by their share of the question's words, the best first; a list that is asked for is one."""
    ranked: list[tuple[float, Grain]] = []
    for item in drafted:
        asked_whole = question.wants_list and item.unit.is_list
        for grain in [whole(item.unit)] if asked_whole else grains(item.unit):
            share = coverage(found.words, stems(grain.text) | grain.around)
            ranked.append((share + CHOSEN * item.probability, grain))
    return [grain for _, grain in sorted(ranked, key=lambda pair: -pair[0])]


def said(grain: Grain) -> str:
    """A grain as it is read: under its headings, behind what it leans on."""
    context, before = grain.context[:CONTEXT], grain.before[:BEFORE]
    return f"{f'{context}. ' if context else ''}{f'{before} ' if before else ''}{grain.text[:LONGEST]}"
