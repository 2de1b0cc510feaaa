"""Decides, when a letter is about to leave, whom it goes to and what it says; makes the secret of its link.

Here, out of the visitor's sight, it is looked up whether an account exists: a sign-up with a known address tells its
owner, a request for an unknown name is dropped, too many letters to one person are dropped.
"""

from __future__ import annotations

from email.message import EmailMessage
from urllib.parse import quote

import sqlalchemy as sql

from assistant.accounts import store, tokens
from assistant.accounts.account import Account, Clock, State
from assistant.accounts.identity import name_key
from assistant.accounts.letters import Letter, compose
from assistant.accounts.outbox import Mail
from assistant.accounts.settings import AccountSettings
from assistant.accounts.tables import mails
from assistant.accounts.throttle import Limit, Throttle
from assistant.accounts.tokens import Link

PATHS = {
    Link.CONFIRM: "/account/confirm",
    Link.RESET: "/account/reset",
    Link.INVITE: "/account/reset",
    Link.SETUP: "/account/setup",
    Link.ADDRESS: "/account/address",
}
"""Where each link leads, below the public address; the secret follows as `?token=`."""
PLACES = {"approved": "/account/login", "to-approve": "/admin"}
"""Where a letter without a secret leads."""


def address(settings: AccountSettings, kind: Link, secret: str) -> str:
    """The address of a link; it begins with the public one that is set, whatever a request says of its host."""
    return f"{settings.base_url}{PATHS[kind]}?token={quote(secret)}"


class Postman:
    """Makes messages for the outbox."""

    def __init__(self, settings: AccountSettings, throttle: Throttle, clock: Clock) -> None:
        self._settings, self._throttle, self._clock = settings, throttle, clock

    def write(self, connection: sql.Connection, mail: Mail) -> EmailMessage | None:
        """The message of a row, or `None` when it is to be dropped."""
        if mail.kind == "sign-up":
            letter = self._sign_up(connection, mail)
        elif mail.kind == "reset-request":
            letter = self._reset_request(connection, mail)
        elif mail.kind.startswith("address-"):
            letter = self._address(connection, mail)
        else:
            letter = self._about_account(connection, mail)
        if letter is None:
            return None
        return compose(letter, self._settings.mail_from, mail.id, self._clock())

    def _sign_up(self, connection: sql.Connection, mail: Mail) -> Letter | None:
        asked = store.get_sign_up(connection, mail.about)
        if asked is None or not self._may_write(connection, mail, asked.email):
            return None
        looks_taken, owner = store.taken(connection, asked.identifier, asked.email)
        if owner is not None:
            return Letter("exists", owner.language, owner.email, owner.identifier)
        if looks_taken:
            return Letter("identifier-taken", asked.language, asked.email, asked.identifier)
        hours = self._settings.confirm_hours
        link = self._link(connection, Link.CONFIRM, asked.id, hours * 3600)
        return Letter("confirm", asked.language, asked.email, asked.identifier, link, hours=hours)

    def _reset_request(self, connection: sql.Connection, mail: Mail) -> Letter | None:
        kept = store.find(connection, mail.about)
        if kept is None or not self._may_write(connection, mail, kept.account.email):
            return None
        connection.execute(mails.update().where(mails.c.id == mail.id).values(kind="reset", about=kept.account.id))
        return self._reset(connection, kept.account)

    def _address(self, connection: sql.Connection, mail: Mail) -> Letter | None:
        """To the new address its link, or to the one before what happens; nothing once the request has ended."""
        asked = store.get_address_change(connection, mail.about)
        kept = store.get(connection, asked.user_id) if asked else None
        if asked is None or kept is None:
            return None
        account = kept.account
        if mail.kind != "address-confirm":
            return Letter(mail.kind, account.language, asked.before, account.identifier)
        if asked.done_at or not account.active or not self._may_write(connection, mail, asked.email):
            return None
        owner = store.taken(connection, account.identifier, asked.email)[1]
        if owner is not None:
            return Letter("address-taken", owner.language, owner.email, owner.identifier)
        hours = self._settings.confirm_hours
        link = self._link(connection, Link.ADDRESS, account.id, hours * 3600)
        return Letter("address-confirm", account.language, asked.email, account.identifier, link, hours=hours)

    def _about_account(self, connection: sql.Connection, mail: Mail) -> Letter | None:
        kept = store.get(connection, mail.about)
        if kept is None:
            return None
        account = kept.account
        if mail.kind == "reset":
            return self._reset(connection, account)
        if mail.kind == "invitation":
            if not account.active:
                return None
            hours = self._settings.confirm_hours
            link = self._link(connection, Link.INVITE, account.id, hours * 3600)
            return Letter("invitation", account.language, account.email, account.identifier, link, hours=hours)
        place = f"{self._settings.base_url}{PLACES.get(mail.kind, '')}"
        return Letter(mail.kind, account.language, account.email, account.identifier, place)

    def _reset(self, connection: sql.Connection, account: Account) -> Letter | None:
        if account.state not in (State.ACTIVE, State.PENDING):
            return None
        minutes = self._settings.reset_minutes
        link = self._link(connection, Link.RESET, account.id, minutes * 60)
        return Letter("reset", account.language, account.email, account.identifier, link, minutes=minutes)

    def _link(self, connection: sql.Connection, kind: Link, subject: str, seconds: float) -> str:
        secret = tokens.issue(connection, kind, subject, self._clock() + seconds)
        return address(self._settings, kind, secret)

    def _may_write(self, connection: sql.Connection, mail: Mail, email: str) -> bool:
        """Whether the person has not had too many letters that strangers asked for; a repeated try counts once."""
        limit = Limit(self._settings.mail_hourly, 3600)
        return mail.attempts > 1 or self._throttle.take(connection, f"letters:{name_key(email)}", limit)
