"""What tests of accounts stand on: a clock that is set by hand, a post that keeps what it is given, real databases."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from argon2.exceptions import VerifyMismatchError

from assistant.accounts.account import CONSOLE, Account, Actor, Role
from assistant.accounts.accounts import Accounts, Login, Outcome
from assistant.accounts.opening import Opened, open_accounts
from assistant.accounts.settings import AccountSettings

PASSWORD = "quatre chevaux lents boivent"
OTHER = "une lampe verte sous la neige"
CHEAP = (19_456, 2, 1)
"""The cheapest Argon2 that is allowed."""


@dataclass
class Clock:
    """Time that passes when it is told to."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now

    def forward(self, seconds: float = 0.0, minutes: float = 0.0, hours: float = 0.0) -> None:
        """Let time pass."""
        self.now += seconds + 60 * minutes + 3600 * hours


@dataclass
class Post:
    """A transport that keeps every message, or fails as it is told to."""

    messages: list[EmailMessage] = field(default_factory=list)
    failure: Exception | None = None
    delivers: bool = True

    def send(self, message: EmailMessage) -> None:
        """Keep it."""
        if self.failure is not None:
            raise self.failure
        self.messages.append(message)

    def subjects(self, recipient: str = "") -> list[str]:
        """Of every message, or of those to somebody."""
        return [str(m["Subject"]) for m in self.messages if not recipient or m["To"] == recipient]


def text_of(message: EmailMessage) -> str:
    """The plain text of a message."""
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def token_in(message: EmailMessage) -> str:
    """The secret of the link in a message."""
    found = re.search(r"https?://\S+", text_of(message))
    assert found is not None, text_of(message)
    return parse_qs(urlsplit(found[0]).query)["token"][0]


@dataclass
class Desk:
    """Accounts over a database of their own."""

    opened: Opened
    clock: Clock
    post: Post
    url: str

    @property
    def accounts(self) -> Accounts:
        """The person's side."""
        return self.opened.accounts

    def mail(self) -> EmailMessage:
        """The last message, once everything due has left."""
        self.opened.outbox.send_due()
        return self.post.messages[-1]

    def member(self, identifier: str = "amel", role: Role = Role.READER, password: str = PASSWORD) -> Account:
        """An active account with a password, made as an administrator makes one."""
        self.opened.administration.add(CONSOLE, identifier, f"{identifier}@example.org", role)
        self.accounts.reset(token_in(self.mail()), password)
        self.opened.outbox.send_due()
        return self.account(identifier)

    def account(self, name: str) -> Account:
        """An account as it is now."""
        (found,) = [a for a in self.opened.administration.accounts(CONSOLE) if name in (a.identifier, a.email)]
        return found

    def enter(self, name: str = "amel", password: str = PASSWORD, ip: str = "192.0.2.1") -> str:
        """Log in; the session's secret."""
        login = self.accounts.log_in(name, password, ip)
        assert login.outcome is Outcome.IN, login
        return login.secret

    def tries(self, name: str, password: str, ip: str = "192.0.2.1") -> Outcome:
        """Try to log in."""
        login: Login = self.accounts.log_in(name, password, ip)
        return login.outcome

    def visits(self, secret: str) -> bool:
        """Whether a session's secret opens anything."""
        return self.opened.parts.sessions.visit(secret) is not None

    def actions(self) -> list[str]:
        """The actions in the audit log, the oldest first."""
        with self.opened.parts.database.reading() as connection:
            entries = self.opened.parts.audit.entries(connection, limit=10_000)
        return [entry.action for entry in reversed(entries)]

    def actor(self, name: str) -> Actor:
        """Somebody as the one who acts."""
        return Actor.of(self.account(name))


class PlainHash:
    """A hash that costs nothing: Argon2 is tested elsewhere."""

    def hash(self, password: str) -> str:
        """The password, marked."""
        return f"plain:{password}"

    def verify(self, kept: str, password: str) -> bool:
        """Whether it is the same; raises as Argon2 does when not."""
        if kept != f"plain:{password}":
            raise VerifyMismatchError
        return True

    def check_needs_rehash(self, kept: str) -> bool:
        """Never."""
        return False


@contextmanager
def desk_over(url: str, folder: Path, clock: Clock | None = None, **settings: object) -> Iterator[Desk]:
    """Accounts over a URL, closed at the end; settings as given over cheap ones."""
    clock, post = clock or Clock(), Post()
    chosen = AccountSettings(**{"argon2": CHEAP, **settings})  # type: ignore[arg-type]
    opened = open_accounts(chosen, url, folder, clock, post)
    try:
        yield Desk(opened, clock, post, url)
    finally:
        opened.close()


# ---- a throw-away PostgreSQL ---------------------------------------------------------------------------------------


def postgres_program(name: str) -> str | None:
    """Where one of PostgreSQL's programs lies; Debian keeps them out of the path."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(newest[0]) if newest else None)


@contextmanager
def postgres_cluster() -> Iterator[str]:
    """A cluster that listens on a socket of its own, gone at the end; yields its URL up to the database's name."""
    initdb, pg_ctl = postgres_program("initdb"), postgres_program("pg_ctl")
    if not initdb or not pg_ctl:
        reason = "PostgreSQL n'est pas installé : apt-get install -y postgresql"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    owner = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}  # it refuses to run as root
    with tempfile.TemporaryDirectory(prefix="coop-pg-") as folder:
        if owner:
            shutil.chown(folder, **owner)
        data = Path(folder) / "data"

        def run(*command: str) -> None:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **owner)
            assert done.returncode == 0, done.stderr

        run(initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
        run(pg_ctl, "-D", str(data), "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@/{{name}}?host={folder}"
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "-w", "stop")
