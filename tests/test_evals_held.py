"""The check of a model's answers sees each figure and name that is astray, and counts what was made how."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_ui_render import an_answer

from assistant.answers.answer import Answer, Removed, Sentence
from evals.held import held, lacking, render

SOURCE = "L'Algérie a accueilli la 35e session du CMAI à Alger le 7 mars 2018."


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Algeria hosted the 35th session in Algiers on 7 March 2018.", []),
        ("La session s'est tenue le 8 mars 2018.", ["8"]),
        ("La session s'est tenue à Oran.", ["Oran"]),
        ("La 36e session du CMAI s'est tenue à Alger.", ["36"]),
        ("الدورة ٣٥ يوم ٧ مارس ٢٠١٩", ["٢٠١٩"]),
    ],
)
def test_what_the_source_does_not_hold_is_named(sentence: str, expected: list[str]) -> None:
    """Figures in any digits; names by how they begin."""
    assert lacking(sentence, SOURCE) == expected


def written(text: str) -> Answer:
    answer = an_answer(mode="generative", sentences=(Sentence(text, "supported", (1,)),))
    return replace(answer, citations=(replace(answer.citations[0], quote=SOURCE),))


def test_answers_are_counted_by_how_they_were_made() -> None:
    """What a quote says is no business of this check."""
    fell = an_answer(notice="Le modèle ...", removed=(Removed("Faux.", "Rien."),))
    found = held([written("Le 8 mai 2018."), fell, an_answer(refused=True, sentences=(), citations=())])
    assert (found.answers, found.refused, found.fell_back, found.generative, found.removed) == (3, 1, 1, 1, 1)
    assert [one.what for one in found.astray] == ["8"]
    assert "que la phrase citée ne tient pas : 1" in render(found)
