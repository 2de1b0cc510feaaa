"""A sentence is what a person would quote; cutting a text into sentences never changes a character."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import introduces_list, is_item, split, trim

PIECES = st.sampled_from(
    "Le 7 mars|M. Ali|l’Algérie|etc.|33.|n° 5|ligne courte|الدورة|الخامسة؟|Dr|U.N.|…|«".split("|")
    + " | | |\n|\n|\n\n|.|. | ; |:\n|• |- |1. |a) |!|؟ |»|.»|. »|\t".split("|")
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=60).map("".join), st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)
)


def sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in split(text)]


@given(TEXTS)
def test_every_visible_character_is_in_exactly_one_sentence(text: str) -> None:
    """Spans follow one another without meeting, and only white space lies between them."""
    end = 0
    for a, b in split(text):
        assert end <= a < b <= len(text)
        assert not text[end:a].strip()
        end = b
    assert not text[end:].strip()


@given(TEXTS)
def test_a_sentence_has_no_white_space_at_its_ends(text: str) -> None:
    """A quote begins and ends with a letter or a mark."""
    assert all(sentence == sentence.strip() and sentence for sentence in sentences(text))


@given(TEXTS, st.integers(0, 200), st.integers(0, 200))
def test_trimming_keeps_all_but_white_space(text: str, a: int, b: int) -> None:
    """`trim` is `str.strip` for spans."""
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    left, right = trim(text, start, end)
    assert text[left:right] == text[start:end].strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Il part. Elle reste.", ["Il part.", "Elle reste."], id="fr-two-sentences"),
        pytest.param("M. Ali et Mme. Zohra viennent.", ["M. Ali et Mme. Zohra viennent."], id="fr-titles"),
        pytest.param("Voir art. 5 et p. 12 du texte.", ["Voir art. 5 et p. 12 du texte."], id="fr-references"),
        pytest.param("Paris, Rome, etc. Puis Alger.", ["Paris, Rome, etc.", "Puis Alger."], id="fr-etc-ends"),
        pytest.param("Vient-il ? Oui ! Bien…", ["Vient-il ?", "Oui !", "Bien…"], id="fr-marks-after-a-space"),
        pytest.param("Il a dit « oui. » Elle part.", ["Il a dit « oui. »", "Elle part."], id="fr-guillemets"),
        pytest.param("Le taux est de 3.5 % en 2018.", ["Le taux est de 3.5 % en 2018."], id="fr-decimal"),
        pytest.param("J. Dupont signe.", ["J. Dupont signe."], id="fr-initial"),
        pytest.param("متى انعقدت الدورة؟ في تونس.", ["متى انعقدت الدورة؟", "في تونس."], id="ar-question"),
        pytest.param("It met in 2018. It meets again.", ["It met in 2018.", "It meets again."], id="en-year-ends"),
        pytest.param("Mr. Smith vs. the State.", ["Mr. Smith vs. the State."], id="en-titles"),
        pytest.param("Deux buts :\n• un ;\n• deux.", ["Deux buts :", "• un ;", "• deux."], id="list"),
        pytest.param("Deux buts : • un ; • deux.", ["Deux buts :", "• un ;", "• deux."], id="list-on-one-line"),
        pytest.param("1. Un\n2. Deux", ["1. Un", "2. Deux"], id="numbered-list"),
        pytest.param("une ligne\nqui continue.", ["une ligne\nqui continue."], id="wrapped-line"),
        pytest.param("Titre\nUne phrase.", ["Titre", "Une phrase."], id="line-that-stands-alone"),
        pytest.param("Un.\n\nDeux", ["Un.", "Deux"], id="paragraphs"),
        pytest.param("", [], id="nothing"),
        pytest.param(" \n\t ", [], id="white-space"),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: list[str]) -> None:
    """A table of cases in French, Arabic and English."""
    assert sentences(text) == expected


@pytest.mark.parametrize("mark", ["•", "-", "–", "—", "*", "1.", "12)", "(3)", "a)"])
def test_a_bullet_or_a_number_makes_an_item(mark: str) -> None:
    """Every mark that the loaders keep in front of items."""
    assert is_item(f"{mark} la coordination ;")


@pytest.mark.parametrize("sentence", ["-5 degrés", "1998. Une année", "La coordination", "a)"])
def test_other_beginnings_make_no_item(sentence: str) -> None:
    """A negative number, a year, a word, a mark with nothing after it."""
    assert not is_item(sentence)


@pytest.mark.parametrize(("sentence", "expected"), [("Il a pour objet : ", True), ("Objet : la paix.", False)])
def test_a_colon_at_the_end_introduces_a_list(sentence: str, expected: bool) -> None:
    """A colon inside a sentence introduces nothing."""
    assert introduces_list(sentence) is expected


@pytest.mark.parametrize("separator", [" ", "\n"], ids=["one-line", "lines"])
def test_the_time_to_split_grows_with_the_length_and_not_with_its_square(separator: str) -> None:
    """A report of five million characters would otherwise hold the service for minutes."""
    text = f"Phrase numéro un du texte.{separator}"
    short, long = (min(seconds(text * count) for _ in range(2)) for count in (8_000, 48_000))
    assert long < 15 * short


def test_a_word_without_end_costs_no_more_than_another() -> None:
    """A long code in a text is read once, not once for each of its letters."""
    short, long = (min(seconds("x" * length + " fin. Suite") for _ in range(2)) for length in (10, 20_000))
    assert long < short + 0.2


def seconds(text: str) -> float:
    began = time.perf_counter()
    split(text)
    return time.perf_counter() - began
