"""Archives that are documents: opened in memory, counted while they inflate, never unpacked to disk, never nested.

A document of fifty megabytes may inflate to hundreds of gigabytes; what an archive says of itself is not believed, but
what it admits to is enough to refuse it.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Final

from corpus.errors import UnreadableDocument

ENTRIES: Final = 2_000
INFLATED: Final = 200_000_000  # bytes, of all entries together
RATIO: Final = 100  # inflated bytes for one that is packed, beyond the first megabyte of an entry
_FREE: Final = 1_000_000
_STEP: Final = 1 << 20
_PACKED: Final = re.compile(r"\.(?:zip|7z|rar|gz|tgz|bz2|xz|tar|jar|docx|docm|odt|ods|epub)$", re.IGNORECASE)
# A chart keeps its table, a drawing its source, as whole files; they are no part of the text and are not opened.
_EMBEDDED: Final = re.compile(r"(?:^|/)(?:embeddings|media|Object[^/]*|ObjectReplacements)/")
_TOO_MUCH: Final = "archive refusée : contenu compressé démesuré"


class Archive:
    """A ZIP file in memory, `names` its entries; raises `UnreadableDocument` for what is broken, locked or a bomb."""

    def __init__(self, data: bytes) -> None:
        try:
            self._file = zipfile.ZipFile(BytesIO(data))
            entries = self._file.infolist()
        except Exception as error:  # a damaged directory makes zipfile raise more than it says
            raise UnreadableDocument("fichier endommagé ou incomplet") from error
        if len(entries) > ENTRIES:
            raise UnreadableDocument(f"archive refusée : plus de {ENTRIES} fichiers")
        if any(entry.flag_bits & 1 for entry in entries):
            raise UnreadableDocument("document protégé par un mot de passe : enregistrez-le sans protection")
        if sum(entry.file_size for entry in entries) > INFLATED:
            raise UnreadableDocument(_TOO_MUCH)
        for entry in entries:
            if entry.file_size > _FREE + RATIO * entry.compress_size:
                raise UnreadableDocument(_TOO_MUCH)
            if _PACKED.search(entry.filename) and not _EMBEDDED.search(entry.filename):
                raise UnreadableDocument("archive refusée : elle contient une autre archive")
        self.names = frozenset(entry.filename for entry in entries)
        self._left = INFLATED

    def read(self, name: str) -> bytes:
        """The bytes of an entry; raises `UnreadableDocument` where it is missing, damaged or too large."""
        parts: list[bytes] = []
        try:
            with self._file.open(name) as entry:
                while part := entry.read(_STEP):
                    self._left -= len(part)
                    if self._left < 0:
                        raise UnreadableDocument(_TOO_MUCH)
                    parts.append(part)
        except (MemoryError, UnreadableDocument):
            raise
        except Exception as error:  # a bad checksum, an unknown method, a broken stream: no common class
            raise UnreadableDocument("fichier endommagé ou incomplet") from error
        return b"".join(parts)

    def head(self, name: str, size: int) -> bytes:
        """The first bytes of an entry, none where it cannot be read."""
        try:
            with self._file.open(name) as entry:
                return entry.read(size)
        except Exception:  # as above; here nothing is at stake
            return b""
