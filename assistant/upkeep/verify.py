"""A whole look at the data: is every text, passage and vector what was written, and is the index made of them?

Nothing is mended here: each problem names the command that does.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import AssistantError
from index.generations import Generation
from index.integrity import RESTORE, Problem, check_database, check_index, check_texts
from index.records import DocumentRecord, Records


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, what is wrong, and notes on what is not wrong but worth knowing."""

    documents: int
    chunks: int
    seconds: float
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return (
            {"ok": self.ok} | asdict(self) | {"problems": list(map(asdict, self.problems)), "notes": list(self.notes)}
        )

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Verified:
        """A report from what `to_json` made of it."""
        parts = {name: value[name] for name in ("documents", "chunks", "seconds")}
        return cls(**parts, problems=tuple(Problem(**item) for item in value["problems"]), notes=tuple(value["notes"]))


def verify(records: Records, generation: Callable[[], Generation | None]) -> Verified:
    """Check the database, the texts and the index, in this order; `generation` opens the index when its turn comes.

    A database that cannot be read to its end is a problem like another, never an error.
    """
    began = time.perf_counter()
    problems: list[Problem] = []
    counted: list[DocumentRecord] = []
    try:
        problems += check_database(records)
        problems += check_texts(records)
        counted = records.documents()
        problems += check_index(records, generation())
    except AssistantError:
        raise
    except Exception as error:  # the database's driver has errors of its own for a damaged file
        problems.append(Problem("database", "base de données", f"illisible ({type(error).__name__}: {error})", RESTORE))
    chunks = sum(record.chunks for record in counted)
    notes = tuple(_sources(counted))
    return Verified(len(counted), chunks, round(time.perf_counter() - began, 3), tuple(problems), notes)


def _sources(records: Iterable[DocumentRecord]) -> Iterator[str]:
    """Files that are no longer what was read from them: the texts kept are whole all the same."""
    for record in records:
        read_from_file = record.origin.startswith(("file:", "folder:")) and Path(record.source).is_absolute()
        if not record.sha256 or not read_from_file:  # the shipped texts' source is said in words
            continue
        try:
            with Path(record.source).open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == record.sha256
        except OSError:
            yield f"{record.id} : le fichier {record.source} n'est plus là ; son texte est gardé"
            continue
        if not same:
            yield f"{record.id} : le fichier {record.source} a changé depuis sa lecture (cooperation ingest le relit)"
