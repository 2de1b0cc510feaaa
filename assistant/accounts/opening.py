"""Put the parts of this folder together over a database. The only module here that builds what others are given."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import sqlalchemy as sql

from assistant.accounts import store, tokens
from assistant.accounts.account import Clock
from assistant.accounts.accounts import Accounts
from assistant.accounts.address_changes import AddressChanges
from assistant.accounts.administration import Administration
from assistant.accounts.api_tokens import ApiTokens
from assistant.accounts.audit import Audit
from assistant.accounts.database import Database
from assistant.accounts.mail import FolderTransport, SmtpTransport, Transport
from assistant.accounts.outbox import Outbox, OutboxThread
from assistant.accounts.parts import Parts
from assistant.accounts.passwords import Passwords
from assistant.accounts.policy import Policy
from assistant.accounts.postman import Postman, address
from assistant.accounts.sessions import Sessions
from assistant.accounts.settings import AccountSettings
from assistant.accounts.sign_up import SignUps
from assistant.accounts.throttle import Throttle
from assistant.accounts.tokens import Link

Chore = Callable[[sql.Connection], object]
"""Something that is done once an hour, in a transaction of its own."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything about accounts, for the web application and the console."""

    parts: Parts
    accounts: Accounts
    sign_ups: SignUps
    addresses: AddressChanges
    administration: Administration
    outbox: Outbox

    def outbox_thread(self, *more: Chore) -> OutboxThread:
        """The thread that sends letters and does the chores, `more` among them; the caller starts and closes it."""
        return OutboxThread(self.outbox, partial(self.tidy, *more))

    def setup_link(self) -> str | None:
        """The address where the first administrator is made, to be printed once; `None` when there is one already."""
        token = self.administration.setup_token()
        return address(self.parts.settings, Link.SETUP, token) if token else None

    def tidy(self, *more: Chore) -> None:
        """Drop what is over: sessions, links, sign-ups, counts, old letters and log entries; then do `more`."""
        parts, day = self.parts, 86_400
        now = parts.clock()
        chores: list[Chore] = [
            parts.sessions.purge,
            lambda connection: tokens.purge(connection, before=now - day),
            lambda connection: store.remove_sign_ups(
                connection, before=now - parts.settings.confirm_hours * 3600 - day
            ),
            lambda connection: store.purge_address_changes(connection, before=now - 30 * day),
            parts.throttle.purge,
            self.outbox.purge,
            lambda connection: parts.audit.purge(connection, parts.settings.audit_days),
            *more,
        ]
        for chore in chores:  # each by itself: no lock is held while another is waited for
            with parts.database.writing() as connection:
                chore(connection)

    def close(self) -> None:
        """Let go of the database."""
        self.parts.database.close()


def open_accounts(
    settings: AccountSettings,
    database_url: str,
    data: Path,
    clock: Clock = time.time,
    transport: Transport | None = None,
) -> Opened:
    """Accounts over a database; letters leave as the settings say unless a transport is given."""
    database, audit, throttle = Database(database_url), Audit(clock), Throttle(clock)
    memory, passes, lanes = settings.argon2
    parts = Parts(
        settings=settings,
        database=database,
        passwords=Passwords(memory, passes, lanes),
        policy=Policy(settings.password_min, settings.password_min_admin, settings.context_words),
        throttle=throttle,
        audit=audit,
        sessions=Sessions(database, clock, settings.session_idle_minutes * 60, settings.session_hours * 3600),
        api_tokens=ApiTokens(database, audit, clock),
        clock=clock,
    )
    postman = Postman(settings, throttle, clock)
    outbox = Outbox(database, postman.write, transport or _transport(settings, data), clock)
    return Opened(parts, Accounts(parts), SignUps(parts), AddressChanges(parts), Administration(parts, outbox), outbox)


def _transport(settings: AccountSettings, data: Path) -> Transport:
    if not settings.smtp_host:
        return FolderTransport(data / "outbox")
    return SmtpTransport(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
    )
