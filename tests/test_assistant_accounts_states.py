"""Whatever people, administrators and attackers do, in any order, what must always hold does."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from account_fakes import Desk, PlainHash, desk_over, token_in
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from assistant.accounts.account import CONSOLE, Role, State
from assistant.accounts.accounts import Outcome
from assistant.accounts.errors import AccountError

NAMES = ("chef", "amel", "lena", "sonia")
WORDS = ("quatre chevaux lents boivent", "une lampe verte sous la neige", "bol neuf & seau")
name = st.sampled_from(NAMES)
word = st.sampled_from(WORDS)


class Office(RuleBasedStateMachine):
    """Four people, three passwords, one database; the model knows passwords, states and who may hold a session."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.desk: Desk = self.stack.enter_context(self.over())
        self.fake_hash()
        self.password: dict[str, str | None] = {}
        self.sessions: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self.had_administrator = False

    def over(self):
        """Accounts over this machine's file; limits out of the way."""
        url = f"sqlite:///{self.folder / 'c.db'}"
        return desk_over(url, self.folder, **RAISED)

    def fake_hash(self) -> None:
        """Put the free hash in the place of Argon2."""
        self.desk.opened.parts.passwords._hasher = PlainHash()  # type: ignore[assignment]

    def teardown(self) -> None:
        """Close everything."""
        self.stack.close()

    def now(self):
        """Every account by its identifier."""
        return {account.identifier: account for account in self.desk.opened.administration.accounts(CONSOLE)}

    def forget_sessions(self, identifier: str) -> None:
        """The model's: all of a person's sessions are over."""
        self.sessions = {secret: whose for secret, whose in self.sessions.items() if whose != identifier}

    @rule(name=name, role=st.sampled_from(list(Role)))
    def add(self, name: str, role: Role) -> None:
        """An administrator adds somebody."""
        try:
            self.desk.opened.administration.add(CONSOLE, name, f"{name}@example.org", role)
        except AccountError:
            assert name in self.now()
            return
        self.password[name] = None
        self.links[name] = token_in(self.desk.mail())

    @rule(name=name)
    def ask_reset(self, name: str) -> None:
        """Somebody asks for a link."""
        before = len(self.desk.post.messages)
        self.desk.accounts.ask_reset(name)
        self.desk.opened.outbox.send_due()
        account = self.now().get(name)
        may = account is not None and account.state in (State.ACTIVE, State.PENDING)
        new = [m for m in self.desk.post.messages[before:] if m["Subject"] == "Choisissez un nouveau mot de passe"]
        assert bool(new) is may
        if may:
            self.links[name] = token_in(new[-1])

    @precondition(lambda self: self.links)
    @rule(data=st.data(), word=word)
    def reset(self, data: st.DataObject, word: str) -> None:
        """Somebody uses a link, which may be over."""
        name = data.draw(st.sampled_from(sorted(self.links)))
        works = self.desk.accounts.reset_works(self.links[name])
        try:
            self.desk.accounts.reset(self.links[name], word)
        except AccountError:
            assert not works or len(word) < 16 or word == self.password.get(name)
            return
        assert works
        assert word != self.password.get(name)
        assert not self.desk.accounts.reset_works(self.links.pop(name))
        self.password[name] = word
        self.forget_sessions(name)

    @rule(name=name, word=word)
    def log_in(self, name: str, word: str) -> None:
        """Somebody tries a password."""
        login = self.desk.accounts.log_in(name, word)
        account = self.now().get(name)
        right = account is not None and self.password.get(name) == word
        assert (login.outcome is Outcome.WRONG) is not right
        assert (login.outcome is Outcome.IN) is (right and account is not None and account.active)
        if login.secret:
            self.sessions[login.secret] = name

    @rule(name=name, role=st.sampled_from(list(Role)))
    def set_role(self, name: str, role: Role) -> None:
        """An administrator gives a role."""
        before = self.now().get(name)
        try:
            after = self.desk.opened.administration.set_role(CONSOLE, name, role)
        except AccountError:
            return
        assert before is not None
        if after.role is not before.role:
            self.forget_sessions(name)
            if role is Role.ADMINISTRATOR and len(self.password[name] or WORDS[0]) < 16:
                self.password[name] = None

    @rule(name=name, act=st.sampled_from(["disable", "enable", "approve", "refuse", "end_sessions"]))
    def administer(self, name: str, act: str) -> None:
        """An administrator opens or closes an account."""
        try:
            getattr(self.desk.opened.administration, act)(CONSOLE, name)
        except AccountError:
            return
        if act in ("disable", "refuse", "end_sessions"):
            self.forget_sessions(name)

    @rule(name=name, word=word)
    def delete(self, name: str, word: str) -> None:
        """Somebody deletes the own account."""
        account = self.now().get(name)
        if account is None:
            return
        try:
            self.desk.accounts.delete_own(account, word)
        except AccountError:
            return
        assert self.password.pop(name) == word
        self.forget_sessions(name)
        assert not self.desk.accounts.reset_works(self.links.get(name, ""))

    @rule()
    def restart(self) -> None:
        """The service begins anew; what was in memory alone is gone."""
        self.desk.opened.close()
        self.desk = self.stack.enter_context(self.over())
        self.fake_hash()

    @invariant()
    def a_session_lives_exactly_while_it_may(self) -> None:
        """Neither longer nor shorter."""
        accounts = self.now()
        for secret, whose in self.sessions.items():
            visit = self.desk.opened.parts.sessions.visit(secret)
            assert (visit is not None) is (whose in accounts and accounts[whose].active)
        living = sum(len(self.desk.opened.parts.sessions.of(account.id)) for account in accounts.values())
        assert living == len(self.sessions)

    @invariant()
    def once_there_is_an_administrator_there_always_is(self) -> None:
        """Active, too; and then no set-up link is given."""
        active = [a for a in self.now().values() if a.role is Role.ADMINISTRATOR and a.active]
        self.had_administrator |= bool(active)
        assert bool(active) is self.had_administrator


