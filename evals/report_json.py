"""A review as plain values: the JSON report, and the data inside the HTML page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from assistant.answers.answer import Answer
from evals.baseline import Kept
from evals.case import Case, record_of
from evals.gate import Finding
from evals.history import Point
from evals.judge import Opinion, Opinions
from evals.matching import matches
from evals.review import CaseView, MetricRow, Review
from evals.run_file import Header
from evals.sourcing import reaches
from evals.words import say


def report_json(review: Review, history: Sequence[Point] = (), opinions: Opinions | None = None) -> dict[str, Any]:
    """Everything the reports show."""
    of = opinions.by_case if opinions else {}
    verdict, comparison = review.verdict, review.comparison
    return {
        "run": _header(review.run.header) | {"missing": list(review.run.missing)},
        "baseline": _header(review.baseline.header) if review.baseline else None,
        "verdict": verdict
        and {
            "passed": verdict.passed,
            "reasons": [_finding(reason) for reason in verdict.reasons],
            "notes": [_finding(note) for note in verdict.notes],
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
        "judge": {"model": opinions.model, "made_at": opinions.made_at, **opinions.counts} if opinions else None,
        "cases": [case_json(view) | {"judge": _opinion(of.get(view.case.id))} for view in review.cases],
    }


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


def _opinion(opinion: Opinion | None) -> dict[str, Any] | None:
    return {"sentences": list(opinion.sentences), "error": opinion.error} if opinion else None


def _finding(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind, "text": say(finding), **finding.values}


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
