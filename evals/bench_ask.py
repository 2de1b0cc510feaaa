"""How long an answer takes: in the process, on an index of a given size, and as a command typed in a terminal.

The texts are ingested once; then the records are grown to the size wanted with documents derived from them
(`evals.bench_grown`). Search and drafting have as much to read as with that many chunks of one's own: these figures are
of speed, never of quality.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings
from evals.bench import BenchError, Machine, Say, Texts, count, describe, fresh_settings, middle, table, this_machine
from evals.summary import percentile

if TYPE_CHECKING:
    from assistant.assistant import Assistant

EXAMPLES = (
    "Quelles conventions arabes contre la criminalité ont été signées ?",
    "Quels sont les objectifs du Conseil des ministres arabes de l'Intérieur ?",
    "Où et quand s'est tenue la dernière session du CMAI ?",
    "Quels programmes sont menés avec les Nations unies ?",
    "Combien de pays participent au Dialogue 5+5 ?",
    "Que fait le ministère avec l'Union africaine ?",
    "Quel est le budget du programme CAPDEL ?",
    "ما هي الاتفاقيات العربية لمكافحة الجريمة؟",
    "ما هي أهداف مجلس وزراء الداخلية العرب؟",
    "Which programmes does the European Union support?",
    "What is the Arab Maghreb Union working on?",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: an index of `chunks`, `calls` in the process, each command `processes` times (0: none)."""

    chunks: int = 10_000
    calls: int = 200
    processes: int = 5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of many calls: nearest-rank percentiles, and the longest."""

    calls: int
    p50: float
    p95: float
    longest: float


@dataclass(frozen=True, slots=True)
class Processes:
    """Seconds of whole processes, every time."""

    help: tuple[float, ...]
    cold_ask: tuple[float, ...]
    ask_beside_service: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class AskBench:
    """`chunks` of which `real` come from the texts and the others are copies, `noise` away."""

    machine: Machine
    texts: str
    real: int
    chunks: int
    noise: float
    opening_seconds: float
    questions: int
    refused: int
    search: Spread
    ask: Spread
    processes: Processes | None


def bench_ask(
    texts: Texts,
    questions: Sequence[str],
    settings: Settings,
    work: Path,
    plan: Plan,
    environ: Mapping[str, str],
    say: Say,
) -> AskBench:
    """Ask and search, going through the questions again where they are fewer than the calls; then whole processes."""
    from assistant.wiring import open_assistant
    from evals.bench_grown import NOISE

    machine = this_machine()
    own = fresh_settings(settings, work / "data")
    real = prepare(texts, own, plan)
    chunks = max(real, plan.chunks)
    open_assistant(own).close()  # brings the indexes level with the records
    began = time.perf_counter()
    assistant = open_assistant(own)
    opening = round(time.perf_counter() - began, 3)
    say(f"{count(chunks)} chunks, opened in {opening:.1f} s")
    try:
        asked = list(islice(cycle(questions), plan.calls))
        refused = sum(assistant.ask(question).refused for question in questions)
        search = spread(lambda question: assistant.search(question), asked)
        ask = spread(lambda question: assistant.ask(question), asked)
        say(f"asked {plan.calls} times, p95 {ask.p95:.0f} ms")
        beside = _beside_service(assistant, own, questions[0], plan, environ, work)
    finally:
        assistant.close()
    processes = None
    if plan.processes:
        child = child_environ(environ, own)
        processes = Processes(
            help=timed([*command(), "--help"], child, work, plan.processes),
            cold_ask=timed([*command(), "--data", str(own.data), "ask", questions[0]], child, work, plan.processes),
            ask_beside_service=beside,
        )
    return AskBench(machine, texts.name, real, chunks, NOISE, opening, len(questions), refused, search, ask, processes)


def prepare(texts: Texts, settings: Settings, plan: Plan) -> int:
    """Make a data directory with the texts, grown to the chunks wanted; returns how many come from the texts."""
    from assistant.wiring import open_assistant
    from evals.bench_grown import grow
    from evals.bench_parts import request_of
    from index.records import opened

    assistant = open_assistant(settings)
    try:
        outcomes = list(assistant.ingest(request_of(texts)))
    finally:
        assistant.close()
    if not any(outcome.chunks for outcome in outcomes):
        raise BenchError(f"{texts.name} : aucun passage à indexer.")
    with opened(settings.database_url) as records:
        before = records.count_chunks()
        grow(records, plan.chunks, plan.seed)
    return before


def spread(call: Callable[[str], object], questions: Sequence[str]) -> Spread:
    """The milliseconds of `call` on each question, one after the other."""
    spent = []
    for question in questions:
        began = time.perf_counter()
        call(question)
        spent.append((time.perf_counter() - began) * 1000)
    return Spread(len(spent), percentile(spent, 50) or 0.0, percentile(spent, 95) or 0.0, max(spent))


def command() -> list[str]:
    """The console script of this installation, or the same through the interpreter where it is not on disk."""
    script = shutil.which("cooperation", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-c", "import sys, assistant.cli; sys.exit(assistant.cli.main())"]


def child_environ(environ: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The environment for a child: the caller's, with the benchmark's own settings."""
    plain = {name: value for name, value in environ.items() if not name.startswith("COOPERATION_")}
    return plain | {"COOPERATION_CACHE": str(settings.cache)}


