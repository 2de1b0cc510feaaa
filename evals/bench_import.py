"""How long people wait while many documents are brought in: the page and an answer, idle and during the import.

The service runs in a process of its own, as `cooperation serve` opens it; a page is fetched by HTTP and a question
asked by the service's socket, one after the other. First nothing else is done; then documents are imported through the
same service, and the measure goes on until the last is in. Speed alone is measured.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from queue import Empty, Queue
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from assistant.settings import Settings
from evals.bench import BenchError, Machine, Say, Texts, count, describe, fresh_settings, table, this_machine
from evals.bench_ask import Spread, child_environ, command
from evals.summary import percentile

if TYPE_CHECKING:
    from assistant.remote import RemoteAssistant

LIMIT = 2.0
"""What is asked of the 95th percentile: at most so many times the idle one."""
PATIENCE = 120.0
"""Seconds for the service to open."""


@dataclass(frozen=True, slots=True)
class ImportBench:
    """Milliseconds of pages and of answers, idle and during an import of `documents` that took `seconds`."""

    machine: Machine
    texts: str
    documents: int
    seconds: float
    idle_page: Spread
    busy_page: Spread
    idle_ask: Spread
    busy_ask: Spread


def bench_import(
    texts: Texts,
    questions: Sequence[str],
    settings: Settings,
    work: Path,
    documents: int,
    calls: int,
    environ: Mapping[str, str],
    say: Say,
) -> ImportBench:
    """Open a service over the texts, measure so many calls, import `documents` more and measure meanwhile.

    Raises `BenchError`.
    """
    from assistant.remote import RemoteAssistant
    from assistant.wiring import SOCKET, open_assistant
    from evals.bench_parts import request_of

    machine, own = this_machine(), fresh_settings(settings, work / "data")
    folder = written(texts, work / "import", documents)
    assistant = open_assistant(own)
    list(assistant.ingest(request_of(texts)))
    assistant.close()
    with serving(own, environ) as address:
        service = RemoteAssistant(own.data / SOCKET)
        waits = Waits(address, service.ask, questions)
        waits.while_(lambda done: done < min(5, calls))  # the first of everything is slow
        idle_page, idle_ask = waits.while_(lambda done: done < calls)
        say(f"idle: page p95 {idle_page.p95:.0f} ms, answer p95 {idle_ask.p95:.0f} ms")
        added: list[str] = []
        bringing = threading.Thread(target=lambda: added.extend(imported(service, folder)))
        began = time.perf_counter()
        bringing.start()
        busy_page, busy_ask = waits.while_(lambda _done: bringing.is_alive())
        bringing.join()
        seconds = round(time.perf_counter() - began, 1)
    if len(added) != documents:
        raise BenchError(f"{len(added)} documents ajoutés sur {documents}")
    return ImportBench(machine, texts.name, documents, seconds, idle_page, busy_page, idle_ask, busy_ask)


class Waits:
    """Fetches the page and asks a question in turn, and keeps how long each took."""

    def __init__(self, address: str, ask: Callable[[str], object], questions: Sequence[str]) -> None:
        self._address, self._ask, self._questions = address, ask, cycle(questions)

    def while_(self, going_on: Callable[[int], bool]) -> tuple[Spread, Spread]:
        """The milliseconds of pages and of answers, as long as `going_on`, told how many are done, says so."""
        pages, answers = list[float](), list[float]()
        while going_on(len(pages)):
            pages.append(_milliseconds(self._fetch))
            answers.append(_milliseconds(lambda: self._ask(next(self._questions))))
        return spread_of(pages), spread_of(answers)

    def _fetch(self) -> None:
        with urlopen(self._address, timeout=PATIENCE) as answer:
            answer.read()


def imported(service: RemoteAssistant, folder: Path) -> Iterator[str]:
    """Import a folder; the names of the documents that were added."""
    from assistant.library import Request

    return (outcome.id for outcome in service.ingest(Request((folder,))) if outcome.status == "added")


def written(texts: Texts, folder: Path, documents: int) -> Path:
    """A folder of so many files, made of the texts in turn, each with a head and a first line of its own."""
    folder.mkdir(parents=True)
    for number, text in zip(range(documents), cycle(texts.documents), strict=False):
        (folder / f"import-{number:04}.md").write_text(
            f"# Import {number}\n\nDocument {number} de l'import.\n\n{text.text[:6000]}\n", "utf-8"
        )
    return folder


@dataclass(frozen=True, slots=True)
class Opened:
    """A running service: its address, the number of its process, and the lines that it has said since it opened."""

    address: str
    process: int
    lines: Queue[str]


@contextmanager
def serving(settings: Settings, environ: Mapping[str, str]) -> Iterator[str]:
    """The service over the data directory, on a free port; gives its address, and stops it at the end."""
    with opened_service(settings, child_environ(environ, settings)) as service:
        yield service.address


@contextmanager
def opened_service(settings: Settings, environ: Mapping[str, str], *options: str) -> Iterator[Opened]:
    """The service with options of its own, in exactly this environment."""
    process = subprocess.Popen(
        [*command(), "--data", str(settings.data), "serve", "--port", "0", "--no-ingest", *options],
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: Queue[str] = Queue()
    threading.Thread(target=_copy, args=(process.stdout or (), lines), daemon=True).start()
    try:
        yield Opened(answering(_address(lines)), process.pid, lines)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answering(address: str) -> str:
    """The address once it answers: it is told a moment before."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(address, timeout=PATIENCE):
                return address
        except URLError as error:
            if time.monotonic() > end:
                raise BenchError(f"{address} ne répond pas : {error}") from error
            time.sleep(0.1)


def _address(lines: Queue[str]) -> str:
    said, end = "", time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            said += lines.get(timeout=1)
        except Empty:
            continue
        if found := [word for word in said.split() if word.startswith("http://") and word.count("/") == 2]:
            return found[0]
    raise BenchError(f"le service ne s'est pas ouvert : {said[-800:]}")


def _milliseconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def spread_of(spent: Sequence[float]) -> Spread:
    """The percentiles of what was measured; raises `BenchError` where an import was over before anything was."""
    if not spent:
        raise BenchError("l'import a fini avant la première mesure : importez plus de documents")
    return Spread(len(spent), percentile(spent, 50) or 0.0, percentile(spent, 95) or 0.0, max(spent))


def render(result: ImportBench) -> str:
    """The figures as a table, with how many times slower it was during the import."""
    rows = [
        [
            name,
            f"{idle.p50:.0f}",
            f"{idle.p95:.0f}",
            f"{busy.p50:.0f}",
            f"{busy.p95:.0f}",
            f"{busy.p95 / idle.p95:.2f}",
            count(busy.calls),
        ]
        for name, idle, busy in (
            ("page", result.idle_page, result.busy_page),
            ("answer", result.idle_ask, result.busy_ask),
        )
    ]
    rows.append(["asked", "", "", "", "", f"{LIMIT:.0f}", ""])
    return "\n".join(
        [
            f"{count(result.documents)} documents made of {result.texts} imported in {result.seconds:.0f} s through a "
            "service that is asked meanwhile.",
            "",
            table(["ms", "idle p50", "idle p95", "import p50", "import p95", "times", "calls"], rows),
            "",
            describe(result.machine),
        ]
    )


def _copy(source: Iterable[str], target: Queue[str]) -> None:
    for line in source:
        target.put(line)
