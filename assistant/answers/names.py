"""Who and where a sentence speaks of: names known in three languages, and names that only their form tells. Pure.

A known name is compared by what it names ("CMAI", "AIMC" and "مجلس وزراء الداخلية العرب" are one), any other by its
letters: within a script exactly, across Arabic and Latin letters by its consonants. Nothing is guessed: a word that
may be a name and is not in the source counts as a name that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers.wording import Word, bare, is_plain, read_wording
from corpus.glossary import PEOPLES, PLACES, Term, read_glossary
from index.terms import fold
from index.terms import words as plain_words

SAME_IN_ARABIC = {"tunis": "tunisie", "alger": "algerie"}
"""Capitals that Arabic writes as their country."""
_OFFICES = frozenset(map(fold, "الوزير المدير العام الرئيس الأمين القائد الملازم المحافظ الوالي".split()))
_PLACE_BEFORE = frozenset(map(fold, "في إلى مدينة ولاية بلدية بمدينة لمدينة جمهورية ميناء".split()))
_TITLE_BEFORE = frozenset(map(fold, "السيد السيدة الدكتور العقيد اللواء العميد الرائد النقيب السفير القبطان".split()))
_COMMON_AFTER = frozenset(
    map(
        fold,
        "إطار مجال مجالات سنة عام شهر يوم حين عدة مختلف كل جميع نهاية بداية ظل سبيل مواجهة مدينة مدن دورة برنامج برامج "
        "مشروع مشاريع إعداد تنفيذ تعزيز تحقيق تدريب تكوين مكافحة محاربة حوار اجتماع اجتماعات قطاع منطقة بلد دول عشر "
        "ثلاث أربع خمس ست سبع ثماني تسع أكثر أقل هذا هذه ذلك أي ما من أن بعض تنظيم إنجاز تمويل حماية تطوير دعم "
        "أعمال".split(),
    )
)
_OPENERS = frozenset(
    "since about despite although however following after before until through once yet still both unlike per over under "
    "up more less nearly almost around depuis malgré avant apres lors afin pour contre hors sous outre vers pres plus moins "
    "environ encore deja".split()
)
"""Words that open a sentence with a capital and never name anybody."""
_LATIN = tuple(
    (pair.split("=")[0], pair.split("=")[1])
    for pair in "sch=s tch=s ch=s sh=s ph=f th=t dh=d kh=k gh=g dj=j ou= qu=k gu=g ce=s ci=s cy=s ge=j gi=j x=ks q=k "
    "c=k z=s v=f p=b j=g w= h=".split()
)
_ARABIC = str.maketrans("بپتطثدضذظجغشسصزكقخفڤرلمن", "bbtttddddggsssskkkffrlmn", "اويهةءعآىح")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a sentence: a key to compare, the positions of its words, and the Arabic particle written on it."""

    key: str
    first: int
    last: int
    known: bool
    particle: str = ""


class Names:
    """Finds known names in a sentence, the longest first."""

    def __init__(self, terms: Iterable[Term], places: Iterable[Term] = ()) -> None:
        self._forms: dict[str, list[tuple[tuple[str, ...], bool, str]]] = {}
        for group, is_place in ((terms, False), (places, True)):
            for term in group:
                for form in {form for forms in term.forms.values() for form in forms}:
                    self._add(term.id, form, is_place)
        for forms in self._forms.values():
            forms.sort(key=lambda item: -len(item[0]))

    def _add(self, id: str, form: str, is_place: bool) -> None:
        folded = tuple(fold(word) for word in plain_words(form))
        if folded:
            capitals = is_place or (form.isupper() and len(form) < 4)
            for key in {folded[0], bare(folded[0])}:  # "ألمان" begins with the letters of an article
                self._forms.setdefault(key, []).append((folded, capitals, id))

    def find(self, found: Sequence[Word]) -> list[Name]:
        """The known names of a sentence, in order."""
        named = []
        at = 0
        while at < len(found):
            name = self._at(found, at)
            if name:
                named.append(name)
                at = name.last + 1
            else:
                at += 1
        return named

    def _at(self, found: Sequence[Word], at: int) -> Name | None:
        first = found[at].folded
        for form, capitals, id in self._forms.get(bare(first), ()):
            span = found[at : at + len(form)]
            if len(span) < len(form) or not _same_first(form[0], first):
                continue
            if any(word.folded != own for word, own in zip(span[1:], form[1:], strict=True)):
                continue
            if capitals and not span[0].arabic and not all(_as_written(word) for word in (span[0], span[-1])):
                continue
            return Name(id, at, at + len(form) - 1, True, _particle(first, form[0]))
        return None


