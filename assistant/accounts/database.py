"""The door to the accounts' part of the database: transactions, and the schema brought up to date.

A transaction that writes says so at its start. SQLite then takes the write lock at once (`BEGIN IMMEDIATE`), so that
what was read in it still holds when it writes; PostgreSQL locks the rows that the queries name. Other processes may use
the same database meanwhile: the console works beside a running service.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from assistant.accounts.errors import DatabaseUnavailable
from assistant.accounts.migrations import HEAD, VERSION_TABLE
from corpus.errors import NEWER_DATABASE

_MIGRATION_LOCK = 7_203_114_901
_WAL_TRIES = 100


class Database:
    """Transactions on one URL; raises `DatabaseUnavailable` when it cannot be opened."""

    def __init__(self, url: str) -> None:
        sqlite = url.startswith("sqlite")
        try:
            if sqlite:
                _keep_private(url)
            self._engine = sql.create_engine(
                url, connect_args={"timeout": 30} if sqlite else {}, pool_pre_ping=True, hide_parameters=True
            )
            if sqlite:
                sql.event.listen(self._engine, "connect", _configure_sqlite)
                sql.event.listen(self._engine, "begin", _begin_sqlite)
            self._migrate()
        except (sql.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise DatabaseUnavailable(
                f"La base des comptes ne s'ouvre pas ({type(error).__name__}: {str(error).splitlines()[0][:200]}). "
                "Vérifiez le dossier des données et COOPERATION_DATABASE_URL."
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sql.Connection]:
        """A transaction that only reads."""
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sql.Connection]:
        """A transaction that writes: kept whole at the end of the block, or not at all when it raises."""
        with self._engine.connect().execution_options(immediate=True) as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def _migrate(self) -> None:
        """Bring the schema up to date; quick when it already is, one process at a time when it is not."""
        with self.reading() as connection:
            if sql.inspect(connection).has_table(VERSION_TABLE):
                current = connection.execute(sql.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
                if current == HEAD:
                    return
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sql.text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise DatabaseUnavailable(NEWER_DATABASE) from error


def _keep_private(url: str) -> None:
    """Make a new SQLite file readable by its owner alone; SQLite gives its side files the same mode."""
    path = sql.engine.make_url(url).database
    if path and path != ":memory:" and not path.startswith("file:"):
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
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


def _begin_sqlite(connection: sql.Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
