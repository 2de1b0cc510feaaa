"""The statements of every document, read once for each version of it, for timelines and briefings."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from datetime import date
from itertools import chain

from assistant.briefings.briefing import Briefing, Rested, write
from assistant.briefings.errors import UnknownFramework
from assistant.briefings.events import Event, events
from assistant.briefings.naming import Topic, Topics
from assistant.briefings.statements import Statement, statements
from index.records import DocumentRecord, Records


class Shelf:
    """What briefings are made from. `within` is what the reader may see, as document ids; `None` is everything."""

    def __init__(self, records: Records, topics: Topics) -> None:
        self._records = records
        self.topics = topics
        self._kept: dict[str, tuple[int, str, tuple[Statement, ...]]] = {}
        self._reading = threading.Lock()

    def topic(self, wanted: str) -> Topic:
        """The framework or body of this id or name; raises `UnknownFramework`, whose message lists them."""
        found = self.topics.find(wanted)
        if found is None:
            known = ", ".join(topic.id for topic in self.topics.all)
            raise UnknownFramework(f"Cadre inconnu : {wanted!r}. Les cadres et organismes connus : {known}.")
        return found

    def documents(self, within: Collection[str] | None = None) -> list[DocumentRecord]:
        """The documents that the reader may see."""
        return [record for record in self._records.documents() if within is None or record.id in within]

    def of(self, record: DocumentRecord) -> tuple[Statement, ...]:
        """The statements of one document, in reading order."""
        with self._reading:
            kept = self._kept.get(record.id)
            if kept is None or kept[:2] != (record.revision, record.framework):
                document = self._records.document(record.id)
                made = tuple(statements(document, record.framework, self.topics)) if document else ()
                kept = self._kept[record.id] = (record.revision, record.framework, made)
            return kept[2]

    def about(self, topic: Topic, within: Collection[str] | None = None) -> list[Statement]:
        """The statements of a framework, or those about one of its bodies."""
        return [
            statement for record in self.documents(within) for statement in self.of(record) if tells(statement, topic)
        ]

    def timeline(
        self,
        topic: Topic | None = None,
        start: date | None = None,
        end: date | None = None,
        within: Collection[str] | None = None,
    ) -> list[Event]:
        """The events, oldest first, of one framework or body or of all, that lie in a period at least in part."""
        told: Sequence[Statement] = (
            self.about(topic, within) if topic else list(chain(*(self.of(record) for record in self.documents(within))))
        )
        found = [event for event in events(told) if event.meets(start, end)]
        if topic and topic.is_body:
            return [event for event in found if topic.id in event.bodies]
        return [event for event in found if topic is None or event.framework == topic.framework]

    def briefing(self, topic: Topic, fingerprint: str, now: str, within: Collection[str] | None = None) -> Briefing:
        """What the texts that the reader may see tell of a framework or body."""
        documents = [Rested(d.id, d.title, d.sha256, d.date, d.language) for d in self.documents(within)]
        return write(topic, self.about(topic, within), self.topics, documents, fingerprint, now)

    def frameworks(self, within: Collection[str] | None = None) -> list[dict[str, object]]:
        """Each framework with its names, the documents that tell of it, and its bodies told alike."""
        told = {record.id: self.of(record) for record in self.documents(within)}

        def entry(topic: Topic) -> dict[str, object]:
            holding = [id for id, found in told.items() if any(tells(statement, topic) for statement in found)]
            return {"id": topic.id, "names": dict(topic.names), "documents": holding}

        return [
            entry(topic)
            | {"bodies": [entry(body) for body in self.topics.all if body.is_body and body.framework == topic.id]}
            for topic in self.topics.all
            if not topic.is_body
        ]


def tells(statement: Statement, topic: Topic) -> bool:
    """Whether a statement tells of a framework or body."""
    return topic.id in (statement.bodies if topic.is_body else statement.frameworks)
