"""What an answer would have to hold by the way the question is put."""

from __future__ import annotations

import pytest

from assistant.answers.wanted import list_lacking, meaning_lacking, person_lacking, spells


@pytest.mark.parametrize(
    ("question", "shown", "lacking"),
    [
        ("Qui présidait la session de Rabat ?", "La session s'est tenue à Rabat en 2009.", 1.0),
        ("Qui présidait la session de Rabat ?", "La session a été présidée par le Maroc.", 0.0),
        ("Qui a dirigé la délégation ?", "Le colonel Haddad menait la délégation.", 0.0),
        ("Who headed the delegation?", "The delegation was received in Rabat.", 1.0),
        ("Who headed the delegation?", "Mrs Amina Haddad headed the delegation.", 0.0),
        ("من ترأس الوفد؟", "La délégation a été reçue à Rabat.", 1.0),
        ("من ترأس الوفد؟", "ترأست الوفد السيدة أمينة حداد.", 0.0),
        ("Qui finance le programme ?", "Il est financé par l'Union européenne.", 0.0),
    ],
)
def test_a_name_is_asked_for_and_given_or_not(question: str, shown: str, lacking: float) -> None:
    """Bodies and places are no persons; who pays may be a body."""
    assert person_lacking(question, [shown]) == lacking


@pytest.mark.parametrize(
    ("question", "shown", "lacking"),
    [
        ("Que signifie le sigle OCF ?", "L'OCF siège à Oran.", 1.0),
        ("Que signifie le sigle OCF ?", "l'Office central des forêts (OCF)", 0.0),
        ("What does OCF stand for?", "OCF (Office central des forêts) meets.", 0.0),
        ("ماذا يعني OCF؟", "يجتمع OCF كل سنة.", 1.0),
        ("ماذا يعني OCF؟", "الديوان المركزي للغابات (OCF)", 0.0),
        ("Que fait l'OCF ?", "L'OCF siège à Oran.", 0.0),
        ("uma ca veut dire quoi", "L'UMA siège à Rabat.", 1.0),
        ("uma ca veut dire quoi", "l'Union du Maghreb arabe (UMA)", 0.0),
    ],
)
def test_an_acronym_is_spelled_out_or_not(question: str, shown: str, lacking: float) -> None:
    """A text that uses an acronym does not yet say what it means."""
    assert meaning_lacking(question, [shown]) == lacking


@pytest.mark.parametrize(
    ("question", "shown", "language", "lacking"),
    [
        ("Quels pays ont signé ?", "Plusieurs pays ont signé.", "fr", 1.0),
        ("Quels pays ont signé ?", "Plusieurs pays ont signé : le Mali, le Niger et le Tchad.", "fr", 0.0),
        ("Quels pays ont signé ?", "Les pays du fleuve ont signé.", "fr", 0.0),
        ("Which countries signed?", "Several countries signed.", "en", 1.0),
        ("Which countries signed?", "Several countries signed, among them Mali, Niger and Chad.", "en", 0.0),
        ("Citez les pays signataires.", "L'accord lie les pays du fleuve.", "fr", 1.0),
        ("Quels pays ont signé ?", "Several countries signed.", "", 0.0),
    ],
)
def test_a_list_is_asked_for_and_given_or_not(question: str, shown: str, language: str, lacking: float) -> None:
    """ "Several" names none; across languages nothing is said."""
    assert list_lacking(question, [shown], False, language) == lacking


def test_a_whole_list_is_never_lacking() -> None:
    """A list that is shown whole is a list, whatever stands before it."""
    assert list_lacking("Citez les pays.", ["Plusieurs pays"], True, "fr") == 0.0


def test_an_acronym_in_another_one_is_not_spelled_by_it() -> None:
    """ "OCFA" does not spell "OCF"."""
    assert not spells("l'Office central des forêts anciennes (OCFA)", "OCF")
