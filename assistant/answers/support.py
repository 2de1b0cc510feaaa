"""Does a source sentence hold a drafted one? What it does not surely hold is not supported. Pure.

A draft is supported when each figure, date, name and word of it is in the source sentence or beside it (its title, its
headings, the line that introduces it), in the same form or in one known to be equal, and when it denies, explains,
limits and foresees no more and no less than the source, with nobody's part exchanged. Across languages words cannot be
compared: figures, dates, names and those turns must agree, and a measure of likeness that the caller gives decides.

It refuses to reason: two sentences of the source are never put together, and what merely follows from the source is
not in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.answers.acting import exchanged_actor
from assistant.answers.facts import Number, facts
from assistant.answers.names import Names, agree, canonical, shipped_names
from assistant.answers.placed import anchored, crossed, displaced, doubled, scattered, swapped, usurped
from assistant.answers.sentence import Read, read, unknown_names
from assistant.answers.tongues import foreign_word, untold
from assistant.answers.turns import nearest_clause, turned
from assistant.answers.wording import Word, bare, families, is_plain, locution_words, same, turn_words

Verdict = Literal["verbatim", "supported", "translated", "unsupported"]
Similarity = Callable[[str, str], float]
OTHERWISE = "Le passage le plus proche, dans une autre langue, ne dit pas la même chose."
THRESHOLD = 0.86
"""Cosine of the multilingual model from which a draft and a source sentence of another language may say the same.

Of the 454 sentences of `support_unseen`, 42 true ones come to be asked for likeness: .863 at the least, with the shipped
model. It tells apart what speaks of something else (.771) and no exchange of parts: those are caught before it.
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence that could support a draft. `context` is what stands over it: title, headings, introducing line.

    `lead` is that line once more for a point of a list, which says something else where its lead denies it ("Le conseil
    n'a pas pour objet :").
    """

    text: str
    language: str
    context: str = ""
    lead: str = ""

    @property
    def whole(self) -> str:
        """The sentence read on from its lead."""
        return f"{self.lead} {self.text}".strip()


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a drafted sentence, the positions of the sources that hold it, and in French why none does."""

    verdict: Verdict
    sources: tuple[int, ...]
    reason: str = ""

    @property
    def kept(self) -> bool:
        """Whether the sentence may be shown."""
        return self.verdict != "unsupported"


def judge(
    statement: str,
    sources: Sequence[Source],
    language: str,
    *,
    hints: Sequence[int] = (),
    about: str = "",
    similarity: Similarity | None = None,
    threshold: float = THRESHOLD,
    names: Names | None = None,
) -> Judged:
    """Whether one of the sources holds the statement; those at `hints` are tried first.

    `about` is what the statement must speak of, a question or the sentence before: where it names somebody and the
    statement names none of them, the source or what stands over it has to ("Il est financé par l'UE": who is?).
    `similarity(statement, source)` is asked only across languages; without it nothing is `translated`.

    >>> source = Source("Le programme CAPDEL est financé par l'Union européenne.", "fr")
    >>> judge("L'UE finance le CAPDEL.", [source], "fr").verdict
    'supported'
    >>> judge("Le CAPDEL finance l'UE.", [source], "fr").reason
    'Les textes donnent un autre rôle à : CAPDEL, UE.'
    """
    known = names or shipped_names()
    draft = read(statement, language, known)
    if not draft.words:
        return Judged("unsupported", (), "La phrase est vide.")
    topic = read(about, language, known)
    order = [at for at in dict.fromkeys((*hints, *range(len(sources)))) if 0 <= at < len(sources)]
    for at in order:
        if _plain(sources[at].text) == _plain(statement) and not _led_astray(draft, sources[at], known, False):
            return Judged("verbatim", (at,))
    nearest = (-1.0, "Aucun passage ne dit cela.")
    for at in order:
        source = sources[at]
        held = read(source.text, source.language, known)
        beside = read(source.context, source.language, known)
        crossing = source.language != language
        above = [read(line, source.language, known) for line in source.context.splitlines()]
        step, reason = _lacking(draft, held, beside, above, crossing)
        reason = reason or _astray(draft, held, beside, topic) or _led_astray(draft, source, known, crossing)
        reason = reason or (_foreign(draft, held, beside, source) if crossing else "")
        if not reason and not crossing:
            return Judged("supported", (at,))
        if not reason and similarity is not None and similarity(statement, source.text) >= threshold:
            return Judged("translated", (at,))
        reason = reason or OTHERWISE
        nearest = max(nearest, (step + _shared(draft, held), reason), key=lambda item: item[0])
    return Judged("unsupported", (), nearest[1])


def _led_astray(draft: Read, source: Source, known: Names, crossing: bool) -> str:
    """What a draft leaves out of the line that announces a point: that it denies it, explains it, limits it."""
    if not source.lead:
        return ""
    whole = read(source.whole, source.language, known)
    return turned(draft.words, whole.words, whole.words, draft.language, crossing)


def _foreign(draft: Read, held: Read, beside: Read, source: Source) -> str:
    """What a draft in another language than its source says that can be told to be more."""
    added = foreign_word(draft, held, beside)
    if added:
        return f"Le passage ne dit pas : {added}."
    return OTHERWISE if untold(draft, [source.text, source.context], source.language) else ""


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[«»\"“”]|[.;:!?؟…]+$", " ", text.casefold()).split())


