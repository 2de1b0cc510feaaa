"""A review as plain values: the JSON report, and the data inside the HTML page."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assistant.answers.answer import Answer
from evals.baseline import Kept
from evals.case import Case, record_of
from evals.history import Point
from evals.matching import matches
from evals.review import CaseView, MetricRow, Review
from evals.run_file import Header
from evals.sourcing import reaches

_REASONS = {
    "must_pass_broken": re.compile(r"must-pass case (?P<case>'.*'|\".*\") was right and is wrong$", re.DOTALL),
    "must_pass_missing": re.compile(r"must-pass case (?P<case>'.*'|\".*\") was not run, or not judged$", re.DOTALL),
    "metric": re.compile(
        r"(?P<metric>\S+) went from (?P<baseline>\S+) to (?P<run>\S+) over (?P<pairs>\d+) cases"
        r" \(tolerance (?P<tolerance>\S+), p = (?P<p>\S+) after Holm\)$"
    ),
    "tag": re.compile(
        r"tag (?P<tag>'.*'|\".*\"): (?P<broken>\d+) of (?P<cases>\d+) cases broke and (?P<mended>\d+) mended"
        r" \(\S+ p = (?P<p>\S+) after Holm\)$",
        re.DOTALL,
    ),
    "nothing": re.compile(r"no case is measured on both sides"),
}


def report_json(review: Review, history: Sequence[Point] = ()) -> dict[str, Any]:
    """Everything the reports show."""
    verdict, comparison = review.verdict, review.comparison
    return {
        "run": _header(review.run.header) | {"missing": list(review.run.missing)},
        "baseline": _header(review.baseline.header) if review.baseline else None,
        "verdict": verdict
        and {
            "passed": verdict.passed,
            "reasons": [{"text": text} | reason_parts(text) for text in verdict.reasons],
            "notes": list(verdict.notes),
        },
        "fingerprints": [asdict(change) for change in comparison.fingerprints] if comparison else [],
        "broken": list(comparison.broken) if comparison else [],
        "mended": list(comparison.mended) if comparison else [],
        "only_in_baseline": list(comparison.only_in_baseline) if comparison else [],
        "only_in_run": list(comparison.only_in_run) if comparison else [],
        "metrics": [_metric(row) for row in review.metrics],
        "set_metrics": {
            name: {"run": run, "baseline": baseline} for name, (run, baseline) in review.set_metrics.items()
        },
        "history": [asdict(point) for point in history],
        "cases": [case_json(view) for view in review.cases],
    }


def reason_parts(reason: str) -> dict[str, Any]:
    """A reason of the gate taken apart, so that it can be said in another language; an empty kind where it cannot.

    >>> reason_parts("must-pass case 'a' was right and is wrong")
    {'kind': 'must_pass_broken', 'case': 'a'}
    >>> reason_parts("because")
    {'kind': ''}
    """
    for kind, pattern in _REASONS.items():
        if found := pattern.match(reason):
            parts = found.groupdict()
            return {"kind": kind} | {k: literal_eval(v) if k in ("case", "tag") else v for k, v in parts.items()}
    return {"kind": ""}


def case_json(view: CaseView) -> dict[str, Any]:
    """A case with what was expected, what was answered, and what the baseline had."""
    record, case, answer = view.record, view.case, view.record.answer
    text = answer.text if answer else ""
    return {
        **{key: value for key, value in record_of(case).items() if key not in ("expect", "forbid", "relevant")},
        "tags": list(case.tags),
        "expect": [{"any": list(group), "found": any(matches(p, text) for p in group)} for group in case.expect.all_of],
        "forbid": [{"text": pattern, "found": matches(pattern, text)} for pattern in case.forbid],
        "relevant": [_relevant(case, answer, n) for n in range(len(case.relevant))],
        "answerable": case.answerable,
        "judged": view.judged,
        "flip": view.flip,
        "error": record.error,
        "seconds": answer.seconds.total if answer else record.seconds,
        "answer": _answer(case, answer) if answer else None,
        "before": _kept(view.kept) if view.kept else None,
        "diff": [list(part) for part in view.diff],
        "metrics": dict(record.metrics),
    }


def _header(header: Header) -> dict[str, Any]:
    value = asdict(header)
    return value | {"cases": len(header.cases)}


def _metric(row: MetricRow) -> dict[str, Any]:
    mean: Mapping[str, Any] = asdict(row.mean)
    return {
        "name": row.name,
        "direction": row.direction,
        "share": row.share,
        **mean,
        "change": asdict(row.change) if row.change else None,
        "trend": row.trend,
        "gates": row.gates,
    }


def _relevant(case: Case, answer: Answer | None, n: int) -> dict[str, Any]:
    relevant = case.relevant[n]
    cited = answer.citations if answer else ()
    return asdict(relevant) | {
        "found": bool(answer) and any(reaches(passage, relevant) for passage in answer.passages) if answer else False,
        "cited": any(c.document == relevant.document and relevant.page in (None, c.page) for c in cited),
    }


def _answer(case: Case, answer: Answer) -> dict[str, Any]:
    value = answer.to_json()
    passages = zip(answer.passages, value["passages"], strict=True)
    value["passages"] = [
        shown | {"relevant": any(reaches(passage, relevant) for relevant in case.relevant)}
        for passage, shown in passages
    ]
    for key in ("id", "question", "fingerprint", "text"):
        del value[key]
    return value


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "text": kept.text,
        "refused": kept.refused,
        "cited": [list(place) for place in kept.cited],
        "metrics": dict(kept.metrics),
    }
