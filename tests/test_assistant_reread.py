"""The likeliest spans are read alone: each item under its headings, without its neighbours; what is read weighs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import ScriptedReader, found, hit

from assistant.answers.evidence import Unit, units
from assistant.answers.extract import Drafted, chosen_of
from assistant.answers.question import Question, understand
from assistant.answers.refusal import features
from assistant.answers.reread import AGAIN, BEFORE, DOUBT, FIRST, LONGEST, READ, SURE, Read, spans_of
from assistant.answers.weights import read_weights
from index.coverage import Word
from index.reader import Reading
from index.rerank import CONTEXT
from index.search import Found

LIST = (
    "Les centres assurent une veille :\n"
    "• Dakar : centre de la zone sud, 48 officiers de quart.\n"
    "• Nouadhibou : centre de la zone nord, ouvert en 2009."
)
ASKED = "Combien d'officiers de quart compte le centre de Nouadhibou ?"
WORDS = {"offici": 2.0, "quart": 2.0, "centr": 1.0, "nouadhibou": 3.0}
UNIT = read_weights(True).unit


def _asked(text: str, question: str = ASKED) -> tuple[Question, Found, list[Unit]]:
    asked = understand(question)
    there = found(hit(text, headings=("Sauvetage en mer",)), words=WORDS)
    return asked, there, units(asked, there)


def _drafted(question: Question, there: Found, candidates: list[Unit], read: Read) -> list[Drafted]:
    return chosen_of(question, spans_of(question, there, candidates, UNIT, read))


def test_an_item_is_read_under_its_headings_and_its_lead_without_the_others() -> None:
    """The number beside another town is not there to be taken, not even in the whole list."""
    asked, there, candidates = _asked(LIST)
    reader = ScriptedReader({"48 officiers": 0.9})
    spans_of(asked, there, candidates, UNIT, reader.read)
    assert 1 <= len(reader.seen) <= READ
    assert all(passage.startswith("Texte. Sauvetage en mer. ") for passage in reader.seen)
    assert not any("Dakar" in passage and "Nouadhibou" in passage for passage in reader.seen)
    assert any("Les centres assurent une veille :" in passage for passage in reader.seen)


def test_what_is_read_moves_the_choice_and_is_told_by_the_kind_that_is_asked() -> None:
    """The sentence that the reader believes is quoted, whatever its words."""
    text = "Le centre de Nouadhibou a des officiers de quart. Ils y sont douze."
    asked, there, candidates = _asked(text)
    believed = _drafted(asked, there, candidates, ScriptedReader({"douze": 0.99}, otherwise=0.001).read)
    assert believed[0].unit.text == "Ils y sont douze."
    assert believed[0].alone is not None
    made = features(asked, there, believed)
    assert "alone_fact" in made
    assert "alone_list" not in made
    assert made["alone_fact"] > 0


def test_a_span_that_nobody_read_is_not_likelier_than_those_that_were() -> None:
    """Reading can only sink what it saw below what it saw."""
    text = " ".join(f"Le centre {n} compte {n} officiers de quart." for n in range(1, 9))
    asked, there, candidates = _asked(text)
    reader = ScriptedReader({}, otherwise=0.001)
    spans = spans_of(asked, there, candidates, UNIT, reader.read)
    assert len(reader.seen) == READ
    least = min(item.probability for item in spans if item.alone)
    assert [item.probability <= least for item in spans if not item.alone] == [True, True]
    assert UNIT.probability(spans[-1].unit.features) > least


def test_where_all_that_is_read_is_of_one_passage_one_of_another_is_read_too() -> None:
    """Points of one list tell little more than one of them."""
    asked = understand(ASKED)
    many = hit(" ".join(f"Le centre {n} compte {n} officiers de quart." for n in range(1, 8)), document="a", score=0.9)
    other = hit("Nouadhibou a un centre.", document="b", score=0.1, similarities=(0.8,))
    there = found(many, other, words=WORDS)
    reader = ScriptedReader({}, otherwise=0.001)
    spans_of(asked, there, units(asked, there), UNIT, reader.read)
    assert len(reader.seen) == READ + 1
    assert sum("Nouadhibou" in passage for passage in reader.seen) == 1


@pytest.mark.parametrize(("probability", "expected"), [(SURE, FIRST), (SURE - 0.01, READ)])
@pytest.mark.parametrize("answering", ["Le centre 1 ", "Le centre 2 "])
def test_more_is_read_only_where_the_first_leave_a_doubt(probability: float, expected: int, answering: str) -> None:
    """One of them that is sure is enough; what was not read is told by nobody."""
    text = " ".join(f"Le centre {n} compte {n} officiers de quart." for n in range(1, 9))
    asked, there, candidates = _asked(text)
    reader = ScriptedReader({answering: probability}, otherwise=0.001)
    spans = spans_of(asked, there, candidates, UNIT, reader.read)
    assert len(reader.seen) == expected
    assert sum(item.alone is not None for item in spans) == expected
    assert len(spans) == len(candidates)


def test_a_list_longer_than_what_is_read_is_not_moved_by_its_beginning() -> None:
    """Its end might answer, and nobody saw it; what it begins with counts for refusal."""
    items = "\n".join(f"• le domaine numéro {n}, avec tout ce qui s'y rattache de près ou de loin ;" for n in range(12))
    asked, there, candidates = _asked(f"Les domaines sont :\n{items}", "Quels sont les domaines ?")
    reader = ScriptedReader({}, otherwise=0.001)
    drafted = _drafted(asked, there, candidates, reader.read)
    assert drafted[0].unit.is_list
    assert drafted[0].alone is not None
    assert drafted[0].probability == next(UNIT.probability(one.features) for one in candidates if one.is_list)
    assert features(asked, there, drafted)["alone_list"] < 0
    assert all(len(passage) <= LONGEST + BEFORE + CONTEXT for passage in reader.seen)


def test_where_the_answer_was_read_counts_in_the_document() -> None:
    """What stands in front of a span while it is read moves nothing."""
    asked, there, candidates = _asked(LIST)
    spans = spans_of(asked, there, candidates, UNIT, ScriptedReader({"48 officiers": 0.9}).read)
    read = {LIST[item.alone.start : item.alone.end] for item in spans if item.alone and item.alone.span}
    assert read == {"48 officiers"}


def test_without_a_reader_nothing_is_said_and_nothing_moves() -> None:
    """No opinion is no zero."""
    asked, there, candidates = _asked(LIST)
    drafted = _drafted(asked, there, candidates, lambda _question, _passages: [])
    assert [item.alone for item in drafted] == [None] * len(drafted)
    assert not any(name.startswith("alone") for name in features(asked, there, drafted))
    assert spans_of(asked, there, [], UNIT, ScriptedReader({}).read) == []


def test_in_doubt_a_span_is_read_again_in_its_own_words_and_a_sure_one_is_not() -> None:
    """Half of each reading counts; what is plainly no answer is not read again either."""
    asked = understand("Qui paie les ateliers ?")
    words = (Word(("pai",), 1.0, near=("financ",)), Word(("ateli",), 1.0))
    there = Found((hit("L'Union finance les ateliers."),), words, np.zeros(4, np.float32))
    for first, readings in ((0.2, 2), (DOUBT[1], 1), (DOUBT[0] / 2, 1)):
        seen: list[str] = []

        def read(question: str, passages: Sequence[str], first: float = first, seen: list[str] = seen) -> list[Reading]:
            seen.append(question)
            return [Reading(first if question == asked.text else 0.8, 0.0, 0, 0, 0.0)] * len(passages)

        [item] = spans_of(asked, there, units(asked, there), UNIT, read)
        assert seen == ["Qui paie les ateliers ?", "Qui finance les ateliers ?"][:readings]
        assert item.alone is not None
        assert item.alone.answerable == pytest.approx(0.5 if readings == 2 else first)


def test_only_the_likeliest_are_read_again() -> None:
    """Each reading again is a reading more."""
    asked = understand("Qui paie les ateliers ?")
    words = (Word(("pai",), 1.0, near=("financ",)), Word(("ateli",), 1.0))
    text = " ".join(f"L'Union {n} finance les ateliers {n}." for n in range(1, 9))
    there = Found((hit(text),), words, np.zeros(4, np.float32))
    again: list[str] = []

    def read(question: str, passages: Sequence[str]) -> list[Reading]:
        if question != asked.text:
            again.extend(passages)
        return [Reading(0.4 if " 6 " in passage else 0.3, 0.0, 0, 0, 0.0) for passage in passages]

    spans_of(asked, there, units(asked, there), UNIT, read)
    assert len(again) == AGAIN
    assert any(" 6 " in passage for passage in again)


def test_a_reference_that_the_passage_bears_is_not_asked_of_the_reader() -> None:
    """It was looked up; one that another passage bears would be."""
    seen: list[str] = []

    def read(question: str, passages: Sequence[str]) -> list[Reading]:
        seen.append(question)
        return [Reading(0.5, 0.0, 0, 0, 0.0)] * len(passages)

    for text in (
        "La lettre N° 395/SDCM part à Tiaret. Elle porte la signature de Mme Hamrouk.",
        "Une lettre est signée.",
    ):
        asked, there, candidates = _asked(text, "Qui a signé la lettre N° 395/SDCM ?")
        spans_of(asked, there, candidates, UNIT, read)
    assert seen == ["Qui a signé la lettre ?", "Qui a signé la lettre N° 395/SDCM ?"]
