"""The outbox: a row for each letter to write, kept until it has left, tried again at growing intervals for a day.

A row says what to write about whom, not the letter itself: the text, and the secret of a link in it, are made when it
is sent, so that the database never holds that secret. The request that asks for a letter only adds a row; a thread (or
a command) does the rest, so its answer takes the same time whoever it is about, and whatever the mail server does. A
letter may go out twice if the process dies at the worst moment, never not at all; both bear the same Message-ID.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage

import sqlalchemy as sql

from assistant.accounts.account import Clock
from assistant.accounts.audit import one_line
from assistant.accounts.database import Database
from assistant.accounts.mail import Transport
from assistant.accounts.tables import mails
from assistant.accounts.tokens import new_id

logger = logging.getLogger("cooperation.mail")
DELAYS = (60.0, 300.0, 900.0, 3600.0)
"""Seconds to the next try after the first, second... failure; the last one repeats."""
LONGEST = 86_400.0
_CLAIM = 180.0
"""How long a row belongs to the thread that took it; longer than any send, or another would send it too."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A row of the outbox.

    `state`: `waiting`, `sent`, `written` (to the folder, as no mail server is set), `dropped` (nobody to write to) or
    `failed` (a day of tries). `recipient` is the address it was written to, empty before the first try.
    """

    id: str
    kind: str
    about: str
    state: str
    attempts: int
    created_at: float
    next_at: float
    sent_at: float | None
    error: str
    recipient: str


Write = Callable[[sql.Connection, Mail], EmailMessage | None]
"""Makes the message of a row, in a writing transaction; `None` when there is nobody to write to."""


class Outbox:
    """Adds rows, and sends what is due."""

    def __init__(self, database: Database, write: Write, transport: Transport, clock: Clock) -> None:
        self._database, self._write, self._transport, self._clock = database, write, transport, clock

    def send_due(self, most: int = 50) -> int:
        """Try what is due now, each row once; how many letters left."""
        sent = 0
        for _ in range(most):
            mail = self._claim()
            if mail is None:
                break
            sent += self._try(mail)
        return sent

    def queue(self, state: str = "", limit: int = 100) -> list[Mail]:
        """The newest rows first, or those in a state."""
        query = sql.select(*_COLUMNS).order_by(mails.c.number.desc()).limit(limit)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(mails.c.state == one_line(state, 20)) if state else query).mappings()
            return [Mail(**row) for row in rows]

    def retry(self, id: str) -> bool:
        """Try a waiting or failed letter again now, for another day; false when there is none of this id."""
        now = self._clock()
        again = mails.update().where(mails.c.id == one_line(id, 32), mails.c.state.in_(["waiting", "failed"]))
        with self._database.writing() as connection:
            return connection.execute(again.values(state="waiting", created_at=now, next_at=now)).rowcount > 0

    def purge(self, connection: sql.Connection, days: int = 30) -> None:
        """Drop old rows that need nothing more."""
        old = mails.c.created_at < self._clock() - days * 86_400
        connection.execute(mails.delete().where(old, mails.c.state != "waiting"))

    def _claim(self) -> Mail | None:
        now = self._clock()
        due = (mails.c.state == "waiting", mails.c.next_at <= now, mails.c.claimed_until <= now)
        first = sql.select(mails.c.id).where(*due).order_by(mails.c.next_at, mails.c.number).limit(1)
        with self._database.reading() as connection:
            if connection.execute(first).first() is None:
                return None
        with self._database.writing() as connection:
            id = connection.execute(first.with_for_update(skip_locked=True)).scalar()
            taken = mails.update().where(mails.c.id == id, *due)
            taken = taken.values(claimed_until=now + _CLAIM, attempts=mails.c.attempts + 1)
            row = connection.execute(taken.returning(*_COLUMNS)).mappings().first()
        return Mail(**row) if row else None

    def _try(self, mail: Mail) -> bool:
        try:
            with self._database.writing() as connection:
                message = self._write(connection, mail)
                if message is not None:
                    addressed = mails.update().where(mails.c.id == mail.id)
                    connection.execute(addressed.values(recipient=str(message["To"])[:320]))
            if message is None:
                self._settle(mail, state="dropped", about="")
                return False
            self._transport.send(message)
        except Exception as error:  # whatever one letter does, the others must leave
            self._postpone(mail, error)
            return False
        state = "sent" if self._transport.delivers else "written"
        self._settle(mail, state=state, sent_at=self._clock(), error="")
        return True

    def _postpone(self, mail: Mail, error: Exception) -> None:
        next_at = self._clock() + DELAYS[min(mail.attempts, len(DELAYS)) - 1]
        state = "waiting" if next_at <= mail.created_at + LONGEST else "failed"
        said = one_line(f"{type(error).__name__}: {error}", 300)
        logger.warning("letter %s (%s), try %d: %s: %s", mail.id, mail.kind, mail.attempts, state, said)
        self._settle(mail, state=state, next_at=next_at, error=said)

    def _settle(self, mail: Mail, **values: object) -> None:
        with self._database.writing() as connection:
            connection.execute(mails.update().where(mails.c.id == mail.id).values(claimed_until=0.0, **values))


def enqueue(connection: sql.Connection, kind: str, about: str, now: float) -> str:
    """Add a letter of a kind about somebody (an id, or what was typed); its id."""
    id, times = new_id(), {"created_at": now, "next_at": now, "claimed_until": 0.0}
    values = {"id": id, "kind": kind, "about": about[:400], "state": "waiting", "attempts": 0, "error": ""}
    connection.execute(mails.insert().values(**values, **times, recipient=""))
    return id


_COLUMNS = [mails.c[name] for name in Mail.__dataclass_fields__]


class OutboxThread:
    """Sends what is due every so often, and does the daily chores. It is not woken by requests: that would show."""

    def __init__(
        self, outbox: Outbox, tidy: Callable[[], None], every: float = 2.0, tidy_every: float = 3600.0
    ) -> None:
        self._outbox, self._tidy, self._every, self._tidy_every = outbox, tidy, every, tidy_every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def close(self) -> None:
        """End after the letter that is being sent; what is left waits in its rows."""
        self._over.set()
        self._thread.join(timeout=15)

    def _run(self) -> None:
        rounds_between = max(1, round(self._tidy_every / self._every))
        done = 0
        while not self._over.is_set():
            try:
                self._outbox.send_due()
                if done % rounds_between == 0:
                    self._tidy()
            except Exception:  # a database that is away for a while must not end the thread
                logger.exception("the outbox could not work; it goes on in %s s", self._every)
            done += 1
            self._over.wait(self._every)
