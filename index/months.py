"""The names of one month, in three languages and in the uses of the Maghreb and the Levant. Pure.

Hijri months are months of their own: they are found by their other spellings and never turned into Gregorian ones.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.terms import fold

_GREGORIAN = (
    "janvier january يناير جانفي كانون_الثاني",
    "février february فبراير فيفري شباط",
    "mars march مارس آذار",
    "avril april أبريل أفريل إبريل نيسان",
    "mai may مايو ماي أيار",
    "juin june يونيو جوان يونيه حزيران",
    "juillet july يوليو جويلية يوليوز يوليه تموز",
    "août august أغسطس أوت غشت آب",
    "septembre september سبتمبر شتنبر أيلول",
    "octobre october أكتوبر تشرين_الأول",
    "novembre november نوفمبر نونبر تشرين_الثاني",
    "décembre december ديسمبر دجنبر كانون_الأول",
)
_HIJRI = (
    "muharram mouharram moharram محرم المحرم",
    "safar صفر",
    "rabi_al-awwal rabie_al-awal ربيع_الأول",
    "rabi_al-thani rabie_ath-thani ربيع_الثاني ربيع_الآخر",
    "joumada_al-oula jumada_al-awwal جمادى_الأولى",
    "joumada_ath-thania jumada_al-thani جمادى_الثانية جمادى_الآخرة",
    "rajab redjeb رجب",
    "chaabane shaban chaâbane شعبان",
    "ramadan رمضان",
    "chaoual shawwal chawwal شوال",
    "dhou_al-qida dhu_al-qadah ذو_القعدة ذي_القعدة",
    "dhou_al-hijja dhu_al-hijjah ذو_الحجة ذي_الحجة",
)
GREGORIAN = tuple(name.replace("_", " ") for line in _GREGORIAN for name in line.split() if name != "آب")
"""The names of the twelve months as they are written, but for one which is an everyday word as well."""
MONTHS = tuple(name.replace("_", " ") for line in (*_GREGORIAN, *_HIJRI) for name in line.split())
_AMBIGUOUS = frozenset({"may", "mars", "mai", "march", "ماي", "اب"})
"""Words that are also something else: they are looked up by their other names only beside a number."""


def _folded(name: str) -> tuple[str, ...]:
    return tuple(fold(name).replace("_", " ").replace("-", " ").split())


_NAMES = tuple(tuple(_folded(name) for name in names.split()) for names in (*_GREGORIAN, *_HIJRI))
_MONTH_OF = {name: names for names in _NAMES for name in names}
MONTH_NUMBERS = {
    " ".join(name): number + 1 if number < 12 else number + 89 for number, names in enumerate(_NAMES) for name in names
}
"""The number of each folded name: 1 to 12, Hijri months from 101."""


def months(folded: Sequence[str]) -> list[tuple[tuple[str, ...], ...]]:
    """The months that folded words name, each as all its names; Arabic ones with what is attached to them as well.

    >>> [names[0] for names in months(["تشرين", "الثاني", "1990"])], [names[0] for names in months(["بمارس"])]
    ([('novembre',)], [('mars',)])
    >>> months(["may", "we", "ask"])
    []
    """
    found = []
    for at, word in enumerate(folded):
        for name in ((word, *folded[at + 1 : at + 2]), (word, *folded[at + 1 : at + 3]), (word,)):
            names = _MONTH_OF.get(name) or _MONTH_OF.get((_bare(name[0]), *name[1:]))
            beside = [*folded[max(0, at - 1) : at], *folded[at + len(name) : at + len(name) + 1]]
            if names and (name[0] not in _AMBIGUOUS or any(other[:1].isdigit() for other in beside)):
                found.append(names)
                break
    return found


def _bare(word: str) -> str:
    return word.lstrip("وف").removeprefix("ب").removeprefix("ل") if word[:1] > "z" else word
