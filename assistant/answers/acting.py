"""Who acts, by the place of words around a verb that a draft shares with its source: nobody else may. Pure.

"Le comité soutient la direction" and "La direction soutient le comité" hold the same words; so do a figure and its
place taken from two halves of a sentence. What stands before a verb in its own clause acts, or is acted upon where the
verb is passive; "par" and "by" tell who acts then. An Arabic verb opens its clause, and the first noun after it acts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.answers.facts import names_month
from assistant.answers.names import canonical
from assistant.answers.roles import (
    AND,
    ARTICLES,
    BE,
    PART,
    RELATIVES,
    SUBJECT_RELATIVES,
    by_somebody,
    is_participle,
    segments,
)
from assistant.answers.sentence import Read, unknown_names
from assistant.answers.wording import Word, families, is_plain, same
from index.terms import fold, stem

_HAVE = {
    "fr": frozenset("a ont avait avaient ait aient eut eurent aura auront".split()),
    "en": frozenset("has have had having will would".split()),
}
_BETWEEN = frozenset(
    map(
        fold,
        "ne n pas plus jamais aussi également déjà encore toujours ensuite bien se s l le la les y en lui leur not also yet "
        "already still been never then été recently successfully récemment".split(),
    )
)
_REFLEXIVE = frozenset(("se", "s"))
_DETERMINERS = ARTICLES | frozenset("aux ces cet tous toutes all these those".split())
_OF = frozenset(("of", "from"))
_NOT = frozenset("ne n pas jamais not never n't".split())
_MUTUAL = re.compile(r"jumel|sign|coop|collabor|rencontr|reuni|conclu|dialog|echang|met$|meet|twin|partner")
"""Verbs of two sides that may stand either way round: "X est jumelée avec Y"."""
_INVERTED = frozenset(("tenir", "commencer"))
"""Families whose passive and active say the same: "la session s'est tenue", "la session a été tenue"."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A verb of a sentence at `at`: positions of what stands before it, after "by", and whether it is passive.

    `around` is all that stands before it in its clause, `subject` only the group that goes with it.
    """

    at: int
    subject: frozenset[int]
    around: frozenset[int]
    agents: frozenset[int]
    passive: bool
    reflexive: bool
    helped: int


def exchanged_actor(draft: Read, held: Read, above: Sequence[Read], crossing: bool) -> str:
    """In French, what acts in the draft and not in the source, or `""`; `above` are the lines over the source.

    Across languages only names and figures can be told to be the same.
    """
    for deed in deeds(draft):
        for source in (held, *above):
            pairs = [(deed, other) for other in deeds(source) if _one_verb(draft, deed, source, other, crossing)]
            if pairs:
                wrong = [_misplaced(draft, deed, source, other, crossing) for deed, other in pairs]
                if all(wrong):
                    told = " ".join(draft.words[at].text for at in sorted(wrong[0]))
                    return f"Les textes donnent un autre rôle à : {told}."
                break
    return _exchanged_nouns(draft, held) if not crossing and draft.language == "ar" else ""


def _one_verb(draft: Read, deed: Deed, source: Read, other: Deed, crossing: bool) -> bool:
    mine, theirs = draft.words[deed.at].folded, source.words[other.at].folded
    if crossing:
        return bool(families(mine) & families(theirs))
    return same(mine, theirs, draft.language) and same(theirs, mine, draft.language)


def _misplaced(draft: Read, deed: Deed, source: Read, other: Deed, crossing: bool) -> frozenset[int]:
    """Positions in the draft of what acts or is acted upon there and not in the source."""
    found = _Alignment(draft, source, crossing)
    if _negated(draft, deed) != _negated(source, other) and not crossing:
        return frozenset((deed.at,))
    if deed.passive == other.passive:
        wrong = found.outside(deed.subject, other.around) if other.around else frozenset()
        if _MUTUAL.match(draft.words[deed.at].folded):
            wrong = frozenset(at for at in wrong if not any(_beside(source, place) for place in found.of(at)))
        return wrong | (found.outside(deed.agents, other.agents) if other.agents else frozenset())
    senses = families(draft.words[deed.at].folded)
    if senses & _INVERTED or deed.reflexive or other.reflexive:
        return frozenset()
    if deed.passive:
        return found.only_inside(deed.subject, other.around) | found.outside(deed.agents, other.around)
    if other.agents:
        return found.outside(deed.subject, other.agents)
    return found.only_inside(deed.subject, other.around)


def _beside(source: Read, place: int) -> bool:
    """Whether a word stands with others: after "with" or "and"."""
    for word in reversed(source.words[max(0, place - 6) : place]):
        if word.folded in ("mais", "but"):
            return False
        if word.folded in AND or PART.get(word.folded) == "with":
            return True
    return False


def _negated(read: Read, deed: Deed) -> bool:
    """Whether a verb is denied: by a word right before it or its auxiliary, or, without one, right after it."""
    near = read.words[max(0, deed.helped - 2) : deed.at]
    return any(word.folded in _NOT for word in near)


class _Alignment:
    """Which words of a draft are which of a source."""

    def __init__(self, draft: Read, source: Read, crossing: bool) -> None:
        arabic = "ar" in (draft.language, source.language)
        self._draft, self._source = draft, source
        self._mine, self._theirs = _named(draft, arabic), _named(source, arabic)
        self._crossing = crossing

    def of(self, at: int) -> frozenset[int]:
        """The places in the source of the draft's word."""
        if key := self._mine.get(at):
            return frozenset(place for place, other in self._theirs.items() if other == key)
        if self._crossing:
            return frozenset()
        word, language = self._draft.words[at].folded, self._draft.language
        others = [(place, other.folded) for place, other in enumerate(self._source.words) if not is_plain(other)]
        alike = [item for item in others if item[0] not in self._theirs and same(word, item[1], language)]
        exact = [item for item in alike if stem(item[1], language) == stem(word, language)]
        return frozenset(place for place, _other in exact or alike)

    def outside(self, words: frozenset[int], allowed: frozenset[int]) -> frozenset[int]:
        """Those of the words that the source has, and never where it is allowed."""
        return frozenset(at for at in words if (places := self.of(at)) and not places & allowed)

    def only_inside(self, words: frozenset[int], denied: frozenset[int]) -> frozenset[int]:
        """Those of the words that the source has only where it is denied."""
        return frozenset(at for at in words if (places := self.of(at)) and places <= denied)


