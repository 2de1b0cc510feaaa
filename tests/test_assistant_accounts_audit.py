"""The audit log: a line an entry, whatever was typed; rows that nothing changes; kept as long as is set."""

from __future__ import annotations

import logging

import pytest
import sqlalchemy as sql
from account_fakes import OTHER, PASSWORD, Desk, token_in
from hypothesis import given
from hypothesis import strategies as st

from assistant.accounts.account import CONSOLE, Role
from assistant.accounts.audit import one_line
from assistant.accounts.errors import AccountError
from assistant.accounts.tables import audit


@given(st.text(max_size=200), st.integers(1, 100))
def test_any_text_becomes_one_line(text: str, longest: int) -> None:
    """R-20: no control, no separator, no direction override; printable text stays."""
    line = one_line(text, longest)
    assert len(line) <= longest
    assert len(line.splitlines()) <= 1
    assert all(letter.isprintable() or letter == "\u00a0" or letter.isspace() for letter in line)
    assert not set("\r\n\u2028\u2029\u0085\x00\u202e") & set(line)
    if text.isascii() and text.isprintable():
        assert line == text[:longest]


@pytest.mark.parametrize(
    "name", ["amel\nlogin actor=chef", "a\r\n\r\nb", "x\u2028y", "x\x00y", "\u202echef", "a\x1b[2Jb"]
)
def test_what_is_typed_adds_no_line(small_desk: Desk, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """R-20: at login, reset, sign-up; in names, addresses and browsers' names; in the table and in the log."""
    caplog.set_level(logging.INFO)
    small_desk.member("amel")
    before, lines = len(small_desk.actions()), len(caplog.text.splitlines())
    small_desk.accounts.log_in(name, name, f"192.0.2.1{name}", name)
    small_desk.accounts.log_in("amel", PASSWORD, name, name)
    small_desk.accounts.ask_reset(name, name)
    with pytest.raises(AccountError):
        small_desk.opened.sign_ups.ask(name, name, OTHER, name, name)
    assert len(small_desk.actions()) == before + 3
    assert len(caplog.text.splitlines()) == lines + 3
    with small_desk.opened.parts.database.reading() as connection:
        rows = connection.execute(sql.select(audit)).all()
    assert all(len(str(cell).splitlines()) <= 1 for row in rows for cell in row)


def test_what_people_do_is_in_the_log_and_no_secret_is(desk: Desk) -> None:
    """R-20: each with who and about whom; a password typed into the field of the name stays out."""
    desk.member("chef", Role.ADMINISTRATOR)
    desk.opened.sign_ups.ask("amel", "amel@example.org", PASSWORD)
    desk.opened.sign_ups.confirm(token_in(desk.mail()), PASSWORD)
    administration, chef = desk.opened.administration, desk.actor("chef")
    administration.approve(chef, "amel")
    desk.accounts.log_out(desk.enter("amel"))
    desk.tries("amel", OTHER)
    desk.tries(OTHER, "amel")
    administration.set_role(chef, "amel", Role.EDITOR)
    administration.set_groups(chef, "amel", ["UA"])
    desk.accounts.ask_reset("amel")
    desk.accounts.reset(token_in(desk.mail()), OTHER)
    administration.disable(chef, "amel")
    administration.log(chef)
    said = ["sign-up", "confirmed", "approved", "login", "logout", "login-failed", "login-failed", "role", "groups"]
    assert desk.actions()[2:] == [*said, "reset-asked", "reset-used", "disabled", "audit-viewed"]
    with desk.opened.parts.database.reading() as connection:
        entries = desk.opened.parts.audit.entries(connection)
        (role,) = desk.opened.parts.audit.entries(connection, action="role")
        assert desk.opened.parts.audit.entries(connection, text="100%_\x00") == []
        assert {e.action for e in desk.opened.parts.audit.entries(connection, text="chef", limit=3)} < set(said) | {
            "disabled",
            "audit-viewed",
        }
    assert (role.actor, role.about, role.detail) == ("chef", "amel", "reader -> editor")
    assert not any(secret in str(entries) for secret in (PASSWORD, OTHER))
    page = administration.log(CONSOLE, before_id=entries[3].id)
    assert page[0] == entries[4]


def test_other_parts_of_the_product_write_to_the_log(small_desk: Desk) -> None:
    """R-20: an upload, a deletion, an export."""
    parts = small_desk.opened.parts
    with parts.database.writing() as connection:
        parts.audit.write(connection, "upload", CONSOLE, "texte-7", detail="12 pages\nde plus")
    (entry,) = small_desk.opened.administration.log(CONSOLE)
    assert (entry.action, entry.actor, entry.about, entry.detail) == (
        "upload",
        "console",
        "texte-7",
        "12 pages\\u000ade plus",
    )


def test_the_database_itself_refuses_to_change_an_entry(desk: Desk) -> None:
    """R-20: append-only."""
    desk.opened.administration.log(CONSOLE)
    with pytest.raises(sql.exc.DBAPIError, match="append-only"), desk.opened.parts.database.writing() as connection:
        connection.execute(audit.update().values(actor="somebody else"))
    assert desk.actions() == ["audit-viewed"]


def test_entries_are_dropped_after_their_retention_and_that_is_an_entry(desk: Desk) -> None:
    """R-20: 365 days unless set."""
    desk.opened.administration.log(CONSOLE)
    desk.clock.forward(hours=24 * 364)
    desk.opened.tidy()
    assert desk.actions() == ["audit-viewed"]
    desk.clock.forward(hours=25)
    desk.opened.tidy()
    assert desk.actions() == ["audit-purge"]