def _shared(draft: Read, held: Read) -> float:
    mine = {bare(word.folded) for word in draft.words if not is_plain(word)}
    return len(mine & {bare(word.folded) for word in held.words}) / max(1, len(mine))


def _lacking(draft: Read, held: Read, beside: Read, above: Sequence[Read], crossing: bool) -> tuple[int, str]:
    """How many checks the draft passes, and what the first one it fails says; `""` where it fails none."""
    clause = anchored(draft, held) if crossing else nearest_clause(draft.words, held.words)
    checks: Iterable[Callable[[], str]] = (
        lambda: _figures(draft, held, beside, crossing),
        lambda: _named(draft, held, beside, crossing),
        lambda: "" if crossing else _worded(draft, held, beside),
        lambda: turned(draft.words, held.words, clause, draft.language, crossing),
        lambda: swapped(draft, held, crossing),
        lambda: exchanged_actor(draft, held, above, crossing),
        lambda: doubled(draft, held),
        lambda: displaced(draft, held, crossing),
        lambda: scattered(draft, held),
        lambda: crossed(draft, held, crossing),
        lambda: usurped(draft, held, crossing),
    )
    for step, check in enumerate(checks):
        if reason := check():
            return step, reason
    return 11, ""


# --- figures ---------------------------------------------------------------------------------------------------------


def _figures(draft: Read, held: Read, beside: Read, crossing: bool) -> str:
    mine, theirs, near = draft.facts, held.facts, beside.facts
    dates = (*theirs.dates, *near.dates)
    numbers = (*theirs.numbers, *near.numbers)
    years = {str(date.year) for date in dates if date.year}
    for date in mine.dates:
        if not any(date.within(other) for other in dates) and not _year_alone(date.month, date.year, numbers):
            told = "/".join(str(part) for part in (date.day, date.month, date.year) if part)
            return f"Les textes ne donnent pas cette date : {told}."
    for number in mine.numbers:
        if number.article:
            if not crossing and _counted_otherwise(number, theirs.numbers, draft.language):
                return f"Les textes donnent un autre nombre pour : {number.after}."
            continue
        if number.value in years and not number.unit and not number.ordinal:
            continue
        if not any(_same_number(number, other) for other in numbers):
            return f"Les textes ne donnent pas ce nombre : {number.value}{' ' + number.unit if number.unit else ''}."
        if not crossing and _counted_otherwise(number, theirs.numbers, draft.language):
            return f"Les textes donnent un autre nombre pour : {number.after}."
    if lacking := (mine.sums - theirs.sums - near.sums) | (mine.codes - theirs.codes - near.codes):
        return f"Les textes ne contiennent pas : {', '.join(sorted(lacking))}."
    return ""


