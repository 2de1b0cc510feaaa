"""The outbox: a letter leaves when a real server takes it, waits while none does, and is never lost."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from account_fakes import CHEAP, PASSWORD, Clock, Desk, Post, text_of, token_in
from aiosmtpd.controller import Controller

from assistant.accounts.account import CONSOLE
from assistant.accounts.letters import LANGUAGES, Letter, _words, compose
from assistant.accounts.mail import FolderTransport, SmtpTransport
from assistant.accounts.opening import open_accounts
from assistant.accounts.outbox import Mail, OutboxThread
from assistant.accounts.settings import AccountSettings
from assistant.accounts.tables import mails


@dataclass
class Inbox:
    """What the server does with a message: an answer, or a way to misbehave."""

    answer: str = "250 OK"
    hang: float = 0.0
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the message, or refuse it as it is told."""
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.answer.startswith("250"):
            self.received.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients += envelope.rcpt_tos
        elif self.answer == "drop":
            server.transport.abort()
        return self.answer


@contextmanager
def smtp_server(inbox: Inbox) -> Iterator[int]:
    """A real SMTP server on this machine; its port."""
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def desk_by_smtp(tmp_path: Path, port: int, timeout: float = 10.0) -> Iterator[Desk]:
    clock, post = Clock(), SmtpTransport("127.0.0.1", port, "none", timeout=timeout)
    url = f"sqlite:///{tmp_path / 'c.db'}"
    settings = AccountSettings(argon2=CHEAP, mail_from="Questions <questions@ministere.example>")
    opened = open_accounts(settings, url, tmp_path, clock, post)
    try:
        yield Desk(opened, clock, post, url)  # type: ignore[arg-type]
    finally:
        opened.close()


def queue(desk: Desk) -> list[Mail]:
    return desk.opened.outbox.queue()


def invite(desk: Desk, name: str = "amel") -> None:
    desk.opened.administration.add(CONSOLE, name, f"{name}@example.org")


# --- a real server ---------------------------------------------------------------------------------------------------


def test_a_letter_reaches_a_real_server(tmp_path: Path) -> None:
    """In seven bits, with its text, its HTML and its link whole."""
    inbox = Inbox()
    with smtp_server(inbox) as port, desk_by_smtp(tmp_path, port) as desk:
        invite(desk)
        assert desk.opened.outbox.send_due() == 1
        assert [(mail.state, mail.recipient) for mail in queue(desk)] == [("sent", "amel@example.org")]
        assert desk.opened.outbox.send_due() == 0
    (message,) = inbox.received
    assert inbox.recipients == ["amel@example.org"]
    assert message["From"] == "Questions <questions@ministere.example>"
    assert message["Subject"] == "Votre compte est créé : choisissez votre mot de passe"
    assert message["Message-ID"].endswith("@ministere.example>")
    assert "/account/reset?token=" in text_of(message)
    assert message.as_bytes().isascii()


@pytest.mark.parametrize("answer", ["451 later", "550 no such user", "drop"])
def test_a_server_that_refuses_or_drops_is_tried_again(tmp_path: Path, answer: str) -> None:
    """R-55: 4xx, 5xx, and a connection cut in the middle; then it arrives, once."""
    inbox = Inbox(answer)
    with smtp_server(inbox) as port, desk_by_smtp(tmp_path, port) as desk:
        invite(desk)
        assert desk.opened.outbox.send_due() == 0
        (waiting,) = queue(desk)
        assert (waiting.state, waiting.attempts) == ("waiting", 1)
        assert waiting.error
        inbox.answer = "250 OK"
        assert desk.opened.outbox.send_due() == 0
        desk.clock.forward(seconds=61)
        assert desk.opened.outbox.send_due() == 1
        assert queue(desk)[0].error == ""
    assert len(inbox.received) == 1


def test_a_server_that_hangs_holds_a_letter_no_longer_than_the_timeout_and_no_request_at_all(tmp_path: Path) -> None:
    """R-55: the web's answer does not wait for it."""
    with smtp_server(Inbox(hang=30)) as port, desk_by_smtp(tmp_path, port, timeout=0.5) as desk:
        began = time.monotonic()
        desk.accounts.ask_reset("amel")
        invite(desk)
        assert time.monotonic() - began < 1.0
        desk.opened.outbox.send_due()
        assert time.monotonic() - began < 5.0
        assert [mail.state for mail in queue(desk)] == ["waiting", "waiting"]


