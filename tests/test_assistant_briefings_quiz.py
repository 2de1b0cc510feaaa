"""A quiz asks what the texts tell, the same for the same seed, and its right answer is in the quote shown."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from conftest import Shipped

from assistant.briefings.naming import shipped_topics
from assistant.briefings.quiz import Question, quiz
from corpus.frameworks import read_frameworks
from index.terms import fold


def asked(shipped: Shipped, framework: str, seed: int, language: str = "fr") -> list[Question]:
    briefing = shipped.assistant.briefing(framework)
    others = [event for event in shipped.assistant.timeline() if event.framework != briefing.framework]
    return quiz(briefing, others, seed, language=language)


def test_the_right_answer_is_in_the_quote_and_no_wrong_one_is(shipped: Shipped) -> None:
    """For every framework and several seeds; the chosen index is graded."""
    made = [q for framework in read_frameworks() for seed in range(5) for q in asked(shipped, framework.id, seed)]
    assert {question.kind for question in made} == {"date", "place", "acronym", "framework"}
    for question in (question for question in made if question.kind != "framework"):
        told = [fold(choice) in fold(question.source.quote) for choice in question.choices]
        assert [at for at, held in enumerate(told) if held] == [question.right]
        assert [at for at in range(len(told)) if question.is_right(at)] == [question.right]
        assert question.choices[question.right] not in question.text


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_the_framework_asked_for_is_the_one_that_the_source_names(shipped: Shipped, language: str) -> None:
    """In three languages; no other choice is named by the source, and the question does not give the answer away."""
    topics = shipped_topics()
    frameworks = {framework.names[language]: framework.id for framework in read_frameworks()}
    made = [q for id in frameworks.values() for q in asked(shipped, id, 1, language) if q.kind == "framework"]
    assert made
    for question in made:
        source = question.source
        where = " · ".join((source.title, *source.headings, source.quote))
        named = {topics.find(name.topic).framework for name in topics.named(where)}  # type: ignore[union-attr]
        told = [frameworks[choice] in named for choice in question.choices]
        assert [at for at, each in enumerate(told) if each] == [question.right]
        assert question.choices[question.right] not in question.text


def test_a_seed_asks_the_same_questions_and_another_others(shipped: Shipped) -> None:
    """In the same order."""
    assert asked(shipped, "maghreb", 3) == asked(shipped, "maghreb", 3)
    assert asked(shipped, "maghreb", 3) != asked(shipped, "maghreb", 4)


@pytest.mark.parametrize("framework", ["cmai", *(framework.id for framework in read_frameworks())])
def test_no_question_of_a_quiz_answers_another(shipped: Shipped, framework: str) -> None:
    """One question a sentence, and what one asks for stands in no other's text."""
    for seed in range(1, 6):
        for one, other in permutations(asked(shipped, framework, seed), 2):
            assert one.source.quote != other.source.quote
            assert not re.search(rf"\b{re.escape(fold(one.choices[one.right]))}\b", fold(other.text))


def test_a_quiz_still_asks_of_most_dated_sentences(shipped: Shipped) -> None:
    """What is left out is one question of two that would answer each other."""
    assert all(len(asked(shipped, "maghreb", seed)) >= 6 for seed in range(1, 6))
    assert all(len(asked(shipped, "cmai", seed)) >= 4 for seed in range(1, 6))
