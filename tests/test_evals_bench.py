"""The benchmarks over a handful of real texts, with the real parts: what they count is right, whatever time it took."""

from __future__ import annotations

import argparse
import doctest
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from assistant.settings import Settings
from corpus.errors import AssistantError
from evals.bench import Texts, drawn, fresh_settings, read_texts, this_machine
from evals.bench_ask import EXAMPLES, Plan, bench_ask, spread, timed
from evals.bench_ask import render as render_ask
from evals.bench_import import ImportBench, bench_import, spread_of, written
from evals.bench_import import render as render_import
from evals.bench_index import bench_index
from evals.bench_index import render as render_index
from evals.bench_parts import bundled_folder, characters_read, take_apart, tokens_read
from evals.bench_runtime import DYNAMIC, OURS, SORTED, bench_runtime, rank_documents
from evals.bench_runtime import render as render_runtime
from evals.commands import register_bench
from index.bundled_model import PROMPTS
from index.embed import NICE, OnnxEmbedder

LINES = (
    {
        "id": "cmai",
        "title": "Le CMAI",
        "text": "Le Conseil des ministres arabes de l'Intérieur siège à Tunis. Sa session est annuelle.",
    },
    {
        "id": "uma",
        "title": "L'UMA",
        "text": "L'Union du Maghreb arabe réunit cinq pays. Son traité a été signé à Marrakech en 1989.",
    },
    {"id": "onu", "title": "", "text": "Les Nations unies mènent des programmes avec le ministère.", "lang": "fr"},
)
QUERIES = (
    {"id": "q1", "text": "Où siège le Conseil des ministres arabes de l'Intérieur ?", "relevant": ["cmai"]},
    {"id": "q2", "text": "Où le traité du Maghreb a-t-il été signé ?", "relevant": ["uma"]},
    {"id": "q3", "text": "Quel est le prix du pain ?", "relevant": []},
)


def quiet(_line: str) -> None:
    """Hears nothing."""


def as_lines(path: Path, values: Sequence[Mapping[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), "utf-8")
    return path


@pytest.fixture
def work(short_folders: Callable[[], Path]) -> Path:
    """An empty folder."""
    return short_folders()


@pytest.fixture
def retrieval_set(work: Path) -> Path:
    """A folder with a corpus and its queries."""
    as_lines(work / "tiny" / "corpus.jsonl", LINES)
    as_lines(work / "tiny" / "queries.jsonl", QUERIES)
    return work / "tiny"


@pytest.fixture
def texts(retrieval_set: Path, work: Path) -> Texts:
    """Three documents of one or two sentences."""
    return read_texts(retrieval_set / "corpus.jsonl", work)


@pytest.fixture
def settings(model_cache: Path, work: Path) -> Settings:
    """Settings that keep everything in the test's own folder."""
    return Settings.from_env({"COOPERATION_CACHE": str(model_cache)}, str(work / "data"))


def test_texts_are_drawn_the_same_for_the_same_seed(retrieval_set: Path, work: Path) -> None:
    first, again = (read_texts(retrieval_set / "corpus.jsonl", work, 2, seed=5) for _ in range(2))
    assert first == again
    assert len(first.documents) == 2
    assert first.characters == sum(len(document.text) for document in first.documents)
    assert first.jsonl is not None
    assert [json.loads(line)["id"] for line in first.jsonl.read_text("utf-8").splitlines()] == [
        document.id for document in first.documents
    ]


def test_without_texts_the_shipped_ones_are_taken_with_their_titles(work: Path) -> None:
    texts = read_texts(None, work)
    assert {path.suffix for path in texts.files} == {".md", ".pdf"}
    assert all(document.title and document.text for document in texts.documents)


def test_a_folder_gives_what_can_be_read_in_it(tmp_path: Path, work: Path) -> None:
    (tmp_path / "a.md").write_text("# Un titre\n\nUne phrase.", "utf-8")
    (tmp_path / "b.pdf").write_bytes(b"not a pdf")
    (tmp_path / "c.xyz").write_text("autre chose", "utf-8")
    assert [path.name for path in read_texts(tmp_path, work).files] == ["a.md"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(None, "ni un dossier ni un fichier", id="absent"),
        pytest.param("", "aucun texte", id="empty"),
        pytest.param('{"id": 1}', "'text'", id="no text"),
        pytest.param('{"id": 1, "text": "x"}\n{', "ligne 2", id="not JSON"),
        pytest.param("3", "ligne 1", id="not an object"),
    ],
)
def test_texts_that_cannot_be_used_are_refused_in_words(
    content: str | None, said: str, tmp_path: Path, work: Path
) -> None:
    path = tmp_path / "texts.jsonl"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(AssistantError, match=said):
        read_texts(path, work)


