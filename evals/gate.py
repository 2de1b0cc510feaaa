"""May the change go live? One decision, from a comparison and the tolerances of the metrics.

It fails for four reasons, each of which names itself:

1. a must-pass case was right and is wrong, or was not run or not judged;
2. a metric is worse by more than its tolerance, and by more than chance (Holm-corrected p below 5 %);
3. the cases of a gate tag broke: more of them flipped to wrong than back, by two or more and by more than
   `TAG_TOLERANCE` of the tag, and flips strewn by chance would not gather there (`concentrated_loss_p`, corrected over
   the gate tags, below 1 %). This is what sees a handful of cases that the mean of the whole set drowns;
4. nothing can be compared.

Without significance a loss is noise, within the tolerance it is harmless: neither fails. Seconds may grow by a quarter
(`evals.metrics`): a tenth slower passes, however significant. What is worth reading but does not fail is a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evals.case import CaseSet
from evals.compare import CORRECTNESS, Comparison, MetricChange
from evals.metrics import METRICS, Metric
from evals.statistics import concentrated_loss_p, holm

LEVEL = 0.05
TAG_LEVEL = 0.01
TAG_TOLERANCE = 0.1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision: `reasons` say why it failed (none when passed), `notes` what else to look at."""

    passed: bool
    reasons: tuple[str, ...]
    notes: tuple[str, ...] = ()


def decide(comparison: Comparison, cases: CaseSet, metrics: Sequence[Metric] = METRICS) -> Verdict:
    """Pass or fail a run against its baseline. A metric that `metrics` does not name never gates.

    >>> from evals.case import Case; from evals.compare import Scores, compare
    >>> one = CaseSet("one", (Case("a", "Quand ?", "fr", forbid=("x",), must_pass=True),))
    >>> right, wrong = (Scores({"a": {"correctness": value}}) for value in (1.0, 0.0))
    >>> decide(compare(wrong, right), one).reasons, decide(compare(right, wrong), one).passed
    (("must-pass case 'a' was right and is wrong",), True)
    """
    known = {metric.name: metric for metric in metrics}
    worse = [(known[c.metric], c) for c in comparison.metrics if c.metric in known and _beyond(known[c.metric], c)]
    reasons = (
        *_empty(comparison),
        *_must_pass(comparison, cases),
        *(_worded(metric, change) for metric, change in worse if change.p_holm < LEVEL),
        *_tags(comparison, cases),
    )
    return Verdict(not reasons, reasons, tuple(_notes(comparison, [c for _, c in worse if c.p_holm >= LEVEL])))


def _empty(comparison: Comparison) -> Iterator[str]:
    if not any(change.pairs for change in comparison.metrics):
        yield "no case is measured on both sides: nothing can be compared"


def _must_pass(comparison: Comparison, cases: CaseSet) -> Iterator[str]:
    known = {*comparison.judged, *comparison.only_in_run}
    for case in cases:
        if case.must_pass and case.id in comparison.broken:
            yield f"must-pass case {case.id!r} was right and is wrong"
        elif case.must_pass and case.id not in known:
            yield f"must-pass case {case.id!r} was not run, or not judged"


def _beyond(metric: Metric, change: MetricChange) -> bool:
    if metric.direction == "neither" or change.difference is None or change.baseline is None:
        return False
    loss = change.difference if metric.direction == "lower" else -change.difference
    allowed = metric.tolerance * abs(change.baseline) if metric.relative else metric.tolerance
    return loss > allowed + 1e-12


def _worded(metric: Metric, change: MetricChange) -> str:
    tolerance = f"{metric.tolerance:.0%}" if metric.relative else f"{metric.tolerance:g}"
    return (
        f"{metric.name} went from {change.baseline:.3f} to {change.run:.3f} over {change.pairs} cases"
        f" (tolerance {tolerance}, p = {change.p_holm:.2g} after Holm)"
    )


def _tags(comparison: Comparison, cases: CaseSet) -> Iterator[str]:
    broken, mended, judged = (set(ids) for ids in (comparison.broken, comparison.mended, comparison.judged))
    inside = {tag: judged & {case.id for case in cases if tag in case.tags} for tag in cases.gate_tags}
    lost = {tag: len(broken & ids) - len(mended & ids) for tag, ids in inside.items()}
    changed = len(broken) + len(mended)
    p_values = holm({tag: concentrated_loss_p(len(judged), changed, len(inside[tag]), lost[tag]) for tag in lost})
    for tag, ids in inside.items():
        if lost[tag] >= max(2, TAG_TOLERANCE * len(ids)) and p_values[tag] < TAG_LEVEL:
            yield (
                f"tag {tag!r}: {len(broken & ids)} of {len(ids)} cases broke and {len(mended & ids)} mended"
                f" ({CORRECTNESS}, p = {p_values[tag]:.2g} after Holm)"
            )


def _notes(comparison: Comparison, unsure: Sequence[MetricChange]) -> Iterator[str]:
    for part in comparison.fingerprints:
        yield f"{part.part} differs: {part.baseline!r} before, {part.run!r} now"
    for title, ids in (
        ("broken", comparison.broken),
        ("mended", comparison.mended),
        ("only in the baseline", comparison.only_in_baseline),
        ("only in the run", comparison.only_in_run),
    ):
        if ids:
            yield f"{title}: {', '.join(map(repr, ids))}"
    for change in unsure:
        yield (
            f"{change.metric} went from {change.baseline:.3f} to {change.run:.3f}, beyond its tolerance, but chance"
            f" would do as much (p = {change.p_holm:.2g} after Holm)"
        )
