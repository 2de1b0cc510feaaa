"""The SQLite file that stands where no other database is named: private to its owner, safe against a power cut.

Records and accounts keep their tables in one file, each through an engine of its own; both make and open it here.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sql

WAITING = {"timeout": 30}
"""Seconds that a connection waits for another one's lock."""
_WAL_TRIES = 100


def is_sqlite(url: str) -> bool:
    """Whether an SQLAlchemy URL names such a file."""
    return url.startswith("sqlite")


def keep_private(url: str) -> None:
    """Make a new file readable by its owner alone; SQLite gives its side files the same mode."""
    path = sql.engine.make_url(url).database
    if path and path != ":memory:" and not path.startswith("file:"):
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def configure(connection: Any, _record: object = None) -> None:
    """Set a new connection up: a log beside the file, which is safe on the disk at each commit, and foreign keys."""
    cursor = connection.cursor()
    for left in reversed(range(_WAL_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:  # two first starts at once: this one statement does not wait by itself
            if not left:
                raise
            time.sleep(0.05)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
