"""Login: by identifier or address, the same answer after the same work for everybody, throttled, never locked for good.

Sessions: recognised, listed, ended, and dead at the next request once anything about the person changes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sql
from account_fakes import CHEAP, OTHER, PASSWORD, Clock, Desk, desk_over, token_in

from assistant.accounts.account import CONSOLE, Role
from assistant.accounts.accounts import Accounts, Outcome
from assistant.accounts.passwords import Passwords
from assistant.accounts.tables import audit, mails, sessions, signups, throttle, users
from assistant.accounts.tokens import digest

# --- who gets in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["amel", "AMEL", " amel ", "amel@example.org", "Amel@EXAMPLE.org", "ａｍｅｌ"])
def test_an_identifier_or_an_address_opens_whatever_its_case(desk: Desk, name: str) -> None:
    """R-12."""
    desk.member("amel")
    visit = desk.opened.parts.sessions.visit(desk.enter(name))
    assert visit is not None
    assert visit.account.identifier == "amel"


def test_every_failure_is_the_same_answer(desk: Desk) -> None:
    """R-06: unknown, wrong, empty, too long, without a password yet, and what no database takes as a text."""
    desk.member("amel")
    desk.opened.administration.add(CONSOLE, "sans", "sans@example.org")
    tried = [("amel", OTHER), ("personne", PASSWORD), ("amel", ""), ("", PASSWORD), ("", "")]
    tried += [("amel", "x" * 100_000), ("x" * 100_000, PASSWORD), ("sans", PASSWORD), ("sans", ""), ("amel", "\ud800")]
    tried += [("a\x00", PASSWORD), ("\ud800", PASSWORD), ("\x00@\x00.org", "\x00" * 20), ("\U0010ffff", "x")]
    answers = {desk.accounts.log_in(name, word, f"192.0.2.{n}") for n, (name, word) in enumerate(tried)}
    assert {answer.outcome for answer in answers} == {Outcome.WRONG}
    assert len(answers) == 1


def test_the_state_of_an_account_is_told_to_who_has_its_password_alone(desk: Desk) -> None:
    """Pending or disabled: a stranger sees a wrong password."""
    desk.member("admin", Role.ADMINISTRATOR)
    desk.member("amel")
    desk.opened.administration.disable(CONSOLE, "amel")
    assert desk.tries("amel", OTHER) is Outcome.WRONG
    login = desk.accounts.log_in("amel", PASSWORD)
    assert (login.outcome, login.secret, login.account) == (Outcome.CLOSED, "", None)
    desk.opened.administration.enable(CONSOLE, "amel")
    assert desk.tries("amel", PASSWORD) is Outcome.IN


def test_a_raised_cost_renews_the_hash_at_the_next_login(tmp_path: Path) -> None:
    """R-01."""
    url = f"sqlite:///{tmp_path / 'c.db'}"
    with desk_over(url, tmp_path) as desk:
        desk.member("amel")
        before = kept_hash(desk)
    with desk_over(url, tmp_path, argon2=(20_000, 3, 1)) as desk:
        desk.enter("amel")
        after = kept_hash(desk)
        desk.enter("amel")
        assert kept_hash(desk) == after
    assert "m=19456,t=2,p=1" in before
    assert "m=20000,t=3,p=1" in after


class Meanwhile(Passwords):
    """Verifies as ever, while somebody does something else."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(*CHEAP)
        self._act = act

    def verify(self, kept: str | None, password: str) -> bool:
        """The true answer, after the act."""
        right = super().verify(kept, password)
        self._act()
        return right


@pytest.mark.parametrize("act", ["reset", "delete", "disable"])
def test_what_happens_while_a_password_is_verified_counts(desk: Desk, act: str) -> None:
    """R-15: an old password, or a closed account, opens nothing though it was right a moment ago."""
    account = desk.member("amel")
    desk.accounts.ask_reset("amel")
    token = token_in(desk.mail())
    acts = {
        "reset": lambda: desk.accounts.reset(token, OTHER),
        "delete": lambda: desk.accounts.delete_own(account, PASSWORD),
        "disable": lambda: desk.opened.administration.disable(CONSOLE, "amel"),
    }
    late = Accounts(replace(desk.opened.parts, passwords=Meanwhile(acts[act])))
    login = late.log_in("amel", PASSWORD)
    assert login.outcome is (Outcome.CLOSED if act == "disable" else Outcome.WRONG)
    assert login.secret == ""
    assert desk.opened.parts.sessions.of(account.id) == []


def kept_hash(desk: Desk) -> str:
    with desk.opened.parts.database.reading() as connection:
        return str(connection.execute(sql.select(users.c.password_hash)).scalar_one())


# --- the time it takes -----------------------------------------------------------------------------------------------


