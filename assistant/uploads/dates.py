"""The day, month or year of a text as people write it, in one form: `2015`, `2015-03` or `2015-03-07`. Pure.

Months are named in French, Arabic (as in the Maghreb and the Levant) or English. Between figures the day comes first.
A month of another calendar is never turned into one of ours.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from index.months import MONTH_NUMBERS
from index.terms import fold

_PARTS: Final = re.compile(r"\d+|[^\W\d_]+")
_WHOLE: Final = re.compile(r"[\w\s,./-]+")
_FIRST: Final = re.compile(r"\b1(?:er|st)\b")


def iso_date(text: str) -> str | None:
    """A day, a month or a year in figures, the largest first; `None` for what is none.

    >>> iso_date("2015"), iso_date("2015-03"), iso_date("03/2015"), iso_date("7/3/2015"), iso_date("2015-02-30")
    ('2015', '2015-03', '2015-03', '2015-03-07', None)
    >>> iso_date("mars 2024"), iso_date("1er août 2024"), iso_date("٧ جويلية ٢٠٢٤"), iso_date("March 7, 2024")
    ('2024-03', '2024-08-01', '2024-07-07', '2024-03-07')
    >>> iso_date("hier"), iso_date("15"), iso_date("mars"), iso_date("محرم 1445"), iso_date("")
    (None, None, None, None, None)
    """
    plain = _FIRST.sub("1", fold(text.strip()))
    parts = _PARTS.findall(plain) if _WHOLE.fullmatch(plain) else []
    figures, name = [part for part in parts if part.isdigit()], " ".join(part for part in parts if not part.isdigit())
    if figures and len(figures[0]) != 4:
        figures = [figures[-1], *reversed(figures[:-1])]
    if name:
        figures[1:1] = [str(MONTH_NUMBERS.get(name, 0))]
    if not figures or len(figures[0]) != 4 or len(figures) > 3 or any(len(part) > 2 for part in figures[1:]):
        return None
    year, month, day = (int(part) for part in (*figures, "1", "1")[:3])
    try:
        return date(year, month, day).isoformat()[: (4, 7, 10)[len(figures) - 1]]
    except ValueError:
        return None
