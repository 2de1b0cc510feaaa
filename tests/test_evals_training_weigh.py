"""What else speaks for a passage is fitted on near misses, and read as the product reads it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes import ScriptedReader, WordVectors

from evals.training.near_miss import Ask, language_of
from evals.training.scores import auroc
from evals.training.weigh import Column, Heard, fit_weighing, weigh
from index.reader import Reading

GOLD = "Le Conseil des ministres siège à Tunis. Son budget est de trois millions."
BESIDE = ("Le Conseil se réunit au printemps.", "Le palais de Tunis date de 1920.")
QUESTION = "Quel est le budget du Conseil ?"


class Counting(ScriptedReader):
    """How often it was asked."""

    asked = 0

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage."""
        self.asked += 1
        return super().read(question, passages)


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
    reader = Counting({"trois millions": 0.9})
    heard = Heard(reader)
    asks = [Ask(QUESTION, GOLD, ("trois millions",), BESIDE), Ask("Où siège le Conseil ?", GOLD, ("Tunis",), BESIDE)]
    told: list[str] = []
    made = weigh({"fr": asks, "ar": []}, heard, WordVectors(), told.append)
    assert weigh({"fr": asks}, heard, WordVectors(), told.append) == made
    assert reader.asked == 2
    assert told[0].startswith("fr : 2")


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
