"""Public benchmarks are read as they come, and measured as their own scorers do."""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import OpenData
from test_evals_gate import CASES, product

from assistant.answers.answer import Answer, Sentence
from assistant.library import Request
from assistant.match import Match
from assistant.settings import Settings
from evals.benchmark import Benchmark, BenchmarkError, Query, read_benchmark, write_documents
from evals.opinions import WIDE
from evals.retrieval import Ranked, answered_of, ask_all, found_of, measure, render, result_of, search_all

SHARED = Path(__file__).resolve().parents[2] / "shared" / "retrieval"


def lines(*values: dict[str, Any]) -> str:
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


DOCUMENTS = (
    ("d1", "Alger", "La 35e session du CMAI s'est tenue à Alger le 7 mars 2018."),
    ("d2", "Tunis", "Le siège du conseil se trouve à Tunis, avenue de la liberté."),
    ("d3", "Bruxelles", "L'accord d'association avec l'Union européenne date de 2005."),
    ("d4", "Titre seul qui parle de cybercriminalité", ""),
)


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    """A BEIR folder: grades, two splits, a query that is a document, one that nobody judged, one compressed file."""
    folder = tmp_path / "tiny"
    (folder / "qrels").mkdir(parents=True)
    corpus = lines(*({"_id": id, "title": title, "text": text, "metadata": {}} for id, title, text in DOCUMENTS))
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(corpus.encode()))
    (folder / "queries.jsonl").write_text(
        lines(
            {"_id": "q1", "text": "Quand s'est tenue la 35e session du CMAI ?", "metadata": {"source": "x"}},
            {"_id": "q2", "text": "siège du conseil à Tunis"},
            {"_id": "d3", "text": "accord d'association avec l'Union européenne"},
            {"_id": "q4", "text": "nobody judged this one"},
        )
    )
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t1\nd3\td1\t1\n")
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq2\td2\t1\nq1\td1\t2\n")
    return folder


@pytest.fixture
def inline(tmp_path: Path) -> Path:
    """A folder whose queries name what is relevant; one has no answer."""
    folder = tmp_path / "inline"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(
        lines(*({"id": id, "title": title, "text": text, "lang": "fr"} for id, title, text in DOCUMENTS[:3]))
    )
    (folder / "queries.jsonl").write_text(
        lines(
            {
                "id": "a",
                "text": "Quand s'est tenue la 35e session du CMAI ?",
                "lang": "fr",
                "relevant": ["d1"],
                "answers": ["7 mars 2018", "mars 2018"],
                "split": "test",
            },
            {
                "id": "b",
                "text": "Où se trouve le siège du conseil ?",
                "relevant": ["d2"],
                "answers": ["Tunis"],
                "split": "train",
            },
            {"id": "c", "text": "Qui préside la FIFA ?", "lang": "fr", "relevant": [], "answers": [], "split": "test"},
        )
    )
    return folder


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_beir_folder_is_read_with_its_grades_and_splits(beir: Path, tmp_path: Path):
    """A query that no file judges is left out; one that two judge is in both splits; a title alone is a text."""
    benchmark = read_benchmark(beir)
    assert [(q.id, dict(q.grades), q.splits) for q in benchmark.queries] == [
        ("q1", {"d1": 2.0, "d2": 1.0}, ("dev", "test")),
        ("q2", {"d2": 1.0}, ("dev",)),
        ("d3", {"d1": 1.0}, ("test",)),
    ]
    assert benchmark.beir
    assert not any(query.unanswerable for query in benchmark.queries)
    assert write_documents(benchmark, tmp_path / "documents.jsonl") == 4
    written = [json.loads(line) for line in (tmp_path / "documents.jsonl").read_text("utf-8").splitlines()]
    assert [value["id"] for value in written] == ["d1", "d2", "d3", "d4"]
    assert written[3]["text"] == DOCUMENTS[3][1]


