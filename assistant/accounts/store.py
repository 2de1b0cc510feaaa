"""Accounts, groups and sign-ups as rows: queries alone, in the caller's transaction. Decides nothing.

What must be unique (identifier, its look, address) is so by the database's own constraints, so two sign-ups at once
cannot both win.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sql

from assistant.accounts.account import Account, Role, State
from assistant.accounts.identity import name_key, skeleton
from assistant.accounts.tables import address_changes, mails, signups, user_groups, users
from assistant.accounts.tokens import new_id

_ADMINISTRATORS_LOCK = 7_203_114_902


@dataclass(frozen=True, slots=True)
class Kept:
    """An account with what only this folder may see."""

    account: Account
    password_hash: str | None = field(repr=False)
    admin_grade: bool


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a person asked for, until the address is confirmed."""

    identifier: str
    email: str
    password_hash: str = field(repr=False)
    admin_grade: bool
    language: str
    created_at: float
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class AddressChange:
    """A new address that the owner of an account asked for; `done_at` is when it was confirmed."""

    user_id: str
    email: str
    before: str
    made_at: float
    done_at: float | None = None
    id: str = field(default_factory=new_id)


def find(connection: sql.Connection, key: str) -> Kept | None:
    """The account with this key as identifier or address. The same query runs whether there is one or not."""
    return _kept(connection, (users.c.identifier_key == key) | (users.c.email_key == key))


def get(connection: sql.Connection, id: str, lock: bool = False) -> Kept | None:
    """The account of an id; with `lock` nobody else changes it before the transaction ends."""
    return _kept(connection, users.c.id == id, lock)


def accounts(connection: sql.Connection, state: State | None = None) -> list[Account]:
    """Every account, or those in a state, the oldest first."""
    query = sql.select(users).order_by(users.c.created_at, users.c.identifier_key)
    if state is not None:
        query = query.where(users.c.state == state)
    groups: dict[str, list[str]] = {}
    for user, name in connection.execute(sql.select(user_groups).order_by(user_groups.c.name)):
        groups.setdefault(user, []).append(name)
    rows = connection.execute(query).mappings().all()
    return [_account(row, groups.get(row["id"], ())) for row in rows]


def taken(connection: sql.Connection, identifier: str, email: str) -> tuple[bool, Account | None]:
    """Whether an identifier, or one that looks like it, is taken; and whose the address is."""
    looks = sql.select(users.c.id).where(users.c.identifier_skeleton == skeleton(identifier))
    owner = _kept(connection, users.c.email_key == name_key(email))
    return connection.execute(looks).first() is not None, owner.account if owner else None


def add(connection: sql.Connection, account: Account, password_hash: str | None, admin_grade: bool) -> bool:
    """Insert an account; false when its identifier or address is taken, and the transaction goes on."""
    values = {
        "id": account.id,
        "identifier": account.identifier,
        "identifier_key": name_key(account.identifier),
        "identifier_skeleton": skeleton(account.identifier),
        "email": account.email,
        "email_key": name_key(account.email),
        "password_hash": password_hash,
        "admin_grade": admin_grade,
        "role": account.role,
        "state": account.state,
        "language": account.language,
        "created_at": account.created_at,
    }
    try:
        with connection.begin_nested():
            connection.execute(users.insert().values(**values))
    except sql.exc.IntegrityError:
        return False
    return True


def change(connection: sql.Connection, id: str, **values: Any) -> bool:
    """Change columns of an account; false when it is gone."""
    return connection.execute(users.update().where(users.c.id == id).values(**values)).rowcount > 0


def remove(connection: sql.Connection, id: str) -> None:
    """Remove an account; its groups, sessions and tokens go with it, and its address from the letters written to it."""
    address = sql.select(users.c.email).where(users.c.id == id).scalar_subquery()
    theirs = (mails.c.about == id) | (mails.c.recipient == address)
    connection.execute(mails.update().where(theirs).values(recipient=""))
    connection.execute(users.delete().where(users.c.id == id))


def administrators(connection: sql.Connection, lock: bool = False) -> list[Account]:
    """The active administrators; with `lock` nobody else who asks so gets an answer before the transaction ends.

    Whoever may make them fewer asks so first of all. It is one lock for all of them: locking their rows in two orders,
    which a role that changes meanwhile brings about, would have two transactions wait for each other.
    """
    if lock and connection.dialect.name == "postgresql":
        connection.execute(sql.text(f"SELECT pg_advisory_xact_lock({_ADMINISTRATORS_LOCK})"))
    query = sql.select(users).where(users.c.role == Role.ADMINISTRATOR, users.c.state == State.ACTIVE)
    rows = connection.execute(query.order_by(users.c.id)).mappings().all()
    return [_account(row, ()) for row in rows]