def timed(arguments: Sequence[str], environ: Mapping[str, str], work: Path, times: int) -> tuple[float, ...]:
    """Seconds of a command from start to end, `times` times, after one that is not counted; raises `BenchError`."""
    spent = []
    for _ in range(times + 1):
        began = time.perf_counter()
        done = subprocess.run(
            arguments,
            env=dict(environ),
            cwd=work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        spent.append(round(time.perf_counter() - began, 3))
        if done.returncode != 0:
            raise BenchError(f"{' '.join(map(os.path.basename, arguments))} : {done.stderr.strip()[-500:]}")
    return tuple(spent[1:])


def render(result: AskBench) -> str:
    """The figures as tables, with what they mean."""
    rows = [
        [name, f"{item.p50:.0f}", f"{item.p95:.0f}", f"{item.longest:.0f}", str(item.calls)]
        for name, item in (("search", result.search), ("ask", result.ask))
    ]
    lines = [
        f"{count(result.chunks)} chunks: {count(result.real)} of {result.texts}, {count(result.chunks - result.real)} "
        "derived from them: real",
        f"passages put together anew, under vectors moved by {result.noise}. {result.questions} questions, "
        f"{result.refused} refused. Opened in {result.opening_seconds:.1f} s.",
        "",
        table(["in the process, ms", "p50", "p95", "longest", "calls"], rows),
    ]
    if result.processes:
        whole = result.processes
        named = (
            ("cooperation --help", whole.help),
            ("cooperation ask, no service", whole.cold_ask),
            ("cooperation ask, beside a running service", whole.ask_beside_service),
        )
        lines += [
            "",
            table(
                ["whole process, s", "median", "shortest", "longest", "times"],
                [[n, f"{middle(v):.2f}", f"{min(v):.2f}", f"{max(v):.2f}", str(len(v))] for n, v in named],
            ),
            "",
            "Each process is new; files may be in the system's cache, as one run before was not counted.",
        ]
    return "\n".join([*lines, "", describe(result.machine)])


def _beside_service(
    assistant: Assistant, settings: Settings, question: str, plan: Plan, environ: Mapping[str, str], work: Path
) -> tuple[float, ...]:
    """Seconds of `cooperation ask` while this process serves the data directory."""
    from assistant.remote import Service
    from assistant.wiring import SOCKET

    if not plan.processes:
        return ()
    service = Service(assistant, settings.data / SOCKET)
    try:
        arguments = [*command(), "--data", str(settings.data), "ask", question]
        return timed(arguments, child_environ(environ, settings), work, plan.processes)
    finally:
        service.close()
