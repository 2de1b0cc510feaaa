"""Whether names and figures stand in a draft where they stand in its source: nobody exchanged, doubled or moved. Pure.

Each check says in French what is wrong, or `""`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from assistant.answers.facts import facts
from assistant.answers.names import Name, canonical
from assistant.answers.roles import AND, PART, exchanged, parts
from assistant.answers.sentence import Read, unknown_names
from assistant.answers.turns import clauses
from assistant.answers.wording import Word, families, is_plain, same

_STANDING_BY = frozenset(("of", "from", "aside", "item", "for"))


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
    told = [found for found in _where(draft, held, pieces) if found]
    if told and not set.intersection(*told):
        return "La phrase réunit ce que les textes disent séparément."
    return ""


def crossed(draft: Read, held: Read, crossing: bool) -> str:
    """Whether the draft joins one half of a source with a name or figure of the other: "fell by 8% and rose by 3%"."""
    if crossing:
        return ""
    for cut in range(1, len(held.words) - 2):
        lead = held.words[cut + 1]
        if held.words[cut].folded not in AND or not _leads(held, cut + 1):
            continue
        end = next((i for i in range(cut + 2, len(held.words)) if held.words[i].after_mark), len(held.words))
        left, right = _told(held, 0, cut), _told(held, cut + 1, end)
        mine = _told(draft, 0, len(draft.words))
        has_lead = any(same(word.folded, lead.folded, draft.language) for word in draft.words)
        taken_left, taken_right = mine & (left - right), mine & (right - left)
        if (has_lead and taken_left and not taken_right and right - left) or (not has_lead and taken_right):
            return "La phrase réunit ce que les textes disent séparément."
    return ""


def _leads(held: Read, at: int) -> bool:
    """Whether a word opens a half of its own: "and rose by", "et inférieure à"."""
    word, after = held.words[at], held.words[at + 1]
    named = any(name.first <= at <= name.last for name in held.known)
    plain = word.capital or word.text[0].isdigit() or is_plain(word) or word.after_mark or after.after_mark
    return not (named or plain or word.text.casefold() in PART) and (after.text.casefold() in PART)


def _told(read: Read, start: int, end: int) -> set[str]:
    """Names and figures of a part of a sentence."""
    figures = {word.text for word in read.words[start:end] if word.text[0].isdigit()}
    return figures | {name.key for name in read.known if start <= name.first < end}


def usurped(draft: Read, held: Read, crossing: bool) -> str:
    """Across languages: whether what only stands by in the source acts in the draft, for a name that it leaves out."""
    if not crossing:
        return ""
    arabic = "ar" in (draft.language, held.language)
    mine, theirs = (_keyed(item, arabic, crossing) for item in (draft, held))
    said, had = parts(draft.words, mine), parts(held.words, theirs)
    left_out = [key for key, part in had.items() if "agent" in part and key not in said]
    wrong = [key for key, part in said.items() if part == {"agent"} and had.get(key, {"agent"}) <= _STANDING_BY]
    if left_out and wrong:
        told = next(draft.at(name) for name in mine if name.key == wrong[0])
        return f"Les textes donnent un autre rôle à : {told}."
    return ""


def anchored(draft: Read, held: Read) -> Sequence[Word]:
    """The clause of a source in another language that holds every name and figure of the draft; else the whole."""
    pieces = clauses(held.words)
    if len(pieces) == 1 or len(clauses(draft.words)) > 1:
        return held.words
    told = [found for found in _where(draft, held, pieces) if found]
    common = set.intersection(*told) if told else set()
    return pieces[next(iter(common))] if len(common) == 1 else held.words


def _where(draft: Read, held: Read, pieces: Sequence[Sequence[Word]]) -> list[set[int]]:
    """For each name, figure and date of the draft, the clauses of the source that hold it."""
    arabic = "ar" in (draft.language, held.language)
    ends = list(accumulate(map(len, pieces)))
    told = [facts(" ".join(word.text for word in piece)) for piece in pieces]
    found = []
    for key in {canonical(name.key, arabic) for name in draft.known}:
        named = [name.first for name in held.known if canonical(name.key, arabic) == key]
        found.append({bisect_right(ends, at) for at in named})
    for value in {number.value for number in draft.facts.numbers if not number.article}:
        found.append({i for i, piece in enumerate(told) if any(number.value == value for number in piece.numbers)})
    for date in draft.facts.dates:
        found.append({i for i, piece in enumerate(told) if any(date.within(other) for other in piece.dates)})
    return found


def _keyed(read: Read, arabic: bool, crossing: bool) -> list[Name]:
    known = [Name(canonical(n.key, arabic), n.first, n.last, True, n.particle) for n in read.known]
    others = [] if crossing else unknown_names(read, crossing)
    return sorted((*known, *others), key=lambda name: name.first)


def _sense(read: Read) -> frozenset[str]:
    return frozenset().union(*(families(word.folded) for word in read.words))
