"""The file that a document was read from, where its pages can be drawn: a PDF that still lies where it was.

Documents are kept as text; the files stay their owners', who may move, change or remove them. Whoever draws a page
asks for the file by its hash, so that another file in its place is never shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from corpus.manifest import read_manifest, shipped_texts

if TYPE_CHECKING:
    from index.records import DocumentRecord

_LOOKED_AT: Final = 1024
"""Bytes among which a PDF says what it is."""


@dataclass(frozen=True, slots=True)
class Original:
    """A PDF: where it lies, and the hash it had when it was read."""

    path: Path
    sha256: str


def original(record: DocumentRecord) -> Original | None:
    """The PDF that a document was read from; `None` where it was no PDF, or is not there any more."""
    if record.pages is None or not record.sha256:
        return None
    path = _shipped().get(record.id) if record.origin == "shipped" else Path(record.source)
    if path is None or not path.is_absolute():
        return None
    try:
        with path.open("rb") as file:
            return Original(path, record.sha256) if b"%PDF-" in file.read(_LOOKED_AT) else None
    except (OSError, ValueError):
        return None


@cache
def _shipped() -> dict[str, Path]:
    folder = shipped_texts()
    return {entry.id: folder / entry.file for entry in read_manifest(folder)}
