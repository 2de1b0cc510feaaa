"""A file on its way in: written to the disk piece by piece, never held whole, and given up at the first byte too many.

It lies under an id with the ending `.part` until all of it is there; what is given up leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from assistant.uploads.settings import UploadSettings
from assistant.uploads.upload import UploadRefused

Disk = Callable[[Path], tuple[int, int]]
"""The bytes of a folder's disk, and those of them that are free."""
AGAIN: Final = 8_000_000
"""After how many bytes the disk is looked at again."""


class Arrival:
    """One file. `left` are the bytes that its sender's quota still takes."""

    def __init__(
        self, folder: Path, id: str, name: str, suffix: str, limits: UploadSettings, left: int, disk: Disk
    ) -> None:
        self.id, self.name, self.suffix, self.bytes = id, name, suffix, 0
        self._limits, self._left, self._disk = limits, left, disk
        self._path, self._looked = folder / f"{id}{suffix}", 0
        self._part = folder / f"{id}.part"
        folder.mkdir(mode=0o700, exist_ok=True)
        check_disk(folder, limits, disk)
        self._file = os.fdopen(os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")

    def write(self, data: bytes) -> None:
        """Add a piece; raises `UploadRefused`, after which nothing of the file is left."""
        self.bytes += len(data)
        try:
            if self.bytes > self._limits.file_bytes:
                raise UploadRefused("too-large", most=self._limits.megabytes)
            if self.bytes > self._left:
                raise UploadRefused("quota-bytes", most=self._limits.quota_megabytes)
            if self.bytes - self._looked > AGAIN:
                check_disk(self._part.parent, self._limits, self._disk)
                self._looked = self.bytes
            self._file.write(data)
        except UploadRefused:
            self.drop()
            raise
        except OSError as error:
            self.drop()
            raise UploadRefused("disk") from error

    def finish(self) -> None:
        """All of it is there: on the disk for good, under its own ending. Raises `UploadRefused`."""
        try:
            if not self.bytes:
                raise UploadRefused("empty")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.replace(self._path)
        except UploadRefused:
            self.drop()
            raise
        except OSError as error:
            self.drop()
            raise UploadRefused("disk") from error

    def drop(self) -> None:
        """Leave nothing of it."""
        with suppress(OSError):
            self._file.close()
        for path in (self._part, self._path):
            path.unlink(missing_ok=True)


def check_disk(folder: Path, limits: UploadSettings, disk: Disk) -> None:
    """Raise `UploadRefused` where too little of the disk is free."""
    if limits.full(*disk(folder)):
        raise UploadRefused("disk")


def real_disk(folder: Path) -> tuple[int, int]:
    """The disk as it is."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free
