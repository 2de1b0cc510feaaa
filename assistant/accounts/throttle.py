"""How often something may be tried, counted in the database so that a restart forgives nothing.

Each key has one row with the times of its last tries; the row is locked while it is read and written, so tries at once
are counted one by one. A try is counted before it is made. Keys are digests: the table tells nobody's name or address.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sql
from sqlalchemy.dialects import postgresql, sqlite

from assistant.accounts.account import Clock
from assistant.accounts.tables import throttle
from assistant.accounts.tokens import digest


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` tries in any `seconds`.

    From the `free`-th try within `window` seconds on, each must wait for the one before: 1 s, then twice as long each
    time, `longest` at most. Without `free` there is no waiting.
    """

    count: int
    seconds: float
    free: int = 0
    window: float = 900.0
    longest: float = 900.0


def allowed(times: Sequence[float], now: float, limit: Limit) -> bool:
    """Whether one more try is allowed now, after tries at `times` (oldest first).

    >>> five = [0.0, 1, 2, 3, 4]
    >>> limit = Limit(30, 3600, free=5)
    >>> allowed(five, 4.5, limit), allowed(five, 5.0, limit), allowed([*five, 5.0], 6.5, limit)
    (False, True, False)
    """
    if sum(now - limit.seconds < time <= now for time in times) >= limit.count:
        return False
    recent = [time for time in times if now - limit.window < time <= now]
    if not limit.free or len(recent) < limit.free:
        return True
    return now >= recent[-1] + min(2.0 ** (len(recent) - limit.free), limit.longest)


class Throttle:
    """The counts, by key. Every method works in the caller's transaction, which must be a writing one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def take(self, connection: sql.Connection, key: str, limit: Limit) -> bool:
        """Count a try if it is allowed now; false when it is not, and then nothing is counted."""
        now, row = self._clock(), digest(key)
        times = self._locked(connection, row, now)
        may = allowed(times, now, limit)
        horizon = now - max(limit.seconds, limit.window)
        kept = [time for time in times if horizon < time <= now] + ([now] if may else [])
        change = throttle.update().where(throttle.c.key == row)
        connection.execute(change.values(times=json.dumps(kept[-200:]), seen_at=now))
        return may

    def give_back(self, connection: sql.Connection, key: str) -> None:
        """Uncount the last try: it was no failure."""
        now, row = self._clock(), digest(key)
        times = self._locked(connection, row, now)
        connection.execute(throttle.update().where(throttle.c.key == row).values(times=json.dumps(times[:-1])))

    def forget(self, connection: sql.Connection, *keys: str) -> None:
        """Begin anew for some keys, in this order: those who count take their locks in the same one."""
        for key in keys:
            connection.execute(throttle.delete().where(throttle.c.key == digest(key)))

    def purge(self, connection: sql.Connection) -> None:
        """Drop the rows that no longer limit anything."""
        connection.execute(throttle.delete().where(throttle.c.seen_at < self._clock() - 86400))

    @staticmethod
    def _locked(connection: sql.Connection, row: str, now: float) -> list[float]:
        """The times of a row, which is made if there is none, and is ours until the transaction ends."""
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row_there = insert(throttle).values(key=row, times="[]", seen_at=now)
        row_there = row_there.on_conflict_do_update(index_elements=[throttle.c.key], set_={"seen_at": now})
        times = connection.execute(row_there.returning(throttle.c.times)).scalar_one()
        return [float(time) for time in json.loads(times)]


def address_key(ip: str) -> str:
    """The part of an address that one visitor holds: all of IPv4, the first 64 bits of IPv6.

    >>> address_key("192.0.2.7"), address_key("2001:db8::7"), address_key("::ffff:192.0.2.7"), address_key("?")
    ('192.0.2.7', '2001:db8::', '192.0.2.7', 'unknown')
    """
    try:
        address = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_address(int(address) >> 64 << 64))
    return str(address)
