"""What a question asks about a thing is told by its words, and so is whether a text states it."""

from __future__ import annotations

import pytest

from assistant.answers.bodies import another_body
from assistant.answers.refusal import probability
from assistant.answers.relations import asked, unstated
from assistant.answers.weights import Logistic


@pytest.mark.parametrize(
    ("question", "silent", "telling"),
    [
        ("Quel est le numéro de téléphone du bureau ?", "La lettre a été adressée au bureau.", "Tél. 021 00 00 00."),
        ("Quelle est l'adresse du centre ?", "La lettre lui a été adressée.", "Il se trouve 12, rue des Oliviers."),
        ("Quelle est l'adresse e-mail du bureau ?", "Le bureau répond.", "Écrire à bureau@exemple.org."),
        ("Qui a rédigé le rapport ?", "Le rapport compte 12 pages.", "Le rapport a été rédigé par le bureau."),
        ("من كتب المحضر؟", "اجتمعت اللجنة في المدينة.", "حرر المحضر السيد فلان."),
        ("Qui a signé l'accord ?", "La signature de l'accord a eu lieu à Rome.", "Il a été signé par M. Ali."),
        ("Pourquoi est-ce important ?", "Officers from Turkey attended.", "Cela permet d'agir vite."),
        ("ما هي المادة التي تنص على ذلك؟", "ينص الاتفاق على ذلك.", "تنص المادة 12 على ذلك."),
        ("Qui a signé la lettre ?", "La lettre compte 3 pages.", "Elle porte la signature de Mme Hamrouk."),
        ("siege de l'academie", "L'académie tient des congrès.", "Son siège est à Riyad."),
        ("Quel article traite des migrations ?", "L'accord encadre les relations.", "L'article 68 en traite."),
        ("Pourquoi cette coopération est-elle importante ?", "Elle date de 1990.", "C'est un mécanisme stratégique."),
        ("Qui a répondu à la lettre ?", "La lettre traite du classement.", "Le ministère y a répondu en mai."),
        ("Qui représentait le pays ?", "La réunion s'est tenue à Oran.", "Le wali conduisait la délégation."),
        ("Who represented the country?", "The meeting took place in Oran.", "A delegation was sent."),
        ("Quels points figuraient à l'ordre du jour ?", "La session s'est tenue en mars.", "Elle a porté sur l'eau."),
        ("Quelles sont les conclusions du rapport ?", "Le ministère l'a préparé.", "Le rapport recommande un plan."),
        ("How long did the mission last?", "The mission went to Tunis.", "It lasted three weeks."),
        ("Quel pourcentage des communes ?", "Les communes participent.", "Le tiers des communes participe."),
        ("Quelle est la superficie de la wilaya ?", "La wilaya est vaste.", "Elle couvre 4 000 km²."),
    ],
)
def test_a_relation_asked_for_is_stated_or_not(question: str, silent: str, telling: str) -> None:
    """A sentence on the same thing that says something else of it does not state it."""
    assert unstated(question, silent)
    assert not unstated(question, telling)


@pytest.mark.parametrize(
    "question",
    ["Quand s'est tenue la session ?", "بالنسبة إلى المجلس، من أعضاؤه؟", "What does the programme represent in law?"],
)
def test_other_questions_ask_for_none_of_them(question: str) -> None:
    """Words that look alike are not a relation asked for."""
    assert not asked(question)


def test_a_relation_asked_for_plainly_is_not_outvoted() -> None:
    """The date of the signature fits all of "entré en vigueur" but the one thing that is asked."""
    model = Logistic(3.0, {"relation_unstated": -1.0})
    assert probability(model, {"relation_unstated": 0.9}) <= 0.1
    assert probability(model, {"relation_unstated": 0.3}) > 0.9
    assert probability(model, {"meaning_lacking": 1.0}) <= 0.1, "nor are the words behind an acronym"
    assert probability(model, {}) > 0.9


def test_a_passage_without_any_of_the_words_answers_nothing_where_words_can_be_compared() -> None:
    """Across languages the lexicon may not know them."""
    model = Logistic(3.0, {})
    assert probability(model, {"words_in_passage": 0.0, "crossing": 0.0}) <= 0.1
    assert probability(model, {"words_in_passage": 0.0, "crossing": 0.6}) > 0.9
    assert probability(model, {"words_in_passage": 0.2, "crossing": 0.0}) > 0.9


@pytest.mark.parametrize(
    "question",
    [
        "Le ministère coopère-t-il avec Interpol ?",
        "هل تتعاون الوزارة مع منظمة التعاون الإسلامي؟",
        "Is the World Bank a partner?",
    ],
)
def test_a_body_of_the_trade_is_not_answered_by_another(question: str) -> None:
    """It is known by name in three languages, whether a text names it or not."""
    assert another_body(question, "Le ministère coopère avec l'Union africaine.", "") == 1.0
    assert another_body(question, "Le ministère coopère avec INTERPOL, l'OCI et la Banque mondiale.", "") == 0.0
