"""How much one person may ask: so many questions a minute, so many at a time. Counted in memory, by account.

A restart forgives a minute's questions, which costs nothing; what must survive one is counted by `accounts.throttle`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from assistant.accounts.account import Clock

MINUTE: Final = 60.0


class TooMany(Exception):
    """The person is to wait `seconds` before another question; `code` says which limit it was."""

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code)
        self.code, self.seconds = code, seconds


@dataclass(slots=True)
class _Asker:
    begun: deque[float] = field(default_factory=deque)
    running: int = 0


class Pace:
    """Lets questions through, one account at a time."""

    def __init__(self, minutely: int, at_once: int, clock: Clock = time.monotonic) -> None:
        self._minutely, self._at_once, self._clock = minutely, at_once, clock
        self._askers: dict[str, _Asker] = {}
        self._lock = threading.Lock()

    @contextmanager
    def asking(self, account: str) -> Iterator[None]:
        """While a question of this account is answered; raises `TooMany`."""
        self._begin(account)
        try:
            yield
        finally:
            with self._lock:
                self._askers[account].running -= 1

    def _begin(self, account: str) -> None:
        with self._lock:
            now = self._clock()
            self._forget(now)
            asker = self._askers.setdefault(account, _Asker())
            if asker.running >= self._at_once:
                raise TooMany("busy", 1)
            if len(asker.begun) >= self._minutely:
                raise TooMany("too-many", max(1, ceil(asker.begun[0] + MINUTE - now)))
            asker.begun.append(now)
            asker.running += 1

    def _forget(self, now: float) -> None:
        for account, asker in list(self._askers.items()):
            while asker.begun and asker.begun[0] <= now - MINUTE:
                asker.begun.popleft()
            if not asker.begun and not asker.running:
                del self._askers[account]
