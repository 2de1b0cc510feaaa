"""The statements of every document, read once for each version of it, for timelines and briefings."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property

from assistant.briefings.briefing import Briefing, Rested, write
from assistant.briefings.errors import UnknownFramework
from assistant.briefings.events import Event, put_together
from assistant.briefings.naming import Topic, Topics
from assistant.briefings.readings import RULES, Reading, packed, read, unpacked, unpacked_events
from assistant.briefings.statements import Statement
from index.readings import Readings
from index.records import DocumentRecord, Records


class Shelf:
    """What briefings are made from. `within` is what the reader may see, as document ids; `None` is everything."""

    def __init__(self, records: Records, topics: Topics) -> None:
        self._records = records
        self.topics = topics
        self._kept: dict[str, tuple[str, Reading]] = {}
        self._events: dict[str, tuple[str, tuple[Event, ...]]] = {}
        self._disk = Readings(records.engine)
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

    def level(self) -> None:
        """Read what has changed, and drop what was read of documents that are gone."""
        records = self._records.documents()
        self.readings(records)
        ids = {record.id for record in records}
        with self._reading:
            for kept in (self._kept, self._events):
                for id in [id for id in kept if id not in ids]:
                    del kept[id]
            self._disk.forget_others(ids)

    def readings(self, records: Sequence[DocumentRecord]) -> list[Reading]:
        """The reading of each document: of its version, from memory, else from the disk, else made and kept there."""
        with self._reading:
            return self._readings(records)

    def events(self, records: Sequence[DocumentRecord]) -> list[Event]:
        """What each document dates, one document after the other; the rest of a reading is left where it is."""
        with self._reading:
            marks, lacking, known = self._sought(records, self._events)
            unread = [record for record in lacking if record.id not in known]
            made = {record.id: reading.events for record, reading in zip(unread, self._readings(unread), strict=True)}
            for record in lacking:
                id, kept = record.id, known.get(record.id)
                self._events[id] = marks[id], unpacked_events(kept, id, record.title) if kept else made[id]
            return [event for record in records for event in self._events[record.id][1]]

    def _sought(
        self, records: Sequence[DocumentRecord], kept: Mapping[str, tuple[str, object]]
    ) -> tuple[dict[str, str], list[DocumentRecord], dict[str, bytes]]:
        """The mark of each document, those that are not in memory as they are now, and what the disk has of these."""
        marks = {record.id: self._mark(record) for record in records}
        lacking = [record for record in records if kept.get(record.id, ("",))[0] != marks[record.id]]
        return marks, lacking, self._disk.get({record.id: marks[record.id] for record in lacking})

    def _readings(self, records: Sequence[DocumentRecord]) -> list[Reading]:
        marks, lacking, known = self._sought(records, self._kept)
        made: dict[str, tuple[str, bytes]] = {}
        for record in lacking:
            mark = marks[record.id]
            if record.id in known:
                reading = unpacked(known[record.id], record.id, record.title)
            else:
                document = self._records.document(record.id)
                reading = read(document, record.framework, self.topics) if document else Reading((), ())
                made[record.id] = (mark, packed(reading))
            self._kept[record.id] = (mark, reading)
        if made:
            self._disk.put(made)
        return [self._kept[record.id][1] for record in records]

    def timeline(
        self,
        topic: Topic | None = None,
        start: date | None = None,
        end: date | None = None,
        within: Collection[str] | None = None,
    ) -> list[Event]:
        """The events, oldest first, of one framework or body or of all, that lie in a period at least in part."""
        return put_together(
            event
            for event in self.events(self.documents(within))
            if event.meets(start, end) and (topic is None or _tells_of(event, topic))
        )

    def briefing(self, topic: Topic, fingerprint: str, now: str, within: Collection[str] | None = None) -> Briefing:
        """What the texts that the reader may see tell of a framework or body."""
        records = self.documents(within)
        readings = self.readings(records)
        found = [each for reading in readings for each in reading.tellings if tells(each.statement, topic)]
        told = put_together(event for reading in readings for event in reading.events if _tells_of(event, topic))
        rested = [Rested(d.id, d.title, d.sha256, d.date, d.language, d.added_at) for d in records]
        return write(topic, found, told, self.topics, rested, fingerprint, now)

    def frameworks(self, within: Collection[str] | None = None) -> list[dict[str, object]]:
        """Each framework with its names, the documents that tell of it, and its bodies told alike."""
        records = self.documents(within)
        told = {
            record.id: {
                id for telling in reading.tellings for id in (*telling.statement.frameworks, *telling.statement.bodies)
            }
            for record, reading in zip(records, self.readings(records), strict=True)
        }

        def entry(topic: Topic) -> dict[str, object]:
            holding = [id for id, found in told.items() if topic.id in found]
            return {"id": topic.id, "names": dict(topic.names), "documents": holding}

        return [
            entry(topic)
            | {"bodies": [entry(body) for body in self.topics.all if body.is_body and body.framework == topic.id]}
            for topic in self.topics.all
            if not topic.is_body
        ]

    @cached_property
    def _rules(self) -> str:
        """The mark of the rules of reading and of the names they know."""
        known = repr([(topic.id, topic.framework, sorted(topic.forms)) for topic in self.topics.all])
        return f"{RULES}.{hashlib.sha256(known.encode()).hexdigest()[:12]}"

    def _mark(self, record: DocumentRecord) -> str:
        return f"{self._rules}|{record.revision}|{record.framework}|{zlib.crc32(record.title.encode()):08x}"


def tells(statement: Statement, topic: Topic) -> bool:
    """Whether a statement tells of a framework or body."""
    return topic.id in (statement.bodies if topic.is_body else statement.frameworks)


def _tells_of(event: Event, topic: Topic) -> bool:
    return topic.id in event.bodies if topic.is_body else event.framework == topic.framework
