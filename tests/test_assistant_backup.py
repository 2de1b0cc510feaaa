"""`cooperation backup` and `restore`: everything comes back as it was, or nothing is touched."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sql
from account_fakes import desk_over
from alembic import command
from alembic.config import Config
from conftest import OpenData, Served, Shipped
from fakes import WordVectors, embedded, plain_document, record_of

from assistant.cli import main
from assistant.conversations.conversations import Conversations
from assistant.library import Request
from assistant.settings import Settings
from assistant.upkeep.backup import HISTORIES, backup, checked, restore
from assistant.upkeep.verify import verify
from assistant.wiring import open_assistant
from index.archive import ArchiveRefused, reading, replacing, tables
from index.records import Records, opened

QUESTIONS = Path(__file__).parents[1] / "evals" / "sets" / "coop.toml"


def put(records: Records, number: int, text: str = "") -> None:
    """Write a document of several passages."""
    said = text or "\n".join(f"La session {number} a traité du point {point}." for point in range(6))
    document = plain_document(said, f"d{number}", f"Session {number}")
    records.put(record_of(document), document, embedded(document, WordVectors(), limit=20))


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'cooperation.db'}"


def content(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in an order of its own."""
    with reading(url) as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sql.select(table))), key=repr)
            for table in tables(connection, HISTORIES)
        }


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A data directory with documents, a user, a key and an uploaded file."""
    folder = tmp_path / "kept"
    with opened(url_of(folder)) as records:
        for number in range(5):
            put(records, number)
        records.remove("d3")
    with desk_over(url_of(folder), folder) as desk:
        desk.member("amina")
    (folder / "files").mkdir()
    (folder / "files" / "Décret n° 7.pdf").write_bytes(os.urandom(3000))
    (folder / "secret.key").write_text("k" * 40)
    (folder / "index-3").mkdir()
    (folder / "index-3" / "derived").touch()
    return folder


# --- the whole way ---------------------------------------------------------------------------------------------------


def questions(count: int) -> list[str]:
    """Questions of the shipped set, drawn."""
    asked = re.findall(r'^question = "(.*)"$', QUESTIONS.read_text("utf-8"), re.MULTILINE)
    return random.Random(0).sample(list(dict.fromkeys(asked)), count)


@pytest.mark.parametrize("count", [25, pytest.param(200, marks=pytest.mark.nightly)])
def test_the_shipped_corpus_backed_up_beside_its_service_answers_the_same_when_restored_elsewhere(
    shipped: Shipped, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], count: int
) -> None:
    """By the commands, with the real model: the first five passages of each question are identical."""
    monkeypatch.setenv("COOPERATION_CACHE", str(shipped.settings.cache))
    file, elsewhere = tmp_path / "b.zip", tmp_path / "elsewhere"
    assert main(["--data", str(shipped.data), "backup", str(file)]) == 0
    digest = re.findall(r"[0-9a-f]{64}", capsys.readouterr().out)[0]
    assert main(["--data", str(elsewhere), "restore", str(file), "--sha256", digest]) == 0
    settings = Settings.from_env({"COOPERATION_CACHE": str(shipped.settings.cache)}, str(elsewhere))
    with closing(open_assistant(settings)) as restored:
        assert restored.documents() == shipped.assistant.documents()
        for question in questions(count):
            assert restored.search(question, 5) == shipped.assistant.search(question, 5), question
        assert restored.verify().problems == ()


def test_a_backup_taken_while_documents_are_written_and_questions_asked_is_whole(
    served: Served, tmp_path: Path, open_data: OpenData
) -> None:
    """Documents come and go and people ask all the while: what is restored passes its verification, and who and what
    was there before the backup began is in it; restored into an empty directory, it answers as the service does."""
    url = url_of(served.data)
    (tmp_path / "treaty.md").write_text("# Traité\n\nLe traité fondateur fut conclu à Marrakech.\n")
    (treaty,) = served.assistant.ingest(Request((tmp_path / "treaty.md",)))
    list(served.assistant.ingest(Request((_texts(tmp_path / "t", range(30)),))))
    with desk_over(url, served.data) as desk:
        owner = desk.member("amina").id
        Conversations(desk.opened.parts.database, desk.clock).keep(owner, "", 1, served.assistant.ask("Le point 3 ?"))
    stop, made, rounds = threading.Event(), list[Path](), list[str]()

    def write() -> None:
        for number in itertools.count(1):
            folder = _texts(tmp_path / "t", random.Random(number).sample(range(40), 25), number)
            list(served.assistant.ingest(Request((folder,))))
            rounds.append("written")
            if stop.is_set():
                return

    def ask() -> None:
        while not stop.is_set():
            assert treaty.id in [match.document for match in served.remote.search("traité fondateur de Marrakech", 5)]
            rounds.append("asked")

    with ThreadPoolExecutor() as at_work:
        work = [at_work.submit(write), at_work.submit(ask), at_work.submit(ask)]
        try:
            while rounds.count("written") < 4 and not any(one.done() for one in work):
                made.append(tmp_path / f"{len(made)}.zip")
                backup(url, served.data, made[-1])
        finally:
            stop.set()
        for one in work:
            one.result()
    assert "asked" in rounds
    for file in [made[0], *random.Random(0).sample(made, min(3, len(made)))]:
        folder = tmp_path / f"r{file.stem}"
        manifest = restore(url_of(folder), folder, file)
        assert manifest.users == 1
        with opened(url_of(folder)) as records:
            assert len(records.documents()) == manifest.documents
            assert [p for p in verify(records, lambda: None).problems if p.kind != "index"] == []
        shutil.rmtree(folder)
    backup(url, served.data, tmp_path / "last.zip")
    restore(url_of(tmp_path / "elsewhere"), tmp_path / "elsewhere", tmp_path / "last.zip")
    assert content(url_of(tmp_path / "elsewhere")) == content(url)
    restored = open_data(tmp_path / "elsewhere")
    for number in range(40):
        question = f"Le point {number % 8} de la session {number}"
        assert restored.search(question, 5) == served.assistant.search(question, 5), question


def _texts(folder: Path, numbers: Any, version: int = 0) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in numbers:
        lines = [f"Le point {line} de la session {number}, version {version}." for line in range(8)]
        (folder / f"t{number}.md").write_text(f"# Session {number}\n\n" + "\n\n".join(lines))
    return folder


@pytest.mark.parametrize(
    ("source", "target"),
    [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite"), ("postgresql", "postgresql")],
)
def test_every_row_comes_back_whatever_the_database_on_either_side(
    source: str, target: str, new_database: Callable[[str], str], tmp_path: Path
) -> None:
    """Users, their groups, sessions and log, documents and vectors; who logged in before logs in again."""
    left, right = new_database(source), new_database(target)
    with opened(left) as records:
        put(records, 1), put(records, 2, "Un « texte » : accents, العربية, \U0001f600, retours\nà la ligne.")
        records.remove("d1")
    with desk_over(left, tmp_path) as desk:
        desk.member("amina")
        desk.member("bilal")
    backup(left, tmp_path / "none", tmp_path / "b.zip")
    manifest = restore(right, tmp_path / "right", tmp_path / "b.zip")
    assert (manifest.documents, manifest.users) == (1, 2)
    assert content(right) == content(left)
    with opened(right) as records:
        put(records, 5)
        assert records.text("d2")
    with desk_over(right, tmp_path) as desk:  # rows that are numbered by the database go on being numbered
        desk.member("chadi")
        assert desk.enter("amina")
    restore(right, tmp_path / "right", tmp_path / "b.zip", force=True)  # over what is there now
    assert content(right) == content(left)


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_files_beside_the_database_come_back_and_derived_ones_do_not(kept: Path, tmp_path: Path) -> None:
    """Uploads and the secret key, for their owner alone; no index, no lock, no earlier backup."""
    backup(url_of(kept), kept, kept / "one.zip")
    (kept / "owner.lock").touch()
    backup(url_of(kept), kept, kept / "two.zip")
    elsewhere = tmp_path / "elsewhere"
    restore(url_of(elsewhere), elsewhere, kept / "two.zip")
    found = {str(path.relative_to(elsewhere)) for path in elsewhere.rglob("*") if path.is_file()}
    assert {name for name in found if not name.startswith("cooperation.db")} >= {"files/Décret n° 7.pdf", "secret.key"}
    assert not any(name.startswith(("index-", "owner", "one", "two")) for name in found)
    assert (elsewhere / "files" / "Décret n° 7.pdf").read_bytes() == (kept / "files" / "Décret n° 7.pdf").read_bytes()
    for path in (kept / "two.zip", elsewhere / "secret.key", elsewhere / "cooperation.db"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_backup_of_an_older_schema_is_brought_up_to_todays(tmp_path: Path) -> None:
    """Made before passages had hashes; restored, they have them."""
    old = tmp_path / "old"
    old.mkdir()
    engine = sql.create_engine(url_of(old))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(HISTORIES[0].folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        made = {table.name: table for table in tables(connection, HISTORIES)}
        with opened(url_of(tmp_path / "new")) as records:
            put(records, 1)
            with records.engine.connect() as other:
                for name, rows in (
                    ("documents", "documents JOIN texts ON texts.document = documents.id"),
                    ("chunks", "chunks"),
                ):
                    for row in other.execute(sql.text(f"SELECT * FROM {rows}")).mappings():
                        values = {key: value for key, value in row.items() if key in made[name].c}
                        connection.execute(made[name].insert().values(**values))
    engine.dispose()
    backup(url_of(old), old, tmp_path / "b.zip")
    restore(url_of(tmp_path / "r"), tmp_path / "r", tmp_path / "b.zip")
    restored, new = content(url_of(tmp_path / "r")), content(url_of(tmp_path / "new"))
    assert [restored[name] for name in ("chunks", "texts")] == [new[name] for name in ("chunks", "texts")]
    assert restored["documents"][0][-1] == new["documents"][0][-1]


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def archived(kept: Path, tmp_path: Path) -> Path:
    """A sound archive."""
    backup(url_of(kept), kept, tmp_path / "b.zip")
    return tmp_path / "b.zip"


def test_an_archive_with_any_byte_changed_is_refused_or_holds_the_same(archived: Path, tmp_path: Path) -> None:
    """Four hundred places, every kind of place: what is not refused has every member as it was (a date, a filler)."""
    data, sound = archived.read_bytes(), checked(archived)
    spoiled, refused = tmp_path / "spoiled.zip", 0
    for seed in range(400):
        at = random.Random(seed).randrange(len(data)) if seed % 2 else len(data) - 1 - (seed * 3) % 1500
        spoiled.write_bytes(data[:at] + bytes([data[at] ^ (1 << seed % 8)]) + data[at + 1 :])
        try:
            assert checked(spoiled) == sound
        except ArchiveRefused:
            refused += 1
    assert refused > 250


@pytest.mark.parametrize("length", [0, 10, 1000, -1, -30])
def test_a_truncated_archive_is_refused_and_nothing_is_touched(archived: Path, tmp_path: Path, length: int) -> None:
    """A copy that was cut off."""
    archived.write_bytes(archived.read_bytes()[:length])
    with pytest.raises(ArchiveRefused, match="n'est pas une sauvegarde intacte"):
        restore(url_of(tmp_path / "r"), tmp_path / "r", archived)
    assert not (tmp_path / "r").exists()


def test_an_archive_with_another_text_is_refused(archived: Path, tmp_path: Path) -> None:
    """Well-formed in every way, but a table is not the one that the manifest was made of."""
    with zipfile.ZipFile(archived) as source, zipfile.ZipFile(tmp_path / "t.zip", "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"La session 1", b"La session 9"))
        target.comment = source.comment
    with pytest.raises(ArchiveRefused, match=r"tables/\w+\.jsonl n'est pas celui"):
        checked(tmp_path / "t.zip")


def test_a_file_of_another_hash_than_the_one_noted_is_refused(archived: Path, tmp_path: Path) -> None:
    """Who can write a file can write its manifest; the hash noted elsewhere tells."""
    with pytest.raises(ArchiveRefused, match="empreinte"):
        restore(url_of(tmp_path / "r"), tmp_path / "r", archived, sha256="0" * 64)


def test_a_database_that_holds_something_is_replaced_only_when_that_is_asked(archived: Path, tmp_path: Path) -> None:
    """Without `--force` it stays as it was; with it, it is the archive's."""
    other = tmp_path / "other"
    with opened(url_of(other)) as records:
        put(records, 8)
    before = content(url_of(other))
    with pytest.raises(ArchiveRefused, match="--force"):
        restore(url_of(other), other, archived)
    assert content(url_of(other)) == before
    restore(url_of(other), other, archived, force=True)
    with opened(url_of(other)) as records:
        assert [record.id for record in records.documents()] == ["d0", "d1", "d2", "d4"]
        assert records.revision() == 6
        assert verify(records, lambda: None).problems[0].kind == "index"


