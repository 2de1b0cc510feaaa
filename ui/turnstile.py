"""How much is done at once for everybody together: so many at a time, so many waiting, and the others told to return.

Work that blocks holds one of the server's threads, and there are forty; whoever waits here holds none. So a rush of
logins, or of scripts, leaves threads to those who are signed in, and nobody waits for longer than it takes to say no.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Full(Exception):
    """As many wait as may; to come back in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Turnstile:
    """Lets `at_once` through and `waiting` more stand before it, in the order in which they came."""

    def __init__(self, at_once: int, waiting: int, seconds: int) -> None:
        if at_once < 1 or waiting < 0 or seconds < 1:
            raise ValueError(f"{at_once=}, {waiting=}, {seconds=}")
        self._turn = asyncio.Semaphore(at_once)
        self._most, self._seconds, self._inside = at_once + waiting, seconds, 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """While one has a turn; raises `Full` at once where as many wait as may."""
        if self._inside >= self._most:
            raise Full(self._seconds)
        self._inside += 1
        try:
            async with self._turn:
                yield
        finally:
            self._inside -= 1
