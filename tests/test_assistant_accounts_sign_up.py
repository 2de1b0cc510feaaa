"""Signing up: the page answers everybody alike, the mail tells; an account comes by the link and the password both."""

from __future__ import annotations

from pathlib import Path

import pytest
from account_fakes import OTHER, PASSWORD, Desk, desk_over, text_of, token_in

from assistant.accounts.account import CONSOLE, Actor, Role, State
from assistant.accounts.accounts import Outcome
from assistant.accounts.errors import AccountError, LinkRefused, PasswordWrong, SignUpClosed, TryLater


def ask(desk: Desk, identifier: str = "lena", email: str = "lena@example.org", password: str = PASSWORD) -> None:
    desk.opened.sign_ups.ask(identifier, email, password, "fr", "192.0.2.1")


def test_a_sign_up_is_confirmed_then_approved_then_opens(desk: Desk) -> None:
    """R-13: nothing opens before."""
    desk.member("admin", Role.ADMINISTRATOR)
    ask(desk)
    message = desk.mail()
    assert message["To"] == "lena@example.org"
    assert desk.tries("lena", PASSWORD) is Outcome.WRONG
    account = desk.opened.sign_ups.confirm(token_in(message), PASSWORD)
    assert (account.state, account.role) == (State.PENDING, Role.READER)
    assert desk.tries("lena", PASSWORD) is Outcome.PENDING
    assert desk.mail()["To"] == "admin@example.org"
    desk.opened.administration.approve(desk.actor("admin"), "lena")
    assert desk.mail()["To"] == "lena@example.org"
    assert desk.visits(desk.enter("lena"))


def test_a_refused_sign_up_opens_nothing_and_may_be_approved_later(desk: Desk) -> None:
    """R-13."""
    ask(desk)
    desk.opened.sign_ups.confirm(token_in(desk.mail()), PASSWORD)
    desk.opened.administration.refuse(CONSOLE, "lena")
    assert desk.tries("lena", PASSWORD) is Outcome.CLOSED
    desk.opened.administration.approve(CONSOLE, "lena@example.org")
    assert desk.tries("lena", PASSWORD) is Outcome.IN


def test_looking_at_the_link_does_not_use_it_and_it_works_once(desk: Desk) -> None:
    """R-08."""
    ask(desk)
    token = token_in(desk.mail())
    assert all(desk.opened.sign_ups.works(token) for _ in range(5))
    desk.opened.sign_ups.confirm(token, PASSWORD)
    assert not desk.opened.sign_ups.works(token)
    with pytest.raises(LinkRefused):
        desk.opened.sign_ups.confirm(token, PASSWORD)


def test_a_stranger_cannot_have_ones_address_confirmed_for_an_own_password(desk: Desk) -> None:
    """The link alone makes no account: its owner would have to know the stranger's password, and has five tries."""
    ask(desk, "faux", "lena@example.org", OTHER)
    token = token_in(desk.mail())
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            desk.opened.sign_ups.confirm(token, PASSWORD)
    with pytest.raises(LinkRefused):
        desk.opened.sign_ups.confirm(token, OTHER)
    ask(desk)
    assert desk.opened.sign_ups.confirm(token_in(desk.mail()), PASSWORD).identifier == "lena"


def test_the_page_answers_alike_whether_the_names_are_known_or_not(desk: Desk) -> None:
    """R-06: nothing raises, and the mail tells the address's owner."""
    desk.member("amel")
    before = desk.actions().count("sign-up")
    for identifier, email, subject in [
        ("nouveau", "nouveau@example.org", "Confirmez votre adresse e-mail"),
        ("autre", "AMEL@example.org", "Vous avez déjà un compte"),
        ("amel", "libre@example.org", "Votre inscription : choisissez un autre identifiant"),
        ("ame1", "libre2@example.org", "Votre inscription : choisissez un autre identifiant"),
    ]:
        assert desk.opened.sign_ups.ask(identifier, email, OTHER) is None
        message = desk.mail()
        assert message["Subject"] == subject
        assert message["To"] == email.replace("AMEL", "amel")
    assert desk.actions().count("sign-up") == before + 4
    assert "token" not in text_of(desk.post.messages[-1])


