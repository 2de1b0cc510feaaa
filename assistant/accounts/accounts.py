"""What a person does with an account: log in and out, reset or change the password, see sessions, delete it.

Known and unknown names get the same answer after the same work: one look-up, one verification of Argon2, the same rows
written. What differs (is there anybody to write to?) is decided later by the outbox. A try that the throttle stops gets
the answer of a wrong password, right or not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sql

from assistant.accounts import store, tokens
from assistant.accounts.account import Account, Actor, State
from assistant.accounts.administration import keep_an_administrator
from assistant.accounts.errors import BadIdentity, LinkRefused, PasswordRefused, UnknownAccount
from assistant.accounts.identity import login_key, name_key
from assistant.accounts.letters import LANGUAGES
from assistant.accounts.outbox import enqueue
from assistant.accounts.parts import Parts
from assistant.accounts.passwords import composed
from assistant.accounts.proof import prove, tries, wrong
from assistant.accounts.store import Kept
from assistant.accounts.throttle import Limit, address_key
from assistant.accounts.tokens import Link

RESETS = (Link.RESET, Link.INVITE)


class Outcome(StrEnum):
    """How a login ended. `PENDING` and `CLOSED` are told to somebody who gave the right password, to nobody else."""

    IN = "in"
    WRONG = "wrong"
    TOO_MANY = "too-many"
    PENDING = "pending"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Login:
    """The end of a login; `secret` is the new session's, for the cookie, when it is `IN`."""

    outcome: Outcome
    account: Account | None = None
    secret: str = field(default="", repr=False)


