"""`cooperation bench storm`: many logins a second while a few people ask, beside the same people in a calm.

Each login costs the service a hash of 64 MB. No more than two are made at once, and no more logins wait than a setting
says: the others are told to come back. What is asked is that those who are in notice little of it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from evals.bench import BenchError, Machine, Say, count, describe, table, this_machine
from evals.load.place import Place
from evals.load.plan import Done
from evals.load.site import Crowd, site
from evals.load.watch import Held, watched
from evals.summary import percentile

CHATTERS: Final = 2
THINK: Final = 1.0
WAITING_FOR: Final = 6.0
"""Seconds between two logins of one knocker: so many more of them are needed for a rate, and may wait at once."""
TIMES: Final = 2.0
GROWTH_MB: Final = 200.0


@dataclass(frozen=True, slots=True)
class StormBench:
    """Milliseconds of answers in the calm and in the storm, what became of the logins, and the memory it took."""

    machine: Machine
    chunks: int
    rate: float
    seconds: float
    logins: int
    refused: int
    errors: int
    login_p95: float | None
    calm_p95: float
    storm_p95: float
    calm_answers: int
    storm_answers: int
    grown_mb: float
    crowd_seconds: float

    @property
    def kept(self) -> bool:
        """Whether answers and memory stayed within what is asked, and nothing went wrong."""
        return self.storm_p95 <= TIMES * self.calm_p95 and self.grown_mb <= GROWTH_MB and not self.errors


def bench_storm(
    place: Place, environ: Mapping[str, str], rate: float, seconds: float, calm: float, say: Say
) -> StormBench:
    """So many seconds of calm, then so many logins a second for so many seconds; raises `BenchError`."""
    machine = this_machine()
    with site(place, environ) as served:
        served.crowd(served.plan(1, min(calm, 5.0)))  # the first of everything is slow
        before = served.crowd(served.plan(CHATTERS, calm, THINK))
        say(f"calm: p95 {_p95(before.rows) or 0:.0f} ms")
        meanwhile: list[Crowd] = []
        knockers = served.plan(round(rate * WAITING_FOR), seconds, logins=rate)
        chatting = threading.Thread(
            target=lambda: meanwhile.append(served.crowd(served.plan(CHATTERS, seconds + 12, THINK)))
        )
        with watched(served.opened.process, served.cache, 0.5) as held:
            chatting.start()
            storm = served.crowd(knockers)
            chatting.join()
    if not meanwhile:
        raise BenchError("les questions posées pendant la tempête ont échoué")
    return summed(machine, place.chunks, rate, before, storm, meanwhile[0], held)


def summed(
    machine: Machine, chunks: int, rate: float, calm: Crowd, storm: Crowd, meanwhile: Crowd, held: Sequence[Held]
) -> StormBench:
    """The figures: of the questions asked meanwhile, those that began while logins came."""
    logins = [row for row in storm.rows if row.what == "login"]
    if not logins:
        raise BenchError("personne n'a essayé d'entrer")
    first, last = min(row.at - row.ms / 1000 for row in logins), max(row.at for row in logins)
    asked = [row for row in meanwhile.rows if row.what == "question" and first <= row.at - row.ms / 1000 <= last]
    quiet, loud = _p95(calm.rows), _p95(asked)
    if quiet is None or loud is None:
        raise BenchError("aucune question n'a eu de réponse : donnez plus de secondes")
    outcomes = [row.outcome for row in logins]
    others = [*calm.rows, *meanwhile.rows]
    at_start = [row.rss_mb for row in held if row.at <= first] or [held[0].rss_mb]
    return StormBench(
        machine,
        chunks,
        rate,
        round(last - first, 1),
        outcomes.count("ok"),
        outcomes.count("refused"),
        outcomes.count("error") + sum(row.outcome == "error" for row in others),
        percentile([row.ms for row in logins if row.outcome == "ok"], 95),
        quiet,
        loud,
        sum(row.what == "question" for row in calm.rows),
        len(asked),
        round(max(row.rss_mb for row in held) - at_start[-1], 1),
        storm.taken,
    )


def render(result: StormBench) -> str:
    """The figures as a table, with what was asked."""
    rows = [
        ["p95 of answers, ms", f"{result.calm_p95:.0f}", f"{result.storm_p95:.0f}", f"{TIMES * result.calm_p95:.0f}"],
        ["answers", str(result.calm_answers), str(result.storm_answers), ""],
        ["memory, MB", "", f"{result.grown_mb:+.0f}", f"+{GROWTH_MB:.0f}"],
    ]
    p95 = f"{result.login_p95:.0f} ms" if result.login_p95 is not None else "-"
    return "\n".join(
        [
            f"{result.rate:.0f} logins a second for {result.seconds:.0f} s, {CHATTERS} people asking meanwhile, "
            f"{count(result.chunks)} passages: {count(result.logins)} got in (p95 {p95}), "
            f"{count(result.refused)} were told to come back, {result.errors} errors. Those who knocked took "
            f"{result.crowd_seconds:.0f} processor seconds of the same cores.",
            "",
            table(["", "calm", "storm", "at most"], rows),
            "",
            describe(result.machine),
        ]
    )


def _p95(rows: Sequence[Done]) -> float | None:
    return percentile([row.ms for row in rows if row.what == "question" and row.outcome == "ok"], 95)
