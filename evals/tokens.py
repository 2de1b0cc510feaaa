"""Words, numbers and dates of a text, each written one way, so that equal things compare equal.

A date becomes three tokens (day, month, year) in that order, whatever the order it was written in, so that "2018" and
"mars 2018" are found inside "07/03/2018". A month is only a month beside a day or a year: "you may" holds no month.

Two readings are ambiguous on paper and are settled here, the same way for an expectation and for an answer:
"1.000" and "1,000" are a thousand (three digits after one separator), and "03/04/2018" is the 3rd of April.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from evals.folding import fold

Token = tuple[str, ...]
"""The forms one token may be asked by; the first is the token itself."""

_MONTHS = (
    "janvier janv jan january جانفي يناير كانون_الثاني",
    "février févr fév february feb فيفري فبراير شباط",
    "mars march mar مارس آذار",
    "avril avr april apr أفريل أبريل نيسان",
    "mai may ماي مايو أيار",
    "juin june jun جوان يونيو يونيه حزيران",
    "juillet juil july jul جويلية يوليو يوليه يوليوز تموز",
    "août august aug أوت أغسطس غشت آب",
    "septembre september sept sep سبتمبر شتنبر أيلول",
    "octobre october oct أكتوبر تشرين_الأول",
    "novembre november nov نوفمبر نونبر تشرين_الثاني",
    "décembre déc december dec ديسمبر دجنبر كانون_الأول",
)
MONTHS = {fold(name.replace("_", " ")): n for n, names in enumerate(_MONTHS, 1) for name in names.split()}
"""Month names, folded: French, English, and the Arabic ones of the Maghreb, Egypt, the Gulf and the Levant."""

_MONTH = "(?:" + "|".join(re.escape(name) for name in sorted(MONTHS, key=len, reverse=True)) + r")(?![^\W_])\.?"
_ENGLISH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
_ENGLISH += r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![^\W_])\.?"
_BOTH = rf"{_MONTH}(?:\s?[/(]\s?{_MONTH}\)?)?"  # the United Nations write both Arabic names: آذار/مارس
_YEAR = r"\d{4}(?![.,]?\d)"
_ORDINAL = r"(?:i?eme|ere|er|re|nde|nd|st|rd|th|e)(?![^\W_])"
_SCAN = re.compile(
    rf"""
    (?<![^\W_])(?:
      (?P<iso>\d{{4}}(?P<s1>[-/.])\d\d?(?P=s1)\d\d?(?!\d|(?P=s1)\d))
    | (?P<numeric>\d\d?(?P<s2>[-/.])\d\d?(?P=s2)\d{{4}}(?!\d|(?P=s2)\d))
    | (?P<day>\d\d?)(?P<ordinal_day>{_ORDINAL})?[ -](?:of\s|de\s|من\s)?
          (?P<month>{_BOTH})(?:[,،]?[ -](?:de\s)?(?P<year>{_YEAR}))?
    | (?P<month_first>{_ENGLISH})\s(?P<day_second>\d\d?)(?![\d.,/]\d|\d)(?:{_ORDINAL})?(?:,?\s(?P<year_third>{_YEAR}))?
    | (?P<month_of>{_BOTH})[,،]?\s(?:de\s)?(?P<of_year>{_YEAR})
    | (?P<lone>{_MONTH})
    | (?P<nth>\d+){_ORDINAL}
    | (?P<sign>(?<![^\s(\["'])(?<!\d\s)-)?(?:
          (?P<grouped>[1-9]\d{{0,2}}(?P<g>[ ,.'٬])\d{{3}}(?:(?P=g)\d{{3}})*)(?!\d)
              (?:(?!(?P=g))[.,٫](?P<cents>\d+))?(?![.,٫]?\d)
        | (?P<chain>\d+(?:[.,٫]\d+){{2,}})
        | (?P<whole>\d+)(?:[.,٫](?P<part>\d+))?
      )
    )
    | (?P<word>[^\W_]+) | (?P<symbol>[%‰$€£¥])
    """,
    re.VERBOSE,
)
_ARABIC_BESIDE_DIGIT = re.compile(r"(?<=[ء-ي])(?=\d)|(?<=\d)(?=[ء-ي])")
_GROUPS = re.compile(r"[ ,.'٬]")


@lru_cache(maxsize=4096)
def read(text: str, *, lone_months: bool = False) -> tuple[Token, ...]:
    """The tokens of a text with the forms each may be asked by; `lone_months` also reads a month beside no number.

    >>> read("le 7 mars 2018, 1 000 €")
    (('le',), ('7',), ('<3>',), ('2018',), ('1000',), ('€',))
    >>> read("-8,80 %")
    (('-8.8', '8.8'), ('%',))
    """
    found: list[Token] = []
    for match in _SCAN.finditer(_prepare(text)):
        found.extend(_tokens_of(match, lone_months))
    return tuple(found)


def tokens(text: str) -> tuple[str, ...]:
    """The tokens of a text, each in its own form.

    >>> tokens("March 7, 2018") == tokens("07/03/2018") == tokens("2018-03-07") == tokens("٧ مارس ٢٠١٨")
    True
    >>> tokens("la 35ème session") == tokens("la 35e session")
    True
    """
    return tuple(token[0] for token in read(text))


@lru_cache(maxsize=1024)
def rewrite(text: str) -> str:
    """The folded text, punctuation kept, with its numbers as plain decimals and its full dates as ISO 8601.

    >>> rewrite("Signé le 7 mars 2018 : 1 000,50 € !")
    'signe le 2018-03-07 : 1000.5 € !'
    """

    def plain(match: re.Match[str]) -> str:
        when = _date(match)
        if when and when[2]:
            return f"{when[2]:04d}-{when[1]:02d}-{when[0]:02d}" if when[0] else match[0]
        number = _number(match)
        return match[0] if number is None else number

    return _SCAN.sub(plain, _prepare(text))


def _prepare(text: str) -> str:
    return _ARABIC_BESIDE_DIGIT.sub(" ", fold(text))


def _tokens_of(match: re.Match[str], lone_months: bool) -> Iterator[Token]:
    when = _date(match)
    number = _number(match)
    if when is not None:
        day, month, year = when
        if day:
            yield (str(day), f"{day}e") if match["ordinal_day"] else (str(day),)
        yield (f"<{month}>",)
        if year:
            yield (str(year),)
    elif match["lone"] and lone_months:
        yield (f"<{_month(match['lone'])}>",)
    elif match["nth"]:
        yield ((match["nth"].lstrip("0") or "0") + "e",)
    elif number is not None:
        yield (number, number[1:]) if number[0] == "-" else (number,)
    elif match["word"] or match["lone"]:
        yield from (_word(word) for word in re.findall(r"[^\W_]+", match[0]))
    elif match["symbol"]:
        yield (match[0],)
    else:  # 1.2.3, or the shape of a date but no such day: plain numbers and words
        yield from ((part.lstrip("0") or "0",) for part in re.findall(r"[^\W_]+", match[0]))


def _date(match: re.Match[str]) -> tuple[int, int, int] | None:
    """Day, month and year (0 where not written) of a date that exists."""
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split(match["s1"]))
    elif match["numeric"]:
        day, month, year = (int(part) for part in match["numeric"].split(match["s2"]))
        if month > 12:
            day, month = month, day
    elif match["month"]:
        day, month, year = int(match["day"]), _month(match["month"]), int(match["year"] or 0)
    elif match["month_first"]:
        day, month, year = int(match["day_second"]), _month(match["month_first"]), int(match["year_third"] or 0)
    elif match["month_of"]:
        return 0, _month(match["month_of"]), int(match["of_year"])
    else:
        return None
    try:
        date(year or 2000, month, day)
    except ValueError:
        return None
    return day, month, year


def _month(name: str) -> int:
    return MONTHS[re.split(r"\s?[/(]\s?", name)[0].rstrip(".")]


def _number(match: re.Match[str]) -> str | None:
    whole = match["grouped"] or match["whole"]
    if whole is None:
        return None
    whole = _GROUPS.sub("", whole).lstrip("0") or "0"
    part = (match["cents"] or match["part"] or "").rstrip("0")
    return (match["sign"] or "") + whole + ("." + part if part else "")


def _word(word: str) -> Token:
    """A word and, in Arabic, the word without the particles written onto it (و ف, ب ل ك, ال); three letters must stay.

    >>> _word("وبالتعاون")[1:]
    ('بالتعاون', 'التعاون', 'تعاون')
    """
    if not "ء" <= word[0] <= "ي":
        return (word,)
    forms = [word]
    for joined in ("", "و", "ف"):
        for particle in ("", "ب", "ل", "ك"):
            if word.startswith(joined + particle):
                rest = word[len(joined + particle) :]
                forms.append(rest)
                if rest.startswith("ال"):
                    forms.append(rest[2:])
                if particle == "ل" and rest.startswith("ل"):  # ل + ال is written لل
                    forms += ["ا" + rest, rest[1:]]
    return (word, *dict.fromkeys(form for form in forms if form != word and len(form) >= 3))
