"""The throttle: never more tries than its limit in any window, counted one by one, in the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sql
from account_fakes import Desk
from hypothesis import given
from hypothesis import strategies as st

from assistant.accounts.tables import throttle
from assistant.accounts.throttle import Limit, address_key, allowed

LOGIN = Limit(30, 3600, free=5)


@given(st.lists(st.floats(0, 400), min_size=1, max_size=300))
def test_no_hour_ever_holds_more_than_thirty_tries(pauses: list[float]) -> None:
    """R-04: whatever the pace; and after five in a quarter of an hour each waits for the one before, twice as long."""
    now, made = 0.0, []
    for pause in pauses:
        now += pause
        if allowed(made, now, LOGIN):
            made.append(now)
    for at, time in enumerate(made):
        before = [other for other in made[:at] if other > time - 3600]
        assert len(before) < 30
        recent = [other for other in made[:at] if other > time - 900]
        if len(recent) >= 5:
            assert time - recent[-1] >= min(2 ** (len(recent) - 5), 900) - 1e-6


@given(st.lists(st.floats(0, 5000), max_size=60).map(sorted))
def test_whoever_waits_an_hour_may_try(times: list[float]) -> None:
    """R-05: no lock is for good."""
    assert allowed(times, (times[-1] if times else 0.0) + 3600, LOGIN)


@pytest.mark.parametrize(("tries", "wait"), [(5, 1), (6, 2), (7, 4), (10, 32), (14, 512), (15, 900), (20, 900)])
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(tries: int, wait: int) -> None:
    """R-04."""
    times = [n / 1000 for n in range(tries)]
    assert not allowed(times, times[-1] + wait - 1, LOGIN) or wait == 1
    assert not allowed(times, times[-1] + wait * 0.99 - 0.1, LOGIN)
    assert allowed(times, times[-1] + wait, LOGIN)


def test_a_clock_set_back_forgives_no_more_than_it_must() -> None:
    """Times of the future count for nothing rather than for ever."""
    assert allowed([1e12] * 50, 10.0, LOGIN)


def test_tries_at_once_are_counted_one_by_one(desk: Desk) -> None:
    """R-04: sixteen threads, ten allowed."""
    database, counts = desk.opened.parts.database, desk.opened.parts.throttle

    def attempt(_turn: int) -> bool:
        with database.writing() as connection:
            return counts.take(connection, "somebody", Limit(10, 60))

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(40))) == 10


def test_counts_are_given_back_forgotten_and_dropped(desk: Desk) -> None:
    """A success is no failure; a day later nothing is left. No key can be read in the table."""
    database, counts, limit = desk.opened.parts.database, desk.opened.parts.throttle, Limit(1, 60)
    with database.writing() as connection:
        assert counts.take(connection, "amel", limit)
        assert not counts.take(connection, "amel", limit)
        counts.give_back(connection, "amel")
        counts.give_back(connection, "amel")
        assert counts.take(connection, "amel", limit)
        counts.forget(connection, "amel", "personne")
        assert counts.take(connection, "amel", limit)
        assert "amel" not in str(connection.execute(sql.select(throttle)).all())
    desk.clock.forward(hours=25)
    desk.opened.tidy()
    with database.reading() as connection:
        assert connection.execute(sql.select(throttle)).all() == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "n'importe quoi", True),
    ],
)
def test_a_visitor_counts_by_the_network_it_holds(one: str, other: str, same: bool) -> None:
    """A whole IPv6 /64 is one visitor."""
    assert (address_key(one) == address_key(other)) is same
