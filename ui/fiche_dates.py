"""When something happened, written for people in the interface's language, no finer than the texts tell. Pure."""

from __future__ import annotations

from datetime import date

from assistant.briefings.events import Event
from ui.i18n import Words


def when(event: Event, words: Words) -> str:
    """A day, an interval of days, a month, a year, or a beginning: `29–31 janvier 2000`, `depuis 1982`.

    Hijri dates bear the sign that says that their days are computed.
    """
    size = "day" if event.hijri or event.precision not in ("month", "year") else event.precision
    first = _one(event.first, size, words)
    if event.last is None:
        told = words.fill("fiches.since", date=first)
    elif (last := _one(event.last, size, words)) == first:
        told = first
    elif size == "day" and (event.first.year, event.first.month) == (event.last.year, event.last.month):
        told = words.fill(
            "date.form",
            day=f"{_day(event.first, words)}–{event.last.day}",
            month=words[f"date.month{event.last.month}"],
            year=event.last.year,
        )
    elif size == "year":
        told = f"{first}–{last}"
    else:
        told = f"{first} – {last}"
    return f"≈ {told}" if event.hijri else told


def _one(day: date, size: str, words: Words) -> str:
    if size == "year":
        return str(day.year)
    if size == "month":
        return f"{words[f'date.month{day.month}']} {day.year}"
    return words.date(day.isoformat())


def _day(day: date, words: Words) -> str:
    return words["date.first"] if day.day == 1 else str(day.day)
