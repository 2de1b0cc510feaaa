"""Conversations, their turns, what was thought of them, and the questions that may become cases.

A downgrade sets the tables aside under another name and the next upgrade brings them back.
"""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0002"
down_revision = "accounts_0001"

TABLES = ("conversations", "turns", "opinions", "candidates")
KEPT = "kept_"


def upgrade() -> None:
    """Bring the tables back if they were set aside, else create them."""
    if sa.inspect(op.get_bind()).has_table(KEPT + TABLES[0]):
        for table in TABLES:
            op.rename_table(KEPT + table, table)
        return
    _create_conversations()
    _create_opinions()


def downgrade() -> None:
    """Set the tables aside, rows and all."""
    for table in TABLES:
        op.rename_table(table, KEPT + table)


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("user_id", sa.String(32), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("changed_at", sa.Double, nullable=False),
        sa.Column("deleted_at", sa.Double, nullable=True),
    )
    for column in ("user_id", "changed_at", "deleted_at"):
        op.create_index(f"ix_conversations_{column}", "conversations", [column])
    op.create_table(
        "turns",
        sa.Column(
            "conversation", sa.String(32), sa.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("asked_at", sa.Double, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
    )


def _create_opinions() -> None:
    op.create_table(
        "opinions",
        sa.Column("conversation", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("good", sa.Boolean, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("comment", sa.String(1000), nullable=False),
        sa.Column("given_at", sa.Double, nullable=False),
        sa.ForeignKeyConstraint(["conversation", "number"], ["turns.conversation", "turns.number"], ondelete="CASCADE"),
    )
    op.create_table(
        "candidates",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("turn", sa.String(50), nullable=False, unique=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("made_at", sa.Double, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("history", sa.Text, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("page", sa.Integer, nullable=True),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("comment", sa.String(1000), nullable=False),
    )
    op.create_index("ix_candidates_state", "candidates", ["state"])
