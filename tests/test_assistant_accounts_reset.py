"""A forgotten password: one link by mail, good for half an hour and one use, and what it ends; never a clear secret."""

from __future__ import annotations

import logging
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import sqlalchemy as sql
from account_fakes import OTHER, PASSWORD, Clock, Desk, desk_over, text_of, token_in

from assistant.accounts import tokens
from assistant.accounts.account import CONSOLE
from assistant.accounts.accounts import Outcome
from assistant.accounts.errors import LinkRefused, PasswordRefused
from assistant.accounts.mail import FolderTransport
from assistant.accounts.opening import open_accounts
from assistant.accounts.settings import AccountSettings
from assistant.accounts.tables import metadata
from assistant.accounts.tokens import Link


def asked(desk: Desk, name: str = "amel") -> str:
    """The secret of a link that was asked for and came by mail."""
    desk.accounts.ask_reset(name)
    return token_in(desk.mail())


@pytest.mark.parametrize("name", ["amel", "amel@example.org", "AMEL"])
def test_an_identifier_or_an_address_brings_a_link_that_sets_a_password(desk: Desk, name: str) -> None:
    """R-12."""
    desk.member("amel")
    desk.accounts.reset(asked(desk, name), OTHER)
    assert desk.tries("amel", PASSWORD) is Outcome.WRONG
    assert desk.tries("amel", OTHER) is Outcome.IN


def test_looking_leaves_the_link_and_a_refused_password_too(small_desk: Desk) -> None:
    """R-08: a mail scanner's visit, and a first attempt that is too short."""
    small_desk.member("amel")
    token = asked(small_desk)
    assert all(small_desk.accounts.reset_works(token) for _ in range(5))
    with pytest.raises(PasswordRefused):
        small_desk.accounts.reset(token, "court")
    small_desk.accounts.reset(token, OTHER)


def test_the_old_password_is_not_taken_for_a_new_one(desk: Desk) -> None:
    """By a link, which goes on, or by hand; also written with other keys (NFC, NFD). Another one uses the link."""
    composed, decomposed = (unicodedata.normalize(form, "été à la forêt des hêtres") for form in ("NFC", "NFD"))
    account = desk.member("amel", password=composed)
    session, token = desk.enter("amel", composed), asked(desk)
    for old in (composed, decomposed):
        with pytest.raises(PasswordRefused) as refused:
            desk.accounts.reset(token, old)
        assert refused.value.code == "password-same"
        with pytest.raises(PasswordRefused) as refused:
            desk.accounts.change_password(account, composed, old)
        assert refused.value.code == "password-same"
    assert desk.visits(session)
    desk.accounts.reset(token, OTHER)
    assert not desk.accounts.reset_works(token)


def test_a_link_works_once_and_for_half_an_hour(desk: Desk) -> None:
    """R-07: a replay and a late use are refused."""
    desk.member("amel")
    token = asked(desk)
    assert len(token) == 43
    desk.accounts.reset(token, OTHER)
    assert not desk.accounts.reset_works(token)
    with pytest.raises(LinkRefused):
        desk.accounts.reset(token, PASSWORD)
    late = asked(desk)
    desk.clock.forward(minutes=29)
    assert desk.accounts.reset_works(late)
    desk.clock.forward(minutes=2)
    with pytest.raises(LinkRefused):
        desk.accounts.reset(late, PASSWORD)
    assert desk.tries("amel", OTHER) is Outcome.IN


def test_a_new_request_ends_the_link_before_it(desk: Desk) -> None:
    """R-07."""
    desk.member("amel")
    old, new = asked(desk), asked(desk)
    assert [desk.accounts.reset_works(token) for token in (old, new)] == [False, True]


@pytest.mark.parametrize("what", ["change", "disable", "delete"])
def test_a_changed_or_closed_account_ends_its_links(desk: Desk, what: str) -> None:
    """R-07: also those that are still to be sent."""
    account = desk.member("amel")
    token = asked(desk)
    desk.accounts.ask_reset("amel")
    if what == "change":
        desk.accounts.change_password(account, PASSWORD, OTHER)
    elif what == "disable":
        desk.opened.administration.disable(CONSOLE, "amel")
    else:
        desk.accounts.delete_own(account, PASSWORD)
    assert not desk.accounts.reset_works(token)
    before = len(desk.post.messages)
    desk.opened.outbox.send_due()
    assert (len(desk.post.messages) > before) is (what == "change")


def test_of_two_uses_at_once_exactly_one_wins(desk: Desk) -> None:
    """R-07: fifty rounds, the two of them let go together; and three rounds of the whole reset."""
    desk.member("amel")
    database, now = desk.opened.parts.database, desk.clock.now
    with ThreadPoolExecutor(2) as pool:
        for _ in range(50):
            with database.writing() as connection:
                secret = tokens.issue(connection, Link.RESET, "somebody", now + 60)
            start = threading.Barrier(2)

            def use(secret: str = secret, start: threading.Barrier = start) -> bool:
                start.wait()
                with database.writing() as connection:
                    return tokens.use(connection, Link.RESET, secret, now) is not None

            assert sorted(future.result() for future in [pool.submit(use), pool.submit(use)]) == [False, True]
        for number in ("deux", "trois", "quatre"):
            desk.clock.forward(hours=2)
            token = asked(desk)
            words = (f"premier mot de {number} arbres", f"second mot de {number} arbres")
            results = list(pool.map(lambda word, token=token: reset(desk, token, word), words))
            assert sorted(results) == [False, True]
            assert desk.tries("amel", words[results.index(True)]) is Outcome.IN


