"""Days, months and years as first and last days; Hijri ones by the arithmetic calendar, right to a day or two. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

_HIJRI_EPOCH = date(622, 7, 19)
"""1 Muharram of the year 1, Gregorian."""
HIJRI = 100
"""Hijri months count from 101."""


def day(year: int, month: int, number: int) -> date | None:
    """A day; `None` where the calendar has none.

    >>> day(2018, 2, 31), day(1436, 109, 1)
    (None, datetime.date(2015, 6, 18))
    """
    if month > HIJRI:
        length = 30 if month % 2 else 29
        return hijri_day(year, month - HIJRI, number) if 1 <= number <= length + (month == 112) else None
    try:
        return date(year, month, number)
    except ValueError:
        return None


def month_ends(year: int, month: int) -> tuple[date, date] | None:
    """The first and the last day of a month."""
    if month > HIJRI:
        following = hijri_day(year + (month == 112), month % HIJRI % 12 + 1, 1)
        return hijri_day(year, month - HIJRI, 1), following - timedelta(days=1)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def year_ends(year: int, hijri: bool = False) -> tuple[date, date]:
    """The first and the last day of a year."""
    if hijri:
        return hijri_day(year, 1, 1), hijri_day(year + 1, 1, 1) - timedelta(days=1)
    return date(year, 1, 1), date(year, 12, 31)


def hijri_day(year: int, month: int, number: int) -> date:
    """The Gregorian day of a Hijri one, in the arithmetic calendar of eleven long years in thirty."""
    before = (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2
    return _HIJRI_EPOCH + timedelta(days=before + number - 1)
