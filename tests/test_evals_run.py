"""A run keeps every answer, goes on where it was stopped, and is never mixed with another."""

from __future__ import annotations

import doctest
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from conftest import OpenData
from test_evals_gate import CASES, offsets_shifted, page_of, pages_shifted, product, slower

from assistant.answers.answer import Answer
from assistant.library import Request
from evals.baseline import baseline_of, read_baseline, write_baseline
from evals.case import Case, CaseError, CaseSet
from evals.product import code_hash, fingerprint, texts_of
from evals.review import review
from evals.run import Ask, header_of, run_cases, set_hash, tagged
from evals.run_file import Run, RunError, RunFile, new_file, read_run, unfinished

HERE = Path(__file__).parent
FEW = CaseSet("few", (*CASES.cases[:6], *CASES.cases[-3:]))
MADE_WITH = {"model": "scripted", "machine": "one", "jobs": "1"}


def text_of(document: str) -> str | None:
    return page_of(int(document[1:])) if document[1:].isdigit() else None


def scripted(seed: int = 0, change: Callable[[Answer], Answer] = lambda a: a, **settings: bool) -> Ask:
    """An assistant that answers from a script: always the same words, never quite the same seconds."""
    seconds = dict(zip((c.id for c in CASES), np.random.default_rng(seed).lognormal(-1, 0.2, len(CASES)), strict=True))
    return lambda case: change(product(case, float(seconds[case.id]), **settings))


def play(path: Path, ask: Ask | None = None, cases: CaseSet = FEW, **options: object) -> Run:
    """Run a set into a file."""
    header = header_of(cases, MADE_WITH)
    return run_cases(cases, ask or scripted(), text_of, path, header, **options)  # type: ignore[arg-type]


def counted(ask: Ask) -> tuple[Ask, list[str]]:
    """The same, and the cases it was asked."""
    asked: list[str] = []

    def counting(case: Case) -> Answer:
        asked.append(case.id)
        return ask(case)

    return counting, asked


@pytest.mark.parametrize(
    "module", ["run", "places", "word_diff", "report", "report_json", "report_markdown", "history", "benchmark"]
)
def test_the_examples_hold(module: str):
    """Every doctest of the modules that run and report."""
    assert doctest.testmod(import_module(f"evals.{module}")).failed == 0


# --- what a run keeps ------------------------------------------------------------------------------------------------


def test_a_run_keeps_each_case_with_its_answer_metrics_and_seconds(tmp_path: Path):
    """The whole answer, in the order of the set, and what it was made with."""
    run = play(tmp_path / "run.jsonl")
    assert [record.case for record in run.records] == list(FEW)
    assert all(record.answer and record.answer.question == record.case.question for record in run.records)
    assert all(record.error is None and record.seconds >= 0 for record in run.records)
    assert run.records[1].metrics["correctness"] == 1
    assert run.header.fingerprint == {**MADE_WITH, "set": "few", "set_hash": set_hash(FEW)}
    assert run.missing == ()
    assert (tmp_path / "run.jsonl").read_text("utf-8").count("\n") == len(FEW) + 1


def test_many_at_once_give_the_same_run(tmp_path: Path):
    """Threads change the order of the lines, not the run."""
    one = play(tmp_path / "one.jsonl", cases=CASES)
    many = play(tmp_path / "many.jsonl", cases=CASES, jobs=8)
    assert [(r.case, r.answer, r.metrics) for r in one.records] == [(r.case, r.answer, r.metrics) for r in many.records]


def test_cases_are_asked_at_the_same_time(tmp_path: Path):
    """With two jobs two cases wait for each other, which one thread could never do."""
    both = threading.Barrier(2, timeout=10)

    def ask(case: Case) -> Answer:
        both.wait()
        return scripted()(case)

    run = play(tmp_path / "run.jsonl", ask, CaseSet("two", CASES.cases[:2]), jobs=2)
    assert [record.error for record in run.records] == [None, None]


def test_a_case_that_fails_is_a_record_with_its_error(tmp_path: Path):
    """It is wrong, it is counted, and the others go on."""

    def ask(case: Case) -> Answer:
        if case.id == "q3":
            raise ConnectionError("the model does not answer")
        return scripted()(case)

    failed = {record.case.id: record for record in play(tmp_path / "run.jsonl", ask).records}["q3"]
    assert failed.error == "ConnectionError: the model does not answer"
    assert failed.answer is None
    assert (failed.metrics["correctness"], failed.metrics["failure"], failed.metrics["mrr"]) == (0, 1, None)
    again, asked = counted(scripted())
    assert play(tmp_path / "run.jsonl", again).records[3].error
    assert asked == []
    assert play(tmp_path / "run.jsonl", again, retry=True).records[3].error is None
    assert asked == ["q3"]


