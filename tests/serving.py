"""`cooperation serve` as a process of its own, for journeys: started, waited for, its words kept, killed in the end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

PATIENCE = 120
"""Seconds that a start or a command may take on a busy machine."""


@dataclass
class Serving:
    """A running service: its process, its data directory, and what it said.

    `address` is where it answers; `setup` the link for its first administrator, empty where it printed none.
    """

    process: subprocess.Popen[str]
    data: Path
    environ: dict[str, str]
    address: str = ""
    setup: str = ""
    said: list[str] = field(default_factory=list)

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another process's command over the same data directory."""
        return run(self.environ, "--data", str(self.data), *arguments)


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """One `cooperation` command."""
    return subprocess.run(
        [cooperation(), *arguments], env=environ, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def cooperation() -> str:
    """The console script beside the Python that runs the tests."""
    return str(Path(sys.executable).with_name("cooperation"))


@contextmanager
def serve(data: Path, cache: Path, *options: str, **settings: str) -> Iterator[Serving]:
    """The service on a free port over a data directory, from when it is open until the end of the block."""
    environ = {**os.environ, "COOPERATION_CACHE": str(cache), **settings}
    process = subprocess.Popen(
        [cooperation(), "--data", str(data), "serve", *options, "--port", "0"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    serving = Serving(process, data, environ)
    try:
        _wait_until_open(serving)
        yield serving
    finally:
        process.kill()
        process.wait(10)


def _wait_until_open(serving: Serving) -> None:
    """Until the service says that it is; everything it says goes on being read."""
    lines: Queue[str] = Queue()

    def read() -> None:
        for line in serving.process.stdout or ():
            serving.said.append(line)
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    while not serving.address:
        try:
            line = lines.get(timeout=PATIENCE)
        except Empty:
            line = ""
        assert line, f"the service did not open:\n{''.join(serving.said)}"
        if found := re.search(r"http://\S+/account/\S+", line):
            serving.setup = found[0]
        if found := re.search(r"Le service est ouvert : (http://\S+)", line):
            serving.address = found[1]
