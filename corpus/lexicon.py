"""Common words of the trade: what they are called in French, Arabic and English, and which are near in meaning.

The glossary knows names; this knows words, for questions that say otherwise what the texts say. It is never quoted, and
holds single words alone: what a word may be called, not what a sentence says.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ManifestError
from corpus.frameworks import LANGUAGES


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning and the words for it by language; none is empty."""

    words: Mapping[str, tuple[str, ...]]


def read_lexicon(path: Path | None = None) -> tuple[Sense, ...]:
    """The senses of a file, by default the shipped one; `ManifestError` on a line without each language."""
    path = path or Path(__file__).with_name("lexicon.toml")
    return tuple(_read_senses(path, _read(path).get("word", [])))


def read_thesaurus(path: Path | None = None) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """By language, the groups of words near in meaning of a file, by default the shipped one; `ManifestError` on a
    group of one word."""
    path = path or Path(__file__).with_name("thesaurus.toml")
    groups = {name: tuple(tuple(str(group).split()) for group in own) for name, own in _read(path).items()}
    for language, own in groups.items():
        if language not in LANGUAGES or any(len(group) < 2 for group in own):
            raise ManifestError(
                f"{path.name}, {language!r}: give groups of two words or more, in {', '.join(LANGUAGES)}"
            )
    return groups


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path.name}: cannot be read ({error})") from error


def _read_senses(path: Path, lines: list[Mapping[str, Any]]) -> Iterator[Sense]:
    for place, line in enumerate(lines, 1):
        words = {language: tuple(str(line.get(language, "")).split()) for language in LANGUAGES}
        if not all(words.values()) or set(line) != set(LANGUAGES):
            raise ManifestError(f"{path.name}, word {place}: give words in {', '.join(LANGUAGES)}")
        yield Sense(words)