def test_progress_is_told_from_where_the_run_stands(tmp_path: Path):
    """A progress bar that begins again at nothing would be wrong."""
    told: list[tuple[int, int]] = []
    play(tmp_path / "run.jsonl", cases=CaseSet("few", FEW.cases))
    lines = (tmp_path / "run.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "run.jsonl").write_bytes(b"".join(lines[:-2]))
    play(tmp_path / "run.jsonl", progress=lambda done, total: told.append((done, total)))
    assert told == [(7, 9), (8, 9), (9, 9)]


# --- going on --------------------------------------------------------------------------------------------------------

KILLED = """
import sys, time
sys.path.insert(0, {here!r})
from pathlib import Path
from test_evals_run import play, scripted

def slow(case):
    time.sleep(0.05)
    return scripted()(case)

play(Path({path!r}), slow, jobs=2)
"""


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path):
    """No case is lost, none is asked twice, and half a line is no record."""
    path = tmp_path / "run.jsonl"
    script = KILLED.format(here=str(HERE), path=str(path))
    process = subprocess.Popen([sys.executable, "-c", script], cwd=HERE.parent, env={**os.environ})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (not path.exists() or path.read_bytes().count(b"\n") < 4):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with path.open("ab") as file:
        file.write(b'{"id": "q8", "case": {"id": "q8", "ques')
    before = read_run(path)
    assert 3 <= len(before.records) < len(FEW)
    again, asked = counted(scripted())
    after = play(path, again)
    assert asked == list(before.missing)
    assert [record.case for record in after.records] == list(FEW)
    assert after.header.made_at == before.header.made_at


def test_an_interruption_keeps_what_is_done(tmp_path: Path):
    """Ctrl-C is a way to stop, not to lose."""
    asked = 0

    def ask(case: Case) -> Answer:
        nonlocal asked
        asked += 1
        if asked == 4:
            raise KeyboardInterrupt
        return scripted()(case)

    with pytest.raises(KeyboardInterrupt):
        play(tmp_path / "run.jsonl", ask)
    assert len(read_run(tmp_path / "run.jsonl").records) == 3


@pytest.mark.parametrize("content", ["", '{"run": {"set"'], ids=["empty", "half a header"])
def test_a_run_that_was_killed_at_once_begins_again(tmp_path: Path, content: str):
    """Nothing of it is worth keeping, and it is not taken for something else."""
    (tmp_path / "run.jsonl").write_text(content)
    assert play(tmp_path / "run.jsonl").missing == ()


def test_an_unfinished_run_is_found_again(tmp_path: Path):
    """The newest one that was begun with the same set and the same product, and no other."""
    header = header_of(FEW, MADE_WITH)
    play(tmp_path / "1.jsonl")
    assert unfinished(tmp_path, header) is None
    lines = (tmp_path / "1.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "2.jsonl").write_bytes(b"".join(lines[:3]))
    (tmp_path / "3.jsonl").write_bytes(b"no run at all\n")
    assert unfinished(tmp_path, header) == tmp_path / "2.jsonl"
    assert unfinished(tmp_path, header_of(FEW, {**MADE_WITH, "model": "another"})) is None


def test_two_runs_begun_in_one_second_have_a_file_each(tmp_path: Path):
    """Also from several threads at once; the files are the set's, and can be begun in."""
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: new_file(tmp_path / "runs", "Ma suite"), range(12)))
    assert len(set(made)) == 12
    assert all(path.name.startswith("Ma-suite-2") and path.read_bytes() == b"" for path in made)
    assert play(made[-1]).missing == ()


def test_where_no_file_can_be_made_the_message_says_so(tmp_path: Path):
    """A file stands where the folder would be."""
    (tmp_path / "runs").write_text("")
    with pytest.raises(RunError, match="on ne peut pas y écrire"):
        new_file(tmp_path / "runs", "coop")


# --- never mixed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cases", "made_with", "says"),
    [
        (CaseSet("few", FEW.cases[:-1]), MADE_WITH, "questions"),
        (CaseSet("few", (replace(FEW.cases[0], note="x"), *FEW.cases[1:])), MADE_WITH, "set_hash"),
        (FEW, {**MADE_WITH, "model": "another"}, "model = 'scripted', et non 'another'"),
    ],
    ids=["fewer cases", "a case changed", "another model"],
)
def test_a_run_does_not_go_on_with_another_one(tmp_path: Path, cases: CaseSet, made_with: dict[str, str], says: str):
    """Half a run before a change and half after is no measure of anything."""
    path = tmp_path / "run.jsonl"
    play(path)
    before = path.read_bytes()
    with pytest.raises(RunError, match=says):
        run_cases(cases, scripted(), text_of, path, header_of(cases, made_with))
    assert path.read_bytes() == before


