"""Secrets sent to a person once: links, sessions and tokens for scripts. The database holds their SHA-256 alone.

A secret has 256 random bits, so a plain digest is enough: there is nothing to guess. A link is used by one `UPDATE`
that names the unused row, so of two uses at once exactly one wins, in both databases.
"""

from __future__ import annotations

import hashlib
import secrets
from enum import StrEnum

import sqlalchemy as sql

from assistant.accounts.tables import links

API_PREFIX = "coop_"
"""What a token for scripts begins with, so that scanners of leaked secrets know it."""
_TRIES = 5


class Link(StrEnum):
    """What a link is for."""

    CONFIRM = "confirm"
    RESET = "reset"
    INVITE = "invite"
    SETUP = "setup"
    ADDRESS = "address"


def mint() -> str:
    """A new secret of 256 bits, safe in a URL and a cookie."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """A name for a row: random, and no secret."""
    return secrets.token_hex(12)


def digest(secret: str) -> str:
    """What the database keeps of a secret.

    >>> len(digest("a")), digest("a") == digest("b")
    (64, False)
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def issue(connection: sql.Connection, kind: Link, subject: str, expires_at: float) -> str:
    """A link's secret for a subject; those issued to it before for the same purpose no longer work."""
    secret = mint()
    end(connection, kind, subject)
    connection.execute(
        links.insert().values(digest=digest(secret), kind=kind, subject=subject, tries=0, expires_at=expires_at)
    )
    return secret


def look(connection: sql.Connection, kind: Link, secret: str, now: float) -> str | None:
    """The subject of a link that still works, which stays as it is; `None` for any other."""
    query = sql.select(links.c.subject).where(*_works(kind, secret, now))
    return connection.execute(query).scalar()


def use(connection: sql.Connection, kind: Link, secret: str, now: float) -> str | None:
    """The subject of a link that still worked, and no longer does; `None` for any other."""
    used = links.update().where(*_works(kind, secret, now)).values(used_at=now).returning(links.c.subject)
    return connection.execute(used).scalar()


def count_try(connection: sql.Connection, kind: Link, secret: str, now: float) -> str | None:
    """As `look`, for a link that a password must accompany: works only so many times."""
    tried = links.update().where(*_works(kind, secret, now), links.c.tries < _TRIES)
    return connection.execute(tried.values(tries=links.c.tries + 1).returning(links.c.subject)).scalar()


def kill(connection: sql.Connection, subject: str) -> None:
    """End every link of a subject."""
    connection.execute(links.delete().where(links.c.subject == subject))


def end(connection: sql.Connection, kind: Link, subject: str) -> None:
    """End the links of a subject for one purpose."""
    connection.execute(links.delete().where(links.c.kind == kind, links.c.subject == subject))


def purge(connection: sql.Connection, before: float) -> None:
    """Drop the rows of links that ended before a time."""
    connection.execute(links.delete().where(links.c.expires_at < before))


def _works(kind: Link, secret: str, now: float) -> tuple[sql.ColumnElement[bool], ...]:
    return (
        links.c.digest == digest(secret),
        links.c.kind == kind,
        links.c.used_at.is_(None),
        links.c.expires_at > now,
    )
