"""The files that people brought by the web.

A downgrade sets the table aside under another name and the next upgrade brings it back.
"""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0003_uploads"
down_revision = "accounts_0002"

TABLE = "uploads"
KEPT = "kept_uploads"


def upgrade() -> None:
    """Bring the table back if it was set aside, else create it."""
    if sa.inspect(op.get_bind()).has_table(KEPT):
        op.rename_table(KEPT, TABLE)
        return
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(32), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=True),
        sa.Column("by", sa.String(100), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("suffix", sa.String(10), nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("groups", sa.Text, nullable=True),
        sa.Column("replaces", sa.Boolean, nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("done_at", sa.Double, nullable=True),
    )
    for column in ("document", "owner", "state"):
        op.create_index(f"ix_uploads_{column}", TABLE, [column])


def downgrade() -> None:
    """Set the table aside, rows and all."""
    op.rename_table(TABLE, KEPT)
