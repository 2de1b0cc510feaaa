"""What evaluators do in the web application (`assistant.evaluations`), over a service's own texts and data directory.

Sets are played to the texts of the service, as its evaluator reads them. The pages ask for the same few files again and
again, so what was made of a file is kept until the file changes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.errors import AssistantError
from assistant.evaluations import (
    CaseForm,
    Compared,
    Curve,
    Evaluations,
    Progress,
    RunShown,
    SetOpened,
    SetShown,
    UnknownEvaluation,
)
from assistant.reader import Reader, hidden
from evals import shown
from evals.background import Background, ReadAs
from evals.baseline import baseline_of
from evals.case import CaseSet
from evals.cases import read_cases
from evals.history import Point, read_history
from evals.own_sets import add_case, drop_case
from evals.places import SETS, own_sets, sets_in
from evals.report import page
from evals.review import review
from evals.run_file import Run, RunError, read_run

if TYPE_CHECKING:
    from assistant.operations import Operations

MOST_KEPT = 200
"""Of how many files and pairs of files the figures are kept."""
Made = TypeVar("Made")


def open_desk(operations: Operations, folder: Path) -> Evaluations:
    """The evaluators' side of an assistant that stays the caller's to close; runs and sets lie in the folder."""
    return Desk(operations, folder)


class Desk:
    """Sets, runs and what is said of them; each call reads the files as they are now."""

    def __init__(self, operations: Operations, folder: Path) -> None:
        self._operations, self._folder = operations, folder
        self._background = Background(folder)
        self._kept: dict[tuple[Any, ...], Any] = {}

    def sets(self) -> list[SetShown]:
        """Those made here, then those that ship with the product."""
        runs = self._runs()
        own = [self._set(name, path, True, runs) for name, path in sets_in(own_sets(self._folder)).items()]
        shipped = [self._set(name, path, False, runs) for name, path in sets_in(SETS).items()]
        return own + shipped

    def open_set(self, name: str, reader: Reader | None) -> SetOpened:
        """A set with its cases and runs; raises `UnknownEvaluation`."""
        path, own = self._find(name)
        runs = self._runs()
        cases, closed = read_cases(path), hidden(reader, self._operations.readers())
        kept = tuple(shown.case_shown(case) for case in cases if shown.readable_case(case, closed))
        of = tuple(run for run in runs if run.set == cases.name)
        return SetOpened(self._set(name, path, own, runs), kept, len(cases) - len(kept), of)

    def accept(self, form: CaseForm, name: str) -> str:
        """Add a case to a set made here; the set's name."""
        return add_case(own_sets(self._folder), name, form)[0]

    def drop_case(self, name: str, id: str, reader: Reader | None = None) -> None:
        """Take a case that `reader` may see out of a set made here; raises `UnknownEvaluation`."""
        if id not in {case.id for case in self.open_set(name, reader).cases}:
            raise UnknownEvaluation(f"Il n'y a pas de question {id!r} dans cette suite.")
        drop_case(own_sets(self._folder), name, id)

    def start(self, name: str, reader: Reader | None) -> None:
        """Play a set in the background."""
        self._background.start(read_cases(self._find(name)[0]), ReadAs(self._operations, reader))

    def stop(self) -> None:
        """End the run under way after its present question."""
        self._background.stop()

    def progress(self) -> Progress | None:
        """The run under way, or the last one."""
        return self._background.progress()

    def compare(self, run: str, baseline: str, language: str, reader: Reader | None) -> Compared:
        """Two runs of one set."""
        sides = self._run(run), self._run(baseline)
        if sides[0].header.set != sides[1].header.set:
            raise UnknownEvaluation("Ces réponses ne sont pas de la même suite : il n'y a rien à comparer.")
        unseen = hidden(reader, self._operations.readers())
        closed = shown.withheld(sides, unseen)
        made, before = (shown.without(side, closed, unseen) for side in sides)
        found = review(made, baseline_of(before))
        of = {one.id: one for one in self._runs()}
        return shown.compared(found, of[run], of[baseline], len(closed), language)

    def curve(self, name: str, language: str) -> Curve:
        """The history of a set."""
        return shown.curve(self._history(self._cases(name).name), language)

    def report(self, run: str, baseline: str, reader: Reader | None) -> str:
        """The report as one HTML page."""
        sides = [self._run(run), *([self._run(baseline)] if baseline else [])]
        unseen = hidden(reader, self._operations.readers())
        closed = shown.withheld(sides, unseen)
        made, *before = (shown.without(side, closed, unseen) for side in sides)
        return page(review(made, baseline_of(before[0]) if before else None), self._history(made.header.set))

    def close(self) -> None:
        """Stop what is under way, and wait for it."""
        self._background.close()

    # ---- files -------------------------------------------------------------------------------------------------------

    def _find(self, name: str) -> tuple[Path, bool]:
        """Where a set lies, and whether it was made here."""
        shipped, own = sets_in(SETS), sets_in(own_sets(self._folder))
        if name not in shipped and name not in own:
            raise UnknownEvaluation(f"Il n'y a pas de suite {name!r} : choisissez-en une dans la liste.")
        return (shipped[name], False) if name in shipped else (own[name], True)

    def _cases(self, name: str) -> CaseSet:
        path, _ = self._find(name)
        return self._once(("cases", *_state(path)), lambda: read_cases(path))

    def _run(self, id: str) -> Run:
        path = {file.stem: file for file in self._folder.glob("*.jsonl")}.get(id)
        if path is None:
            raise UnknownEvaluation("Ces réponses ne sont plus là : choisissez-en dans la liste.")
        return read_run(path)

    def _runs(self) -> list[RunShown]:
        """Every run that can be read, the newest first."""
        found = []
        for path in self._folder.glob("*.jsonl"):
            running = path == self._background.path
            try:
                found.append(self._once(("run", running, *_state(path)), partial(_shown, path, running)))
            except RunError:
                continue
        return sorted(found, key=lambda run: (run.made_at, run.id), reverse=True)

    def _set(self, name: str, path: Path, own: bool, runs: list[RunShown]) -> SetShown:
        try:
            cases = self._cases(name)
        except AssistantError as error:
            return SetShown(name, own, 0, str(path), broken=str(error))
        of = [run for run in runs if run.set == cases.name]
        whole = [run for run in of if run.state == "whole" and not run.tag]
        passed = next((self._passed(new.id, old.id) for new, old in pairwise(whole)), None)
        return SetShown(name, own, len(cases), str(path), of[0] if of else None, passed)

    def _passed(self, run: str, baseline: str) -> bool | None:
        """The verdict of a run beside the one before it; `None` where their cases are too few to tell."""

        def verdict() -> bool | None:
            found = review(self._run(run), baseline_of(self._run(baseline))).verdict
            return found.passed if found is not None and found.tells else None

        return self._once(("passed", run, baseline), verdict)

    def _history(self, set_name: str) -> list[Point]:
        every = [self._once(("points", *_state(path)), partial(_points, path)) for path in self._folder.glob("*.jsonl")]
        return sorted((one for points in every for one in points if one.set == set_name), key=lambda one: one.made_at)

    def _once(self, key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = make()
        found: Made = self._kept[key]
        return found


def _shown(path: Path, running: bool) -> RunShown:
    return shown.run_shown(path.stem, read_run(path), running)


def _points(path: Path) -> list[Point]:
    """A whole run as a point of the curve; none for what is no run."""
    try:
        return read_history([path])
    except RunError:
        return []


def _state(path: Path) -> tuple[Path, int, int]:
    """What changes with a file."""
    stat = path.stat()
    return path, stat.st_mtime_ns, stat.st_size
