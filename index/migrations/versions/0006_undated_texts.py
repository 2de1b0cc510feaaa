"""The shipped texts bear no date of their own: the day on which they were read was kept as if it were theirs."""

from alembic import op

revision = "0006_undated_texts"
down_revision = "0005_briefings"


def upgrade() -> None:
    """Take that day off them; a date that somebody gave one stays."""
    op.execute("UPDATE documents SET date = '' WHERE origin = 'shipped' AND date = '2026-11-23'")


def downgrade() -> None:
    """Nothing: which of them bore it is not kept, and none should."""
