"""The sha256 of each document and chunk, taken of the rows as they are now."""

import sqlalchemy as sa
from alembic import op

from index.digests import CHUNK, DOCUMENT, chunk_digest, document_digest

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add both columns and fill them."""
    for table, names, digest_of in (("documents", DOCUMENT, document_digest), ("chunks", CHUNK, chunk_digest)):
        op.add_column(table, sa.Column("digest", sa.String(64), nullable=False, server_default=""))
        columns = [sa.column(name) for name in names]
        rows = sa.table(table, *columns, sa.column("digest"))
        connection = op.get_bind()
        for id in connection.execute(sa.select(rows.c.id)).scalars().all():
            row = connection.execute(sa.select(*columns).select_from(rows).where(rows.c.id == id)).mappings().one()
            connection.execute(rows.update().where(rows.c.id == id).values(digest=digest_of(row)))


def downgrade() -> None:
    """Drop them."""
    for table in ("documents", "chunks"):
        with op.batch_alter_table(table) as batch:
            batch.drop_column("digest")