def _named(read: Read, arabic: bool) -> dict[int, str]:
    return {at: canonical(name.key, arabic) for name in read.known for at in range(name.first, name.last + 1)}


# --- verbs and what stands around them -------------------------------------------------------------------------------


def deeds(read: Read) -> tuple[Deed, ...]:
    """The verbs of a French or English sentence that their place tells to be verbs."""
    if read.language not in _HAVE:
        return ()
    names = {at for name in (*read.known, *unknown_names(read, False)) for at in range(name.first, name.last + 1)}
    cut = segments(read.words)
    return tuple(_deeds(read, names, cut))


def _deeds(read: Read, names: set[int], cut: Sequence[tuple[int, int]]) -> Iterator[Deed]:
    found = read.words
    for start, end in cut:
        verbs = 0
        for at in range(start, end):
            if at in names or not _says(found[at]):
                continue
            helped = _helped(read, at, start)
            if helped == at and not _stands_as_verb(read, at, start, names):
                continue
            by = next((i for i in range(at + 1, end) if by_somebody(found, i)), None)
            be = any(found[i].folded in BE for i in range(helped, at))
            reflexive = any(found[i].folded in _REFLEXIVE for i in range(helped, at))
            passive = is_participle(found, at) and not reflexive and (be or (helped == at and by == at + 1))
            around = _content(found, start if not verbs or found[start].folded not in RELATIVES else 0, helped)
            verbs += 1
            if found[start].folded in SUBJECT_RELATIVES and (not around or not _before(found, start + 1, helped)):
                around = _content(found, _group_before(found, start), start)
            agents = _content(found, by + 1, _group_end(found, by + 1, end)) if by is not None else frozenset()
            own = families(found[at].folded)
            subject = _subject(found, start, helped) or around
            subject = frozenset(i for i in subject if not own & families(found[i].folded))
            yield Deed(at, subject, around, agents, passive, reflexive, helped)


def _helped(read: Read, at: int, start: int) -> int:
    """Where the auxiliaries and little words before a verb begin; `at` itself without an auxiliary."""
    lead, first = at, at
    while lead > start:
        word = read.words[lead - 1]
        if word.folded in BE or (word.folded in _HAVE[read.language] and word.text != "à"):
            first = lead - 1
        elif word.folded not in _BETWEEN or (first == at and word.folded in ARTICLES):
            break
        lead -= 1
    while first < at and first > start and read.words[first - 1].folded in _BETWEEN and lead < first:
        first -= 1
    return first


