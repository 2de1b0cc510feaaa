"""The dates that a text tells, in French, Arabic and English: days, intervals, months, years and open periods. Pure.

A year counts only where words say that it is one ("en 2005", "depuis 1982", "(2019)"): article and law numbers, sums,
telephones and names such as Agenda 2063 are no dates. A day without a year is none either: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from assistant.briefings.calendar import HIJRI, day, month_ends, year_ends
from assistant.briefings.folded import folded
from index.months import MONTH_NUMBERS

Precision = Literal["day", "interval", "month", "year"]
Ends = tuple[date, date]


@dataclass(frozen=True, slots=True)
class When:
    """A date as it stands in a text, `text == whole[start:end]`: its first and last day, `last` is `None` for "since".

    `precision` is what the words tell; an interval is one of days. Hijri dates are right to a day or two.
    """

    text: str
    start: int
    end: int
    first: date
    last: date | None
    precision: Precision
    hijri: bool = False


_MONTHS = {
    **MONTH_NUMBERS,
    "janv": 1, "jan": 1, "fevr": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4,
    "juil": 7, "jul": 7, "jun": 6, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_M = "(?:" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + r")(?![^\W\d_])\.?"
_D = r"\d{1,2}(?:er|st|nd|rd|th|eme|e)?(?!\d)"
_Y = r"\d{4}(?![\d%]|[.,/]\d)"
_OF = r"\s*,?\s*(?:de |of |in |من |سنه |عام |لسنه |من عام |من سنه )?"
_DM = r"\s+(?:of |de |من )?(?:شهر )?"
_TO = (
    r"\s*(?:-|–|—|\bau\b|\ba\b|\bto\b|\btill\b|\buntil\b|\bthrough\b|الي|حتي|\bet\b|\band\b|\bو\s?)\s*(?:le |the |ال)?"
)
_JOIN = r"\s*(?:,|-|–|—|\bau\b|\bet\b(?: le\b)?|\band\b|\bto\b|الي|حتي|و)\s*"
_DAYS = rf"{_D}(?:{_JOIN}{_D}){{0,5}}"
_ALONE = r"(?<![\w/.,+-])"
_NUM = r"(\d{1,2})([/.-])(\d{1,2})\%d(\d{4})(?![\d/]|[.-]\d)"

_ERA = r"(?:\s*(?P<era>هـ|ه\b|h\b|ah\b))?"
_CUE = (
    r"(?<!\w)(?:en|depuis(?: l'annee)?|annees?|l'an|avant|apres|jusqu'en|(?:a la )?fin|debut|d'ici(?: a)?|a l'horizon"
    r"|a partir de|des|courant|since|in|by|before|after|until|during|early|late|from|years?|منذ|في|بحلول|قبل|بعد"
    r"|خلال|مطلع|نهايه|(?:منذ |في |من )?(?:عام|سنه|العام|السنه)|(?:ل|ب)?(?:عام|سنه|العام|السنه))\s+"
)
_YEARS = re.compile(rf"{_CUE}(?P<years>{_Y}(?:\s*(?:,|\bet\b|\band\b|و)\s*(?:en |in |في )?{_Y}){{0,5}}){_ERA}")
_BRACKET = re.compile(r"\((?P<years>\d{4})\)")
_BETWEEN = re.compile(
    rf"(?<!\w)(?:entre|de|between|from|depuis|بين|من|period|periode|الفتره)\s+"
    rf"(?:عام |عامي |سنه |سنتي |les annees )?({_Y})\s*(?:et|a|and|to|-|–|—|الي|و)\s*(?:عام |سنه )?({_Y})"
)
_DASHED = re.compile(rf"(?<![\w/.,+°-])(?<!n°\s)(?<!\bno\s)({_Y})\s?[-–—/]\s?({_Y})(?![\w/-])")
_DECADE = re.compile(r"(?<!\w)(?:les )?annees (\d{3}0)(?!\d)|\b(?:the )?(\d{3}0)s\b")
_FULL = rf"({_D}){_DM}({_M})(?:{_OF}({_Y}))?"
_SPAN = re.compile(rf"{_ALONE}{_FULL}{_TO}({_D}){_DM}({_M}){_OF}({_Y})")
_DAY_MONTH = re.compile(rf"{_ALONE}({_DAYS}){_DM}({_M}){_OF}({_Y})")
_MONTH_DAY = re.compile(rf"(?<![^\W\d_])({_M})\s+(?:the )?({_DAYS}),?\s+(?:of )?({_Y})")
_MONTHS_YEAR = re.compile(rf"(?<![^\W\d_])[وبلف]?({_M})(?:{_OF}({_Y}))?{_TO}({_M}){_OF}({_Y})")
_MONTH_YEAR = re.compile(rf"(?<![^\W\d_])[وبلف]?({_M}){_OF}({_Y})")
_NUMERIC_SPAN = re.compile(rf"{_ALONE}{_NUM % 2}{_TO}{_NUM % 6}")
_NUMERIC_DAYS = re.compile(rf"{_ALONE}((?:{_D}{_JOIN}){{1,5}}){_NUM % 3}")
_NUMERIC = re.compile(rf"{_ALONE}{_NUM % 2}")
_ISO = re.compile(r"(?<![\w/.-])(\d{4})-(\d{2})-(\d{2})(?![\d-]|/\d)")
_OPEN = re.compile(
    r"(?:\bdepuis(?: le| l'annee| les)?|\bsince(?: the)?|منذ(?: ال)?(?: ?يوم| ?عام| ?سنه| ?شهر)?"
    r"|\ba partir d[eu](?: l'annee)?|\bstarting(?: in| on)?|ابتداء من(?: عام| سنه)?|اعتبارا من(?: عام| سنه)?)\s*$"
)
_ONWARDS = re.compile(r"\s*(?:onwards?|and after)\b")
_NOT_A_DATE = re.compile(
    r"(?:n°|\bno\.?|\bversion|\bpages?|\bpp?\.|\bref\.?|\btel\.?|\bfax|\barticles?|\bart\.?|رقم|الماده|هاتف)\s*:?\s*$"
)
_COUNTED = re.compile(
    r"\s*(?:%|€|\$|(?:euros?|dinars?|dollars?|da|dzd|eur|usd|millions?|milliards?|billions?|km|kg|ha|tonnes?|pages?"
    r"|دينار|دولار|يورو|مليون|مليار|شخص|قريه|بلديه|نسخه|عون|موظف)\b"
    r"|(?!dans\b|les\b|des\b|ses\b|ces\b|nos\b|lors\b|puis\b|sous\b|vers\b|sans\b|mais\b|plus\b|pres\b|apres\b|depuis\b"
    r"|alors\b|was\b|has\b|its\b|this\b|is\b|as\b|trois\b|cours\b|jours\b|dont\b|onwards\b)(?:[^\W\d_]*)[^\W\d_]{2,}[^su\W\d]s\b)"
)


_FIGURE = re.compile(r"\d")


def dates(text: str) -> list[When]:
    """Every date of a text, in reading order; spans do not overlap.

    >>> [(w.first.isoformat(), w.last and w.last.isoformat(), w.precision) for w in dates("les 20 et 21/07/1999")]
    [('1999-07-20', '1999-07-21', 'interval')]
    >>> dates("la loi n° 90-12, l'article 2015 et 2 015 000 DA")
    []
    """
    if not _FIGURE.search(text):  # no date of ours is without a figure
        return []
    plain = folded(text)
    found: list[When] = []
    rest = plain.text

    for pattern, read in _READERS:
        for match in pattern.finditer(rest):
            if _NOT_A_DATE.search(rest[: match.start()]):
                continue
            told = [each for each in read(match) if each is not None]
            for ends, precision, hijri in told:
                start, end = plain.original(*_bare(match))
                last = None if _is_open(rest, match) else ends[1]
                found.append(When(text[start:end], start, end, ends[0], last, precision, hijri))
            if told:
                rest = rest[: match.start()] + "\0" * len(match.group()) + rest[match.end() :]
    return sorted(found, key=lambda when: (when.start, when.first))


Told = tuple[Ends, Precision, bool] | None


def _bare(match: re.Match[str]) -> tuple[int, int]:
    """Where the date itself stands, without the word that announces a year."""
    return match.span("years") if "years" in match.re.groupindex else match.span()


def _is_open(text: str, match: re.Match[str]) -> bool:
    before = text[: _bare(match)[0]]
    return bool(_OPEN.search(before) or _ONWARDS.match(text, match.end()))


def _month(name: str) -> int:
    return _MONTHS[name.rstrip(".")]


def _is_year(year: int, hijri: bool = False) -> bool:
    return 1300 <= year <= 1500 if hijri else 1800 <= year <= 2100


def _told_days(numbers: list[int], month: int, year: int, whole: bool) -> Iterator[Told]:
    """The days of one month: neighbours and the two ends of a range (`whole`) are one interval."""
    hijri = month > HIJRI
    days = [day(year, month, number) for number in numbers]
    if not _is_year(year, hijri) or None in days:
        return
    known = [each for each in days if each]
    if len(known) == 1:
        yield (known[0], known[0]), "day", hijri
    elif (whole or all(b - a == timedelta(days=1) for a, b in pairwise(known))) and known[0] < known[-1]:
        yield (known[0], known[-1]), "interval", hijri
    else:
        yield from (((each, each), "day", hijri) for each in known)


def _listed(days: str, month: int, year: int) -> Iterator[Told]:
    numbers = [int(number) for number in re.findall(r"\d{1,2}", days)]
    range_ = len(numbers) == 2 and bool(re.search(r"-|–|—|au\b|to\b|الي|حتي", days))
    return _told_days(numbers, month, year, range_)


def _span(first: date | None, last: date | None, hijri: bool = False) -> Iterator[Told]:
    if first and last and first < last and _is_year(first.year) and _is_year(last.year):
        yield (first, last), "interval", hijri


def _read_span(match: re.Match[str]) -> Iterator[Told]:
    a, month, year, b, last_month, last_year = match.groups()
    ends = [
        day(int(year or last_year), _month(month), int(re.sub(r"\D", "", a))),
        day(int(last_year), _month(last_month), int(re.sub(r"\D", "", b))),
    ]
    if not re.search(r"\b(?:et|and)\b|و", match.group()) or _entre(match):
        return _span(ends[0], ends[1], _month(month) > HIJRI)
    return (((each, each), "day", _month(month) > HIJRI) for each in ends if each)


def _entre(match: re.Match[str]) -> bool:
    return bool(re.search(r"(?:entre(?: le)?|between|بين)\s*$", match.string[: match.start()]))


def _read_numeric_span(match: re.Match[str]) -> Iterator[Told]:
    a, _, b, year, c, _, d, last_year = match.groups()
    return _span(_numeric(a, b, year), _numeric(c, d, last_year))


def _numeric(first: str, second: str, year: str) -> date | None:
    a, b = int(first), int(second)
    return day(int(year), a, b) if b > 12 >= a else day(int(year), b, a) if b <= 12 else None


def _read_numeric(match: re.Match[str]) -> Iterator[Told]:
    made = _numeric(match[1], match[3], match[4])
    if made and _is_year(made.year):
        yield (made, made), "day", False


def _read_numeric_days(match: re.Match[str]) -> Iterator[Told]:
    days, last, _, month, year = match.groups()
    return _listed(f"{days} {last}", int(month), int(year)) if int(month) <= 12 else iter(())


def _read_iso(match: re.Match[str]) -> Iterator[Told]:
    made = day(*map(int, match.groups())) if int(match[2]) <= 12 else None
    if made and _is_year(made.year):
        yield (made, made), "day", False


def _read_months(match: re.Match[str]) -> Iterator[Told]:
    month, year, last, last_year = match.groups()
    hijri = _month(month) > HIJRI
    ends = [month_ends(int(year or last_year), _month(month)), month_ends(int(last_year), _month(last))]
    if not ends[0] or not ends[1] or not _is_year(int(last_year), hijri):
        return
    if not re.search(r"\b(?:et|and)\b|\sو", match.group()) or _entre(match):
        if ends[0][0] < ends[1][0]:
            yield (ends[0][0], ends[1][1]), "month", hijri
    else:
        yield from ((each, "month", hijri) for each in ends if each)


def _read_month(match: re.Match[str]) -> Iterator[Told]:
    month, year = _month(match[1]), int(match[2])
    if _is_year(year, month > HIJRI) and (ends := month_ends(year, month)):
        yield ends, "month", month > HIJRI


def _read_year_span(match: re.Match[str]) -> Iterator[Told]:
    first, last = int(match[1]), int(match[2])
    if _is_year(first) and _is_year(last) and first < last and not _COUNTED.match(match.string, match.end()):
        yield (date(first, 1, 1), date(last, 12, 31)), "year", False


def _read_years(match: re.Match[str]) -> Iterator[Told]:
    hijri = bool(match.groupdict().get("era"))
    if _COUNTED.match(match.string, match.end()):
        return
    for written in re.findall(r"\d{4}", match["years"]):
        if _is_year(int(written), hijri):
            yield year_ends(int(written), hijri), "year", hijri


def _read_decade(match: re.Match[str]) -> Iterator[Told]:
    first = int(match[1] or match[2])
    if _is_year(first):
        yield (date(first, 1, 1), date(first + 9, 12, 31)), "year", False


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Told]]], ...] = (
    (_ISO, _read_iso),
    (_NUMERIC_SPAN, _read_numeric_span),
    (_NUMERIC_DAYS, _read_numeric_days),
    (_NUMERIC, _read_numeric),
    (_SPAN, _read_span),
    (_DAY_MONTH, lambda match: _listed(match[1], _month(match[2]), int(match[3]))),
    (_MONTH_DAY, lambda match: _listed(match[2], _month(match[1]), int(match[3]))),
    (_MONTHS_YEAR, _read_months),
    (_MONTH_YEAR, _read_month),
    (_DECADE, _read_decade),
    (_BETWEEN, _read_year_span),
    (_DASHED, _read_year_span),
    (_YEARS, _read_years),
    (_BRACKET, _read_years),
)
"""The longest forms first: what one has read is closed to those after it."""
