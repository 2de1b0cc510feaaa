"""What grows with the number of passages: time to start, memory, time to search, to add one and to change nothing.

The texts are ingested once and the records grown with derived documents (`evals.bench_grown`), size after size. Each
size is then measured in a process of its own, started as after a `kill -9`, so that the index is probed first: memory
that the growing took is not the serving process's. It measures speed and size, never quality.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.settings import Settings
from evals.bench import BenchError, Machine, Say, Texts, count, describe, fresh_settings, table, this_machine
from evals.bench_ask import child_environ
from evals.summary import percentile

if TYPE_CHECKING:
    from assistant.assistant import Assistant

UNCHANGED = 10_000
"""Passages of what is ingested again unchanged."""
ADDED = 5
LIMITS = {
    "start_seconds": 15.0,
    "private_mb": 1500.0,
    "search_p95_ms": 150.0,
    "add_one_seconds": 2.0,
    "unchanged_seconds": 3.0,
}
"""What is asked at 100,000 passages."""


@dataclass(frozen=True, slots=True)
class Size:
    """The figures at one size.

    `start_seconds` from nothing to the first search, the probe included; `private_mb` the memory that is this process's
    alone after all the rest was done; `add_one_seconds` the median beyond reading and encoding; `unchanged_seconds` for
    `unchanged` passages; `index_seconds` to make the whole index from the records, nothing embedded.
    """

    chunks: int
    documents: int
    index_seconds: float
    start_seconds: float
    private_mb: float
    search_p50_ms: float
    search_p95_ms: float
    add_one_seconds: float
    unchanged: int
    unchanged_seconds: float


@dataclass(frozen=True, slots=True)
class GrowthBench:
    """The figures at each size, from `real` passages of the texts."""

    machine: Machine
    texts: str
    real: int
    noise: float
    questions: int
    sizes: tuple[Size, ...]


def bench_growth(
    texts: Texts,
    questions: Sequence[str],
    settings: Settings,
    work: Path,
    sizes: Sequence[int],
    seed: int,
    environ: Mapping[str, str],
    say: Say,
) -> GrowthBench:
    """Grow from one size to the next and measure each."""
    from assistant.wiring import open_assistant, reindex
    from evals.bench_grown import NOISE, grow
    from evals.bench_parts import request_of
    from index.records import opened

    machine, own = this_machine(), fresh_settings(settings, work / "data")
    assistant = open_assistant(own)
    try:
        real = sum(outcome.chunks for outcome in assistant.ingest(request_of(texts)))
    finally:
        assistant.close()
    if not real:
        raise BenchError(f"{texts.name} : aucun passage à indexer.")
    say(f"{count(real)} real passages")
    found = []
    for size in sorted(sizes):
        with opened(own.database_url) as records:
            documents = grow(records, size, seed)
        began = time.perf_counter()
        chunks = reindex(own)
        indexed = time.perf_counter() - began
        say(f"{count(chunks)} passages indexed in {indexed:.0f} s")
        measured = _in_its_own_process(own, questions, work, environ)
        found.append(Size(chunks=chunks, documents=documents, index_seconds=round(indexed, 1), **measured))
        say(f"{count(chunks)} passages: p95 {found[-1].search_p95_ms:.0f} ms, {found[-1].private_mb:.0f} MB")
    return GrowthBench(machine, texts.name, real, NOISE, len(questions), tuple(found))


def _in_its_own_process(
    settings: Settings, questions: Sequence[str], work: Path, environ: Mapping[str, str]
) -> dict[str, Any]:
    asked = work / "questions.json"
    asked.write_text(json.dumps(list(questions)), "utf-8")
    for folder in settings.data.glob("index-*"):
        (folder / "in-use").touch()  # as a process that was killed leaves it
    done = subprocess.run(
        [sys.executable, "-m", "evals.bench_growth", str(settings.data), str(settings.cache), str(asked)],
        env=child_environ(environ, settings),
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BenchError(f"la mesure a échoué : {done.stderr.strip()[-800:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(data: Path, cache: Path, questions: Sequence[str]) -> dict[str, Any]:
    """The figures of the data directory as it is; what is added for it is removed again."""
    began = time.perf_counter()
    from assistant.wiring import open_assistant

    settings = fresh_settings(Settings.from_env({"COOPERATION_CACHE": str(cache)}, str(data)), data)
    assistant = open_assistant(settings)
    try:
        assistant.search(questions[0], 10)
        start = time.perf_counter() - began
        spent = []
        for question in questions:
            began = time.perf_counter()
            assistant.search(question, 10)
            spent.append((time.perf_counter() - began) * 1000)
        added = sorted(_add_one(assistant, data, number) for number in range(ADDED))
        passages, unchanged = _unchanged(assistant, data)
        return {
            "start_seconds": round(start, 2),
            "search_p50_ms": round(percentile(spent, 50) or 0.0, 1),
            "search_p95_ms": round(percentile(spent, 95) or 0.0, 1),
            "add_one_seconds": round(added[len(added) // 2], 3),
            "unchanged": passages,
            "unchanged_seconds": round(unchanged, 3),
            "private_mb": round(private_mb(), 1),
        }
    finally:
        assistant.close()


class _Timed:
    """An embedder that knows how long it took."""

    def __init__(self, embedder: Any) -> None:
        self._embedder, self.seconds = embedder, 0.0
        self.name, self.seeker, self.dimension = embedder.name, embedder.seeker, embedder.dimension
        self.queries, self.count_tokens = embedder.queries, embedder.count_tokens

    def passages(self, texts: Sequence[str], progress: Any = None) -> Any:
        began = time.perf_counter()
        vectors = self._embedder.passages(texts, progress)
        self.seconds += time.perf_counter() - began
        return vectors


def _add_one(assistant: Assistant, data: Path, number: int) -> float:
    """Seconds to add a document until it can be found, without its encoding; a list needs no reading to speak of."""
    from assistant.library import Request

    text = "\n".join(f"Le point {line} de la réunion {number} concerne la coopération." for line in range(20))
    path = data / "one.jsonl"
    path.write_text(json.dumps({"id": f"bench-{number}", "title": "Réunion", "text": text, "lang": "fr"}), "utf-8")
    before = assistant._embedder
    timed = _Timed(before)
    assistant._embedder = timed
    try:
        began = time.perf_counter()
        (outcome,) = assistant.ingest(Request((), path))
        seconds = time.perf_counter() - began - timed.seconds
    finally:
        assistant._embedder = before
    if outcome.status != "added":
        raise BenchError(f"le document ajouté est {outcome.status}")
    assistant.remove(outcome.id)
    return seconds


def _unchanged(assistant: Assistant, data: Path) -> tuple[int, float]:
    """Passages and seconds of a list that is ingested again and has not changed."""
    from assistant.library import Request

    passages, path = 0, data / "again.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for record in assistant.documents():
            if record.origin == "derived" and passages + record.chunks <= UNCHANGED:
                passages += record.chunks
                value = {"id": record.id, "title": record.title, "text": assistant.text(record.id)}
                file.write(json.dumps(value, ensure_ascii=False) + "\n")
    began = time.perf_counter()
    outcomes = list(assistant.ingest(Request((), path)))
    seconds = time.perf_counter() - began
    if other := [outcome for outcome in outcomes if outcome.status != "kept"]:
        raise BenchError(f"un document inchangé est {other[0].status} : {other[0].id}")
    return passages, seconds


def private_mb() -> float:
    """Megabytes that are this process's alone."""
    lines = (line.split() for line in Path("/proc/self/smaps_rollup").read_text().splitlines())
    sizes = {line[0]: int(line[1]) for line in lines if len(line) == 3 and line[2] == "kB"}
    return (sizes["Private_Clean:"] + sizes["Private_Dirty:"]) / 1024


