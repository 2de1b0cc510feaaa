"""What was read of each document for another purpose than searching, kept beside it until the document changes.

A reading is bytes that this module does not look into, and the mark of what it was made of: another mark is no
reading. Readings are derived; losing them costs the time to read again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sql

from index.records import metadata, writing

readings = sql.Table(
    "readings",
    metadata,
    sql.Column("document", sql.String(200), primary_key=True),
    sql.Column("made_of", sql.String(200), nullable=False),
    sql.Column("content", sql.LargeBinary, nullable=False),
)
AT_ONCE = 200


class Readings:
    """The readings in the database."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def get(self, wanted: Mapping[str, str]) -> dict[str, bytes]:
        """The readings of documents by id, of those marked as `wanted` says."""
        ids, found = list(wanted), {}
        with self._engine.connect() as connection:
            for at in range(0, len(ids), AT_ONCE):
                query = sql.select(readings).where(readings.c.document.in_(ids[at : at + AT_ONCE]))
                for document, made_of, content in connection.execute(query):
                    if made_of == wanted[document]:
                        found[document] = bytes(content)
        return found

    def put(self, made: Mapping[str, tuple[str, bytes]]) -> None:
        """Keep readings, each with its mark, in place of what was there."""
        ids = list(made)
        with writing(self._engine) as connection:
            for at in range(0, len(ids), AT_ONCE):
                some = ids[at : at + AT_ONCE]
                connection.execute(readings.delete().where(readings.c.document.in_(some)))
                rows = [{"document": id, "made_of": made[id][0], "content": made[id][1]} for id in some]
                connection.execute(readings.insert(), rows)

    def forget_others(self, documents: Collection[str]) -> None:
        """Drop the readings of documents that are no longer there."""
        with writing(self._engine) as connection:
            known = set(connection.execute(sql.select(readings.c.document)).scalars())
            for id in sorted(known.difference(documents)):
                connection.execute(readings.delete().where(readings.c.document == id))
