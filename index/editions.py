"""The editions of something that is made again and again from the documents: the newest few of each are kept.

What an edition holds is bytes that this module does not look into. Each belongs to a topic and to an audience, and has
a digest by which the same one is known again.
"""

from __future__ import annotations

import sqlalchemy as sql

from index.records import RecordsUnavailable, metadata

editions = sql.Table(
    "briefing_versions",
    metadata,
    sql.Column("id", sql.Integer, primary_key=True, autoincrement=True),
    sql.Column("topic", sql.String(100), nullable=False, index=True),
    sql.Column("audience", sql.String(64), nullable=False),
    sql.Column("made_at", sql.String(32), nullable=False),
    sql.Column("digest", sql.String(64), nullable=False),
    sql.Column("content", sql.LargeBinary, nullable=False),
)


class Editions:
    """The editions in the database."""

    def __init__(self, engine: sql.Engine) -> None:
        self._engine = engine

    def last(self, topic: str, audience: str) -> str | None:
        """The digest of the newest edition, `None` where there is none."""
        query = sql.select(editions.c.digest).where(_of(topic, audience)).order_by(editions.c.id.desc()).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).scalar()

    def add(self, topic: str, audience: str, made_at: str, digest: str, content: bytes, most: int) -> None:
        """Keep a new edition; the oldest beyond `most` go. Raises `RecordsUnavailable` when it cannot be written."""
        mine = _of(topic, audience)
        row = {"topic": topic, "audience": audience, "made_at": made_at, "digest": digest, "content": content}
        try:
            with self._engine.begin() as connection:
                connection.execute(editions.insert().values(**row))
                newest = sql.select(editions.c.id).where(mine).order_by(editions.c.id.desc())
                old = list(connection.execute(newest).scalars())[most:]
                connection.execute(editions.delete().where(editions.c.id.in_(old)))
        except sql.exc.SQLAlchemyError as error:
            raise RecordsUnavailable(
                f"La version de la fiche n'a pas pu être gardée ({type(error).__name__}). Vérifiez l'espace disque."
            ) from error

    def all(self, topic: str, audience: str) -> list[tuple[int, bytes]]:
        """The number and the content of each edition, newest first."""
        query = sql.select(editions.c.id, editions.c.content).where(_of(topic, audience))
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(editions.c.id.desc())).all()
        return [(int(id), bytes(content)) for id, content in rows]


def _of(topic: str, audience: str) -> sql.ColumnElement[bool]:
    return (editions.c.topic == topic) & (editions.c.audience == audience)
