"""Dates as they are written in three languages, and the figures that only look like dates."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.briefings.calendar import day
from assistant.briefings.dates import When, dates

EXPRESSIONS = tomllib.loads((Path(__file__).parent / "data" / "date_expressions.toml").read_text("utf-8"))
SENTENCES = [tuple(line) for lines in EXPRESSIONS.values() for line in lines]


def told(when: When) -> str:
    """A date as the list of sentences writes it."""
    ends = when.first.isoformat()
    if when.last != when.first:
        ends += f"/{when.last.isoformat() if when.last else '..'}"
    return f"{ends} {when.precision}"


def test_the_set_is_as_large_as_it_claims() -> None:
    """Sixty sentences or more, of which twenty traps or more."""
    assert len(SENTENCES) >= 60
    assert len(EXPRESSIONS["traps"]) >= 20
    assert all(len(line) == 1 for line in EXPRESSIONS["traps"])


@pytest.mark.parametrize("line", SENTENCES, ids=lambda line: line[0][:50])
def test_a_sentence_tells_its_dates_and_no_other(line: tuple[str, ...]) -> None:
    """First day, last day and precision; a trap tells none."""
    sentence, *expected = line
    found = dates(sentence)
    assert [told(when) for when in found] == expected
    assert all(sentence[when.start : when.end] == when.text for when in found)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_is_read_back_however_it_is_written(given_day: date) -> None:
    """In figures and in the month names of the three languages."""
    fr = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
    ar = "جانفي فيفري مارس أفريل ماي جوان جويلية أوت سبتمبر أكتوبر نوفمبر ديسمبر".split()
    month, year, number = given_day.month - 1, given_day.year, given_day.day
    for text in (
        f"le {number} {fr[month]} {year}",
        f"يوم {number} {ar[month]} {year}",
        f"on {given_day:%B} {number}, {year}",
        f"le {given_day:%d/%m/%Y}",
        given_day.isoformat(),
    ):
        assert [(when.first, when.last) for when in dates(text)] == [(given_day, given_day)], text


@given(st.integers(1318, 1500), st.integers(101, 112))
def test_hijri_months_follow_one_another_without_a_gap(year: int, month: int) -> None:
    """The first day of each month is the day after the last of the one before."""
    first = day(year, month, 1)
    following = day(year + (month == 112), month % 100 % 12 + 101, 1)
    assert first is not None
    assert following is not None
    assert following - first in (timedelta(days=29), timedelta(days=30))


@given(st.text(max_size=200))
def test_any_text_gives_spans_that_are_in_it_and_do_not_overlap(text: str) -> None:
    """Whatever the characters."""
    found = dates(text)
    assert all(text[when.start : when.end] == when.text for when in found)
    assert all(a.end <= b.start or (a.start, a.end) == (b.start, b.end) for a, b in pairwise(found))
