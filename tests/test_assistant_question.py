"""What a question asks for is told by its own words, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.question import Kind, holds, numbers, understand

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
KINDS: list[Kind] = ["date", "place", "person", "number", "list", "explanation", "definition", "other"]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Quand s'est tenue la 35e session ?", "date"),
        ("En quelle année le plan a-t-il été adopté ?", "date"),
        ("quelles sont les dates de la session", "date"),
        ("When was it signed?", "date"),
        ("متى انعقدت الدورة الخامسة والثلاثون؟", "date"),
        ("Où se réunit le conseil ?", "place"),
        ("Dans quelle ville siège l'Union africaine ?", "place"),
        ("Where does it meet?", "place"),
        ("أين انعقدت الدورة؟", "place"),
        ("Combien de pays sont membres ?", "number"),
        ("Quel est le budget du programme ?", "number"),
        ("How many members are there?", "number"),
        ("كم عدد الدول الأعضاء؟", "number"),
        ("Qui préside le conseil ?", "person"),
        ("Who chairs it?", "person"),
        ("Quelles conventions ont été signées ?", "list"),
        ("Cite les programmes de l'ONU.", "list"),
        ("What are the objectives of the council?", "list"),
        ("ما هي الاتفاقيات العربية؟", "list"),
        ("objectifs du CMAI", "list"),
        ("les groupes de travail de l'UMA", "list"),
        ("objectives of the council", "list"),
        ("أهداف المجلس", "list"),
        ("Pourquoi coopérer ?", "explanation"),
        ("لماذا التعاون؟", "explanation"),
        ("Qu'est-ce que le CMAI ?", "definition"),
        ("What is CAPDEL?", "definition"),
        ("ما هو المجلس؟", "definition"),
    ],
)
def test_the_words_of_a_question_tell_its_kind(question: str, kind: Kind) -> None:
    """Dates, places, numbers, names, lists, reasons and definitions."""
    assert kind in understand(question).kinds


@pytest.mark.parametrize(
    "question", ["programme avec l'OTAN", "depuis la création", "parles du CMAI", "accords signés en quelle année ?"]
)
def test_other_words_typed_are_no_list(question: str) -> None:
    """One thing, no thing, an order, or a detail asked of things in the plural."""
    assert not understand(question).wants_list


def test_a_question_of_no_kind_is_of_the_other_kind() -> None:
    """There is always one."""
    assert understand("CMAI").kinds == {"other"}


@pytest.mark.parametrize(
    ("question", "wants_list", "wants_detail"),
    [
        ("Quelles conventions ont été signées ?", True, False),
        ("Quelles sont les dates des sessions ?", False, True),
        ("Combien de membres ?", False, True),
        ("Pourquoi ?", False, False),
    ],
)
def test_a_list_and_a_detail_are_told_apart(question: str, wants_list: bool, wants_detail: bool) -> None:
    """One is quoted whole, the other in its sentence."""
    understood = understand(question)
    assert (understood.wants_list, understood.wants_detail) == (wants_list, wants_detail)


@given(TEXTS)
def test_any_text_is_understood(text: str) -> None:
    """Whatever is typed has a kind and a language, and its numbers are numbers."""
    understood = understand(text)
    assert understood.kinds
    assert understood.kinds <= set(KINDS)
    assert understood.language in ("fr", "ar", "en")
    assert all(number and number[0].isdigit() for number in understood.numbers)


@given(TEXTS)
def test_case_and_accents_do_not_change_what_is_asked(text: str) -> None:
    """Half of what is typed has neither."""
    assert understand(text.upper(), "fr").kinds == understand(text.upper().lower(), "fr").kinds


@pytest.mark.parametrize("question", ["quand a eu lieu la reunion", "QUAND A EU LIEU LA RÉUNION ?", "Quand a eu lieu…"])
def test_a_question_without_accents_case_or_mark_is_the_same_question(question: str) -> None:
    """As people type."""
    assert "date" in understand(question).kinds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le 07 mars 2018, 35ème session", {"7", "2018", "35"}),
        ("٧ مارس ٢٠١٨", {"7", "2018"}),
        ("3,5 millions.", {"3,5"}),
        ("000", {"0"}),
        ("aucun", set()),
    ],
)
def test_numbers_are_told_without_zeros_in_front_and_in_any_digits(text: str, expected: set[str]) -> None:
    """So that a question and a sentence can be compared."""
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("kind", "sentence", "question", "expected"),
    [
        ("date", "Elle s'est tenue le 7 mars 2018.", "Quand s'est tenue la session ?", True),
        ("date", "La session de 2018 s'est tenue à Tunis.", "Où était la session de 2018 ?", False),
        ("number", "Il compte vingt-deux membres.", "Combien de membres ?", True),
        ("number", "La session 35 a été longue.", "Combien a duré la session 35 ?", False),
        ("person", "Le conseil est présidé par Mohamed Salah.", "Qui préside le conseil ?", True),
        ("place", "Il se réunit à Tunis.", "Où se réunit-il ?", True),
        ("place", "Il se réunit à Tunis.", "Pourquoi à Tunis ?", False),
        ("date", "انعقدت الدورة في مارس ٢٠١٨", "متى انعقدت الدورة؟", True),
    ],
)
def test_a_sentence_holds_what_is_asked_only_if_the_question_did_not_say_it(
    kind: Kind, sentence: str, question: str, expected: bool
) -> None:
    """Repeating the question answers nothing."""
    assert holds(kind, sentence, question) is expected


@given(st.sampled_from(KINDS), TEXTS)
def test_an_empty_sentence_holds_no_detail(kind: Kind, question: str) -> None:
    """No date, place, person or number is in nothing."""
    if kind in ("date", "place", "person", "number"):
        assert holds(kind, "", question) is False


@pytest.mark.parametrize(
    ("sentence", "counted"),
    [
        ("Le protocole prévoit 1015 formations.", True),
        ("The plan foresees 1800 officers.", True),
        ("En 2018 plusieurs ministres se réunissent.", False),
        ("Réunis le 7 mars 2018 plusieurs ministres.", False),
        ("On May 3, 2010 several ministers met.", False),
        ("Le 12/05/2018, la 35e session.", False),
    ],
)
def test_a_figure_of_four_digits_counts_what_follows_it_and_else_is_a_year(sentence: str, counted: bool) -> None:
    """A count is not a date."""
    assert holds("number", sentence, "combien") is counted
