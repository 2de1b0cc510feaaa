"""The six cooperation frameworks and their bodies, by their names in French, Arabic and English.

Names here serve to recognise and to label; they are never quoted as a source. The introduction to the texts belongs to
no framework: its place is `GENERAL`, which the manifest accepts and this list does not hold.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from corpus.errors import ManifestError

LANGUAGES: Final = ("fr", "ar", "en")
GENERAL: Final = "general"


@dataclass(frozen=True, slots=True)
class Body:
    """A body of a framework: `names` and `acronyms` by language, `also` other words that name it; both may be empty."""

    id: str
    names: Mapping[str, str]
    acronyms: Mapping[str, tuple[str, ...]]
    also: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: read_forms("", {}))


@dataclass(frozen=True, slots=True)
class Framework:
    """A cooperation framework; `names` and `acronyms` are by language, `bodies` those that our texts name."""

    id: str
    names: Mapping[str, str]
    acronyms: Mapping[str, tuple[str, ...]]
    bodies: tuple[Body, ...]
    also: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: read_forms("", {}))


def read_frameworks(path: Path | None = None) -> tuple[Framework, ...]:
    """The frameworks of a file, by default the shipped one, in its order; `ManifestError` names a bad entry."""
    path = path or Path(__file__).with_name("frameworks.toml")
    return tuple(_read_framework(path, entry) for entry in read_entries(path, "framework"))


def _read_framework(path: Path, entry: Mapping[str, Any]) -> Framework:
    bodies = tuple(_read_body(path, body) for body in _with_ids(path, "body", entry.get("body", [])))
    body = _read_body(path, entry)
    return Framework(body.id, body.names, body.acronyms, bodies, body.also)


def _read_body(path: Path, entry: Mapping[str, Any]) -> Body:
    where = f"{path.name}, {entry['id']!r}"
    names = entry.get("names")
    if not isinstance(names, dict) or not all(isinstance(names.get(language), str) for language in LANGUAGES):
        raise ManifestError(f"{where}: give 'names' in {', '.join(LANGUAGES)}")
    return Body(
        entry["id"],
        MappingProxyType(names),
        read_forms(where, entry.get("acronyms", {})),
        read_forms(where, entry.get("also", {})),
    )


def read_entries(path: Path, key: str) -> tuple[Mapping[str, Any], ...]:
    """The `[[key]]` tables of a TOML file, each with a text `id` of its own; `ManifestError` names file and entry."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path.name}: cannot be read ({error})") from error
    return tuple(_with_ids(path, key, tables.get(key, [])))


def _with_ids(path: Path, key: str, entries: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(entries, list):
        raise ManifestError(f"{path.name}: write each {key} as a [[{key}]] table")
    seen = set()
    for place, entry in enumerate(entries, 1):
        name = entry.get("id") if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name:
            raise ManifestError(f"{path.name}, {key} {place}: give it an 'id'")
        if name in seen:
            raise ManifestError(f"{path.name}, {name!r}: this id is used twice, choose another")
        seen.add(name)
        yield entry


def read_forms(where: str, table: Any) -> Mapping[str, tuple[str, ...]]:
    """Lists of words by language, every language present, possibly empty; `where` opens the message of the error."""
    if not isinstance(table, dict) or not set(table) <= set(LANGUAGES):
        raise ManifestError(f"{where}: words are given by language, among {', '.join(LANGUAGES)}")
    for language, forms in table.items():
        if not isinstance(forms, list) or not all(isinstance(form, str) and form for form in forms):
            raise ManifestError(f"{where}, {language!r}: give a list of words, not {forms!r}")
    return MappingProxyType({language: tuple(table.get(language, ())) for language in LANGUAGES})
