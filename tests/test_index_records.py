"""The records are the truth: what is written is there whole, under a revision, and nothing else changed with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sql
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from fakes import WordVectors, embedded, plain_document, record_of
from hypothesis import given
from hypothesis import strategies as st

import index.migrations
from corpus.section import Document, Section
from index.kept import Kept
from index.migrations import HEAD
from index.records import EmbeddedChunk, Records, metadata, opened

model = WordVectors()
FIRST = plain_document("Le conseil se réunit à Tunis. Il compte vingt-deux membres.", "premier", "Le conseil")
SECOND = plain_document("L'Union africaine siège à Addis-Abeba.", "second", "L'Union")
CHANGED = plain_document("Le conseil se réunit désormais à Alger.", "premier", "Le conseil, revu")
MIGRATIONS = Path(index.migrations.__file__).parent


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Records of their own."""
    with opened(url_in(tmp_path)) as opened_records:
        yield opened_records


def url_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'records.db'}"


def put(records: Records, document: Document, **values: object) -> int:
    return records.put(record_of(document, **values), document, embedded(document, model))


def changes(records: Records, since: int) -> list[tuple[str, bool]]:
    return [(document, chunks is not None) for document, _language, chunks in records.changed_since(since)]


# --- what is written is there ----------------------------------------------------------------------------------------


def test_a_document_comes_back_as_it_was_put(records: Records) -> None:
    """Its record, its text, its sections, its chunks with their vectors."""
    chunks = embedded(FIRST, model)
    revision = records.put(record_of(FIRST, framework="ligue-arabe", pages=3), FIRST, chunks)
    (record,) = records.documents()
    assert record == record_of(FIRST, framework="ligue-arabe", pages=3, revision=revision, chunks=len(chunks))
    assert records.text("premier") == FIRST.text
    assert_same(records.chunks_of("premier"), chunks)
    assert_same(list(records.get([item.chunk.id for item in chunks]).values()), chunks)


def assert_same(found: list[EmbeddedChunk], expected: list[EmbeddedChunk]) -> None:
    assert [item.chunk for item in found] == [item.chunk for item in expected]
    for left, right in zip(found, expected, strict=True):
        assert np.array_equal(left.vector, right.vector)
        assert np.array_equal(left.sentence_vectors, right.sentence_vectors)
        assert left.sentence_vectors.shape == (len(left.chunk.sentences), len(left.vector))


WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip)


@given(st.lists(st.tuples(st.lists(WORD, max_size=3), WORD, st.none() | st.integers(1, 99)), min_size=1, max_size=4))
def test_sections_come_back_as_they_were_put(parts: list[tuple[list[str], str, int | None]]) -> None:
    """Offsets, pages and headings of any letters survive, so a document can be chunked again from its record."""
    text, sections = "", []
    for headings, body, page in parts:
        sections.append(Section("d", "Titre", tuple(headings), body, len(text), page))
        text += body + "\n\n"
    document = Document("d", "Titre", text, tuple(sections), 7)
    with opened("sqlite://") as records:
        records.put(record_of(document), document, [])
        assert records.document("d") == document


def test_what_is_not_there_is_none(records: Records) -> None:
    """No text, no document, no chunk, no fact: `None` and nothing, never an error."""
    assert records.text("absent") is None
    assert records.document("absent") is None
    assert records.chunks_of("absent") == []
    assert records.get(["absent"]) == {}
    assert records.fact("absent") is None
    assert records.remove("absent") is False
    assert records.revision() == 0


def test_many_chunks_are_read_at_once(records: Records) -> None:
    """More ids than a database takes in one question."""
    document = plain_document("\n".join(f"Phrase numéro {number}." for number in range(1300)), "long")
    chunks = embedded(document, model, limit=4)
    records.put(record_of(document), document, chunks)
    assert len(chunks) == 1300 == records.count_chunks()
    assert set(records.get([item.chunk.id for item in chunks])) == {item.chunk.id for item in chunks}


