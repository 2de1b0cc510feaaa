"""Administrators: each method checks the role, nobody sets a password, there is always one of them left."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from account_fakes import OTHER, PASSWORD, Desk, token_in

from assistant.accounts.account import CONSOLE, RIGHTS, Account, Actor, Right, Role, State
from assistant.accounts.accounts import Outcome
from assistant.accounts.administration import Administration
from assistant.accounts.errors import AccountError, Forbidden, NotPossible, PasswordWrong, UnknownAccount

CALLS: dict[str, Callable[[Administration, Actor], object]] = {
    "accounts": lambda administration, actor: administration.accounts(actor),
    "log": lambda administration, actor: administration.log(actor),
    "add": lambda administration, actor: administration.add(actor, "nouveau", "nouveau@example.org"),
    "sessions": lambda administration, actor: administration.sessions(actor, "cible"),
    "letters": lambda administration, actor: administration.letters(actor),
    "retry_letter": lambda administration, actor: administration.retry_letter(actor, "absent"),
    "approve": lambda administration, actor: administration.approve(actor, "attend"),
    "refuse": lambda administration, actor: administration.refuse(actor, "attend"),
    "disable": lambda administration, actor: administration.disable(actor, "cible"),
    "enable": lambda administration, actor: administration.enable(actor, "ferme"),
    "set_role": lambda administration, actor: administration.set_role(actor, "cible", Role.EDITOR),
    "set_groups": lambda administration, actor: administration.set_groups(actor, "cible", ["UA"]),
    "send_reset": lambda administration, actor: administration.send_reset(actor, "cible"),
    "end_sessions": lambda administration, actor: administration.end_sessions(actor, "cible"),
}
OPEN = {"setup_token", "setup_works", "create_first"}
"""What the first administrator comes by; each of them checks that there is none."""


def test_every_method_is_in_the_matrix() -> None:
    """R-18: a new one must say who may call it."""
    methods = {name for name, _ in inspect.getmembers(Administration, inspect.isfunction) if not name.startswith("_")}
    assert methods == CALLS.keys() | OPEN


@pytest.mark.parametrize("name", CALLS)
def test_only_administrators_may(small_desk: Desk, name: str) -> None:
    """R-18, R-25: every other role, and an administrator who is disabled, is refused before anything is done."""
    small_desk.member("cible")
    small_desk.member("chef", Role.ADMINISTRATOR)
    small_desk.opened.administration.add(CONSOLE, "ferme", "ferme@example.org")
    small_desk.opened.administration.disable(CONSOLE, "ferme")
    small_desk.opened.sign_ups.ask("attend", "attend@example.org", OTHER)
    small_desk.opened.sign_ups.confirm(token_in(small_desk.mail()), OTHER)
    administration, before = small_desk.opened.administration, small_desk.actions()
    gone = Account("x", "x", "x@example.org", Role.ADMINISTRATOR, State.DISABLED, "fr", 0.0, None)
    for actor in [*(Actor("qui", role) for role in Role if role is not Role.ADMINISTRATOR), Actor.of(gone)]:
        with pytest.raises(Forbidden):
            CALLS[name](administration, actor)
    assert small_desk.actions() == before
    CALLS[name](administration, small_desk.actor("chef"))


def test_rights_follow_the_role_while_the_account_is_active() -> None:
    """R-18: readers ask, evaluators and editors each their own, administrators all; others nothing."""
    assert {role: {str(right) for right in rights} for role, rights in RIGHTS.items()} == {
        Role.READER: {"ask"},
        Role.EVALUATOR: {"ask", "evaluate"},
        Role.EDITOR: {"ask", "edit"},
        Role.ADMINISTRATOR: {"ask", "evaluate", "edit", "administer"},
    }
    for state in State:
        account = Account("x", "x", "x@example.org", Role.ADMINISTRATOR, state, "fr", 0.0, None)
        assert all(account.may(right) is (state is State.ACTIVE) for right in Right)


def test_an_administrators_reset_sends_the_link_and_changes_nothing_else(desk: Desk) -> None:
    """R-19: and nothing here takes or gives a password."""
    desk.member("amel")
    secret = desk.enter()
    desk.opened.administration.send_reset(CONSOLE, "amel@example.org")
    message = desk.mail()
    assert message["To"] == "amel@example.org"
    assert desk.visits(secret)
    assert desk.tries("amel", PASSWORD) is Outcome.IN
    desk.accounts.reset(token_in(message), OTHER)
    assert desk.tries("amel", OTHER) is Outcome.IN
    for name in CALLS:
        assert not {"password", "hash", "hashed"} & set(inspect.signature(getattr(Administration, name)).parameters)


def test_the_last_administrator_stays(desk: Desk) -> None:
    """Neither disabled, nor demoted, nor deleted."""
    chef = desk.member("chef", Role.ADMINISTRATOR)
    administration = desk.opened.administration
    for leave in (
        lambda: administration.disable(CONSOLE, "chef"),
        lambda: administration.set_role(CONSOLE, "chef", Role.READER),
        lambda: desk.accounts.delete_own(chef, PASSWORD),
    ):
        with pytest.raises(NotPossible):
            leave()
    desk.member("autre", Role.ADMINISTRATOR)
    administration.set_role(CONSOLE, "chef", Role.READER)
    assert desk.account("chef").role is Role.READER


def test_two_administrators_cannot_demote_each_other_at_once(desk: Desk) -> None:
    """One of the two wins, each time."""
    for name in ("chef", "autre"):
        desk.opened.administration.add(CONSOLE, name, f"{name}@example.org", Role.ADMINISTRATOR)
    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            start = threading.Barrier(2)

            def demote(name: str, start: threading.Barrier = start) -> bool:
                start.wait()
                try:
                    desk.opened.administration.set_role(CONSOLE, name, Role.READER)
                except NotPossible:
                    return False
                return True

            done = list(pool.map(demote, ("chef", "autre")))
            assert sorted(done) == [False, True]
            name = ("chef", "autre")[done.index(True)]
            desk.opened.administration.set_role(CONSOLE, name, Role.ADMINISTRATOR)


def test_a_new_administrator_with_a_short_password_is_asked_for_a_longer_one(desk: Desk) -> None:
    """R-02: fifteen characters do for a reader, not for an administrator."""
    desk.member("chef", Role.ADMINISTRATOR)
    desk.member("amel", password="bol neuf & seau")
    desk.opened.administration.set_role(CONSOLE, "amel", Role.ADMINISTRATOR)
    assert desk.tries("amel", "bol neuf & seau") is Outcome.WRONG
    token = token_in(desk.mail())
    with pytest.raises(AccountError):
        desk.accounts.reset(token, "bol neuf & tasse"[:15])
    desk.accounts.reset(token, OTHER)
    assert desk.tries("amel", OTHER) is Outcome.IN
    lena = desk.member("lena")
    desk.opened.administration.set_role(CONSOLE, "lena", Role.ADMINISTRATOR)
    assert desk.tries(lena.identifier, PASSWORD) is Outcome.IN


def test_groups_are_seen_at_the_next_request(desk: Desk) -> None:
    """Named once each, in order; emptied as well."""
    desk.member("amel")
    secret = desk.enter()
    for names, kept in [(["UE", "UA", "UE", " UA "], ("UA", "UE")), ([], ()), (["Ligue arabe"], ("Ligue arabe",))]:
        desk.opened.administration.set_groups(CONSOLE, "amel", names)
        visit = desk.opened.parts.sessions.visit(secret)
        assert visit is not None
        assert visit.account.groups == kept


def test_what_does_not_fit_the_state_is_refused_with_a_reason(small_desk: Desk) -> None:
    """And an unknown name."""
    small_desk.member("amel")
    administration = small_desk.opened.administration
    for call in (administration.approve, administration.refuse, administration.enable):
        with pytest.raises(NotPossible, match="actif"):
            call(CONSOLE, "amel")
    administration.disable(CONSOLE, "amel")
    with pytest.raises(NotPossible, match="rouvrez"):
        administration.send_reset(CONSOLE, "amel")
    with pytest.raises(UnknownAccount, match="users list"):
        administration.disable(CONSOLE, "personne")
    with pytest.raises(NotPossible, match="pris"):
        administration.add(CONSOLE, "AMEL", "x@example.org")


def test_a_deleted_account_leaves_nothing_but_its_log(desk: Desk) -> None:
    """The password is asked for again; the name is free afterwards."""
    account = desk.member("amel")
    desk.opened.administration.set_groups(CONSOLE, "amel", ["UA"])
    secret = desk.enter()
    script = desk.opened.parts.api_tokens.make(account, "script")
    with pytest.raises(PasswordWrong):
        desk.accounts.delete_own(account, OTHER)
    desk.accounts.delete_own(account, PASSWORD)
    assert not desk.visits(secret)
    assert desk.opened.parts.api_tokens.account(script) is None
    assert desk.tries("amel", PASSWORD) is Outcome.WRONG
    assert desk.actions()[-2:] == ["deleted", "login-failed"]
    assert desk.member("amel").groups == ()


def test_a_token_for_scripts_has_its_owners_rights_until_it_is_revoked(desk: Desk) -> None:
    """Listed without its secret, revoked by its owner alone, dead while the account is."""
    amel, lena, made = desk.member("amel", Role.EVALUATOR), desk.member("lena"), desk.opened.parts.api_tokens
    secret = made.make(amel, "  évaluations \n de nuit ")
    other = made.make(amel, "autre")
    found = made.account(secret)
    assert found is not None
    assert found.may(Right.EVALUATE)
    assert not found.may(Right.EDIT)
    (listed,) = [token for token in made.of(amel.id) if token.name == "évaluations de nuit"]
    assert listed.used_at == desk.clock.now
    assert made.revoke(lena, listed.id) is False
    assert made.revoke(amel, "\x00\ud800") is False
    assert made.revoke(amel, listed.id) is True
    assert made.account(secret) is None
    assert made.account(other) is not None
    assert [made.account(wrong) for wrong in ("", "coop_", "coop_x", other[5:])] == [None] * 4
    desk.opened.administration.disable(CONSOLE, "amel")
    desk.opened.administration.enable(CONSOLE, "amel")
    assert made.account(other) is None
    for turn in range(20):
        made.make(lena, f"jeton {turn}")
    with pytest.raises(NotPossible):
        made.make(lena, "un de trop")
    with pytest.raises(NotPossible):
        made.make(lena, " ")


def test_ones_own_password_is_throttled_like_a_login(small_desk: Desk) -> None:
    """A session left open is no way round."""
    account = small_desk.member("amel")
    for _ in range(6):
        with pytest.raises(PasswordWrong):
            small_desk.accounts.change_password(account, OTHER, "encore une autre phrase")
    with pytest.raises(PasswordWrong):
        small_desk.accounts.change_password(account, PASSWORD, OTHER)
    small_desk.clock.forward(minutes=16)
    assert small_desk.accounts.change_password(account, PASSWORD, OTHER)


def test_a_language_is_remembered(small_desk: Desk) -> None:
    """And letters are in it."""
    small_desk.member("amel")
    small_desk.accounts.set_language(small_desk.account("amel"), "ar")
    small_desk.accounts.ask_reset("amel")
    assert small_desk.mail()["Content-Language"] == "ar"
    with pytest.raises(AccountError):
        small_desk.accounts.set_language(small_desk.account("amel"), "de")
