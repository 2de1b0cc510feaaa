"""Another e-mail address for one's account: by a link to the new one and the password; the old one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from account_fakes import OTHER, PASSWORD, Desk, desk_over, text_of, token_in

from assistant.accounts.account import CONSOLE
from assistant.accounts.accounts import Outcome
from assistant.accounts.errors import AccountError, BadIdentity, LinkRefused, NotPossible, PasswordWrong, TryLater

NEW = "amel.b@example.org"


def asked(desk: Desk, email: str = NEW) -> str:
    """The secret of the link that came to the new address."""
    desk.opened.addresses.ask(desk.account("amel"), email, PASSWORD)
    desk.opened.outbox.send_due()
    return token_in(next(m for m in reversed(desk.post.messages) if m["To"] == email))


def test_an_address_changes_once_its_mailbox_confirms_it_and_the_old_one_is_told(desk: Desk) -> None:
    """Also in the audit log; sessions go on, and the account is found by the new address alone."""
    desk.member("amel")
    session, token = desk.enter(), asked(desk)
    assert desk.post.subjects("amel@example.org")[-1] == "Une nouvelle adresse e-mail est demandée pour votre compte"
    assert desk.account("amel").email == "amel@example.org"
    assert desk.opened.addresses.waiting(desk.account("amel")) == NEW
    assert all(desk.opened.addresses.works(token) for _ in range(5))
    assert desk.opened.addresses.confirm(token, PASSWORD).email == NEW
    desk.opened.outbox.send_due()
    assert desk.post.subjects("amel@example.org")[-1] == "L'adresse e-mail de votre compte a été changée"
    assert [a for a in desk.actions() if a.startswith("address")] == ["address-asked", "address-changed"]
    assert (desk.tries(NEW, PASSWORD), desk.tries("amel@example.org", PASSWORD)) == (Outcome.IN, Outcome.WRONG)
    assert desk.visits(session)
    assert desk.opened.addresses.waiting(desk.account("amel")) == ""
    with pytest.raises(LinkRefused):
        desk.opened.addresses.confirm(token, PASSWORD)


def test_a_stolen_session_or_a_wrong_mailbox_changes_nothing(small_desk: Desk) -> None:
    """The password is asked for twice: to ask, and with the link, whose five tries then end it."""
    account = small_desk.member("amel")
    with pytest.raises(PasswordWrong):
        small_desk.opened.addresses.ask(account, NEW, OTHER)
    assert small_desk.opened.addresses.waiting(account) == ""
    token = asked(small_desk)
    for _ in range(5):
        with pytest.raises(PasswordWrong):
            small_desk.opened.addresses.confirm(token, OTHER)
    with pytest.raises(LinkRefused):
        small_desk.opened.addresses.confirm(token, PASSWORD)
    assert small_desk.account("amel").email == "amel@example.org"


def test_the_page_answers_alike_and_the_owner_of_a_known_address_is_told(desk: Desk) -> None:
    """R-06: no link goes out, and nothing raises."""
    desk.member("lena")
    account = desk.member("amel")
    assert desk.opened.addresses.ask(account, "LENA@example.org", PASSWORD) is None
    desk.opened.outbox.send_due()
    letter = next(m for m in reversed(desk.post.messages) if m["To"] == "lena@example.org")
    assert letter["Subject"] == "Votre adresse a été demandée pour un autre compte"
    assert "token=" not in text_of(letter)


def test_an_address_taken_meanwhile_is_refused_and_the_old_one_stays(desk: Desk) -> None:
    """By the database's own constraint."""
    desk.member("amel")
    token = asked(desk)
    desk.opened.administration.add(CONSOLE, "lena", NEW)
    with pytest.raises(NotPossible, match="prise entre-temps"):
        desk.opened.addresses.confirm(token, PASSWORD)
    assert desk.account("amel").email == "amel@example.org"


@pytest.mark.parametrize("what", ["later", "again", "password", "disable"])
def test_a_link_ends_with_its_time_a_new_request_or_a_changed_account(small_desk: Desk, what: str) -> None:
    """R-07."""
    account = small_desk.member("amel")
    token = asked(small_desk)
    if what == "later":
        small_desk.clock.forward(hours=49)
    elif what == "again":
        assert small_desk.opened.addresses.works(asked(small_desk, "amel.c@example.org"))
    elif what == "password":
        small_desk.accounts.change_password(account, PASSWORD, OTHER)
    else:
        small_desk.opened.administration.disable(CONSOLE, "amel")
    with pytest.raises(LinkRefused):
        small_desk.opened.addresses.confirm(token, OTHER if what == "password" else PASSWORD)
    assert (small_desk.opened.addresses.waiting(account) == "") is (what != "again")


def test_a_link_confirms_no_later_request(small_desk: Desk) -> None:
    """R-07, R-11: else an address could be taken whose mailbox one cannot read, before its letter leaves."""
    account = small_desk.member("amel")
    token = asked(small_desk)
    small_desk.opened.addresses.ask(account, "ministre@example.org", PASSWORD)
    with pytest.raises(LinkRefused):
        small_desk.opened.addresses.confirm(token, PASSWORD)
    assert small_desk.account("amel").email == "amel@example.org"


def test_a_change_of_password_ends_a_request_whose_letter_has_not_left(small_desk: Desk) -> None:
    """What the letter to the old address says to do."""
    account = small_desk.member("amel")
    small_desk.opened.addresses.ask(account, NEW, PASSWORD)
    small_desk.accounts.change_password(account, PASSWORD, OTHER)
    small_desk.opened.outbox.send_due()
    assert small_desk.post.subjects(NEW) == []


def test_a_new_address_ends_the_links_sent_to_the_old_one(small_desk: Desk) -> None:
    """R-07: who reads the old mailbox cannot choose a password any more."""
    small_desk.member("amel")
    token = asked(small_desk)
    small_desk.accounts.ask_reset("amel")
    reset = token_in(small_desk.mail())
    small_desk.opened.addresses.confirm(token, PASSWORD)
    assert not small_desk.accounts.reset_works(reset)


def test_requests_are_limited_and_the_same_or_a_bad_address_is_told(small_desk: Desk) -> None:
    """R-11: three an hour for one account."""
    account = small_desk.member("amel")
    for email in ("AMEL@example.org", "pas une adresse"):
        with pytest.raises(BadIdentity):
            small_desk.opened.addresses.ask(account, email, PASSWORD)
    for number in range(3):
        small_desk.opened.addresses.ask(account, f"amel{number}@example.org", PASSWORD)
    with pytest.raises(TryLater):
        small_desk.opened.addresses.ask(account, NEW, PASSWORD)


def test_listed_domains_hold_for_a_new_address_too(tmp_path: Path) -> None:
    """Nobody leaves them by changing the address afterwards."""
    with desk_over(f"sqlite:///{tmp_path / 'c.db'}", tmp_path, sign_up_domains=("example.org",)) as desk:
        account = desk.member("amel")
        with pytest.raises(AccountError) as refused:
            desk.opened.addresses.ask(account, "amel@example.com", PASSWORD)
        assert refused.value.code == "email-domain"
