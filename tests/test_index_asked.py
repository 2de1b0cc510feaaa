"""A question's words, as texts are held against them."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.glossary import read_glossary
from index.asked import QuestionWords
from index.expand import Expander
from index.near import shipped_thesaurus
from index.terms import stem
from index.translate import shipped_translator

HELD = {stem(word, "fr") for word in "conseil ministres arabes intérieur session budget finance".split()} | {"cmai"}


def rarity(words: Sequence[tuple[str, ...]]) -> list[float | None]:
    """Of a small collection: what it holds is equally rare."""
    return [2.0 if HELD & set(word) else None for word in words]


def test_without_anything_known_of_words_they_stand_for_themselves() -> None:
    """Each with how rare it is."""
    asked = QuestionWords().read("Quel est le budget du palais ?", "fr", ["fr"], rarity)
    assert [(word.terms[0], word.rarity, word.near) for word in asked.words] == [
        ("budget", 2.0, ()),
        (stem("palais", "fr"), None, ()),
    ]
    assert asked.sought == (("budget",), (stem("palais", "fr"),))


def test_a_name_goes_by_its_acronym_and_a_verb_by_its_neighbours() -> None:
    """The first is sought by it as well; the second is only weighed by them."""
    words = QuestionWords(Expander(read_glossary()), shipped_translator, shipped_thesaurus)
    asked = words.read("Qui finance l'AIMC ?", "fr", ["fr"], rarity)
    named = next(word for word in asked.words if word.name)
    assert "cmai" in named.terms
    assert any("cmai" in terms for terms in asked.sought)
    other = next(word for word in asked.words if not word.name)
    assert other.near
    assert not any(set(other.near) & set(terms) - set(other.terms) for terms in asked.sought)


def test_a_country_that_no_text_holds_is_a_name_in_small_letters() -> None:
    """The question hangs on it."""
    asked = QuestionWords().read("cooperation avec la chine", "fr", ["fr"], rarity)
    assert [word.name for word in asked.words if word.terms[0] == stem("chine", "fr")] == [True]
