"""Accounts, their groups, sign-ups, links, sessions, tokens, mail, throttle and audit log.

A downgrade sets the tables aside under another name and the next upgrade brings them back: going back to an older
version of the product loses no account.
"""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0001"
down_revision = None

TABLES = ("users", "user_groups", "signups", "links", "sessions", "api_tokens", "mails", "throttle", "audit")
KEPT = "kept_"


def upgrade() -> None:
    """Bring the tables back if they were set aside, else create them."""
    if sa.inspect(op.get_bind()).has_table(KEPT + TABLES[0]):
        for table in TABLES:
            op.rename_table(KEPT + table, table)
        return
    _create_users()
    _create_ways_in()
    _create_outbox_and_logs()
    for statement in _append_only(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Set the tables aside, rows and all."""
    for table in TABLES:
        op.rename_table(table, KEPT + table)


def _owner() -> sa.ForeignKey:
    return sa.ForeignKey("users.id", ondelete="CASCADE")


def _create_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("identifier", sa.String(64), nullable=False),
        sa.Column("identifier_key", sa.String(400), nullable=False, unique=True),
        sa.Column("identifier_skeleton", sa.String(400), nullable=False, unique=True),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("email_key", sa.String(400), nullable=False, unique=True),
        sa.Column("password_hash", sa.Text, nullable=True),
        sa.Column("admin_grade", sa.Boolean, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("last_login_at", sa.Double, nullable=True),
    )
    op.create_table(
        "user_groups",
        sa.Column("user_id", sa.String(32), _owner(), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
    )
    op.create_table(
        "signups",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("identifier", sa.String(64), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("admin_grade", sa.Boolean, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False, index=True),
    )


def _create_ways_in() -> None:
    op.create_table(
        "links",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False, index=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False, index=True),
        sa.Column("used_at", sa.Double, nullable=True),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("user_id", sa.String(32), _owner(), nullable=False, index=True),
        sa.Column("created_at", sa.Double, nullable=False, index=True),
        sa.Column("seen_at", sa.Double, nullable=False),
        sa.Column("ip", sa.String(64), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
    )
    op.create_table(
        "api_tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("user_id", sa.String(32), _owner(), nullable=False, index=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double, nullable=True),
    )


def _create_outbox_and_logs() -> None:
    op.create_table(
        "mails",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("about", sa.String(400), nullable=False, index=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("next_at", sa.Double, nullable=False, index=True),
        sa.Column("claimed_until", sa.Double, nullable=False),
        sa.Column("sent_at", sa.Double, nullable=True),
        sa.Column("error", sa.String(300), nullable=False),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("times", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Double, nullable=False, index=True),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("at", sa.Double, nullable=False, index=True),
        sa.Column("action", sa.String(40), nullable=False, index=True),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("about", sa.String(300), nullable=False),
        sa.Column("ip", sa.String(64), nullable=False),
        sa.Column("detail", sa.String(500), nullable=False),
        sqlite_autoincrement=True,
    )


def _append_only(dialect: str) -> tuple[str, ...]:
    """What makes the database itself refuse a change to a row of the audit log."""
    if dialect == "sqlite":
        return (
            "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        )
    if dialect == "postgresql":
        return (
            "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$ LANGUAGE plpgsql",
            "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit "
            "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
        )
    return ()
