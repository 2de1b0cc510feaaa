"""The product as evaluations open it: over a data directory that is given, or over the shipped corpus in a new one.

Without `--data` nobody's documents are read: a temporary directory gets the shipped corpus, so that the same set gives
the same result everywhere.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers.answer import Answer
from assistant.errors import AssistantError, UnknownDocument
from assistant.settings import Settings
from evals.case import Case, CaseSet
from evals.sourcing import Texts

if TYPE_CHECKING:
    from assistant.assistant import Operations
    from assistant.library import Outcome, Request
    from evals.run import Progress

WARM_UP = 3
"""Questions tried, until one is answered, before anything is measured: the first one loads the model."""

_CODE = ("corpus", "index", "assistant")
_TEXTS = ("texts", "sources")


@contextmanager
def opened(settings: Settings, given: bool) -> Iterator[Operations]:
    """The product over the data directory of the settings where one was `given`, else over the shipped corpus."""
    from assistant.library import Request

    if not given:
        with temporary(settings, Request()) as (operations, _):
            yield operations
        return
    from assistant.wiring import open_operations

    operations = open_operations(settings)
    try:
        yield operations
    finally:
        operations.close()


@contextmanager
def temporary(settings: Settings, request: Request) -> Iterator[tuple[Operations, list[Outcome]]]:
    """The product over a new directory with these documents, and what became of each; the directory goes in the end."""
    from assistant.wiring import open_assistant

    with tempfile.TemporaryDirectory(prefix="cooperation-evals-") as name:
        data = Path(name)
        assistant = open_assistant(replace(settings, data=data, database_url=f"sqlite:///{data / 'cooperation.db'}"))
        try:
            with progress_bar("doc") as progress:
                outcomes = list(assistant.ingest(request, lambda done, total, _: progress(done, total)))
            yield assistant, outcomes
        finally:
            assistant.close()


def ask_case(operations: Operations, case: Case) -> Answer:
    """The product's answer to a case, asked as a person asks: the question and the earlier ones, and nothing else."""
    return operations.ask(case.question, case.history, id=case.id)


def texts_of(operations: Operations) -> Texts:
    """The texts of the documents, each read once."""
    kept: dict[str, str | None] = {}

    def text(document: str) -> str | None:
        if document not in kept:
            try:
                kept[document] = operations.text(document)
            except UnknownDocument:
                kept[document] = None
            except AssistantError:  # a running service says it in words of its own
                known = {record.id for record in operations.documents()}
                if document in known:
                    raise
                kept[document] = None
        return kept[document]

    return text


def fingerprint(operations: Operations, cases: CaseSet, jobs: int) -> dict[str, str]:
    """What makes two runs differ besides the questions, by part; asks a question or two to warm up.

    `code` is a hash of the product's own files, `corpus` one of the hashes of all documents.
    """
    from evals.bench import this_machine

    answer = _warm_up(operations, cases)
    model, chunking = (*(answer.fingerprint.split("|") if answer else ()), "?", "?")[:2]
    documents = operations.documents()
    machine = this_machine()
    return {
        "model": model,
        "draft": f"{answer.mode}, {answer.model}" if answer else "?",
        "threshold": f"{answer.threshold:g}" if answer else "?",
        "chunking": chunking,
        "corpus": _hash(sorted(record.sha256 for record in documents)),
        "documents": str(len(documents)),
        "version": version("cooperation-assistant"),
        "code": code_hash(),
        "machine": f"{machine.processor}, {machine.cores} cores",
        "jobs": str(jobs),
    }


def code_hash() -> str:
    """Twelve hexadecimal digits that change with any file of the product but its texts."""
    lines = []
    for package in _CODE:
        spec = find_spec(package)
        folder = Path(spec.origin).parent if spec and spec.origin else Path()
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and "__pycache__" not in name.parts and name.parts[0] not in _TEXTS:
                lines.append(f"{package}/{name.as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return _hash(lines)


@contextmanager
def progress_bar(unit: str) -> Iterator[Progress]:
    """A progress bar on a terminal's error stream; silent elsewhere."""
    from tqdm import tqdm

    with tqdm(total=1, unit=unit, disable=None, leave=False, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.total = max(total, 1)
            bar.update(done - bar.n)

        yield show


def _warm_up(operations: Operations, cases: CaseSet) -> Answer | None:
    for case in cases.cases[:WARM_UP]:
        try:
            return ask_case(operations, case)
        except Exception:  # it will be the record of that case
            continue
    return None


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
