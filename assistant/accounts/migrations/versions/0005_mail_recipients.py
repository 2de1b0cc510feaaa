"""The address that each letter was written to.

A downgrade sets the addresses aside in a table of their own and the next upgrade brings them back.
"""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0005_mail_recipients"
down_revision = "accounts_0004_address_changes"

KEPT = "kept_mail_recipients"


def upgrade() -> None:
    """Add the column, and what was set aside to it."""
    op.add_column("mails", sa.Column("recipient", sa.String(320), nullable=False, server_default=""))
    if sa.inspect(op.get_bind()).has_table(KEPT):
        kept = f"SELECT k.recipient FROM {KEPT} k WHERE k.id = mails.id"
        op.execute(f"UPDATE mails SET recipient = COALESCE(({kept}), '')")
        op.drop_table(KEPT)


def downgrade() -> None:
    """Set the addresses aside."""
    op.create_table(
        KEPT,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("recipient", sa.String(320), nullable=False),
    )
    op.execute(f"INSERT INTO {KEPT} (id, recipient) SELECT id, recipient FROM mails WHERE recipient <> ''")
    op.drop_column("mails", "recipient")
