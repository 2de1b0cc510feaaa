"""Documents, index and accounts in one data directory: whatever is done in any order, and wherever it is cut off, what
was acknowledged is there and nothing else is.

A crash is the directory as it lies on the disk at that moment, opened elsewhere: no lock, no file is closed first.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from account_fakes import PASSWORD, Desk, PlainHash, desk_over
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from kill_worker import RandomVectors

from assistant.accounts.account import CONSOLE
from assistant.accounts.accounts import Outcome
from assistant.accounts.errors import AccountError
from corpus.section import Document, Section
from index import build
from index.generations import Generation, open_generation
from index.integrity import check_database, check_index, check_texts
from index.permissions import Permissions
from index.records import Records

NAMES, GROUPS = ("amel", "lena", "sonia"), ("a", "b")
number = st.integers(0, 5)
name = st.sampled_from(NAMES)


def text_of(number: int, version: int) -> str:
    """Four sentences: two passages."""
    return "\n".join(f"Phrase {line} du document {number}, version {version}." for line in range(4))


def source(number: int, version: int) -> build.Source:
    """The document of a number in one of its versions."""
    id, text = f"d{number}", text_of(number, version)
    document = Document(id, id, text, (Section(id, id, (), text, 0, None),))
    return build.Source(document, "fr", "", f"/t/{id}", "file:/t", "", hashlib.sha256(text.encode()).hexdigest())


@cache
def empty_house() -> Path:
    """A data directory with every table and an empty index, closed: copied, it is a new one at little cost."""
    folder = Path(tempfile.mkdtemp(prefix="coop-states-"))
    with ExitStack() as stack:
        house = stack.enter_context(desk_over(f"sqlite:///{folder / 'cooperation.db'}", folder))
        records = Records(house.url)
        stack.callback(records.close)
        build.check_vectors(records, RandomVectors())
        stack.callback(open_generation(records, folder, RandomVectors.name).close)
    return folder


class House(RuleBasedStateMachine):
    """Six documents in versions, three people, two groups; the model knows what was acknowledged."""

    MOST_CRASHES = 1
    """In one example: the probe of an index that was not closed is a process of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.parent = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="coop-states-")))
        self.folder = shutil.copytree(empty_house(), self.parent / "0")
        self.opened, self.model, self.crashes, self.step = ExitStack(), RandomVectors(), 0, 0
        self.documents: dict[str, str] = {}
        self.readers: dict[str, frozenset[str]] = {}
        self.active: dict[str, bool] = {}
        self.sessions: dict[str, str] = {}
        self.level = True
        self.open()

    def open(self) -> None:
        """Open everything over the folder."""
        self.opened = ExitStack()
        url = f"sqlite:///{self.folder / 'cooperation.db'}"
        raised = {"login_free_tries": 10**6, "login_hourly": 10**6, "login_minutely_address": 10**6}
        self.desk: Desk = self.opened.enter_context(desk_over(url, self.folder, **raised))
        self.desk.opened.parts.passwords._hasher = PlainHash()  # type: ignore[assignment]
        self.records = Records(url)
        self.opened.callback(self.records.close)
        build.check_vectors(self.records, self.model)
        self.generation: Generation = open_generation(self.records, self.folder, self.model.name)
        self.opened.callback(lambda: self.generation.close())
        self.level = True

    def teardown(self) -> None:
        """Whatever happened, the directory passes its verification once the index has caught up."""
        self.generation.catch_up()
        problems = [*check_database(self.records), *check_texts(self.records)]
        assert [*problems, *check_index(self.records, self.generation)] == []
        self.opened.close()
        self.stack.close()

    # --- documents

    @rule(number=number, indexed=st.booleans())
    def write(self, number: int, indexed: bool) -> None:
        """A document is added or replaced; the index may not hear of it before a crash."""
        self.step += 1
        (built,) = build.build(self.records, self.model, [source(number, self.step)])
        assert built.status == ("replaced" if built.id in self.documents else "added")
        self.documents[built.id] = text_of(number, self.step)
        self.heard(indexed)

    @rule(number=number, indexed=st.booleans())
    def remove(self, number: int, indexed: bool) -> None:
        """A document is removed, if there is one; who may read it is kept, should it come back."""
        assert self.records.remove(f"d{number}") is (f"d{number}" in self.documents)
        self.documents.pop(f"d{number}", None)
        self.heard(indexed)

    @precondition(lambda self: self.documents)
    @rule(data=st.data(), groups=st.frozensets(st.sampled_from(GROUPS), min_size=1))
    def grant(self, data: st.DataObject, groups: frozenset[str]) -> None:
        """Groups may read a document, and from now on they alone."""
        id = data.draw(st.sampled_from(sorted(self.documents)))
        Permissions(self.records.engine).grant(id, sorted(groups))
        self.readers[id] = self.readers.get(id, frozenset()) | groups

    @rule()
    def rebuild(self) -> None:
        """Everything is embedded again."""
        assert {built.id for built in build.rebuild(self.records, self.model)} == set(self.documents)
        self.heard(True)

    @rule()
    def switch(self) -> None:
        """The index is made anew."""
        self.generation.close()
        self.generation = open_generation(self.records, self.folder, self.model.name, anew=True)
        self.level = True

    def heard(self, indexed: bool) -> None:
        """The index takes in what was written, or does not."""
        self.level = indexed
        if indexed:
            self.generation.catch_up()

    # --- accounts

    @rule(name=name)
    def add(self, name: str) -> None:
        """An administrator adds somebody, who chooses a password."""
        try:
            self.desk.member(name)
        except AccountError:
            assert name in self.active
            return
        assert name not in self.active
        self.active[name] = True

    @rule(name=name)
    def log_in(self, name: str) -> None:
        """Somebody comes in, if the account is there and open."""
        login = self.desk.accounts.log_in(name, PASSWORD)
        assert (login.outcome is Outcome.IN) is self.active.get(name, False)
        if login.outcome is Outcome.IN:
            self.sessions[login.secret] = name

    @rule(name=name, act=st.sampled_from(["disable", "enable"]))
    def administer(self, name: str, act: str) -> None:
        """An administrator closes or opens an account."""
        try:
            getattr(self.desk.opened.administration, act)(CONSOLE, name)
        except AccountError:
            return
        self.active[name] = act == "enable"
        if act == "disable":
            self.forget(name)

    @rule(name=name)
    def delete(self, name: str) -> None:
        """Somebody deletes the own account."""
        if self.active.get(name):
            self.desk.accounts.delete_own(self.desk.account(name), PASSWORD)
            del self.active[name]
            self.forget(name)

    def forget(self, name: str) -> None:
        """All of a person's sessions are over."""
        self.sessions = {secret: whose for secret, whose in self.sessions.items() if whose != name}

    # --- the process ends

    @rule()
    def restart(self) -> None:
        """In good order."""
        self.opened.close()
        self.open()

    @precondition(lambda self: self.crashes < self.MOST_CRASHES)
    @rule()
    def crash(self) -> None:
        """In none: what lies on the disk now is all there is."""
        self.crashes += 1
        left = shutil.copytree(self.folder, self.parent / str(self.crashes))
        self.opened.close()
        self.folder = left
        self.open()

    # --- what always holds

    @invariant()
    def what_was_acknowledged_is_there_and_nothing_else(self) -> None:
        """Each document in its last version, with the groups that may read it."""
        held = {record.id: self.records.text(record.id) for record in self.records.documents()}
        assert held == self.documents
        groups = Permissions(self.records.engine).groups()
        assert {id: frozenset(found) for id, found in groups.items() if found} == self.readers

    @invariant()
    def the_index_holds_each_passage_once(self) -> None:
        """And a document is found by its own words and vector, whenever the index has heard of it."""
        if not self.level:
            return
        count = self.records.count_chunks()
        assert self.generation.vectors.count() == self.generation.lexical.count() == count
        for id in sorted(self.documents)[:1]:
            item = self.records.chunks_of(id)[-1]
            assert self.generation.vectors.nearest(item.vector, 1)[0][0] == item.chunk.id

    @invariant()
    def people_are_who_they_were(self) -> None:
        """Accounts as they were left, sessions exactly while they may live."""
        accounts = {account.identifier: account for account in self.desk.opened.administration.accounts(CONSOLE)}
        assert {name: account.active for name, account in accounts.items()} == self.active
        for secret in self.sessions:
            assert self.desk.visits(secret)


def run(machine: type[House], examples: int) -> None:
    chosen = settings(
        max_examples=examples, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=chosen)


def test_thirty_steps_in_any_order_lose_nothing() -> None:
    """A few examples, each with a crash at most."""
    run(House, 6)


class HouseOfManyCrashes(House):
    """As many as chance brings."""

    MOST_CRASHES = 30


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_two_hundred_times_thirty_steps_lose_nothing() -> None:
    """R-59."""
    run(HouseOfManyCrashes, 200)
