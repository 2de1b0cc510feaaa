"""May the change go live? One decision, from a comparison and the tolerances of the metrics.

It fails for four reasons, each of which names itself:

1. a must-pass case was right and is wrong, or was not run or not judged;
2. a metric is worse by more than its tolerance, and by more than chance (Holm-corrected p below 5 %);
3. the cases of a gate tag broke: more of them flipped to wrong than back, by two or more and by more than
   `TAG_TOLERANCE` of the tag, and flips strewn by chance would not gather there (`concentrated_loss_p`, corrected over
   the gate tags, below 1 %). This is what sees a handful of cases that the mean of the whole set drowns;
4. nothing can be compared.

Without significance a loss is noise, within the tolerance it is harmless: neither fails. What is worth reading but does
not fail is a note. So is that the cases are too few for any loss to be significant: then it passes, and tells nothing.

**Seconds** measure the machine as well as the product, so they are a reason only where the machine is ruled out, and
else a note (`judge_seconds`). Both runs were made on the same machine with as many questions at a time. Both measured
its pace (`evals.pace`: a fixed piece of work, before, during and after the run), and all these measures, of both runs,
lie within 15 % of one another: then nothing else kept it busy, as far as this can tell. The mean may grow by a quarter
(`evals.metrics`), and by as much again as the machine was slower by its pace; that it was quicker is not held against a
run. And a typical question must have become slower by as much, not a few of them during a burst that no measure fell
into. So a tenth slower passes, whatever its p, and a busy machine does not fail a change. The price is said: a change
that slows down less than half of the questions is a note, and so is any change where the machine was not steady.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from evals.case import CaseSet
from evals.compare import FEWEST_CHANGED, Comparison, MetricChange
from evals.metrics import METRICS, Metric
from evals.pace import slower, steady
from evals.statistics import concentrated_loss_p, holm

LEVEL = 0.05
TAG_LEVEL = 0.01
TAG_TOLERANCE = 0.1
LATENCY = "seconds"
TOO_FEW = "too_few"
SAME_MACHINE = ("machine", "jobs")
"""Parts of the fingerprint without which seconds cannot be compared."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the gate found, of a kind, with its values; `evals.words` says it in three languages."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision: `reasons` say why it failed (none when passed), `notes` what else to look at."""

    passed: bool
    reasons: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()

    @property
    def tells(self) -> bool:
        """Whether it says anything of the change: it failed, or passed over enough cases for a loss to show."""
        return not any(note.kind == TOO_FEW for note in self.notes)


def decide(comparison: Comparison, cases: CaseSet, metrics: Sequence[Metric] = METRICS) -> Verdict:
    """Pass or fail a run against its baseline. A metric that `metrics` does not name never gates.

    >>> from evals.case import Case; from evals.compare import Scores, compare
    >>> one = CaseSet("one", (Case("a", "Quand ?", "fr", forbid=("x",), must_pass=True),))
    >>> right, wrong = (Scores({"a": {"correctness": value}}) for value in (1.0, 0.0))
    >>> decide(compare(wrong, right), one).reasons, decide(compare(right, wrong), one).passed
    ((Finding(kind='must_pass_broken', values={'case': 'a'}),), True)
    """
    known = {metric.name: metric for metric in metrics}
    worse = [(known[c.metric], c) for c in comparison.metrics if c.metric in known and _beyond(known[c.metric], c)]
    reasons = (
        *_empty(comparison),
        *_must_pass(comparison, cases),
        *(_moved("metric", change, metric) for metric, change in worse if change.p_holm < LEVEL),
        *_tags(comparison, cases),
    )
    few = () if reasons else _too_few(comparison.metrics)
    unsure = [change for _, change in worse if change.p_holm >= LEVEL]
    return Verdict(not reasons, reasons, (*few, *_notes(comparison, unsure)))


def judge_seconds(
    comparison: Comparison, pace: Sequence[float], before: Sequence[float], typical: float | None
) -> tuple[Metric | None, tuple[Finding, ...]]:
    """The metric of seconds as it may gate here, or `None` and the notes that say why it may not.

    `pace` and `before` are the machine's during the run and its baseline, `typical` the median over cases of the ratio
    of their seconds.
    """
    metric = next(metric for metric in METRICS if metric.name == LATENCY)
    change = next((c for c in comparison.metrics if c.metric == LATENCY), None)
    parts = [c.part for c in comparison.fingerprints if c.part in SAME_MACHINE]
    if parts:
        why = Finding("seconds_machine", {"parts": parts})
    elif min(len(pace), len(before)) < 2:
        why = Finding("seconds_unpaced")
    elif not steady(pace, before):
        why = Finding("seconds_busy", {"low": min(*pace, *before), "high": max(*pace, *before)})
    else:
        allowed = replace(metric, tolerance=(1 + metric.tolerance) * slower(pace, before) - 1)
        if change is None or not _beyond(allowed, change) or (typical or 0) > 1 + allowed.tolerance:
            return allowed, ()
        why = Finding("seconds_few", {"typical": typical or 0.0})
    moved = (_moved("seconds_moved", change, metric),) if change and _beyond(metric, change) else ()
    return None, (why, *moved)


def _empty(comparison: Comparison) -> Iterator[Finding]:
    if not any(change.pairs for change in comparison.metrics):
        yield Finding("nothing")


def _too_few(changes: Sequence[MetricChange]) -> Iterator[Finding]:
    """Where even a change of every case would be one that chance explains, nothing found is no good news."""
    if max((change.pairs for change in changes), default=0) < FEWEST_CHANGED:
        yield Finding(TOO_FEW, {"fewest": FEWEST_CHANGED})


def _must_pass(comparison: Comparison, cases: CaseSet) -> Iterator[Finding]:
    known = {*comparison.judged, *comparison.only_in_run}
    for case in cases:
        if case.must_pass and case.id in comparison.broken:
            yield Finding("must_pass_broken", {"case": case.id})
        elif case.must_pass and case.id not in known:
            yield Finding("must_pass_missing", {"case": case.id})


def _beyond(metric: Metric, change: MetricChange) -> bool:
    if metric.direction == "neither" or change.difference is None or change.baseline is None:
        return False
    loss = change.difference if metric.direction == "lower" else -change.difference
    allowed = metric.tolerance * abs(change.baseline) if metric.relative else metric.tolerance
    return loss > allowed + 1e-12


def _moved(kind: str, change: MetricChange, metric: Metric | None = None) -> Finding:
    values: dict[str, Any] = {
        "metric": change.metric,
        "baseline": change.baseline,
        "run": change.run,
        "pairs": change.pairs,
        "p": change.p_holm,
    }
    if metric:
        values |= {"tolerance": metric.tolerance, "relative": metric.relative}
    return Finding(kind, values)


def _tags(comparison: Comparison, cases: CaseSet) -> Iterator[Finding]:
    broken, mended, judged = (set(ids) for ids in (comparison.broken, comparison.mended, comparison.judged))
    inside = {tag: judged & {case.id for case in cases if tag in case.tags} for tag in cases.gate_tags}
    lost = {tag: len(broken & ids) - len(mended & ids) for tag, ids in inside.items()}
    changed = len(broken) + len(mended)
    p_values = holm({tag: concentrated_loss_p(len(judged), changed, len(inside[tag]), lost[tag]) for tag in lost})
    for tag, ids in inside.items():
        if lost[tag] >= max(2, TAG_TOLERANCE * len(ids)) and p_values[tag] < TAG_LEVEL:
            yield Finding(
                "tag",
                {
                    "tag": tag,
                    "broken": len(broken & ids),
                    "cases": len(ids),
                    "mended": len(mended & ids),
                    "p": p_values[tag],
                },
            )


def _notes(comparison: Comparison, unsure: Sequence[MetricChange]) -> Iterator[Finding]:
    for part in comparison.fingerprints:
        yield Finding("differs", {"part": part.part, "before": part.baseline, "now": part.run})
    for kind, ids in (
        ("broken", comparison.broken),
        ("mended", comparison.mended),
        ("only_in_baseline", comparison.only_in_baseline),
        ("only_in_run", comparison.only_in_run),
    ):
        if ids:
            yield Finding(kind, {"ids": list(ids)})
    for change in unsure:
        yield _moved("unsure", change)
