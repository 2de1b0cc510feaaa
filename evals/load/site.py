"""The service that is loaded, as `cooperation serve --accounts` opens it, and the crowds that are sent to it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty
from typing import Final

from evals.bench import BenchError
from evals.bench_ask import child_environ
from evals.bench_import import Opened, opened_service
from evals.load.place import PASSWORD, Place
from evals.load.plan import Done, Plan
from evals.load.watch import processor

RAISED: Final = {
    "COOPERATION_LOGIN_MINUTELY_ADDRESS": "1000000",
    "COOPERATION_LOGIN_HOURLY": "1000000",
    "COOPERATION_LOGIN_FREE_TRIES": "1000000",
    "COOPERATION_QUESTIONS_MINUTELY": "1000000",
    "COOPERATION_SESSION_HOURS": "168",
    "COOPERATION_LOG": "json",
}
"""Limits of one account or one address, raised: the crowd comes from one address. Those of the whole site stay."""
ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Crowd:
    """What a crowd did: its rows, when all had come in (`began`) and when it left, in seconds since the epoch, and the
    processor seconds that it took and that the service took meanwhile.
    """

    rows: tuple[Done, ...]
    began: float
    stopped: float
    taken: float
    served: float


@dataclass(frozen=True, slots=True)
class Site:
    """A running service over a place, and what is asked of it."""

    place: Place
    opened: Opened
    questions: Sequence[str]
    environ: Mapping[str, str]

    @property
    def cache(self) -> Path:
        """Gradio's folder for files."""
        return self.place.settings.data / "gradio"

    def plan(self, users: int, seconds: float, think: float = 0.0, logins: float = 0.0) -> Plan:
        """A plan for a crowd."""
        return Plan(
            address=self.opened.address,
            names=self.place.names,
            password=PASSWORD,
            questions=self.questions,
            users=users,
            seconds=seconds,
            think=think,
            logins_per_second=logins,
        )

    def crowd(self, plan: Plan) -> Crowd:
        """Send a crowd and wait until it has left; raises `BenchError` where it could not be sent."""
        with tempfile.TemporaryDirectory(prefix="cooperation-crowd-") as folder:
            asked, told = Path(folder) / "plan.json", Path(folder) / "result.json"
            asked.write_text(json.dumps(asdict(plan)), "utf-8")
            before = processor(self.opened.process)
            done = subprocess.run(
                [sys.executable, "-m", "evals.load.crowd", str(asked), str(told)],
                cwd=ROOT,
                env=dict(self.environ),
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode != 0 or not told.exists():
                raise BenchError(f"locust a échoué (make load l'installe) : {done.stderr.strip()[-800:]}")
            result = json.loads(told.read_text("utf-8"))
        rows = tuple(Done(**row) for row in result["rows"])
        served = round(processor(self.opened.process) - before, 2)
        return Crowd(rows, result["began"], result["stopped"], result["processor"], served)

    def tracebacks(self) -> int:
        """How many the service has logged since it was last asked."""
        found = 0
        while True:
            try:
                found += "Traceback" in self.opened.lines.get_nowait()
            except Empty:
                return found


@contextmanager
def site(place: Place, environ: Mapping[str, str]) -> Iterator[Site]:
    """The service over a place, its limits of one account raised, stopped at the end."""
    from evals.places import find_set

    questions = [case.question for case in find_set("coop").cases]
    child = {**child_environ(environ, place.settings), **RAISED}
    with opened_service(place.settings, child, "--accounts") as opened:
        yield Site(place, opened, questions, child)
