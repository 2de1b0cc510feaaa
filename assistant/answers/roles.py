"""Who does what to whom, as far as word order and particles tell: enough to see that a draft exchanged two names. Pure.

"Le Japon a prêté à la Mauritanie" and "La Mauritanie a prêté au Japon" have the same words. Each name gets the part
that what stands before it gives it; where active became passive, the parts are brought back to agent and patient. It
knows no grammar beyond that, and says nothing of a sentence with one name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assistant.answers.facts import names_month
from assistant.answers.names import Name
from assistant.answers.wording import Word, families, is_plain
from index.terms import fold

_PARTS = {
    "to": "à au aux vers to towards إلى ل",
    "place": "en dans sur chez in at on within في ب",
    "of": "de d du des of depuis",
    "from": "from من",
    "by": "par by",
    "with": "avec entre with between مع وبين",
    "for": "pour for",
    "aside": "beyond against contre under sous during pendant durant after après before avant since selon through via despite malgré lors",
    "item": "comme notamment including منها ومنها ومنهم منهم",
}
PART = {word: part for part, words in _PARTS.items() for word in words.split()}
ARTICLES = frozenset("le la les l un une the a an ce cette son sa ses leur leurs its their his her".split())
_POSSESSIVES = frozenset("son sa ses leur leurs its their his her".split())
AND = frozenset({"et", "and", "و", "ainsi", "que", "ou", "or"})
BE = frozenset(map(fold, "est sont été était étaient fut furent être is are was were been be being".split()))
_PARTICIPLE = re.compile(r"(?:é|ée|és|ées|ie?s?|ue?s?|ite?s?|erte?s?|inte?s?|ise?s?|ed|en|ld|nt|de|id|ught)$")
RELATIVES = frozenset(
    "que qu qui dont laquelle lequel lesquels lesquelles auxquels auxquelles auquel "
    "which who whom whose that الذي التي الذين".split()
)
SUBJECT_RELATIVES = frozenset("qui which who that الذي التي الذين".split())
_OPENS = frozenset("et mais and but و".split())
_ALWAYS_OPENS = frozenset(
    "car parce because while whereas tandis puisque si if when lorsque quand لكن ولكن بينما".split()
)
_PER = frozenset("an mois jour semaine trimestre semestre exemple year month week day example".split())
_BY_SIDE = frozenset(map(fold, ("قبل", "طرف", "لدن")))
_CLASH = {
    frozenset(pair)
    for pair in (
        ("agent", "patient"),
        ("agent", "to"),
        ("agent", "place"),
        ("agent", "from"),
        ("to", "from"),
    )
}
_RECEIVED = {"agent": "from", "to": "agent"}


def exchanged(
    draft: Sequence[Word],
    drafted: Sequence[Name],
    source: Sequence[Word],
    held: Sequence[Name],
    *,
    same_place: bool,
    received: bool = False,
) -> tuple[str, ...]:
    """Keys of the names whose part in the draft clashes with each part they have in the source.

    `same_place` is set where the source hosts and the draft says where: then an agent may become a place. `received` is
    set where the source gives and the draft receives: then who was given to acts.
    """
    mine, theirs = parts(draft, drafted), parts(source, held)
    if received:
        theirs = {key: frozenset(_RECEIVED.get(part, part) for part in had) for key, had in theirs.items()}
    shared = [key for key in mine if key in theirs]
    clashing = []
    for key in shared:
        said, had = mine[key], theirs[key]
        if all(_clash(a, b, same_place) for a in said for b in had) or (
            said == {"agent"} and _undergone(draft, source, had)
        ):
            clashing.append(key)
    for at, left in enumerate(shared):
        for right in shared[at + 1 :]:
            swapped = mine[left] <= theirs[right] and mine[right] <= theirs[left] and not mine[left] & mine[right]
            if swapped and not mine[left] & {"with"} and not theirs[left] & {"with"}:
                clashing.extend((left, right))
    return tuple(dict.fromkeys(clashing))


def _undergone(draft: Sequence[Word], source: Sequence[Word], had: frozenset[str]) -> bool:
    """Whether the draft has a name do what, by the way, was done to it: "nommée par le ministre", "a nommé"."""
    made = [source[at - 1].folded[:4] for at, word in enumerate(source) if at and word.folded in ("par", "by")]
    return had >= {"agent", "patient"} and not _is_passive(draft) and any(w.folded[:4] in made for w in draft)


def _clash(said: str, had: str, same_place: bool) -> bool:
    if same_place and had == "agent" and said in ("place", "to"):
        return False
    return frozenset((said, had)) in _CLASH and said != had


def parts(found: Sequence[Word], names: Sequence[Name]) -> Mapping[str, frozenset[str]]:
    """The parts that each name has in a sentence: agent, patient, to, place, of, from, with, for."""
    told: dict[str, set[str]] = {}
    for start, end in segments(found):
        inside = [replace(n, first=n.first - start, last=n.last - start) for n in names if start <= n.first < end]
        state = any(found[at].folded in BE and _is_one_made(found, at + 1) for at in range(start, end))
        for key, part in _parts(found[start:end], inside):
            told.setdefault(key, set()).update((part, "patient") if state and part == "agent" else (part,))
        if found[start].folded in SUBJECT_RELATIVES and (before := _antecedent(found, start, names)):
            led = not inside or _has_bare_noun(found[start + 1 : end], inside[0].first - 1, ())
            told[before.key].add("patient" if _is_passive(found[start:end]) or not led else "agent")
    return {key: frozenset(value) for key, value in told.items()}


def segments(found: Sequence[Word]) -> list[tuple[int, int]]:
    """Pieces with an agent of their own: what follows a relative pronoun, or a conjunction that opens a clause."""
    cuts = [0]
    for at, word in enumerate(found):
        after_such = at > 0 and found[at - 1].folded in ("ainsi", "tel", "telle", "tels", "telles")
        opens = word.after_mark and word.folded in _OPENS and len(found) - at >= 4
        if at and ((word.folded in RELATIVES and not after_such) or opens or word.folded in _ALWAYS_OPENS):
            cuts.append(at)
    return [(a, b) for a, b in zip(cuts, [*cuts[1:], len(found)], strict=True) if b > a]


def _antecedent(found: Sequence[Word], relative: int, names: Sequence[Name]) -> Name | None:
    """The name that a relative pronoun goes on with: the last one of the group of words right before it."""
    return next((n for n in reversed(names) if n.first < relative and _one_group(found, n.last + 1, relative)), None)


def _one_group(found: Sequence[Word], start: int, end: int) -> bool:
    return all(w.folded not in PART and w.folded not in ARTICLES and not w.after_mark for w in found[start:end])


def _parts(found: Sequence[Word], names: Sequence[Name]) -> Iterator[tuple[str, str]]:
    part = ""
    bare_seen = False
    passive = _is_passive(found)
    previous: Name | None = None
    for name in names:
        before = part
        part, start = _part(found, name, names)
        if part == "bare":
            if previous is not None and _joined(found, previous, name, start):
                part = before
                if part == "patient" and passive and _aside(found, name.last):
                    yield name.key, "agent"
            else:
                leads = not bare_seen and (found[name.first].arabic or not _has_bare_noun(found, start, names))
                if leads and passive and _aside(found, name.last):
                    yield name.key, "agent"
                part = ("patient" if passive else "agent") if leads else "patient"
                if not leads and start and found[start - 1].folded in AND:  # "..., et la police algérienne ..."
                    yield name.key, "agent"
                bare_seen = True
        elif part == "by":
            part = "agent"
        yield name.key, part
        previous = name


def _part(found: Sequence[Word], name: Name, names: Sequence[Name]) -> tuple[str, int]:
    """The part that the words before a name give it, and where its group of words begins; "bare" without particle."""
    if name.particle:
        return ("place" if name.particle == "b" else "to"), name.first
    ends = {other.last for other in names}
    at, steps = name.first, 0
    while at > 0 and steps < 4:
        word = found[at - 1]
        if found[at].after_mark and not _explains(found, at):
            break
        written = word.text.casefold() if not word.arabic else word.folded
        if written == "a" and word.text == "a":  # the French verb, or the English article
            at -= 1
            break
        part = PART.get(written) or (PART.get(word.folded) if word.folded != "a" else None)
        if word.arabic and word.folded in _BY_SIDE and at > 1 and found[at - 2].folded == "من":
            return "by", at - 2
        if part:
            return ("by" if _made_by(found, at - 1, written) else part), at - 1
        if at - 1 in ends or word.folded in AND:
            break
        if word.folded in ARTICLES:
            before = found[at - 2] if at > 1 and not word.after_mark else None
            part = PART.get(before.text.casefold()) if before is not None else None
            return (part, at - 2) if part else ("bare", at - 1)
        at, steps = at - 1, steps + 1
    return "bare", at


def _explains(found: Sequence[Word], at: int) -> bool:
    """Whether a name after a mark only names the relation before it: "son homologue espagnole, María Ortega"."""
    return any(found[before].folded in _POSSESSIVES for before in range(max(0, at - 3), at))


def _made_by(found: Sequence[Word], at: int, written: str) -> bool:
    """Whether an Arabic `من` follows a passive participle: "ممول من"."""
    return written == "من" and at > 0 and found[at - 1].folded.startswith("م") and bool(families(found[at - 1].folded))


def _joined(found: Sequence[Word], previous: Name, name: Name, start: int) -> bool:
    """Whether a name goes on the one before: "Karim Benali", "le PAM et la FAO", "le PAM, la FAO"."""
    if name.first == previous.last + 1:
        return found[name.first].after_mark or not found[name.first].arabic or found[name.first].folded.startswith("و")
    between = [word.folded for word in found[previous.last + 1 : start]]
    if not between:
        return start < name.first and (found[start].after_mark or found[start].folded.startswith("و"))
    return all(word in AND for word in between)


def _has_bare_noun(found: Sequence[Word], before: int, names: Sequence[Name]) -> bool:
    """Whether another noun opens the sentence before this group of words: then that one acts, not the name."""
    taken = {at for name in names for at in range(name.first, name.last + 1)}
    for at in range(before):
        word = found[at]
        if at in taken or is_plain(word) or word.text[0].isdigit() or word.text.casefold() in PART:
            continue
        if word.folded in _OPENS | _ALWAYS_OPENS or names_month(word.folded):
            continue
        if not _governed(found, at):
            return True
    return False


def _governed(found: Sequence[Word], at: int) -> bool:
    """Whether a particle stands before a word, with nothing but words of its own group between."""
    lead = at
    while lead > 0 and not found[lead].after_mark:
        if found[lead - 1].text.casefold() in PART:
            return True
        lead -= 1
    return False


def _aside(found: Sequence[Word], at: int) -> bool:
    """Whether the passive is only told by the way: "le colonel, nommé par le ministre, dirige"."""
    by = next((i for i, word in enumerate(found) if i > at and word.folded in ("par", "by")), len(found))
    return any(word.after_mark for word in found[at + 1 : by]) and any(word.after_mark for word in found[by:])


def _is_passive(found: Sequence[Word]) -> bool:
    folded = [word.folded for word in found]
    if any(by_somebody(found, at) for at in range(len(found))) or any(word in _BY_SIDE for word in folded):
        return True
    if any(is_made(folded, at) for at in range(len(folded))):
        return True
    return any(
        word in BE and is_participle(found, at + 1)
        for at, word in enumerate(folded)
        if not (at and folded[at - 1] == "s")
    )


def by_somebody(found: Sequence[Word], at: int) -> bool:
    """Whether "par" or "by" stands here with whom something is done by, not with how: "by launching", "par an"."""
    if found[at].folded not in ("par", "by") or at + 1 == len(found):
        return False
    after = found[at + 1]
    return not (found[at].folded == "by" and after.folded.endswith("ing")) and after.folded not in _PER


def is_participle(found: Sequence[Word], at: int) -> bool:
    """Whether the word has the form of a past participle; accents tell ("membre" is none)."""
    return at < len(found) and len(found[at].folded) > 2 and bool(_PARTICIPLE.search(found[at].text.casefold()))


def _is_one_made(found: Sequence[Word], at: int) -> bool:
    """Whether "is" goes on as "un organe scientifique rattaché au ...", a state of what is spoken of."""
    if at >= len(found) or found[at].folded not in ("un", "une", "a", "an"):
        return False
    last = next((i for i in range(at + 1, min(at + 6, len(found))) if found[i].text.casefold() in PART), 0)
    return last > at + 2 and found[last - 1].text.casefold().endswith(("é", "ée", "és", "ées", "ed"))


def is_made(folded: Sequence[str], at: int) -> bool:
    """Whether an Arabic passive participle with its `من` stands here."""
    return folded[at] == "من" and at > 0 and folded[at - 1].startswith("م") and bool(families(folded[at - 1]))
