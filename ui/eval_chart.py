"""The history of a set as small pictures, one a metric: points from left to right as the runs were made, 0 to 100 %.

Pure geometry; the template draws it as SVG in the page, and the table beside it says the same in figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assistant.evaluations import Curve
from ui.i18n import Words

WIDTH: Final = 300
HEIGHT: Final = 96
EDGE: Final = 8
MOST: Final = 60
"""Runs that are drawn: the last ones."""


@dataclass(frozen=True, slots=True)
class Chart:
    """One metric: the places of its points, the line through them, and what is said of the first and the last."""

    name: str
    points: tuple[tuple[float, float], ...]
    line: str
    first: str
    last: str
    dates: tuple[str, str]


def charts(curve: Curve, words: Words) -> tuple[Chart, ...]:
    """A chart for each metric that two runs at least have a value of."""
    made = (_chart(curve, at, words) for at in range(len(curve.metrics)))
    return tuple(chart for chart in made if len(chart.points) > 1)


def _chart(curve: Curve, at: int, words: Words) -> Chart:
    shown = [(point, value) for point in curve.points[-MOST:] if (value := point.values[at]) is not None]
    steps = max(1, len(shown) - 1)
    points = tuple(
        (
            round(EDGE + n * (WIDTH - 2 * EDGE) / steps, 1),
            round(HEIGHT - EDGE - min(1.0, max(0.0, value)) * (HEIGHT - 2 * EDGE), 1),
        )
        for n, (_point, value) in enumerate(shown)
    )
    line = " ".join(f"{x},{y}" for x, y in points)
    ends = [words.fill("evaluations.percent", n=round(value * 100)) for _point, value in shown]
    dates = [words.date(point.made_at[:10]) for point, _value in shown]
    first, last = (ends[0], ends[-1]) if shown else ("", "")
    return Chart(curve.metrics[at], points, line, first, last, (dates[0], dates[-1]) if shown else ("", ""))
