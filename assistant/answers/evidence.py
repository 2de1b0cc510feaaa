"""What could be quoted: sentences and whole lists of the passages found, each with what speaks for it. Pure.

A unit is a verbatim span. Features are plain numbers in about 0..1, so that the weights over them can be read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.bodies import another_body
from assistant.answers.question import Kind, Question, holds, numbers
from assistant.answers.relations import states
from assistant.answers.wanted import acronym_asked, spells
from assistant.answers.wording import markers
from assistant.answers.wording import words as words_of
from index.codes import codes, parts
from index.coverage import Word, coverage, stems
from index.search import Found, Hit
from index.sentences import introduces_list, is_item
from index.terms import fold

_BULLET = re.compile(r"^\s*[•●▪◦‣·*–—-]\s+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A span of a passage that could be quoted: `text == document_text[start:end]`."""

    hit: Hit
    rank: int
    first: int
    last: int
    start: int
    end: int
    text: str
    is_list: bool
    features: dict[str, float]


def units(question: Question, found: Found, passages: int = 8) -> list[Unit]:
    """Every sentence and every list of the first passages, with features; in order of passage, then of reading."""
    hits = found.hits[:passages]
    if not hits:
        return []
    named = codes(question.text)
    borne = [named & codes(hit.chunk.whole) if named else named for hit in hits]
    nearest = max(max(hit.sentences) for hit in hits), max(max(hit.sought) for hit in hits)
    made = []
    for rank, (hit, bears) in enumerate(zip(hits, borne, strict=True)):
        if any(borne) and not bears:
            continue
        context = stems(hit.chunk.context)
        whole = context | stems(hit.chunk.text)
        for first, last in _spans(hit):
            if first == last and _denied(hit, first):
                continue
            made.append(
                _unit(
                    question,
                    found,
                    hit,
                    rank,
                    first,
                    last,
                    context,
                    whole,
                    nearest,
                    hits[0].score,
                    bears,
                )
            )
    return made


def crosses(question: Question, hit: Hit) -> bool:
    """Whether a passage is in another language than the question."""
    return hit.language not in ("", question.language)


def _names_missing(asked: Sequence[Word], held: frozenset[str], crossing: bool) -> float:
    """Share of the question's names that `held` does not contain; across languages, of those that hold there too."""
    names = [word for word in asked if word.name and (word.carried or not crossing)]
    return sum(not held & set(word.terms) for word in names) / max(1, len(names))


def _spans(hit: Hit) -> list[tuple[int, int]]:
    """Single sentences, then runs of list items with the sentence that introduces them."""
    count = len(hit.chunk.sentences)
    quotes = [hit.chunk.quote(i) for i in range(count)]
    spans = [(i, i) for i in range(count)]
    at = 0
    while at < count:
        if not is_item(quotes[at]):
            at += 1
            continue
        last = at
        while last + 1 < count and is_item(quotes[last + 1]):
            last += 1
        first = at - 1 if at and introduces_list(quotes[at - 1]) else at
        if last > first:
            spans.append((first, last))
        at = last + 1
    return spans


def _denied(hit: Hit, sentence: int) -> bool:
    """Whether a point of a list stands under a line that denies it: alone it would say the contrary."""
    return any(name == "not" for _, name in markers(words_of(announcing(hit, sentence))))


def _unit(
    question: Question,
    found: Found,
    hit: Hit,
    rank: int,
    first: int,
    last: int,
    context: frozenset[str],
    whole: frozenset[str],
    nearest: tuple[float, float],
    best_score: float,
    bears: frozenset[str],
) -> Unit:
    chunk = hit.chunk
    start, end = chunk.sentences[first][0], chunk.sentences[last][1]
    text = chunk.text[start - chunk.start : end - chunk.start]
    if first == last and (bullet := _BULLET.match(text)):
        start, text = start + bullet.end(), text[bullet.end() :]
    reference = frozenset(part for code in bears for part in parts(code))  # it goes for each sentence of its passage
    above = {term for word in found.words if word.name and context & set(word.terms) for term in word.terms}
    own = stems(text) | stems(" ".join(reference)) | above  # what a heading names, its sentences need not
    acronym = acronym_asked(question.text)
    before = chunk.quote(opening(hit, first))
    near = f"{before} {text}"
    missing = question.numbers - numbers(text) - numbers(chunk.context) - reference
    missing_nearby = missing - numbers(chunk.text)
    features = {
        "similarity": max(hit.sentences[first : last + 1]) - nearest[0],
        "sought": max(hit.sought[first : last + 1]) - nearest[1],
        "passage": hit.score - best_score,
        "words": coverage(found.words, own),
        "words_with_context": coverage(found.words, own | context),
        "words_in_passage": coverage(found.words, whole),
        "words_nearby": coverage(found.words, stems(near) | context),
        "names_missing": _names_missing(found.words, whole, crosses(question, hit)),
        "numbers_missing": len(missing) / max(1, len(question.numbers)),
        "numbers_missing_nearby": float(bool(missing_nearby)),
        "date_lacking": _lacking("date", question, text),
        "number_lacking": _lacking("number", question, text),
        "place_lacking": _lacking("place", question, text),
        "kind_held": _mean([holds(kind, text, question.text) for kind in question.details], 0.5),
        "length": math.log1p(len(text.split())) / 5,
        "question_mark": float(text.rstrip().endswith(("?", "؟"))),
        "list_wanted": float(last > first and question.wants_list),
        "enumerates": float(question.wants_list and first == last and _enumerates(text)),
        "list_unwanted": float(last > first and not question.wants_list),
        "item": float(first == last and is_item(chunk.quote(first))),
        "introduces": float(introduces_list(text)),
        "another_body": another_body(question.text, text, f"{chunk.context}\n{before}"),
        "states": states(question.text, near),
        "spells": float(bool(acronym) and spells(text, acronym)),
        "rank": rank / 8,
    }
    return Unit(hit, rank, first, last, start, end, text, last > first, features)


def opening(hit: Hit, sentence: int) -> int:
    """The sentence that a reader needs before this one: what introduces its list, or the sentence before it."""
    at = sentence
    while at and is_item(hit.chunk.quote(at)):
        at -= 1
    return at if at < sentence else max(0, sentence - 1)


def announcing(hit: Hit, sentence: int) -> str:
    """The line that announces the list that a sentence is a point of; `""` where there is none."""
    line = hit.chunk.quote(opening(hit, sentence)) if is_item(hit.chunk.quote(sentence)) else ""
    return line if introduces_list(line) else ""


def _enumerates(text: str) -> bool:
    """Whether one sentence holds a list of its own: three things or more between commas or semicolons."""
    return max(text.count(";"), text.count(","), text.count("؛"), text.count("،")) >= 2


def _lacking(kind: Kind, question: Question, text: str) -> float:
    return float(kind in question.kinds and not holds(kind, text, question.text))


def _mean(values: Sequence[bool], empty: float) -> float:
    return sum(values) / len(values) if values else empty


def overlap(left: Unit, right: Unit) -> bool:
    """Whether two units share a place in one document."""
    same = left.hit.chunk.document == right.hit.chunk.document
    return same and left.start < right.end and right.start < left.end


def same_text(left: str, right: str) -> bool:
    """Whether two quotes say the same, but for case, accents and spaces."""
    return " ".join(fold(left).split()) == " ".join(fold(right).split())