class Accounts:
    """The person's side of accounts; `administration` has the administrators'."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    # ---- in and out ----------------------------------------------------------------------------------------------

    def log_in(self, name: str, password: str, ip: str = "", agent: str = "") -> Login:
        """Open a session for an identifier or address and its password."""
        parts, key = self._parts, login_key(name)
        with parts.database.writing() as connection:
            if not self._address_may(connection, "login", ip, Limit(parts.settings.login_minutely_address, 60)):
                return Login(Outcome.TOO_MANY)
            kept = store.find(connection, key)
            counted = (f"login-name:{key}", f"login:{kept.account.id if kept else 'none:' + key}")
            by_name = parts.throttle.take(connection, counted[0], tries(parts.settings))
            by_account = by_name and parts.throttle.take(connection, counted[1], tries(parts.settings))
        hashed = kept.password_hash if kept and by_account else None
        right = by_name and parts.passwords.verify(hashed, password)
        renewed = parts.passwords.hash(password) if right and hashed and parts.passwords.outdated(hashed) else None
        with parts.database.writing() as connection:
            now = store.get(connection, kept.account.id if kept else "", lock=True)
            if not right or now is None or now.password_hash != hashed:
                about = kept.account.identifier if kept else "unknown"
                detail = "" if by_account else "throttled"
                parts.audit.write(connection, "login-failed", "visitor", about, ip=ip, detail=detail)
                return Login(Outcome.WRONG)
            for throttled in counted:
                parts.throttle.give_back(connection, throttled)
            return self._opened(connection, now.account, renewed, ip, agent)

    def _opened(self, connection: sql.Connection, account: Account, renewed: str | None, ip: str, agent: str) -> Login:
        actor = Actor.of(account, ip)
        if renewed:
            store.change(connection, account.id, password_hash=renewed)
        if not account.active:
            self._parts.audit.write(connection, "login-held", actor, account.identifier, detail=account.state)
            return Login(Outcome.PENDING if account.state is State.PENDING else Outcome.CLOSED)
        store.change(connection, account.id, last_login_at=self._parts.clock())
        self._parts.audit.write(connection, "login", actor, account.identifier)
        return Login(Outcome.IN, account, self._parts.sessions.open(connection, account.id, ip, agent))

    def log_out(self, secret: str, ip: str = "") -> None:
        """End the session that a cookie's secret opens, if there is one."""
        with self._parts.database.writing() as connection:
            user = self._parts.sessions.end_secret(connection, secret)
            kept = store.get(connection, user) if user else None
            if kept:
                self._parts.audit.write(connection, "logout", Actor.of(kept.account, ip), kept.account.identifier)

    def end_session(self, account: Account, session: str = "", ip: str = "") -> int:
        """End one of one's own sessions, or all; how many that were."""
        with self._parts.database.writing() as connection:
            count = self._parts.sessions.end(connection, account.id, session)
            self._parts.audit.write(
                connection, "sessions-ended", Actor.of(account, ip), account.identifier, detail=str(count)
            )
        return count

    # ---- a forgotten password ------------------------------------------------------------------------------------

    def ask_reset(self, name: str, ip: str = "") -> None:
        """Ask for a link by mail; the same for everybody, limited or not, known or not."""
        parts = self._parts
        with parts.database.writing() as connection:
            if self._address_may(connection, "reset", ip, Limit(parts.settings.mail_hourly_address, 3600)):
                enqueue(connection, "reset-request", login_key(name), parts.clock())
                parts.audit.write(connection, "reset-asked", "visitor", ip=ip)

    def reset_works(self, token: str) -> bool:
        """Whether a link to choose a password still works; looking does not use it."""
        return self._reset_subject(token) is not None

    def reset(self, token: str, password: str, ip: str = "") -> None:
        """Choose a new password with a mailed link. Ends every session and token; opens none.

        Refuses the password that is kept. Whoever holds the link cannot try others against it so: the first that is
        not it is the new one, and uses the link.
        """
        parts = self._parts
        kept = self._reset_subject(token)
        if kept is None:
            raise _dead_link()
        parts.policy.check(password, (kept.account.identifier, kept.account.email), kept.account.role)
        if parts.passwords.verify(kept.password_hash, password):
            raise _same()
        hashed = parts.passwords.hash(password)
        with parts.database.writing() as connection:
            kept = store.get(connection, kept.account.id, lock=True)
            used = [tokens.use(connection, kind, token, parts.clock()) for kind in RESETS]
            if kept is None or not _may_reset(kept.account) or not any(used):
                raise _dead_link()
            account = kept.account
            self._set_password(connection, account, password, hashed)
            parts.api_tokens.revoke_all(connection, account.id)
            names = (name_key(account.identifier), name_key(account.email))
            parts.throttle.forget(connection, *(f"login-name:{name}" for name in names), f"login:{account.id}")
            parts.audit.write(connection, "reset-used", Actor.of(account, ip), account.identifier)

    def _reset_subject(self, token: str) -> Kept | None:
        with self._parts.database.reading() as connection:
            now = self._parts.clock()
            subjects = [tokens.look(connection, kind, token, now) for kind in RESETS]
            subject = next(filter(None, subjects), None)
            kept = store.get(connection, subject) if subject else None
        return kept if kept and _may_reset(kept.account) else None

    # ---- one's own account ---------------------------------------------------------------------------------------

    def change_password(self, account: Account, current: str, new: str, ip: str = "", agent: str = "") -> str:
        """Change one's password, the current one given again; the secret of the one session that is left, a new one.

        Raises `PasswordWrong` for the current one, `PasswordRefused` for the new one.
        """
        parts = self._parts
        hashed_before = prove(parts, account, current, ip)
        if composed(current) == composed(new):
            raise _same()
        parts.policy.check(new, (account.identifier, account.email), account.role)
        hashed = parts.passwords.hash(new)
        with parts.database.writing() as connection:
            kept = store.get(connection, account.id, lock=True)
            if kept is None or not kept.account.active or kept.password_hash != hashed_before:
                raise wrong()
            self._set_password(connection, account, new, hashed)
            parts.audit.write(connection, "password-changed", Actor.of(account, ip), account.identifier)
            return parts.sessions.open(connection, account.id, ip, agent)

    def delete_own(self, account: Account, password: str, ip: str = "") -> None:
        """Delete one's own account, the password given again; refused to the last administrator."""
        prove(self._parts, account, password, ip)
        with self._parts.database.writing() as connection:
            keep_an_administrator(connection, account.id)
            tokens.kill(connection, account.id)
            store.remove(connection, account.id)
            self._parts.audit.write(connection, "deleted", Actor.of(account, ip), account.identifier)

    def set_language(self, account: Account, language: str) -> None:
        """Remember the language of the interface and of letters; raises `BadIdentity` for one we do not speak."""
        if language not in LANGUAGES:
            raise BadIdentity(f"Langue inconnue : {language!r}. Choisissez fr, ar ou en.", "language")
        with self._parts.database.writing() as connection:
            if not store.change(connection, account.id, language=language):
                raise UnknownAccount("Ce compte n'existe plus.")

    # ---- inside --------------------------------------------------------------------------------------------------

    def _set_password(self, connection: sql.Connection, account: Account, password: str, hashed: str) -> None:
        """Keep a new password; links and sessions from before it end, and the person is told."""
        parts = self._parts
        strong = parts.policy.suits_administrator(password)
        store.change(connection, account.id, password_hash=hashed, admin_grade=strong)
        tokens.kill(connection, account.id)
        store.end_address_changes(connection, account.id)
        parts.sessions.end(connection, account.id)
        enqueue(connection, "password-changed", account.id, parts.clock())

    def _address_may(self, connection: sql.Connection, what: str, ip: str, limit: Limit) -> bool:
        """Whether a network address may try once more; a refusal is logged once a minute, lest it fill the log."""
        parts, address = self._parts, address_key(ip)
        if parts.throttle.take(connection, f"{what}-address:{address}", limit):
            return True
        if parts.throttle.take(connection, f"{what}-address-logged:{address}", Limit(1, 60)):
            parts.audit.write(connection, "throttled", "visitor", ip=ip, detail=what)
        return False


def _may_reset(account: Account) -> bool:
    return account.state in (State.ACTIVE, State.PENDING)


def _same() -> PasswordRefused:
    return PasswordRefused("Le nouveau mot de passe est le même que l'ancien.", "password-same")


def _dead_link() -> LinkRefused:
    return LinkRefused(
        "Ce lien ne marche plus : il a servi, a été remplacé, ou son délai est passé. Demandez-en un autre."
    )
