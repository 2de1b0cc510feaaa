"""Names that stand for a body by way of speaking, as "Bruxelles" does for the European Union, and what they mean."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.errors import ManifestError
from corpus.frameworks import read_forms


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one body is `said` to be, by language: a place's name, or what `always` means the body, with its article;
    and how it is plainly called, with its article."""

    said: Mapping[str, tuple[str, ...]]
    always: Mapping[str, tuple[str, ...]]
    means: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SpokenNames:
    """All of them; the words behind which a place's name is a body's, and those that name a body with it."""

    behind: Mapping[str, tuple[str, ...]]
    body: Mapping[str, tuple[str, ...]]
    names: tuple[Spoken, ...]


@cache
def read_spoken(path: Path | None = None) -> SpokenNames:
    """The shipped file, or another; raises `ManifestError`."""
    path = path or Path(__file__).with_suffix(".toml")
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        names = tuple(
            Spoken(
                read_forms(f"{path.name}, {one['id']!r}", one["said"]),
                read_forms(f"{path.name}, {one['id']!r}", one.get("always", {})),
                dict(one["means"]),
            )
            for one in table["name"]
        )
        behind = read_forms(f"{path.name}, behind", table["behind"])
        body = read_forms(f"{path.name}, body", table.get("body", {}))
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ManifestError(f"{path.name}: {error}") from error
    if lacking := [
        language
        for one in names
        for language in one.said
        if (one.said[language] or one.always[language]) and language not in one.means
    ]:
        raise ManifestError(f"{path.name}: say in {', '.join(lacking)} what is meant")
    return SpokenNames(behind, body, names)
