"""What a folder of texts says of each of its files: title, framework, language, source, hash, and date if it has one.

Reading a manifest opens no text: `verify` does, and is asked for apart. A text that the manifest does not name is not
part of the corpus, and a name that leads out of the folder is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from corpus.errors import ManifestError
from corpus.frameworks import GENERAL, LANGUAGES, read_entries, read_frameworks

NAME: Final = "manifest.toml"
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WORDS: Final = ("file", "title", "framework", "language", "source", "sha256")


@dataclass(frozen=True, slots=True)
class Entry:
    """One text: `file` is its name in the manifest's folder, `framework` an id or `general`.

    `date` is the day that the text itself bears, and `None` for one that bears none: when it was fetched, read or added
    is not its date.
    """

    id: str
    file: str
    title: str
    framework: str
    language: str
    source: str
    date: date | None
    sha256: str


def shipped_texts() -> Path:
    """The folder of the texts that come with the product."""
    return Path(__file__).parent / "texts"


def read_manifest(folder: Path) -> tuple[Entry, ...]:
    """The entries of a folder's manifest, in its order; `ManifestError` names the file and the entry to mend."""
    path = folder / NAME
    known = {GENERAL} | {framework.id for framework in read_frameworks()}
    entries = tuple(_read_entry(path, entry, known) for entry in read_entries(path, "document"))
    files = [entry.file for entry in entries]
    for entry in entries:
        if files.count(entry.file) > 1:
            raise ManifestError(f"{path.name}, {entry.id!r}: {entry.file!r} is named by two entries, keep one")
    return entries


def _read_entry(path: Path, entry: Mapping[str, Any], known: set[str]) -> Entry:
    where = f"{path.name}, {entry['id']!r}"
    for key in WORDS:
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ManifestError(f"{where}: give {key!r} as text")
    if not SLUG.fullmatch(entry["id"]):
        raise ManifestError(f"{where}: an id is made of small letters, digits and hyphens")
    written = entry.get("date")
    if written is not None and (not isinstance(written, date) or isinstance(written, datetime)):
        raise ManifestError(f"{where}: give 'date' as a day without quotes, such as 2015-03-11, or leave it out")
    if Path(entry["file"]).name != entry["file"] or entry["file"] == ".." or "\\" in entry["file"]:
        raise ManifestError(f"{where}: 'file' is a name in the manifest's folder, not {entry['file']!r}")
    if entry["framework"] not in known:
        raise ManifestError(f"{where}: {entry['framework']!r} is no framework; known are {', '.join(sorted(known))}")
    if entry["language"] not in LANGUAGES:
        raise ManifestError(f"{where}: {entry['language']!r} is no language of ours: {', '.join(LANGUAGES)}")
    return Entry(id=entry["id"], date=written, **{key: entry[key] for key in WORDS})


def verify(folder: Path) -> None:
    """Compare every text of a folder with its manifest; `ManifestError` on one missing, changed or not named."""
    entries = read_manifest(folder)
    for entry in entries:
        if digest(folder, entry.file) != entry.sha256:
            raise ManifestError(
                f"{NAME}, {entry.id!r}: {entry.file!r} is not the text that was hashed, refresh 'sha256'"
            )
    unnamed = {path.name for path in folder.iterdir()} - {entry.file for entry in entries} - {NAME}
    if unnamed:
        raise ManifestError(f"{NAME}: name or remove {', '.join(sorted(unnamed))}")


def digest(folder: Path, file: str) -> str:
    """SHA-256 of a text, in hexadecimal; `ManifestError` if it cannot be read."""
    try:
        return sha256((folder / file).read_bytes()).hexdigest()
    except OSError as error:
        raise ManifestError(f"{NAME}: {file!r} cannot be read ({error.strerror})") from error


def refresh(folder: Path) -> tuple[str, ...]:
    """Write the hashes of the texts as they now are into the manifest; the files whose hash was another."""
    path = folder / NAME
    text, changed = path.read_text(encoding="utf-8"), []
    for entry in read_manifest(folder):
        new = digest(folder, entry.file)
        if new != entry.sha256:
            pattern = rf'(?m)^(file = "{re.escape(entry.file)}"$(?:\n(?!\[).*)*?\nsha256 = )".*"$'
            text, count = re.subn(pattern, rf'\g<1>"{new}"', text)
            if count != 1:
                raise ManifestError(f"{NAME}, {entry.id!r}: write 'sha256' on a line after 'file'")
            changed.append(entry.file)
    path.write_text(text, encoding="utf-8")
    return tuple(changed)
