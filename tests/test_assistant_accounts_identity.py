"""Names: the same whatever their case, never two that look alike, nothing that only looks like a letter."""

from __future__ import annotations

import unicodedata

import pytest
from account_fakes import OTHER, PASSWORD, Desk, token_in
from hypothesis import given
from hypothesis import strategies as st

from assistant.accounts.account import CONSOLE
from assistant.accounts.errors import BadIdentity, NotPossible
from assistant.accounts.identity import login_key, name_key, parse_email, parse_group, parse_identifier, skeleton


@pytest.mark.parametrize(
    "name",
    ["mıke", "mi\u1d0be", "mike\u0301\u0301", "ｍｉｋｅ", "mіke", "mike\u200d", "mi ke", "-mike", "mike@x.org", "ab",
     "a" * 65,
     "mﬁke", "mike\u202e", "أحمدmike", "", "mi\nke", "console", "Ⅿike", "mike²", "ʍike"],
    ids=ascii,
)  # fmt: skip
def test_identifiers_that_could_deceive_are_refused(name: str) -> None:
    """R-12: dotless i, Cyrillic, full width, ligature, joiner, mixed scripts."""
    with pytest.raises(BadIdentity):
        parse_identifier(name)


@pytest.mark.parametrize("name", ["amel", "Amel.Ben-Ali_2", "Zoë", "Œuvre", "أحمد.علي", "محمد١٢"])
def test_ordinary_names_are_taken(name: str) -> None:
    """Latin or Arabic letters."""
    assert parse_identifier(f" {name} ") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("first", "second"),
    [("mike", "MIKE"), ("mike", "mi\u212ae"), ("mike", "m1ke"), ("rene", "René"), ("olivia", "0livia"),
     ("ali", "all"),
     ("أحمد", "احمد"), ("علي", "على"), ("علي٣", "علي3"), ("strasse", "straße"), ("İbrahim", "ibrahim")],
)  # fmt: skip
def test_two_accounts_never_look_alike(small_desk: Desk, first: str, second: str) -> None:
    """R-12: by the database's own constraint."""
    small_desk.opened.administration.add(CONSOLE, first, "un@example.org")
    with pytest.raises(NotPossible):
        small_desk.opened.administration.add(CONSOLE, second, "deux@example.org")


@pytest.mark.parametrize(
    "typed", ["mıke@example.org", "mike@exam\u0440le.org", "miKe@example.org".replace("K", "\u212a")], ids=ascii
)
def test_a_look_alike_address_never_gets_the_letter(desk: Desk, typed: str) -> None:
    """R-12, CVE-2019-19844: a letter goes to the address that is kept, or to nobody."""
    desk.member("mike")
    before = len(desk.post.messages)
    desk.accounts.ask_reset(typed)
    desk.opened.outbox.send_due()
    assert {message["To"] for message in desk.post.messages[before:]} <= {"mike@example.org"}


@pytest.mark.parametrize("typed", ["mıke@example.org", "mi\u212ae@example.org"], ids=ascii)
def test_nobody_signs_up_with_a_look_alike_address(small_desk: Desk, typed: str) -> None:
    """R-12: the part before the sign is ASCII."""
    with pytest.raises(BadIdentity):
        small_desk.opened.sign_ups.ask("mike2", typed, OTHER)


def test_an_address_is_one_whatever_its_case(desk: Desk) -> None:
    """R-12: for sign-up and login; the domain is kept in ASCII."""
    assert parse_email("Amel@Münster.EXAMPLE") == "Amel@xn--mnster-3ya.example"
    assert login_key("amel@münster.example") == login_key("AMEL@xn--mnster-3ya.example")
    desk.opened.administration.add(CONSOLE, "amel", "Amel@Example.org")
    with pytest.raises(NotPossible):
        desk.opened.administration.add(CONSOLE, "autre", "amel@example.org")


@pytest.mark.parametrize(
    "address",
    ["", "amel", "a@", "@b.org", "a b@c.org", "a@b.org\nBcc: x@y.org", "a@b.org,c@d.org", "<a@b.org>", "é@b.org"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    """Among others what would add a header."""
    with pytest.raises(BadIdentity):
        parse_email(address)


@given(st.text(max_size=50))
def test_a_key_is_stable(text: str) -> None:
    """A key's key is itself, for what a name may be."""
    key = name_key(text)
    assert name_key(unicodedata.normalize("NFKD", text)) == key or name_key(key) == name_key(name_key(key))
    try:
        kept = parse_identifier(text)
    except BadIdentity:
        return
    assert name_key(kept) == name_key(name_key(kept)) == name_key(kept.upper().lower()) or not kept.isascii()
    assert skeleton(kept) == skeleton(kept.upper()) or not kept.isascii()
    assert "\n" not in kept


@pytest.mark.parametrize("name", ["", "  ", "a,b", "a\x00", "x" * 61])
def test_a_group_has_a_plain_name(name: str) -> None:
    """One that a list with commas can hold."""
    with pytest.raises(BadIdentity):
        parse_group(name)


def test_the_member_of_the_fake_desk_is_who_it_says(small_desk: Desk) -> None:
    """What the other tests stand on."""
    small_desk.opened.administration.add(CONSOLE, "amel", "amel@example.org")
    small_desk.accounts.reset(token_in(small_desk.mail()), PASSWORD)
    assert small_desk.enter("amel@example.org")