def test_the_languages_of_the_documents_come_with_the_most_frequent_first(records: Records) -> None:
    """The lexical side stems a question in each of them."""
    for number, language in enumerate(["ar", "fr", "fr", "en", "fr", "ar"]):
        put(records, plain_document("Un texte.", f"d{number}"), language=language)
    assert records.languages() == ("fr", "ar", "en")


# --- replace, update, remove -----------------------------------------------------------------------------------------


def test_a_document_put_again_replaces_itself_and_no_other(records: Records) -> None:
    """The old chunks are gone with the old text."""
    put(records, FIRST), put(records, SECOND)
    before = {item.chunk.id for item in records.chunks_of("premier")}
    put(records, CHANGED)
    assert records.text("premier") == CHANGED.text
    assert not before & {item.chunk.id for item in records.chunks_of("premier")}
    assert records.get(list(before)) == {}
    assert records.text("second") == SECOND.text
    assert len(records.documents()) == 2


def test_a_removed_document_leaves_nothing_but_its_revision(records: Records) -> None:
    """An index that has it still can be told."""
    revision = put(records, FIRST)
    assert records.remove("premier") is True
    assert records.remove("premier") is False
    assert (records.documents(), records.count_chunks(), records.text("premier")) == ([], 0, None)
    assert changes(records, revision) == [("premier", False)]


def test_updating_a_field_changes_neither_text_nor_chunks(records: Records) -> None:
    """A new framework costs no embedding."""
    revision = put(records, FIRST)
    records.update("premier", framework="ligue-arabe")
    assert records.documents()[0].framework == "ligue-arabe"
    assert records.revision() == revision
    assert records.text("premier") == FIRST.text


# --- revisions -------------------------------------------------------------------------------------------------------


def test_every_change_has_a_revision_of_its_own(records: Records) -> None:
    """Revisions count up by one, removals too; a change that changed nothing has none."""
    assert [put(records, FIRST), put(records, SECOND), put(records, CHANGED)] == [1, 2, 3]
    records.remove("second")
    records.remove("second")
    assert records.revision() == 4


def test_changes_since_a_revision_are_the_last_state_of_each_document(records: Records) -> None:
    """Oldest first; a document replaced twice is told once, one put again after its removal is present."""
    put(records, FIRST), put(records, SECOND), put(records, CHANGED)
    assert changes(records, 0) == [("second", True), ("premier", True)]
    records.remove("premier")
    assert changes(records, 3) == [("premier", False)]
    put(records, FIRST)
    assert changes(records, 3) == [("premier", True)]
    assert changes(records, records.revision()) == []


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12), st.integers(0, 12))
def test_whoever_applies_the_changes_since_any_revision_has_the_same_documents(
    steps: list[tuple[str, bool]], left_at: int
) -> None:
    """Catching up from anywhere ends where the records are."""
    with opened("sqlite://") as records:
        held: set[str] = set()
        for number, (name, present) in enumerate(steps):
            if present:
                document = plain_document(f"Texte {number}.", name)
                records.put(record_of(document), document, [])
            else:
                records.remove(name)
            if records.revision() <= left_at:
                held = {record.id for record in records.documents()}
        for name, present in changes(records, min(left_at, records.revision())):
            held = held | {name} if present else held - {name}
        assert held == {record.id for record in records.documents()}


# --- transactions ----------------------------------------------------------------------------------------------------


def test_a_document_that_cannot_be_written_whole_is_not_written_at_all(records: Records) -> None:
    """Two chunks of one name break the last step; the document before them, and its revision, stay as they were."""
    put(records, FIRST)
    chunks = embedded(CHANGED, model)
    with pytest.raises(sql.exc.IntegrityError):
        records.put(record_of(CHANGED), CHANGED, [*chunks, *chunks])
    assert records.text("premier") == FIRST.text
    assert_same(records.chunks_of("premier"), embedded(FIRST, model))
    assert records.revision() == 1


def test_what_was_written_is_there_for_the_next_process(tmp_path: Path) -> None:
    """Closed and opened again, and opened twice at once."""
    with opened(url_in(tmp_path)) as records:
        put(records, FIRST)
        with opened(url_in(tmp_path)) as beside:
            assert beside.text("premier") == FIRST.text
    with opened(url_in(tmp_path)) as again:
        assert again.text("premier") == FIRST.text
        assert again.revision() == 1


