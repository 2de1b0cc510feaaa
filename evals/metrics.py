"""The register of metrics: name, definition, source, direction and tolerance of everything that is measured.

`measure_case` gives the values of one case, `measure_set` those that only a whole set has; `evals.summary` makes means
of them. `None` means not applicable: it is counted and left out, never a zero and never -1. A case that failed has no
answer: it is wrong, it counts as a failure, and nothing else of it can be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from assistant.answers.answer import Answer
from evals import judging, sourcing
from evals.case import Case
from evals.sourcing import Texts
from evals.summary import auroc, percentile

Direction = Literal["higher", "lower", "neither"]
CaseMeasure = Callable[[Case, Answer, Texts], float | None]
SetMeasure = Callable[[Sequence[tuple[Case, Answer]]], float | None]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of one case. Its mean may worsen by `tolerance` (a share of the baseline's mean where `relative`).

    `direction` says which way is better; a metric that has none is reported and never gates.
    """

    name: str
    definition: str
    source: str
    direction: Direction
    tolerance: float
    measure: CaseMeasure
    relative: bool = False


@dataclass(frozen=True, slots=True)
class SetMetric:
    """A metric that only a whole set has: reported beside the others, not compared case by case."""

    name: str
    definition: str
    source: str
    direction: Direction
    measure: SetMeasure


def refusal_auroc(results: Sequence[tuple[Case, Answer]]) -> float | None:
    """AUROC of the confidence `Answer.score`: answerable cases against those to refuse."""
    return auroc([a.score for c, a in results if c.answerable], [a.score for c, a in results if c.refuse])


def latency_percentile(results: Sequence[tuple[Case, Answer]], percent: float) -> float | None:
    """Nearest-rank percentile of the seconds of the answers."""
    return percentile((answer.seconds.total for _, answer in results), percent)


def measure_case(case: Case, answer: Answer | None, texts: Texts) -> dict[str, float | None]:
    """Every metric of one case, by name; `answer` is `None` for a case that failed."""
    if answer is None:
        values: dict[str, float | None] = dict.fromkeys((metric.name for metric in METRICS), None)
        return values | {"correctness": 0.0 if case.judged else None, "failure": 1.0}
    return {metric.name: metric.measure(case, answer, texts) for metric in METRICS}


def measure_set(results: Sequence[tuple[Case, Answer]]) -> dict[str, float | None]:
    """Every metric of a whole set, by name, over the cases that have an answer."""
    return {metric.name: metric.measure(results) for metric in SET_METRICS}


def _of(measure: Callable[..., float | None], **settings: Any) -> CaseMeasure:
    """A measure of case and answer as one that also takes the texts."""
    return lambda case, answer, _: measure(case, answer, **settings)


def _of_answer(measure: Callable[[Answer], float | None]) -> CaseMeasure:
    return lambda _, answer, __: measure(answer)


_TREC = "trec_eval"
_OURS = "ours"

METRICS: tuple[Metric, ...] = (
    Metric(
        "correctness",
        "1 when right: expected texts there and forbidden ones not; refused where, and only where, it should be",
        _OURS,
        "higher",
        0.01,
        _of(judging.correctness),
    ),
    Metric(
        "token_f1",
        "harmonic mean of token precision and recall against the expected texts",
        "SQuAD, Rajpurkar et al. 2016",
        "higher",
        0.02,
        _of(judging.token_f1),
    ),
    Metric(
        "false_answer_near",
        "1 when a near miss is answered instead of refused",
        _OURS,
        "lower",
        0.02,
        _of(judging.false_answer, kind="near_miss"),
    ),
    Metric(
        "false_answer_far",
        "1 when a question far from the texts is answered instead of refused",
        _OURS,
        "lower",
        0.01,
        _of(judging.false_answer, kind="far"),
    ),
    Metric("false_refusal", "1 when an answerable case is refused", _OURS, "lower", 0.01, _of(judging.false_refusal)),
    Metric(
        "hit@5",
        "1 when one of the first 5 passages reaches something relevant",
        f"Success@k, {_TREC}",
        "higher",
        0.01,
        _of(sourcing.hit, k=5),
    ),
    Metric(
        "recall@10",
        "share of what is relevant that the first 10 passages reach",
        _TREC,
        "higher",
        0.01,
        _of(sourcing.recall, k=10),
    ),
    Metric(
        "mrr",
        "1 / rank of the first passage that reaches something relevant, 0 when none does",
        "Voorhees 1999",
        "higher",
        0.02,
        _of(sourcing.reciprocal_rank),
    ),
    Metric(
        "ndcg@10",
        "discounted gain of the first 10 passages over that of the best order",
        "Järvelin and Kekäläinen 2002",
        "higher",
        0.02,
        _of(sourcing.ndcg, k=10),
    ),
    Metric(
        "quote_verbatim",
        "share of citations whose quote is, letter for letter, where it says it is",
        _OURS,
        "higher",
        0.0,
        lambda _, answer, texts: sourcing.verbatimness(answer, texts),
    ),
    Metric(
        "citation_precision",
        "share of the cited pages that are relevant",
        "ALCE, Gao et al. 2023, at page level",
        "higher",
        0.02,
        _of(sourcing.citation_precision),
    ),
    Metric(
        "citation_recall",
        "share of the relevant pages that are cited, 0 when refused",
        "ALCE, Gao et al. 2023, at page level",
        "higher",
        0.02,
        _of(sourcing.citation_recall),
    ),
    Metric(
        "groundedness",
        "share of shown sentences with a verdict and a citation that exists",
        _OURS,
        "higher",
        0.0,
        _of_answer(sourcing.groundedness),
    ),
    Metric(
        "citation_support",
        "share of shown sentences whose numbers, dates and words the cited quotes hold",
        _OURS,
        "higher",
        0.01,
        _of_answer(sourcing.citation_support),
    ),
    Metric(
        "language",
        "1 when the product's own words (not its verbatim quotes) are in the language of the question",
        _OURS,
        "higher",
        0.01,
        _of(judging.language_agreement),
    ),
    Metric("failure", "1 when the case failed with an error", _OURS, "lower", 0.0, lambda *_: 0.0),
    Metric("words", "length of the answer in words", _OURS, "neither", 0.0, _of(judging.length)),
    Metric("seconds", "wall-clock seconds of the answer", _OURS, "lower", 0.25, _of(judging.latency), relative=True),
)
"""Every metric of a case, in the order reports show them.

The tolerances: 0 where any loss is a fault (quotes, citations), one or two cases in a hundred elsewhere, and a quarter
of the baseline for seconds, because the same code on a busy machine is easily a tenth slower.
"""

SET_METRICS: tuple[SetMetric, ...] = (
    SetMetric(
        "refusal_auroc",
        "chance that an answerable case scores above one to refuse, ties half",
        "Mann and Whitney 1947",
        "higher",
        refusal_auroc,
    ),
    SetMetric(
        "seconds_p50",
        "median seconds, nearest rank",
        "Hyndman and Fan 1996",
        "lower",
        partial(latency_percentile, percent=50),
    ),
    SetMetric(
        "seconds_p95",
        "95th percentile of seconds, nearest rank",
        "Hyndman and Fan 1996",
        "lower",
        partial(latency_percentile, percent=95),
    ),
)
"""Every metric of a set; none of them gates: the false-answer and false-refusal rates do, case by case."""
