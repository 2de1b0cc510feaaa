"""A run beside its baseline, as a person reviews it: the verdict, the metrics, and every case with both answers.

It joins what was measured elsewhere into one value, which the terminal, Markdown, JSON and the HTML page all show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from evals.baseline import Baseline, Kept
from evals.case import Case
from evals.compare import CORRECTNESS, Comparison, MetricChange, Scores, compare
from evals.gate import LATENCY, Verdict, decide, judge_seconds
from evals.metrics import METRICS, SET_METRICS, Direction
from evals.run_file import Record, Run
from evals.summary import Mean, means
from evals.word_diff import Part, word_diff

Judged = Literal[
    "right", "right_refusal", "wrong", "false_answer", "false_refusal", "failed", "unjudged"
]  # fmt: skip
Flip = Literal["broken", "mended", "changed", "same", "new"]


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A metric over the whole run; `change` against the baseline, `trend` where it is more than chance.

    `share` says that its values are shares, read as per cent; `gates` that the gate failed on it.
    """

    name: str
    direction: Direction
    share: bool
    mean: Mean
    change: MetricChange | None
    trend: Literal["better", "worse", ""]
    gates: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case, its record, what the baseline kept of it, and what became of it."""

    record: Record
    kept: Kept | None
    judged: Judged
    flip: Flip | None
    diff: tuple[Part, ...]

    @property
    def case(self) -> Case:
        """The case itself."""
        return self.record.case


@dataclass(frozen=True)
class Review:
    """All that can be said of a run; `comparison` and `verdict` are `None` without a baseline."""

    run: Run
    baseline: Baseline | None
    comparison: Comparison | None
    verdict: Verdict | None
    metrics: tuple[MetricRow, ...]
    set_metrics: Mapping[str, tuple[float | None, float | None]]
    cases: tuple[CaseView, ...]

    def count(self, *judged: Judged) -> int:
        """How many cases were judged one of these."""
        return sum(view.judged in judged for view in self.cases)


def review(run: Run, baseline: Baseline | None = None, seed: int = 0, resamples: int = 10_000) -> Review:
    """The review of a run, beside a baseline if there is one."""
    comparison = verdict = None
    if baseline is not None:
        comparison = compare(run.scores, baseline.scores, weights=run.weights, seed=seed, resamples=resamples)
        verdict = decide_run(run, baseline, comparison)
    kept = {item.id: item for item in baseline.kept} if baseline else {}
    views = tuple(_view(record, kept.get(record.case.id), baseline is not None) for record in run.records)
    before = baseline.set_metrics if baseline else {}
    return Review(
        run=run,
        baseline=baseline,
        comparison=comparison,
        verdict=verdict,
        metrics=_rows(run, comparison, verdict),
        set_metrics={m.name: (run.set_metrics.get(m.name), before.get(m.name)) for m in SET_METRICS},
        cases=views,
    )


def decide_run(run: Run, baseline: Baseline, comparison: Comparison) -> Verdict:
    """The gate's verdict; seconds count only where the machine is ruled out (`evals.gate`)."""
    seconds, notes = judge_seconds(comparison, run.pace, baseline.pace, _typical(run.scores, baseline.scores))
    counted = [metric for metric in METRICS if metric.name != LATENCY] + ([seconds] if seconds else [])
    verdict = decide(comparison, run.cases, counted)
    return replace(verdict, notes=(*verdict.notes, *notes))


def judged(record: Record) -> Judged:
    """What became of a case, in one word."""
    value = record.metrics.get(CORRECTNESS)
    if record.error is not None or record.answer is None:
        return "failed"
    if value is None:
        return "unjudged"
    if value >= 1:
        return "right_refusal" if record.answer.refused else "right"
    if record.case.refuse:
        return "false_answer"
    return "false_refusal" if record.answer.refused else "wrong"


def _typical(run: Scores, baseline: Scores) -> float | None:
    """The median over cases of their seconds beside those of the baseline."""
    pairs = [(values.get(LATENCY), baseline.cases.get(case, {}).get(LATENCY)) for case, values in run.cases.items()]
    ratios = [now / before for now, before in pairs if now is not None and before]
    return median(ratios) if ratios else None


def _view(record: Record, kept: Kept | None, compared: bool) -> CaseView:
    flip = _flip(record, kept) if compared else None
    text = record.answer.text if record.answer else ""
    diff = tuple(word_diff(kept.text, text)) if kept and kept.text != text else ()
    return CaseView(record, kept, judged(record), flip, diff)


def _flip(record: Record, kept: Kept | None) -> Flip:
    if kept is None:
        return "new"
    before, after = (values.get(CORRECTNESS) for values in (kept.metrics, record.metrics))
    if before is not None and after is not None and (before >= 1) != (after >= 1):
        return "mended" if after >= 1 else "broken"
    answer = record.answer
    same = answer is not None and (answer.text, answer.refused) == (kept.text, kept.refused)
    return "same" if same or (answer is None and not kept.text and not kept.refused) else "changed"


def _rows(run: Run, comparison: Comparison | None, verdict: Verdict | None) -> tuple[MetricRow, ...]:
    every = means(run.scores.cases, run.weights)
    changes = {change.metric: change for change in comparison.metrics} if comparison else {}
    failing = {reason.values.get("metric") for reason in verdict.reasons} if verdict else set()
    rows = []
    for metric in METRICS:
        change = changes.get(metric.name)
        share = metric.name not in ("words", LATENCY)
        mean = every.get(metric.name, Mean(None, 0, len(run.records)))
        trend = _trend(metric.direction, change)
        gates = metric.name in failing
        rows.append(MetricRow(metric.name, metric.direction, share, mean, change, trend, gates))
    return tuple(rows)


def _trend(direction: Direction, change: MetricChange | None) -> Literal["better", "worse", ""]:
    if change is None or not change.difference or change.p_holm >= 0.05 or direction == "neither":
        return ""
    return "better" if (change.difference > 0) == (direction == "higher") else "worse"
