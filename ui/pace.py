"""How much one person may ask: so many questions a minute, so many at a time. Counted in memory, by account.

A restart forgives a minute's questions, which costs nothing; what must survive one is counted by `accounts.throttle`.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Final, TypeVar

from assistant.accounts.account import Clock

Step = TypeVar("Step")
MINUTE: Final = 60.0
LONGEST: Final = 120.0
"""Seconds after which a question no longer counts as under way, whatever became of it."""
LEFT: Final = 3.0
"""Seconds after which a question whose next step nobody has asked for no longer counts: its page has gone."""


class TooMany(Exception):
    """The person is to wait `seconds` before another question; `code` says which limit it was."""

    def __init__(self, code: str, seconds: int) -> None:
        super().__init__(code)
        self.code, self.seconds = code, seconds


@dataclass(eq=False, slots=True)
class Asked:
    """A question under way: when it was begun, and since when its last step lies there for whoever asked."""

    begun: float
    resting: float | None = None

    def counts(self, now: float) -> bool:
        """Whether it is still under way."""
        return now < self.begun + LONGEST and (self.resting is None or now < self.resting + LEFT)


@dataclass(slots=True)
class _Asker:
    begun: deque[float] = field(default_factory=deque)
    running: list[Asked] = field(default_factory=list)


class Pace:
    """Lets questions through, one account at a time."""

    def __init__(self, minutely: int, at_once: int, clock: Clock = time.monotonic) -> None:
        self._minutely, self._at_once, self._clock = minutely, at_once, clock
        self._askers: dict[str, _Asker] = {}
        self._lock = threading.Lock()

    @contextmanager
    def asking(self, account: str) -> Iterator[Asked]:
        """While a question of this account is answered; raises `TooMany`."""
        asker, asked = self._begin(account)
        try:
            yield asked
        finally:
            with self._lock:
                if asked in asker.running:
                    asker.running.remove(asked)

    def steps(self, asked: Asked, growing: Iterable[Step]) -> Iterator[Step]:
        """The steps of an answer. A step that nobody goes on from is a page that has gone: what drops an iterator may
        leave it open for as long as it likes.
        """
        for step in growing:
            asked.resting = self._clock()
            yield step
            asked.resting = None

    def _begin(self, account: str) -> tuple[_Asker, Asked]:
        with self._lock:
            now = self._clock()
            self._forget(now)
            asker = self._askers.setdefault(account, _Asker())
            if len(asker.running) >= self._at_once:
                raise TooMany("busy", 1)
            if len(asker.begun) >= self._minutely:
                raise TooMany("too-many", max(1, ceil(asker.begun[0] + MINUTE - now)))
            asker.begun.append(now)
            asker.running.append(asked := Asked(now))
            return asker, asked

    def _forget(self, now: float) -> None:
        for account, asker in list(self._askers.items()):
            while asker.begun and asker.begun[0] <= now - MINUTE:
                asker.begun.popleft()
            asker.running = [asked for asked in asker.running if asked.counts(now)]
            if not asker.begun and not asker.running:
                del self._askers[account]
