"""A timeline as a picture in the page: one lane a framework, a mark or a bar an event, years below. Pure, no script.

In a language read from the right, time runs from the right too. Each mark leads to its row of the table, which tells
the same in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assistant.briefings.events import Event
from assistant.briefings.written import when
from ui.i18n import Words
from ui.sources import framework_name

WIDTH = 720
"""Units of the picture, which the page stretches to its own width."""
SIDE, LANE, FOOT = 16, 46, 26
MOST_TICKS = 9
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
SHORTEST = 9.0


@dataclass(frozen=True, slots=True)
class Mark:
    """An event as a bar of rounded ends; `row` is its place in the table, from 1."""

    row: int
    x: float
    width: float
    open: bool
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A framework's events; `colour` is the number of its class in the style sheet."""

    name: str
    y: int
    colour: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws."""

    width: int
    height: int
    ticks: tuple[tuple[float, int], ...]
    lanes: tuple[Lane, ...]
    names_at: int


def picture(events: Sequence[Event], words: Words) -> Picture | None:
    """The picture of the events; none where there are none."""
    if not events:
        return None
    first = min(event.first.year for event in events)
    last = max((event.last or event.first).year for event in events) + 1
    mirrored = words.direction == "rtl"

    def at(when: date) -> float:
        share = (when.toordinal() - date(first, 1, 1).toordinal()) / max(1, _start(last) - _start(first))
        x = SIDE + share * (WIDTH - 2 * SIDE)
        return round(WIDTH - x if mirrored else x, 1)

    names = list(dict.fromkeys(event.framework for event in events))
    lanes = []
    for number, framework in enumerate(names):
        marks = tuple(
            _mark(row, event, at(event.first), at(event.last or date(min(last, 9999), 1, 1)), words)
            for row, event in enumerate(events, 1)
            if event.framework == framework
        )
        shown = framework_name(framework, words) or words["fiches.no_framework"]
        lanes.append(Lane(shown, number * LANE + 18, number % 6, marks))
    step = next((step for step in STEPS if (last - first) / step <= MOST_TICKS), STEPS[-1])
    years = range(-(-first // step) * step, last + 1, step)
    ticks = tuple((at(date(year, 1, 1)), year) for year in years if 1 <= year <= 9999)
    return Picture(WIDTH, len(lanes) * LANE + FOOT, ticks, tuple(lanes), WIDTH - SIDE if mirrored else SIDE)


def _mark(row: int, event: Event, start: float, end: float, words: Words) -> Mark:
    left, long = min(start, end), max(abs(end - start), SHORTEST)
    left = min(max(left, 0), WIDTH - long)
    return Mark(
        row, round(left, 1), round(long, 1), event.last is None, f"{when(event, words.language)} · {event.title}"
    )


def _start(year: int) -> int:
    return date(year, 1, 1).toordinal() if year <= date.max.year else date.max.toordinal()
