"""Whether names and figures stand in a draft where they stand in its source: nobody exchanged, doubled or moved. Pure.

Each check says in French what is wrong, or `""`.
"""

from __future__ import annotations

from collections import Counter

from assistant.answers.facts import facts
from assistant.answers.names import Name, canonical
from assistant.answers.roles import exchanged
from assistant.answers.sentence import Read, unknown_names
from assistant.answers.turns import clauses
from assistant.answers.wording import families


def swapped(draft: Read, held: Read, crossing: bool) -> str:
    """Whether somebody does in the draft what is done to them in the source, or the other way round."""
    arabic = "ar" in (draft.language, held.language)
    mine, theirs = _keyed(draft, arabic, crossing), _keyed(held, arabic, crossing)
    hosted = _sense(held) & {"accueillir"} and _sense(draft) & {"tenir"} and not _sense(draft) & {"accueillir"}
    given = _sense(held) & {"donner", "preter"} and not _sense(held) & {"recevoir"}
    received = bool(given and _sense(draft) & {"recevoir"})
    hosts = bool(hosted) or crossing
    keys = exchanged(draft.words, mine, held.words, theirs, same_place=hosts, received=received)
    if keys:
        told = [draft.at(name) for name in mine if name.key in keys]
        return f"Les textes donnent un autre rôle à : {', '.join(dict.fromkeys(told))}."
    return ""


def doubled(draft: Read, held: Read) -> str:
    """Whether the draft puts one name of the source also where the source has another one."""
    mine, theirs = Counter(name.key for name in draft.known), Counter(name.key for name in held.known)
    more = [name for name in draft.known if theirs[name.key] and mine[name.key] > theirs[name.key]]
    if more and set(theirs) - set(mine):
        return f"Les textes donnent un autre rôle à : {draft.at(more[0])}."
    return ""


def displaced(draft: Read, held: Read, crossing: bool) -> str:
    """Whether a name or figure that only stands over the sentence took the place of one that is in it."""
    arabic = "ar" in (draft.language, held.language)
    mine = {name.key: draft.at(name) for name in _keyed(draft, arabic, crossing)}
    theirs = {name.key for name in _keyed(held, arabic, crossing)}
    there = theirs | {word.folded for word in held.words}
    if (moved := [written for key, written in mine.items() if key not in there]) and theirs - set(mine):
        return f"Le passage ne nomme pas : {moved[0]}."
    said, had = draft.facts, held.facts
    dates = [date for date in said.dates if not any(date.within(other) for other in had.dates)]
    unsaid = [date for date in had.dates if not any(other.within(date) for other in said.dates)]
    values = _values(held) | {str(date.year) for date in had.dates}
    if (dates and unsaid) or (_values(draft) - values and values - _values(draft) - {"None"}):
        return "Les textes donnent un autre nombre ou une autre date à cet endroit."
    return ""


def _values(read: Read) -> set[str]:
    return {number.value for number in read.facts.numbers if not number.article}


def scattered(draft: Read, held: Read) -> str:
    """Whether a draft of one clause joins names and figures that the source has in different ones."""
    pieces = clauses(held.words)
    if len(pieces) == 1 or len(clauses(draft.words)) > 1:
        return ""
    spans = []
    at = 0
    for piece in pieces:
        spans.append((range(at, at + len(piece)), {n.value for n in facts(" ".join(w.text for w in piece)).numbers}))
        at += len(piece)
    where = [
        {i for i, (span, _n) in enumerate(spans) if name.first in span}
        for key in {n.key for n in draft.known}
        for name in held.known
        if name.key == key
    ]
    where += [
        {i for i, (_s, values) in enumerate(spans) if number.value in values}
        for number in draft.facts.numbers
        if not number.article
    ]
    told = [found for found in where if found]
    if told and not set.intersection(*told):
        return "La phrase réunit ce que les textes disent séparément."
    return ""


def _keyed(read: Read, arabic: bool, crossing: bool) -> list[Name]:
    known = [Name(canonical(n.key, arabic), n.first, n.last, True, n.particle) for n in read.known]
    others = [] if crossing else unknown_names(read, crossing)
    return sorted((*known, *others), key=lambda name: name.first)


def _sense(read: Read) -> frozenset[str]:
    return frozenset().union(*(families(word.folded) for word in read.words))