def test_the_inline_layout_is_read_with_its_answers(inline: Path):
    """A query with nothing relevant is one the texts do not answer."""
    benchmark = read_benchmark(inline)
    assert [(q.id, q.answers, q.splits, q.unanswerable) for q in benchmark.queries] == [
        ("a", ("7 mars 2018", "mars 2018"), ("test",), False),
        ("b", ("Tunis",), ("train",), False),
        ("c", (), ("test",), True),
    ]
    assert (benchmark.name, benchmark.beir, benchmark.splits) == ("inline", False, ("test", "train"))


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("corpus.jsonl", None, "il manque corpus.jsonl"),
        ("queries.jsonl", "{}\n", r"queries\.jsonl, ligne 1 : il manque '_id'"),
        ("queries.jsonl", '{"id": "a", "text": "x"}\n', "il manque 'relevant'"),
        ("queries.jsonl", '{"id": "a", "relevant": []}\n', "il manque 'text'"),
        ("queries.jsonl", "\n\n{\n", "ligne 3 : ce n'est pas du JSON"),
        ("queries.jsonl", "[]\n", "ligne 1 : ce n'est pas un objet"),
        ("queries.jsonl", "", "aucune question"),
        (
            "queries.jsonl",
            '{"id": "a", "text": "x", "relevant": []}\n' * 2,
            "ligne 2 : l'identifiant 'a' est déjà pris",
        ),
        ("qrels/test.tsv", "query-id\tcorpus-id\tscore\na d1 1\n", r"test\.tsv, ligne 2"),
    ],
)
def test_a_folder_that_breaks_its_layout_names_the_file_and_the_line(
    inline: Path, file: str, content: str | None, says: str
):
    """Nothing is guessed."""
    (inline / "qrels").mkdir()
    path = inline / file
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(BenchmarkError, match=says):
        read_benchmark(inline)


@pytest.mark.parametrize(
    ("readme", "source"),
    [
        ("# piaf\n\nSource: github etalab-ia/piaf-code, piaf-v1.0.json (2020-02). Licence: MIT.\n", 
         "github etalab-ia/piaf-code, piaf-v1.0.json (2020-02)"),
        ("- **Source**: https://example.org/set.v2 | mirror\n", "https://example.org/set.v2   mirror"),
        ("Source:\n\nnothing on its line\n", ""),
        ("A set. The source: unknown.\n", ""),
        (None, ""),
    ],
    ids=["a sentence", "Markdown", "another line", "inside a line", "no README"],
)  # fmt: skip
def test_a_benchmark_names_its_public_source(inline: Path, readme: str | None, source: str):
    """As its own README does in one line; else the name of the folder has to do."""
    if readme is not None:
        (inline / "README.md").write_text(readme, "utf-8")
    benchmark = read_benchmark(inline)
    assert benchmark.source == source
    result = result_of(benchmark, benchmark.queries, [], None, 3)
    assert f"| {f'inline ({source})' if source else 'inline'} " in render([result])
    assert result.to_json()["source"] == source


# --- measuring -------------------------------------------------------------------------------------------------------


@dataclass
class Scripted:
    """A product that finds what it is told to, and answers from a script."""

    ranking: Callable[[str], Sequence[str]]
    answer: Callable[[str], Answer] = lambda _: product(CASES.cases[0], 0.1)

    def search(self, question: str, top_k: int = 10) -> list[Match]:
        """One passage a document."""
        names = self.ranking(question)[:top_k]
        return [Match(name, "", None, (), "", "", 1 - n / 100, 0, 0) for n, name in enumerate(names)]

    def ask(self, question: str, history: Sequence[str] = (), language: str = "", id: str = "") -> Answer:
        """What the script says."""
        return self.answer(question)