def _stands_as_verb(read: Read, at: int, start: int, names: set[int]) -> bool:
    """Without an auxiliary: an article follows, or a name or relative pronoun goes before, and no particle does."""
    found = read.words
    if at == start and found[at].folded not in SUBJECT_RELATIVES:
        return False
    before, after = found[at - 1], found[at + 1] if at + 1 < len(found) else None
    written = before.text.casefold()
    if found[at].after_mark or found[at].capital or before.text[0].isdigit():
        return False
    if written in PART or (written in ARTICLES and before.folded not in _BETWEEN) or before.folded in AND:
        return before.folded in SUBJECT_RELATIVES
    if before.folded in SUBJECT_RELATIVES:
        return True
    following = at + 1
    while following < len(found) and found[following].folded in ("aussi", "pas", "plus", "egalement", "also"):
        following += 1
    if following < len(found) and found[following].folded in _DETERMINERS and not found[following].after_mark:
        return True
    past = read.language == "en" and found[at].folded.endswith("ed")
    if at - 1 in names:
        return after is not None and (past or bool(families(found[at].folded)))
    free = after is not None and not is_plain(before) and not is_plain(after) and not after.after_mark
    return free and read.language == "en" and (past or bool(families(found[at].folded)))


def _content(found: Sequence[Word], start: int, end: int) -> frozenset[int]:
    return frozenset(at for at in range(start, end) if _says(found[at]))


def _says(word: Word) -> bool:
    silent = is_plain(word) or word.folded in _BETWEEN or word.text[0].isdigit()
    return not (silent or names_month(word.folded))


def _before(found: Sequence[Word], start: int, end: int) -> bool:
    """Whether something that no particle governs stands between: then it acts, and not what the pronoun is for."""
    return bool(_subject(found, start, end))


def _subject(found: Sequence[Word], start: int, end: int) -> frozenset[int]:
    """The group of words that goes with a verb at `end`: the last one between marks, from its first free word on."""
    marks = [at for at in range(start + 1, end) if found[at].after_mark]
    pieces = list(pairwise([start, *marks, end]))
    if end < len(found) and found[end].after_mark and pieces:
        pieces = pieces[:1]
    for first, last in reversed(pieces):
        if group := _free(found, first, last):
            return group
    return frozenset()


def _free(found: Sequence[Word], start: int, end: int) -> frozenset[int]:
    """From the first word that no particle governs to the next particle that is not "of"."""
    governed = False
    group: list[int] = []
    for at in range(start, end):
        word = found[at]
        part = PART.get(word.text.casefold()) or PART.get(word.folded if word.folded != "a" else "")
        if part and not (part in _OF and group):
            if group:
                break
            governed = True
        elif word.folded in ARTICLES and at > start and not _particle(found[at - 1]):
            governed = False
        elif _says(word) and not governed:
            group.append(at)
    return frozenset(group)


def _particle(word: Word) -> bool:
    return word.text.casefold() in PART or word.folded in PART


def _group_before(found: Sequence[Word], end: int) -> int:
    """Where the group of words that ends before `end` begins."""
    at = end
    while at > 0:
        word = found[at - 1]
        part = PART.get(word.text.casefold())
        if (word.folded in ARTICLES and not (at > 1 and PART.get(found[at - 2].folded) in _OF)) or (
            part and part not in _OF
        ):
            break
        at -= 1
    return at


def _group_end(found: Sequence[Word], start: int, end: int) -> int:
    for at in range(start + 1, end):
        part = PART.get(found[at].text.casefold())
        before = found[at - 1]
        fresh = found[at].folded in ARTICLES and not _particle(before) and before.folded not in AND
        if found[at].after_mark or fresh or (part and part not in _OF):
            return at
    return end


# --- Arabic ----------------------------------------------------------------------------------------------------------


def _exchanged_nouns(draft: Read, held: Read) -> str:
    """Whether the noun right after a word, who acts where that word is a verb, is another one of the source's."""
    for word, first in pairwise(draft.words):
        if not _may_act(word, first) or families(word.folded) & _INVERTED:
            continue
        after = [other for own, other in pairwise(held.words) if _one_word(word, own) and _may_act(own, other)]
        if not after or any(same(first.folded, other.folded, "ar") for other in after):
            continue
        again = [own for own in draft.words if any(same(own.folded, other.folded, "ar") for other in after)]
        joined = {"و" + own.folded for own in held.words}  # "A and B" is "B and A"
        here = bool(again) and not any(own.folded in joined for own in again)
        if here and any(same(own.folded, first.folded, "ar") for own in held.words):
            return f"Les textes donnent un autre rôle à : {first.text}."
    return ""


def _may_act(word: Word, after: Word) -> bool:
    closed = is_plain(word) or is_plain(after) or after.after_mark or word.folded.startswith("ال")
    return not (closed or after.folded.startswith(("ب", "ل", "ال", "وال")) or after.text[0].isdigit())


def _one_word(word: Word, other: Word) -> bool:
    """Both ways, and with an object pronoun on either."""
    forms = [[form.folded, form.folded.removesuffix("ها"), form.folded.removesuffix("ه")] for form in (word, other)]
    return any(same(a, b, "ar") and same(b, a, "ar") for a in forms[0] for b in forms[1] if len(a) > 2 and len(b) > 2)
