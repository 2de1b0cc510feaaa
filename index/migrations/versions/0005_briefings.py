"""What is read of each document for briefings, and the versions of briefings that were made."""

import sqlalchemy as sa
from alembic import op

revision = "0005_briefings"
down_revision = "0004_document_readers"


def upgrade() -> None:
    """Add both tables; the first is made again from the texts whenever it does not fit them."""
    op.create_table(
        "readings",
        sa.Column("document", sa.String(200), primary_key=True),
        sa.Column("made_of", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "briefing_versions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("topic", sa.String(100), nullable=False, index=True),
        sa.Column("audience", sa.String(64), nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("briefing_versions")
    op.drop_table("readings")
