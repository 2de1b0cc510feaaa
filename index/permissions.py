"""Which groups may read a document. One that nobody was named for is open to every reader.

A restricted document keeps a mark of its own beside its groups, so that taking the last group away closes it to all
instead of opening it to everyone. The rows outlive the document: ingested again under its id it is as closed as before.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sql

from index.records import metadata, writing

CLOSED = ""
"""The mark of a restricted document; no group can be named so."""

readers = sql.Table(
    "document_readers",
    metadata,
    sql.Column("document", sql.String(200), primary_key=True),
    sql.Column("group_name", sql.String(100), primary_key=True),
)


class Permissions:
    """The groups of each restricted document, read from the database at every question."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def grant(self, document: str, groups: Collection[str]) -> None:
        """Let these groups read a document, and from now on nobody who is in none of its groups."""
        with writing(self._engine) as connection:
            held = set(
                connection.execute(sql.select(readers.c.group_name).where(readers.c.document == document)).scalars()
            )
            new = [{"document": document, "group_name": name} for name in sorted({CLOSED, *groups} - held)]
            if new:
                connection.execute(readers.insert(), new)

    def revoke(self, document: str, groups: Collection[str]) -> None:
        """Take a document from these groups; it stays closed to whoever is in none that is left."""
        self.grant(document, ())
        mine = (readers.c.document == document) & readers.c.group_name.in_(sorted(set(groups) - {CLOSED}))
        with writing(self._engine) as connection:
            connection.execute(readers.delete().where(mine))

    def open_to_all(self, document: str) -> None:
        """Let every reader read a document."""
        with writing(self._engine) as connection:
            connection.execute(readers.delete().where(readers.c.document == document))

    def groups(self) -> dict[str, tuple[str, ...]]:
        """The groups of each restricted document, maybe none; a document that is missing here is open to all."""
        found: dict[str, tuple[str, ...]] = {}
        with self._engine.connect() as connection:
            for document, name in connection.execute(sql.select(readers).order_by(*readers.c)):
                found[document] = (*found.get(document, ()), *([] if name == CLOSED else [name]))
        return found

    def hidden(self, groups: Collection[str]) -> frozenset[str]:
        """The restricted documents that none of these groups may read."""
        allowed = sql.select(readers.c.document).where(readers.c.group_name.in_(sorted(set(groups) - {CLOSED})))
        query = sql.select(readers.c.document).where(readers.c.group_name == CLOSED, readers.c.document.not_in(allowed))
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())
