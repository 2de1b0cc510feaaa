"""Which groups may read which document."""

import sqlalchemy as sa
from alembic import op

revision = "0004_document_readers"
down_revision = "0003_recognised_text"


def upgrade() -> None:
    """Add the table; without rows every document is open to every reader."""
    op.create_table(
        "document_readers",
        sa.Column("document", sa.String(200), primary_key=True),
        sa.Column("group_name", sa.String(100), primary_key=True),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("document_readers")
