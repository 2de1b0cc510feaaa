"""Which part of a question the passages found do not hold, said in one line. Pure.

Told only where it is sure: a reference, number or name that no passage holds, or a relation or kind of thing asked for
that none states. It explains a refusal that was decided elsewhere; it never decides one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.answers.evidence import crosses
from assistant.answers.extract import Drafted
from assistant.answers.question import Kind, Question, holds, numbers
from assistant.answers.relations import unstated
from assistant.answers.wanted import acronym_asked, list_lacking, meaning_lacking, person_lacking
from index.codes import codes
from index.search import Found
from index.terms import stem, words

_KINDS: tuple[Kind, ...] = ("date", "place", "number")


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing: `part` names a line of `missing.json`, `what` the reference, number or name, if it is one."""

    part: str
    what: str = ""

    def line(self, language: str) -> str:
        """One sentence in the reader's language."""
        lines = _lines()[self.part]
        return lines.get(language, lines["fr"]).replace("{what}", self.what)


def missing(question: Question, found: Found, drafted: Sequence[Drafted]) -> Missing | None:
    """The first part of the question, surest first, that nothing found holds; `None` where none is sure."""
    if not found.hits:
        return None
    wholes = [hit.chunk.whole for hit in found.hits]
    lost = [
        *_lost("code", _as_written(question.text, codes(question.text) - frozenset().union(*map(codes, wholes)))),
        *_lost("number", sorted(question.numbers - frozenset().union(*map(numbers, wholes)), key=_by_value)),
        *_lost("name", _unknown_names(question, found)),
    ]
    if lost:
        return lost[0]
    if drafted and all(item.unit.features["another_body"] for item in drafted):
        return Missing("body")
    evidence = "\n".join([*(item.unit.text for item in drafted), *(hit.chunk.context for hit in found.hits)])
    for relation in unstated(question.text, evidence):
        if relation.told:
            return Missing(f"relation {relation.name}")
    shown = [item.unit.text for item in drafted]
    if meaning_lacking(question.text, shown):
        return Missing("meaning", acronym_asked(question.text))
    if person_lacking(question.text, shown):
        return Missing("person")
    for kind in _KINDS:
        if kind in question.kinds and not any(holds(kind, item.unit.text, question.text) for item in drafted):
            return Missing("number_kind" if kind == "number" else kind)
    lists = any(item.unit.is_list for item in drafted)
    own = "" if any(crosses(question, item.unit.hit) for item in drafted) else question.language
    return Missing("list") if list_lacking(question.text, shown, lists, own) else None


def _lost(part: str, what: Sequence[str]) -> list[Missing]:
    return [Missing(part, ", ".join(what[:3]))] if what else []


def _as_written(text: str, wanted: frozenset[str]) -> list[str]:
    return [word.strip('.,;:!?؟،()«»"') for word in text.split() if wanted & codes(word)]


def _unknown_names(question: Question, found: Found) -> list[str]:
    """Names as the question writes them that no text holds; of another language than the passages they say nothing."""
    if question.language not in {hit.language for hit in found.hits}:
        return []
    unknown = {term for word in found.words if word.name and word.rarity is None for term in word.terms}
    return list(dict.fromkeys(word for word in words(question.text) if stem(word, question.language) in unknown))


def _by_value(number: str) -> tuple[int, str]:
    return len(number), number


@lru_cache(maxsize=1)
def _lines() -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("missing.json").read_text("utf-8"))
    return found
