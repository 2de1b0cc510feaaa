"""A run on disk: a header line, then one JSON line a case, appended and made safe as each case finishes.

A run stands by itself: its header says what it was made with, its records hold the case, the whole answer, the metrics
and the error. Between them stand measures of the machine's pace (`evals.pace`). What a kill cut off in the middle of a
line is not a record, and is dropped when the run goes on.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import IO, Any

from assistant.answers.answer import Answer
from corpus.errors import AssistantError
from evals.case import Case, CaseError, CaseSet, case_from, record_of
from evals.compare import Scores
from evals.metrics import measure_set
from evals.places import slug

Metrics = Mapping[str, float | None]


class RunError(AssistantError):
    """A run cannot be read, or cannot go on in this file; the message names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was made with: the ids of its cases in the order of the set, and its fingerprint by part.

    `made_at` is when it began (ISO 8601, UTC); `tag` is set where only the cases of one tag were run.
    """

    set: str
    cases: tuple[str, ...]
    gate_tags: tuple[str, ...]
    fingerprint: Mapping[str, str]
    made_at: str
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What became of one case: its answer, or the error it failed with. `seconds` is the wall clock around it."""

    case: Case
    answer: Answer | None
    error: str | None
    metrics: Metrics
    seconds: float


@dataclass(frozen=True)
class Run:
    """A run read back, its records in the order of the set; a record that came twice counts as it came last.

    `pace` has the seconds of `evals.pace` before, during and after it; none in a run that did not measure it.
    """

    header: Header
    records: tuple[Record, ...]
    pace: tuple[float, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The cases that were not finished."""
        done = {record.case.id for record in self.records}
        return tuple(case for case in self.header.cases if case not in done)

    @property
    def cases(self) -> CaseSet:
        """The set as it was run."""
        return CaseSet(self.header.set, tuple(record.case for record in self.records), "", self.header.gate_tags)

    @cached_property
    def scores(self) -> Scores:
        """The run as numbers."""
        return Scores({record.case.id: record.metrics for record in self.records}, self.header.fingerprint)

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each case."""
        return {record.case.id: record.case.weight for record in self.records}

    @cached_property
    def set_metrics(self) -> dict[str, float | None]:
        """The metrics that only a whole set has."""
        return measure_set([(record.case, record.answer) for record in self.records if record.answer])


class RunFile:
    """A run that is being written, by this process alone: each record is on disk when `append` returns."""

    def __init__(self, path: Path, header: Header) -> None:
        """Begin the run, or go on with the one in the file; raises `RunError` when that is another run."""
        self._path, self._writing = path, threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = open(path, "a+b")  # noqa: SIM115  # held until `close`
        except OSError as error:
            raise RunError(f"{path} : on ne peut pas y écrire ({error.strerror}). Changez --out.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found = self._find(header)
        except BlockingIOError:
            self._file.close()
            raise RunError(
                f"{path} : une autre commande écrit dans ce fichier. Attendez-la, ou changez --out."
            ) from None
        except BaseException:
            self._file.close()
            raise
        self.header = found.header if found else header
        self.records = found.records if found else ()
        if not found:
            self._write({"run": asdict(header)})
            _sync_folder(path.parent)

    def append(self, record: Record) -> None:
        """Write a record and make it safe; may be called from any thread."""
        self._write(_record_json(record))

    def append_pace(self, seconds: float) -> None:
        """Write a measure of the machine's pace."""
        self._write({"pace": round(seconds, 4)})

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _find(self, header: Header) -> Run | None:
        self._file.seek(0)
        data = self._file.read()
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            if data and not b'{"run": '.startswith(data[:8]):
                raise RunError(f"{self._path} n'est pas une suite de réponses : changez --out.")
            self._file.truncate(0)
            return None
        run = _run_of(self._path, whole)
        _refuse_another(self._path, run.header, header)
        self._file.truncate(len(whole))
        return run

    def _write(self, value: Mapping[str, Any]) -> None:
        line = line_of(value)
        with self._writing:
            self._file.write(line)
            self._file.flush()
            os.fsync(self._file.fileno())


def read_run(path: Path) -> Run:
    """The run in a file, finished or not; raises `RunError`."""
    data = read_bytes(path)
    return _run_of(path, data[: data.rfind(b"\n") + 1])


def new_file(folder: Path, set_name: str) -> Path:
    """An empty file for a run of a set that begins now, named by the moment; two of one second have one each.

    Raises `RunError` where none can be made.
    """
    name = f"{slug(set_name)}-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    names = (name if number == 1 else f"{name}_{number}" for number in count(1))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return next(path for path in (folder / f"{one}.jsonl" for one in names) if _is_made(path))
    except OSError as error:
        raise RunError(f"{folder} : on ne peut pas y écrire ({error.strerror}). Changez --out.") from error


def _is_made(path: Path) -> bool:
    """Whether this file was not there and is now."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def unfinished(folder: Path, header: Header) -> Path | None:
    """The newest file of a folder that holds a run like this one, begun and not finished."""
    for path in sorted(folder.glob("*.jsonl"), reverse=True):
        try:
            run = read_run(path)
        except RunError:
            continue
        if run.missing and replace(run.header, made_at=header.made_at) == header:
            return path
    return None


def _run_of(path: Path, data: bytes) -> Run:
    lines = read_lines(path, data)
    if not lines or "run" not in lines[0]:
        raise RunError(f"{path} n'est pas une suite de réponses de « cooperation evals run ».")
    try:
        header = header_from(lines[0]["run"])
        records = {record.case.id: record for record in (_record(line) for line in lines[1:] if "pace" not in line)}
        pace = tuple(float(line["pace"]) for line in lines[1:] if "pace" in line)
    except (KeyError, TypeError, ValueError, CaseError) as error:
        raise RunError(f"{path} : suite illisible ({type(error).__name__}: {error}).") from error
    return Run(header, tuple(records[case] for case in header.cases if case in records), pace)


def read_lines(path: Path, data: bytes) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line; raises `RunError`."""
    found = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise RunError(f"{path}, ligne {number} : ce n'est pas du JSON.") from error
        if not isinstance(value, dict):
            raise RunError(f"{path}, ligne {number} : ce n'est pas un objet JSON.")
        found.append(value)
    return found


def header_from(value: Mapping[str, Any]) -> Header:
    """The header of a run from its JSON values."""
    names = [f.name for f in fields(Header)]
    header = Header(**{name: value[name] for name in names})
    return replace(header, cases=tuple(header.cases), gate_tags=tuple(header.gate_tags))


def _record(value: Mapping[str, Any]) -> Record:
    answer = Answer.from_json(value["answer"]) if value["answer"] else None
    return Record(case_from(value["case"]), answer, value["error"], value["metrics"], value["seconds"])


def _record_json(record: Record) -> dict[str, Any]:
    return {
        "id": record.case.id,
        "case": record_of(record.case),
        "answer": record.answer.to_json() if record.answer else None,
        "metrics": record.metrics,
        "error": record.error,
        "seconds": round(record.seconds, 4),
    }


def line_of(value: Mapping[str, Any]) -> bytes:
    """A JSON object as one line."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _refuse_another(path: Path, found: Header, wanted: Header) -> None:
    for name in ("set", "tag", "cases"):
        if getattr(found, name) != getattr(wanted, name):
            raise RunError(f"{path} : la suite commencée là n'a pas les mêmes questions ({name}). Changez --out.")
    for part in dict.fromkeys((*found.fingerprint, *wanted.fingerprint)):
        if (before := found.fingerprint.get(part)) != (now := wanted.fingerprint.get(part)):
            raise RunError(
                f"{path} : la suite commencée là a été faite avec {part} = {before!r}, et non {now!r}. "
                "Changez --out, ou effacez ce fichier."
            )


def read_bytes(path: Path) -> bytes:
    """The bytes of a file; raises `RunError`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunError(f"{path} : fichier illisible ({error.strerror}).") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
