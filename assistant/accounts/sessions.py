"""Sessions: rows that a cookie's secret opens, until they rest too long, grow too old, or are ended.

The account is read with the session at every request, so what changes about it counts at the next one. The secret is
new at each login; nothing that a visitor brings is ever taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sql

from assistant.accounts import store
from assistant.accounts.account import Account, Clock
from assistant.accounts.audit import one_line
from assistant.accounts.database import Database
from assistant.accounts.tables import sessions
from assistant.accounts.tokens import digest, mint, new_id

_SEEN_EVERY = 60.0
"""A session's last use is written down this often at most."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner and administrators see it; `id` names it and opens nothing."""

    id: str
    created_at: float
    seen_at: float
    ip: str
    agent: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is asking, in which session."""

    account: Account
    session: str


class Sessions:
    """Opens, recognises and ends sessions; lives `idle` seconds without a request and `longest` in all."""

    def __init__(self, database: Database, clock: Clock, idle: float, longest: float) -> None:
        self._database, self._clock = database, clock
        self._idle, self._longest = idle, longest

    def open(self, connection: sql.Connection, user: str, ip: str, agent: str) -> str:
        """A new session's secret, for the cookie."""
        secret, now = mint(), self._clock()
        values = {"digest": digest(secret), "id": new_id(), "user_id": user, "created_at": now, "seen_at": now}
        connection.execute(sessions.insert().values(**values, ip=one_line(ip, 64), agent=one_line(agent, 200)))
        return secret

    def visit(self, secret: str, touch: bool = True) -> Visit | None:
        """Who holds this secret, if the session lives and the account is active; `None` otherwise.

        With `touch` it counts as use, and the session lives on from here.
        """
        now = self._clock()
        with self._database.reading() as connection:
            row = connection.execute(sql.select(sessions).where(*self._alive(secret, now))).mappings().first()
            kept = store.get(connection, row["user_id"]) if row else None
        if row is None or kept is None or not kept.account.active:
            return None
        if touch and now - row["seen_at"] >= min(_SEEN_EVERY, self._idle / 4):
            with self._database.writing() as connection:
                connection.execute(sessions.update().where(*self._alive(secret, now)).values(seen_at=now))
        return Visit(kept.account, row["id"])

    def of(self, user: str, current: str = "") -> list[Session]:
        """A person's living sessions, the last used first; `current` is the id of the one that asks."""
        now = self._clock()
        columns = [sessions.c[name] for name in ("id", "created_at", "seen_at", "ip", "agent")]
        query = sql.select(*columns).where(sessions.c.user_id == user, *self._fresh(now))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(sessions.c.seen_at.desc())).mappings().all()
        return [Session(**row, current=row["id"] == current) for row in rows]

    def end(self, connection: sql.Connection, user: str, id: str = "") -> int:
        """End one of a person's sessions, or all of them; how many that were."""
        gone = sessions.delete().where(sessions.c.user_id == user)
        return connection.execute(gone.where(sessions.c.id == one_line(id, 32)) if id else gone).rowcount

    def end_secret(self, connection: sql.Connection, secret: str) -> str | None:
        """End the session that a secret opens; whose it was."""
        gone = sessions.delete().where(sessions.c.digest == digest(secret))
        return connection.execute(gone.returning(sessions.c.user_id)).scalar()

    def purge(self, connection: sql.Connection) -> None:
        """Drop the rows of sessions that are over."""
        now = self._clock()
        over = (sessions.c.created_at <= now - self._longest) | (sessions.c.seen_at <= now - self._idle)
        connection.execute(sessions.delete().where(over))

    def _alive(self, secret: str, now: float) -> tuple[sql.ColumnElement[bool], ...]:
        return (sessions.c.digest == digest(secret), *self._fresh(now))

    def _fresh(self, now: float) -> tuple[sql.ColumnElement[bool], ...]:
        return (sessions.c.created_at > now - self._longest, sessions.c.seen_at > now - self._idle)