def test_figures_are_those_of_the_definitions_by_split(beir: Path):
    """Graded gain; a document with the query's own id is no result."""
    benchmark = read_benchmark(beir)
    found = {"q1": ["d2", "d1"], "q2": ["d1", "d3", "d2"], "d3": ["d3", "d1"]}
    texts = {query.text: query.id for query in benchmark.queries}
    operations: Any = Scripted(lambda text: found[texts[text]])
    ranked = search_all(operations, benchmark.queries, beir=True)
    assert [name for name, _ in ranked[2].found] == ["d1"]
    result = result_of(benchmark, benchmark.queries, ranked, None, 4)
    everything = result.found["all"]
    assert (everything.queries, everything.hit_1, everything.hit_5) == (3, 2 / 3, 1)
    assert everything.mrr_10 == pytest.approx((1 + 1 / 3 + 1) / 3)
    ideal, got = 2 + 1 / 1.5849625007211562, 1 + 2 / 1.5849625007211562
    assert everything.ndcg_10 == pytest.approx((got / ideal + 0.5 + 1) / 3)
    assert (result.found["dev"].queries, result.found["test"].queries) == (2, 2)
    assert result.answered is None
    assert "nDCG@10" in render([result])


def test_each_opinion_is_ranked_alone_where_it_is_asked_for(beir: Path):
    """By the best passage of a document; what shares no word is not found by words."""
    benchmark = read_benchmark(beir)
    passages = {"d1": [(0.9, 0.0), (0.5, 0.2)], "d2": [(0.8, 1.0)], "d3": [(0.7, 0.0)]}

    class Opinionated(Scripted):
        def search(self, question: str, top_k: int = 10) -> list[Match]:
            assert top_k == WIDE
            return [
                Match(name, "", None, (), "", "", 1 - n / 100, dense, lexical)
                for n, (name, found) in enumerate(passages.items())
                for dense, lexical in found
            ]

    operations: Any = Opinionated(lambda _: ())
    ranked = search_all(operations, benchmark.queries[:2], opinions=True)
    orders = {name: [document for document, _ in found] for name, found in ranked[0].alone.items()}
    assert orders == {
        "meaning alone": ["d1", "d2", "d3"],
        "words alone": ["d2", "d1"],
        "half of each": ["d2", "d1", "d3"],
    }
    result = result_of(benchmark, benchmark.queries[:2], ranked, None, 4)
    assert [result.alone[name]["all"].hit_1 for name in ("meaning alone", "words alone")] == [0.5, 1.0]
    assert "| nDCG@10 | as it is | meaning alone | words alone | half of each |" in " ".join(render([result]).split())


def query(n: int, answers: tuple[str, ...] = (), unanswerable: bool = False) -> Query:
    return Query(f"q{n}", f"question {n}", "fr", {} if unanswerable else {"d1": 1.0}, answers, (), unanswerable)


def says(text: str, score: float = 0.8) -> Answer:
    answer = product(CASES.cases[0], 0.1)
    return replace(answer, sentences=(Sentence(text, "verbatim", (1,)),), refused=not text, score=score)


def test_answers_are_right_when_they_hold_a_gold_string_at_token_boundaries():
    """`50` is not in 1950; a refusal holds nothing; a query without gold strings is not counted."""
    asked = [
        (query(1, ("50",)), says("fondé en 1950")),
        (query(2, ("50", "cinquante")), says("il y a 50 pays")),
        (query(3, ("50",)), says("", 0.3)),
        (query(4), says("rien à vérifier")),
        (query(5, unanswerable=True), says("", 0.2)),
        (query(6, unanswerable=True), says("à tort", 0.5)),
    ]
    found = answered_of(asked)
    assert (found.with_gold, found.correct) == (3, pytest.approx(1 / 3))
    assert (found.answerable, found.false_refusals) == (4, 0.25)
    assert (found.unanswerable, found.refusals) == (2, 0.5)
    assert found.auroc == pytest.approx(7 / 8)
    assert found.answered_at_5 == 0.5
    nothing = answered_of([])
    assert (nothing.correct, nothing.refusals, nothing.auroc) == (None, None, None)


def test_asking_shows_the_figures_of_answers(inline: Path):
    """Beside those of retrieval, with dashes where nothing applies."""
    benchmark = read_benchmark(inline)
    operations: Any = Scripted(lambda _: ["d1"], lambda text: says("le 7 mars 2018" if "35e" in text else ""))
    asked = ask_all(operations, benchmark.queries)
    result = result_of(benchmark, benchmark.queries, search_all(operations, benchmark.queries), asked, 3)
    assert result.answered is not None
    assert result.answered["all"].correct == 0.5
    assert result.answered["train"].refusals is None
    table = render([result])
    assert "false refusals" in table
    assert json.loads(json.dumps(result.to_json()))["answered"]["test"]["refusals"] == 1.0


