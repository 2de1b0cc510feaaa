"""What a process holds, read from `/proc` every few seconds: memory, files, threads, processor, its cache folder."""

from __future__ import annotations

import csv
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Held:
    """At a time in seconds since the epoch; `cache_mb` of Gradio's folder, `processor` seconds since the start."""

    at: float
    rss_mb: float
    files: int
    threads: int
    cache_mb: float
    processor: float


def held(process: int, cache: Path) -> Held:
    """What a process holds now; raises `OSError` once it is gone."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    told = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return Held(
        at=round(time.time(), 2),
        rss_mb=round(int(told["VmRSS"][0]) / 1024, 1),
        files=len(os.listdir(f"/proc/{process}/fd")),
        threads=int(told["Threads"][0]),
        cache_mb=round(sum(path.stat().st_size for path in cache.rglob("*") if path.is_file()) / 1e6, 2),
        processor=processor(process),
    )


def processor(process: int) -> float:
    """Processor seconds that a process has taken, its own and the system's for it."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


@contextmanager
def watched(process: int, cache: Path, every: float) -> Iterator[list[Held]]:
    """A list that grows every so many seconds, until the end of the block or of the process."""
    found, over = list[Held](), threading.Event()

    def watch() -> None:
        while not over.is_set():
            try:
                found.append(held(process, cache))
            except (OSError, KeyError):
                return
            over.wait(every)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join(10)


def write_csv(rows: Sequence[Held], path: Path) -> None:
    """The rows as CSV, times counted from the first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Held)])
        writer.writeheader()
        for row in rows:
            writer.writerow({**asdict(row), "at": round(row.at - rows[0].at, 1)})


def plot(rows: Sequence[Held], path: Path) -> None:
    """The rows as a PNG: memory, open files, threads and the cache against minutes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels = (("rss_mb", "memory, MB"), ("files", "open files"), ("threads", "threads"), ("cache_mb", "cache, MB"))
    figure, axes = pyplot.subplots(1, len(panels), figsize=(13, 3.2), layout="constrained")
    minutes = [(row.at - rows[0].at) / 60 for row in rows]
    for axis, (name, title) in zip(axes, panels, strict=True):
        axis.plot(minutes, [asdict(row)[name] for row in rows], color="#1f5f8b")
        axis.set(title=title, xlabel="minutes")
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
