"""An acronym that only a heading spells out is answered by that heading, quoted where it stands. Pure.

Passages hold what stands below headings, so that "Conseil maghrébin de la Santé (CMS)" is in none. It is the one thing
that a heading tells by itself: a heading that names a subject says nothing about it, and is never quoted for that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.answers.evidence import Unit
from assistant.answers.extract import MOST_SENTENCES, Drafted
from assistant.answers.question import Question
from assistant.answers.wanted import acronym_asked, spells
from assistant.briefings.acronyms import ACRONYM
from index.rerank import readable
from index.search import Found, Hit
from index.terms import fold, terms

TextOf = Callable[[str], str | None]
_WHAT_IS = re.compile(r"\b(?:c'?est quoi|c koi|c quoi|qu'est[- ]ce qu|what(?: is|'s)\b|ما هو|ما هي)")


def spelled_by_heading(
    question: Question, found: Found, drafted: list[Drafted], text_of: TextOf, answered: bool
) -> list[Drafted]:
    """The heading that spells the acronym asked for, where no span of the draft does; else nothing.

    Whoever asks what a body is, and not what its letters say, gets it in front of what else is `answered`.
    """
    meaning = acronym_asked(question.text)
    name = meaning or bare_acronym(question)
    others = drafted[: MOST_SENTENCES - 1] if answered and not meaning else []
    if not name or not drafted or any(spells(item.unit.text, name) for item in drafted):
        return []
    best = max(drafted, key=lambda item: item.probability)
    for hit in found.hits:
        for start, heading in _headings(hit, text_of):
            if spells(heading, name) or spells(readable(heading), name):
                span = Unit(hit, 0, 0, 0, start, start + len(heading), heading, False, best.unit.features)
                return [Drafted(replace(span, hit=replace(hit, reading=None)), 1.0), *others]
    return []


def bare_acronym(question: Question) -> str:
    """The acronym that a question asks what it is, and asks nothing else of it.

    >>> from assistant.answers.question import understand
    >>> bare_acronym(understand("c koi le CMAI ?")), bare_acronym(understand("What is the seat of the CMAI?"))
    ('CMAI', '')
    """
    names = ACRONYM.findall(question.text)
    if len(names) != 1 or not _WHAT_IS.search(fold(question.text)):
        return ""
    rest = _WHAT_IS.sub(" ", fold(question.text)).replace(fold(names[0]), " ")
    return "" if terms(rest, question.language) else names[0]


def _headings(hit: Hit, text_of: TextOf) -> Iterator[tuple[int, str]]:
    """The headings above a passage, innermost first, with where the nearest place before it begins that says so."""
    text = text_of(hit.chunk.document) or ""
    for heading in (*reversed(hit.chunk.headings), hit.chunk.title):
        start = text.rfind(heading, 0, hit.chunk.start) if heading else -1
        if start >= 0:
            yield start, heading
