"""A sentence taken apart once: its words, its figures and the names in it. Pure, but for what it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from assistant.answers.facts import Facts, facts
from assistant.answers.names import Name, Names, other_names
from assistant.answers.wording import Word, words


@dataclass(frozen=True, slots=True)
class Read:
    """A sentence, its words, its figures and the known names in it."""

    text: str
    language: str
    words: tuple[Word, ...]
    facts: Facts
    known: tuple[Name, ...]

    def at(self, name: Name) -> str:
        """A name as it is written here."""
        return " ".join(word.text for word in self.words[name.first : name.last + 1])


@lru_cache(maxsize=4_096)
def read(text: str, language: str, names: Names) -> Read:
    """A sentence taken apart, with the known names of `names`."""
    found = tuple(words(text))
    return Read(text, language, found, facts(text), tuple(names.find(found)))


def unknown_names(read: Read, crossing: bool) -> list[Name]:
    """Names told by their form; months and numbers written out ("March", "Twelve") are none."""
    found = other_names(read.words, read.known, crossing)
    return [name for name in found if not _is_figure(read.words[name.first].text)]


def _is_figure(word: str) -> bool:
    """Whether a word with a capital is a month or a number written out ("Douze")."""
    return bool(facts(f"1 {word} 2000").dates) or any(not number.article for number in facts(word).numbers)
