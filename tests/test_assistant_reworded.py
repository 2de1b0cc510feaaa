"""A question is put in the words of the passage that is to be read, where they are near to its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import hit

from assistant.answers.question import understand
from assistant.answers.reworded import in_words_of
from index.coverage import Word
from index.near import shipped_thesaurus
from index.search import Found
from index.terms import named_terms, query_terms
from index.translate import shipped_translator

LANGUAGES = ("fr", "en", "ar")


def _found(question: str, language: str, languages: Sequence[str] = LANGUAGES) -> Found:
    """The question's words as a search over texts in those languages knows them."""
    translator, thesaurus = shipped_translator(), shipped_thesaurus()
    called = translator.translations(question, language, languages)
    near = thesaurus.near(question, language, languages)
    beyond = translator.near(question, language, languages, thesaurus)
    names = named_terms(question, languages)
    words = tuple(
        Word(
            (*own, *(term for term in called.get(own, ()) if term not in own)),
            1.0,
            own in names,
            near=(*near.get(own, ()), *beyond.get(own, ())),
        )
        for own in query_terms(question, languages)
    )
    return Found((hit("Rien."),), words, np.zeros(4, np.float32))


@pytest.mark.parametrize(
    ("question", "passage", "worded"),
    [
        (
            "Quel programme lutte contre les délits commis sur internet ?",
            "Le programme contre la cybercriminalité.",
            "Quel programme lutte contre les délits commis sur cybercriminalité ?",
        ),
        ("Qui paie les ateliers ?", "L'Union finance les ateliers.", "Qui finance les ateliers ?"),
        ("Does the ministry swap know-how?", "Le ministère échange.", "Does the ministère échange know-how?"),
        ("Qui finance les ateliers ?", "L'Union finance les ateliers.", "Qui finance les ateliers ?"),
        ("Où se tient la 16e session ?", "La 16e réunion se tient à Oran.", "Où se tient la 16e session ?"),
        ("Que fait Alger ?", "L'Algérie agit.", "Que fait Alger ?"),
        ("Quand ?", "", "Quand ?"),
    ],
    ids=["near", "two words", "across", "its own words", "counted", "name", "nothing"],
)
def test_a_word_that_the_passage_has_another_for_is_replaced(question: str, passage: str, worded: str) -> None:
    """But no name, nothing that is counted, and no word that stands there as it is."""
    asked = understand(question)
    assert in_words_of(asked, passage, "fr", _found(question, asked.language)) == worded


def test_one_word_of_the_passage_stands_for_one_of_the_question() -> None:
    """Two words that are near to each other are not both replaced by the third."""
    question = "Quelle somme et quel montant ?"
    worded = in_words_of(understand(question), "Une enveloppe.", "fr", _found(question, "fr"))
    assert worded.count("enveloppe") <= 1


def test_a_question_in_another_language_than_all_texts_is_reworded() -> None:
    """Its words are known to the index by the stems of the texts' language alone."""
    question = "Does the ministry host gatherings?"
    worded = in_words_of(
        understand(question), "Le ministère accueille des réunions.", "fr", _found(question, "en", ("fr",))
    )
    assert worded == "Does the ministère accueille réunions?"
