"""The main job at the terminal, by real processes and the real model: ingest, ask, look up the quote, do it in bulk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.manifest import read_manifest, shipped_texts

QUESTIONS = {
    "fr": "Quelles conventions arabes contre la criminalité ont été signées ?",
    "ar": "ما هي الاتفاقيات العربية لمكافحة الجريمة التي تم توقيعها؟",
    "en": "Which Arab conventions against crime were signed?",
}
CONVENTIONS = ("lutte contre la corruption", "lutte contre la cybercriminalité", "crime organisé transfrontalier")
SOURCE = "cmai"
Run = Callable[..., str]


@pytest.fixture(scope="module")
def cooperation(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Run:
    """Runs the command on one new data directory, from another folder, with no setting but the model's cache."""
    data, elsewhere = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("elsewhere")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COOPERATION_")}
    environ["COOPERATION_CACHE"] = str(model_cache)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("cooperation")), "--data", str(data), *arguments],
            cwd=elsewhere,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    return run


@pytest.fixture(scope="module")
def ingested(cooperation: Run) -> list[dict[str, Any]]:
    """The first command of anybody: the shipped corpus."""
    return list(json.loads(cooperation("ingest", "--json"))["documents"])


@pytest.fixture(scope="module")
def answers(cooperation: Run, ingested: object, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Answers to questions given in a file, by id: those above, a follow-up, and one that the texts do not answer."""
    folder = tmp_path_factory.mktemp("bulk")
    lines: list[dict[str, Any]] = [{"id": lang, "text": text, "lang": lang} for lang, text in QUESTIONS.items()]
    lines.append({"id": "next", "text": "Et la 32e ?", "history": ["Quand s'est tenue la 35e session du CMAI ?"]})
    lines.append({"id": "none", "text": "Quel est le budget du programme CAPDEL ?", "lang": "fr"})
    (folder / "q.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert cooperation("ask", "--questions", str(folder / "q.jsonl"), "--out", str(folder / "a.jsonl")) == ""
    found = [json.loads(line) for line in (folder / "a.jsonl").read_text("utf-8").splitlines()]
    return {answer["id"]: answer for answer in found}


def test_the_first_ingest_adds_the_shipped_corpus(ingested: list[dict[str, Any]]) -> None:
    """All of it, with its passages and pages."""
    assert {document["id"]: document["status"] for document in ingested} == {
        entry.id: "added" for entry in read_manifest(shipped_texts())
    }
    assert all(document["chunks"] > 0 for document in ingested)


def test_the_second_ingest_keeps_it_all(cooperation: Run, ingested: list[dict[str, Any]]) -> None:
    """And says so in its last line."""
    last = cooperation("ingest").splitlines()[-1]
    assert last == f"ajoutés : 0, inchangés : {len(ingested)}, remplacés : 0, retirés : 0, refusés : 0"


def test_the_conventions_are_named_and_cited_at_the_terminal(cooperation: Run, ingested: object) -> None:
    """The three of them, with the number of their source and its place."""
    printed = cooperation("ask", QUESTIONS["fr"])
    plain = " ".join(printed.split())
    assert all(convention in plain for convention in CONVENTIONS)
    assert "[1]" in printed
    assert f"[{SOURCE} " in printed


@pytest.mark.parametrize("language", QUESTIONS)
def test_the_conventions_are_found_in_the_same_source_in_each_language(answers: dict[str, Any], language: str) -> None:
    """Asked in French, Arabic or English: the three named, cited from the one document that names them."""
    answer = answers[language]
    assert not answer["refused"]
    assert answer["language"] == language
    quoted = " ".join(citation["quote"] for citation in answer["citations"] if citation["document"] == SOURCE)
    assert all(convention in quoted for convention in CONVENTIONS)
    assert all(sentence["citations"] for sentence in answer["sentences"])


def test_every_quote_is_the_slice_of_the_text_that_documents_text_prints(
    cooperation: Run, answers: dict[str, Any]
) -> None:
    """`documents text ID` cut at `start:end`, in characters."""
    citations = [citation for answer in answers.values() for citation in answer["citations"]]
    texts = {document: cooperation("documents", "text", document) for document in {c["document"] for c in citations}}
    assert citations
    for citation in citations:
        assert texts[citation["document"]][citation["start"] : citation["end"]] == citation["quote"]


def test_a_follow_up_is_answered_by_what_was_asked_before(answers: dict[str, Any]) -> None:
    """The 32nd session, though the question names no council."""
    answer = answers["next"]
    assert answer["understood_as"] == "Quand s'est tenue la 32e session du CMAI ?"
    assert "11 et 12 mars 2015" in answer["text"]


def test_a_question_that_the_texts_do_not_answer_is_refused(answers: dict[str, Any]) -> None:
    """The programme is told of, its budget is not: no citation, the nearest passages, and why."""
    answer = answers["none"]
    assert answer["refused"]
    assert answer["citations"] == []
    assert answer["sentences"] == []
    assert answer["reason_text"]
    assert any("CAPDEL" in passage["text"] for passage in answer["passages"])


def test_small_talk_at_the_terminal_is_answered_with_questions_to_try(cooperation: Run, ingested: object) -> None:
    """No refusal, no source, no passage."""
    printed = cooperation("ask", "que sais-tu faire ?")
    assert "Par exemple :" in printed
    assert "Union africaine" in printed
    assert "[1]" not in printed
    assert "Passages" not in printed


def test_a_mistyped_question_at_the_terminal_says_how_it_was_understood(cooperation: Run, ingested: object) -> None:
    """Before its answer."""
    printed = cooperation("ask", "Qui finnace le programe capdle ?")
    assert printed.startswith("(compris comme : Qui financé le programme CAPDEL ?)")
    assert "financé par l'Union européenne" in printed


def test_two_questions_in_one_are_printed_one_after_the_other(cooperation: Run, ingested: object) -> None:
    """Each under its own words; the one that is not held says so."""
    printed = cooperation("ask", "Qui préside le CMAI et quels sont ses objectifs ?")
    chair, aims = printed.index("Qui préside le CMAI ?"), printed.index("Quels sont les objectifs du CMAI ?")
    assert "n'en nomment pas le responsable" in printed[chair:aims]
    assert "quatre objectifs" in printed[aims:]


def test_queries_in_bulk_give_a_run_that_can_be_scored(cooperation: Run, ingested: object, tmp_path: Path) -> None:
    """Document ids with scores, best first, one entry a document."""
    queries = [{"id": lang, "text": text, "lang": lang} for lang, text in QUESTIONS.items()]
    (tmp_path / "q.jsonl").write_text("\n".join(json.dumps(query) for query in queries), encoding="utf-8")
    cooperation("search", "--queries", str(tmp_path / "q.jsonl"), "--top-k", "3", "--out", str(tmp_path / "run.json"))
    run = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert list(run) == list(QUESTIONS)
    for ranking in run.values():
        documents, scores = [document for document, _score in ranking], [score for _document, score in ranking]
        assert documents[0] == SOURCE
        assert len(documents) == len(set(documents)) == 3
        assert scores == sorted(scores, reverse=True)


def test_a_file_of_ones_own_is_answered_from_at_once(cooperation: Run, ingested: object, tmp_path: Path) -> None:
    """Ingested, asked and cited, removed."""
    note = tmp_path / "note-interne.md"
    note.write_text("# Note\n\nLe séminaire sur l'archivage aura lieu à Oran le 14 mai 2027.\n", encoding="utf-8")
    (added,) = json.loads(cooperation("ingest", str(note), "--json"))["documents"]
    answer = json.loads(cooperation("ask", "Quand aura lieu le séminaire sur l'archivage ?", "--json"))
    assert "14 mai 2027" in answer["text"]
    assert answer["citations"][0]["document"] == added["id"]
    assert cooperation("documents", "remove", added["id"]).split() == ["retiré", added["id"]]
