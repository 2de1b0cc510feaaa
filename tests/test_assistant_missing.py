"""A refusal says which part of the question no passage holds, where that is sure, and nothing more."""

from __future__ import annotations

import pytest
from fakes import found, hit

from assistant.answers.evidence import units
from assistant.answers.extract import Drafted
from assistant.answers.missing import _lines, missing
from assistant.answers.question import understand
from assistant.answers.relations import RELATIONS
from index.search import Found

TEXT = "Le CMAI coordonne la sécurité arabe. Sa 35ème session s'est tenue le 7 mars 2018 à Alger."


def line(question: str, text: str = TEXT, language: str = "fr", **words: float | None) -> str:
    passages = found(hit(text, title="Le CMAI"), words=words)
    passages = Found(passages.hits, tuple(_named(word) for word in passages.words), passages.vector)
    drafted = [Drafted(unit, 0.5) for unit in units(understand(question), passages)]
    told = missing(understand(question, language), passages, drafted)
    return told.line(language) if told else ""


def _named(word):  # type: ignore[no-untyped-def]
    return type(word)(word.terms, word.rarity, name=True)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Quand s'est tenue la 36e session du CMAI ?", "« 36 »"),
        ("Quel est le budget du CMAI ?", "aucun montant"),
        ("Qui est le secrétaire général du CMAI ?", "responsable"),
        ("Où est le siège du CMAI ?", "siège"),
        ("Que dit le dossier DC/2014/0371 ?", "DC/2014/0371"),
        ("Combien de policiers le CMAI a-t-il formés ?", "combien de personnes"),
    ],
)
def test_what_no_passage_holds_is_named(question: str, told: str) -> None:
    """A number, a reference, or a relation."""
    assert told in line(question)


@pytest.mark.parametrize(("language", "said"), [("fr", "36"), ("en", "“36”"), ("ar", "«36»")])
def test_it_is_said_in_the_readers_language(language: str, said: str) -> None:
    """With the same figure."""
    assert said in line("Quand s'est tenue la 36e session ?", language=language)


def test_a_name_that_no_text_holds_is_told_as_it_was_written() -> None:
    """Not as the stem that was sought."""
    assert "« Japon »" in line("Le CMAI travaille-t-il avec le Japon ?", japon=None)


def test_a_name_in_another_language_says_nothing() -> None:
    """The texts may hold it in theirs."""
    passages = found(hit(TEXT), words={"japan": None})
    passages = Found(passages.hits, tuple(_named(word) for word in passages.words), passages.vector)
    assert missing(understand("Does the council work with Japan?", "en"), passages, []) is None


@pytest.mark.parametrize(
    ("question", "told"),
    [("Quand le CMAI agit-il ?", "date"), ("Dans quelle ville agit-il ?", "lieu"), ("Combien de centres ?", "nombre")],
)
def test_the_kind_of_thing_asked_for_is_told_when_no_sentence_holds_one(question: str, told: str) -> None:
    """A date, a place, a figure."""
    assert told in line(question, "Le conseil coordonne la sécurité.")


def test_where_nothing_is_sure_nothing_is_told() -> None:
    """And of no passage at all nothing is known."""
    assert line("Le CMAI coordonne-t-il la sécurité ?") == ""
    assert missing(understand("Quand ?"), found(), []) is None


def test_every_sure_relation_has_its_line_in_three_languages() -> None:
    """Those that decide by themselves."""
    sure = {f"relation {relation.name}" for relation in RELATIONS if relation.told}
    assert sure <= set(_lines())
    assert all(set(lines) == {"fr", "en", "ar"} for lines in _lines().values())