def reset(desk: Desk, token: str, word: str) -> bool:
    try:
        desk.accounts.reset(token, word)
    except LinkRefused:
        return False
    return True


def test_a_reset_ends_sessions_and_tokens_opens_nothing_and_is_told(desk: Desk) -> None:
    """R-10: three sessions dead, a letter, a row in the log."""
    account = desk.member("amel")
    secrets = [desk.enter() for _ in range(3)]
    script = desk.opened.parts.api_tokens.make(account, "script")
    assert desk.accounts.reset(asked(desk), OTHER) is None
    assert not any(map(desk.visits, secrets))
    assert desk.opened.parts.api_tokens.account(script) is None
    assert desk.opened.parts.sessions.of(account.id) == []
    assert desk.mail()["Subject"] == "Votre mot de passe a été changé"
    assert desk.actions()[-1] == "reset-used"


def test_letters_and_requests_are_limited_and_the_answer_is_the_same(small_desk: Desk) -> None:
    """R-11: three letters an hour to one person, ten requests to one network."""
    small_desk.member("amel")
    for turn in range(8):
        assert small_desk.accounts.ask_reset("amel", f"198.51.100.{turn}") is None
    small_desk.opened.outbox.send_due()
    assert small_desk.post.subjects("amel@example.org").count("Choisissez un nouveau mot de passe") == 3
    small_desk.clock.forward(hours=1.1)
    assert asked(small_desk)
    for turn in range(15):
        assert small_desk.accounts.ask_reset(f"nom{turn}", "192.0.2.1") is None
    assert small_desk.actions().count("reset-asked") == 8 + 1 + 10


def test_an_unknown_name_brings_no_letter_and_is_not_kept(small_desk: Desk) -> None:
    """What was typed leaves the outbox with the decision."""
    small_desk.accounts.ask_reset("mot-de-passe-dans-le-mauvais-champ")
    small_desk.opened.outbox.send_due()
    (mail,) = small_desk.opened.outbox.queue()
    assert (mail.state, mail.about) == ("dropped", "")
    assert small_desk.post.messages == []


def test_the_link_begins_with_the_public_address(tmp_path: Path) -> None:
    """R-09: nothing else is ever asked for it."""
    with desk_over(f"sqlite:///{tmp_path / 'c.db'}", tmp_path, base_url="https://questions.example") as desk:
        desk.member("amel")
        asked(desk)
        assert "https://questions.example/account/reset?token=" in text_of(desk.post.messages[-1])


def test_no_clear_secret_is_in_the_database_or_the_log(
    accounts_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """R-07, R-67: links, sessions, tokens and passwords; the mail alone bears the link."""
    caplog.set_level(logging.DEBUG)
    clock, folder = Clock(), FolderTransport(tmp_path / "outbox")
    settings = AccountSettings(argon2=(19_456, 2, 1))
    opened = open_accounts(settings, accounts_url, tmp_path, clock, folder)
    opened.administration.add(CONSOLE, "amel", "amel@example.org")
    desk = Desk(opened, clock, folder, accounts_url)  # type: ignore[arg-type]
    opened.outbox.send_due()
    first = token_in(newest(folder.folder))
    desk.accounts.reset(first, PASSWORD)
    session = desk.enter()
    script = opened.parts.api_tokens.make(desk.account("amel"), "script")
    clock.forward(seconds=1)
    desk.accounts.ask_reset("amel")
    opened.outbox.send_due()
    second = token_in(newest(folder.folder))
    setup = opened.administration.setup_token() or ""
    secrets = (first, session, script, script[5:], second, setup, PASSWORD)
    with opened.parts.database.reading() as connection:
        cells = [
            str(cell)
            for table in metadata.sorted_tables
            for row in connection.execute(sql.select(table))
            for cell in row
        ]
    opened.close()
    assert len(cells) > 50
    for secret in secrets:
        assert len(secret) > 20
        assert not any(secret in cell for cell in cells)
        assert secret not in caplog.text
    if accounts_url.startswith("sqlite"):
        files = list(Path(accounts_url.removeprefix("sqlite:///")).parent.iterdir())
        assert files
        assert not any(secret.encode() in file.read_bytes() for file in files for secret in secrets)
    assert "outbox" in caplog.text


def newest(folder: Path):
    """The last message of a folder."""
    file = max(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    assert file.stat().st_mode & 0o777 == 0o600
    return message_from_bytes(file.read_bytes(), policy=policy.default)