RAISED: dict[str, object] = {"login_free_tries": 10**6, "login_hourly": 10**6, "login_minutely_address": 10**6}
RAISED |= {"mail_hourly": 10**6, "mail_hourly_address": 10**6}


@pytest.mark.parametrize("system", ["sqlite", "postgresql"])
def test_people_who_act_at_once_wait_for_each_other_and_never_fail(
    with_tables: Callable[[str, Path], str], tmp_path: Path, system: str
) -> None:
    """R-57: eight threads on three accounts for two seconds: no deadlock, no error but those that a person can act on,
    and an administrator left."""
    with desk_over(with_tables(system, tmp_path), tmp_path, **RAISED) as desk:
        desk.opened.parts.passwords._hasher = PlainHash()  # type: ignore[assignment]
        desk.member("chef", Role.ADMINISTRATOR)
        for name in NAMES[1:3]:
            desk.member(name)
        failures: list[BaseException] = []
        threads = [threading.Thread(target=act_for, args=(desk, seed, 2.0, failures)) for seed in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        people = desk.opened.administration.accounts(CONSOLE)
        assert any(account.active and account.role is Role.ADMINISTRATOR for account in people)


def act_for(desk: Desk, seed: int, seconds: float, failures: list[BaseException]) -> None:
    """One thread's acts, drawn from a seed."""
    draw, end, administration = random.Random(seed), time.monotonic() + seconds, desk.opened.administration
    while time.monotonic() < end:
        name, word = draw.choice([*NAMES[:3], "amel@example.org"]), draw.choice(WORDS[:2])
        acts: list[Callable[[], object]] = [
            lambda name=name, word=word: desk.accounts.log_in(name, word, f"192.0.2.{draw.randrange(3)}"),
            lambda name=name: desk.accounts.ask_reset(name),
            lambda: desk.opened.outbox.send_due(3),
            lambda word=word: desk.accounts.reset(token_in(draw.choice(desk.post.messages[-5:])), word),
            lambda name=name: administration.set_role(CONSOLE, name, draw.choice(list(Role))),
            lambda name=name: administration.disable(CONSOLE, name),
            lambda name=name: administration.enable(CONSOLE, name),
            lambda name=name: administration.set_groups(CONSOLE, name, draw.sample(["a", "b", "c"], 2)),
            lambda word=word: desk.accounts.change_password(desk.account("amel"), word, WORDS[0]),
            desk.opened.tidy,
        ]
        try:
            draw.choice(acts)()
        except AccountError:
            continue
        except AssertionError:
            continue  # a letter without a link
        except Exception as failure:
            failures.append(failure)


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=15, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
