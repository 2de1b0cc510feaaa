"""Put every case of a set to an assistant, many at a time, and keep what it answers.

The assistant is any callable: the product, a service, a script. A case that fails is a record with its error, never a
stop, unless it says that no other can be asked (`RunHalted`); a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from assistant.answers.answer import Answer
from corpus.errors import AssistantError
from evals.case import Case, CaseError, CaseSet, record_of
from evals.metrics import measure_case
from evals.run_file import Header, Record, Run, RunFile, read_run
from evals.sourcing import Texts

Ask = Callable[[Case], Answer]
"""Answers one case; called from several threads at once where `jobs` is above 1."""

Progress = Callable[[int, int], None]
"""Is told how many cases are done, and how many there are."""


class RunHalted(AssistantError):
    """No further case can be asked, or none should be: the run stops where it is, and can go on later.

    An `Ask` raises it; its message says why, and what to do.
    """


PORTION = 40
"""Cases between two measures of the machine's pace."""


def run_cases(
    cases: CaseSet,
    ask: Ask,
    texts: Texts,
    path: Path,
    header: Header,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    retry: bool = False,
    pace: Callable[[], float] | None = None,
) -> Run:
    """Run a set into a file, or go on with the run in it, and return the whole run.

    `retry` runs the cases that failed once more. `pace` (`evals.pace`) is measured before, between portions of cases
    while no case is at work, and after. Raises `RunError` when the file holds another run.
    """
    file = RunFile(path, header)
    try:
        done = {record.case.id for record in file.records if not (retry and record.error)}
        left = [case for case in cases if case.id not in done]
        _tell(progress, len(done), len(cases))
        if pace and left:
            file.append_pace(pace())
        while left:
            portion, left = left[:PORTION], left[PORTION:]
            told = _offset(progress, len(cases) - len(left) - len(portion), len(cases))
            _run_all(portion, lambda case: file.append(run_case(case, ask, texts)), jobs, told)
            if pace:
                file.append_pace(pace())
    finally:
        file.close()
    return read_run(path)


def run_case(case: Case, ask: Ask, texts: Texts) -> Record:
    """One case, answered and measured; whatever it raises is its error, but for `RunHalted`."""
    began = time.perf_counter()
    answer: Answer | None = None
    try:
        answer = ask(case)
        seconds = time.perf_counter() - began
        return Record(case, answer, None, measure_case(case, answer, texts), seconds)
    except RunHalted:
        raise
    except Exception as error:  # any callable may raise anything, and the run goes on
        seconds = time.perf_counter() - began
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return Record(case, answer, what, measure_case(case, None, texts), seconds)


def header_of(cases: CaseSet, fingerprint: Mapping[str, str], tag: str = "", now: datetime | None = None) -> Header:
    """The header of a run of this set that begins now."""
    made_at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    parts = {**fingerprint, "set": cases.name, "set_hash": set_hash(cases)}
    return Header(cases.name, tuple(case.id for case in cases), cases.gate_tags, parts, made_at, tag)


def tagged(cases: CaseSet, tag: str) -> CaseSet:
    """The cases of one tag; raises `CaseError` when there is none."""
    chosen = tuple(case for case in cases if tag in case.tags)
    if not chosen:
        known = ", ".join(sorted({tag for case in cases for tag in case.tags})) or "-"
        raise CaseError(f"{cases.name}: no case has the tag {tag!r}; there are: {known}")
    gate_tags = tuple(t for t in cases.gate_tags if any(t in c.tags for c in chosen))
    return replace(cases, cases=chosen, gate_tags=gate_tags)


def set_hash(cases: CaseSet) -> str:
    """Twelve hexadecimal digits that change with any case, whatever the format of the file.

    >>> one = CaseSet("a", (Case("1", "Quand ?", "fr"),))
    >>> set_hash(one) == set_hash(CaseSet("b", one.cases)), set_hash(one) == set_hash(CaseSet("a", one.cases * 2))
    (True, False)
    """
    lines = (json.dumps(record_of(case), ensure_ascii=False, sort_keys=True) for case in cases)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _run_all(left: list[Case], run_one: Callable[[Case], None], jobs: int, progress: Progress | None) -> None:
    """Run each of `left` in one of `jobs` threads; an interruption lets those at work finish, and begins no other."""
    stopped = threading.Event()

    def unless_stopped(case: Case) -> None:
        if stopped.is_set():
            return
        try:
            run_one(case)
        except BaseException:  # an interruption, or a record that cannot be written: no other case is begun
            stopped.set()
            raise

    pool = ThreadPoolExecutor(max(1, jobs), thread_name_prefix="case")
    try:
        futures = [pool.submit(unless_stopped, case) for case in left]
        for done, future in enumerate(as_completed(futures), 1):
            future.result()
            _tell(progress, done, len(left))
    finally:
        stopped.set()
        pool.shutdown(cancel_futures=True)


def _offset(progress: Progress | None, before: int, total: int) -> Progress | None:
    """The progress of a portion as that of the whole."""
    return progress and (lambda done, _: progress(before + done, total))


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress:
        progress(done, total)
