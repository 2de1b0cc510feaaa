"""The audit log: who did what to what, and when. Rows are added and, past their retention, dropped; never changed.

No password, token or link is ever handed to it, and what was typed as a name is written only when it is an account's:
people do type their password into the field above. One entry is one line, whatever was typed.
"""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql

from assistant.accounts.account import Actor, Clock
from assistant.accounts.tables import audit

logger = logging.getLogger("cooperation.audit")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log."""

    id: int
    at: float
    action: str
    actor: str
    about: str
    ip: str
    detail: str


class Audit:
    """Writes and reads the log, inside the transaction of what it tells about."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def write(self, connection: sql.Connection, action: str, actor: Actor | str, about: str = "", **more: str) -> None:
        """Add an entry; `more` takes `ip` and `detail`."""
        name, ip = (actor.name, actor.ip) if isinstance(actor, Actor) else (actor, "")
        values = {
            "action": one_line(action, 40),
            "actor": one_line(name, 100),
            "about": one_line(about, 300),
            "ip": one_line(more.get("ip", ip), 64),
            "detail": one_line(more.get("detail", ""), 500),
        }
        connection.execute(audit.insert().values(at=self._clock(), **values))
        logger.info("%(action)s actor=%(actor)s about=%(about)s ip=%(ip)s %(detail)s", values)

    def entries(
        self,
        connection: sql.Connection,
        *,
        action: str = "",
        text: str = "",
        since: float = 0.0,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[Entry]:
        """The newest entries first, filtered by action, by text in actor or subject, by time; paged by `before_id`."""
        query = sql.select(audit).where(audit.c.at >= since)
        action, text = one_line(action, 40), one_line(text, 300)
        if action:
            query = query.where(audit.c.action == action)
        if text:
            query = query.where(
                audit.c.actor.contains(text, autoescape=True) | audit.c.about.contains(text, autoescape=True)
            )
        if before_id is not None:
            query = query.where(audit.c.id < before_id)
        rows: Any = connection.execute(query.order_by(audit.c.id.desc()).limit(limit)).mappings()
        return [Entry(**row) for row in rows]

    def purge(self, connection: sql.Connection, days: int) -> int:
        """Drop what is older than the retention; how many entries that were."""
        gone = connection.execute(audit.delete().where(audit.c.at < self._clock() - days * 86400)).rowcount
        if gone:
            self.write(connection, "audit-purge", "system", detail=f"{gone} entries older than {days} days")
        return gone


def one_line(text: str, longest: int) -> str:
    r"""A text as one line: control, format and separator characters shown by their number, the rest cut.

    >>> one_line("a\nb\u202ec", 99)
    'a\\u000ab\\u202ec'
    """
    shown = "".join(
        letter if unicodedata.category(letter) not in _UNSEEN else f"\\u{ord(letter):04x}" for letter in text[:longest]
    )
    return shown[:longest]


_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