def render(result: GrowthBench) -> str:
    """The figures as a table, with what was asked of the largest size."""
    rows = [
        [
            count(size.chunks),
            count(size.documents),
            f"{size.index_seconds:.0f}",
            f"{size.start_seconds:.1f}",
            f"{size.private_mb:.0f}",
            f"{size.search_p50_ms:.0f}",
            f"{size.search_p95_ms:.0f}",
            f"{size.add_one_seconds:.2f}",
            f"{size.unchanged_seconds:.2f} ({count(size.unchanged)})",
        ]
        for size in result.sizes
    ]
    asked = LIMITS
    rows.append(
        [
            "asked at 100,000",
            "",
            "",
            f"{asked['start_seconds']:.0f}",
            f"{asked['private_mb']:.0f}",
            "",
            f"{asked['search_p95_ms']:.0f}",
            f"{asked['add_one_seconds']:.0f}",
            f"{asked['unchanged_seconds']:.0f} ({count(UNCHANGED)})",
        ]
    )
    header = ["passages", "documents", "index made, s", "start, s", "private MB", "search p50, ms", "p95, ms"]
    header += ["add one, s", "unchanged, s (passages)"]
    return "\n".join(
        [
            f"{count(result.real)} passages of {result.texts}; the others are derived from them: real passages put "
            "together anew, under real",
            f"vectors moved by {result.noise} and made of length one again. {result.questions} questions. Each size in "
            "a process of its own, started",
            "as after a kill: the probe is in the time to start. Adding one is without its encoding.",
            "",
            table(header, rows),
            "",
            describe(result.machine),
        ]
    )


def plot(result: GrowthBench, path: Path) -> None:
    """The figures against the number of passages, as a PNG, with what was asked as a line."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels = (
        ("search_p95_ms", "search p95, ms"),
        ("private_mb", "private memory, MB"),
        ("start_seconds", "start, s"),
        ("add_one_seconds", "add one document, s"),
    )
    figure, axes = pyplot.subplots(1, len(panels), figsize=(13, 3.2), layout="constrained")
    sizes = [size.chunks for size in result.sizes]
    for axis, (name, title) in zip(axes, panels, strict=True):
        axis.plot(sizes, [asdict(size)[name] for size in result.sizes], marker="o", color="#1f5f8b")
        axis.axhline(LIMITS[name], color="#b03a2e", linestyle="--", linewidth=1)
        axis.set(title=title, xscale="log", xlabel="passages")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text("utf-8")))))
