"""What administrators do to accounts, and the first administrator. Every method checks the actor's role itself.

Nobody sets or reads another's password: an administrator can only have a link sent to the address that is kept. There
is always an active administrator left. The first one comes by a one-time link that the server prints, or from its
console: never by default, never by being the first visitor.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sql

from assistant.accounts import store, tokens
from assistant.accounts.account import Account, Actor, Role, State
from assistant.accounts.audit import Entry
from assistant.accounts.errors import Forbidden, LinkRefused, NotPossible, UnknownAccount
from assistant.accounts.identity import login_key, parse_email, parse_group, parse_identifier
from assistant.accounts.letters import LANGUAGES
from assistant.accounts.outbox import Mail, Outbox, enqueue
from assistant.accounts.parts import Parts
from assistant.accounts.sessions import Session
from assistant.accounts.tokens import Link

SETUP_SECONDS = 86_400.0
_SETUP = "first-administrator"


def keep_an_administrator(connection: sql.Connection, leaving: str) -> None:
    """Raise `NotPossible` when an account that is about to stop being an active administrator is the last one."""
    active = [account.id for account in store.administrators(connection, lock=True)]
    if active == [leaving]:
        raise NotPossible("C'est le dernier administrateur. Donnez d'abord ce rôle à quelqu'un d'autre.", "last-one")


class Administration:
    """The administrators' side of accounts. A name is an identifier or an address."""

    def __init__(self, parts: Parts, outbox: Outbox) -> None:
        self._parts, self._outbox = parts, outbox

    # ---- the first administrator ---------------------------------------------------------------------------------

    def setup_token(self) -> str | None:
        """A new one-time secret to become the first administrator; `None` when there is one. Ends those before it."""
        with self._parts.database.writing() as connection:
            if store.administrators(connection):
                return None
            return tokens.issue(connection, Link.SETUP, _SETUP, self._parts.clock() + SETUP_SECONDS)

    def setup_works(self, token: str) -> bool:
        """Whether a set-up link still works; looking does not use it."""
        with self._parts.database.reading() as connection:
            known = tokens.look(connection, Link.SETUP, token, self._parts.clock())
            return known is not None and not store.administrators(connection)

    def create_first(
        self, token: str, identifier: str, email: str, password: str, language: str = "fr", ip: str = ""
    ) -> Account:
        """The first administrator, by the set-up link; raises `LinkRefused` once there is one."""
        parts = self._parts
        if not self.setup_works(token):
            raise _dead_setup()
        account = self._new(identifier, email, Role.ADMINISTRATOR, language)
        parts.policy.check(password, (account.identifier, account.email), Role.ADMINISTRATOR)
        hashed = parts.passwords.hash(password)
        with parts.database.writing() as connection:
            if tokens.use(connection, Link.SETUP, token, parts.clock()) is None or store.administrators(connection):
                raise _dead_setup()
            self._insert(connection, account, hashed)
            parts.audit.write(connection, "first-administrator", "visitor", account.identifier, ip=ip)
        return account

    # ---- looking -------------------------------------------------------------------------------------------------

    def accounts(self, actor: Actor, state: State | None = None) -> list[Account]:
        """Every account, or those in a state."""
        _require(actor)
        with self._parts.database.reading() as connection:
            return store.accounts(connection, state)

    def log(self, actor: Actor, action: str = "", text: str = "", before_id: int | None = None) -> list[Entry]:
        """A page of the audit log, the newest first; looking at it is itself an entry."""
        _require(actor)
        with self._parts.database.writing() as connection:
            found = self._parts.audit.entries(connection, action=action, text=text, before_id=before_id)
            self._parts.audit.write(connection, "audit-viewed", actor)
        return found

    def sessions(self, actor: Actor, name: str) -> list[Session]:
        """A person's living sessions."""
        _require(actor)
        with self._parts.database.reading() as connection:
            found = store.find(connection, login_key(name))
        return self._parts.sessions.of(found.account.id) if found else []

    def letters(self, actor: Actor, state: str = "") -> list[Mail]:
        """The outbox, the newest first, or what is in a state: `waiting`, `sent`, `written`, `dropped`, `failed`."""
        _require(actor)
        return self._outbox.queue(state)

    def retry_letter(self, actor: Actor, id: str) -> bool:
        """Try a waiting or failed letter again now; false when there is none of this id."""
        _require(actor)
        found = self._outbox.retry(id)
        if found:
            with self._parts.database.writing() as connection:
                self._parts.audit.write(connection, "letter-retried", actor, id)
        return found

    # ---- who gets in ---------------------------------------------------------------------------------------------

    def add(self, actor: Actor, identifier: str, email: str, role: Role = Role.READER, language: str = "fr") -> Account:
        """An active account without a password yet; its owner gets a link to choose one."""
        _require(actor)
        account = self._new(identifier, email, role, language)
        with self._parts.database.writing() as connection:
            self._insert(connection, account, None)
            enqueue(connection, "invitation", account.id, self._parts.clock())
            self._parts.audit.write(connection, "added", actor, account.identifier, detail=role)
        return account

    def approve(self, actor: Actor, name: str) -> Account:
        """Let in a person who signed up, or whose sign-up was refused."""
        return self._move(actor, name, "approved", (State.PENDING, State.REFUSED), State.ACTIVE, letter="approved")

    def refuse(self, actor: Actor, name: str) -> Account:
        """Do not let in a person who signed up."""
        return self._move(actor, name, "refused", (State.PENDING,), State.REFUSED, letter="refused")

    def disable(self, actor: Actor, name: str) -> Account:
        """Shut a person out at once: sessions, tokens and links end."""
        return self._move(actor, name, "disabled", (State.ACTIVE,), State.DISABLED)

    def enable(self, actor: Actor, name: str) -> Account:
        """Let a disabled person in again, with the same password."""
        return self._move(actor, name, "enabled", (State.DISABLED,), State.ACTIVE)

    def set_role(self, actor: Actor, name: str, role: Role) -> Account:
        """Give a role. Sessions end; a new administrator whose password is too short for one is sent a link."""
        _require(actor)
        with self._parts.database.writing() as connection:
            kept = self._get(connection, name, leaving=True)
            account = kept.account
            if account.role is role:
                return account
            if account.role is Role.ADMINISTRATOR:
                keep_an_administrator(connection, account.id)
            store.change(connection, account.id, role=role)
            self._parts.sessions.end(connection, account.id)
            detail = f"{account.role} -> {role}"
            if role is Role.ADMINISTRATOR and not kept.admin_grade and kept.password_hash:
                store.change(connection, account.id, password_hash=None)
                enqueue(connection, "reset", account.id, self._parts.clock())
                detail += ", longer password asked"
            self._parts.audit.write(connection, "role", actor, account.identifier, detail=detail)
            return self._get(connection, account.identifier).account

    def set_groups(self, actor: Actor, name: str, groups: Iterable[str]) -> Account:
        """Make these the groups of a person; counts at the next request."""
        _require(actor)
        names = sorted({parse_group(group) for group in groups})
        with self._parts.database.writing() as connection:
            account = self._get(connection, name).account
            store.set_groups(connection, account.id, names)
            detail = f"{', '.join(account.groups)} -> {', '.join(names)}"
            self._parts.audit.write(connection, "groups", actor, account.identifier, detail=detail)
            return self._get(connection, account.identifier).account

    def send_reset(self, actor: Actor, name: str) -> Account:
        """Have a link to choose a new password sent to the address that is kept; nothing else changes."""
        _require(actor)
        with self._parts.database.writing() as connection:
            kept = self._get(connection, name)
            if kept.account.state not in (State.ACTIVE, State.PENDING):
                raise NotPossible("Ce compte est désactivé ou refusé : rouvrez-le d'abord.", "closed")
            kind = "reset" if kept.password_hash else "invitation"
            enqueue(connection, kind, kept.account.id, self._parts.clock())
            self._parts.audit.write(connection, "reset-sent", actor, kept.account.identifier)
        return kept.account

    def end_sessions(self, actor: Actor, name: str, session: str = "") -> int:
        """End one of a person's sessions, or all; how many that were."""
        _require(actor)
        with self._parts.database.writing() as connection:
            account = self._get(connection, name).account
            count = self._parts.sessions.end(connection, account.id, session)
            self._parts.audit.write(connection, "sessions-ended", actor, account.identifier, detail=str(count))
        return count

    # ---- inside --------------------------------------------------------------------------------------------------

    def _move(
        self, actor: Actor, name: str, action: str, before: tuple[State, ...], after: State, letter: str = ""
    ) -> Account:
        _require(actor)
        parts = self._parts
        with parts.database.writing() as connection:
            account = self._get(connection, name, leaving=after is not State.ACTIVE).account
            if account.state not in before:
                said = {State.PENDING: "en attente", State.ACTIVE: "actif", State.REFUSED: "refusé"}
                now = said.get(account.state, "désactivé")
                raise NotPossible(f"{account.identifier} : ce compte est {now}.", "state", state=account.state)
            if after is not State.ACTIVE:
                if account.role is Role.ADMINISTRATOR and account.active:
                    keep_an_administrator(connection, account.id)
                parts.sessions.end(connection, account.id)
                parts.api_tokens.revoke_all(connection, account.id)
                tokens.kill(connection, account.id)
                store.end_address_changes(connection, account.id)
            store.change(connection, account.id, state=after)
            if letter:
                enqueue(connection, letter, account.id, parts.clock())
            parts.audit.write(connection, action, actor, account.identifier)
            return self._get(connection, account.identifier).account

    def _new(self, identifier: str, email: str, role: Role, language: str) -> Account:
        given, address = parse_identifier(identifier), parse_email(email)
        language = language if language in LANGUAGES else LANGUAGES[0]
        return Account(tokens.new_id(), given, address, role, State.ACTIVE, language, self._parts.clock(), None)

    @staticmethod
    def _insert(connection: sql.Connection, account: Account, hashed: str | None) -> None:
        if not store.add(connection, account, hashed, admin_grade=account.role is Role.ADMINISTRATOR):
            raise NotPossible("Cet identifiant (ou un qui lui ressemble) ou cette adresse est déjà pris.", "taken")

    @staticmethod
    def _get(connection: sql.Connection, name: str, leaving: bool = False) -> store.Kept:
        """The account of a name, locked; before one that may leave them, the administrators, so that two who shut each
        other out wait in one line."""
        if leaving:
            store.administrators(connection, lock=True)
        found = store.find(connection, login_key(name))
        kept = store.get(connection, found.account.id, lock=True) if found else None
        if kept is None:
            raise UnknownAccount(f"Aucun compte {name!r}. « cooperation users list » les montre.")
        return kept


def _require(actor: Actor) -> None:
    if actor.role is not Role.ADMINISTRATOR:
        raise Forbidden("Il faut être administrateur pour cela.")


def _dead_setup() -> LinkRefused:
    return LinkRefused(
        "Ce lien de mise en service ne marche plus. S'il n'y a pas encore d'administrateur, redémarrez le service : il "
        "en donne un autre.",
        "setup-link",
    )
