"""Uploads as rows: queries alone, in the caller's transaction or one of their own. Decides nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

import sqlalchemy as sql

from assistant.accounts.tables import uploads
from assistant.uploads.upload import State, Upload

REFUSALS: Final = 50
"""Refused files of one person whose lines are kept."""
_KEPT: Final = uploads.c.state != State.REFUSED


def add(connection: sql.Connection, upload: Upload) -> None:
    """Write a line."""
    values = {name: getattr(upload, name) for name in Upload.__dataclass_fields__}
    groups = None if upload.groups is None else json.dumps(upload.groups, ensure_ascii=False)
    connection.execute(uploads.insert().values(values | {"groups": groups}))


def usage(connection: sql.Connection, owner: str | None) -> tuple[int, int]:
    """How many files somebody keeps, and their bytes."""
    total = sql.func.coalesce(sql.func.sum(uploads.c.bytes), 0)
    row = connection.execute(sql.select(sql.func.count(), total).where(_of(owner), _KEPT)).one()
    return int(row[0]), int(row[1])


def claim(connection: sql.Connection) -> Upload | None:
    """The oldest that waits, from now on being read."""
    waits = sql.select(uploads).where(uploads.c.state == State.WAITING)
    row = connection.execute(waits.order_by(uploads.c.made_at, uploads.c.id).limit(1)).mappings().first()
    if row is None:
        return None
    connection.execute(uploads.update().where(uploads.c.id == row["id"]).values(state=State.READING))
    return _upload({**row, "state": State.READING})


def put_back(connection: sql.Connection) -> None:
    """Let wait again what was being read when the service ended."""
    connection.execute(uploads.update().where(uploads.c.state == State.READING).values(state=State.WAITING))


def settle(connection: sql.Connection, id: str, **values: object) -> bool:
    """Say what became of a file; false when it was removed meanwhile."""
    return connection.execute(uploads.update().where(uploads.c.id == id).values(values)).rowcount > 0


def of_owner(connection: sql.Connection, owner: str | None) -> list[Upload]:
    """Somebody's files, the newest first."""
    return _all(connection, sql.select(uploads).where(_of(owner)))


def of_documents(connection: sql.Connection, documents: Collection[str] | None = None) -> list[Upload]:
    """The files of documents, or of all, the newest first."""
    query = sql.select(uploads)
    return _all(connection, query if documents is None else query.where(uploads.c.document.in_(documents)))


def forget(connection: sql.Connection, ids: Sequence[str]) -> None:
    """Drop lines."""
    connection.execute(uploads.delete().where(uploads.c.id.in_(ids)))


def prune(connection: sql.Connection, owner: str | None) -> None:
    """Drop the oldest of somebody's refused files beyond those that are kept."""
    refused = sql.select(uploads.c.id).where(_of(owner), uploads.c.state == State.REFUSED)
    order = refused.order_by(uploads.c.made_at.desc(), uploads.c.id)
    forget(connection, list(connection.execute(order).scalars())[REFUSALS:])


def _of(owner: str | None) -> sql.ColumnElement[bool]:
    return uploads.c.owner.is_(None) if owner is None else uploads.c.owner == owner


def _all(connection: sql.Connection, query: sql.Select[Any]) -> list[Upload]:
    rows = connection.execute(query.order_by(uploads.c.made_at.desc(), uploads.c.id)).mappings()
    return [_upload(dict(row)) for row in rows]


def _upload(row: dict[str, Any]) -> Upload:
    groups = None if row["groups"] is None else tuple(json.loads(row["groups"]))
    return Upload(**{**row, "state": State(row["state"]), "groups": groups})
