"""What answers stands in one item or one clause with what it is asked of; other items' figures are no answer."""

from __future__ import annotations

from fakes import found, hit

from assistant.answers.evidence import Unit, units
from assistant.answers.grain import bound, grains
from assistant.answers.question import understand

SESSIONS = (
    "Exercices :\n• Albatros 2016 : au large de Dakar ; 9 navires.\n• Albatros 2019 : au large de Nouadhibou ; en mai."
)


def asked(question: str, text: str, **words: float | None) -> dict[str, float]:
    passages = found(hit(text), words=words)
    asks = understand(question, "fr")
    return bound(asks, passages, _longest(units(asks, passages)))


def _longest(shown: list[Unit]) -> list[Unit]:
    return [max(shown, key=lambda unit: len(unit.text))]


def test_the_figure_of_another_item_is_no_answer() -> None:
    """The item that counts ships is not that of the year asked for, and the other counts none."""
    words = {"navir": 2.0, "albatros": 1.0}
    right = asked("Combien de navires en 2016 à Albatros ?", SESSIONS, **words)
    wrong = asked("Combien de navires en 2019 à Albatros ?", SESSIONS, **words)
    assert right["grain_numbers"] == 0.0
    assert right["grain_slot"] > 0.5
    assert wrong["grain_numbers"] == 1.0 or wrong["grain_slot"] < right["grain_slot"]


def test_a_clause_without_the_thing_asked_holds_less_than_its_sentence() -> None:
    """The amount is that of the budget, and the fund stands in the other clause."""
    text = "La session a porté le budget à 3,2 millions d'euros et a décidé la création d'un fonds d'urgence."
    value = asked("Combien d'euros pour le fonds d'urgence ?", text, fond=2.0, urgenc=2.0, euro=1.0)
    assert value["clause_slot"] < value["grain_slot"]


def test_a_relation_must_be_stated_where_the_answer_is() -> None:
    """Why something was put off is told of another file than the one asked about."""
    text = "• Le dossier du port est reporté.\n• Le dossier du pont est reporté, faute de moyens."
    words = {"port": 2.0, "pont": 2.0, "dossi": 1.0}
    assert asked("Pourquoi le dossier du pont est-il reporté ?", text, **words)["grain_relation"] == 0.0


def test_a_sentence_that_leans_on_the_one_before_takes_its_words() -> None:
    """« Elle compte 22 membres » says it of what was named just before."""
    passages = found(
        hit("La commission siège à Tunis. Elle compte 22 membres. Le reste est connu."), words={"commission": 2.0}
    )
    asks = understand("Combien de membres compte la commission ?", "fr")
    leaning = [g for unit in units(asks, passages) for g in grains(unit) if g.text.startswith("Elle")]
    alone = [g for unit in units(asks, passages) for g in grains(unit) if g.text.startswith("Le reste")]
    assert leaning
    assert all("commission" in grain.before for grain in leaning)
    assert alone
    assert not any(grain.before for grain in alone)
