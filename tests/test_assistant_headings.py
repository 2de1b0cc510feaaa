"""An acronym that only a heading spells out is answered by that heading, and a heading answers nothing else."""

from __future__ import annotations

import pytest
from fakes import found, hit

from assistant.answers.evidence import units
from assistant.answers.extract import Drafted
from assistant.answers.headings import spelled_by_heading
from assistant.answers.question import understand

HEADING = "Office des transports du Golfe (OTG)"
BODY = "Il a son siège à Tema. Le Bénin y a adhéré en 1994."
TEXT = f"# Coopération\n\n## {HEADING}\n\n{BODY}\n\n## Autre\n\nL'OTG y est cité : {HEADING}."


def _spelled(question: str, answered: bool = False, body: str = BODY) -> list[str]:
    asked = understand(question)
    at = TEXT.index(BODY)
    there = found(hit(body, headings=(HEADING,), start=at, similarities=[0.9] * body.count(".")))
    drafted = [Drafted(unit, 0.5) for unit in units(asked, there)][:1]
    made = spelled_by_heading(asked, there, drafted, lambda _id: TEXT, answered)
    assert all(TEXT[item.unit.start : item.unit.end] == item.unit.text for item in made)
    assert all(item.unit.start < at for item in made[:1])
    return [item.unit.text for item in made]


@pytest.mark.parametrize("question", ["Que signifie OTG ?", "ما معنى المختصر OTG؟", "What does OTG stand for?"])
def test_the_heading_that_spells_an_acronym_answers_what_it_means(question: str) -> None:
    """In three languages, quoted from where it stands above the passage, also where something else was found."""
    assert _spelled(question) == _spelled(question, answered=True) == [HEADING]


def test_a_heading_in_capitals_spells_too() -> None:
    """As ministries write them: the acronym behind a stroke, everything in capitals."""
    heading = "3-COOPERATION AVEC LE CONSEIL DES MINISTRES ARABES DE L’INTERIEUR/CMAI"
    text = f"{heading} :\nIl a quatre objets."
    asked = understand("CMAI, ça veut dire quoi ?")
    there = found(hit("Il a quatre objets.", headings=(heading,), start=text.index("Il a")))
    drafted = [Drafted(unit, 0.5) for unit in units(asked, there)]
    (made,) = spelled_by_heading(asked, there, drafted, lambda _id: text, answered=True)
    assert made.unit.text == heading


def test_what_a_body_is_gets_its_heading_in_front_of_what_else_answers() -> None:
    """What it is called comes first; a sentence that says what it does says more."""
    assert _spelled("C'est quoi l'OTG ?") == [HEADING]
    assert _spelled("C'est quoi l'OTG ?", answered=True) == [HEADING, "Il a son siège à Tema."]


@pytest.mark.parametrize("question", ["Où siège l'OTG ?", "C'est quoi le budget de l'OTG ?", "Que signifie OMC ?"])
def test_a_heading_answers_nothing_else(question: str) -> None:
    """Neither another question on the body, nor another acronym."""
    assert _spelled(question) == []


def test_a_sentence_that_spells_it_is_preferred() -> None:
    """It says what the heading says, and more."""
    assert _spelled("Que signifie OTG ?", body="L'Office des transports du Golfe (OTG) siège à Tema.") == []
