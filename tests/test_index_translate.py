"""Questions asked in one language over texts of another: their words are sought by what they are called there."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ManifestError
from corpus.lexicon import Sense, read_lexicon
from index.coverage import Word, carried_share
from index.fuse import fuse
from index.terms import query_terms, stem
from index.translate import Translator

TRANSLATOR = Translator(read_lexicon())


def found(question: str, asked_in: str, languages: tuple[str, ...] = ("fr",)) -> set[str]:
    """Every term that the words of a question are given."""
    values = TRANSLATOR.translations(question, asked_in, languages).values()
    return {term for terms in values for term in terms}


def test_the_shipped_lexicon_has_words_in_each_language_and_no_line_twice() -> None:
    """A line without one of the languages, or twice, is a slip of whoever wrote it."""
    senses = read_lexicon()
    assert len(senses) >= 900
    assert len({tuple(sorted(sense.words.items())) for sense in senses}) == len(senses)
    assert all(word.isalpha() for sense in senses for words in sense.words.values() for word in words)


@pytest.mark.parametrize(
    "line", ['{ fr = "accord", ar = "اتفاق" }', '{ fr = "accord", ar = "", en = "agreement" }', "{ }"]
)
def test_a_line_without_each_language_is_named(tmp_path: Path, line: str) -> None:
    """The person who edits the file is told which line to mend."""
    file = tmp_path / "lexicon.toml"
    file.write_text(f"word = [\n  {line},\n]\n", "utf-8")
    with pytest.raises(ManifestError, match="word 1"):
        read_lexicon(file)


def test_an_arabic_word_is_found_with_what_is_attached_to_it() -> None:
    """ "وللاتفاقيات" asks for conventions as "اتفاقية" does."""
    assert stem("convention", "fr") in found("ما هي الاتفاقيات؟", "ar")
    assert stem("convention", "fr") in found("وللاتفاقيات", "ar")


def test_each_language_is_carried_into_each_other() -> None:
    """French, Arabic and English questions over texts of the other two."""
    assert stem("justice", "fr") in found("وزراء العدل", "ar")
    assert stem("justice", "en") in found("les ministres de la justice", "fr", ("en",))
    assert stem("العدل", "ar") in found("the ministers of justice", "en", ("ar",))


def test_nothing_is_carried_into_the_language_of_the_question() -> None:
    """Over texts in its own language alone a question is what it is."""
    assert TRANSLATOR.translations("les ministres de la justice", "fr", ("fr",)) == {}


def test_figures_and_names_in_latin_letters_need_no_other_word() -> None:
    """ "35" and "Capdel" are the same in a French and an English text; "Capdel" is not in an Arabic one."""
    english = TRANSLATOR.translations("Is Capdel in its 35th year?", "en", ("fr",))
    arabic = TRANSLATOR.translations("Is Capdel in its 35th year?", "en", ("ar",))
    capdel = query_terms("Capdel", ("fr",))[0]
    assert english[capdel] == ()
    assert query_terms("Capdel", ("ar",))[0] not in arabic


def test_months_are_carried_by_all_their_names() -> None:
    """A month of the Maghreb in an Arabic question finds the French one."""
    assert stem("juillet", "fr") in found("في جويلية 2012", "ar")


def test_the_share_of_carried_words_is_told() -> None:
    """It decides how far words count among passages of another language."""
    assert carried_share(()) == 0.0
    assert carried_share((Word(("a",), 1.0), Word(("b",), 1.0, carried=False))) == 0.5


def test_a_foreign_passage_that_holds_the_words_comes_before_a_nearer_one_that_does_not() -> None:
    """With every word carried over, words count across languages as they do within one."""
    dense = {"near": 0.82, "right": 0.81, "far": 0.78}
    assert fuse(dense, {"right": 5.0}, 0.65, set(dense), carried=1.0)[0][0] == "right"
    assert fuse(dense, {}, 0.65, set(dense), carried=0.0)[0][0] == "near"


def test_a_sense_is_frozen() -> None:
    """What is read once is shared by all questions."""
    with pytest.raises(AttributeError):
        Sense({}).words = {}  # type: ignore[misc]
