"""What evaluators ask for in the web application: sets, runs, comparisons, as values that pages show.

`ui` and `evals` do not know one another. `ui` asks by this protocol; `evals` answers it, and is found by the
entry-point group `cooperation.evaluations` (`assistant.wiring`). Whatever is shown leaves out the cases that touch a
document its reader may not read, and says how many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from assistant.errors import AssistantError
from assistant.reader import Reader

RunState = Literal["running", "whole", "stopped"]


class UnknownEvaluation(AssistantError):
    """There is no set or no run of this name; the page says so, and where the list is."""


class EvaluationBusy(AssistantError):
    """A run is under way: wait for it, or stop it."""

    def __init__(self) -> None:
        super().__init__("Une suite est déjà en train d'être jouée. Attendez-la, ou arrêtez-la.")


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A case as a form holds it: one line an item; alternatives of a line are parted by " | ".

    `refuse` is empty, `near_miss` or `far`; `page` a whole number from 1, or empty.
    """

    question: str
    language: str
    history: str = ""
    expect: str = ""
    forbid: str = ""
    refuse: str = ""
    document: str = ""
    page: str = ""
    quote: str = ""
    tags: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RunShown:
    """A stored run: when it began (ISO 8601, UTC), how many of its cases were played, how many of the judged are right.

    `id` names it in addresses.
    """

    id: str
    set: str
    made_at: str
    state: RunState
    done: int
    cases: int
    right: int
    judged: int
    tag: str = ""


@dataclass(frozen=True, slots=True)
class SetShown:
    """A set: `own` was made here and lies at `path`, others ship with the product; `last` is its newest run.

    `passed` is the verdict of the two newest whole runs, `None` where there are no two or their
    cases are too few to tell. `broken` says why a
    file cannot be read as a set.
    """

    name: str
    own: bool
    cases: int
    path: str
    last: RunShown | None = None
    passed: bool | None = None
    broken: str = ""


@dataclass(frozen=True, slots=True)
class CaseShown:
    """A case in a list: what is expected is one text a group, `places` are the documents and pages."""

    id: str
    question: str
    language: str
    expected: tuple[str, ...]
    refuse: str
    places: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class SetOpened:
    """A set with its cases; `withheld` of them touch documents that the person may not read."""

    shown: SetShown
    cases: tuple[CaseShown, ...]
    withheld: int
    runs: tuple[RunShown, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """The run under way, or the last one: `total` is 0 until its questions are counted.

    `error` is why it ended before its end, in words for a person; `notes` what else to know of it.
    """

    set: str
    done: int
    total: int
    running: bool
    stopping: bool = False
    error: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that broke or was mended, with both answers; an empty one is a refusal."""

    id: str
    question: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class MetricShown:
    """A metric on both sides, by its name in a language; `share` values are read as per cent, `seconds` are seconds.

    `low` and `high` bound the difference (95 %), `p` is corrected over all metrics; `None` where the
    pairs are too few to show anything.
    """

    name: str
    share: bool
    pairs: int
    baseline: float | None
    run: float | None
    low: float | None
    high: float | None
    p: float | None
    trend: Literal["better", "worse", ""]
    gates: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Two runs of a set, the verdict in words of a language; `passed` is `None` where the cases are too few to tell."""

    run: RunShown
    baseline: RunShown
    passed: bool | None
    verdict: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    broken: tuple[Flip, ...]
    mended: tuple[Flip, ...]
    only_in_run: tuple[Flip, ...]
    metrics: tuple[MetricShown, ...]
    withheld: int


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One run on the curve: `values` are those of the curve's metrics, in their order, each 0..1 or `None`."""

    made_at: str
    cases: int
    version: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Chosen metrics over the whole runs of a set, the oldest first."""

    metrics: tuple[str, ...]
    points: tuple[CurvePoint, ...]


class Evaluations(Protocol):
    """What evaluators may ask for. `reader` is who looks or asks; `None` reads everything."""

    def sets(self) -> Sequence[SetShown]:
        """Those made here, then those that ship with the product."""
        ...

    def open_set(self, name: str, reader: Reader | None) -> SetOpened:
        """A set with its cases and runs; raises `UnknownEvaluation`."""
        ...

    def accept(self, form: CaseForm, name: str) -> str:
        """Add a case to a set made here, a new one where there is none; the set's name. Raises `AssistantError`."""
        ...

    def drop_case(self, name: str, id: str, reader: Reader | None = None) -> None:
        """Take a case out of a set made here, and the set with its last case; raises `UnknownEvaluation`,
        also for a case that `reader` may not see."""
        ...

    def start(self, name: str, reader: Reader | None) -> None:
        """Play a set in the background, or go on with one that was stopped; raises `EvaluationBusy`."""
        ...

    def stop(self) -> None:
        """Have the run under way end after its present question; what was played is kept."""
        ...

    def progress(self) -> Progress | None:
        """The run under way or the last one since the service was opened."""
        ...

    def compare(self, run: str, baseline: str, language: str, reader: Reader | None) -> Compared:
        """Two runs of one set; raises `UnknownEvaluation`."""
        ...

    def curve(self, name: str, language: str) -> Curve:
        """The history of a set."""
        ...

    def report(self, run: str, baseline: str, reader: Reader | None) -> str:
        """The report of a run, beside another where one is named, as one HTML page with a script of its own."""
        ...

    def close(self) -> None:
        """Stop what is under way, and wait for it."""
        ...
