"""The door to the accounts' part of the database: transactions, and the schema brought up to date.

A transaction that writes says so at its start. SQLite then takes the write lock at once (`BEGIN IMMEDIATE`), so that
what was read in it still holds when it writes; PostgreSQL locks the rows that the queries name. Other processes may use
the same database meanwhile: the console works beside a running service.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from assistant.accounts.errors import DatabaseUnavailable
from assistant.accounts.migrations import HEAD, VERSION_TABLE
from corpus.errors import NEWER_DATABASE
from index import sqlite_file

_MIGRATION_LOCK = 7_203_114_901


class Database:
    """Transactions on one URL; raises `DatabaseUnavailable` when it cannot be opened."""

    def __init__(self, url: str) -> None:
        own_file = sqlite_file.is_sqlite(url)
        waiting = sqlite_file.WAITING if own_file else {}
        try:
            if own_file:
                sqlite_file.keep_private(url)
            self._engine = sql.create_engine(  # a server may have dropped a connection, a file does not
                url, connect_args=waiting, pool_pre_ping=not own_file, hide_parameters=True
            )
            if own_file:
                sql.event.listen(self._engine, "connect", _configure)
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


def _configure(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    sqlite_file.configure(connection, record)


def _begin_sqlite(connection: sql.Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
