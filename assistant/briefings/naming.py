"""Which frameworks and bodies a text names, by their names, acronyms and glossary forms in three languages. Pure.

Acronyms count with their capitals only, and those of two letters not in a line of capitals, where AU and UN are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.briefings.folded import folded
from corpus.frameworks import Body, Framework, read_frameworks
from corpus.glossary import Term, read_glossary
from index.terms import fold


@dataclass(frozen=True, slots=True)
class Topic:
    """A framework, or a body (`framework` then names its framework and differs from `id`)."""

    id: str
    framework: str
    names: Mapping[str, str]
    acronyms: Mapping[str, tuple[str, ...]]
    forms: tuple[str, ...]

    @property
    def is_body(self) -> bool:
        """Whether it is a body of a framework."""
        return self.id != self.framework


@dataclass(frozen=True, slots=True)
class Naming:
    """A topic named in a text, at `text[start:end]`."""

    topic: str
    start: int
    end: int


class Topics:
    """The frameworks and bodies, in the order of their file, and the words that name them."""

    def __init__(self, frameworks: Iterable[Framework], glossary: Iterable[Term]) -> None:
        terms = list(glossary)
        made = []
        for framework in frameworks:
            made.append(_topic(framework, framework.id, terms))
            made += [_topic(body, framework.id, terms) for body in framework.bodies]
        self.all: tuple[Topic, ...] = tuple(made)
        self._by_id = {topic.id: topic for topic in made}
        self._owners: dict[str, str] = {}
        for topic in made:
            for form in topic.forms:
                self._owners.setdefault(_key(form), topic.id)
        forms = {form for topic in made for form in topic.forms}
        ordered = sorted({_pattern(form) for form in forms}, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(ordered)})(?!\w)")
        self._capitals = {_key(form) for form in forms if _is_acronym(form)}

    def get(self, id: str) -> Topic | None:
        """A topic by its id."""
        return self._by_id.get(id)

    def find(self, wanted: str) -> Topic | None:
        """A topic by its id, or by any of its names, acronyms and forms, whatever the case."""
        key = _key(wanted)
        return self._by_id.get(wanted.strip().casefold()) or self._by_id.get(self._owners.get(key, ""))

    def named(self, text: str) -> list[Naming]:
        """What a text names, in reading order, the longest name at each place."""
        plain, found = folded(text), []
        shouting = text.upper() == text
        for match in self._pattern.finditer(plain.text):
            start, end = plain.original(*match.span())
            key = _key(match.group())
            if key in self._capitals and (
                text[start:end].upper() != text[start:end] or (shouting and len(key) < 3 and end - start < len(text))
            ):
                continue
            owner = self._owners.get(key) or self._owners.get(_key(_without_prefix(match.group())))
            if owner:
                found.append(Naming(owner, start, end))
        return found


@lru_cache(maxsize=1)
def shipped_topics() -> Topics:
    """The topics of the shipped lists."""
    return Topics(read_frameworks(), read_glossary())


def _topic(given: Framework | Body, framework: str, terms: list[Term]) -> Topic:
    own = [*given.names.values(), *_all(given.acronyms), *_all(given.also)]
    keys = {_key(form) for form in own}
    for term in terms:
        forms = _all(term.forms)
        if term.id == given.id or keys & {_key(form) for form in forms}:
            own += forms
    return Topic(given.id, framework, given.names, given.acronyms, tuple(dict.fromkeys(own)))


def _all(forms: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [form for each in forms.values() for form in each]


def _is_acronym(form: str) -> bool:
    return form.isascii() and form.isalpha() and form.upper() == form


def _key(form: str) -> str:
    """A form as it is compared: folded, one space for spaces and hyphens, none around a plus sign."""
    return re.sub(r"\s*\+\s*", "+", re.sub(r"[\s-]+", " ", fold(form))).strip()


def _pattern(form: str) -> str:
    key = _key(form)
    arabic = key[:1] > "z"
    head = key[2:] if arabic and key.startswith("ال") else key
    escaped = r"\s*\+\s*".join(r"[\s-]+".join(map(re.escape, part.split(" "))) for part in head.split("+"))
    if not arabic:
        return escaped
    return rf"(?:[وف]?[بك]?ال|[وف]?لل){escaped}" if head != key else rf"[وف]?[بكل]?{escaped}"


def _without_prefix(word: str) -> str:
    """An Arabic name without the conjunction and preposition attached to it."""
    return re.sub(r"^[وف]?لل", "ال", word) if re.match(r"[وف]?لل", word) else re.sub(r"^[وف]?[بكل]?(?=\w)", "", word)
