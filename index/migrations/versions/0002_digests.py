"""Texts in a table of their own, and the sha256 of each document and chunk, taken of the rows as they are now."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from index.digests import CHUNK, DOCUMENT, chunk_digest, document_digest

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Move the texts, add both hashes and fill them."""
    for table, names, digest_of in (("documents", DOCUMENT, document_digest), ("chunks", CHUNK, chunk_digest)):
        op.add_column(table, sa.Column("digest", sa.String(64), nullable=False, server_default=""))
        columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
        rows = sa.table(table, *columns, sa.column("digest"))
        connection = op.get_bind()
        for id in connection.execute(sa.select(rows.c.id)).scalars().all():
            row = connection.execute(sa.select(*columns).select_from(rows).where(rows.c.id == id)).mappings().one()
            connection.execute(rows.update().where(rows.c.id == id).values(digest=digest_of(dict(row))))
    op.create_table(
        "texts",
        sa.Column("document", sa.String(200), sa.ForeignKey("documents.id"), primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sections", sa.Text, nullable=False),
    )
    op.execute("INSERT INTO texts (document, text, sections) SELECT id, text, sections FROM documents")
    op.drop_column("documents", "text")
    op.drop_column("documents", "sections")


def downgrade() -> None:
    """Put the texts back, drop the hashes."""
    for name in ("text", "sections"):
        op.add_column("documents", sa.Column(name, sa.Text, nullable=False, server_default=""))
        op.execute(f"UPDATE documents SET {name} = (SELECT {name} FROM texts WHERE texts.document = documents.id)")
    op.drop_table("texts")
    for table in ("documents", "chunks"):
        op.drop_column(table, "digest")