# --- migrations ------------------------------------------------------------------------------------------------------


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sql.Connection]:
    """A bare database."""
    engine = sql.create_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    with engine.begin() as connected:
        yield connected
    engine.dispose()


def migrations(connection: sql.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    """`HEAD` spares a start the reading of every file; it must not lag behind them."""
    assert ScriptDirectory.from_config(migrations()).get_heads() == [HEAD]


def test_migrations_go_up_and_down_and_up_again(connection: sql.Connection) -> None:
    """Nothing is left of the schema below the first."""
    command.upgrade(migrations(connection), "head")
    up = shape(connection)
    command.downgrade(migrations(connection), "base")
    assert set(shape(connection)) <= {"alembic_version"}
    command.upgrade(migrations(connection), "head")
    assert shape(connection) == up


def test_the_migrated_schema_is_the_one_that_the_code_writes_to(connection: sql.Connection) -> None:
    """Alembic finds nothing to change between the two."""
    command.upgrade(migrations(connection), "head")
    assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_day_on_which_shipped_texts_were_read_is_taken_off_them(connection: sql.Connection) -> None:
    """A date that somebody gave a text, and that of another document, stay."""
    command.upgrade(migrations(connection), "0005_briefings")
    rows = [("a", "shipped", "2026-11-23"), ("b", "shipped", "2015"), ("c", "upload", "2026-11-23")]
    for id, origin, date in rows:
        values = {"id": id, "origin": origin, "date": date}
        columns = sql.inspect(connection).get_columns("documents")
        row = {column["name"]: 0 if "INT" in str(column["type"]) else "" for column in columns} | values
        connection.execute(sql.table("documents", *map(sql.column, row)).insert().values(row))
    command.upgrade(migrations(connection), "head")
    dates = connection.execute(sql.text("SELECT date FROM documents ORDER BY id")).scalars().all()
    assert dates == ["", "2015", "2026-11-23"]


def test_a_database_that_is_up_to_date_is_not_migrated_again(tmp_path: Path) -> None:
    """Opened twice, it is the same."""
    for _ in range(2):
        with opened(url_in(tmp_path)) as records:
            assert records.documents() == []


def shape(connection: sql.Connection) -> dict[str, list[Any]]:
    inspector = sql.inspect(connection)
    return {
        table: [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)]
        for table in inspector.get_table_names()
    }


# --- what is kept of it ----------------------------------------------------------------------------------------------


def test_nothing_that_was_kept_outlives_a_change_by_another_process(records: Records, tmp_path: Path) -> None:
    """Texts and chunks are kept while nothing changes; a replaced, renamed or removed document is read anew."""
    put(records, FIRST)
    ids = [chunk.chunk.id for chunk in records.chunks_of("premier")]
    before = records.get(ids)
    assert records.get(ids) == before
    assert records.get(ids)[ids[0]] is before[ids[0]]
    assert records.texts(["premier", "nulle part"]) == {"premier": FIRST.text}
    with opened(url_in(tmp_path)) as others:
        others.update("premier", title="Autrement dit")
        assert {item.chunk.title for item in records.get(ids).values()} == {"Autrement dit"}
        put(others, CHANGED)
        assert records.text("premier") == CHANGED.text
        assert records.get(ids) == {}
        others.remove("premier")
        assert records.texts(["premier"]) == {}
    assert records.texts([]) == {}


def test_only_so_much_is_kept() -> None:
    """The least recently used goes first, and what was read before a change is not kept after it."""
    kept = Kept[str, int](2)
    kept.keep("monday", {"a": 1, "b": 2})
    kept.take("monday", ["a"])
    kept.keep("monday", {"c": 3})
    assert kept.take("monday", "abc") == {"a": 1, "c": 3}
    assert kept.take("tuesday", "abc") == {}
    kept.keep("monday", {"d": 4})
    assert kept.take("tuesday", "d") == {}
