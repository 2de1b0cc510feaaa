"""`cooperation bench load`: a full house without a pause, a working day, and far too many at once.

The times of questions count from the moment when all of a crowd have logged in and opened the page; refusals and errors
count from the start. When too many have left, one person asks on, and it is noted how soon answers are what they were.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.bench import Machine, Say, count, describe, table, this_machine
from evals.load.place import Place
from evals.load.plan import Done
from evals.load.site import Crowd, site
from evals.summary import percentile


@dataclass(frozen=True, slots=True)
class Scenario:
    """So many users with so long a pause; `limit` is what is asked of the 95th percentile, in seconds."""

    name: str
    users: int
    think: float
    limit: float | None


FULL_HOUSE: Final = Scenario("no pause", 20, 0.0, 2.0)
WORKING_DAY: Final = Scenario("a pause of 20 s", 50, 20.0, 1.0)
TOO_MANY: Final = Scenario("no pause", 200, 0.0, None)
BACK_SECONDS: Final = 30.0
"""How soon after too many have left answers must be what they were."""


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario's figures: questions answered and how long they took (milliseconds), polite refusals and errors of
    any request, processor seconds of the service and of the crowd; `wrong` tells the most frequent errors.
    """

    scenario: Scenario
    seconds: float
    answered: int
    p50: float | None
    p95: float | None
    longest: float | None
    refused: int
    errors: int
    served: float
    taken: float
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadBench:
    """The figures of each scenario beside one person alone; `back` is seconds, `None` where it took longer than was
    looked at; `tracebacks` those in the service's log.
    """

    machine: Machine
    texts: str
    chunks: int
    alone: Played
    scenarios: tuple[Played, ...]
    back: float | None
    tracebacks: int


def bench_load(
    place: Place,
    texts: str,
    environ: Mapping[str, str],
    seconds: float,
    say: Say,
    scenarios: Sequence[Scenario] = (FULL_HOUSE, WORKING_DAY, TOO_MANY),
) -> LoadBench:
    """Play one person alone, then each scenario for so many seconds, then one person again; raises `BenchError`."""
    machine = this_machine()
    with site(place, environ) as served:
        served.crowd(served.plan(1, min(seconds, 10.0)))  # the first of everything is slow
        alone = played(Scenario("alone", 1, 0.0, None), served.crowd(served.plan(1, seconds)))
        say(f"alone: {_told(alone)}")
        found, left = [], 0.0
        for scenario in scenarios:
            crowd = served.crowd(served.plan(scenario.users, seconds, scenario.think))
            found.append(played(scenario, crowd))
            left = crowd.stopped
            say(f"{scenario.users} users, {scenario.name}: {_told(found[-1])}")
        after = served.crowd(served.plan(1, BACK_SECONDS + 5))
        back = back_after(after.rows, left, usual(alone))
        return LoadBench(machine, texts, place.chunks, alone, tuple(found), back, served.tracebacks())


def played(scenario: Scenario, crowd: Crowd) -> Played:
    """The figures of a crowd."""
    spent = [row.ms for row in crowd.rows if row.what == "question" and row.outcome == "ok" and row.at >= crowd.began]
    outcomes = Counter(row.outcome for row in crowd.rows)
    wrong = Counter(f"{row.what}: {row.detail}" for row in crowd.rows if row.outcome == "error")
    return Played(
        scenario,
        round(crowd.stopped - crowd.began, 1),
        len(spent),
        percentile(spent, 50),
        percentile(spent, 95),
        max(spent, default=None),
        outcomes["refused"],
        outcomes["error"],
        crowd.served,
        crowd.taken,
        tuple(f"{times} x {what}"[:300] for what, times in wrong.most_common(3)),
    )


def usual(alone: Played) -> float:
    """Milliseconds up to which an answer is as fast as it was: twice what one person alone waits for, a second at
    least.
    """
    return max(1000.0, 2 * (alone.p95 or 0.0))


def back_after(rows: Sequence[Done], left: float, limit: float) -> float | None:
    """Seconds from when a crowd left until answers came within `limit` milliseconds and went on so.

    >>> rows = [Done(10.0, "question", 9000.0, "ok"), Done(12.0, "question", 400.0, "ok")]
    >>> back_after(rows, 4.0, 1000.0), back_after(rows[:1], 4.0, 1000.0)
    (8.0, None)
    """
    asked = [row for row in rows if row.what == "question"]
    slow = [at for at, row in enumerate(asked) if row.outcome != "ok" or row.ms > limit]
    good = asked[slow[-1] + 1 :] if slow else asked
    return round(max(0.0, good[0].at - left), 1) if good else None


def render(result: LoadBench) -> str:
    """The figures as a table, with what was asked."""
    rows = [_row(one) for one in (result.alone, *result.scenarios)]
    header = ["users", "between questions", "p50, ms", "p95, ms", "asked, ms", "longest, ms", "answered", "refused"]
    header += ["errors", "s", "service, cpu s", "crowd, cpu s"]
    back = f"{result.back:.0f} s" if result.back is not None else f"more than {BACK_SECONDS:.0f} s"
    wrong = [f"- {line}" for one in (result.alone, *result.scenarios) for line in one.wrong]
    return "\n".join(
        [
            f"{count(result.chunks)} passages: {result.texts} and passages derived from them. Everybody logs in,",
            "opens the page and asks through its queue, as a browser does (scripts and styles are not fetched).",
            "`refused` are answers 429 or 503 that say in words to come back, and when; `errors` all else that went",
            "wrong.",
            "The crowd runs on the same cores: its processor seconds are not the service's to use.",
            "",
            table(header, rows),
            "",
            f"After the last of them had left, an answer was as fast as before after {back} (asked: {BACK_SECONDS:.0f} "
            f"s). Tracebacks in the log: {result.tracebacks}.",
            *(["", "Errors:", "", *wrong] if wrong else []),
            "",
            describe(result.machine),
        ]
    )


def _row(one: Played) -> list[str]:
    limit = one.scenario.limit
    spent = [f"{value:.0f}" if value is not None else "-" for value in (one.p50, one.p95)]
    return [
        str(one.scenario.users),
        one.scenario.name,
        *spent,
        f"{limit * 1000:.0f}" if limit else "",
        f"{one.longest:.0f}" if one.longest is not None else "-",
        *(count(number) for number in (one.answered, one.refused, one.errors)),
        f"{one.seconds:.0f}",
        f"{one.served:.0f}",
        f"{one.taken:.0f}",
    ]


def _told(one: Played) -> str:
    p95 = f"{one.p95:.0f} ms" if one.p95 is not None else "-"
    return f"{one.answered} answered, p95 {p95}, {one.refused} refused, {one.errors} errors"
