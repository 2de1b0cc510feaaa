"""Is everything still what it was when it was written? The records against their own hashes, the index against them.

This only looks and says. It repairs nothing: what is wrong with the index is mended from the records, and what is wrong
with the records needs somebody to know of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sqlalchemy as sql
from numpy.typing import NDArray

from index.digests import chunk_digest, document_digest
from index.generations import Generation
from index.records import Records, chunks, documents, texts

Kind = Literal["database", "document", "passage", "orphan", "index"]
NEAR = 0.999
"""The least cosine of a vector in the index with its own in the records; Chroma keeps them in other precision."""
PART = 2000
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written: where, in what words, and what a person can do."""

    kind: Kind
    where: str
    message: str
    mend: str


RESTORE = "restaurez la dernière sauvegarde : cooperation restore FICHIER --force"
REBUILD = "cooperation rebuild"
REINDEX = "cooperation rebuild --index"


def check_database(records: Records) -> Iterator[Problem]:
    """What the database itself finds wrong, and rows that refer to nothing."""
    with records.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            for line in connection.exec_driver_sql("PRAGMA integrity_check").scalars():
                if line != "ok":
                    yield Problem("database", "base de données", str(line), RESTORE)
        known = sql.select(documents.c.id)
        for id, document in connection.execute(
            sql.select(chunks.c.id, chunks.c.document).where(chunks.c.document.not_in(known))
        ):
            yield Problem("orphan", id, f"passage d'un document absent, {document!r}", RESTORE)


def check_texts(records: Records) -> Iterator[Problem]:
    """Documents and chunks that are not as they were written, and chunks whose text is not at its place."""
    with records.engine.connect() as connection:
        names = connection.execute(sql.select(documents.c.id).order_by(documents.c.id)).scalars().all()
        for name in names:
            row = (
                connection.execute(
                    sql.select(documents, texts.c.text, texts.c.sections).join(texts).where(documents.c.id == name)
                )
                .mappings()
                .first()
            )
            if row is None:
                if connection.execute(sql.select(documents.c.id).where(documents.c.id == name)).first():
                    yield Problem("document", name, "son texte manque", RESTORE)
                continue  # else it was removed since the list was made
            if document_digest(dict(row)) != row["digest"]:
                mend = f"cooperation documents remove {name}, puis cooperation ingest {row['source']}"
                yield Problem(
                    "document", name, "le texte n'est plus celui qui a été enregistré", f"{mend} ; ou {RESTORE}"
                )
                continue
            for chunk in connection.execute(sql.select(chunks).where(chunks.c.document == name)).mappings():
                if chunk_digest(dict(chunk)) != chunk["digest"] or not _in_place(row["text"], chunk):
                    yield Problem("passage", chunk["id"], f"passage altéré du document {name!r}", REBUILD)


def check_index(records: Records, generation: Generation | None) -> Iterator[Problem]:
    """Where the index holds other passages or other vectors than the records, or cannot be opened (`None`)."""
    with records.engine.connect() as connection:
        owners = {row.id: row.document for row in connection.execute(sql.select(chunks.c.id, chunks.c.document))}
    if generation is None:
        if owners:
            yield Problem("index", "index", "absent ou illisible ; il est refait à la prochaine ouverture", REINDEX)
        return
    ids = set(owners)
    with_words = {record.id for record in records.documents()}
    for name, held, wanted in (
        ("vecteurs", generation.vectors.ids(), ids),
        ("mots", generation.lexical.ids(), ids),
        ("vocabulaire", generation.vocabulary.ids(), with_words),
    ):
        if missing := wanted - held:
            yield Problem("index", name, f"{len(missing)} manquent : {_some(missing)}", REINDEX)
        if extra := held - wanted:
            yield Problem("index", name, f"{len(extra)} en trop : {_some(extra)}", REINDEX)
    moved, lost = _moved_and_lost(records, generation, sorted(ids))
    if moved:
        yield Problem("index", "vecteurs", f"{len(moved)} ne sont pas ceux des textes : {_some(moved)}", REINDEX)
    if lost:
        yield Problem("index", "vecteurs", f"{len(lost)} ne sont trouvés par aucune recherche : {_some(lost)}", REINDEX)


def _in_place(text: str, chunk: Any) -> bool:
    start, own = int(chunk["start"]), str(chunk["text"])
    return text[start : start + len(own)] == own


def _moved_and_lost(records: Records, generation: Generation, ids: list[str]) -> tuple[set[str], set[str]]:
    """Passages whose vector in the index is another one, and those that a search for their own vector does not find."""
    moved, lost = set[str](), set[str]()
    for at in range(0, len(ids), PART):
        indexed = generation.vectors.vectors(ids[at : at + PART])
        with records.engine.connect() as connection:
            for some in range(at, at + PART, 500):
                rows = connection.execute(
                    sql.select(chunks.c.id, chunks.c.vector).where(chunks.c.id.in_(ids[some : some + 500]))
                )
                for id, data in rows:
                    own, other = np.frombuffer(data, "<f4"), indexed.get(id)
                    if other is not None and not _alike(own, other):
                        moved.add(id)
                    elif other is not None and not generation.vectors.finds(id, other):
                        lost.add(id)
    return moved, lost


def _alike(own: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    if own.shape != other.shape:
        return False
    return bool(own @ other >= NEAR * np.linalg.norm(own) * np.linalg.norm(other))


def _some(ids: set[str]) -> str:
    shown = ", ".join(sorted(ids)[:SHOWN])
    return shown if len(ids) <= SHOWN else f"{shown}, …"
