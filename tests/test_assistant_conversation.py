"""Follow-ups: what they leave out is carried over, and nothing else is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.answers.conversation import standalone
from index.terms import fold

DATA = Path(__file__).parent / "data"
LEAST = 0.88


def _cases(name: str) -> list[Mapping[str, Any]]:
    return list(tomllib.loads((DATA / name).read_text(encoding="utf-8"))["follow_up"])


def _holds(text: str, wanted: str) -> bool:
    return any(_found(fold(text), fold(form)) for form in wanted.split("|"))


def _found(text: str, form: str) -> bool:
    if form[0] > "z":
        return form in text
    kind = r"\d" if form[0].isdigit() else r"[^\W\d_]"
    last = r"\d" if form[-1].isdigit() else r"[^\W\d_]"
    return re.search(rf"(?<!{kind}){re.escape(form)}(?!{last})", text) is not None


def faults(case: Mapping[str, Any]) -> list[str]:
    """What is wrong with the question that a follow-up became; nothing if it is right."""
    asked = case["asks"]
    result = standalone(asked, case["history"])
    if case.get("same"):
        return [] if result == asked else [f"changed: {result}"]
    missing = [f"lacks {word!r}: {result}" for word in case["holds"] if not _holds(result, word)]
    kept = [f"holds {word!r}: {result}" for word in case["lacks"] if _holds(result, word)]
    return missing + kept


@pytest.mark.parametrize("name", ["follow_ups.toml", "follow_ups_blind.toml", "follow_ups_third.toml", "follow_ups_fourth.toml", "follow_ups_fifth.toml"])
def test_follow_ups_become_questions_that_stand_alone(name: str) -> None:
    """At least 88 % of each batch are resolved, in every language."""
    cases = _cases(name)
    wrong = [(case["asks"], found) for case in cases if (found := faults(case))]
    assert len(wrong) <= len(cases) * (1 - LEAST), wrong
