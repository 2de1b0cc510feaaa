"""Words near in meaning: what one word asks, another may say; never as well as the word itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ManifestError
from corpus.lexicon import read_lexicon, read_thesaurus
from index.coverage import NEAR, Word, coverage
from index.near import Thesaurus
from index.terms import stem
from index.translate import Translator

THESAURUS = Thesaurus(read_thesaurus())


def near(question: str, language: str) -> set[str]:
    """Every term near to a word of a question, in texts of its own language."""
    return {term for terms in THESAURUS.near(question, language, (language,)).values() for term in terms}


def test_the_shipped_thesaurus_has_groups_in_each_language() -> None:
    """Letters alone, two words or more: it is read as words, not as phrases."""
    groups = read_thesaurus()
    assert {name: len(own) >= 300 for name, own in groups.items()} == {"fr": True, "ar": True, "en": True}
    assert all(word.isalpha() for own in groups.values() for group in own for word in group)


def test_an_everyday_word_is_near_to_the_administrative_one() -> None:
    """Money is what finances, a treaty a convention."""
    assert stem("financé", "fr") in near("D'où vient l'argent ?", "fr")
    assert stem("convention", "fr") in near("Quels traités ?", "fr")
    assert stem("funding", "en") in near("Who gave the money?", "en")


def test_a_word_is_not_near_to_itself_and_names_are_near_to_nothing() -> None:
    """What stands there counts whole, and a name has no other word."""
    assert stem("argent", "fr") not in near("l'argent", "fr")
    assert near("Timimoun", "fr") == set()


def test_nothing_is_near_across_languages() -> None:
    """Over texts in other languages the lexicon speaks."""
    assert THESAURUS.near("D'où vient l'argent ?", "fr", ("ar",)) == {}


def test_across_languages_a_near_word_is_told_in_the_other() -> None:
    """By a word near to the one asked, or near to what it is called there; nothing where the texts are its own."""
    translator = Translator(read_lexicon())
    found = translator.near("Who swaps expertise?", "en", ("fr",), THESAURUS)
    assert stem("échange", "fr") in {term for terms in found.values() for term in terms}
    assert stem("criminalité", "fr") in {
        t for terms in translator.near("offences", "en", ("fr",), THESAURUS).values() for t in terms
    }
    assert translator.near("Who swaps expertise?", "en", ("en",), THESAURUS) == {}


def test_a_near_word_counts_in_part() -> None:
    """Of two words asked alike rare, one held and one by a near word."""
    asked = (Word(("programm",), 2.0), Word(("argent",), None, near=("financ",)))
    assert coverage(asked, {"programm", "financ"}) == pytest.approx((2.0 + NEAR * 1.0) / 3.0)
    assert coverage(asked, {"programm", "argent", "financ"}) == 1.0
    assert coverage(asked, {"programm"}) == pytest.approx(2.0 / 3.0)


@pytest.mark.parametrize("line", ['fr = ["argent"]', 'de = ["geld mittel"]', "fr = ["])
def test_a_group_of_one_word_or_another_language_is_refused(tmp_path: Path, line: str) -> None:
    """The person who edits the file is told what to mend."""
    file = tmp_path / "thesaurus.toml"
    file.write_text(f"{line}\n", "utf-8")
    with pytest.raises(ManifestError, match=r"thesaurus\.toml"):
        read_thesaurus(file)