def test_of_two_that_ask_for_one_name_the_first_to_confirm_has_it(desk: Desk) -> None:
    """And the other is told to choose another."""
    ask(desk, "lena", "lena@example.org")
    first = token_in(desk.mail())
    ask(desk, "Lena", "autre@example.org")
    second = token_in(desk.mail())
    desk.opened.sign_ups.confirm(second, PASSWORD)
    with pytest.raises(AccountError, match="pris entre-temps"):
        desk.opened.sign_ups.confirm(first, PASSWORD)
    assert desk.account("autre@example.org").identifier == "Lena"


def test_the_link_is_good_for_two_days(small_desk: Desk) -> None:
    """As the letter says."""
    ask(small_desk)
    token = token_in(small_desk.mail())
    assert "48 heures" in text_of(small_desk.post.messages[-1])
    small_desk.clock.forward(hours=47)
    assert small_desk.opened.sign_ups.works(token)
    small_desk.clock.forward(hours=1.1)
    assert not small_desk.opened.sign_ups.works(token)


def test_sign_up_can_be_closed_or_kept_to_domains(tmp_path: Path) -> None:
    """R-13: known from the settings, whoever asks."""
    url = f"sqlite:///{tmp_path / 'c.db'}"
    with desk_over(url, tmp_path, sign_up="closed") as desk:
        assert not desk.opened.sign_ups.open
        with pytest.raises(SignUpClosed):
            ask(desk)
    with desk_over(url, tmp_path, sign_up="domains", sign_up_domains=("ministere.example",)) as desk:
        for foreign in ("x@example.org", "x@evil.ministere.example", "x@ministere.example.org"):
            with pytest.raises(SignUpClosed):
                ask(desk, "lena", foreign)
        ask(desk, "lena", "lena@Ministere.example")
        assert desk.opened.sign_ups.confirm(token_in(desk.mail()), PASSWORD).state is State.ACTIVE
        assert desk.visits(desk.enter("lena"))
    with desk_over(url, tmp_path, sign_up_domains=("ministere.example",)) as desk:
        ask(desk, "sonia", "sonia@ministere.example")
        assert desk.opened.sign_ups.confirm(token_in(desk.mail()), PASSWORD).state is State.PENDING


def test_sign_ups_are_limited_by_network_and_letters_by_address(small_desk: Desk) -> None:
    """R-11: ten requests an hour, three letters to one person."""
    small_desk.member("amel")
    small_desk.clock.forward(hours=2)
    before = len(small_desk.post.messages)
    for _ in range(10):
        ask(small_desk, "autre", "amel@example.org")
    with pytest.raises(TryLater):
        ask(small_desk, "autre", "amel@example.org")
    small_desk.opened.outbox.send_due()
    assert len(small_desk.post.messages) - before == 3


def test_the_first_administrator_comes_by_the_set_up_link_alone(desk: Desk) -> None:
    """R-13: one at a time, once, within a day, and never again once there is one."""
    administration = desk.opened.administration
    old = administration.setup_token()
    start, _, token = (desk.opened.setup_link() or "").partition("?token=")
    assert start == "http://127.0.0.1:7860/account/setup"
    assert old
    assert token
    assert [administration.setup_works(one) for one in (old, token, "x", "")] == [False, True, False, False]
    with pytest.raises(AccountError):
        administration.create_first(token, "chef", "chef@example.org", "quinze lettres!")
    account = administration.create_first(token, "chef", "chef@example.org", PASSWORD)
    assert account.role is Role.ADMINISTRATOR
    assert desk.enter("chef")
    assert desk.opened.setup_link() is None
    with pytest.raises(LinkRefused):
        administration.create_first(token, "chef2", "chef2@example.org", PASSWORD)


def test_the_set_up_link_dies_with_the_day_and_with_the_first_administrator(small_desk: Desk) -> None:
    """R-13: also when that one came from the console."""
    administration = small_desk.opened.administration
    late = administration.setup_token() or ""
    small_desk.clock.forward(hours=25)
    assert not administration.setup_works(late)
    token = administration.setup_token() or ""
    small_desk.member("chef", Role.ADMINISTRATOR)
    with pytest.raises(LinkRefused):
        administration.create_first(token, "autre", "autre@example.org", PASSWORD)
    assert Actor.of(small_desk.account("chef")).role is Role.ADMINISTRATOR
