"""References of files and decisions, as registers number them: `DC/2014/0371`, `118/SDCM`, `46/2016`, `CAM-TUN-27`.

Whoever names one asks about what bears it and about nothing else; passages beside it, however alike, are not an answer.
Pure.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.terms import fold, words

_RUN = re.compile(r"(?<![\w/-])[^\W_]+(?:[/_-][^\W_]+)*(?![\w/-])")
_PARTS = re.compile(r"\d+|[^\W\d_]+")
_NUMBERED = re.compile(
    r"\s*(?:\b(?:n[°o]s?\.?|num[ée]ro|number|no\.|ref\.?|réf\.?|رقم|عدد)\s*|[#№]\s*)?(?P<code>" + _RUN.pattern + ")",
    re.IGNORECASE,
)
LEAST_ASKED = 4
"""Words that still ask something of a paper."""
_ATTACHED = re.compile(r"^(?:[وف]?[بلك]?)(?=\d)")
"""What Arabic writes in front of a figure without a space: "و2021" is a year."""


@lru_cache(maxsize=8192)
def codes(text: str) -> frozenset[str]:
    """The references in a text, in one spelling; a date, a range of years, an ordinal or a plain number is none.

    >>> sorted(codes("La mission DC/2014/0371 et la décision n° 46/2016, boîte K372."))
    ['46-2016', 'dc-2014-371', 'k-372']
    >>> sorted(codes("Du 29/01/2000 à 2015/2016, la 35ème session, 5+5, 20h30, 1914-1918, 03/2018, va-t-il, 12-15"))
    []
    >>> sorted(codes("بين 2015 و2021، رقم و46/2016"))
    ['46-2016']
    """
    found = (_reference(_ATTACHED.sub("", run)) for run in _RUN.findall(fold(text)))
    return frozenset(code for code in found if code)


def without(text: str, borne: frozenset[str]) -> str:
    """The text without its one reference, of those `borne`, and its "no."; as it is where too little is left.

    What is left asks the same of the one paper that bears it. Two references are told apart by them, and a short one is
    a name ("G20").

    >>> without("Qui a signé la lettre N° 395/SDCM ?", frozenset({"395-sdcm"}))
    'Qui a signé la lettre ?'
    >>> without("من ترأس اجتماع المحضر رقم ٥٤٥/٢٠١٤؟", frozenset({"545-2014"}))
    'من ترأس اجتماع المحضر؟'
    >>> without("Lettre 395/SDCM ?", frozenset({"395-sdcm"})), without("Que fait le G20 à Rome ?", frozenset({"g-20"}))
    ('Lettre 395/SDCM ?', 'Que fait le G20 à Rome ?')
    """
    named = codes(text)
    if len(named) != 1 or not named & borne or sum(map(str.isdigit, "".join(named))) < 3:
        return text
    left = _NUMBERED.sub(lambda found: "" if codes(found["code"]) & borne else found[0], text)
    return left if len(words(left)) >= LEAST_ASKED else text


def parts(code: str) -> tuple[str, ...]:
    """The letters and numbers that a reference is made of.

    >>> parts("dc-2014-371")
    ('dc', '2014', '371')
    """
    return tuple(code.split("-"))


def _reference(run: str) -> str:
    pieces = [piece.lstrip("0") or "0" if piece.isdigit() else piece for piece in _PARTS.findall(run)]
    figures = [piece for piece in pieces if piece.isdigit()]
    if sum(map(len, figures)) < 2 or len(pieces) < 2:
        return ""
    if len(figures) < len(pieces):
        joined = any(mark in run for mark in "/_-")
        return "-".join(pieces) if joined or not run[0].isdigit() else ""
    return "-".join(pieces) if "/" in run and _numbered_by_year(figures) else ""


def _numbered_by_year(figures: list[str]) -> bool:
    """Whether two figures are a year and a number within it: not a month, nor the year that follows."""
    years = [figure for figure in figures if len(figure) == 4 and figure[:2] in ("19", "20")]
    if len(figures) != 2 or len(years) != 1:
        return False
    other = int(next(figure for figure in figures if figure not in years))
    return other > 12 and other != (int(years[0]) + 1) % 100
