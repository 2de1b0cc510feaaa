"""Words as the lexical side knows them: folding joins what a reader takes for the same word, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.terms import fold, query_terms, stem, terms, words

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=120)
LANGUAGES = st.sampled_from(["fr", "ar", "en"])


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("conventions", "Convention", "fr"),
        ("Élève", "eleve", "fr"),
        ("bénéficient", "bénéficie", "fr"),
        ("bénéficié", "bénéficier", "fr"),
        ("traitent", "traite", "fr"),
        ("forment", "forme", "fr"),
        ("négociations", "Négociation", "fr"),
        ("agents", "agent", "fr"),
        ("sergents", "sergent", "fr"),
        ("présents", "présente", "fr"),
        ("œuvre", "Œuvre", "fr"),
        ("07", "7", "fr"),
        ("٢٠١٨", "2018", "ar"),
        ("الاتفاقيات", "اتفاقية", "ar"),
        ("الأمن", "الامن", "ar"),
        ("مُكَافَحَة", "مكافحة", "ar"),
        ("meetings", "meeting", "en"),
        ("Signed", "signs", "en"),
    ],
)
def test_forms_of_one_word_are_one_term(one: str, other: str, language: str) -> None:
    """Case, accents, vowel signs, plurals, leading zeros and Arabic digits do not part two words."""
    assert stem(one, language) == stem(other, language)


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("2018", "2019", "fr"),
        ("corruption", "coopération", "fr"),
        ("70", "7", "fr"),
        ("argent", "argue", "fr"),
        ("الأمن", "الفساد", "ar"),
    ],
)
def test_different_words_are_different_terms(one: str, other: str, language: str) -> None:
    """Folding is not so generous that years or subjects meet."""
    assert stem(one, language) != stem(other, language)


@pytest.mark.parametrize("written", ["35e", "35ème", "35eme", "35th"])
def test_an_ordinal_is_its_number(written: str) -> None:
    """`35e session` and `session 35` ask for the same."""
    assert words(written) == ["35"]


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is folded stays as it is."""
    assert fold(fold(text)) == fold(text)


@given(TEXTS, LANGUAGES)
def test_terms_hold_no_white_space_and_are_never_empty(text: str, language: str) -> None:
    """The lexical index parts terms at white space, so none may hold any."""
    assert all(term and not any(c.isspace() for c in term) for term in terms(text, language))


@given(TEXTS)
def test_a_question_in_the_words_of_a_text_finds_all_its_terms(text: str) -> None:
    """Whatever the text's language, each of its terms is among the possible terms of a question in the same words."""
    for language in ("fr", "en", "ar"):
        asked = {term for word in query_terms(text, ("fr", "en", "ar")) for term in word}
        assert set(terms(text, language)) <= asked


@pytest.mark.parametrize("question", ["Qu'est-ce que c'est ?", "What is it?", "ما هو؟", "", "?!"])
def test_a_question_of_stop_words_asks_for_no_word(question: str) -> None:
    """Nothing is left to look up."""
    assert query_terms(question, ("fr", "ar", "en")) == []


def test_a_word_asked_twice_counts_once() -> None:
    """Saying it again asks for nothing more."""
    assert query_terms("convention, la convention", ("fr",)) == query_terms("convention", ("fr",))
