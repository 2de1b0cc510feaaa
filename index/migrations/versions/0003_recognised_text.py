"""Which chunks were recognised from a picture; what was read of each page, of refused documents as well."""

import sqlalchemy as sa
from alembic import op

revision = "0003_recognised_text"
down_revision = "0002"


def upgrade() -> None:
    """Add a mark on chunks and the table of reports."""
    op.add_column("chunks", sa.Column("ocr", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "reports",
        sa.Column("document", sa.String(200), primary_key=True),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("pages", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("checked_at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Take both back."""
    op.drop_table("reports")
    with op.batch_alter_table("chunks") as table:
        table.drop_column("ocr")
