"""`cooperation evals`: from a set to a verdict, as an evaluator types it."""

from __future__ import annotations

import argparse
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import Shipped
from test_evals_gate import CASES, slower
from test_evals_report import failing
from test_evals_run import play, scripted

from evals.benchmark import BenchmarkError
from evals.case import CaseError
from evals.cases import read_cases, write_cases
from evals.eval_commands import register_evals
from evals.junit import junit
from evals.places import EvalsError, slug
from evals.review import review
from evals.run import Ask
from evals.run_file import RunError, read_run
from evals.words import say

SMALL = """
[set]
name = "small"

[[case]]
id = "cmai"
question = "Quand s'est tenue la 35e session du CMAI en Algérie ?"
language = "fr"
tags = ["date"]
expect = ["7 mars 2018"]
relevant = [{ document = "cmai" }]
must_pass = true

[[case]]
id = "follow-up"
question = "Et la 32e ?"
history = ["Quand s'est tenue la 35e session du CMAI en Algérie ?"]
language = "fr"
expect = ["mars 2015"]

[[case]]
id = "far"
question = "Quelle est la recette du couscous aux sept légumes ?"
language = "fr"
refuse = "far"
"""


def cooperation(*arguments: object) -> int:
    """The command as the console script runs it, without what turns an error into a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    register_evals(parser.add_subparsers(required=True))
    options = parser.parse_args(["evals", *map(str, arguments)])
    return int(options.run(options))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A set of three questions over the shipped corpus."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, "utf-8")
    return path


Written = Callable[..., Path]


@pytest.fixture
def stored(tmp_path: Path) -> Written:
    """Writes a simulated run of the whole made-up set."""
    write_cases(CASES, tmp_path / "made up.toml")

    def write(name: str, ask: Ask | None = None) -> Path:
        path = tmp_path / f"{name}.jsonl"
        play(path, ask or scripted(0), CASES)
        return path

    return write


# --- running ---------------------------------------------------------------------------------------------------------


def test_a_set_is_run_accepted_compared_and_gated(
    small: Path, shipped: Shipped, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The whole way, with the product itself behind it."""
    out, accepted = tmp_path / "a.jsonl", tmp_path / "accepted.jsonl"
    data = ("--data", shipped.data)
    assert cooperation("run", small, "--out", out, "--jobs", 2, *data) == 0
    assert "| correctness " in capsys.readouterr().out
    run = read_run(out)
    assert [record.error for record in run.records] == [None, None, None]
    assert run.records[0].metrics["correctness"] == 1
    assert run.records[0].metrics["quote_verbatim"] == 1
    assert run.header.fingerprint["documents"] == str(len(shipped.assistant.documents()))
    assert cooperation("accept", out, "--out", accepted) == 0
    assert cooperation("compare", out, accepted) == 0
    assert "cassés : 0\nréparés : 0\n" in capsys.readouterr().out
    gate = ("gate", small, "--out", tmp_path / "b.jsonl", "--jobs", 2, "--baseline", accepted)
    assert cooperation(*gate, "--junit", tmp_path / "j.xml", *data) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("ACCEPTÉ\n")
    assert "2 justes sur 2 à répondre, 1 refusées sur 1 à refuser" in shown
    assert len(read_run(tmp_path / "b.jsonl").pace) == 2
    assert ET.parse(tmp_path / "j.xml").getroot().get("failures") == "0"


def test_without_data_the_shipped_corpus_is_read_and_nobodys_data(
    small: Path, tmp_path: Path, model_cache: Path, shipped: Shipped, monkeypatch: pytest.MonkeyPatch
):
    """What `COOPERATION_DATA` names gets the run and nothing else."""
    monkeypatch.setenv("COOPERATION_DATA", str(tmp_path / "mine"))
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))
    assert cooperation("run", small, "--tag", "date") == 0
    folder, path = sorted((tmp_path / "mine").rglob("*"))
    assert (folder.name, path.parent, path.suffix) == ("evals", folder, ".jsonl")
    run = read_run(path)
    assert (run.header.cases, run.header.tag) == (("cmai",), "date")
    assert run.records[0].metrics["correctness"] == 1
    assert run.header.fingerprint["documents"] == str(len(shipped.assistant.documents()))


def test_a_broken_set_is_an_error_with_its_line(small: Path, tmp_path: Path):
    """And a set that is not there names those that are."""
    small.write_text(SMALL.replace("must_pass", "mustpass"), "utf-8")
    with pytest.raises(CaseError, match=r"small\.toml:5: .*did you mean 'must_pass'"):
        cooperation("run", small)
    with pytest.raises(EvalsError, match="coop"):
        cooperation("run", "nothing-of-the-kind")


