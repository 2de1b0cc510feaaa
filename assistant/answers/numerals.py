"""Numbers written as words, in French, English and Arabic: what `facts` reads them with. Pure.

Words are expected folded (`index.terms.fold`). "un", "une", "one" alone are left to `facts`: they are articles too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from index.terms import fold


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a folded sentence: a word or sign, or a figure with its value and whether it bears an ordinal mark."""

    text: str
    value: Decimal | None
    marked: bool


def _table(text: str) -> dict[str, int]:
    """`value word word ; value word` as a dictionary of folded words."""
    found = {}
    for line in text.split(";"):
        value, *names = line.split()
        found.update({fold(name): int(value) for name in names})
    return found


_SMALL = _table(
    "2 deux two اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي ; 3 trois three ثلاث ثلاثة ; 4 quatre four أربع أربعة ;"
    "5 cinq five خمس خمسة ; 6 six ست ستة ; 7 sept seven سبع سبعة ; 8 huit eight ثمان ثماني ثمانية ; 9 neuf nine تسع تسعة ;"
    "10 dix ten عشر عشرة ; 11 onze eleven ; 12 douze twelve ; 13 treize thirteen ; 14 quatorze fourteen ;"
    "15 quinze fifteen ; 16 seize sixteen ; 17 seventeen ; 18 eighteen ; 19 nineteen"
)
_TENS = _table(
    "20 vingt vingts twenty عشرون عشرين ; 30 trente thirty ثلاثون ثلاثين ; 40 quarante forty أربعون أربعين ;"
    "50 cinquante fifty خمسون خمسين ; 60 soixante sixty ستون ستين ; 70 septante seventy سبعون سبعين ;"
    "80 eighty ثمانون ثمانين ; 90 nonante ninety تسعون تسعين"
)
_HUNDREDS = _table(
    "100 cent cents hundred مئة مائة ; 200 مئتان مئتين مائتان مائتين ; 300 ثلاثمئة ثلاثمائة ; 500 خمسمئة خمسمائة"
)
MAGNITUDES = _table(
    "1000 mille thousand ألف ألفا آلاف ; 1000000 million millions مليون مليونا ملايين ;"
    "1000000000 milliard milliards billion billions مليار مليارا مليارات"
)
_RANKS = _table(
    "1 premier premiere premiers premieres first unieme أول أولى ; 2 deuxieme second seconde seconds secondes ثاني ثانية ;"
    "3 troisieme third ثالث ثالثة ; 4 quatrieme fourth رابع رابعة ; 5 cinquieme fifth خامس خامسة ; 6 sixieme sixth سادس سادسة ;"
    "7 septieme seventh سابع سابعة ; 8 huitieme eighth ثامن ثامنة ; 9 neuvieme ninth تاسع تاسعة ; 10 dixieme tenth عاشر عاشرة ;"
    "11 onzieme eleventh ; 12 douzieme twelfth ; 13 treizieme thirteenth ; 14 quatorzieme fourteenth ; 15 quinzieme fifteenth ;"
    "16 seizieme sixteenth ; 17 seventeenth ; 18 eighteenth ; 19 nineteenth ; 20 vingtieme twentieth ; 30 trentieme thirtieth ;"
    "40 quarantieme fortieth ; 50 cinquantieme fiftieth ; 60 soixantieme sixtieth ; 100 centieme hundredth"
)
_ARABIC_TEEN = frozenset({"عشر", "عشره"})
_ELEVEN = frozenset(map(fold, ("أحد", "إحدى", "حادية", "حادي")))
_AND = frozenset({"et", "and"})


def ordinal_or_cardinal(tokens: Sequence[Token], at: int) -> tuple[int, bool, int] | None:
    """The number written in words from `at` on: value, whether it ranks, how many words; `None` where there is none."""
    if found := ordinal(tokens, at):
        return found[0], True, found[1]
    if found := cardinal(tokens, at):
        return found[0], False, found[1]
    return None


def ordinal(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """An ordinal in words: "trente-deuxième", "thirty-fifth", "الخامسة والثلاثين", "السابعة عشرة"."""
    word = _bare(tokens[at].text)
    after = _bare(tokens[at + 1].text) if at + 1 < len(tokens) else ""
    arabic = word[:1] > "z"
    unit = _RANKS.get(word, 1 if arabic and word in _ELEVEN else 0)
    if unit and arabic and after in _ARABIC_TEEN:
        return unit + 10, 2
    if unit and arabic and after in _TENS and tokens[at + 1].text.startswith("و"):
        return unit + _TENS[after], 2
    if unit and not (arabic and word in _ELEVEN):
        return unit, 1
    if arabic and word in _TENS and tokens[at].text.startswith("ال"):
        return _TENS[word], 1
    tens = _TENS.get(word, 10 if word == "dix" else 0)
    if not tens or arabic:
        return None
    step = 2 if after in _AND else 1
    last = tokens[at + step].text if at + step < len(tokens) else ""
    return (tens + _RANKS[last], step + 1) if last in _RANKS else None


def cardinal(tokens: Sequence[Token], at: int) -> tuple[int, int] | None:
    """A number in words: "soixante-dix", "two hundred and five", "خمسة وعشرون"; magnitudes are left to the caller."""
    total, end = 0, at
    while end < len(tokens):
        word = tokens[end].text
        joined = word in _AND and end > at
        if joined:
            end += 1
            word = tokens[end].text if end < len(tokens) else ""
        value = _next(word, total, first=end == at)
        if value is None:
            end -= joined
            break
        total, end = value, end + 1
    return (total, end - at) if end > at else None


def _next(word: str, total: int, first: bool) -> int | None:
    bare = _bare(word) if word[:1] > "z" and not first else word.removeprefix("ال")
    if first and word[:1] > "z" and bare in _ELEVEN:
        return None
    if bare in _HUNDREDS:
        return max(1, total) * _HUNDREDS[bare] if bare in ("cent", "cents", "hundred") else total + _HUNDREDS[bare]
    if bare in _TENS:
        fours = bare.startswith("vingt") and total % 100 == 4
        return total - 4 + 80 if fours else (total + _TENS[bare] if first or total % 100 < 10 else None)
    if bare in _SMALL or (bare in ("un", "une", "one") and not first):
        value = _SMALL.get(bare, 1)
        teen = bare in _ARABIC_TEEN and 0 < total % 100 < 10
        room = total % 100 == 0 or (total % 100 >= 20 and total % 10 == 0) or (total % 100 == 10 and value < 10)
        return total + value if first or teen or room else None
    return None


def _bare(word: str) -> str:
    """An Arabic word without `و` and the article before it."""
    return word.removeprefix("و").removeprefix("ال") if word[:1] > "z" else word