def shared_sets() -> Iterator[Path]:
    yield from sorted(path.parent for path in SHARED.glob("*/queries.jsonl"))


@pytest.mark.skipif(not (SHARED / "score.py").is_file(), reason="the shared benchmarks are not beside this checkout")
@pytest.mark.parametrize("folder", shared_sets(), ids=lambda folder: folder.name)
def test_figures_equal_those_of_the_benchmarks_own_scorer(folder: Path):
    """On rankings drawn at random around the truth, over all queries and by split."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    benchmark = read_benchmark(folder)
    draw = random.Random(folder.name)
    names = [json.loads(line)["id"] for line in benchmark.corpus.read_text("utf-8").splitlines()]

    def ranking(query: Query) -> tuple[tuple[str, float], ...]:
        names_found = draw.sample(names, 30) + (list(query.grades) * draw.randint(0, 1))
        draw.shuffle(names_found)
        return tuple((name, 1.0 - n / 100) for n, name in enumerate(dict.fromkeys(names_found)))[:10]

    ranked = [Ranked(query, ranking(query), 0.0) for query in benchmark.queries]
    theirs = score.evaluate(str(folder), {r.query.id: [list(x) for x in r.found] for r in ranked}, "split")
    ours = result_of(benchmark, benchmark.queries, ranked, None, len(names)).found
    assert set(theirs) <= {"all", *(f"split={name}" for name in ours), "split=None"}
    for name, figures in theirs.items():
        mine = ours[name.removeprefix("split=")]
        assert figures["n_answerable"] == mine.queries
        for key, value in (("hit@1", mine.hit_1), ("hit@5", mine.hit_5), ("hit@10", mine.hit_10)):
            assert figures[key] == round(value or 0, 4)
        assert figures["MRR@10"] == pytest.approx(mine.mrr_10, abs=5.1e-5)
        assert figures["nDCG@10"] == pytest.approx(mine.ndcg_10, abs=5.1e-5)


def test_a_query_with_nothing_relevant_is_no_retrieval_query():
    """Neither right nor wrong."""
    assert found_of([Ranked(query(1, unanswerable=True), (("d1", 1.0),), 0.0)]).hit_1 is None


def test_a_benchmark_is_indexed_apart_and_searched(
    beir: Path, data: Path, open_data: OpenData, model_cache: Path, tmp_path: Path
):
    """With the real model, in a directory of its own that serves again; the data directory of the settings is empty."""
    settings = Settings.from_env({"COOPERATION_CACHE": str(model_cache)}, str(data))
    result = measure(beir, settings, tmp_path, answers=True)
    assert (result.documents, result.refused, result.queries) == (4, 0, 3)
    assert result.found["all"].hit_1 == 1
    assert result.answered is not None
    assert result.answered["all"].with_gold == 0
    assert list(data.iterdir()) == []
    few = measure(beir, settings, tmp_path, split="dev", limit=1)
    assert few.queries == 1
    with pytest.raises(BenchmarkError, match="dev, test"):
        measure(beir, settings, tmp_path, split="train")


def test_the_ranking_is_that_of_the_search_command(beir: Path, tmp_path: Path, data: Path, open_data: OpenData):
    """A document stands where its best passage does, and once."""
    opened = open_data(data)
    benchmark: Benchmark = read_benchmark(beir)
    write_documents(benchmark, tmp_path / "documents.jsonl")
    list(opened.ingest(Request(jsonl=tmp_path / "documents.jsonl")))
    ranked = search_all(opened, benchmark.queries)
    for found in ranked:
        assert len({name for name, _ in found.found}) == len(found.found) <= 4
        assert [score for _, score in found.found] == sorted((s for _, s in found.found), reverse=True)
    assert ranked[1].found[0][0] == "d2"
