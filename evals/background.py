"""A run in the background of a service: one at a time, told as it goes on, stopped after the question it is at.

It outlives the page that began it, not the service: what was played is on disk, and the next start goes on with it.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers.answer import Answer
from assistant.evaluations import EvaluationBusy, Progress
from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters
from assistant.reader import Reader
from corpus.errors import AssistantError
from evals.case import Case, CaseSet
from evals.product import ask_case, fingerprint, missing_note, texts_of
from evals.run import RunHalted, header_of, run_cases
from evals.run_file import new_file, unfinished

if TYPE_CHECKING:
    from assistant.operations import Operations
    from index.records import DocumentRecord

CLOSING_SECONDS = 30.0
"""How long a service that closes waits for the question it is at."""
_log = logging.getLogger(__name__)


class Stopped(RunHalted):
    """Somebody asked for the run to end."""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """The product as somebody reads it: nothing is answered from a document that they may not read."""

    operations: Operations
    reader: Reader | None

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """The product's answer to them."""
        return self.operations.ask(question, history, language, id, filters, self.reader)

    def documents(self) -> list[DocumentRecord]:
        """What they may read."""
        return self.operations.documents(self.reader)

    def text(self, document: str) -> str:
        """The text of one of these."""
        return self.operations.text(document, self.reader)


class Background:
    """Plays sets into a folder, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock, self._stop = threading.Lock(), threading.Event()
        self._progress: Progress | None = None
        self._thread: threading.Thread | None = None
        self.path: Path | None = None
        """The file of the run under way."""

    def start(self, cases: CaseSet, product: ReadAs) -> None:
        """Play a set, or go on with its stopped run where nothing has changed; raises `EvaluationBusy`."""
        with self._lock:
            if self._progress and self._progress.running:
                raise EvaluationBusy
            self._stop.clear()
            self._progress = Progress(cases.name, 0, 0, True)
            self._thread = threading.Thread(target=self._run, args=(cases, product), name="evaluation", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Have it end after its present question."""
        with self._lock:
            if self._progress and self._progress.running:
                self._stop.set()
                self._progress = replace(self._progress, stopping=True)

    def progress(self) -> Progress | None:
        """Where it is, or how the last one ended."""
        return self._progress

    def close(self) -> None:
        """Stop, and wait for it."""
        self.stop()
        if self._thread:
            self._thread.join(CLOSING_SECONDS)

    def _run(self, cases: CaseSet, product: ReadAs) -> None:
        error = ""
        try:
            self._play(cases, product)
        except Stopped:
            pass
        except AssistantError as found:
            error = str(found)
        except Exception:  # the page tells of it, the log has the rest
            reference = secrets.token_hex(4)
            _log.exception("evaluation of %s failed, %s", cases.name, reference)
            error = f"Erreur imprévue ; le journal en dit plus sous le numéro {reference}."
        finally:
            with self._lock:
                self.path = None
                assert self._progress
                self._progress = replace(self._progress, running=False, stopping=False, error=error)

    def _play(self, cases: CaseSet, product: ReadAs) -> None:
        notes = [missing_note(cases, product)]
        notes += [f"documents de la suite : {', '.join(path.name for path in cases.documents)}"] * bool(cases.documents)
        self._tell(notes=tuple(filter(None, notes)))
        header = header_of(cases, fingerprint(product, cases, jobs=1))
        self.path = unfinished(self._folder, header) or new_file(self._folder, cases.name)
        run_cases(cases, self._asking(product), texts_of(product), self.path, header, progress=self._count)

    def _asking(self, product: ReadAs) -> Callable[[Case], Answer]:
        def ask(case: Case) -> Answer:
            if self._stop.is_set():
                raise Stopped
            return ask_case(product, case)

        return ask

    def _count(self, done: int, total: int) -> None:
        self._tell(done=done, total=total)

    def _tell(self, **values: object) -> None:
        with self._lock:
            assert self._progress
            self._progress = replace(self._progress, **values)  # type: ignore[arg-type]
