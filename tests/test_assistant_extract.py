"""A draft is the fewest spans that answer, verbatim, in reading order, a list whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from fakes import found, hit
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.evidence import Unit, units
from assistant.answers.extract import MOST_SENTENCES, Drafted, chosen_of, ranked
from assistant.answers.question import Question, understand
from assistant.answers.weights import Logistic
from index.reader import Reading

MODEL = Logistic(0.0, {"given": 1.0})
LIST = understand("Quels sont les objectifs ?")
DATE = understand("Quand s'est tenue la session ?")
PROBABILITY = st.floats(0.01, 0.99)


def given_units(*texts: tuple[str, Sequence[float]]) -> list[Unit]:
    """The units of passages of documents `d0`, `d1` ..., each with the probability given for it in order."""
    hits = [hit(text, document=f"d{number}") for number, (text, _probabilities) in enumerate(texts)]
    made = units(LIST, found(*hits))
    wanted = [probability for _text, probabilities in texts for probability in probabilities]
    assert len(made) == len(wanted), [unit.text for unit in made]
    return [
        replace(unit, features=unit.features | {"given": math.log(p / (1 - p))})
        for unit, p in zip(made, wanted, strict=True)
    ]


def draft(question: Question, candidates: Sequence[Unit], model: Logistic) -> list[Drafted]:
    """The spans that are quoted, without a reader."""
    return chosen_of(question, ranked(Drafted(unit, model.probability(unit.features)) for unit in candidates))


def texts(drafted: Sequence[Drafted]) -> list[str]:
    return [item.unit.text for item in drafted]


def test_one_span_that_answers_is_enough() -> None:
    """What is far less likely to answer is left out."""
    candidates = given_units(("Un. Deux. Trois.", [0.1, 0.9, 0.2]))
    assert texts(draft(LIST, candidates, MODEL)) == ["Deux."]


def test_spans_that_answer_as_well_are_quoted_too_but_never_more_than_three() -> None:
    """A reader checks three sentences, not ten."""
    candidates = given_units(("Un. Deux. Trois. Quatre. Cinq.", [0.9, 0.89, 0.88, 0.87, 0.86]))
    assert texts(draft(LIST, candidates, MODEL)) == ["Un.", "Deux.", "Trois."]
    assert MOST_SENTENCES == 3


def test_a_list_is_quoted_whole_and_its_items_not_again() -> None:
    """One span holds them all."""
    text = "Deux buts :\n• la paix ;\n• la sécurité."
    candidates = given_units((text, [0.5, 0.8, 0.8, 0.9]))
    assert texts(draft(LIST, candidates, MODEL)) == [text]


def test_spans_of_one_document_are_in_reading_order() -> None:
    """Not in that of their probabilities."""
    candidates = given_units(("Un. Deux. Trois.", [0.7, 0.1, 0.9]))
    assert texts(draft(LIST, candidates, MODEL)) == ["Un.", "Trois."]


def test_the_document_that_answers_best_comes_first() -> None:
    """And its spans together, before those of the next."""
    candidates = given_units(("Un. Deux.", [0.7, 0.1]), ("Trois. Quatre.", [0.6, 0.9]))
    assert texts(draft(LIST, candidates, MODEL)) == ["Trois.", "Quatre.", "Un."]


def test_what_was_said_is_not_said_again() -> None:
    """The same words in another document, but for case and accents."""
    candidates = given_units(("La coopération.", [0.9]), ("LA COOPERATION.", [0.8]), ("Autre chose.", [0.7]))
    assert texts(draft(LIST, candidates, MODEL)) == ["La coopération.", "Autre chose."]


def test_a_question_for_one_detail_is_answered_more_closely_than_others() -> None:
    """A second date beside the right one confuses."""
    candidates = given_units(("Le 7 mars 2018. Le 8 avril 2019.", [0.9, 0.55]))
    assert len(draft(LIST, candidates, MODEL)) == 2
    detailed = [replace(unit, features=unit.features | {"kind_held": 1.0}) for unit in candidates]
    assert texts(draft(DATE, detailed, MODEL)) == ["Le 7 mars 2018."]


def test_once_the_best_span_was_read_a_less_likely_one_may_stand_beside_it() -> None:
    """What the reader had against it was heard."""
    spans = [Drafted(unit, p) for unit, p in zip(given_units(("Un. Deux.", [0.5, 0.5])), (0.9, 0.36), strict=True)]
    read = [replace(item, alone=Reading(0.5, 0.0, 0, 0, 0.0)) for item in spans]
    assert texts(chosen_of(LIST, spans)) == ["Un."]
    assert texts(chosen_of(LIST, read)) == ["Un.", "Deux."]
    held = [replace(item, unit=replace(item.unit, features=item.unit.features | {"kind_held": 1.0})) for item in read]
    assert texts(chosen_of(DATE, held)) == ["Un."]
    nearer = [held[0], replace(held[1], probability=0.46)]
    assert texts(chosen_of(DATE, nearer)) == ["Un.", "Deux."]


def test_beside_the_session_asked_for_no_other_is_quoted() -> None:
    """By its number in words or in figures; where two are asked for, both are."""
    text = "La 17e session fut à Oran. La 32e session fut à Annaba. La 35e session fut à Sétif."
    candidates = given_units((text, [0.9, 0.85, 0.8]))
    assert len(draft(understand("Où furent les sessions ?"), candidates, MODEL)) == 3
    asked = understand("Où fut la dix-septième session ?")
    assert texts(draft(asked, candidates, MODEL)) == ["La 17e session fut à Oran."]
    both = understand("Où furent la 17e session et la 35e session ?")
    assert texts(draft(both, candidates, MODEL)) == ["La 17e session fut à Oran.", "La 35e session fut à Sétif."]


def test_nothing_to_quote_is_an_empty_draft() -> None:
    """Refusal is decided elsewhere."""
    assert draft(LIST, [], MODEL) == []


@pytest.mark.parametrize("probability", [0.001, 0.4])
def test_a_draft_is_made_however_unlikely_it_is(probability: float) -> None:
    """Whether it is shown is decided by the score, not here."""
    assert texts(draft(LIST, given_units(("Un.", [probability])), MODEL)) == ["Un."]


@given(st.lists(st.tuples(PROBABILITY, PROBABILITY, PROBABILITY), min_size=1, max_size=4), st.randoms())
def test_a_draft_is_short_apart_in_order_and_always_the_same(
    probabilities: list[tuple[float, float, float]], random: object
) -> None:
    """At most three spans, none within another, documents together, whatever order the candidates came in."""
    passages = [(f"Phrase {n}a. Phrase {n}b. Phrase {n}c.", p) for n, p in enumerate(probabilities)]
    candidates = given_units(*passages)
    drafted = draft(LIST, candidates, MODEL)
    assert 1 <= len(drafted) <= MOST_SENTENCES
    places = [(item.unit.hit.chunk.document, item.unit.start, item.unit.end) for item in drafted]
    documents = [document for document, _start, _end in places]
    assert len(dict.fromkeys(documents)) == sum(a != b for a, b in zip(["", *documents], documents, strict=False))
    for (one, _start, end), (other, start, _end) in pairwise(places):
        assert one != other or end <= start
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert texts(draft(LIST, shuffled, MODEL)) == texts(drafted)
    best = max(candidates, key=lambda unit: unit.features["given"])
    assert best.features["given"] in [item.unit.features["given"] for item in drafted]
