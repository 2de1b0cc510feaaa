"""How a file is read, with what it costs: read through the guard in a process of its own, so that memory is its own.

`python -m corpus.survey` reads one request from its input and prints one report; `examine` starts it and waits.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableDocument
from corpus.quality import PageQuality, summary


@dataclass(frozen=True, slots=True)
class Survey:
    """One file: `status` is "read" or "refused", `seconds` on the clock, `peak` the most memory of a child (MB)."""

    path: str
    status: str
    reason: str
    pages: tuple[PageQuality, ...]
    characters: int
    seconds: float
    peak: int

    def to_json(self) -> dict[str, Any]:
        """The survey as plain JSON values."""
        value = {name: getattr(self, name) for name in self.__dataclass_fields__}
        pages = [page.to_json() for page in self.pages]
        return value | {"pages": pages, "seconds": round(self.seconds, 3), "summary": summary(self.pages)}


def examine(path: Path, passwords: Sequence[str] = ()) -> Survey:
    """Read the file at `path` as ingestion would, keeping nothing."""
    root = Path(__file__).resolve().parent.parent
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-P", "-X", "utf8", "-m", "corpus.survey"],
        input=json.dumps({"path": str(path.absolute()), "passwords": list(passwords)}).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1", "PATH": os.defpath + ":/usr/local/bin"},
        check=False,
    )
    seconds = time.monotonic() - started
    try:
        value = json.loads(done.stdout)
    except ValueError:
        return Survey(str(path), "refused", "le lecteur de documents n’a pas pu démarrer", (), 0, seconds, 0)
    pages = tuple(PageQuality.from_json(page) for page in value["pages"])
    took, peak = value["seconds"], value["peak"]
    return Survey(str(path), value["status"], value["reason"], pages, value["characters"], took, peak)


def main() -> None:
    """Read the one file that the request names."""
    import resource

    from corpus.guard import Worker

    request = json.loads(sys.stdin.buffer.read())
    path = Path(request["path"])
    started = time.monotonic()
    try:
        with Worker() as worker:
            document = worker.load(path, "survey", None, request["passwords"])
        status, reason, pages, characters = "read", "", document.quality, len(document.text)
    except UnreadableDocument as refused:
        status, reason, pages, characters = "refused", str(refused), refused.quality, 0
    value = {
        "status": status,
        "reason": reason,
        "pages": [page.to_json() for page in pages],
        "characters": characters,
        "seconds": time.monotonic() - started,
        "peak": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    print(json.dumps(value, ensure_ascii=False))


if __name__ == "__main__":
    main()
