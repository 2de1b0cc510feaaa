"""The ministry's own text, alone in an empty data directory, and three sets of questions written from it unseen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.answers.answer import Answer
from assistant.library import Request
from assistant.settings import Settings
from assistant.wiring import open_assistant
from index.terms import fold

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT.parent / "shared" / "texts" / "000_3929d32d99211bb2.txt"
SETS = {"a": 0.90, "b": 0.90, "c": 0.90}


def plain(text: str) -> str:
    return " ".join(fold(text).split())


def is_right(question: dict[str, Any], answer: Answer) -> bool:
    text = plain(answer.text)
    held = all(any(plain(form) in text for form in group) for group in question["expect"])
    return not answer.refused and len(answer.sentences) <= 3 and held


@pytest.fixture(scope="module")
def answered(
    tmp_path_factory: pytest.TempPathFactory, model_cache: Path
) -> dict[str, list[tuple[dict[str, Any], Answer, dict[str, str]]]]:
    """Every question of the three sets with its answer, and the documents' texts."""
    if not TEXT.exists():
        pytest.skip("the ministry's text is not beside the project")
    settings = Settings.from_env({"COOPERATION_CACHE": str(model_cache)}, str(tmp_path_factory.mktemp("ministry")))
    assistant = open_assistant(settings)
    try:
        assert [outcome.status for outcome in assistant.ingest(Request((TEXT,)))] == ["added"]
        texts = {record.id: assistant.text(record.id) for record in assistant.documents()}
        found = {}
        for name in SETS:
            lines = (ROOT / "evals" / "sets" / f"texte-ministere-{name}.jsonl").read_text("utf-8").splitlines()
            questions = [json.loads(line) for line in lines if line.strip()]
            found[name] = [(q, assistant.ask(q["text"], language=q["lang"]), texts) for q in questions]
        return found
    finally:
        assistant.close()


@pytest.mark.parametrize("name", SETS)
def test_nine_in_ten_answerable_questions_get_the_right_fact_in_three_sentences(answered: Any, name: str) -> None:
    """The expected spans of the text are in the answer."""
    judged = [is_right(question, answer) for question, answer, _texts in answered[name] if question["expect"]]
    assert sum(judged) / len(judged) >= SETS[name]


@pytest.mark.parametrize("name", SETS)
def test_six_in_ten_unanswerable_questions_are_refused(answered: Any, name: str) -> None:
    """Near misses and questions off the subject together, at the one shipped threshold."""
    refused = [answer.refused for question, answer, _texts in answered[name] if not question["expect"]]
    assert sum(refused) / len(refused) >= 0.60


@pytest.mark.parametrize("name", SETS)
def test_every_quote_is_verbatim_at_its_offsets(answered: Any, name: str) -> None:
    """No answer shows a sentence that is not, character for character, the text it cites."""
    for _question, answer, texts in answered[name]:
        for citation in answer.citations:
            assert texts[citation.document][citation.start : citation.end] == citation.quote
        assert all(sentence.citations for sentence in answer.sentences)
