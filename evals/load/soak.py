"""`cooperation bench soak`: a few people ask for an hour or more, and nothing may grow meanwhile.

The first sixth of the time (ten minutes of an hour) is for warming up. What comes after is compared in quarters: the
median of the last with the median of the first, so that one sample taken at an odd moment decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from evals.bench import BenchError, Machine, Say, count, describe, middle, table, this_machine
from evals.load.place import Place
from evals.load.plan import Done
from evals.load.site import Crowd, site
from evals.load.watch import Held, plot, watched, write_csv
from evals.summary import percentile

USERS: Final = 10
THINK: Final = 2.0
"""Seconds between an answer and the next question."""
WARM: Final = 1 / 6
T = TypeVar("T", Held, Done)
LIMITS: Final = {"rss_percent": 10.0, "rss_mb": 100.0, "files": 5.0, "threads": 5.0, "p95_percent": 20.0}
"""What each may grow by, at most."""


@dataclass(frozen=True, slots=True)
class SoakBench:
    """What grew from the first quarter to the last: memory in megabytes and per cent, open files, threads, the p95 of
    answers in per cent; the cache's largest size.
    """

    machine: Machine
    chunks: int
    minutes: float
    users: int
    answered: int
    refused: int
    errors: int
    tracebacks: int
    rss_mb: float
    grown: Mapping[str, float]
    cache_mb: float
    p95_first: float
    p95_last: float

    @property
    def kept(self) -> bool:
        """Whether nothing grew by more than it may, and nothing went wrong."""
        within = all(self.grown[name] <= limit for name, limit in LIMITS.items())
        return within and not self.errors and not self.tracebacks


def bench_soak(
    place: Place,
    environ: Mapping[str, str],
    minutes: float,
    out: Path | None,
    say: Say,
    every: float = 10.0,
    users: int = USERS,
    think: float = THINK,
) -> SoakBench:
    """Send a few people for so many minutes, look every few seconds; with `out`, `soak.csv` and `soak.png` there."""
    machine = this_machine()
    with site(place, environ) as served:
        with watched(served.opened.process, served.cache, every) as held:
            crowd = served.crowd(served.plan(users, minutes * 60, think))
        tracebacks = served.tracebacks()
    say(f"{len(crowd.rows)} requests, looked at {len(held)} times")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        write_csv(held, out / "soak.csv")
        plot(held, out / "soak.png")
    return summed(machine, place.chunks, users, crowd, held, tracebacks)


def summed(machine: Machine, chunks: int, users: int, crowd: Crowd, held: Sequence[Held], tracebacks: int) -> SoakBench:
    """The figures; raises `BenchError` where it was too short to compare anything."""
    start = crowd.began + (crowd.stopped - crowd.began) * WARM
    quarter = (crowd.stopped - start) / 4
    looked = [row for row in held if start <= row.at <= crowd.stopped]
    asked = [row for row in crowd.rows if row.what == "question" and start <= row.at <= crowd.stopped]
    first_held, last_held = (_between(looked, start, quarter, part) for part in (0, 3))
    first, last = (_p95(_between(asked, start, quarter, part)) for part in (0, 3))
    if not first_held or not last_held or first is None or last is None:
        raise BenchError("le temps est trop court pour comparer son début et sa fin : donnez plus de minutes")

    def grew(read: Callable[[Held], float]) -> float:
        return round(middle(map(read, last_held)) - middle(map(read, first_held)), 1)

    rss = middle(row.rss_mb for row in first_held)
    grown = {
        "rss_mb": grew(lambda row: row.rss_mb),
        "rss_percent": round(100 * grew(lambda row: row.rss_mb) / rss, 1),
        "files": grew(lambda row: row.files),
        "threads": grew(lambda row: row.threads),
        "p95_percent": round(100 * (last - first) / first, 1),
    }
    outcomes = [row.outcome for row in crowd.rows]
    return SoakBench(
        machine,
        chunks,
        round((crowd.stopped - crowd.began) / 60, 1),
        users,
        sum(row.what == "question" and row.outcome == "ok" for row in crowd.rows),
        outcomes.count("refused"),
        outcomes.count("error"),
        tracebacks,
        rss,
        grown,
        max(row.cache_mb for row in held),
        round(first, 1),
        round(last, 1),
    )


def render(result: SoakBench) -> str:
    """The figures as a table, with what was asked."""
    named = (
        ("memory, MB", "rss_mb"),
        ("memory, per cent", "rss_percent"),
        ("open files", "files"),
        ("threads", "threads"),
        ("p95 of answers, per cent", "p95_percent"),
    )
    rows = [[title, f"{result.grown[name]:+.1f}", f"{LIMITS[name]:.0f}"] for title, name in named]
    return "\n".join(
        [
            f"{result.users} people for {result.minutes:.1f} minutes over {count(result.chunks)} passages: "
            f"{count(result.answered)} answers, {result.refused} refused, {result.errors} errors, "
            f"{result.tracebacks} tracebacks.",
            f"From the first quarter (after a sixth to warm up) to the last; memory began at {result.rss_mb:.0f} MB, "
            f"the p95 went from {result.p95_first:.0f} to {result.p95_last:.0f} ms, the cache held "
            f"{result.cache_mb:.1f} MB at most.",
            "",
            table(["grew by", "", "at most"], rows),
            "",
            describe(result.machine),
        ]
    )


def _between(rows: Sequence[T], start: float, quarter: float, part: int) -> list[T]:
    low = start + quarter * part
    return [row for row in rows if low <= row.at <= low + quarter]


def _p95(rows: Sequence[Done]) -> float | None:
    return percentile([row.ms for row in rows if row.outcome == "ok"], 95)
