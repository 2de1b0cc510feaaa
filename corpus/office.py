"""LibreOffice makes a file of today of an old one (.doc, .xls, .rtf); run as `python -m corpus.office`, in a child.

It works in a folder of its own that goes with the request: no profile of a person, no macro, no network, and what it
writes is read like any other file from outside.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.confine import allow_cpu, confine
from corpus.errors import UnreadableDocument
from corpus.tools import ChildFailed, run_child

_FILES = 512  # LibreOffice opens its fonts and libraries


@contextmanager
def converted(path: Path, target: str, soffice: str, *, cpu_seconds: int, memory_bytes: int) -> Iterator[Path]:
    """The file at `path` as a new file of the kind `target` ("docx"), which is gone when the block is left.

    Raises `UnreadableDocument` where LibreOffice gives none in time.
    """
    with tempfile.TemporaryDirectory(prefix="cooperation-") as name:
        folder = Path(name)
        source = folder / f"source{path.suffix.lower()}"
        shutil.copyfile(path, source)
        request = {
            "program": soffice,
            "folder": name,
            "source": str(source),
            "target": target,
            "cpu": cpu_seconds,
            "memory": memory_bytes,
        }
        try:
            run_child("corpus.office", request, 2.0 * cpu_seconds)
        except ChildFailed as error:
            raise UnreadableDocument("lecture interrompue : LibreOffice ne lit pas ce document") from error
        made = folder / "made" / f"source.{target}"
        if not made.is_file() or made.is_symlink():
            raise UnreadableDocument("document endommagé : LibreOffice ne le lit pas")
        yield made


def main() -> None:
    """Confine this process, then become LibreOffice."""
    request = json.loads(sys.stdin.readline())
    folder = Path(request["folder"])
    confine(request["memory"], _FILES)
    allow_cpu(request["cpu"])
    options = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"]
    profile = f"-env:UserInstallation=file://{folder}/profile"
    made = ["--convert-to", request["target"], "--outdir", str(folder / "made"), request["source"]]
    sys.stdout.flush()
    os.execve(
        request["program"],
        [request["program"], *options, profile, *made],
        {"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(folder)},
    )


if __name__ == "__main__":
    main()
