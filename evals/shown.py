"""Sets, runs and comparisons as the pages show them. Pure; what touches a hidden document is left out and counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from assistant.conversations.withheld import as_readable
from assistant.evaluations import CaseShown, Compared, Curve, CurvePoint, Flip, MetricShown, RunShown, RunState
from evals.case import Case
from evals.compare import CORRECTNESS, FEWEST_CHANGED
from evals.gate import TOO_FEW, Finding
from evals.history import CHOSEN, Point
from evals.review import CaseView, MetricRow, Review
from evals.run_file import Record, Run
from evals.words import say, words


def run_shown(id: str, run: Run, running: bool) -> RunShown:
    """A run in a list."""
    values = [record.metrics.get(CORRECTNESS) for record in run.records]
    judged = [value for value in values if value is not None]
    state: RunState = "running" if running else "stopped" if run.missing else "whole"
    header = run.header
    right = sum(value >= 1 for value in judged)
    counts = len(run.records), len(header.cases), right, len(judged)
    return RunShown(id, header.set, header.made_at, state, *counts, header.tag)


def case_shown(case: Case) -> CaseShown:
    """A case in a list."""
    expected = tuple(" | ".join(group) for group in case.expect.all_of)
    places = tuple((one.document, one.page) for one in case.relevant)
    return CaseShown(case.id, case.question, case.language, expected, case.refuse or "", places)


def readable_case(case: Case, hidden: Collection[str]) -> bool:
    """Whether a case names no hidden document."""
    return not any(one.document in hidden for one in case.relevant)


def withheld(runs: Iterable[Run], hidden: Collection[str]) -> frozenset[str]:
    """The cases that name a hidden document, or were answered from one in any of these runs."""
    return frozenset(
        record.case.id for run in runs for record in run.records if hidden and not _readable(record, hidden)
    )


def without(run: Run, cases: Collection[str], hidden: Collection[str]) -> Run:
    """A run without some cases, as if it had never had them, and without the passages of hidden documents in others."""
    if not hidden:
        return run
    left = tuple(case for case in run.header.cases if case not in cases)
    kept = tuple(_stripped(record, hidden) for record in run.records if record.case.id not in cases)
    return replace(run, header=replace(run.header, cases=left), records=kept)


def compared(found: Review, run: RunShown, baseline: RunShown, closed: int, language: str) -> Compared:
    """A review with its verdict in a language's words."""
    assert found.comparison is not None
    assert found.verdict is not None
    verdict, of = found.verdict, words()[language]
    views = {view.case.id: view for view in found.cases}
    flips = found.comparison
    few = [note for note in verdict.notes if note.kind == TOO_FEW]
    reasons = tuple(_said(reason, language) for reason in (*verdict.reasons, *few))
    return Compared(
        run,
        baseline,
        verdict.passed if verdict.tells else None,
        of[TOO_FEW if few else "passed" if verdict.passed else "failed"],
        reasons or (of["passed_why"],),
        tuple(_said(note, language) for note in verdict.notes if note.kind not in _APART),
        tuple(_flip(views[id]) for id in flips.broken),
        tuple(_flip(views[id]) for id in flips.mended),
        tuple(_flip(views[id]) for id in flips.only_in_run),
        tuple(_metric(row, language) for row in found.metrics if row.change and row.change.pairs),
        closed,
    )


def curve(points: Iterable[Point], language: str) -> Curve:
    """The history of a set: the metrics that are chosen where none is named."""
    names = words()[language]["metric_names"]
    shown = tuple(
        CurvePoint(point.made_at, point.cases, point.version, tuple(point.values.get(name) for name in CHOSEN))
        for point in points
    )
    return Curve(tuple(names[name][0] for name in CHOSEN), shown)


_APART = ("broken", "mended", "only_in_run", TOO_FEW)
"""Notes that the page shows elsewhere: as the verdict, or with both answers."""


def _readable(record: Record, hidden: Collection[str]) -> bool:
    cited = record.answer.citations if record.answer else ()
    return readable_case(record.case, hidden) and not any(one.document in hidden for one in cited)


def _stripped(record: Record, hidden: Collection[str]) -> Record:
    return replace(record, answer=as_readable(record.answer, hidden)) if record.answer else record


def _said(finding: Finding, language: str) -> str:
    """A finding with the metric and the part by their names."""
    of = words()[language]
    values = dict(finding.values)
    if "metric" in values:
        values["metric"] = of["metric_names"].get(values["metric"], [values["metric"]])[0]
    if "part" in values:
        values["part"] = of["parts"].get(values["part"], values["part"])
    return say(replace(finding, values=values), language)


def _flip(view: CaseView) -> Flip:
    answer = view.record.answer
    now = view.record.error or (answer.text if answer else "")
    return Flip(view.case.id, view.case.question, view.kept.text if view.kept else "", now)


def _metric(row: MetricRow, language: str) -> MetricShown:
    change = row.change
    assert change is not None
    enough = change.pairs >= FEWEST_CHANGED
    return MetricShown(
        name=words()[language]["metric_names"][row.name][0],
        share=row.share,
        pairs=change.pairs,
        baseline=change.baseline,
        run=change.run,
        low=change.low if enough else None,
        high=change.high if enough else None,
        p=change.p_holm if enough else None,
        trend=row.trend,
        gates=row.gates,
    )
