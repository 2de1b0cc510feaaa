"""Typing errors are put right from the texts' own words; what may be right is left alone."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import detect
from index.spelling import Speller, count_words, understood, within
from index.terms import stem

TEXTS = {
    "fr": [
        "Le programme CAPDEL, renforcement des capacités des acteurs du développement local, financé par l'Union européenne",
        "La coopération arabe dans le domaine de la sécurité et la lutte contre la cybercriminalité et le terrorisme",
        "Le Conseil des ministres arabes de l'Intérieur a tenu la session à Tunis, à Nouakchott et à Montpellier",
        "L'ONUDC, l'UNICEF, les catastrophes naturelles, la désertification, les réunions et la protection civile",
        "Entre les deux, les services compétents signent la convention, d'ordre sécuritaire, au niveau scolaire",
    ],
    "en": ["The agreement on cooperation and the neighbourhood policy"],
    "ar": ["التعاون في مجال الأمن ومكافحة الإرهاب والجريمة المنظمة واجتماع المجلس"],
}
STEMS = {stem(word, language) for language, texts in TEXTS.items() for word in count_words(texts)}
WHOLE = {"programe", "solaire"}
SPELLER = Speller(
    {language: count_words(texts) for language, texts in TEXTS.items()},
    ["CMAI", "Organisation du traité de l'Atlantique Nord"],
    lambda word: any(stem(word, language) in STEMS for language in TEXTS),
    WHOLE.__contains__,
)


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("programe capdle", "programme CAPDEL"),
        ("capdle", "CAPDEL"),
        ("le programme CADPEL ?", "le programme CAPDEL ?"),
        ("Qui finnace le renforcemnt ?", "Qui financé le renforcement ?"),
        ("convetion de lunion", "convention de l'Union"),
        ("les minstres arabes", "les ministres arabes"),
        ("il finence", "il financé"),
        ("a monpelier", "a Montpellier"),
        ("devlopement", "développement"),
        ("la convetion on cooperation", "la convention on cooperation"),
        ("cooperration arabe", "coopération arabe"),
        ("la cybercriminilaté", "la cybercriminalité"),
        ("lutte contre le terorisme", "lutte contre le terrorisme"),
        ("la proteciton civile", "la protection civile"),
        ("catastrofes naturelles", "catastrophes naturelles"),
        ("réunion à Nouackchott", "réunion à Nouakchott"),
        ("Progamme financé", "Programme financé"),
        ("neighborhood policy", "neighbourhood policy"),
        ("مكافحة الارهلب", "مكافحة الإرهاب"),
        ("التعاوون", "التعاون"),
        ("dévelopement local", "développement local"),
        ("la desertifiaction", "la désertification"),
        ("séccurité", "sécurité"),
    ],
)
def test_a_typing_error_is_put_right(question: str, meant: str) -> None:
    """Swapped, doubled, dropped and neighbouring letters, with or without accents, in three languages."""
    found = SPELLER.correct(question, detect(question))
    assert understood(question, found) == meant


@pytest.mark.parametrize(
    "question",
    [
        "cooperation", "securite et developpement", "Securite", "les programmes", "le CMAI", "ONUDI", "UNESCO", "Japon", "le Japon et le Mali", "2015",
        "DC/2019/0371", "ita-72", "CAPDEL2", "programe2", "quel est le budget ?", "Où se trouve le siège ?", "voiture", "football", "recette de cuisine",
        "What is the role?", "ما هي الأهداف؟", "والتعاون", "بالأمن", "the weather", "5+5", "", "?!", "un mot", "OTAN", "traite", "session",
        "le secrétaire général", "Que visent-ils ?", "le panneau solaire", "l'horaire du train", "decembre", "signataires", "Montpelier2", "entrée en vigueur", "les entrées",
        "capitale", "Quelle est la météo ?", "compare", "UE", "nom@exemple.dz", "la réunion",
    ],
)  # fmt: skip
def test_what_may_be_right_is_left_alone(question: str) -> None:
    """Known words, common words, numbers, references, acronyms and unknown names are never changed."""
    assert SPELLER.correct(question, detect(question)) == ()


def test_a_question_is_not_put_right_from_the_words_of_another_language_but_for_names() -> None:
    """ "development" is no mistyped "développement"; "Nouackchott" is Nouakchott in any language."""
    assert SPELLER.correct("the development", "en") == ()
    assert understood("in Nouackchott", SPELLER.correct("in Nouackchott", "en")) == "in Nouakchott"


def test_a_slip_for_two_words_alike_is_left_alone() -> None:
    """Nothing tells which one was meant; two forms of one word are told apart by nothing that matters."""
    tied = Speller({"fr": {"dispenser": 2, "disperser": 1}})
    assert tied.correct("dispeser", "fr") == ()
    forms = Speller({"fr": {"conventionnel": 1, "conventionnelle": 1}})
    assert [c.meant for c in forms.correct("convetionnel", "fr")] == ["conventionnel"]


@given(st.text(max_size=80))
def test_a_correction_tells_where_it_is(question: str) -> None:
    """The word is where the correction says, and nothing else of the question changes."""
    for correction in SPELLER.correct(question, "fr"):
        assert question[correction.start : correction.end] == correction.word
        assert not any(c.isdigit() for c in correction.word)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_distance_is_the_same_both_ways(one: str, other: str) -> None:
    """And none at all from a word to itself."""
    assert within(one, one, 0)
    assert within(one, other, 2) == within(other, one, 2)


def test_a_question_is_quick_over_a_large_vocabulary() -> None:
    """100,000 words: known in a second or so, a question of five mistyped words in a few milliseconds of processor time."""
    draw = random.Random(7)
    parts = "co per a tion sec uri te pro gram me dev el op pe ment re gion al mi nis tre acc ord in ter na ti on al for ma ge ve lu".split()
    made = {"".join(draw.choices(parts, k=draw.randint(2, 6))): draw.randint(1, 50) for _ in range(140_000)}
    began = time.process_time()
    speller = Speller({"fr": dict(list(made.items())[:100_000])})
    assert time.process_time() - began < 5
    question = "la coopperation regionnale du programe de develloppement internationnal"
    speller.correct(question, "fr")
    began = time.process_time()
    speller.correct(question, "fr")
    assert time.process_time() - began < 0.1
