"""The records: documents, chunks and vectors in SQL. They are the truth; every index is made from them.

A document is written in one transaction, whole or not at all, and carries the revision it was written at; a removed
one leaves its revision behind. An index that remembers the last revision it applied can always catch up.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sql
from numpy.typing import NDArray

from corpus.errors import NEWER_DATABASE, AssistantError
from corpus.section import Document, Section
from index import sqlite_file
from index.chunk import Chunk
from index.digests import chunk_digest, document_digest
from index.kept import Kept
from index.reports import Report

metadata = sql.MetaData()

CHUNKS_KEPT = 8192
"""Chunks, some 8 kB each with their vectors, that are not read again while nothing changes."""
TEXTS_KEPT = 32
LONGEST_KEPT = 300_000
"""Characters of a text beyond which it is read anew each time."""


class RecordsUnavailable(AssistantError):
    """The database cannot be opened; the message says why and which setting names it."""


class OlderSchema(RecordsUnavailable):
    """The database is of an older version, and whoever opens it did not want it brought up to date."""


documents = sql.Table(
    "documents",
    metadata,
    sql.Column("id", sql.String(200), primary_key=True),
    sql.Column("title", sql.Text, nullable=False),
    sql.Column("framework", sql.String(100), nullable=False, default=""),
    sql.Column("language", sql.String(8), nullable=False),
    sql.Column("source", sql.Text, nullable=False),
    sql.Column("origin", sql.Text, nullable=False),
    sql.Column("date", sql.String(10), nullable=False, default=""),
    sql.Column("sha256", sql.String(64), nullable=False),
    sql.Column("pages", sql.Integer, nullable=True),
    sql.Column("added_at", sql.String(32), nullable=False),
    sql.Column("revision", sql.Integer, nullable=False, index=True),
    sql.Column("digest", sql.String(64), nullable=False, server_default=""),
)
texts = sql.Table(
    "texts",
    metadata,
    sql.Column("document", sql.String(200), sql.ForeignKey("documents.id"), primary_key=True),
    sql.Column("text", sql.Text, nullable=False),
    sql.Column("sections", sql.Text, nullable=False),
)
"""Apart from the documents: a list of these would else be read past every text to its end."""
chunks = sql.Table(
    "chunks",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("document", sql.String(200), sql.ForeignKey("documents.id"), nullable=False, index=True),
    sql.Column("ordinal", sql.Integer, nullable=False),
    sql.Column("start", sql.Integer, nullable=False),
    sql.Column("page", sql.Integer, nullable=True),
    sql.Column("headings", sql.Text, nullable=False),
    sql.Column("text", sql.Text, nullable=False),
    sql.Column("sentences", sql.Text, nullable=False),
    sql.Column("vector", sql.LargeBinary, nullable=False),
    sql.Column("sentence_vectors", sql.LargeBinary, nullable=False),
    sql.Column("digest", sql.String(64), nullable=False, server_default=""),
    sql.Column("ocr", sql.Boolean, nullable=False, default=False),
)
removals = sql.Table(
    "removals",
    metadata,
    sql.Column("document", sql.String(200), primary_key=True),
    sql.Column("revision", sql.Integer, nullable=False, index=True),
)
facts = sql.Table(
    "facts",
    metadata,
    sql.Column("name", sql.String(50), primary_key=True),
    sql.Column("value", sql.Text, nullable=False),
)

reports = sql.Table(
    "reports",
    metadata,
    sql.Column("document", sql.String(200), primary_key=True),
    sql.Column("path", sql.Text, nullable=False),
    sql.Column("status", sql.String(16), nullable=False),
    sql.Column("reason", sql.Text, nullable=False),
    sql.Column("pages", sql.Text, nullable=False),
    sql.Column("seconds", sql.Float, nullable=False),
    sql.Column("checked_at", sql.String(32), nullable=False),
)


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What is kept of a document besides its text. `origin` is the folder, file or list it came from."""

    id: str
    title: str
    framework: str
    language: str
    source: str
    origin: str
    date: str
    sha256: str
    pages: int | None
    added_at: str
    revision: int = 0
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class EmbeddedChunk:
    """A chunk, its vector `(d,)` and its sentences' vectors `(n, d)`, of length one, and its document's language."""

    chunk: Chunk
    vector: NDArray[np.float32]
    sentence_vectors: NDArray[np.float16]
    language: str = ""


