"""What is told one by one is shown whole where two of its parts were chosen."""

from __future__ import annotations

import pytest
from fakes import found, hit

from assistant.answers.evidence import units
from assistant.answers.extract import Drafted
from assistant.answers.parallel import whole_runs
from assistant.answers.question import understand

POINTS = "Trois groupes :\n• Un groupe suit les drogues ;\n• Un groupe suit les frontières ;\n• Un groupe suit l'eau."
TOLD = (
    "Un groupe de travail traite des drogues. Un groupe de travail traite des frontières. "
    "Un groupe de travail traite de l'eau. Le secrétariat siège à Tunis."
)
RANKED = (
    "La première réunion du conseil s'est tenue à Alger. La 2e réunion du conseil s'est tenue à Tunis. "
    "La troisième réunion du conseil s'est tenue à Rabat."
)


def _shown(text: str, *chosen: str) -> list[str]:
    there = found(hit(text))
    own = [unit for unit in units(understand("Que font les groupes ?"), there) if unit.first == unit.last]
    drafted = [Drafted(unit, 0.5) for words in chosen for unit in own if words in unit.text]
    made = whole_runs(drafted)
    assert all(text[item.unit.start : item.unit.end] == item.unit.text for item in made)
    return [item.unit.text for item in made]


@pytest.mark.parametrize(
    ("text", "chosen", "whole"),
    [
        (POINTS, ("drogues", "eau"), POINTS),
        (POINTS, ("Trois", "frontières"), POINTS),
        (TOLD, ("drogues", "eau"), TOLD.removesuffix(" Le secrétariat siège à Tunis.")),
        (RANKED, ("Alger", "Rabat"), RANKED),
    ],
)
def test_two_parts_bring_the_others(text: str, chosen: tuple[str, ...], whole: str) -> None:
    """With the line that announces a list; ranks and numbers count as the same word."""
    assert _shown(text, *chosen) == [whole]


def test_one_part_or_what_stands_beside_is_shown_alone() -> None:
    """One point answers as one point."""
    assert _shown(TOLD, "frontières", "Tunis") == [
        "Un groupe de travail traite des frontières.",
        "Le secrétariat siège à Tunis.",
    ]
    assert _shown(POINTS, "frontières") == ["Un groupe suit les frontières ;"]
