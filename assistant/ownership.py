"""One process owns a data directory: a file lock that ends with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


class Ownership:
    """Held from a successful `claim` until `release`, or until the process is gone."""

    def __init__(self, data: Path) -> None:
        self._path = data / "owner.lock"
        self._descriptor: int | None = None

    def claim(self) -> bool:
        """Whether the directory is ours now; false when another process owns it."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor
        return True

    def owner(self) -> str:
        """The process number that the owner wrote down, or `?`."""
        try:
            return self._path.read_text() or "?"
        except OSError:
            return "?"

    def release(self) -> None:
        """Give the directory back."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