def test_users_alone_are_something(archived: Path, tmp_path: Path) -> None:
    """A database with an account and no document is not empty."""
    other = tmp_path / "other"
    with desk_over(url_of(other), other) as desk:
        desk.member("bilal")
    with pytest.raises(ArchiveRefused, match="--force"):
        restore(url_of(other), other, archived)


def test_a_restore_that_fails_in_the_middle_leaves_the_database_as_it_was(
    archived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables were dropped and half filled by then: all of it is undone."""
    other = tmp_path / "other"
    with opened(url_of(other)) as records:
        put(records, 8)
    before = content(url_of(other))

    def interrupted(*_: object) -> Iterator[bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("index.archive._check_references", interrupted)
    with pytest.raises(OSError, match="space"):
        restore(url_of(other), other, archived, force=True)
    assert content(url_of(other)) == before


def test_a_backup_of_a_newer_schema_is_refused(kept: Path, tmp_path: Path) -> None:
    """It says to bring the product up to date, and changes nothing."""
    with replacing(url_of(kept)) as connection:
        connection.execute(sql.text("UPDATE alembic_version SET version_num = '9999'"))
    backup(url_of(kept), kept, tmp_path / "b.zip")
    with pytest.raises(ArchiveRefused, match="plus récente"):
        restore(url_of(tmp_path / "r"), tmp_path / "r", tmp_path / "b.zip")


def test_where_there_is_nothing_nothing_is_backed_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong `--data` makes no empty archive that looks like a good one."""
    assert main(["--data", str(tmp_path / "nowhere"), "backup", str(tmp_path / "b.zip")]) == 1
    assert "Rien à sauvegarder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_service_is_not_restored_under_its_feet(
    served: Served, archived: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The directory has an owner: the command says to stop it."""
    assert main(["--data", str(served.data), "restore", str(archived), "--force"]) == 1
    assert "déjà utilisé" in capsys.readouterr().err


def test_a_backup_that_fails_leaves_the_one_before(kept: Path, archived: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And no half file beside it."""
    before = archived.read_bytes()
    monkeypatch.setattr("assistant.upkeep.backup.checked", lambda file: (_ for _ in ()).throw(OSError(28, "full")))
    with pytest.raises(OSError, match="full"):
        backup(url_of(kept), kept, archived)
    assert archived.read_bytes() == before
    assert not list(archived.parent.glob("*.part"))