def test_the_time_tells_nothing_of_an_account(tmp_path: Path) -> None:
    """R-06: login and reset, 200 pairs interleaved: the medians within 10 ms, and no threshold tells them apart."""
    url = f"sqlite:///{tmp_path / 'c.db'}"
    raised = {"login_free_tries": 10**6, "login_hourly": 10**6, "mail_hourly_address": 10**6}
    with desk_over(url, tmp_path, login_minutely_address=10**6, **raised) as desk:
        desk.member("amel")
        for ask, pairs in ((lambda name: desk.tries(name, OTHER), 200), (desk.accounts.ask_reset, 200)):
            known, unknown = [], []
            for turn in range(pairs):
                order = [("amel", known), ("lena", unknown)]
                for name, times in order if turn % 2 else reversed(order):
                    began = time.perf_counter()
                    ask(name)
                    times.append(time.perf_counter() - began)
            gap = abs(statistics.median(known) - statistics.median(unknown))
            assert gap <= 0.010, gap
            assert separation(known, unknown) <= 0.60


def separation(one: list[float], other: list[float]) -> float:
    """The area under the curve of the best threshold between two samples: .5 tells nothing, 1 tells all."""
    wins = sum((a > b) + 0.5 * (a == b) for a in one for b in other) / (len(one) * len(other))
    return max(wins, 1 - wins)


def test_known_and_unknown_leave_as_many_rows(small_desk: Desk) -> None:
    """R-06: the work that a database does is the same."""
    small_desk.member("amel")
    counts = []
    for name in ("amel", "lena"):
        before = rows(small_desk)
        small_desk.tries(name, OTHER, f"192.0.2.{len(counts)}")
        small_desk.accounts.ask_reset(name, f"192.0.2.{len(counts)}")
        small_desk.opened.sign_ups.ask(name, f"{name}@example.org", OTHER, "fr", f"192.0.2.{len(counts)}")
        counts.append([after - was for after, was in zip(rows(small_desk), before, strict=True)])
    assert counts[0] == counts[1]


def rows(desk: Desk) -> list[int]:
    with desk.opened.parts.database.reading() as connection:
        return [
            connection.execute(sql.select(sql.func.count()).select_from(table)).scalar_one()
            for table in (throttle, audit, sessions, mails, signups)
        ]


# --- the throttle ----------------------------------------------------------------------------------------------------


def test_an_attack_reaches_thirty_verifications_an_hour_and_a_restart_forgives_none(
    accounts_url: str, tmp_path: Path
) -> None:
    """R-04: a hundred wrong passwords in an hour, from many addresses and under both names, a restart amid; then the
    right one gets the same answer while it must wait."""
    clock, reached = Clock(), 0
    with desk_over(accounts_url, tmp_path, clock) as desk:
        desk.member("amel")
    for part in range(2):
        with desk_over(accounts_url, tmp_path, clock) as desk:
            for turn in range(50):
                name = ("amel", "amel@example.org")[turn % 2]
                assert desk.tries(name, OTHER, f"198.51.100.{part * 50 + turn}") is Outcome.WRONG
                clock.forward(seconds=30)
            assert desk.tries("amel", PASSWORD, "192.0.2.9") is Outcome.WRONG
            with desk.opened.parts.database.reading() as connection:
                failed = sql.select(sql.func.count()).where(audit.c.action == "login-failed", audit.c.detail == "")
                reached = connection.execute(failed).scalar_one()
    assert 5 <= reached <= 30


def test_the_wait_ends_and_the_right_password_opens(small_desk: Desk) -> None:
    """R-04: delayed, never locked."""
    small_desk.member("amel")
    for _ in range(6):
        small_desk.tries("amel", OTHER)
        small_desk.clock.forward(seconds=2)
    small_desk.tries("amel", OTHER)
    assert small_desk.tries("amel", PASSWORD) is Outcome.WRONG
    small_desk.clock.forward(minutes=16)
    assert small_desk.tries("amel", PASSWORD) is Outcome.IN


def test_one_address_tries_twenty_times_a_minute(small_desk: Desk) -> None:
    """R-04: on as many accounts as it likes; the twenty-first waits, the next network does not."""
    small_desk.member("amel")
    outcomes = [small_desk.tries(f"nom{n}", "court", "192.0.2.1") for n in range(21)]
    assert outcomes == [Outcome.WRONG] * 20 + [Outcome.TOO_MANY]
    assert small_desk.tries("amel", PASSWORD, "192.0.2.1") is Outcome.TOO_MANY
    assert small_desk.tries("amel", PASSWORD, "192.0.2.2") is Outcome.IN
    small_desk.clock.forward(seconds=61)
    assert small_desk.tries("amel", PASSWORD, "192.0.2.1") is Outcome.IN
    assert small_desk.actions().count("throttled") == 1


