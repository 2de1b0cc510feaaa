"""What else speaks for a passage is fitted on near misses, and read as the product reads it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import ScriptedReader, WordVectors

from evals.training.near_miss import Ask, language_of, score
from evals.training.scores import auroc
from evals.training.weigh import Column, Heard, SignRows, WeighedReading, fit_weighing, weigh

GOLD = "Le Conseil des ministres siège à Tunis. Son budget est de trois millions."
BESIDE = ("Le Conseil se réunit au printemps.", "Le palais de Tunis date de 1920.")
QUESTION = "Quel est le budget du Conseil ?"


def test_a_passage_is_known_by_its_words_and_its_nearest_sentence() -> None:
    """The gold passage holds both words and has the sentence that says them."""
    column = Column([GOLD, *BESIDE], "fr", ScriptedReader({"trois millions": 0.9}), WordVectors())
    readings, signs = column.read(QUESTION, [GOLD, *BESIDE])
    assert [reading.answerable for reading in readings] == [0.9, 0.05, 0.05]
    assert signs.shape == (3, 3)
    assert signs[0, 1] == 1.0
    assert 0 < signs[1, 1] < 1
    assert signs[2, 1] == 0.0
    assert signs[0, 2] > signs[2, 2]


def test_signs_that_tell_get_the_weight() -> None:
    """The reader here knows nothing; words tell gold passages from the others."""
    rng = np.random.default_rng(0)
    held = [np.r_[rng.normal(0.9, 0.1), rng.normal(0.4, 0.1, 5)] for _ in range(60)]
    asked = [np.stack([rng.normal(0, 1, 6), words, rng.normal(0.8, 0.02, 6)], 1) for words in held]
    made = fit_weighing({"fr": asked})
    assert made.coverage > 5 * abs(made.logit)
    golds = [made.probabilities(signs.tolist())[0] for signs in asked]
    best_others = [max(made.probabilities(signs[1:].tolist())) for signs in asked]
    assert auroc(golds, best_others) > 0.95
    assert np.mean(golds) > 0.8
    assert np.mean(best_others) < 0.2


def test_columns_are_weighed_together_and_a_reader_is_asked_once() -> None:
    """`Heard` keeps what it said."""
    reader = ScriptedReader({"trois millions": 0.9})
    heard = Heard(reader)
    asks = [Ask(QUESTION, GOLD, ("trois millions",), BESIDE), Ask("Où siège le Conseil ?", GOLD, ("Tunis",), BESIDE)]
    told: list[str] = []
    made = weigh({"fr": asks, "ar": []}, heard, WordVectors(), told.append)
    assert weigh({"fr": asks}, heard, WordVectors(), told.append) == made
    assert reader.seen == [GOLD, *BESIDE] * 2
    assert told[0].startswith("fr : 2")


@pytest.mark.parametrize("columns", [{}, {"fr": []}, {"fr": [np.zeros((2, 3))]}, {"fr": [np.ones((4, 3))] * 5}])
def test_without_anything_to_weigh_by_it_says_so(columns: dict[str, list[SignRows]]) -> None:
    """No question, no neighbours, signs that are all the same."""
    with pytest.raises(ValueError, match=r"weigh by|do not tell"):
        fit_weighing(columns)


def test_neighbours_are_read_without_the_gold_passage_too() -> None:
    """What is read of a passage may hang on what is read with it."""

    def reads(question: str, passages: Sequence[str]) -> list[WeighedReading]:
        return [WeighedReading(5.0 if passage == GOLD else -float(GOLD in passages), 0, 0) for passage in passages]

    made = score([Ask(QUESTION, GOLD, ("trois millions",), BESIDE)], reads, 1.0, 0.0)
    assert (made.with_gold, made.alone) == ((5.0,), (0.0,))


def test_weighed_readings_keep_their_spans() -> None:
    """The log-odds stand in the place of the reader's logit."""
    column = Column([GOLD, *BESIDE], "fr", ScriptedReader({"trois millions": 0.9}), WordVectors())
    made = fit_weighing({"fr": [column.read(QUESTION, [GOLD, *BESIDE])[1]]})
    first, *others = column.weighed(made)(QUESTION, [GOLD, *BESIDE])
    assert GOLD[first.start : first.end] == "trois millions"
    assert first.logit > max(other.logit for other in others)


@pytest.mark.parametrize(("column", "language"), [("fr", "fr"), ("en→ar", "ar")])
def test_a_column_tells_the_language_of_its_passages(column: str, language: str) -> None:
    """What stands behind the arrow."""
    assert language_of(column) == language
