"""What a crowd is to do, and what one of its people did; written as JSON between two processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Plan:
    """So many users for so many seconds; with `logins_per_second` they log in and do nothing else.

    `think` is the pause in seconds between an answer and the next question; `spawn_rate` how many come in a second.
    """

    address: str
    names: Sequence[str] = field(repr=False)
    password: str = field(repr=False)
    questions: Sequence[str] = field(repr=False)
    users: int
    seconds: float
    think: float = 0.0
    spawn_rate: float = 20.0
    logins_per_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that ended: when (seconds since the epoch), what, how long (milliseconds), and how.

    `outcome` is `ok`, `refused` (politely: see `polite`) or `error`.
    """

    at: float
    what: str
    ms: float
    outcome: str
    detail: str = ""
