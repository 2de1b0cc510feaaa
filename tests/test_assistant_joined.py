"""Answers to parts become one answer: numbers go on, nothing is lost, nothing is told of the wrong side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.answer import Answer, Citation, Sentence
from assistant.answers.joined import joined

PLACES = {"a": 0, "b": 100, "c": 200, "d": 300}
SAID = st.lists(st.sampled_from(sorted(PLACES)), unique=True, max_size=4)


def part(*told: str, asked: str = "Que dit le texte ?", score: float = 0.9) -> Answer:
    """An answer in these sentences, each quoted from its own place; refused if there is none."""
    citations = tuple(
        Citation(n, "doc", "Doc", "", None, (), text, PLACES.get(text, 400), PLACES.get(text, 400) + 9)
        for n, text in enumerate(told, 1)
    )
    sentences = tuple(Sentence(text, "verbatim", (n,)) for n, text in enumerate(told, 1))
    code, line = ("", "") if told else ("near_miss", "Rien.")
    return Answer(
        id="", question=asked, understood_as=asked, language="fr", refused=not told, reason=code, reason_text=line,
        score=score, threshold=0.4, sentences=sentences, removed=(), citations=citations, passages=(),
        mode="extractive", model="none", fingerprint="f",
    )  # fmt: skip


def shown(answer: Answer) -> list[list[str]]:
    """The sentences of each part."""
    return [[sentence.text for sentence in answer.sentences[p.first : p.last]] for p in answer.parts]


@given(st.lists(SAID, min_size=2, max_size=3), st.booleans())
def test_every_sentence_stays_with_its_quote_and_under_a_part_that_held_it(told: list[list[str]], sides: bool) -> None:
    """However parts share sentences; a part that had some keeps one."""
    answer = joined("q", "q", [part(*texts) for texts in told], sides)
    assert answer.refused is not any(told)
    if answer.refused:
        assert (answer.parts, answer.sentences, answer.citations) == ((), (), ())
        return
    quotes = {citation.n: citation.quote for citation in answer.citations}
    assert list(quotes) == list(range(1, len(quotes) + 1))
    assert all([quotes[n] for n in sentence.citations] == [sentence.text] for sentence in answer.sentences)
    assert {n for sentence in answer.sentences for n in sentence.citations} == set(quotes)
    kept = shown(answer)
    assert {text for texts in kept for text in texts} == {text for texts in told for text in texts}
    for before, after, one in zip(told, kept, answer.parts, strict=True):
        assert set(after) <= set(before)
        assert bool(after) is bool(before) is not one.refused


def test_sides_share_only_what_one_of_them_has_nothing_else_beside() -> None:
    """The second side drops what the first shows, if it has its own."""
    assert shown(joined("q", "q", [part("a", "b"), part("b", "c")], sides=True)) == [["a", "b"], ["c"]]
    assert shown(joined("q", "q", [part("a"), part("a", "b")], sides=True)) == [["a"], ["b"]]
    assert shown(joined("q", "q", [part("a", "b"), part("a")], sides=True)) == [["b"], ["a"]]
    assert shown(joined("q", "q", [part("a"), part("a")], sides=True)) == [["a"], ["a"]]
    assert shown(joined("q", "q", [part("a", "b"), part("b", "c")])) == [["a", "b"], ["b", "c"]]


def refused(answer: Answer) -> list[bool]:
    """Which parts are missing."""
    return [one.refused for one in answer.parts]


def test_a_part_that_asks_for_a_date_and_is_shown_none_is_missing() -> None:
    """And says so in one line of its language."""
    met = part("Il s'est réuni à Tunis.", asked="Où s'est-il réuni ?")
    when = part("Il s'est réuni à Tunis.", asked="Quand s'est-il réuni ?")
    answer = joined("q", "q", [met, when])
    assert refused(answer) == [False, True]
    assert "date" in answer.parts[1].reason_text
    dated = replace(when, sentences=(Sentence("Il s'est réuni le 3 mai 2021.", "verbatim", (1,)),))
    assert refused(joined("q", "q", [met, dated])) == [False, False]


def test_one_date_answers_one_of_two_questions_and_two_dates_both() -> None:
    """The surer one, wherever it stands."""

    def asked(told: str, scores: Sequence[float]) -> list[bool]:
        questions = ("Quand fut-il signé ?", "Quand entra-t-il en vigueur ?")
        parts = [part(told, asked=q, score=score) for q, score in zip(questions, scores, strict=True)]
        return refused(joined("q", "q", parts))

    assert asked("Il fut signé en 2005.", (0.9, 0.5)) == [False, True]
    assert asked("Il entra en vigueur en 2005.", (0.5, 0.9)) == [True, False]
    assert asked("Il fut signé en 2002 et entra en vigueur en 2005.", (0.9, 0.5)) == [False, False]
