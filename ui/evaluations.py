"""The evaluators' pages as HTML: sets, a set with its runs, a candidate, a comparison. Pure; templates escape it all.

Figures are written in the reader's form; each chart has a table beside it that says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from assistant.conversations.opinions import Candidate
from assistant.evaluations import (
    CaseForm,
    CaseShown,
    Compared,
    Curve,
    MetricShown,
    Progress,
    RunShown,
    SetOpened,
    SetShown,
)
from ui.bar import Bar
from ui.eval_chart import charts
from ui.frame import template
from ui.i18n import LANGUAGES, Words
from ui.pages import ICON, STYLESHEET

SHEET: Final = "/ui/evaluations.css"
SCRIPT: Final = "/ui/evaluations.js"
ROOT: Final = "/evaluations"
REFUSALS: Final = ("", "near_miss", "far")


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown: its words, the theme, the token of its forms, the bar above it."""

    words: Words
    theme: str
    token: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Play:
    """A run as a row: its date, its figures, and the addresses of its comparison and its report."""

    run: RunShown
    when: str
    figures: str
    state: str
    compare: str
    report: str


def listing(
    sets: Sequence[SetShown],
    candidates: Sequence[Candidate],
    progress: Progress | None,
    look: Look,
    *,
    withheld: int = 0,
    mistake: str = "",
) -> str:
    """Every set with its last run and verdict, and the candidates to decide."""
    words = look.words
    rows = [(one, address(one.name), figures(one.last, words), verdict(one.passed, words)) for one in sets]
    waiting = [
        (one, f"{ROOT}/candidates/{one.id}", reason(one, words), stamp(one.made_at, words)) for one in candidates
    ]
    values = {"sets": rows, "candidates": waiting, "withheld": withheld, "mistake": mistake}
    return _show("evaluations-list.html", look, now=progress, said=said(progress, words), **values)


def opened(found: SetOpened, curve: Curve, progress: Progress | None, look: Look) -> str:
    """A set: what it is, its runs, their history, its cases."""
    words = look.words
    plays = [_play(run, older, words) for run, older in zip(found.runs, _before(found.runs), strict=True)]
    stopped = bool(found.runs) and found.runs[0].state == "stopped"
    values: dict[str, Any] = {"set": found.shown, "plays": plays, "stopped": stopped}
    values |= {"cases": found.cases, "withheld": found.withheld, "places": [_places(one, words) for one in found.cases]}
    values |= {"charts": charts(curve, words), "curve": _rows(curve, words), "metrics": curve.metrics}
    return _show("evaluations-set.html", look, now=progress, said=said(progress, words), **values)


def candidate(
    form: CaseForm,
    id: str,
    sets: Sequence[SetShown],
    documents: Sequence[tuple[str, str]],
    look: Look,
    answered: str = "",
    chosen: tuple[str, str] = ("", ""),
    mistake: str = "",
) -> str:
    """A case to accept or drop.

    `answered` is the answer that was marked, `chosen` are the set that is chosen and the new one that is named.
    """
    own = [one.name for one in sets if one.own and not one.broken]
    values = {"form": form, "id": id, "own": own, "documents": documents, "chosen": chosen, "mistake": mistake}
    values["answered"] = answered
    return _show("evaluations-case.html", look, languages=LANGUAGES, refusals=REFUSALS, **values)


def comparison(found: Compared, look: Look) -> str:
    """Two runs: the verdict, what broke, what was mended, every metric."""
    words = look.words
    rows = [_metric(one, words) for one in found.metrics]
    whole = {"made": figures(found.run, words), "before": figures(found.baseline, words)}
    flips = (("broken", found.broken), ("mended", found.mended), ("only-in-run", found.only_in_run))
    back = address(found.run.set)
    report = _report(found.run.id, found.baseline.id, words)
    return _show(
        "evaluations-compare.html", look, found=found, rows=rows, flips=flips, back=back, report=report, **whole
    )


def said(progress: Progress | None, words: Words) -> str:
    """Where a run is, in a sentence."""
    if progress is None:
        return ""
    if progress.stopping:
        return words["evaluations.stopping"]
    if progress.running and not progress.total:
        return words["evaluations.opening"]
    return words.fill("evaluations.done", done=progress.done, total=progress.total)


def told(progress: Progress | None, words: Words) -> dict[str, Any]:
    """The same for the page's script."""
    running = progress is not None and progress.running
    done, total = (progress.done, progress.total) if progress else (0, 0)
    return {"running": running, "done": done, "total": total, "said": said(progress, words)}


def address(name: str) -> str:
    """Where a set's page is."""
    return f"{ROOT}/sets/{quote(name, safe='')}"


