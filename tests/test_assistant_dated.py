"""Questions on time are answered from the dated events, quoted whole, and refused where the texts date nothing."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest
from conftest import Shipped

from assistant.answers.dated import REASON, time_asked
from assistant.assistant import Assistant
from assistant.library import Request
from assistant.reader import Reader

QUESTIONS = tomllib.loads((Path(__file__).parent / "data" / "time_questions.toml").read_text("utf-8"))["question"]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked["text"][:40])
def test_a_question_on_time_is_answered_as_the_list_says(shipped: Shipped, asked: dict[str, object]) -> None:
    """With every quote asked for and none beside, a refusal of its own, or left to searching."""
    text = str(asked["text"])
    if asked.get("search"):
        assert time_asked(text) is None
        return
    answer = shipped.assistant.ask(text)
    assert answer.refused is bool(asked.get("refused"))
    if answer.refused:
        assert answer.reason == REASON
        assert answer.reason_text
        return
    quotes = " ".join(" ".join(citation.quote.split()) for citation in answer.citations)
    assert [words for words in asked["holds"] if words not in quotes] == []  # type: ignore[attr-defined]
    assert [words for words in asked.get("lacks", []) if words in quotes] == []  # type: ignore[attr-defined]
    assert len(answer.sentences) == len(answer.citations)
    for citation in answer.citations:
        whole = shipped.assistant.text(citation.document)
        assert whole[citation.start : citation.end] == citation.quote
        if citation.answer:
            assert whole[citation.answer.start : citation.answer.end] == citation.answer.text


def test_a_coming_session_is_told_and_one_that_is_over_is_not_next(product: Assistant, tmp_path: Path) -> None:
    """By the day on which it is asked."""
    years = (date.today().year - 1, date.today().year + 1)
    path = tmp_path / "t.jsonl"
    texts = [f"La session du CMAI se tiendra le 4 mars {year} à Tunis." for year in years]
    path.write_text("\n".join(json.dumps({"id": f"n{at}", "text": text}) for at, text in enumerate(texts)))
    list(product.ingest(Request(jsonl=path)))
    assert [s.text for s in product.ask("Quand aura lieu la prochaine session du CMAI ?").sentences] == texts[1:]
    assert [s.text for s in product.ask("Quelle est la dernière session du CMAI ?").sentences] == texts[:1]


def test_a_reader_is_told_of_no_event_of_a_text_that_is_closed_to_them(product: Assistant, tmp_path: Path) -> None:
    """The same question, by who asks it."""
    path = tmp_path / "t.jsonl"
    texts = {"ouvert": "Le CMAI a siégé le 4 mars 2018 à Tunis.", "secret": "Le CMAI a siégé le 5 mai 2018 à Zanzibar."}
    path.write_text("\n".join(json.dumps({"id": id, "text": text}) for id, text in texts.items()))
    list(product.ingest(Request(jsonl=path)))
    product.grant("secret", ["justice"])
    question = "Que s'est-il passé en 2018 ?"
    assert len(product.ask(question).sentences) == 2
    assert len(product.ask(question, reader=Reader(("justice",))).sentences) == 2
    assert [s.text for s in product.ask(question, reader=Reader()).sentences] == [texts["ouvert"]]


@pytest.mark.parametrize(
    "text",
    [
        "Quelle est la dernière convention signée ?",
        "Quand s'est tenue la dernière session consacrée à la cybercriminalité ?",
        "Que s'est-il passé ?",
        "What happened to the CAPDEL programme in 2015?",
        "Quel pays a accueilli la dernière session du CMAI ?",
        "ما هي آخر اتفاقية عربية؟",
    ],
)
def test_a_question_that_asks_for_more_than_dates_is_left_to_searching(text: str) -> None:
    """One word of content is enough."""
    assert time_asked(text) is None
