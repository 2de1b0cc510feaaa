"""A person's conversations as rows: listed, opened, searched, renamed, deleted and, for a while, brought back.

Every query names the owner, who comes from the session alone: somebody else's conversation is answered exactly as one
that does not exist. What is deleted is out of sight at once and off the disk as soon as it can no longer be undone.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import sqlalchemy as sql

from assistant.accounts.account import Clock
from assistant.accounts.database import Database
from assistant.accounts.tables import conversations, opinions, turns
from assistant.accounts.tokens import new_id
from assistant.answers.answer import Answer
from assistant.conversations.changed import UNCHANGED, Changes, Read, changes, placed
from assistant.conversations.errors import UnknownConversation
from assistant.conversations.withheld import as_readable

Owner = str | None
"""An account's id; `None` is the one local person of a service without accounts."""
LISTED: Final = 200
"""How many conversations a list shows, the last used first; a search finds older ones."""
TITLE: Final = 80
"""Characters of the first question that a conversation is called by, until its owner names it."""
LONGEST_TITLE: Final = 200
UNDO_SECONDS: Final = 600.0
"""How long a deletion can be undone."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list; times are seconds since the epoch."""

    id: str
    title: str
    changed_at: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A turn as it is kept; `good` is what its reader thought of it, `None` when nothing was said.

    `changed` is what has become of the documents that it quotes, where it was made ready to be shown (`shown_now`).
    """

    number: int
    question: str
    answer: Answer
    asked_at: float
    good: bool | None = None
    changed: Changes = field(default_factory=lambda: UNCHANGED)


class Conversations:
    """The conversations of everybody in one database; each call is for one owner."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def listed(self, owner: Owner, search: str = "", hidden: Collection[str] = ()) -> list[Summary]:
        """The last used first; with words to search, those where each is in the title, a question or an answer.

        Nothing is found by the words of an answer that is withheld for a hidden document.
        """
        query = sql.select(conversations.c.id, conversations.c.title, conversations.c.changed_at).where(*_of(owner))
        for word in folded(search).split()[:10]:
            said = sql.exists().where(
                turns.c.conversation == conversations.c.id, turns.c.folded.contains(word, autoescape=True)
            )
            query = query.where(said)
        query = query.order_by(conversations.c.changed_at.desc(), conversations.c.id).limit(LISTED)
        with self._database.reading() as connection:
            found = [Summary(*row) for row in connection.execute(query)]
        if not hidden or not search.strip():
            return found
        return [one for one in found if self._tells(owner, one, folded(search).split()[:10], hidden)]

    def title(self, owner: Owner, id: str) -> str:
        """What a conversation is called; raises `UnknownConversation`."""
        with self._database.reading() as connection:
            return self._title(connection, owner, id)

    def open(self, owner: Owner, id: str) -> list[Kept]:
        """Every turn, oldest first, each with its whole answer; raises `UnknownConversation`."""
        joined = turns.outerjoin(opinions)
        columns = (turns.c.number, turns.c.question, turns.c.answer, turns.c.asked_at, opinions.c.good)
        query = sql.select(*columns).select_from(joined).where(turns.c.conversation == id).order_by(turns.c.number)
        with self._database.reading() as connection:
            self._title(connection, owner, id)
            rows = connection.execute(query).all()
        return [Kept(row.number, row.question, _answer(row.answer), row.asked_at, row.good) for row in rows]

    def rated(self, owner: Owner, id: str) -> dict[int, bool]:
        """The owner's opinion of each turn that they gave one of, by number; raises `UnknownConversation`."""
        query = sql.select(turns.c.number, opinions.c.good).select_from(turns.join(opinions))
        with self._database.reading() as connection:
            self._title(connection, owner, id)
            rows = connection.execute(query.where(turns.c.conversation == id).order_by(turns.c.number)).all()
        return {row.number: row.good for row in rows}

    def keep(self, owner: Owner, id: str, number: int, answer: Answer) -> str:
        """Write a turn down, in place of one of the same number; without an id, in a new conversation. Its id.

        Raises `UnknownConversation`.
        """
        now = self._clock()
        with self._database.writing() as connection:
            if id:
                self._change(connection, owner, id, changed_at=now)
            else:
                id = new_id()
                values = {"user_id": owner, "title": shortened(answer.question), "created_at": now, "changed_at": now}
                connection.execute(conversations.insert().values(id=id, **values))
            same = (turns.c.conversation == id, turns.c.number == number)
            connection.execute(turns.delete().where(*same))
            row = {
                "conversation": id,
                "number": number,
                "asked_at": now,
                "question": answer.question,
                "answer": json.dumps(answer.to_json(), ensure_ascii=False),
                "folded": self._searched(connection, owner, id, answer),
            }
            connection.execute(turns.insert().values(row))
        return id

    def rename(self, owner: Owner, id: str, title: str) -> None:
        """Call it otherwise; an empty title changes nothing. Raises `UnknownConversation`."""
        title = " ".join(title.split())[:LONGEST_TITLE]
        with self._database.writing() as connection:
            before = self._title(connection, owner, id)
            if not title or title == before:
                return
            self._change(connection, owner, id, title=title)
            first = sql.select(turns.c.number, turns.c.answer).where(turns.c.conversation == id)
            row = connection.execute(first.order_by(turns.c.number).limit(1)).one()
            named = turns.update().where(turns.c.conversation == id, turns.c.number == row.number)
            connection.execute(named.values(folded=_folded_turn(title, _answer(row.answer))))

    def delete(self, owner: Owner, id: str) -> None:
        """Put it out of sight, and off the disk once that cannot be undone. Raises `UnknownConversation`."""
        with self._database.writing() as connection:
            self._change(connection, owner, id, deleted_at=self._clock())
            self.purge(connection)

    def restore(self, owner: Owner, id: str) -> None:
        """Undo a deletion; raises `UnknownConversation` when it is too late."""
        late = self._clock() - UNDO_SECONDS
        back = conversations.update().where(
            conversations.c.id == id, _owned(owner), conversations.c.deleted_at.is_not(None)
        )
        with self._database.writing() as connection:
            if not connection.execute(back.where(conversations.c.deleted_at > late).values(deleted_at=None)).rowcount:
                raise UnknownConversation

    def purge(self, connection: sql.Connection) -> None:
        """Take off the disk what was deleted and can no longer be brought back."""
        late = self._clock() - UNDO_SECONDS
        connection.execute(conversations.delete().where(conversations.c.deleted_at <= late))

    def answer(self, id: str, number: int) -> Answer | None:
        """One answer, whoever's it is, for those who judge answers; `None` where its conversation is deleted."""
        living = (conversations.c.id == id, conversations.c.deleted_at.is_(None))
        query = sql.select(turns.c.answer).join_from(turns, conversations, turns.c.conversation == conversations.c.id)
        with self._database.reading() as connection:
            kept = connection.execute(query.where(*living, turns.c.number == number)).scalar()
        return _answer(kept) if kept is not None else None

    @contextmanager
    def changing(self, owner: Owner, id: str, number: int) -> Iterator[tuple[sql.Connection, Answer, list[str]]]:
        """A transaction about one turn: its answer, and the questions before it. Raises `UnknownConversation`."""
        with self._database.writing() as connection:
            self._title(connection, owner, id)
            query = sql.select(turns.c.number, turns.c.question, turns.c.answer).order_by(turns.c.number)
            rows = connection.execute(query.where(turns.c.conversation == id, turns.c.number <= number)).all()
            if not rows or rows[-1].number != number:
                raise UnknownConversation
            yield connection, _answer(rows[-1].answer), [row.question for row in rows[:-1]]

    def _tells(self, owner: Owner, one: Summary, sought: Sequence[str], hidden: Collection[str]) -> bool:
        """Whether the words sought stand in what may still be read of a conversation."""
        try:
            turns = self.open(owner, one.id)
        except UnknownConversation:  # deleted meanwhile
            return False
        seen = "\n".join(_folded_turn(one.title, as_readable(turn.answer, hidden)) for turn in turns)
        return all(word in seen for word in sought)

    def _title(self, connection: sql.Connection, owner: Owner, id: str) -> str:
        query = sql.select(conversations.c.title).where(conversations.c.id == id, *_of(owner))
        title = connection.execute(query).scalar()
        if title is None:
            raise UnknownConversation
        return str(title)

    def _change(self, connection: sql.Connection, owner: Owner, id: str, **values: object) -> None:
        changed = conversations.update().where(conversations.c.id == id, *_of(owner)).values(values)
        if not connection.execute(changed).rowcount:
            raise UnknownConversation

    def _searched(self, connection: sql.Connection, owner: Owner, id: str, answer: Answer) -> str:
        """What a search looks in: the title is found with the first turn."""
        others = sql.select(turns.c.number).where(turns.c.conversation == id).limit(1)
        first = connection.execute(others).first() is None
        return _folded_turn(self._title(connection, owner, id) if first else "", answer)


