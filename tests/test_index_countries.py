"""Countries and peoples are told in a question however they are written."""

from __future__ import annotations

import pytest

from index.countries import country_terms
from index.terms import query_terms


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("cooperation avec la chine", ["chine"]),
        ("هل تتعاون الوزارة مع تركيا؟", ["تركيا"]),
        ("التعاون بتركيا", ["بتركيا"]),
        ("turkish police", ["turkish"]),
        ("هل تساعدنا بروكسل؟", []),
        ("Que dit le texte ?", []),
        ("", []),
    ],
    ids=["small letters", "arabic", "attached", "people", "stands for a body", "none", "empty"],
)
def test_a_place_or_a_people_is_told(question: str, named: list[str]) -> None:
    """By the lists that the product ships, in three languages."""
    languages = ("fr", "ar", "en")
    assert country_terms(question, languages) == {own for word in named for own in query_terms(word, languages)}