@contextmanager
def writing(engine: sql.Engine) -> Iterator[sql.Connection]:
    """A transaction on the texts' database; what keeps it from being written is told to whoever can act on it."""
    try:
        with engine.begin() as connection:
            yield connection
    except sql.exc.OperationalError as error:
        told = str(error.orig).splitlines()[0][:200] if error.orig else type(error).__name__
        raise RecordsUnavailable(
            f"La base de données n'a pas pu être écrite ({told}) ; rien n'a été changé. Vérifiez l'espace disque "
            "et qu'aucun autre programme ne la tient ouverte, puis recommencez."
        ) from error


class Records:
    """Documents, their texts, chunks, vectors and reports in the database, read and written."""

    def __init__(self, url: str, migrate: bool = True) -> None:
        """Open the database and bring its schema up to date, or, without `migrate`, raise `OlderSchema`."""
        own_file = sqlite_file.is_sqlite(url)
        try:
            if own_file:
                sqlite_file.keep_private(url)
            self._chunks, self._texts = Kept[str, EmbeddedChunk](CHUNKS_KEPT), Kept[str, str](TEXTS_KEPT)
            waiting = sqlite_file.WAITING if own_file else {}
            self._engine = sql.create_engine(url, connect_args=waiting, hide_parameters=True)
            if own_file:
                sql.event.listen(self._engine, "connect", sqlite_file.configure)
            if not self._is_of_now():
                if not migrate:
                    raise OlderSchema("la base est d'une version antérieure ; l'index n'a pas été regardé")
                self._migrate()
        except (sql.exc.SQLAlchemyError, ImportError, OSError) as error:
            raise RecordsUnavailable(
                f"La base de données ne s'ouvre pas ({type(error).__name__}: {str(error).splitlines()[0][:200]}). "
                "Vérifiez le dossier des données et COOPERATION_DATABASE_URL."
            ) from error

    @property
    def engine(self) -> sql.Engine:
        """The database itself: for what keeps tables of its own beside these, and what checks or copies it whole."""
        return self._engine

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # ---- writing -------------------------------------------------------------------------------------------------

    def put(self, record: DocumentRecord, document: Document, embedded: Sequence[EmbeddedChunk]) -> int:
        """Write a document in one transaction, replacing one of the same id; returns its revision."""
        with writing(self._engine) as connection:
            revision = self._next_revision(connection)
            connection.execute(chunks.delete().where(chunks.c.document == record.id))
            connection.execute(texts.delete().where(texts.c.document == record.id))
            connection.execute(documents.delete().where(documents.c.id == record.id))
            connection.execute(removals.delete().where(removals.c.document == record.id))
            values = {name: getattr(record, name) for name in record.__dataclass_fields__ if name != "chunks"}
            whole = {"text": document.text, "sections": _sections_json(document)}
            values |= {"revision": revision, "digest": document_digest(values | whole)}
            connection.execute(documents.insert().values(**values))
            connection.execute(texts.insert().values(document=record.id, **whole))
            if embedded:
                connection.execute(chunks.insert(), [_row(item) for item in embedded])
        return revision

    def update(self, document: str, **values: str) -> None:
        """Change fields of a document's row, not its text."""
        with writing(self._engine) as connection:
            connection.execute(documents.update().where(documents.c.id == document).values(**values))
            self._count_up(connection, "edits")

    def remove(self, document: str) -> bool:
        """Remove a document and its chunks; false when there is none."""
        with writing(self._engine) as connection:
            connection.execute(chunks.delete().where(chunks.c.document == document))
            connection.execute(texts.delete().where(texts.c.document == document))
            connection.execute(reports.delete().where(reports.c.document == document))
            gone = connection.execute(documents.delete().where(documents.c.id == document)).rowcount > 0
            if gone:
                revision = self._next_revision(connection)
                connection.execute(removals.delete().where(removals.c.document == document))
                connection.execute(removals.insert().values(document=document, revision=revision))
        return gone

    def put_report(self, report: Report) -> None:
        """Keep what was read of a document, in place of what was before."""
        with writing(self._engine) as connection:
            connection.execute(reports.delete().where(reports.c.document == report.document))
            connection.execute(reports.insert().values(**report.row()))

    def forget_report(self, document: str) -> None:
        """Drop what was read of a document that is no longer there to be read."""
        with writing(self._engine) as connection:
            connection.execute(reports.delete().where(reports.c.document == document))

    def set_fact(self, name: str, value: str) -> None:
        """Remember a fact about the database, such as the fingerprint it was built with."""
        with writing(self._engine) as connection:
            connection.execute(facts.delete().where(facts.c.name == name))
            connection.execute(facts.insert().values(name=name, value=value))

    # ---- reading -------------------------------------------------------------------------------------------------

    def fact(self, name: str) -> str | None:
        """A remembered fact, or `None`."""
        with self._engine.connect() as connection:
            return connection.execute(sql.select(facts.c.value).where(facts.c.name == name)).scalar()

    def revision(self) -> int:
        """The revision of the last change."""
        return int(self.fact("revision") or 0)

    def count_chunks(self) -> int:
        """How many chunks there are."""
        with self._engine.connect() as connection:
            return int(connection.execute(sql.select(sql.func.count()).select_from(chunks)).scalar() or 0)

    def sample_ids(self, limit: int) -> list[str]:
        """Ids of chunks from all over; ids are hashes, so any stretch of them is a fair draw."""
        with self._engine.connect() as connection:
            start = f"{random.randrange(16):x}"
            found = [
                connection.execute(sql.select(chunks.c.id).where(rule).order_by(chunks.c.id).limit(limit))
                .scalars()
                .all()
                for rule in (chunks.c.id >= start, chunks.c.id < start)
            ]
        return [*found[0], *found[1]][:limit]

    def documents(self) -> list[DocumentRecord]:
        """Every document, by id, without its text."""
        size = sql.select(chunks.c.document, sql.func.count().label("chunks")).group_by(chunks.c.document).subquery()
        names = [name for name in DocumentRecord.__dataclass_fields__ if name != "chunks"]
        query = (
            sql.select(*(documents.c[name] for name in names), sql.func.coalesce(size.c.chunks, 0))
            .join(size, size.c.document == documents.c.id, isouter=True)
            .order_by(documents.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [DocumentRecord(**dict(zip([*names, "chunks"], row, strict=True))) for row in rows]

    def ids(self) -> set[str]:
        """Every document's id."""
        with self._engine.connect() as connection:
            return set(connection.execute(sql.select(documents.c.id)).scalars())

    def text(self, document: str) -> str | None:
        """The whole text of a document, in which all offsets count; `None` when there is no such document."""
        return self.texts([document]).get(document)

    def texts(self, ids: Collection[str]) -> dict[str, str]:
        """The whole texts of documents, by id; unknown ids are left out."""
        if not ids:
            return {}
        with self._engine.connect() as connection:
            stamp = _stamp(connection)
            held = self._texts.take(stamp, ids)
            missing = [id for id in ids if id not in held]
            if not missing:
                return held
            rows = connection.execute(
                sql.select(texts.c.document, texts.c.text).where(texts.c.document.in_(missing))
            ).all()
        read = {str(row.document): str(row.text) for row in rows}
        self._texts.keep(stamp, {id: text for id, text in read.items() if len(text) <= LONGEST_KEPT})
        return held | read

    def document(self, id: str) -> Document | None:
        """A document as its loader made it, sections and all; `None` when there is no such document."""
        query = sql.select(documents.c.title, texts.c.text, texts.c.sections, documents.c.pages).join(texts)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(documents.c.id == id)).mappings().first()
        if row is None:
            return None
        text = str(row["text"])
        sections = tuple(
            Section(id, row["title"], tuple(headings), text[start:end], start, page, *ocr)
            for start, end, page, headings, *ocr in json.loads(row["sections"])
        )
        return Document(id, row["title"], text, sections, row["pages"])

    def get(self, ids: Sequence[str]) -> dict[str, EmbeddedChunk]:
        """Chunks by id, with their vectors; unknown ids are left out."""
        read: dict[str, EmbeddedChunk] = {}
        with self._engine.connect() as connection:
            stamp = _stamp(connection)
            held = self._chunks.take(stamp, ids)
            missing = [id for id in ids if id not in held]
            for at in range(0, len(missing), 500):
                query = _chunk_query().where(chunks.c.id.in_(missing[at : at + 500]))
                for row in connection.execute(query).mappings().all():
                    read[row["id"]] = _embedded(row)
        self._chunks.keep(stamp, read)
        return held | read

    def chunks_of(self, document: str) -> list[EmbeddedChunk]:
        """The chunks of one document, in reading order."""
        query = _chunk_query().where(chunks.c.document == document).order_by(chunks.c.ordinal)
        with self._engine.connect() as connection:
            return [_embedded(row) for row in connection.execute(query).mappings().all()]

    def changed_since(self, revision: int) -> Iterator[tuple[str, str, list[EmbeddedChunk] | None]]:
        """Documents written or removed after `revision`, oldest first: id, language, chunks (`None`: removed)."""
        with self._engine.connect() as connection:
            written = connection.execute(
                sql.select(documents.c.revision, documents.c.id, documents.c.language).where(
                    documents.c.revision > revision
                )
            ).all()
            gone = connection.execute(
                sql.select(removals.c.revision, removals.c.document).where(removals.c.revision > revision)
            ).all()
        changes = [(r, d, lang, True) for r, d, lang in written] + [(r, d, "", False) for r, d in gone]
        for _revision, document, language, present in sorted(changes):
            yield document, language, self.chunks_of(document) if present else None

    def reports(self) -> list[Report]:
        """What was read of each document, refused ones included, by path."""
        with self._engine.connect() as connection:
            rows = connection.execute(sql.select(reports).order_by(reports.c.path, reports.c.document)).mappings()
            return [Report.from_row(dict(row)) for row in rows]

    def report(self, document: str) -> Report | None:
        """What was read of one document."""
        with self._engine.connect() as connection:
            row = connection.execute(sql.select(reports).where(reports.c.document == document)).mappings().first()
        return Report.from_row(dict(row)) if row else None

    def languages(self) -> tuple[str, ...]:
        """The languages of the documents, most frequent first."""
        query = sql.select(documents.c.language).group_by(documents.c.language).order_by(sql.func.count().desc())
        with self._engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    # ---- inside --------------------------------------------------------------------------------------------------

    def _next_revision(self, connection: sql.Connection) -> int:
        return self._count_up(connection, "revision")

    @staticmethod
    def _count_up(connection: sql.Connection, name: str) -> int:
        count = int(connection.execute(sql.select(facts.c.value).where(facts.c.name == name)).scalar() or 0) + 1
        connection.execute(facts.delete().where(facts.c.name == name))
        connection.execute(facts.insert().values(name=name, value=str(count)))
        return count

    def _is_of_now(self) -> bool:
        from index.migrations import HEAD

        with self._engine.connect() as connection:
            if not sql.inspect(connection).has_table("alembic_version"):
                return False
            return bool(connection.execute(sql.text("SELECT version_num FROM alembic_version")).scalar() == HEAD)

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._engine.begin() as connection:
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise RecordsUnavailable(NEWER_DATABASE) from error


def _stamp(connection: sql.Connection) -> tuple[tuple[str, str], ...]:
    """What the database says of its state: every change of texts and chunks changes one of its facts."""
    rows = connection.execute(sql.select(facts.c.name, facts.c.value).order_by(facts.c.name))
    return tuple((str(name), str(value)) for name, value in rows)


def _sections_json(document: Document) -> str:
    rows = [[s.start, s.end, s.page, s.headings, *([True] if s.ocr else [])] for s in document.sections]
    return json.dumps(rows, ensure_ascii=False)


def _chunk_query() -> sql.Select[Any]:
    return sql.select(*chunks.c, documents.c.title, documents.c.language).join(
        documents, documents.c.id == chunks.c.document
    )


def _row(item: EmbeddedChunk) -> dict[str, Any]:
    chunk = item.chunk
    row = {
        "id": chunk.id,
        "document": chunk.document,
        "ordinal": chunk.ordinal,
        "start": chunk.start,
        "page": chunk.page,
        "headings": json.dumps(chunk.headings, ensure_ascii=False),
        "text": chunk.text,
        "sentences": json.dumps(chunk.sentences),
        "vector": item.vector.astype("<f4").tobytes(),
        "sentence_vectors": item.sentence_vectors.astype("<f2").tobytes(),
        "ocr": chunk.ocr,
    }
    return row | {"digest": chunk_digest(row)}


def _embedded(row: Mapping[Any, Any]) -> EmbeddedChunk:
    vector = np.frombuffer(row["vector"], "<f4")
    spans = tuple((int(a), int(b)) for a, b in json.loads(row["sentences"]))
    return EmbeddedChunk(
        Chunk(
            id=row["id"],
            document=row["document"],
            title=row["title"],
            headings=tuple(json.loads(row["headings"])),
            text=row["text"],
            start=row["start"],
            page=row["page"],
            ordinal=row["ordinal"],
            sentences=spans,
            ocr=bool(row["ocr"]),
        ),
        vector,
        np.frombuffer(row["sentence_vectors"], "<f2").reshape(len(spans), len(vector)),
        row["language"],
    )


@contextmanager
def opened(url: str, migrate: bool = True) -> Iterator[Records]:
    """Records that are closed at the end of a `with` block."""
    records = Records(url, migrate)
    try:
        yield records
    finally:
        records.close()
