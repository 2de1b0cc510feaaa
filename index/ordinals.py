"""Ordinals written as words, in French, Arabic and English, as numbers from 1 to 69. Pure.

"First" is read only on request and beside a session, a meeting or the like: elsewhere it opens lists and turns of
phrase. Months whose Arabic names hold an ordinal ("the second Kanun") are no ordinals.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from index.terms import ORDINAL_ENDING, fold, placed_words

_UNIT_NAMES: Final = {
    "second seconde deuxieme الثانيه الثاني": 2,
    "third troisieme الثالثه الثالث": 3,
    "fourth quatrieme الرابعه الرابع": 4,
    "fifth cinquieme الخامسه الخامس": 5,
    "sixth sixieme السادسه السادس": 6,
    "seventh septieme السابعه السابع": 7,
    "eighth huitieme الثامنه الثامن": 8,
    "ninth neuvieme التاسعه التاسع": 9,
    "tenth dixieme العاشره العاشر": 10,
}
_WHOLE_NAMES: Final = {
    "onzieme eleventh": 11,
    "douzieme twelfth": 12,
    "treizieme thirteenth": 13,
    "quatorzieme fourteenth": 14,
    "quinzieme fifteenth": 15,
    "seizieme sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "vingtieme twentieth العشرون العشرين": 20,
    "trentieme thirtieth الثلاثون الثلاثين": 30,
    "quarantieme fortieth الاربعون الاربعين": 40,
    "cinquantieme fiftieth الخمسون الخمسين": 50,
    "soixantieme sixtieth الستون الستين": 60,
}
_TEN_NAMES: Final = {
    "dix": 10,
    "vingt twenty والعشرون والعشرين": 20,
    "trente thirty والثلاثون والثلاثين": 30,
    "quarante forty والاربعون والاربعين": 40,
    "cinquante fifty والخمسون والخمسين": 50,
    "soixante sixty والستون والستين": 60,
}
_UNITS = {name: value for names, value in _UNIT_NAMES.items() for name in names.split()}
_WHOLE = {name: value for names, value in _WHOLE_NAMES.items() for name in names.split()}
_TENS = {name: value for names, value in _TEN_NAMES.items() for name in names.split()}
_ONE_WITH_TENS = frozenset("unieme first الحاديه الحادي".split())
_FIRST = frozenset("premier premiere first الاولي الاول".split())
EVENTS = frozenset(
    "session reunion rencontre conference edition sommet congres meeting summit conference الدوره دوره اللقاء لقاء الاجتماع اجتماع "
    "المؤتمر مؤتمر القمه قمه".split()
)
"""What has a place in a series, folded."""
_ARABIC_TEEN = re.compile(r"^عشره?$")
_MONTHS = frozenset("تشرين كانون ربيع جمادي".split())
_RANKED = re.compile(rf"\d{{1,3}}{ORDINAL_ENDING}", re.IGNORECASE)
_MAYBE = re.compile(r"i[eè]me|(?:nd|rd|th|st)\b|second|third|first|premi|[\u0600-\u06ff]", re.IGNORECASE)


def spelled_ordinals(text: str, *, first: bool = False) -> list[int]:
    """Ordinals written as words, in order; with `first`, "the first session" is one of them.

    >>> spelled_ordinals("la dix-septième et la trente-deuxième"), spelled_ordinals("الدورة السابعة عشرة")
    ([17, 32], [17])
    >>> spelled_ordinals("the thirty-fifth session"), spelled_ordinals("الدورة الخامسة والثلاثين")
    ([35], [35])
    >>> spelled_ordinals("la première session"), spelled_ordinals("la première session", first=True)
    ([], [1])
    """
    return [ordinal.value for ordinal in placed_ordinals(unicodedata.normalize("NFKC", text), first=first)]


@dataclass(frozen=True, slots=True)
class Placed:
    """An ordinal in words, and where it begins and ends in its text."""

    value: int
    start: int
    end: int


def placed_ordinals(text: str, *, first: bool = False) -> list[Placed]:
    """The same with their places; one may stretch over what parts its words.

    >>> placed_ordinals("la trente-deuxième session")
    [Placed(value=32, start=3, end=18)]
    """
    if not _MAYBE.search(text):
        return []
    placed = placed_words(text)
    folded = [fold(word) for word, _start, _end in placed]
    found: list[Placed] = []
    at = 0
    while at < len(folded):
        value, used = _read(folded, at)
        if value is None and first and folded[at] in _FIRST and set(folded[max(0, at - 1) : at + 2]) & EVENTS:
            value = 1
        if value is not None:
            found.append(Placed(value, placed[at][1], placed[at + used - 1][2]))
        at += used
    return found


def ranks(word: str) -> bool:
    """Whether one word tells a place in a series.

    >>> ranks("première"), ranks("2e"), ranks("الثالثة"), ranks("session"), ranks("2010"), ranks("5+5")
    (True, True, True, False, False, False)
    """
    return bool(_RANKED.fullmatch(word)) or bool(spelled_ordinals(f"{word} session", first=True))


def _read(folded: list[str], at: int) -> tuple[int | None, int]:
    """The ordinal that opens at a word, and how many words it takes."""
    word, following, third = (folded[at + n] if at + n < len(folded) else "" for n in range(3))
    if at and folded[at - 1] in _MONTHS:
        return None, 1
    if word in _TENS and word < "z":
        if following == "et" and third in _ONE_WITH_TENS:
            return _TENS[word] + 1, 3
        if following in _ONE_WITH_TENS and word != "dix":
            return _TENS[word] + 1, 2
        if following in _UNITS and _UNITS[following] < 10:
            return _TENS[word] + _UNITS[following], 2
    unit = 1 if word in _ONE_WITH_TENS and word > "z" else _UNITS.get(word)
    if unit is not None and word > "z":
        if _ARABIC_TEEN.match(following):
            return 10 + unit, 2
        if following in _TENS:
            return _TENS[following] + unit, 2
        return (unit if unit > 1 else None), 1
    return (_WHOLE.get(word) or unit), 1