def figures(run: RunShown | None, words: Words) -> str:
    """How many are right of those judged, or how far a run came; nothing without a run."""
    if run is None:
        return ""
    if run.state != "whole":
        return words.fill("evaluations.done", done=run.done, total=run.cases)
    return words.fill("evaluations.right", right=run.right, judged=run.judged)


def verdict(passed: bool | None, words: Words) -> str:
    """Whether the last run may pass beside the one before it."""
    return "" if passed is None else words["evaluations.passes" if passed else "evaluations.fails"]


def reason(one: Candidate, words: Words) -> str:
    """Why it is a candidate: the reader's reason and words, or an evaluator's mark."""
    why = words[f"opinion.reasons.{one.reason}"] if one.reason else words["evaluations.marked"]
    return f"{why}. {one.comment}" if one.comment else why


def form_of(one: Candidate, words: Words) -> CaseForm:
    """A candidate as a form filled in from what was answered."""
    page = "" if one.page is None else str(one.page)
    history = "\n".join(" ".join(line.split()) for line in one.history)
    refuse = "near_miss" if one.reason == "should-refuse" else ""
    where = (one.document, page, one.quote)
    return CaseForm(one.question, one.language, history, "", "", refuse, *where, note=reason(one, words))


def stamp(at: float | str, words: Words) -> str:
    """A moment (ISO 8601, or seconds since the epoch) as a date and an hour, UTC."""
    when = datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at, UTC)
    return f"{words.date(when.date().isoformat())} {when:%H:%M}"


def number(value: float | None, words: Words, share: bool = True, signed: bool = False) -> str:
    """A share as per cent, seconds and counts with two decimals, in the reader's form; a dash for none."""
    if value is None:
        return "–"
    shown = round(value * 100, 1) if share else round(value, 2)
    text = f"{shown or 0:{'+' if signed and shown else ''}.{1 if share else 2}f}"
    text = text.removesuffix(".0").replace("-", "−").replace(".", words["evaluations.decimal"])
    if signed:
        return f"\u2066{text}\u2069"  # its sign stays before it, also among Arabic words
    return words.fill("evaluations.percent", n=text) if share else text


# ---- inside --------------------------------------------------------------------------------------------------------


def _show(name: str, look: Look, **values: Any) -> str:
    theme = look.theme if look.theme in ("light", "dark") else ""
    sheets = (STYLESHEET, SHEET)
    frame = {"words": look.words, "theme": theme, "token": look.token, "bar": look.bar, "root": ROOT}
    return template(name).render(sheets=sheets, icon=ICON, script=SCRIPT, **frame, **values)


def _before(runs: Sequence[RunShown]) -> list[RunShown | None]:
    """For each run, the newest first, the whole one that was made before it."""
    whole = [run for run in runs if run.state == "whole" and not run.tag]
    return [next((one for one in whole if one.made_at < run.made_at), None) for run in runs]


def _play(run: RunShown, older: RunShown | None, words: Words) -> Play:
    compare = f"{ROOT}/compare?{urlencode({'run': run.id, 'baseline': older.id})}" if older and run.done else ""
    report = _report(run.id, older.id if older else "", words) if run.done else ""
    state = words[f"evaluations.{run.state}"]
    return Play(run, stamp(run.made_at, words), figures(run, words), state, compare, report)


def _report(run: str, baseline: str, words: Words) -> str:
    beside = f"?{urlencode({'baseline': baseline})}" if baseline else ""
    return f"{ROOT}/runs/{quote(run, safe='')}/report{beside}#lang={words.language}"


def _places(case: CaseShown, words: Words) -> str:
    shown = (
        f"{document}, {words.fill('proof.page', page=page)}" if page is not None else document
        for document, page in case.places
    )
    return " · ".join(shown)


def _rows(curve: Curve, words: Words) -> list[tuple[str, int, str, list[str]]]:
    return [
        (stamp(point.made_at, words), point.cases, point.version, [number(value, words) for value in point.values])
        for point in reversed(curve.points)
    ]


def _metric(one: MetricShown, words: Words) -> Mapping[str, str]:
    difference = None if one.run is None or one.baseline is None else one.run - one.baseline
    low, high = number(one.low, words, one.share, True), number(one.high, words, one.share, True)
    return {
        "name": one.name,
        "before": number(one.baseline, words, one.share),
        "now": number(one.run, words, one.share),
        "change": number(difference, words, one.share, True),
        "interval": "–" if one.low is None else words.fill("evaluations.interval_of", low=low, high=high),
        "p": number(one.p, words, False),
        "pairs": str(one.pairs),
        "trend": words[f"evaluations.{one.trend}"] if one.trend else "",
        "gates": words["evaluations.gates"] if one.gates else "",
    }