def test_an_attack_closes_no_session_and_stops_no_reset(desk: Desk) -> None:
    """R-05: and a reset ends the wait."""
    desk.member("amel")
    secret = desk.enter()
    for turn in range(40):
        desk.tries("amel", OTHER, f"198.51.100.{turn}")
    assert desk.tries("amel", PASSWORD) is Outcome.WRONG
    assert desk.visits(secret)
    desk.accounts.ask_reset("amel", "192.0.2.1")
    desk.accounts.reset(token_in(desk.mail()), OTHER)
    assert desk.tries("amel", OTHER) is Outcome.IN


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_session_is_kept_as_a_digest_of_256_bits(desk: Desk) -> None:
    """R-14: new at each login."""
    desk.member("amel")
    one, two = desk.enter(), desk.enter()
    assert one != two
    assert len(one) == 43
    with desk.opened.parts.database.reading() as connection:
        kept = set(connection.execute(sql.select(sessions.c.digest)).scalars())
    assert kept == {digest(one), digest(two)}


def test_a_session_ends_when_it_rests_and_when_it_is_old(small_desk: Desk) -> None:
    """R-14: 30 minutes without a request, 8 hours in all."""
    small_desk.member("amel")
    resting, busy = small_desk.enter(), small_desk.enter()
    for _ in range(19):
        small_desk.clock.forward(minutes=25)
        assert small_desk.visits(busy)
    assert not small_desk.visits(resting)
    small_desk.clock.forward(minutes=6)
    assert not small_desk.visits(busy)


def test_a_foreign_secret_opens_nothing(small_desk: Desk) -> None:
    """Made up, empty, a digest, an id."""
    small_desk.member("amel")
    secret = small_desk.enter()
    (session,) = small_desk.opened.parts.sessions.of(small_desk.account("amel").id)
    for made_up in ("", "x", "\x00", secret[:-1], secret + "x", digest(secret), session.id, "\ud800"):
        assert not small_desk.visits(made_up)
    assert small_desk.visits(secret)


@pytest.mark.parametrize(
    "change",
    [
        lambda desk, secret: desk.accounts.log_out(secret),
        lambda desk, secret: desk.accounts.change_password(desk.account("amel"), PASSWORD, OTHER),
        lambda desk, secret: desk.opened.administration.disable(CONSOLE, "amel"),
        lambda desk, secret: desk.opened.administration.set_role(CONSOLE, "amel", Role.EDITOR),
        lambda desk, secret: desk.opened.administration.end_sessions(CONSOLE, "amel"),
        lambda desk, secret: desk.accounts.delete_own(desk.account("amel"), PASSWORD),
    ],
    ids=["logout", "password", "disable", "role", "administrator", "deletion"],
)
def test_a_session_is_dead_at_the_next_request(desk: Desk, change: Callable[[Desk, str], object]) -> None:
    """R-15."""
    desk.member("amel")
    secret = desk.enter()
    assert desk.visits(secret)
    change(desk, secret)
    assert not desk.visits(secret)


def test_a_changed_password_leaves_one_new_session(desk: Desk) -> None:
    """R-14, R-15: the one that changed it, under a new secret."""
    account = desk.member("amel")
    before = [desk.enter() for _ in range(3)]
    new = desk.accounts.change_password(account, PASSWORD, OTHER, "192.0.2.1", "Firefox")
    assert desk.visits(new)
    assert not any(map(desk.visits, before))
    assert desk.tries("amel", PASSWORD) is Outcome.WRONG
    assert desk.tries("amel", OTHER) is Outcome.IN
    assert desk.mail()["To"] == "amel@example.org"
    assert "changé" in desk.post.subjects()[-1]


def test_a_person_sees_and_ends_own_sessions_alone(desk: Desk) -> None:
    """R-16."""
    amel, lena = desk.member("amel"), desk.member("lena")
    here, there, hers = desk.enter("amel"), desk.enter("amel", ip="192.0.2.7"), desk.enter("lena")
    visit = desk.opened.parts.sessions.visit(here)
    assert visit is not None
    listed = desk.opened.parts.sessions.of(amel.id, visit.session)
    assert {(session.ip, session.current) for session in listed} == {("192.0.2.1", True), ("192.0.2.7", False)}
    (foreign,) = desk.opened.parts.sessions.of(lena.id)
    assert desk.accounts.end_session(amel, foreign.id) == 0
    (other,) = [session for session in listed if not session.current]
    assert desk.accounts.end_session(amel, other.id) == 1
    assert [desk.visits(secret) for secret in (here, there, hers)] == [True, False, True]


def test_cheap_parameters_are_for_tests_alone() -> None:
    """The default is the one of the requirement."""
    from assistant.accounts.settings import AccountSettings

    assert AccountSettings.from_env({}).argon2 == (65_536, 3, 1) != CHEAP