def test_a_benchmark_never_works_in_the_data_of_the_settings(tmp_path: Path) -> None:
    environ = {"COOPERATION_DATABASE_URL": "postgresql://the-real-one", "COOPERATION_EMBEDDING_MODEL": "another"}
    own = fresh_settings(Settings.from_env(environ, "data"), tmp_path)
    assert (own.data, own.database_url, own.embedding_model) == (
        tmp_path,
        f"sqlite:///{tmp_path / 'cooperation.db'}",
        "",
    )


def test_what_is_sent_to_the_model_holds_every_passage_and_every_sentence(texts: Texts, settings: Settings) -> None:
    parts = take_apart(texts, settings)
    assert {document for document, _text in parts.passages} == {"cmai", "uma", "onu"}
    assert {text for _document, text in parts.passages} <= set(parts.sent)
    assert "Le CMAI\nSa session est annuelle." in parts.sent
    assert len(parts.sent) == len(set(parts.sent)) == 2 * (1 + 2) + 1  # a lone sentence is its passage, sent once


def test_only_what_is_in_the_window_of_the_model_is_read(settings: Settings) -> None:
    folder = bundled_folder(settings)
    short, long = "Une phrase de sept mots en tout.", "mot " * 2000
    assert characters_read([short], folder) == len(short)
    assert characters_read([long], folder) < 512 * len("mot ")
    assert tokens_read([long], folder) == 512
    assert tokens_read([""], folder) == tokens_read([PROMPTS["passage"]], folder) - 2  # the prompt alone, twice


def test_both_systems_index_the_same_texts(texts: Texts, settings: Settings, work: Path) -> None:
    result = bench_index(texts, settings, work, rounds=2, say=quiet)
    assert (result.documents, result.characters) == (3, texts.characters)
    assert len(result.ours.seconds) == len(result.starter.seconds) == len(result.embedded_times) == 2
    assert result.starter.chunks == result.starter.texts_sent == 3
    heads = sum(len(f"title: {document.title}\n\n") for document in texts.documents)
    assert result.starter.characters_sent == pytest.approx(texts.characters + heads, abs=3)  # an empty title is bare
    assert result.ours.characters_sent == sum(map(len, take_apart(texts, fresh_settings(settings, work / "b")).sent))
    assert result.ours.characters_read == result.ours.characters_sent
    assert result.starter.characters_embedded_per_second > 0
    shown = render_index(result)
    assert "| LlamaIndex starter |" in shown
    assert str(this_machine().cores) + " cores" in shown
    json.dumps(asdict(result))


def test_the_starter_finds_what_it_indexed(texts: Texts, settings: Settings, work: Path) -> None:
    from evals.starter import Starter, load_model

    starter = Starter(work / "starter", load_model(bundled_folder(settings)))
    try:
        assert starter.search("avant d'indexer") == []
        assert starter.index([(item.id, item.title, item.text) for item in texts.documents]) == 3
        assert starter.search("Où le traité du Maghreb a-t-il été signé ?", top_k=2)[0] == "uma"
    finally:
        starter.close()


def test_every_runtime_is_measured_against_32_bits(
    texts: Texts, settings: Settings, retrieval_set: Path, work: Path
) -> None:
    questions = [str(query["text"]) for query in QUERIES]
    result = bench_runtime(texts, questions, settings, work, 1, quiet, retrieval_set)
    rows = {row.name: row for row in result.rows}
    assert result.sent == 7
    assert rows[SORTED].cosine_min > 0.9999
    assert rows[OURS].cosine_min > 0.99
    assert all(row.ndcg10 == 1.0 for row in (rows[SORTED], rows[OURS]))
    assert all(row.tokens_per_second > 0 and row.query_ms > 0 for row in result.rows)
    shown = render_runtime(result)
    assert "nDCG@10, tiny" in shown
    json.dumps(asdict(result))
    if DYNAMIC in result.missing:
        assert f"Not available here: {DYNAMIC}" in shown
        pytest.skip("this torch has no dynamic quantisation")
    assert 0.9 < rows[DYNAMIC].cosine_min < 0.9999


def test_a_document_ranks_by_its_best_chunk() -> None:
    assert rank_documents(["a", "b", "a", "c"], np.array([0.2, 0.5, 0.9, 0.5])) == ["a", "b", "c"]