def set_groups(connection: sql.Connection, id: str, names: Collection[str]) -> None:
    """Make these the groups of an account."""
    connection.execute(user_groups.delete().where(user_groups.c.user_id == id))
    if names:
        connection.execute(user_groups.insert(), [{"user_id": id, "name": name} for name in sorted(set(names))])


def groups(connection: sql.Connection) -> list[str]:
    """Every group that somebody is in."""
    return list(connection.execute(sql.select(user_groups.c.name).distinct().order_by(user_groups.c.name)).scalars())


def put_sign_up(connection: sql.Connection, asked: SignUp) -> None:
    """Keep what a person asked for."""
    values = {name: getattr(asked, name) for name in SignUp.__dataclass_fields__}
    connection.execute(signups.insert().values(**values))


def get_sign_up(connection: sql.Connection, id: str) -> SignUp | None:
    """What was asked for under an id, or `None`."""
    row = connection.execute(sql.select(signups).where(signups.c.id == id)).mappings().first()
    return SignUp(**row) if row else None


def remove_sign_ups(connection: sql.Connection, email: str = "", before: float = 0.0) -> None:
    """Forget what was asked for an address (as it is kept), and what was asked before a time."""
    gone = (signups.c.email == email) | (signups.c.created_at < before)
    connection.execute(signups.delete().where(gone))


def put_address_change(connection: sql.Connection, asked: AddressChange) -> None:
    """Keep what was asked for."""
    values = {name: getattr(asked, name) for name in AddressChange.__dataclass_fields__}
    connection.execute(address_changes.insert().values(**values))


def get_address_change(connection: sql.Connection, id: str) -> AddressChange | None:
    """What was asked for under an id, or `None`."""
    return _address_change(connection, address_changes.c.id == id)


def address_change_of(connection: sql.Connection, user: str) -> AddressChange | None:
    """What an account waits to have confirmed, or `None`."""
    return _address_change(connection, (address_changes.c.user_id == user) & address_changes.c.done_at.is_(None))


def end_address_changes(connection: sql.Connection, user: str) -> None:
    """Forget what an account waits to have confirmed."""
    waits = (address_changes.c.user_id == user) & address_changes.c.done_at.is_(None)
    connection.execute(address_changes.delete().where(waits))


def purge_address_changes(connection: sql.Connection, before: float) -> None:
    """Forget what was asked before a time."""
    connection.execute(address_changes.delete().where(address_changes.c.made_at < before))


def move_address(connection: sql.Connection, asked: AddressChange, now: float) -> bool:
    """Give an account its new address; false when that is taken, and the transaction goes on."""
    try:
        with connection.begin_nested():
            change(connection, asked.user_id, email=asked.email, email_key=name_key(asked.email))
    except sql.exc.IntegrityError:
        return False
    connection.execute(address_changes.update().where(address_changes.c.id == asked.id).values(done_at=now))
    return True


def _address_change(connection: sql.Connection, which: sql.ColumnElement[bool]) -> AddressChange | None:
    row = connection.execute(sql.select(address_changes).where(which)).mappings().first()
    return AddressChange(**row) if row else None


def _kept(connection: sql.Connection, which: sql.ColumnElement[bool], lock: bool = False) -> Kept | None:
    named = user_groups.c.name.label("group")
    query = sql.select(users, named).outerjoin(user_groups, user_groups.c.user_id == users.c.id).where(which)
    if lock:  # before the reading, which then sees what whoever held it has written
        connection.execute(sql.select(users.c.id).where(which).with_for_update())
    rows = connection.execute(query.order_by(users.c.id, named)).mappings().all()
    if not rows:
        return None
    row = rows[0]
    groups = [one["group"] for one in rows if one["id"] == row["id"] and one["group"] is not None]
    return Kept(_account(row, groups), row["password_hash"], row["admin_grade"])


def _account(row: Mapping[Any, Any], names: Collection[str]) -> Account:
    plain = {name: row[name] for name in ("id", "identifier", "email", "language", "created_at", "last_login_at")}
    account = Account(**plain, role=Role(row["role"]), state=State(row["state"]))
    return replace(account, groups=tuple(names))
