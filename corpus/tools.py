"""Programs that are not Python, LibreOffice and Tesseract: found once, and each run in a child with limits of its own.

Such a program is a large one, fed with what others wrote. The child that runs it leaves the network, bounds itself and
only then starts the program, which inherits that; the parent waits no longer than it said, and ends the whole group.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the programs lie, `None` for what is not installed."""

    tesseract: str | None = None
    soffice: str | None = None

    @classmethod
    def find(cls) -> Self:
        """The programs of this machine; Tesseract counts only with the library that draws pages for it."""
        return cls(
            shutil.which("tesseract") if find_spec("pypdfium2") and find_spec("PIL") else None,
            shutil.which("soffice") or shutil.which("libreoffice"),
        )


class ChildFailed(Exception):
    """A child ended without an answer, or not in time; for the parent that started it, never for a person."""


def run_child(module: str, request: Mapping[str, Any], seconds: float) -> bytes:
    """Start `python -m module` with one JSON line and give what it prints; raises `ChildFailed` for any other end."""
    root = Path(__file__).resolve().parent.parent
    child = subprocess.Popen(
        [sys.executable, "-P", "-X", "utf8", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1", "PATH": os.defpath, "OMP_THREAD_LIMIT": "1"},
        start_new_session=True,
    )
    try:
        answer, _ = child.communicate(json.dumps(request).encode() + b"\n", seconds)
    except subprocess.TimeoutExpired as error:
        raise ChildFailed from error
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)  # what it started goes with it
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
    if child.returncode != 0:
        raise ChildFailed
    return answer
