"""The growth curve of trust: chosen metrics over stored runs, in the order they were made.

It reads runs and baselines, and draws; what it draws was measured when each run was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from corpus.errors import AssistantError
from evals.baseline import Baseline, read_baseline
from evals.metrics import METRICS, SET_METRICS
from evals.run_file import RunError
from evals.summary import means

CHOSEN = ("correctness", "false_answer_near", "false_refusal", "citation_recall")
KNOWN = (*(metric.name for metric in METRICS), *(metric.name for metric in SET_METRICS))


class HistoryError(AssistantError):
    """A metric is not measured, or there is no run to draw; the message says which there are, or how to make one."""


@dataclass(frozen=True, slots=True)
class Point:
    """One run on the curve: when it was made, of which set and how many cases, and its metrics."""

    made_at: str
    set: str
    version: str
    name: str
    cases: int
    values: Mapping[str, float | None]


def read_history(paths: Iterable[Path], set_name: str | None = None) -> list[Point]:
    """The runs in these files and folders, oldest first; what is no whole run of the set is passed over.

    A run of one tag, or one that was not finished, is not on the curve.
    """
    points: dict[tuple[str, str, str], Point] = {}
    for path in paths:
        for file in sorted(filter(_begins_well, path.glob("*.jsonl"))) if path.is_dir() else [path]:
            try:
                found = read_baseline(file)
            except RunError:
                if not path.is_dir():
                    raise
                continue
            header = found.header
            whole = len(found.kept) == len(header.cases) and not header.tag
            if whole and header.set == (set_name or header.set):
                point = _point(file.stem, found)
                points[point.set, point.made_at, header.fingerprint.get("code", "")] = point
    return sorted(points.values(), key=lambda point: (point.set, point.made_at, point.name))


def chosen(text: str) -> tuple[str, ...]:
    """The metrics a comma-separated list names; raises `HistoryError` for one that is not measured.

    >>> chosen("correctness, mrr")
    ('correctness', 'mrr')
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in KNOWN:
            raise HistoryError(f"{name!r} n'est pas mesuré ; il y a : {', '.join(KNOWN)}.")
    return names or CHOSEN


def history_table(points: Sequence[Point], metrics: Sequence[str]) -> str:
    """The curve as a Markdown table, one line a run."""
    from evals.bench import table

    rows = [
        (
            f"{p.made_at[:16].replace('T', ' ')} {p.set}",
            str(p.cases),
            p.version,
            *(_cell(p.values.get(m)) for m in metrics),
        )
        for p in points
    ]
    return table(("run", "cases", "version", *metrics), rows)


def draw_history(points: Sequence[Point], metrics: Sequence[str], path: Path) -> None:
    """The curve as a picture, one small chart a metric, one line a set; the suffix says PNG, SVG or PDF.

    Raises `HistoryError` where there is no run, or nowhere to draw.
    """
    if not points:
        raise HistoryError("Aucune suite entière à dessiner : jouez-en une avec « cooperation evals run ».")
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.1)
    figure = Figure(figsize=(9, 0.5 + 1.7 * len(metrics)), layout=layout, facecolor="#fbfbf8")
    axes = figure.subplots(len(metrics), 1, squeeze=False, sharex=True)[:, 0]
    by_set: dict[str, list[Point]] = {}
    for point in points:
        by_set.setdefault(point.set, []).append(point)
    for axis, metric in zip(axes, metrics, strict=True):
        for color, (name, its) in zip(_COLORS * len(by_set), by_set.items(), strict=False):
            seen = [
                (datetime.fromisoformat(p.made_at), p.values[metric]) for p in its if p.values.get(metric) is not None
            ]
            axis.plot([x for x, _ in seen], [y for _, y in seen], "o-", color=color, label=name, ms=4, lw=1.6)
        axis.set_title(metric, loc="left", fontsize=10, color=_INK)
        axis.grid(axis="y", color="#e3e2da", lw=0.8)
        axis.set_facecolor("#fbfbf8")
        axis.spines[["top", "right", "left"]].set_visible(False)
        axis.spines["bottom"].set_color("#e3e2da")
        axis.tick_params(colors="#5a6172", labelsize=8, length=0)
        if all(value is None or 0 <= value <= 1 for value in (p.values.get(metric) for p in points)):
            axis.set_ylim(-0.03, 1.03)
    if len(by_set) > 1:
        axes[0].legend(fontsize=8, frameon=False)
    locator = AutoDateLocator(minticks=2, maxticks=8)  # type: ignore[no-untyped-call]
    axes[-1].xaxis.set_major_locator(locator)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    try:
        figure.savefig(path, dpi=144)
    except (OSError, ValueError) as error:  # matplotlib lets a suffix it does not know through as a ValueError
        raise HistoryError(
            f"{path} : on ne peut pas y dessiner ({error}). Donnez un nom en .png, .svg ou .pdf."
        ) from error


_INK = "#1d2433"
_COLORS = ["#1f5c46", "#b26a00", "#3b5b92", "#8a3b52", "#5a6172"]


def _begins_well(file: Path) -> bool:
    """Whether a file may be a run or a baseline: a folder can hold large files that are none."""
    try:
        with file.open("rb") as opened:
            return opened.read(12).startswith((b'{"run": ', b'{"baseline": '[:12]))
    except OSError:
        return False


def _point(name: str, run: Baseline) -> Point:
    values = {metric: mean.value for metric, mean in means(run.scores.cases).items()}
    header = run.header
    version = header.fingerprint.get("version", "")
    return Point(header.made_at, header.set, version, name, len(run.kept), {**values, **run.set_metrics})


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
