"""Leaves a language model alone for a while after it failed several times in a row.

Without it each question would wait for the same time-out before its extractive answer. Counts only; it calls nothing
and sleeps never. Safe between threads.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 5
REST = 30.0


class Breaker:
    """Open after `failures` in a row; `rest` seconds later one call is let through, and decides.

    >>> now = [0.0]
    >>> breaker = Breaker(failures=2, rest=30, clock=lambda: now[0])
    >>> [breaker.enter(), breaker.failed(), breaker.enter(), breaker.failed(), breaker.enter()]
    [True, None, True, None, False]
    >>> now[0] = 31.0
    >>> breaker.enter(), breaker.enter()
    (True, False)
    """

    def __init__(
        self, failures: int = FAILURES, rest: float = REST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened: float | None = None
        self._probing = False

    def enter(self) -> bool:
        """Whether a call may be made now; each `True` is followed by one of the three calls below."""
        with self._lock:
            if self._opened is None:
                return True
            if self._probing or self._clock() - self._opened < self._rest:
                return False
            self._probing = True
            return True

    def succeeded(self) -> None:
        """The call was answered: closed again."""
        with self._lock:
            self._failures, self._opened, self._probing = 0, None, False

    def failed(self) -> None:
        """The call failed: one more in a row, or the trial did not pass."""
        with self._lock:
            self._failures += 1
            if self._probing or self._failures >= self._limit:
                self._opened = self._clock()
            self._probing = False

    def left(self) -> None:
        """The caller went away before the end: nothing is learned of the model."""
        with self._lock:
            self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are being turned away."""
        with self._lock:
            return self._opened is not None