def shown_now(turn: Kept, hidden: Collection[str], read: Read) -> Kept:
    """A turn as it may be shown now: nothing of hidden documents, and what has become of those that it quotes.

    `read` gives the text that a document that is not hidden has now. Nothing is written down.
    """
    answer = as_readable(turn.answer, hidden)
    return replace(turn, answer=placed(answer, read), changed=changes(answer, read))


def folded(text: str) -> str:
    """A text without case, accents and Arabic vowel signs, as searches compare it.

    >>> folded("Réforme de l'État")
    "reforme de l'etat"
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def shortened(question: str) -> str:
    """A question as a title: one line, cut between words.

    >>> shortened("Quand ?\\n"), len(shortened("mot " * 60)) <= 80
    ('Quand ?', True)
    """
    line = " ".join(question.split())
    return line if len(line) <= TITLE else line[: TITLE - 2].rsplit(" ", 1)[0] + " …"


def _owned(owner: Owner) -> sql.ColumnElement[bool]:
    return conversations.c.user_id.is_(None) if owner is None else conversations.c.user_id == owner


def _of(owner: Owner) -> tuple[sql.ColumnElement[bool], ...]:
    return _owned(owner), conversations.c.deleted_at.is_(None)


def _folded_turn(title: str, answer: Answer) -> str:
    return folded("\n".join((title, answer.question, answer.text, answer.reason_text)))


def _answer(text: str) -> Answer:
    return Answer.from_json(json.loads(text))
