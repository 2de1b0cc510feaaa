"""The versions of briefings that were made, and what has changed since each. The newest few of a topic are kept.

Versions are kept apart for each audience, the groups of a reader or nobody's in particular, so that what one reader was
told is never compared with what another was. One that rests on a document which its reader may no longer read is not
shown; a briefing is the same version as the one before when its lines and its documents are.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.briefings.briefing import Briefing, Rested
from assistant.reader import Reader
from index.editions import Editions

MOST_KEPT = 10
"""Versions of one topic for one audience."""

Happened = Literal["added", "removed", "replaced"]


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that came or went, with the field and the label it stands under."""

    field: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangedDocument:
    """A document that came, went or was replaced; `at` is when it came in, `""` for one that went."""

    id: str
    title: str
    happened: Happened
    at: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version and what has changed from it to the briefing as it would be made now."""

    number: int
    made_at: str
    documents: int
    added: tuple[ChangedLine, ...]
    removed: tuple[ChangedLine, ...]
    changed: tuple[ChangedDocument, ...]

    @property
    def stale(self) -> bool:
        """Whether anything has changed since."""
        return bool(self.added or self.removed or self.changed)

    def to_json(self) -> dict[str, Any]:
        """The version as plain JSON values."""
        return asdict(self) | {"stale": self.stale}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Version:
        """A version from what `to_json` made of it."""
        return cls(
            value["number"],
            value["made_at"],
            value["documents"],
            tuple(ChangedLine(**line) for line in value["added"]),
            tuple(ChangedLine(**line) for line in value["removed"]),
            tuple(ChangedDocument(**document) for document in value["changed"]),
        )


class Versions:
    """The versions that are kept."""

    def __init__(self, editions: Editions) -> None:
        self._editions = editions

    def keep(self, briefing: Briefing, reader: Reader | None) -> None:
        """Keep a briefing as a new version, unless it is the last one again; the oldest beyond `MOST_KEPT` go."""
        audience, mark = _audience(reader), digest(briefing)
        last = self._editions.last(briefing.id, audience)
        if mark == last or (last is None and briefing.empty):
            return
        content = zlib.compress(json.dumps(briefing.to_json(), ensure_ascii=False).encode())
        self._editions.add(briefing.id, audience, briefing.made_at, mark, content, MOST_KEPT)

    def since(self, now: Briefing, reader: Reader | None, hidden: Collection[str]) -> list[Version]:
        """The versions of a topic, newest first, each compared with its briefing as it is now.

        Those that rest on a document of `hidden` are left out.
        """
        kept = self._editions.all(now.id, _audience(reader))
        told = [(number, Briefing.from_json(json.loads(zlib.decompress(content)))) for number, content in kept]
        return [
            compared(number, before, now)
            for number, before in told
            if not any(document.id in hidden for document in before.documents)
        ]


def compared(number: int, before: Briefing, now: Briefing) -> Version:
    """A version against a later one, line by line and document by document."""
    old, new = _lines(before), _lines(now)
    return Version(
        number,
        before.made_at,
        len(before.documents),
        tuple(line for line in new if line not in old),
        tuple(line for line in old if line not in new),
        tuple(_changed(before, now)),
    )


def _changed(before: Briefing, now: Briefing) -> list[ChangedDocument]:
    old, new = _documents(before), _documents(now)
    came = [ChangedDocument(id, d.title, "added", d.added_at) for id, d in new.items() if id not in old]
    replaced = [
        ChangedDocument(id, d.title, "replaced", d.added_at)
        for id, d in new.items()
        if id in old and old[id].sha256 != d.sha256
    ]
    gone = [ChangedDocument(id, d.title, "removed", "") for id, d in old.items() if id not in new]
    return [*came, *replaced, *gone]


def _documents(briefing: Briefing) -> dict[str, Rested]:
    return {document.id: document for document in briefing.documents}


def _lines(briefing: Briefing) -> dict[ChangedLine, None]:
    return dict.fromkeys(
        ChangedLine(field.id, line.label, line.text) for field in briefing.fields for line in field.lines
    )


def digest(briefing: Briefing) -> str:
    """What a briefing says and rests on, as a mark; the words of a model about it are no part of that."""
    held = [[line.field, line.label, line.text] for line in _lines(briefing)]
    rested = [[document.id, document.sha256] for document in briefing.documents]
    return hashlib.sha256(json.dumps([held, rested]).encode()).hexdigest()


def _audience(reader: Reader | None) -> str:
    """Who is told: everything, or what the reader's groups may read."""
    return "*" if reader is None else hashlib.sha256("\0".join(sorted(reader.groups)).encode()).hexdigest()