def _year_alone(month: int | None, year: int | None, numbers: Sequence[Number]) -> bool:
    return month is None and any(number.value == str(year) for number in numbers)


def _same_number(draft: Number, source: Number) -> bool:
    if draft.value != source.value or source.article:
        return False
    if draft.unit != source.unit:
        return False
    if draft.ordinal == source.ordinal:
        return True
    counted, ranked = (source, draft) if draft.ordinal else (draft, source)
    beside = {bare(counted.before)} - {""}  # "session 35", "الدورة 35": a rank written as a plain figure after its noun
    return bool(beside & {bare(ranked.before), bare(ranked.after)})


def _counted_otherwise(draft: Number, source: Sequence[Number], language: str) -> bool:
    """Whether the source counts the same thing, and never by this number."""
    if not draft.after or draft.after[0].isdigit():
        return False
    counted = [n for n in source if n.after and n.ordinal == draft.ordinal and not (n.article and draft.article)]
    alike = [n for n in counted if same(draft.after, n.after, language)]
    return bool(alike) and all(n.value != draft.value for n in alike)


# --- names -----------------------------------------------------------------------------------------------------------


def _named(draft: Read, held: Read, beside: Read, crossing: bool) -> str:
    arabic = "ar" in (draft.language, held.language)
    theirs = {canonical(name.key, arabic) for name in (*held.known, *beside.known)}
    for name in draft.known:
        if canonical(name.key, arabic) not in theirs:
            return f"Le passage ne nomme pas : {draft.at(name)}."
    there = [word for word in (*held.words, *beside.words) if not is_plain(word)]
    for name in unknown_names(draft, crossing):
        word = draft.words[name.first]
        if not any(agree(bare(word.folded), form) for other in there for form in {other.folded, bare(other.folded)}):
            return f"Le passage ne nomme pas : {word.text}."
    return ""


# --- words -----------------------------------------------------------------------------------------------------------


def _worded(draft: Read, held: Read, beside: Read) -> str:
    taken = {at for name in draft.known for at in range(name.first, name.last + 1)}
    taken |= turn_words(draft.words) | locution_words(draft.words)
    there = [*_content(held), *_content(beside)]
    for at, word in enumerate(draft.words):
        if at in taken or is_plain(word) or word.text[0].isdigit():
            continue
        if _in_figures(word) or any(_same_word(word, other, draft.language) for other in there):
            continue
        return f"Le passage ne dit pas : {word.text}."
    return ""


def _content(read: Read) -> list[Word]:
    return [word for word in read.words if not is_plain(word)]


def _same_word(word: Word, other: Word, language: str) -> bool:
    name = (word.capital and not word.first) or (other.capital and not other.first)
    if name and not word.arabic:
        return word.folded == other.folded or bool(families(word.folded) & families(other.folded))
    return same(word.folded, other.folded, language)


def _in_figures(word: Word) -> bool:
    """Whether a word is part of a figure or a date, which are compared as such."""
    told = facts(word.text)
    return (
        bool(told.dates or any(not number.article for number in told.numbers))
        or bool(facts(f"5 {word.text} 2000").dates or facts(f"3 {word.text}").numbers[0].unit)
        or facts(f"3 {word.text}").numbers[0].value != "3"
    )


def _astray(draft: Read, held: Read, beside: Read, topic: Read) -> str:
    """Whether the draft leaves open of whom it speaks, and the source speaks of somebody else."""
    asked = {name.key for name in topic.known}
    named = {name.key for read in (draft, held, beside) for name in read.known}
    if not asked or asked & named:
        return ""
    return f"Le passage ne parle pas de : {topic.at(topic.known[0])}."