def _as_written(word: Word) -> bool:
    return word.capital or word.text[0].isdigit()


def _same_first(form: str, word: str) -> bool:
    return word == form or (word[:1] > "z" and bare(word) in (form, bare(form)))


def _particle(word: str, form: str) -> str:
    """The particle before a name: "b" in, "l" to, "" none."""
    lead = word[: len(word) - len(bare(word))] if word[:1] > "z" and word != form else ""
    lead = lead.lstrip("وف") if lead.startswith(("و", "ف")) else lead
    return {"ب": "b", "ل": "l", "ك": "k"}.get(lead[:1], "")


@lru_cache(maxsize=1)
def shipped_names() -> Names:
    """The names of the shipped glossary, and of the shipped lists of places and of what comes from them."""
    return Names((*read_glossary(), *read_glossary(PEOPLES)), read_glossary(PLACES))


def other_names(found: Sequence[Word], known: Sequence[Name], crossing: bool) -> list[Name]:
    """Words that only their form tells to be names: by their capital, or in Arabic by the word before them.

    Within a language every word is compared anyway, so there only capitals count; `crossing` adds the Arabic ones.
    """
    taken = {at for name in known for at in range(name.first, name.last + 1)}
    offices = read_wording().offices
    persons = _persons(found)
    named = []
    for at, word in enumerate(found):
        if at in taken or is_plain(word) or word.text[0].isdigit() or (crossing and word.folded in offices):
            continue
        if word.arabic:
            if at in persons or (crossing and _stands_as_name(found, at, taken)):
                named.append(Name(bare(word.folded), at, at, False, _particle(word.folded, "")))
        elif word.capital and (not word.first or _opens_with_name(found, at, crossing)):
            named.append(Name(word.folded, at, at, False))
    return named


def _opens_with_name(found: Sequence[Word], at: int, crossing: bool) -> bool:
    """Whether the first word is a name: an acronym, one followed by another name, or, in French, no article."""
    word = found[at]
    if word.folded in _OPENERS:
        return False
    acronym = len(word.text) > 1 and word.text.isupper()
    doubled = at + 1 < len(found) and found[at + 1].capital and not found[at + 1].after_mark and crossing
    common = word.folded.endswith(("s", "ing", "ion", "ment", "ty"))
    return acronym or doubled or (crossing and not common)


def _stands_as_name(found: Sequence[Word], at: int, taken: set[int]) -> bool:
    before = found[at - 1].folded if at else ""
    word = found[at].folded
    if before in _TITLE_BEFORE:
        return True
    after_name = at >= 2 and found[at - 2].folded in _TITLE_BEFORE
    if after_name:
        return True
    article = word.startswith("ال")
    return before in _PLACE_BEFORE and not article and word not in _COMMON_AFTER and at - 1 not in taken


def _persons(found: Sequence[Word]) -> set[int]:
    """Positions of the one or two words after an Arabic office ("المدير العام أحمد منصوري"): names of persons."""
    after = {at + 1 for at, word in enumerate(found) if word.folded in _OFFICES}
    after |= {at + 1 for at in after if at < len(found) and found[at].folded not in _OFFICES}
    return {at for at in after if at < len(found) and not found[at].folded.startswith(("ال", "لل", "بال", "وال"))}


def agree(key: str, other: str) -> bool:
    """Whether two unknown names are one: the same letters, or the same consonants across scripts.

    >>> agree("mansouri", "منصوري"), agree("khaled", "احمد"), agree("rossi", "russo"), agree("marseille", "مرسيليا")
    (True, False, False, True)
    """
    if key == other:
        return True
    if (key[0] > "z") == (other[0] > "z"):
        return False
    mine, theirs = skeleton(key), skeleton(other)
    return len(mine) >= 2 and mine == theirs


def skeleton(name: str) -> str:
    """The consonants of a name in classes that both scripts keep apart; doubled letters once.

    >>> skeleton("ahmed"), skeleton("احمد")
    ('md', 'md')
    """
    name = re.sub(r"(.)\1+", r"\1", name)
    if name[:1] > "z":
        letters = name.translate(_ARABIC)
    else:
        for old, new in _LATIN:
            name = name.replace(old, new)
        letters = re.sub(r"[aeiouy]", "", name)
    return letters


def canonical(key: str, arabic: bool) -> str:
    """A known name's key, a capital's country where one of the two sentences is Arabic."""
    return SAME_IN_ARABIC.get(key, key) if arabic else key