def test_asking_is_timed_in_the_process_and_as_commands(texts: Texts, settings: Settings, work: Path) -> None:
    plan = Plan(chunks=20, calls=4, processes=1)
    result = bench_ask(texts, EXAMPLES[:2], settings, work, plan, os.environ, quiet)
    assert (result.real, result.chunks, result.questions) == (3, 20, 2)
    assert result.ask.calls == result.search.calls == 4
    assert 0 < result.ask.p50 <= result.ask.p95 <= result.ask.longest
    assert result.processes is not None
    assert all(len(seconds) == 1 and seconds[0] > 0 for seconds in asdict(result.processes).values())
    shown = render_ask(result)
    assert "17 derived" in shown
    assert "beside a running service" in shown
    json.dumps(asdict(result))


def test_a_command_that_fails_is_not_timed(tmp_path: Path) -> None:
    with pytest.raises(AssistantError, match="no such thing"):
        timed([sys.executable, "-c", "raise SystemExit('no such thing')"], {}, tmp_path, 1)


def test_a_spread_is_made_of_times_that_were_seen() -> None:
    asked: list[str] = []
    found = spread(asked.append, list("abc"))
    assert asked == ["a", "b", "c"]
    assert (found.calls, found.p95) == (3, found.longest)


def test_the_command_prints_json_that_says_machine_and_versions(
    retrieval_set: Path, settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COOPERATION_CACHE", str(settings.cache))
    path = str(retrieval_set / "corpus.jsonl")
    options = _parser().parse_args(["bench", "index", "--texts", path, "--documents", "1", "--rounds", "1", "--json"])
    assert options.run(options) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["documents"] == 1
    assert value["machine"]["cores"] >= 1
    assert value["machine"]["versions"]["onnxruntime"]


@pytest.mark.parametrize("arguments", [["index", "--rounds", "0"], ["ask", "--chunks", "-1"], ["runtime", "x"], []])
def test_a_wrong_call_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        _parser().parse_args(["bench", *arguments])


def test_registering_the_command_imports_nothing_heavy() -> None:
    code = (
        "import sys, evals.commands\n"
        "heavy = {'numpy', 'torch', 'chromadb', 'llama_index', 'onnxruntime', 'evals.bench_ask'} & set(sys.modules)\n"
        "print(*heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "")


@pytest.mark.parametrize("module", ["evals.bench", "evals.bench_runtime"])
def test_the_examples_in_docstrings_hold(module: str) -> None:
    failed, tried = doctest.testmod(import_module(module))
    assert (failed, tried > 0) == (0, True)


def test_drawing_more_than_there_is_gives_all() -> None:
    assert drawn(["a", "b"], 9, seed=1) == ["a", "b"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    register_bench(parser.add_subparsers(required=True))
    return parser


def import_bench(busy: float) -> ImportBench:
    """A result of round figures, `busy` milliseconds for a page during the import."""
    idle = spread_of([10.0] * 20)
    return ImportBench(this_machine(), "t", 3, 12.0, idle, spread_of([busy] * 20), idle, idle)


def test_the_wait_during_an_import_is_told_as_so_many_times_the_idle_one() -> None:
    """The 95th percentiles, beside what is asked."""
    (page,) = [line for line in render_import(import_bench(15.0)).splitlines() if line.startswith("| page")]
    assert "1.50" in page
    with pytest.raises(AssistantError, match="importez plus"):
        spread_of([])


def test_what_is_imported_is_so_many_documents_of_their_own(texts: Texts, tmp_path: Path) -> None:
    """Fewer texts than that are taken again, each time under another name."""
    files = sorted(written(texts, tmp_path / "import", 5).iterdir())
    assert len({file.read_text("utf-8") for file in files}) == 5


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_a_service_is_measured_idle_and_during_an_import(texts: Texts, settings: Settings, work: Path) -> None:
    """A real service, its page and its answers."""
    result = bench_import(texts, EXAMPLES[:2], settings, work, 20, 10, os.environ, lambda _line: None)
    assert result.documents == 20
    assert result.busy_page.calls == result.busy_ask.calls > 0


def test_threads_that_encode_an_import_give_way_to_the_one_that_asks(real_embedder: OnnxEmbedder) -> None:
    """Niceness of the workers alone: the process stays as it was."""

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    assert real_embedder._workers.submit(niceness).result() == max(NICE, before)
    assert niceness() == before
