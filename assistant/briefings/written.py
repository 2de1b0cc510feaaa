"""When something happened, as figures or as people write it in their language, no finer than the texts tell. Pure."""

from __future__ import annotations

from datetime import date

from assistant.briefings.events import Event
from assistant.briefings.labels import say


def when(event: Event, language: str) -> str:
    """A day, an interval of days, a month, a year, or a beginning: `29–31 janvier 2000`, `depuis 1982`.

    Hijri dates bear the sign that says that their days are computed.
    """
    size = "day" if event.hijri or event.precision not in ("month", "year") else event.precision
    first = _one(event.first, size, language)
    if event.last is None:
        told = say(language, "since", date=first)
    elif (last := _one(event.last, size, language)) == first:
        told = first
    elif size == "day" and (event.first.year, event.first.month) == (event.last.year, event.last.month):
        told = _told(f"{_day(event.first, language)}–{event.last.day}", event.last, language)
    elif size == "year":
        told = f"{first}–{last}"
    else:
        told = f"{first} – {last}"
    return f"≈ {told}" if event.hijri else told


def period(event: Event) -> str:
    """When, as figures, no finer than the text tells: `2023-03`, `2000-01-29/2000-01-31`, `1982/..`.

    Hijri dates are marked `≈`: their days are computed.
    """
    size = {"year": 4, "month": 7}.get(event.precision, 10)
    first = event.first.isoformat()[:size] if not event.hijri else event.first.isoformat()
    last = ".." if event.last is None else event.last.isoformat()[: size if not event.hijri else 10]
    return ("≈" if event.hijri else "") + (first if first == last else f"{first}/{last}")


def written(day: str, language: str) -> str:
    """A day given as `2026-11-26`, with or without an hour after it, as people write it; another text as it is.

    >>> written("2026-11-01T04:32:41+00:00", "fr"), written("2026-11-01", "en"), written("", "fr")
    ('1er novembre 2026', '1 November 2026', '')
    """
    try:
        return _one(date.fromisoformat(day[:10]), "day", language)
    except ValueError:
        return day


def _one(day: date, size: str, language: str) -> str:
    if size == "year":
        return str(day.year)
    if size == "month":
        return f"{_month(day, language)} {day.year}"
    return _told(_day(day, language), day, language)


def _told(days: str, end: date, language: str) -> str:
    return f"{days} {_month(end, language)} {end.year}"


def _month(day: date, language: str) -> str:
    return say(language, "months").split()[day.month - 1]


def _day(day: date, language: str) -> str:
    return "1er" if day.day == 1 and language == "fr" else str(day.day)
