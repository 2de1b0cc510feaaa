"""Names and acronyms that mean the same thing, across French, Arabic and English.

A glossary widens a search and lets two forms of one name agree; it is never quoted as a source, so the full names it
gives may be ones that no shipped text spells out. Forms written in capitals are to be matched with their capitals:
`UN`, `EU` and `AU` are also French words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ManifestError
from corpus.frameworks import LANGUAGES, read_entries, read_forms

PLACES, PEOPLES = (Path(__file__).with_name(name) for name in ("places.toml", "peoples.toml"))
"""The shipped lists of countries and towns, and of what comes from them: to compare with, never searched."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing and its equal forms by language, the usual one first; a language without a form has an empty tuple."""

    id: str
    forms: Mapping[str, tuple[str, ...]]


def read_glossary(path: Path | None = None) -> tuple[Term, ...]:
    """The terms of a file, by default the shipped one; `ManifestError` on a term that is empty or shares a form."""
    path = path or Path(__file__).with_name("glossary.toml")
    return tuple(_read_terms(path))


def _read_terms(path: Path) -> Iterator[Term]:
    owners: dict[str, str] = {}
    for entry in read_entries(path, "term"):
        where = f"{path.name}, {entry['id']!r}"
        term = Term(entry["id"], read_forms(where, {key: value for key, value in entry.items() if key != "id"}))
        if not any(term.forms.values()):
            raise ManifestError(f"{where}: give at least one form, in {', '.join(LANGUAGES)}")
        for form in {form for forms in term.forms.values() for form in forms}:
            owner = owners.setdefault(form, term.id)
            if owner != term.id:
                raise ManifestError(f"{where}: {form!r} already belongs to {owner!r}, keep it in one of the two")
        yield term