def test_a_file_that_is_no_run_is_left_as_it_is(tmp_path: Path):
    """A mistyped --out must not cost a document."""
    path = tmp_path / "letter.txt"
    for content in ("Dear colleague,\nhere it is.\n", "Dear colleague"):
        path.write_text(content)
        with pytest.raises(RunError):
            play(path)
        assert path.read_text() == content


def test_two_commands_do_not_write_one_file(tmp_path: Path):
    """The second is told, at once."""
    first = RunFile(tmp_path / "run.jsonl", header_of(FEW, MADE_WITH))
    with pytest.raises(RunError, match="une autre commande"):
        play(tmp_path / "run.jsonl")
    first.close()


def test_the_cases_of_a_tag_keep_the_gate_tags_they_have():
    """A tag without a case is refused, with those there are."""
    assert {case.id for case in tagged(CASES, "lexical")} == {f"q{n}" for n in range(1, 120, 10)}
    assert tagged(CASES, "kind 3").gate_tags == ("kind 3",)
    with pytest.raises(CaseError, match="there are: kind 0, kind 1"):
        tagged(CASES, "nothing")


# --- baselines -------------------------------------------------------------------------------------------------------


def test_a_baseline_is_compact_and_compares_like_the_run_it_was(tmp_path: Path):
    """Metrics to the last digit: a run beside its own baseline shows no difference at all."""
    run = play(tmp_path / "run.jsonl", scripted(3), CASES)
    write_baseline(run, tmp_path / "baselines" / "made.jsonl")
    kept = read_baseline(tmp_path / "baselines" / "made.jsonl")
    assert kept == baseline_of(run) == read_baseline(tmp_path / "run.jsonl")
    line = json.loads((tmp_path / "baselines" / "made.jsonl").read_text("utf-8").splitlines()[1])
    assert sorted(line) == ["cited", "id", "metrics", "text"]
    assert line["cited"] == [["d0", 1]]
    assert line["metrics"]["hit@5"] == 1
    assert "false_answer_far" not in line["metrics"]
    assert (tmp_path / "baselines" / "made.jsonl").stat().st_size < (tmp_path / "run.jsonl").stat().st_size / 4
    found = review(run, kept, resamples=500)
    assert found.comparison is not None
    assert all(change.changed == 0 and change.p == 1 for change in found.comparison.metrics)
    assert {view.flip for view in found.cases} == {"same"}


def test_a_part_of_a_set_is_no_baseline(tmp_path: Path):
    """Neither what was not finished nor what was run for one tag."""
    run = play(tmp_path / "run.jsonl")
    with pytest.raises(RunError, match="1 cas"):
        write_baseline(replace(run, records=run.records[1:]), tmp_path / "b.jsonl")
    with pytest.raises(RunError, match="entière"):
        write_baseline(replace(run, header=replace(run.header, tag="lexical")), tmp_path / "b.jsonl")


@pytest.mark.parametrize(
    "content",
    ["", "{}\n", '{"run": {}}\n', '{"baseline": {}}\n', "[]\n", "{\n", "\xff\n"],
    ids=["empty", "no header", "poor run", "poor baseline", "a list", "no JSON", "no text"],
)
def test_what_is_neither_run_nor_baseline_is_refused(tmp_path: Path, content: str):
    """By name, with nothing else raised."""
    path = tmp_path / "x.jsonl"
    path.write_bytes(content.encode("latin-1"))
    for read in (read_run, read_baseline):
        with pytest.raises(RunError, match=r"x\.jsonl"):
            read(path)
    with pytest.raises(RunError):
        read_run(tmp_path / "none.jsonl")


# --- the verdict over runs as they are stored ------------------------------------------------------------------------


def sources_gone(answer: Answer) -> Answer:
    """Each sentence cites the next citation; the last one cites one that is not there."""
    return replace(answer, sentences=tuple(replace(s, citations=(s.citations[0] + 1,)) for s in answer.sentences))