def test_encryption_that_was_asked_for_is_never_given_up(tmp_path: Path) -> None:
    """A server without STARTTLS gets nothing."""
    inbox = Inbox()
    with smtp_server(inbox) as port:
        transport = SmtpTransport("127.0.0.1", port, "starttls", timeout=5)
        with pytest.raises(OSError, match="STARTTLS"):
            transport.send(compose(Letter("approved", "fr", "a@example.org", "a"), "b@example.org", "1", 0.0))
        with pytest.raises(ssl.SSLError):
            SmtpTransport("127.0.0.1", port, "tls", timeout=5).send(EmailMessage())
    assert inbox.received == []


# --- tried again, for a day ------------------------------------------------------------------------------------------


def test_a_letter_is_tried_at_growing_intervals_for_a_day_and_kept(small_desk: Desk) -> None:
    """R-55: after 1, 5, 15, 60 minutes, then hourly; failed after 24 hours, and an administrator can try again."""
    small_desk.post.failure = ConnectionRefusedError("no server")
    invite(small_desk)
    began, tried, last = small_desk.clock.now, [], 0
    while small_desk.clock.now < began + 26 * 3600:
        small_desk.opened.outbox.send_due()
        (mail,) = queue(small_desk)
        if mail.attempts > last:
            tried.append(round((small_desk.clock.now - began) / 60))
            last = mail.attempts
        small_desk.clock.forward(minutes=1)
    assert tried[:7] == [0, 1, 6, 21, 81, 141, 201]
    assert tried[-1] <= 24 * 60
    assert (mail.state, mail.error) == ("failed", "ConnectionRefusedError: no server")
    small_desk.post.failure = None
    administration = small_desk.opened.administration
    assert [letter.id for letter in administration.letters(CONSOLE, "failed")] == [mail.id]
    assert administration.retry_letter(CONSOLE, mail.id)
    assert not administration.retry_letter(CONSOLE, "unknown")
    assert small_desk.actions()[-1] == "letter-retried"
    assert small_desk.opened.outbox.send_due() == 1


def test_one_letter_that_cannot_be_made_stops_no_other(small_desk: Desk) -> None:
    """Whatever goes wrong with it."""
    invite(small_desk, "amel")
    small_desk.opened.administration.send_reset(CONSOLE, "amel")
    small_desk.post.failure = RuntimeError("a defect")
    assert small_desk.opened.outbox.send_due() == 0
    small_desk.post.failure = None
    invite(small_desk, "lena")
    assert small_desk.opened.outbox.send_due() == 1
    assert small_desk.post.subjects("lena@example.org")


def test_a_letter_that_goes_out_twice_has_one_message_id_and_the_last_link_works(small_desk: Desk) -> None:
    """R-55: as when the process died after the server had taken it."""
    small_desk.member("amel")
    small_desk.clock.forward(hours=2)
    small_desk.accounts.ask_reset("amel")
    first = small_desk.mail()
    with small_desk.opened.parts.database.writing() as connection:
        connection.execute(mails.update().where(mails.c.kind == "reset").values(state="waiting", next_at=0.0))
    second = small_desk.mail()
    assert first is not second
    assert first["Message-ID"] == second["Message-ID"]
    assert [small_desk.accounts.reset_works(token_in(one)) for one in (first, second)] == [False, True]


