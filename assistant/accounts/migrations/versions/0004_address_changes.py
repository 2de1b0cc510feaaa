"""The new e-mail addresses that people asked for.

A downgrade sets the table aside under another name and the next upgrade brings it back.
"""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0004_address_changes"
down_revision = "accounts_0003_uploads"

TABLE = "address_changes"
KEPT = "kept_address_changes"


def upgrade() -> None:
    """Bring the table back if it was set aside, else create it."""
    if sa.inspect(op.get_bind()).has_table(KEPT):
        op.rename_table(KEPT, TABLE)
        return
    op.create_table(
        TABLE,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("user_id", sa.String(32), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("before", sa.String(320), nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("done_at", sa.Double, nullable=True),
    )
    for column in ("user_id", "made_at"):
        op.create_index(f"ix_address_changes_{column}", TABLE, [column])


def downgrade() -> None:
    """Set the table aside, rows and all."""
    op.rename_table(TABLE, KEPT)