VARIANTS: dict[str, tuple[Ask, bool]] = {
    "nothing changed": (scripted(1), True),
    "a tenth slower": (scripted(1, slower), True),
    "lexical side off": (scripted(1, lexical=False), False),
    "refusal off": (scripted(1, refusal=False), False),
    "citations shifted by one": (scripted(1, sources_gone), False),
    "cited pages shifted by one": (scripted(1, pages_shifted), False),
    "quotes shifted by one": (scripted(1, offsets_shifted), False),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_gate_stops_what_is_broken_and_nothing_else(tmp_path: Path, name: str):
    """Through files, for ten seeds of the resampling."""
    ask, passes = VARIANTS[name]
    write_baseline(play(tmp_path / "before.jsonl", scripted(0), CASES), tmp_path / "baseline.jsonl")
    run, baseline = play(tmp_path / "after.jsonl", ask, CASES), read_baseline(tmp_path / "baseline.jsonl")
    verdicts = {bool(v.passed) for seed in range(10) if (v := review(run, baseline, seed, 2000).verdict)}
    assert verdicts == {passes}


def test_seconds_count_where_the_machine_is_ruled_out(tmp_path: Path):
    """A baseline made on a fast machine, or on an idle one, must not stop every change on another; that is said."""
    at_pace = {"pace": lambda: 0.3}
    slow = scripted(0, lambda a: replace(a, seconds=replace(a.seconds, total=9.0)))
    run = play(tmp_path / "a.jsonl", slow, CASES, **at_pace)
    before = baseline_of(play(tmp_path / "b.jsonl", scripted(0), CASES, **at_pace))
    assert len(run.pace) == 5  # before, after, and between every forty of 160
    other = replace(before.header, fingerprint={**before.header.fingerprint, "machine": "two"})
    found = [
        review(run, baseline, resamples=500).verdict
        for baseline in (
            before,
            replace(before, header=other),
            replace(before, pace=(0.2, 0.2)),
            replace(before, pace=()),
        )
    ]
    assert [v.passed for v in found if v] == [False, True, True, True]
    kinds = [{note.kind for note in v.notes if note.kind.startswith("seconds")} for v in found if v]
    assert [kind - {"seconds_moved"} for kind in kinds] == [
        set(),
        {"seconds_machine"},
        {"seconds_busy"},
        {"seconds_unpaced"},
    ]


def test_the_pace_is_measured_while_no_case_is_at_work_and_is_kept(tmp_path: Path):
    """Before, between and after, in each sitting; a run that did not measure it has none."""
    told: list[str] = []

    def ask(case: Case) -> Answer:
        told.append(case.id)
        return scripted()(case)

    def pace() -> float:
        told.append("pace")
        return 0.25

    cases = replace(CASES, cases=CASES.cases[:50])
    run = play(tmp_path / "run.jsonl", ask, cases, pace=pace, jobs=4)
    assert [n for n, name in enumerate(told) if name == "pace"] == [0, 41, 52]
    assert run.pace == (0.25, 0.25, 0.25)
    assert baseline_of(run).pace == run.pace
    write_baseline(run, tmp_path / "b.jsonl")
    assert read_baseline(tmp_path / "b.jsonl").pace == run.pace
    assert play(tmp_path / "run.jsonl", ask, cases, pace=pace).pace == run.pace
    assert play(tmp_path / "other.jsonl", cases=cases).pace == ()


def test_progress_is_that_of_the_whole_set_in_every_portion(tmp_path: Path):
    """From nothing to all, once each."""
    seen: list[tuple[int, int]] = []
    play(tmp_path / "run.jsonl", cases=CASES, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 160) for n in range(161)]


# --- the product as it is evaluated ----------------------------------------------------------------------------------


def test_the_fingerprint_names_what_makes_runs_differ(data: Path, open_data: OpenData, tmp_path: Path):
    """Another text is another corpus; the same one again is not; an unknown text has no words."""
    opened = open_data(data)
    text = tmp_path / "a.md"
    text.write_text("# Accord\n\nLe protocole 5 prévoit 1015 formations pour la région.\n", "utf-8")
    list(opened.ingest(Request((text,))))
    one = fingerprint(opened, FEW, jobs=3)
    assert one == fingerprint(opened, FEW, jobs=3)
    assert (one["model"], one["jobs"], one["documents"], one["code"]) == ("word-vectors", "3", "1", code_hash())
    text.write_text("# Accord\n\nLe protocole 5 prévoit 1016 formations pour la région.\n", "utf-8")
    list(opened.ingest(Request((text,))))
    other = fingerprint(opened, FEW, jobs=3)
    assert {part for part in one if one[part] != other[part]} == {"corpus"}
    texts = texts_of(opened)
    assert "1016" in (texts(opened.documents()[0].id) or "")
    assert texts("none") is None