def test_two_senders_at_once_send_each_letter_once(desk: Desk) -> None:
    """The service's thread beside a command."""
    for turn in range(12):
        invite(desk, f"personne-{turn}")
    threads = [threading.Thread(target=desk.opened.outbox.send_due) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    desk.opened.outbox.send_due()
    assert len({message["To"] for message in desk.post.messages}) == 12
    assert len(desk.post.messages) == 12


KILLED = """
import sys, pathlib
from assistant.accounts.opening import open_accounts
from assistant.accounts.settings import AccountSettings
data = pathlib.Path(sys.argv[1])
opened = open_accounts(AccountSettings(), f"sqlite:///{data / 'c.db'}", data)
print("ready", flush=True)
while opened.outbox.send_due(1):
    pass
"""


def test_a_kill_loses_no_letter(tmp_path: Path) -> None:
    """R-55: killed at some point while it sends; the next process sends what is left, at most one letter twice."""
    settings, clock = AccountSettings(argon2=CHEAP), Clock(time.time())
    opened = open_accounts(settings, f"sqlite:///{tmp_path / 'c.db'}", tmp_path, clock, Post())
    for turn in range(40):
        opened.administration.add(CONSOLE, f"personne-{turn}", f"personne-{turn}@example.org")
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        for _ in range(500):
            if len(list((tmp_path / "outbox").glob("*.eml"))) >= 5:
                break
            time.sleep(0.005)
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    left = FolderTransport(tmp_path / "outbox")
    clock.now += 300
    again = open_accounts(settings, f"sqlite:///{tmp_path / 'c.db'}", tmp_path, clock, left)
    assert {mail.state for mail in again.outbox.queue()} <= {"waiting", "written"}
    while again.outbox.send_due():
        pass
    messages = [message_from_bytes(file.read_bytes()) for file in (tmp_path / "outbox").glob("*.eml")]
    assert sorted(message["To"] for message in messages) == sorted(f"personne-{n}@example.org" for n in range(40))
    opened.close()
    again.close()


def test_the_thread_sends_by_itself_and_survives_what_fails(small_desk: Desk) -> None:
    """Every so often, and it ends when told."""
    calls = threading.Semaphore(0)

    def tidy() -> None:
        calls.release()
        raise RuntimeError("the chores failed")

    thread = OutboxThread(small_desk.opened.outbox, tidy, every=0.01, tidy_every=0.02)
    invite(small_desk)
    thread.start()
    assert calls.acquire(timeout=10)
    assert calls.acquire(timeout=10)
    thread.close()
    assert small_desk.post.subjects("amel@example.org")


# --- a folder, and the words -----------------------------------------------------------------------------------------


def test_without_a_server_a_letter_is_a_private_file_and_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Never a silent loss; a full disk or a folder that cannot be written leaves the row waiting."""
    folder = tmp_path / "outbox"
    message = compose(
        Letter("reset", "ar", "a@example.org", "أمل", "https://x.example/r?token=t"), "b@c.example", "n1", 0.0
    )
    FolderTransport(folder).send(message)
    (file,) = folder.iterdir()
    assert (file.name, file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == ("n1.eml", 0o600, 0o700)
    assert "https://x.example/r?token=t" in file.read_text("utf-8")
    assert str(file) in caplog.text
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        FolderTransport(tmp_path / "file" / "outbox").send(message)


def test_a_letter_in_the_folder_is_written_and_its_address_goes_with_the_account(small_desk: Desk) -> None:
    """Not sent: nobody has it yet. Whoever leaves is named in no letter."""
    small_desk.post.delivers = False
    account = small_desk.member("amel")
    small_desk.accounts.ask_reset("personne")
    small_desk.opened.outbox.send_due()
    told = {(mail.kind, mail.state, mail.recipient) for mail in queue(small_desk)}
    written = {(kind, "written", "amel@example.org") for kind in ("invitation", "password-changed")}
    assert told == {("reset-request", "dropped", ""), *written}
    small_desk.accounts.delete_own(account, PASSWORD)
    assert {mail.recipient for mail in queue(small_desk)} == {""}


class Links(HTMLParser):
    """The links and tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one."""
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(set(_words()) - {"signature"}))
def test_every_letter_is_written_in_every_language(kind: str, language: str) -> None:
    """Its names escaped in HTML, its one link the given one, nothing asked of any other place."""
    name, link = 'a<b>&"{hours}', "https://x.example/account?token=abc"
    message = compose(Letter(kind, language, "a@example.org", name, link, 48, 30), "b@example.org", "1", 0.0)
    html = message.get_body(("html",))
    assert html is not None
    page = Links()
    page.feed(html.get_content())
    with_link = kind in ("confirm", "reset", "invitation", "address-confirm", "approved", "to-approve")
    assert page.links == ([link] if with_link else [])
    assert (link in text_of(message)) is with_link
    assert page.tags <= {"html", "head", "meta", "title", "body", "p", "a"}
    assert name in text_of(message) or kind == "refused" or "{identifier}" not in str(_words()[kind][language])
    assert message["Subject"]
    assert message["Content-Language"] == language
    assert ('dir="rtl"' in html.get_content()) is (language == "ar")


def test_a_name_cannot_add_a_header() -> None:
    """The library refuses it, and so no letter leaves."""
    with pytest.raises(ValueError, match="Header"):
        compose(Letter("approved", "fr", "a@example.org\nBcc: b@example.org", "a"), "b@example.org", "1", 0.0)
