"""A review as Markdown, for the description of a change: the verdict, what differs, what moved, what flipped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from evals.baseline import Kept
from evals.case import Case
from evals.gate import TOO_FEW
from evals.judge import Opinions
from evals.review import CaseView, MetricRow, Review
from evals.words import say, words

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")


def markdown(review: Review, opinions: Opinions | None = None) -> str:
    """The whole review; the opinions of a model stand apart."""
    parts = [*_title(review), *_verdict(review), *_fingerprint(review), *_table(review), *_judge(opinions)]
    parts += _flips(review, opinions)
    return "\n".join(parts).rstrip() + "\n"


def metric_table(review: Review, language: str = "en") -> str:
    """The metrics, and beside a baseline what changed, as a Markdown table."""
    from evals.bench import table

    of = words()[language]
    if review.comparison is None:
        header = tuple(of[name].lower() for name in ("metric", "value", "counted", "not_applicable"))
        rows = [
            (row.name, _number(row.mean.value, row.share), str(row.mean.counted), str(row.mean.left_out))
            for row in review.metrics
        ]
        rows += [
            (name, _number(value, name == "refusal_auroc"), "", "") for name, (value, _) in review.set_metrics.items()
        ]
        return table(header, rows)
    named = ("metric", "before", "now", "change", "interval", "p", "detectable", "counted")
    header5 = (*(of[name][:1].lower() + of[name][1:] for name in named), "")
    rows5 = [_row(row, of) for row in review.metrics]
    for name, (now, before) in review.set_metrics.items():
        share = name == "refusal_auroc"
        change = None if now is None or before is None else now - before
        rows5.append((name, _number(before, share), _number(now, share), _signed(change, share), "", "", "", "", ""))
    return table(header5, rows5)


def summary_line(review: Review, language: str = "en") -> str:
    """How many cases are right, by what was wanted of them, and how many failed, in one line."""
    of = words()[language]
    good = ("right", "right_refusal")
    wanted = [view for view in review.cases if view.case.answerable and view.judged != "unjudged"]
    refuse = [view for view in review.cases if view.case.refuse]
    free = [
        view for view in review.cases if view.judged != "unjudged" and not (view.case.answerable or view.case.refuse)
    ]
    right, refused, clean = (sum(view.judged in good for view in views) for views in (wanted, refuse, free))
    parts = [of["summary"].format(right=right, answerable=len(wanted), refused=refused, unanswerable=len(refuse))]
    parts += [of["summary_free"].format(free=clean, all_free=len(free))] if free else []
    wrong = of["summary_wrong"].format(false_refusals=review.count("false_refusal"), failed=review.count("failed"))
    return ", ".join([*parts, wrong])


def plain(text: str) -> str:
    """Any text as one line of Markdown that shows it and does nothing else.

    >>> print(plain("a | b\\n<b>*"))
    a \\| b \\<b\\>\\*
    """
    return _SIGNS.sub(r"\\\1", " ".join(text.split()))


def _title(review: Review) -> Iterator[str]:
    header = review.run.header
    yield f"# Evaluation: {plain(header.set)}"
    yield ""
    tag = f", only the tag {plain(header.tag)}" if header.tag else ""
    yield f"{len(review.cases)} cases{tag}, run at {header.made_at}. {summary_line(review)}."
    if review.run.missing:
        yield f"**Not finished: {len(review.run.missing)} cases are missing.**"
    yield ""


def _verdict(review: Review) -> Iterator[str]:
    if review.verdict is None or review.baseline is None:
        return
    verdict = review.verdict
    few = [note for note in verdict.notes if note.kind == TOO_FEW]
    word = "cannot tell" if few else "passed" if verdict.passed else "FAILED"
    yield f"**Gate {word}** against the baseline of {review.baseline.header.made_at}."
    yield from (f"- {plain(say(reason, 'en'))}" for reason in (*verdict.reasons, *few))
    yield ""


def _fingerprint(review: Review) -> Iterator[str]:
    if review.comparison is None:
        yield "Made with " + ", ".join(f"{k} {plain(v)}" for k, v in review.run.header.fingerprint.items()) + "."
    elif review.comparison.fingerprints:
        yield "What differs:"
        for change in review.comparison.fingerprints:
            yield f"- {change.part}: {plain(change.baseline or '-')} before, {plain(change.run or '-')} now"
    else:
        yield "Both runs have the same fingerprint."
    yield ""


def _table(review: Review) -> Iterator[str]:
    yield "## Metrics"
    yield ""
    yield metric_table(review)
    yield ""


def _judge(opinions: Opinions | None) -> Iterator[str]:
    if opinions:
        lead: str = words()["en"]["judge_lead"]
        yield lead.format(model=plain(opinions.model), **opinions.counts)
        yield ""


def _flips(review: Review, opinions: Opinions | None) -> Iterator[str]:
    if review.comparison is None:
        wrong = [view for view in review.cases if view.judged not in ("right", "right_refusal", "unjudged")]
        yield from _listed("Wrong or failed", wrong, opinions)
        return
    for title, flip in (("Broken", "broken"), ("Mended", "mended")):
        yield from _listed(title, [view for view in review.cases if view.flip == flip], opinions)
    for title, ids in (
        ("Only in the baseline", review.comparison.only_in_baseline),
        ("Only in the run", review.comparison.only_in_run),
    ):
        if ids:
            yield f"{title}: {', '.join(map(plain, ids))}"
            yield ""


def _listed(title: str, views: list[CaseView], opinions: Opinions | None) -> Iterator[str]:
    yield f"## {title}: {len(views)}"
    yield ""
    for view in views:
        yield f"- **{plain(view.case.id)}** {plain(view.case.question)}"
        yield f"  - expected: {_expected(view.case)}"
        if view.kept:
            yield f"  - before: {_before(view.kept)}"
        yield f"  - now: {_now(view)}"
        if opinions and (opinion := opinions.by_case.get(view.case.id)):
            yield f"  - judge: {plain(opinion.error or ', '.join(opinion.sentences))}"
    if views:
        yield ""


def _expected(case: Case) -> str:
    if case.refuse:
        return f"a refusal ({case.refuse.replace('_', ' ')})"
    groups = [" or ".join(plain(pattern) for pattern in group) for group in case.expect.all_of]
    groups += [f"not {plain(pattern)}" for pattern in case.forbid]
    return "; ".join(groups) or "an answer"


def _before(kept: Kept) -> str:
    return "refused" if kept.refused else plain(kept.text) or "failed"


def _now(view: CaseView) -> str:
    answer = view.record.answer
    if answer is None or view.record.error:
        return f"failed: {plain(view.record.error or '')}"
    if answer.refused:
        return f"refused ({plain(answer.reason)}, score {answer.score:.2f} below {answer.threshold:.2f})"
    places = dict.fromkeys(f"{c.document}{f' p. {c.page}' if c.page else ''}" for c in answer.citations)
    return f"{plain(answer.text)} \\[{plain(', '.join(places))}\\]"


def _row(row: MetricRow, of: Mapping[str, str]) -> tuple[str, ...]:
    change = row.change
    if change is None or change.difference is None:
        return (row.name, "-", _number(row.mean.value, row.share), "-", "", "", "", "0", "")
    mark = f"**{of['gate_fails']}**" if row.gates else of[f"trend_{row.trend}"] if row.trend else ""
    low, high = (_signed(value, row.share) for value in (change.low, change.high))
    return (
        row.name,
        _number(change.baseline, row.share),
        _number(change.run, row.share),
        _signed(change.difference, row.share),
        of["interval_to"].format(low=low, high=high) if change.changed else "",
        f"{change.p_holm:.2g}",
        _number(change.detectable, row.share) if change.detectable is not None else "",
        str(change.pairs),
        mark,
    )


def _number(value: float | None, share: bool) -> str:
    return "-" if value is None else f"{value * 100:.1f} %" if share else f"{value:.3f}"


def _signed(value: float | None, share: bool) -> str:
    if value is None:
        return "-"
    return "0" if value == 0 else f"{value * 100:+.1f}" if share else f"{value:+.3f}"
