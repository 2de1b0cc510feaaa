"""The figures and dates of a sentence in one form for the three languages, so that they can be compared. Pure.

"07 mars 2018", "7/3/2018", "March 7, 2018" and "٧ مارس ٢٠١٨" are one date; "douze", "12" and "اثنا عشر" one number;
"35e", "trente-cinquième" and "الخامسة والثلاثون" one ordinal, which is not the number 35. It does not say what a figure
measures, only what stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from assistant.answers.numerals import MAGNITUDES, Token, ordinal_or_cardinal
from index.codes import codes
from index.terms import fold

_MONTHS = (
    "janvier january janv jan يناير جانفي|كانون الثاني",
    "fevrier february fevr feb فبراير فيفري شباط",
    "mars march مارس اذار",
    "avril april avr apr ابريل افريل نيسان",
    "mai may مايو ماي ايار",
    "juin june jun يونيو يونيه جوان حزيران",
    "juillet july juil jul يوليو يوليه جويليه تموز",
    "aout august aug اغسطس غشت اوت اب",
    "septembre september sept sep سبتمبر شتنبر ايلول",
    "octobre october oct اكتوبر|تشرين الاول",
    "novembre november nov نوفمبر نونبر|تشرين الثاني",
    "decembre december dec ديسمبر دجنبر|كانون الاول",
)
_HIJRI = (
    "محرم",
    "صفر",
    "ربيع الاول",
    "ربيع الثاني|ربيع الاخر",
    "جمادي الاولي",
    "جمادي الثانيه|جمادي الاخره",
    "رجب",
    "شعبان",
    "رمضان|ramadan",
    "شوال",
    "ذو القعده|ذي القعده",
    "ذو الحجه|ذي الحجه",
)


def _month_names() -> dict[str, int]:
    named = {}
    for number, line in enumerate(_MONTHS, 1):
        single, *phrases = line.split("|")
        named.update(dict.fromkeys([*single.split(), *phrases], number))
    for number, line in enumerate(_HIJRI, 101):
        named.update(dict.fromkeys(line.split("|"), number))
    return named


_MONTH = _month_names()
_AMBIGUOUS = frozenset(
    {"may", "mars", "mai", "jan", "sep", "dec", "nov", "oct", "jun", "jul", "sept", "اب", "صفر", "ماي"}
)
"""Also a modal, a planet, a name or another word: a month only beside a figure, or where it is written as one."""
_M = "(?:" + "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_D = r"(?<![\d.,/])\d{1,2}(?![\d/])(?:er|st|nd|rd|th|eme|e)?"
_JOIN = r"\s*(?:,|-|–|—|et(?: le)?|and|to|au|till|until|الي|حتي|و)\s*"
_YEAR = r"(?:\s*,?\s*(?:de |of |in |en |سنه |عام |من عام |من سنه )?(\d{4})(?!\d))"
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_DAY_MONTH = re.compile(rf"({_D}(?:{_JOIN}{_D})*)\s*(?:of |de |من )?(?:شهر )?(?<![^\W\d_])({_M}){_YEAR}?")
_MONTH_DAY = re.compile(rf"(?<![^\W\d_])({_M})\s+(?:the )?({_D}(?:{_JOIN}{_D})*){_YEAR}?")
_MONTH_YEAR = re.compile(rf"(?<![^\W\d_])({_M}){_YEAR}")
_MONTH_ALONE = re.compile(rf"(?<![^\W\d_])[وبلف]?({_M})")
_SUM = re.compile(r"(?<!\d)(\d{1,2})\s*\+\s*(\d{1,2})(?!\d)")
_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:[ \u202f]\d{3})+(?![\d])(?:[.,]\d+)?|\d+(?:[.,٫٬]\d+)*)"
    r"(?P<mark>(?:iemes?|emes?|ere?s?|nde?|st|nd|rd|th|e)\b)?"
    r"|(?P<word>[^\W\d_]+)|(?P<sign>[%٪€$£])"
)
_GROUPED = re.compile(r"^[1-9]\d{0,2}(?:[.,٬ \u202f]\d{3})+$")
_UNITS = {
    "%": "%", "٪": "%", "percent": "%", "pourcent": "%", "بالميه": "%", "بالمايه": "%",
    "€": "eur", "euro": "eur", "euros": "eur", "يورو": "eur", "اورو": "eur",
    "$": "usd", "dollar": "usd", "dollars": "usd", "دولار": "usd", "دولارا": "usd", "دولارات": "usd",
    "eur": "eur", "usd": "usd", "gbp": "gbp", "dzd": "dzd", "£": "gbp", "da": "dzd", "dinar": "dzd", "dinars": "dzd", "دينار": "dzd", "دينارا": "dzd", "دنانير": "dzd",
    "kg": "kg", "kilo": "kg", "kilos": "kg", "kilogramme": "kg", "kilogrammes": "kg", "kilogram": "kg", "kilograms": "kg",
    "كلغ": "kg", "كغ": "kg", "كيلوغرام": "kg", "كيلوغراما": "kg", "كيلوغرامات": "kg",
    "km": "km", "kilometre": "km", "kilometres": "km", "kilometer": "km", "kilometers": "km", "كلم": "km", "كم": "km",
    "كيلومتر": "km", "كيلومترا": "km", "كيلومترات": "km", "t": "t", "tonne": "t", "tonnes": "t", "ton": "t", "tons": "t",
    "طن": "t", "طنا": "t", "اطنان": "t", "ha": "ha", "hectare": "ha", "hectares": "ha", "هكتار": "ha", "هكتارا": "ha",
}  # fmt: skip
_TWO_WORDS = {("pour", "cent"): "%", ("per", "cent"): "%", ("في", "الميه"): "%", ("في", "المايه"): "%"}
_SIGNS = frozenset(("€", "$", "£"))
_BEFORE = _SIGNS | {"eur", "usd", "gbp", "dzd"}
"""What tells a currency before its figure."""
_LINKS = frozenset("de d du des of من".split())
_ARTICLES = frozenset("un une a an one".split())


@dataclass(frozen=True, slots=True)
class Date:
    """A date with what is told of it; Hijri months count from 101."""

    year: int | None
    month: int | None
    day: int | None

    def within(self, other: Date) -> bool:
        """Whether all that is told here is told by `other`."""
        mine, theirs = (self.year, self.month, self.day), (other.year, other.month, other.day)
        return all(part is None or part == own for part, own in zip(mine, theirs, strict=True))


@dataclass(frozen=True, slots=True)
class Number:
    """A figure: its value, whether it ranks or counts, its unit, and the folded words before and after it."""

    value: str
    ordinal: bool
    unit: str
    before: str
    after: str
    article: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """The dates, figures, sums that are names ("5+5") and references of a text."""

    dates: tuple[Date, ...]
    numbers: tuple[Number, ...]
    sums: frozenset[str]
    codes: frozenset[str]


@lru_cache(maxsize=20_000)
def facts(text: str) -> Facts:
    """What a text tells in figures.

    >>> facts("Le 07 mars 2018").dates == facts("March 7, 2018").dates == facts("٧ مارس ٢٠١٨").dates
    True
    >>> [(n.value, n.ordinal, n.unit) for n in facts("la trente-deuxième, 12 500 agents, 3,2 M, 15 %").numbers]
    [('32', True, ''), ('12500', False, ''), ('3.2', False, ''), ('15', False, '%')]
    """
    found: list[tuple[int, Date]] = []
    rest = _mask_dates(text, fold(text.replace("\n", " ")), found)
    sums = frozenset(f"{a}+{b}" for a, b in _SUM.findall(rest))
    rest = _SUM.sub(lambda match: " " * len(match.group()), rest)
    dates = [date for _at, date in sorted(found, key=lambda item: item[0])]
    for at in range(len(dates) - 2, -1, -1):
        if dates[at].year is None:
            dates[at] = replace(dates[at], year=dates[at + 1].year)
    return Facts(tuple(dates), tuple(_numbers(rest)), sums, codes(text))


def _mask_dates(text: str, folded: str, found: list[tuple[int, Date]]) -> str:
    def read(pattern: re.Pattern[str], dates: Callable[[re.Match[str]], list[Date]]) -> None:
        nonlocal folded

        def mask(match: re.Match[str]) -> str:
            made = dates(match)
            found.extend((match.start(), date) for date in made)
            return " " * len(match.group()) if made else match.group()

        folded = pattern.sub(mask, folded)

    read(_ISO, lambda m: [Date(int(m[1]), int(m[2]), int(m[3]))])
    read(_NUMERIC, lambda m: [_numeric(int(m[1]), int(m[3]), int(m[4]))])
    read(_DAY_MONTH, lambda m: _days(m[1], m[2], m[3]))
    read(_MONTH_DAY, lambda m: _days(m[2], m[1], m[3]))
    read(_MONTH_YEAR, lambda m: [Date(int(m[2]), _month(m[1]), None)])
    capital = bool(re.search(r"(?<=[^.!?\s])\s+(?:May|Sept?|Oct|Nov|Dec|Jan|Jun|Jul)\b", text))
    after = re.compile(r"(?:^|\s)(?:en|de|in|of|since|depuis|fin|debut|في|شهر|منذ)\s+(?:may|mars|mai|ماي|اب)\b")
    loose = capital or bool(after.search(folded))
    read(_MONTH_ALONE, lambda m: [Date(None, _month(m[1]), None)] if loose or m[1] not in _AMBIGUOUS else [])
    return folded


def _numeric(first: int, second: int, year: int) -> Date:
    return Date(year, first, second) if second > 12 >= first else Date(year, second, first)


def _days(days: str, month: str, year: str | None) -> list[Date]:
    when = int(year) if year else None
    return [Date(when, _month(month), int(day)) for day in re.findall(r"\d{1,2}", days)]


def _month(name: str) -> int:
    return _MONTH[name.rstrip(".")]


def names_month(word: str) -> bool:
    """Whether a folded word is the name of a month.

    >>> names_month("mars"), names_month("marche")
    (True, False)
    """
    return word in _MONTH


def _tokens(text: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(text):
        if match["number"]:
            found.append(Token(match["number"], _value(match["number"]), bool(match["mark"])))
        else:
            found.append(Token(match["word"] or match["sign"], None, False))
    return found


def _value(written: str) -> Decimal:
    if _GROUPED.match(written):
        return Decimal(re.sub(r"\D", "", written))
    plain = written.replace("٫", ".").replace(",", ".").replace(" ", "").replace("\u202f", "")
    whole, *parts = plain.split(".")
    return Decimal(f"{whole}.{''.join(parts)}" if parts else whole)


def _numbers(text: str) -> Iterator[Number]:
    tokens = _tokens(text)
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.value is not None:
            value, ranks, length = token.value, token.marked, 1
        elif spelled := ordinal_or_cardinal(tokens, at):
            value, ranks, length = Decimal(spelled[0]), spelled[1], spelled[2]
        elif token.text in _ARTICLES and at + 1 < len(tokens) and tokens[at + 1].text not in _LINKS:
            yield Number("1", False, "", _word(tokens, at - 1), tokens[at + 1].text, token.text != "one")
            at += 1
            continue
        else:
            at += 1
            continue
        end = at + length
        unit = _UNITS.get(tokens[at - 1].text, "") if at and tokens[at - 1].text in _BEFORE else ""
        while end < len(tokens) and (magnitude := MAGNITUDES.get(tokens[end].text)) and not ranks:
            value, end = value * magnitude, end + 1
        following = end
        while following < len(tokens) and tokens[following].text in _LINKS:
            following += 1
        pair = (_word(tokens, end), _word(tokens, end + 1))
        if (
            _word(tokens, following) in _BEFORE
            and following + 1 < len(tokens)
            and tokens[following + 1].value is not None
        ):
            following = len(tokens)  # "in 2016, $4.5 million": the sign is the next figure's
        unit = unit or _UNITS.get(_word(tokens, following), "") or _TWO_WORDS.get(pair, "")
        yield Number(format(value.normalize(), "f"), ranks, unit, _word(tokens, at - 1), _word(tokens, following))
        at = end + 2 * (pair in _TWO_WORDS)


def _word(tokens: list[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""
