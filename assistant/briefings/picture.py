"""A timeline as a picture, drawn without a screen. The only door of matplotlib in this folder; opened when asked."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from datetime import date, timedelta

from assistant.briefings.events import Event
from assistant.briefings.written import period

_COLOURS = ("#0b6e4f", "#b5541c", "#2a5caa", "#7b3fa0", "#a32035", "#5b6b1f", "#555555")
_WIDE = 10.0
"""Inches."""
_TITLE = 72
_EPOCH = date(1970, 1, 1).toordinal()
"""The day that matplotlib counts from."""


def draw(events: Sequence[Event], labels: Sequence[str] = (), wide: float = _WIDE, dots: int = 100) -> bytes:
    """The picture as PNG, `wide` inches of `dots` each, `labels` in place of its own; an empty timeline says so."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(wide, 1.2 + 0.5 * max(len(events), 2)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    frameworks = list(dict.fromkeys(event.framework for event in events))
    now = max((event.last or event.first for event in events), default=date(2000, 1, 1))
    shortest = timedelta(days=max(40, (now - min((e.first for e in events), default=now)).days // 120))
    for row, event in enumerate(events):
        colour = _COLOURS[frameworks.index(event.framework) % len(_COLOURS)]
        last = event.last or now
        long = max(last - event.first, shortest)
        axes.barh(
            row,
            long.days,
            left=event.first.toordinal() - _EPOCH,
            color=colour,
            alpha=0.45 if event.last is None else 0.95,
        )
    axes.set_yticks(range(len(events)), labels or [_label(event) for event in events], fontsize=8)
    axes.invert_yaxis()
    axes.xaxis_date()
    axes.tick_params(axis="x", labelsize=8)
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if not events:
        axes.text(0.5, 0.5, "Aucun événement daté", transform=axes.transAxes, ha="center")
        axes.set_axis_off()
    from matplotlib.patches import Patch

    marks = [Patch(color=_COLOURS[i % len(_COLOURS)], label=name or "—") for i, name in enumerate(frameworks)]
    if len(marks) > 1:
        figure.legend(handles=marks, loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=dots)
    return out.getvalue()


def _label(event: Event) -> str:
    return f"{period(event)}  {textwrap.shorten(event.title, _TITLE, placeholder='…')}"
