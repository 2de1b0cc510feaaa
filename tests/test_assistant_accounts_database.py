"""The accounts' tables: made by migrations of their own beside the records', on both systems, and never lost."""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sql
from account_fakes import OTHER, PASSWORD, Desk
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from test_ui_render import an_answer

import assistant.accounts.migrations
from assistant.accounts.account import CONSOLE, Role
from assistant.accounts.accounts import Outcome
from assistant.accounts.database import Database
from assistant.accounts.errors import DatabaseUnavailable
from assistant.accounts.migrations import HEAD, VERSION_TABLE
from assistant.accounts.tables import metadata, users
from assistant.conversations.conversations import Conversations
from assistant.conversations.opinions import Opinions
from assistant.uploads import store as uploads
from assistant.uploads.upload import State, Upload
from index.records import Records, RecordsUnavailable
from index.records import metadata as records_metadata


def migrations(connection: sql.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(assistant.accounts.migrations.__file__).parent))
    config.attributes["connection"] = connection
    return config


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    """`HEAD` spares a start the reading of every file; it must not lag behind them."""
    assert ScriptDirectory.from_config(migrations()).get_heads() == [HEAD]


def test_the_migrated_schema_is_the_one_that_the_code_writes_to(accounts_url: str) -> None:
    """R-21: alembic finds nothing to change, on either system; and no name meets one of the records'."""
    Database(accounts_url).close()
    engine = sql.create_engine(accounts_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
    assert not set(metadata.tables) & set(records_metadata.tables)


def test_up_and_down_and_up_again_keeps_every_row(desk: Desk) -> None:
    """R-21: on a database in use; then people log in as before, and the log is still append-only."""
    desk.member("chef", Role.ADMINISTRATOR)
    amel = desk.member("amel")
    desk.opened.administration.set_groups(CONSOLE, "amel", ["UA"])
    desk.opened.parts.api_tokens.make(amel, "script")
    desk.opened.sign_ups.ask("lena", "lena@example.org", OTHER)
    desk.accounts.ask_reset("amel")
    desk.mail()
    desk.opened.addresses.ask(amel, "amel.b@example.org", PASSWORD)
    secret = desk.enter("amel")
    kept = Conversations(desk.opened.parts.database, desk.clock)
    Opinions(desk.opened.parts.database, kept, desk.clock).give(
        amel.id, kept.keep(amel.id, "", 1, an_answer()), 1, False
    )
    with desk.opened.parts.database.writing() as connection:
        upload = Upload("u1", "note-1", amel.id, "amel", "note.txt", ".txt", 10, State.INDEXED, groups=("UA",))
        uploads.add(connection, upload)
    before = contents(desk)
    assert all(before.values()), before
    with desk.opened.parts.database.writing() as connection:
        command.downgrade(migrations(connection), "base")
        assert not set(metadata.tables) & set(sql.inspect(connection).get_table_names())
    with desk.opened.parts.database.writing() as connection:
        command.upgrade(migrations(connection), "head")
    assert contents(desk) == before
    assert desk.visits(secret)
    assert desk.tries("amel", PASSWORD) is Outcome.IN
    with pytest.raises(sql.exc.DBAPIError, match="append-only"), desk.opened.parts.database.writing() as connection:
        connection.execute(metadata.tables["audit"].update().values(actor="x"))
    desk.accounts.delete_own(amel, PASSWORD)
    assert contents(desk)["user_groups"] == []
    with desk.opened.parts.database.reading() as connection:
        assert uploads.of_owner(connection, None) == [replace(upload, owner=None)]


def contents(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    with desk.opened.parts.database.reading() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(sql.select(table))), key=str)
            for name, table in metadata.tables.items()
        }


def test_records_and_accounts_share_a_database_in_either_order(accounts_url: str) -> None:
    """Each with its own line of versions; opened twice, nothing is migrated again."""
    for _ in range(2):
        Database(accounts_url).close()
        Records(accounts_url).close()
    engine = sql.create_engine(accounts_url)
    with engine.connect() as connection:
        names = set(sql.inspect(connection).get_table_names())
    engine.dispose()
    assert names >= set(metadata.tables) | set(records_metadata.tables) | {"alembic_version", VERSION_TABLE}


def test_a_newer_database_is_told_in_a_sentence_and_left_as_it_is(accounts_url: str) -> None:
    """Accounts and documents: what a person meets who goes back to the version before without the copy."""
    Database(accounts_url).close()
    Records(accounts_url).close()
    engine = sql.create_engine(accounts_url)
    openers = ((VERSION_TABLE, Database, DatabaseUnavailable), ("alembic_version", Records, RecordsUnavailable))
    for table, opener, error in openers:
        with engine.begin() as connection:
            connection.execute(sql.text(f"UPDATE {table} SET version_num = 'later'"))
        with pytest.raises(error, match="version plus récente"):
            opener(accounts_url)
        with engine.connect() as connection:
            assert connection.execute(sql.text(f"SELECT version_num FROM {table}")).scalar() == "later"
    engine.dispose()


def test_processes_that_start_at_once_migrate_once(accounts_url: str) -> None:
    """The console beside the first start of the service."""
    failures: list[Exception] = []
    start = threading.Barrier(4)

    def begin() -> None:
        start.wait()
        try:
            Database(accounts_url).close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_transaction_is_kept_whole_or_not_at_all(desk: Desk) -> None:
    """And what it read still holds when it writes: two that count up by reading first lose nothing."""
    database = desk.opened.parts.database

    def fail_half_way() -> None:
        with database.writing() as connection:
            desk.opened.parts.audit.write(connection, "x", CONSOLE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert desk.actions() == []
    desk.opened.administration.add(CONSOLE, "amel", "amel@example.org")

    def count_up() -> None:
        for _ in range(20):
            with database.writing() as connection:
                now = connection.execute(sql.select(users.c.created_at).with_for_update()).scalar_one()
                connection.execute(users.update().values(created_at=now + 1))

    threads = [threading.Thread(target=count_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.account("amel").created_at == desk.clock.now + 60


def test_a_lock_held_by_another_process_is_waited_for(small_desk: Desk) -> None:
    """R-57: a login and a request for a link go through once it is let go, without an error."""
    small_desk.member("amel")
    path = small_desk.url.removeprefix("sqlite:///")
    with sqlite3.connect(path, isolation_level=None, check_same_thread=False) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(1.5, lambda: other.execute("ROLLBACK")).start()
        began = time.monotonic()
        small_desk.accounts.ask_reset("amel")
        assert time.monotonic() - began > 1.0
    other.close()
    assert small_desk.enter("amel")


def test_the_file_is_private_and_a_wrong_url_is_told(tmp_path: Path) -> None:
    """For its owner alone, whatever the directory's mode."""
    path = tmp_path / "données" / "c.db"
    Database(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for url in (f"sqlite:///{tmp_path}", "nothing://x", "postgresql://nobody@/none?host=/nowhere"):
        with pytest.raises(DatabaseUnavailable, match="COOPERATION_DATABASE_URL"):
            Database(url)
