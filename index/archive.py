"""The whole database as lines of JSON, and back: every table, whatever folder of the product made it.

Reading happens in one transaction that sees one moment, beside a service that goes on writing. Writing happens in one
transaction too: a database is replaced whole, or stays as it was. The lines say nothing of which system they came from,
so what was kept in a SQLite file can go on in PostgreSQL. Tables are not created here: the migrations do it, up to the
revision the lines were taken at; then the lines go in, and the migrations go on to today's.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sql

from corpus.errors import AssistantError
from index.sqlite_file import WAITING, is_sqlite, keep_private

ROWS = 500
NOT_CONTENT = {"facts"}
"""Tables that a database has rows in before anybody put anything there."""


class ArchiveRefused(AssistantError):
    """A backup is not taken back; the message says why, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class History:
    """A line of migrations: the folder of its scripts, and the table that keeps its revision."""

    folder: Path
    table: str


RECORDS = History(Path(__file__).parent / "migrations", "alembic_version")


def database_file(url: str) -> Path | None:
    """The file of a SQLite database; `None` for any other."""
    parsed = sql.engine.make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


@contextmanager
def reading(url: str) -> Iterator[sql.Connection]:
    """A connection on which everything is seen as it was at its first look, whoever writes meanwhile."""
    engine = _engine(url)
    try:
        with engine.connect().execution_options(**_one_moment(engine)) as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


@contextmanager
def replacing(url: str) -> Iterator[sql.Connection]:
    """A connection whose changes, tables dropped and made included, are kept at the end or not at all."""
    if is_sqlite(url):
        keep_private(url)
    engine = _engine(url)
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET LOCAL lock_timeout = '15s'")
            yield connection
    finally:
        engine.dispose()


def revisions(connection: sql.Connection, histories: Sequence[History]) -> dict[str, str]:
    """The revision of each history that the database has, by its table."""
    inspector = sql.inspect(connection)
    found = {}
    for history in histories:
        if inspector.has_table(history.table):
            found[history.table] = str(
                connection.execute(sql.text(f"SELECT version_num FROM {history.table}")).scalar() or ""
            )
    return {table: revision for table, revision in found.items() if revision}


def tables(connection: sql.Connection, histories: Sequence[History]) -> list[sql.Table]:
    """Every table that holds something of ours, those that others refer to first."""
    metadata = sql.MetaData()
    metadata.reflect(connection)
    kept = {history.table for history in histories}
    return [table for table in metadata.sorted_tables if table.name not in kept]


def is_empty(connection: sql.Connection, histories: Sequence[History]) -> bool:
    """Whether nobody has put anything into the database yet."""
    held = (table for table in tables(connection, histories) if table.name not in NOT_CONTENT)
    return not any(connection.execute(sql.select(sql.literal(1)).select_from(table).limit(1)).first() for table in held)


def row_counts(connection: sql.Connection, histories: Sequence[History]) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: int(connection.execute(sql.select(sql.func.count()).select_from(table)).scalar() or 0)
        for table in tables(connection, histories)
    }


def lines(connection: sql.Connection, table: sql.Table) -> Iterator[bytes]:
    """The rows of a table: the names of its columns on the first line, then a row a line."""
    yield _line([column.name for column in table.columns])
    for row in connection.execute(sql.select(table).execution_options(yield_per=ROWS)):
        yield _line([_plain(value) for value in row])


def replace_all(
    connection: sql.Connection,
    histories: Sequence[History],
    at: Mapping[str, str],
    content: Mapping[str, Callable[[], Iterable[bytes]]],
) -> None:
    """Drop what there is, make the tables `at` these revisions, fill them, and bring them up to today's."""
    there = sql.MetaData()
    there.reflect(connection)
    there.drop_all(connection)
    for history in histories:
        if history.table in at:
            _upgrade(connection, history, at[history.table])
    made = {table.name: table for table in tables(connection, histories)}
    if unknown := content.keys() - made.keys():
        raise ArchiveRefused(f"La sauvegarde a des tables inconnues ici : {', '.join(sorted(unknown))}.")
    for name, table in made.items():
        if name in content:
            _fill(connection, table, content[name]())
    _check_references(connection)
    for history in histories:
        if history.table in at:
            _upgrade(connection, history, "head")


def _fill(connection: sql.Connection, table: sql.Table, content: Iterable[bytes]) -> None:
    connection.execute(table.delete())  # what a migration puts in is in the lines as well
    rows = iter(content)
    names = json.loads(next(rows))
    batch: list[dict[str, Any]] = []
    for line in rows:
        batch.append(dict(zip(names, map(_value, json.loads(line)), strict=True)))
        if len(batch) == ROWS:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)
    if connection.dialect.name == "postgresql":
        _go_on_counting(connection, table)


def _go_on_counting(connection: sql.Connection, table: sql.Table) -> None:
    """Let PostgreSQL number new rows after those that were put in with their numbers."""
    for column in table.primary_key.columns:
        sequence = connection.execute(
            sql.text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
        ).scalar()
        if sequence:
            last = connection.execute(sql.select(sql.func.max(column))).scalar()
            connection.execute(
                sql.text("SELECT setval(:sequence, :last, :used)"),
                {"sequence": sequence, "last": last or 1, "used": last is not None},
            )


def _check_references(connection: sql.Connection) -> None:
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise ArchiveRefused(f"La sauvegarde a dans la table {broken[0]!r} des lignes qui ne renvoient à rien.")


def _upgrade(connection: sql.Connection, history: History, revision: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(history.folder))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise ArchiveRefused(
            f"La sauvegarde vient d'une version plus récente du produit (schéma {revision!r}) : mettez-le à jour."
        ) from error


def _engine(url: str) -> sql.Engine:
    engine = sql.create_engine(url, connect_args=WAITING if is_sqlite(url) else {})
    if engine.dialect.name == "sqlite":
        sql.event.listen(engine, "connect", _no_hidden_transactions)
        sql.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _one_moment(engine: sql.Engine) -> dict[str, Any]:
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ", "stream_results": True}


def _no_hidden_transactions(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, and hold the making of tables too
    connection.execute("PRAGMA synchronous=FULL")


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, bytes | memoryview):
        return {"b": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"a column of {type(value).__name__} cannot be written down")


def _value(value: Any) -> Any:
    return base64.b64decode(value["b"]) if isinstance(value, dict) else value
