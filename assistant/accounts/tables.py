"""The tables of accounts, in the product's database. Times are seconds since the epoch, by the injected clock.

No column holds a password, a token or a link in clear: only Argon2 hashes and SHA-256 digests of 256-bit random values.
"""

from __future__ import annotations

import sqlalchemy as sql

metadata = sql.MetaData()


def _owner() -> sql.Column[str]:
    return sql.Column(
        "user_id", sql.String(32), sql.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True
    )


users = sql.Table(
    "users",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("identifier", sql.String(64), nullable=False),
    sql.Column("identifier_key", sql.String(400), nullable=False, unique=True),
    sql.Column("identifier_skeleton", sql.String(400), nullable=False, unique=True),
    sql.Column("email", sql.String(320), nullable=False),
    sql.Column("email_key", sql.String(400), nullable=False, unique=True),
    sql.Column("password_hash", sql.Text, nullable=True),
    sql.Column("admin_grade", sql.Boolean, nullable=False),
    sql.Column("role", sql.String(20), nullable=False),
    sql.Column("state", sql.String(20), nullable=False),
    sql.Column("language", sql.String(8), nullable=False),
    sql.Column("created_at", sql.Double, nullable=False),
    sql.Column("last_login_at", sql.Double, nullable=True),
)
"""`admin_grade`: the password was long enough for an administrator when it was chosen."""
user_groups = sql.Table(
    "user_groups",
    metadata,
    sql.Column("user_id", sql.String(32), sql.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sql.Column("name", sql.String(60), primary_key=True),
)
signups = sql.Table(
    "signups",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("identifier", sql.String(64), nullable=False),
    sql.Column("email", sql.String(320), nullable=False),
    sql.Column("password_hash", sql.Text, nullable=False),
    sql.Column("admin_grade", sql.Boolean, nullable=False),
    sql.Column("language", sql.String(8), nullable=False),
    sql.Column("created_at", sql.Double, nullable=False, index=True),
)
address_changes = sql.Table(
    "address_changes",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    _owner(),
    sql.Column("email", sql.String(320), nullable=False),
    sql.Column("before", sql.String(320), nullable=False),
    sql.Column("made_at", sql.Double, nullable=False, index=True),
    sql.Column("done_at", sql.Double, nullable=True),
)
"""The new address that somebody asked for and the one before it, which is written to about it."""
links = sql.Table(
    "links",
    metadata,
    sql.Column("digest", sql.String(64), primary_key=True),
    sql.Column("kind", sql.String(20), nullable=False),
    sql.Column("subject", sql.String(32), nullable=False, index=True),
    sql.Column("tries", sql.Integer, nullable=False),
    sql.Column("expires_at", sql.Double, nullable=False, index=True),
    sql.Column("used_at", sql.Double, nullable=True),
)
sessions = sql.Table(
    "sessions",
    metadata,
    sql.Column("digest", sql.String(64), primary_key=True),
    sql.Column("id", sql.String(32), nullable=False, unique=True),
    _owner(),
    sql.Column("created_at", sql.Double, nullable=False, index=True),
    sql.Column("seen_at", sql.Double, nullable=False),
    sql.Column("ip", sql.String(64), nullable=False),
    sql.Column("agent", sql.String(200), nullable=False),
)
api_tokens = sql.Table(
    "api_tokens",
    metadata,
    sql.Column("digest", sql.String(64), primary_key=True),
    sql.Column("id", sql.String(32), nullable=False, unique=True),
    _owner(),
    sql.Column("name", sql.String(100), nullable=False),
    sql.Column("created_at", sql.Double, nullable=False),
    sql.Column("used_at", sql.Double, nullable=True),
)
mails = sql.Table(
    "mails",
    metadata,
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("id", sql.String(32), nullable=False, unique=True),
    sql.Column("kind", sql.String(30), nullable=False),
    sql.Column("about", sql.String(400), nullable=False, index=True),
    sql.Column("state", sql.String(20), nullable=False),
    sql.Column("attempts", sql.Integer, nullable=False),
    sql.Column("created_at", sql.Double, nullable=False),
    sql.Column("next_at", sql.Double, nullable=False, index=True),
    sql.Column("claimed_until", sql.Double, nullable=False),
    sql.Column("sent_at", sql.Double, nullable=True),
    sql.Column("error", sql.String(300), nullable=False),
    sql.Column("recipient", sql.String(320), nullable=False, server_default=""),
)
"""`recipient` is known once the letter is written, and forgotten with the account."""
throttle = sql.Table(
    "throttle",
    metadata,
    sql.Column("key", sql.String(64), primary_key=True),
    sql.Column("times", sql.Text, nullable=False),
    sql.Column("seen_at", sql.Double, nullable=False, index=True),
)
audit = sql.Table(
    "audit",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("at", sql.Double, nullable=False, index=True),
    sql.Column("action", sql.String(40), nullable=False, index=True),
    sql.Column("actor", sql.String(100), nullable=False),
    sql.Column("about", sql.String(300), nullable=False),
    sql.Column("ip", sql.String(64), nullable=False),
    sql.Column("detail", sql.String(500), nullable=False),
    sqlite_autoincrement=True,
)


def _of_turn() -> sql.ForeignKeyConstraint:
    return sql.ForeignKeyConstraint(
        ["conversation", "number"], ["turns.conversation", "turns.number"], ondelete="CASCADE"
    )


conversations = sql.Table(
    "conversations",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("user_id", sql.String(32), sql.ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True),
    sql.Column("title", sql.String(200), nullable=False),
    sql.Column("created_at", sql.Double, nullable=False),
    sql.Column("changed_at", sql.Double, nullable=False, index=True),
    sql.Column("deleted_at", sql.Double, nullable=True, index=True),
)
"""No `user_id`: the one local person of a service without accounts. They go when their owner's account goes."""
turns = sql.Table(
    "turns",
    metadata,
    sql.Column(
        "conversation", sql.String(32), sql.ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    ),
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("asked_at", sql.Double, nullable=False),
    sql.Column("question", sql.Text, nullable=False),
    sql.Column("answer", sql.Text, nullable=False),
    sql.Column("folded", sql.Text, nullable=False),
)
"""`answer` is its whole JSON; `folded` is what a search looks in: question and answer without case and accents."""
opinions = sql.Table(
    "opinions",
    metadata,
    sql.Column("conversation", sql.String(32), primary_key=True),
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("good", sql.Boolean, nullable=False),
    sql.Column("reason", sql.String(40), nullable=False),
    sql.Column("comment", sql.String(1000), nullable=False),
    sql.Column("given_at", sql.Double, nullable=False),
    _of_turn(),
)
candidates = sql.Table(
    "candidates",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("turn", sql.String(50), nullable=False, unique=True),
    sql.Column("state", sql.String(20), nullable=False, index=True),
    sql.Column("made_at", sql.Double, nullable=False),
    sql.Column("question", sql.Text, nullable=False),
    sql.Column("history", sql.Text, nullable=False),
    sql.Column("language", sql.String(8), nullable=False),
    sql.Column("document", sql.String(200), nullable=False),
    sql.Column("page", sql.Integer, nullable=True),
    sql.Column("quote", sql.Text, nullable=False),
    sql.Column("reason", sql.String(40), nullable=False),
    sql.Column("comment", sql.String(1000), nullable=False),
)
"""Questions that may become cases. They name nobody, and stay when the conversation goes: their set needs them."""
uploads = sql.Table(
    "uploads",
    metadata,
    sql.Column("id", sql.String(32), primary_key=True),
    sql.Column("document", sql.String(200), nullable=False, index=True),
    sql.Column("owner", sql.String(32), sql.ForeignKey("users.id", ondelete="SET NULL"), nullable=True, index=True),
    sql.Column("by", sql.String(100), nullable=False),
    sql.Column("name", sql.String(300), nullable=False),
    sql.Column("suffix", sql.String(10), nullable=False),
    sql.Column("bytes", sql.BigInteger, nullable=False),
    sql.Column("state", sql.String(20), nullable=False, index=True),
    sql.Column("code", sql.String(40), nullable=False),
    sql.Column("reason", sql.Text, nullable=False),
    sql.Column("groups", sql.Text, nullable=True),
    sql.Column("replaces", sql.Boolean, nullable=False),
    sql.Column("made_at", sql.Double, nullable=False),
    sql.Column("done_at", sql.Double, nullable=True),
)
"""Files that people brought. `code` and `reason` say why one is refused; `groups` is JSON, null for everybody."""
