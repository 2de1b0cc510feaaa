"""What a row of the records must still be: its sha256, taken when it was written and again by `cooperation verify`.

A disk, a cable or a hand may change a byte in a database that opens all the same. Never change what is hashed here:
another way of hashing is another column, or every database in use would be said to be damaged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

DOCUMENT = ("id", "text", "sections")
"""What is hashed of a document: not its title or its date, which may be set right without its text being touched."""
CHUNK = ("id", "document", "ordinal", "start", "page", "headings", "text", "sentences", "vector", "sentence_vectors")


def document_digest(row: Mapping[str, Any]) -> str:
    """The sha256 of a document's text and sections, in hexadecimal."""
    return _digest(row, DOCUMENT)


def chunk_digest(row: Mapping[str, Any]) -> str:
    """The sha256 of a chunk's row: its place, its text, its sentences and its vectors, in hexadecimal."""
    return _digest(row, CHUNK)


def _digest(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        value = row[name]
        data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        digest.update(b"%s %d\n" % (name.encode(), len(data)))  # lengths keep fields apart
        digest.update(data)
    return digest.hexdigest()
