"""What readers think of answers, and the questions that may become cases of a set.

A thumbs-down, or an evaluator's word, makes a turn a candidate: question, earlier questions, and the place that the
answer was taken from, for an evaluator to accept or drop. A candidate names nobody. One turn makes one candidate.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

import sqlalchemy as sql

from assistant.accounts.account import Clock
from assistant.accounts.database import Database
from assistant.accounts.tables import candidates, opinions
from assistant.accounts.tokens import new_id
from assistant.answers.answer import Answer
from assistant.conversations.conversations import Conversations, Owner
from corpus.errors import AssistantError

Reason = Literal["", "wrong", "incomplete", "off-topic", "should-answer", "should-refuse", "wrong-source", "else"]
REASONS: Final = get_args(Reason)
State = Literal["open", "accepted", "dropped"]
LONGEST_COMMENT: Final = 1000


class UnknownCandidate(AssistantError):
    """There is no such candidate waiting: it was accepted or dropped meanwhile."""

    def __init__(self) -> None:
        super().__init__("Ce cas n'attend plus : il a été accepté ou écarté entre-temps. Rechargez la liste.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may become a case; `document`, `page` and `quote` are where its answer was taken from."""

    id: str
    state: State
    made_at: float
    question: str
    history: tuple[str, ...]
    language: str
    document: str
    page: int | None
    quote: str
    reason: str
    comment: str


class Opinions:
    """Readers' thumbs and evaluators' candidates, in the same database as the conversations they are about."""

    def __init__(self, database: Database, kept: Conversations, clock: Clock) -> None:
        self._database, self._kept, self._clock = database, kept, clock

    def give(self, owner: Owner, id: str, number: int, good: bool, reason: str = "", comment: str = "") -> None:
        """Keep an opinion in place of an earlier one; a bad one makes a candidate. Raises `UnknownConversation`."""
        reason, comment = reason if reason in REASONS else "else", comment.strip()[:LONGEST_COMMENT]
        same = (opinions.c.conversation == id, opinions.c.number == number)
        values = {"conversation": id, "number": number, "good": good, "reason": reason, "comment": comment}
        with self._kept.changing(owner, id, number) as (connection, answer, history):
            connection.execute(opinions.delete().where(*same))
            connection.execute(opinions.insert().values(**values, given_at=self._clock()))
            if good:
                self._withdraw(connection, f"{id}/{number}")
            else:
                self._propose(connection, f"{id}/{number}", answer, history, reason, comment)

    def take_back(self, owner: Owner, id: str, number: int) -> None:
        """Drop an opinion and the candidate it made; raises `UnknownConversation`."""
        with self._kept.changing(owner, id, number) as (connection, _answer, _history):
            gone = opinions.delete().where(opinions.c.conversation == id, opinions.c.number == number)
            connection.execute(gone)
            self._withdraw(connection, f"{id}/{number}")

    def propose(self, owner: Owner, id: str, number: int) -> None:
        """Make a turn of one's own a candidate; raises `UnknownConversation`."""
        with self._kept.changing(owner, id, number) as (connection, answer, history):
            self._propose(connection, f"{id}/{number}", answer, history, "", "")

    def waiting(self) -> list[Candidate]:
        """The candidates to decide, the oldest first."""
        query = sql.select(candidates).where(candidates.c.state == "open")
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(candidates.c.made_at, candidates.c.id)).mappings().all()
        return [_candidate(row) for row in rows]

    def answer(self, id: str) -> Answer | None:
        """What was answered where a candidate comes from; `None` once its conversation is deleted."""
        query = sql.select(candidates.c.turn).where(candidates.c.id == id)
        with self._database.reading() as connection:
            conversation, _, number = str(connection.execute(query).scalar() or "").rpartition("/")
        return self._kept.answer(conversation, int(number)) if conversation else None

    def decide(self, id: str, state: State) -> Candidate:
        """Take a candidate off the list, once: of two who decide, one gets `UnknownCandidate`."""
        waits = (candidates.c.id == id, candidates.c.state == "open")
        with self._database.writing() as connection:
            changed = candidates.update().where(*waits).values(state=state)
            if not connection.execute(changed).rowcount:
                raise UnknownCandidate
            row = connection.execute(sql.select(candidates).where(candidates.c.id == id)).mappings().one()
        return _candidate(row)

    def reopen(self, id: str) -> None:
        """Put a candidate back on the list, when what was decided could not be carried out."""
        with self._database.writing() as connection:
            connection.execute(candidates.update().where(candidates.c.id == id).values(state="open"))

    def _propose(
        self, connection: sql.Connection, turn: str, answer: Answer, history: list[str], reason: str, comment: str
    ) -> None:
        where: dict[str, object] = {"document": "", "page": None, "quote": ""}
        if answer.citations:
            first = answer.citations[0]
            where = {"document": first.document, "page": first.page, "quote": first.quote}
        values = {
            "question": answer.question,
            "history": json.dumps(history, ensure_ascii=False),
            "language": answer.language,
            "reason": reason,
            "comment": comment,
            **where,
        }
        waits = candidates.update().where(candidates.c.turn == turn, candidates.c.state != "accepted")
        if connection.execute(waits.values(**values, state="open")).rowcount:
            return
        if connection.execute(sql.select(candidates.c.id).where(candidates.c.turn == turn)).first() is None:
            row = {"id": new_id(), "turn": turn, "state": "open", "made_at": self._clock(), **values}
            connection.execute(candidates.insert().values(row))

    def _withdraw(self, connection: sql.Connection, turn: str) -> None:
        connection.execute(candidates.delete().where(candidates.c.turn == turn, candidates.c.state == "open"))


def _candidate(row: sql.RowMapping) -> Candidate:
    values = {name: row[name] for name in Candidate.__dataclass_fields__}
    return replace(Candidate(**values), history=tuple(json.loads(row["history"])))
