"""The curve over stored runs: every whole run once, in the order they were made."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from test_evals_gate import CASES
from test_evals_run import FEW, MADE_WITH, scripted, text_of

from evals.baseline import write_baseline
from evals.case import CaseSet
from evals.history import CHOSEN, HistoryError, chosen, draw_history, history_table, read_history
from evals.run import Ask, header_of, run_cases
from evals.run_file import Run, RunError


def made(path: Path, day: int, ask: Ask | None = None, cases: CaseSet = FEW, tag: str = "") -> Run:
    """A run of one day of November."""
    header = header_of(cases, {**MADE_WITH, "version": "0.1"}, tag, datetime(2026, 11, day, tzinfo=UTC))
    return run_cases(cases, ask or scripted(), text_of, path, header)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three runs of a set, one of another, and what is no run at all."""
    made(tmp_path / "c.jsonl", 1, scripted(0, refusal=False))
    made(tmp_path / "a.jsonl", 2)
    run = made(tmp_path / "b.jsonl", 3)
    made(tmp_path / "z.jsonl", 2, cases=replace(CASES, cases=CASES.cases[:20]))
    made(tmp_path / "tagged.jsonl", 4, tag="lexical")
    half = (tmp_path / "b.jsonl").read_bytes().splitlines(keepends=True)[:4]
    (tmp_path / "half.jsonl").write_bytes(b"".join(half))
    (tmp_path / "notes.jsonl").write_text("no run\n")
    write_baseline(run, tmp_path / "accepted" / "few.jsonl")
    return tmp_path


def test_whole_runs_are_on_the_curve_in_the_order_they_were_made(folder: Path):
    """Neither half a run, nor one of a tag, nor the same one twice as run and as baseline."""
    points = read_history([folder, folder / "accepted"])
    assert [(p.set, p.made_at[:10]) for p in points] == [
        ("few", "2026-11-01"),
        ("few", "2026-11-02"),
        ("few", "2026-11-03"),
        ("made up", "2026-11-02"),
    ]
    assert [p.name for p in read_history([folder], "made up")] == ["z"]
    assert points[0].values["false_answer_far"] == 1
    assert points[1].values["false_answer_far"] == 0
    assert points[1].values["refusal_auroc"] == 1


def test_a_file_that_is_named_and_is_no_run_is_an_error(folder: Path):
    """A folder is looked through; a file was meant."""
    with pytest.raises(RunError):
        read_history([folder / "notes.jsonl"])


def test_the_table_has_a_line_a_run_and_a_column_a_metric(folder: Path):
    """A metric that does not apply is a dash."""
    table = history_table(read_history([folder], "few"), ("correctness", "false_answer_near"))
    lines = table.splitlines()
    assert len(lines) == 5
    assert "2026-11-01 00:00 few" in lines[2]
    assert lines[2].endswith(" - |")


def test_metrics_are_named_or_the_usual_ones():
    """One that is not measured is refused, with those that are."""
    assert chosen("") == CHOSEN
    assert chosen("mrr, seconds_p95") == ("mrr", "seconds_p95")
    with pytest.raises(HistoryError, match="correctness, token_f1"):
        chosen("beauty")


def test_the_picture_is_a_png(folder: Path, tmp_path: Path):
    """One chart a metric, with as many lines as sets."""
    draw_history(read_history([folder]), CHOSEN, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG\r\n")


def test_a_picture_of_no_kind_is_refused(folder: Path, tmp_path: Path):
    """With the kinds there are."""
    with pytest.raises(HistoryError, match=r"\.png, \.svg"):
        draw_history(read_history([folder]), CHOSEN, tmp_path / "curve.doc")


def test_nothing_to_draw_says_so(tmp_path: Path):
    """And how to make a run."""
    with pytest.raises(HistoryError, match="evals run"):
        draw_history([], CHOSEN, tmp_path / "curve.png")
