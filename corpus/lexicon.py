"""Common words of the trade in French, Arabic and English, for questions asked in another language than the texts.

The glossary knows names; this knows words. It is never quoted, and holds single words alone: what a word is called
elsewhere, not what a sentence says.
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
    try:
        lines = tomllib.loads(path.read_text(encoding="utf-8")).get("word", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ManifestError(f"{path.name}: cannot be read ({error})") from error
    return tuple(_read_senses(path, lines))


def _read_senses(path: Path, lines: list[Mapping[str, Any]]) -> Iterator[Sense]:
    for place, line in enumerate(lines, 1):
        words = {language: tuple(str(line.get(language, "")).split()) for language in LANGUAGES}
        if not all(words.values()) or set(line) != set(LANGUAGES):
            raise ManifestError(f"{path.name}, word {place}: give words in {', '.join(LANGUAGES)}")
        yield Sense(words)