# --- the gate --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (scripted(1), 0),
        (scripted(1, slower), 0),
        (scripted(1, lexical=False), 1),
        (scripted(1, refusal=False), 1),
    ],
    ids=["nothing changed", "a tenth slower", "lexical side off", "refusal off"],
)
def test_the_exit_code_is_the_verdict(
    stored: Written, tmp_path: Path, ask: Ask, code: int, capsys: pytest.CaptureFixture[str]
):
    """0 passes, 1 stops, with the reasons on the screen and in JUnit."""
    before, after = stored("before"), stored("after", ask)
    assert cooperation("accept", before, "--out", tmp_path / "baseline.jsonl") == 0
    gate = ("gate", tmp_path / "made up.toml", "--run", after, "--baseline", tmp_path / "baseline.jsonl")
    capsys.readouterr()
    assert cooperation(*gate, "--junit", tmp_path / "out" / "j.xml") == code
    shown = capsys.readouterr().out
    assert shown.startswith("REFUSÉ\n" if code else "ACCEPTÉ\n")
    assert cooperation(*gate, "--seed", 7) == code
    root = ET.parse(tmp_path / "out" / "j.xml").getroot()
    assert int(root.get("failures", "")) == shown.count("\n- ")
    assert (int(root.get("failures", "")) == 0) == (code == 0)


def test_what_cannot_be_judged_is_neither_passed_nor_failed(
    stored: Written, tmp_path: Path, small: Path, capsys: pytest.CaptureFixture[str]
):
    """2: a broken set, no baseline, a run of another set, a run that was not finished."""
    run = stored("run")
    known = ("--baseline", run)
    broken = tmp_path / "broken.toml"
    broken.write_text("[[case]]\n", "utf-8")
    half = tmp_path / "half.jsonl"
    half.write_bytes(b"".join(run.read_bytes().splitlines(keepends=True)[:50]))
    made_up = tmp_path / "made up.toml"
    for arguments, says in (
        (("gate", broken, "--run", run, *known), "broken.toml:1"),
        (("gate", made_up, "--run", run, "--baseline", tmp_path / "none.jsonl"), "none.jsonl"),
        (("gate", small, "--run", run, *known), "autre version de la suite"),
        (("gate", made_up, "--run", half, *known), "en entier"),
        (("gate", made_up, "--run", tmp_path / "none.jsonl", *known), "none.jsonl"),
    ):
        assert cooperation(*arguments) == 2
        assert says in capsys.readouterr().err


def test_junit_holds_every_case_and_one_failure_a_reason(tmp_path: Path):
    """Well-formed whatever an answer holds: a control character is not XML."""
    hostile = replace(CASES, cases=tuple(replace(c, question=c.question + " <&\x07") for c in CASES.cases))
    run = play(tmp_path / "now.jsonl", failing, CASES)
    records = tuple(replace(r, case=q) for r, q in zip(run.records, hostile.cases, strict=True))
    from evals.baseline import baseline_of

    found = review(replace(run, records=records), baseline_of(play(tmp_path / "b.jsonl", None, CASES)), resamples=500)
    assert found.verdict is not None
    root = ET.fromstring(junit(found))
    assert len(list(root.iter("failure"))) == len(found.verdict.reasons) > 0
    assert {f.get("message") for f in root.iter("failure")} == set(map(say, found.verdict.reasons))
    cases = root.find("testsuite[@name='made up: cases']")
    assert cases is not None
    assert len(cases) == len(CASES) == int(cases.get("tests", ""))
    assert "failed, broken" in str(cases.findtext("testcase[@name='q8']/system-out"))
    assert root.get("tests") == str(len(list(root.iter("testcase"))))


# --- comparing and showing -------------------------------------------------------------------------------------------


def test_a_comparison_is_a_table_markdown_or_json(stored: Written, capsys: pytest.CaptureFixture[str]):
    """The same figures in each."""
    before, after = stored("before"), stored("after", scripted(1, lexical=False))
    assert cooperation("compare", after, before) == 0
    text = capsys.readouterr().out
    assert cooperation("compare", after, before, "--markdown") == 0
    markdown = capsys.readouterr().out
    assert cooperation("compare", after, before, "--json") == 0
    value = json.loads(capsys.readouterr().out)
    assert f"cassés : {len(value['broken'])} (q" in text
    assert f"## Broken: {len(value['broken'])}" in markdown
    french, english = (
        next(line for line in shown.splitlines() if line.startswith("| correctness ")) for shown in (text, markdown)
    )
    figures = [re.findall(r"[-+]?\d[\d.]*(?:e-\d+)?", line) for line in (french, english)]
    assert figures[0] == figures[1]
    assert len(figures[0]) == 8
    assert "| mesure " in text


