"""Glyphs become lines of readable text: words parted, Arabic put in the order it is read, table columns kept. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.normalise import brackets_turned, has_rtl, is_rtl, one_line, reading_order, turn_brackets, unshape
from corpus.pdf_glyphs import Glyph

_WORD_GAP = 0.17  # of the size: a wider gap is a space
_CELL_GAP = 2.5  # of the size: a wider gap separates the columns of a table


@dataclass(frozen=True, slots=True)
class Line:
    """A line as read, and its place in points; `y` grows upwards."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    rtl: bool

    @property
    def width(self) -> float:
        """Width in points."""
        return self.x1 - self.x0


def lines_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """Group glyphs, in the order they were painted, by baseline."""
    lines: list[Line] = []
    current: list[Glyph] = []
    base = size = 0.0
    for glyph in glyphs:
        same = current and glyph.turn == current[0].turn and abs(glyph.y - base) <= 0.5 * max(size, glyph.size)
        if current and not same:
            lines += _line(current)
            current, size = [], 0.0
        if glyph.size > 1.2 * size or not current:  # the largest glyph sets the baseline, not a raised figure
            base, size = glyph.y, glyph.size
        current.append(glyph)
    lines += _line(current)
    if brackets_turned(line.text for line in lines if line.rtl):
        lines = [replace(line, text=turn_brackets(line.text)) if line.rtl else line for line in lines]
    return lines


def _line(glyphs: Sequence[Glyph]) -> list[Line]:
    """Make the line of `glyphs`, or none when they show nothing."""
    placed = sorted(_clusters(glyphs), key=lambda glyph: glyph.x0)
    visible = [glyph for glyph in placed if glyph.text.strip()]
    if not visible:
        return []
    sizes: Counter[float] = Counter()
    for glyph in visible:
        sizes[glyph.size] += 1
    size = sizes.most_common(1)[0][0]
    pieces: list[str] = []
    end = visible[0].x0
    for glyph in placed:
        if not glyph.text.strip():
            pieces += [glyph.text] if pieces else []
            continue
        gap = glyph.x0 - end
        if gap > _CELL_GAP * size and pieces:
            pieces += [" ", "|", " "]
        elif gap > _WORD_GAP * size and pieces and not pieces[-1].isspace():
            pieces.append(" ")
        end = max(end, glyph.x1)
        pieces.append(glyph.text)
    plain = "".join(pieces)
    rtl = is_rtl(plain)
    if has_rtl(plain):
        plain = reading_order(pieces, rtl=rtl)
    text = one_line(unshape(plain))
    bold = sum(glyph.bold for glyph in visible) > 0.9 * len(visible)
    return [Line(text, visible[0].x0, end, visible[0].y, size, bold, rtl)] if text else []


def _clusters(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Put each mark (a vowel sign, an accent) with its letter, and drop what was painted twice to look bold."""
    kept: list[Glyph] = []
    waiting: list[Glyph] = []
    painted: dict[str, list[float]] = {}
    for glyph in glyphs:
        places = painted.setdefault(glyph.text, [])
        if glyph.text.strip() and any(abs(glyph.x0 - x) < 0.08 * glyph.size for x in places):
            continue
        places.append(glyph.x0)
        if all(unicodedata.combining(c) for c in glyph.text):
            centre = (glyph.x0 + glyph.x1) / 2
            letter = kept[-1] if kept and kept[-1].text.strip() else None
            if letter and letter.x0 - 0.1 * glyph.size <= centre <= letter.x1 + 0.1 * glyph.size:
                kept[-1] = kept[-1]._replace(text=kept[-1].text + glyph.text)
            else:
                waiting.append(glyph)  # painted before its letter
        elif waiting and glyph.text.strip():
            kept.append(glyph._replace(text=glyph.text + "".join(mark.text for mark in waiting)))
            waiting = []
        else:
            kept.append(glyph)
    if kept and waiting:
        kept[-1] = kept[-1]._replace(text=kept[-1].text + "".join(mark.text for mark in waiting))
    return kept
