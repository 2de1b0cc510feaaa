"""When something happened, as people write it, and never finer than the texts tell."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.briefings.events import Event
from assistant.briefings.written import when


def event(first: date, last: date | None, precision: str = "day", hijri: bool = False) -> Event:
    return Event(first, last, precision, hijri, "", "", "", "", (), ())


@pytest.mark.parametrize(
    ("dated", "told"),
    [
        (event(date(2000, 1, 29), date(2000, 1, 31), "interval"), "29–31 janvier 2000"),
        (event(date(2000, 1, 1), date(2000, 1, 3)), "1er–3 janvier 2000"),
        (event(date(2000, 1, 29), date(2000, 2, 2)), "29 janvier 2000 – 2 février 2000"),
        (event(date(2000, 1, 29), date(2000, 1, 29)), "29 janvier 2000"),
        (event(date(2023, 3, 1), date(2023, 3, 31), "month"), "mars 2023"),
        (event(date(1982, 1, 1), None, "year"), "depuis 1982"),
        (event(date(2018, 1, 1), date(2020, 12, 31), "year"), "2018–2020"),
        (event(date(2015, 6, 18), date(2015, 7, 16), "month", True), "≈ 18 juin 2015 – 16 juillet 2015"),
    ],
)
def test_a_date_is_written_for_people_and_no_finer_than_told(dated: Event, told: str) -> None:
    """Days, intervals, months, years, beginnings; computed days are marked."""
    assert when(dated, "fr") == told


@pytest.mark.parametrize(
    ("language", "told"),
    [("fr", "29–31 janvier 2000"), ("ar", "29–31 جانفي 2000"), ("en", "29–31 January 2000")],
)
def test_a_date_is_written_in_the_reader_s_language(language: str, told: str) -> None:
    """With the months as they are named in Algeria."""
    assert when(event(date(2000, 1, 29), date(2000, 1, 31), "interval"), language) == told