def test_a_report_takes_the_accepted_baseline_of_its_set(
    stored: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Beside the run where no name is given; the suffix says which kind."""
    run, accepted = stored("run"), ("--baselines", tmp_path / "baselines")
    assert cooperation("report", run, "-o", tmp_path / "r.md", *accepted) == 0
    assert "Gate" not in (tmp_path / "r.md").read_text("utf-8")
    assert cooperation("accept", run, *accepted) == 0
    assert (tmp_path / "baselines" / "made-up.jsonl").is_file()
    assert cooperation("compare", run, "made up", *accepted) == 0
    assert cooperation("gate", tmp_path / "made up.toml", "--run", run, *accepted) == 0
    assert cooperation("report", run, "-o", tmp_path / "r.md", *accepted) == 0
    assert "Gate passed" in (tmp_path / "r.md").read_text("utf-8")
    assert cooperation("report", run) == 0
    assert (tmp_path / "run.html").read_text("utf-8").startswith("<!doctype html>")
    with pytest.raises(RunError):
        cooperation("report", run, "--baseline", tmp_path / "none.jsonl")


def test_the_history_is_a_table_json_and_a_picture(stored: Written, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Of the runs in a folder."""
    stored("one")
    arguments = ("history", tmp_path, "--metrics", "mrr,words", "--set", "made up")
    assert cooperation(*arguments, "-o", tmp_path / "curve.png") == 0
    assert capsys.readouterr().out.splitlines()[2].split()[-4:] == ["1.000", "|", "18.000", "|"]
    assert (tmp_path / "curve.png").stat().st_size > 1000
    assert cooperation(*arguments, "--json") == 0
    (point,) = json.loads(capsys.readouterr().out)
    assert point["values"]["words"] > 0


def test_a_set_changes_its_format_and_nothing_else(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """There and back through each."""
    for suffix in (".jsonl", ".csv", ".xlsx"):
        assert cooperation("convert", small, tmp_path / f"there{suffix}") == 0
        assert cooperation("convert", tmp_path / f"there{suffix}", tmp_path / "back.toml") == 0
        assert read_cases(tmp_path / "back.toml") == read_cases(small)
    assert "3 cas" in capsys.readouterr().out


def test_retrieval_prints_tables_or_json(
    tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """And writes rankings that other scorers read."""
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text('{"id": "d", "title": "", "text": "Le siège est à Tunis."}\n', "utf-8")
    query = '{"id": "q", "text": "Où est le siège ?", "lang": "fr", "relevant": ["d"], "answers": ["Tunis"]}\n'
    (folder / "queries.jsonl").write_text(query, "utf-8")
    rankings = tmp_path / "rankings.json"
    assert cooperation("retrieval", folder, "--answers", "--json", "--rankings", rankings) == 0
    (value,) = json.loads(capsys.readouterr().out)
    assert value["found"]["all"]["hit_1"] == 1
    assert value["answered"]["all"]["with_gold"] == 1
    assert json.loads(rankings.read_text("utf-8"))["q"][0][0] == "d"
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (other / "README.md").write_text("# Other\n\nSource: github somebody/something. Licence: MIT.\n", "utf-8")
    (other / "queries.jsonl").write_text(query.replace('"relevant"', '"split": "test", "relevant"'), "utf-8")
    assert cooperation("retrieval", folder, other, "--split", "all", "--rankings", rankings) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[1].strip("- ") for line in lines] == [
        "set (source)", "", "set", "other, test (github somebody/something)",
    ]  # fmt: skip
    assert set(json.loads(rankings.read_text("utf-8"))) == {"set", "other"}
    assert cooperation("retrieval", other, "--split", "test") == 0
    assert "| other, test (github somebody/something) | " in capsys.readouterr().out
    with pytest.raises(BenchmarkError, match="'train'"):
        cooperation("retrieval", other, "--split", "train")


@pytest.mark.parametrize(("name", "file"), [("a b/c", "a-b-c"), ("../../x", "x"), ("سؤال", "سؤال"), ("..", "set")])
def test_a_set_name_is_never_a_way_out_of_its_folder(name: str, file: str):
    """It came from a file somebody sent."""
    assert slug(name) == file


def test_every_subcommand_takes_data():
    """Before or after its name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    register_evals(parser.add_subparsers(required=True))
    for arguments in (["run", "x"], ["gate", "x"], ["compare", "a", "b"], ["accept", "a"], ["report", "a"], ["history"],
                      ["retrieval", "d"], ["convert", "a", "b"],
                      ["judge", "a", "--model", "openai:m@http://h/v1"]):  # fmt: skip
        assert parser.parse_args(["evals", *arguments, "--data", "d"]).data == "d"
        assert parser.parse_args(["--data", "d", "evals", *arguments]).data == "d"
        assert parser.parse_args(["evals", *arguments]).data is None


def test_a_server_is_asked_about_its_own_documents_alone(small: Path) -> None:
    """Documents that are given are not sent to it."""
    with pytest.raises(EvalsError, match="--against et --documents"):
        cooperation("run", small, "--against", "http://127.0.0.1:1", "--documents", small)


def test_an_unknown_name_is_told_with_those_of_the_data_directory(small: Path, tmp_path: Path) -> None:
    """Shipped ones and those made there."""
    own = tmp_path / "data" / "evals" / "sets"
    own.mkdir(parents=True)
    shutil.copy(small, own / "zeralda.toml")
    with pytest.raises(EvalsError, match="zeralda, coop"):
        cooperation("run", "zerald", "--data", tmp_path / "data")
