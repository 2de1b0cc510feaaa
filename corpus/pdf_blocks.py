"""Lines become paragraphs, headings and lists, in reading order, without what repeats from page to page. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Literal

from corpus.furniture import is_contents_line, running_lines
from corpus.normalise import Block, Kind, opens_list
from corpus.pdf_lines import Line
from corpus.text import heading_level, is_bare_label, is_item

_TERMINAL = (".", "!", "?", ":", ";", "…", "؟", "؛", "»", "”", "꞉")
_UNNAMED_LEVEL = 11  # of a bold line whose words give it none: above articles, below chapters
_CUT_WORD = re.compile(r"(\w*[^\W\d_])([-\u2010\u2011])$")
_CUT_CHAIN = re.compile(r"\w-\w+-$")  # c’est-à-\ndire
_CUT_CODE = re.compile(r"(?:\w[-\u2010\u2011–]|(?:://|\bwww\.|@)\S*[/._@-]|://|@)$")
_FIRST_WORD = re.compile(r"([^\W\d_]+)")
# Words that keep their hyphen: what stands before it, or after it.
_KEEP_BEFORE = re.compile("sous|non|vice|euro|ex|demi|semi|socio|peut|celui|celle|ceux|celles|outre|quasi|afro")
_KEEP_AFTER = re.compile("ci|là|mêmes?|ils?|elles?|on|je|tu|nous|vous|ce|est")


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in one document: sizes and distances in points, whether the body is bold, words met."""

    size: float
    leading: float
    width: float
    bold: bool
    heading_sizes: tuple[float, ...]
    words: frozenset[str]


def _round(size: float) -> float:
    return round(size * 2) / 2


def _measure(pages: Sequence[Sequence[Line]]) -> _Measure:
    lines = [line for page in pages for line in page]
    weights: Counter[float] = Counter()
    bold = 0
    for line in lines:
        weights[_round(line.size)] += len(line.text)
        bold += len(line.text) if line.bold else 0
    size = weights.most_common(1)[0][0] if weights else 10.0
    gaps = [
        above.y - below.y
        for page in pages
        for above, below in pairwise(page)
        if _round(above.size) == _round(below.size) == size and 0.8 * size < above.y - below.y < 2.5 * size
    ]
    larger = sorted({_round(line.size) for line in lines if _is_large(line, size)}, reverse=True)
    words = frozenset(
        word for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*(?!\w*-$)", line.text.casefold())
    )
    leading = median(gaps) if gaps else 1.2 * size
    return _Measure(size, leading, _usual_width(lines, size), bold > sum(weights.values()) / 2, tuple(larger), words)


def _usual_width(lines: Sequence[Line], size: float) -> float:
    """Give the width that nine body lines in ten stay within."""
    widths = sorted(line.width for line in lines if _round(line.size) == size)
    return widths[int(0.9 * (len(widths) - 1))] if widths else 0.0


def _is_large(line: Line, body: float) -> bool:
    return line.size >= 1.12 * body and line.size - body >= 0.9 and _is_wordy(line.text)


def _is_wordy(text: str) -> bool:
    """Say whether letters make up enough of `text` for a heading: an amount or a date is none."""
    return sum(c.isalpha() for c in text) >= 0.4 * len(text.replace(" ", ""))


def blocks_of(pages: Sequence[Sequence[Line]]) -> Iterator[Block]:
    """Give the blocks of all pages, without what repeats from page to page."""
    kept = _without_running(pages)
    measure = _measure(kept)
    before: Block | None = None
    for number, lines in enumerate(kept, start=1):
        blocks = list(_page_blocks(lines, measure, number))
        if before is not None and blocks and _runs_on(before, blocks[0]):
            blocks[0] = replace(blocks[0], kind="continued")
        yield from blocks
        before = blocks[-1] if blocks else before


def _without_running(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    ordered = [sorted(lines, key=lambda line: -line.y) for lines in pages]  # headers may be painted last
    running = running_lines([[line.text for line in lines] for lines in ordered])
    dropped = [{id(lines[i]) for i in indexes} for lines, indexes in zip(ordered, running, strict=True)]
    return [
        _read_lines([line for line in lines if id(line) not in gone])
        for lines, gone in zip(pages, dropped, strict=True)
    ]


def _read_lines(lines: list[Line]) -> list[Line]:
    """Leave out a table of contents with its page numbers, and order the rest as it is read."""
    if any(is_contents_line(line.text) for line in lines):
        lines = [line for line in lines if not is_contents_line(line.text) and not line.text.strip(" .").isdigit()]
    return _by_column(lines)


def _by_column(lines: list[Line]) -> list[Line]:
    """Order `lines` column by column where the page has columns, else as painted.

    Lines that run across the columns part them: what stands above such a line is read before it.
    """
    gutter = _gutter(lines)
    if gutter is None:
        return _top_first(lines)
    rtl = sum(line.rtl for line in lines) > len(lines) / 2
    ordered: list[Line] = []
    sides: tuple[list[Line], list[Line]] = ([], [])
    for line in [*sorted(lines, key=lambda line: -line.y), None]:
        if line is not None and not line.x0 < gutter < line.x1:
            sides[(line.x0 >= gutter) != rtl].append(line)
            continue
        for side in sides:
            ordered += _by_column(side)
            side.clear()
        ordered += [line] if line is not None else []
    return ordered


def _gutter(lines: Sequence[Line]) -> float | None:
    """Find a place across that hardly any line runs over, with many lines on both sides; `None` in one column."""
    if len(lines) < 10:
        return None
    left, right = min(line.x0 for line in lines), max(line.x1 for line in lines)
    best: tuple[int, float] | None = None
    for edge in sorted({line.x1 for line in lines}):
        place = edge + 2.0
        if not left + 0.2 * (right - left) < place < left + 0.8 * (right - left):
            continue
        before = sum(line.x1 <= place for line in lines)
        after = sum(line.x0 >= place for line in lines)
        crossing = len(lines) - before - after
        if min(before, after) >= max(4, len(lines) // 5) and crossing <= len(lines) // 6:
            best = min(best or (crossing, place), (crossing, place))
    return best[1] if best else None


def _top_first(lines: list[Line]) -> list[Line]:
    """Put first what stands above everything else and was painted last, as some programs do with headings."""
    first = len(lines)
    while first > 1 and lines[first - 1].y > max(line.y for line in lines[: first - 1]) + 0.8 * lines[first - 1].size:
        first -= 1
    return [*reversed(lines[first:]), *lines[:first]]


def _runs_on(before: Block, after: Block) -> bool:
    if before.kind not in {"paragraph", "line", "continued"} or after.kind != "paragraph":
        return False
    return not before.text.endswith(_TERMINAL) and after.text[:1].islower()


def _page_blocks(lines: Sequence[Line], measure: _Measure, number: int) -> Iterator[Block]:
    body = [line for line in lines if _round(line.size) == measure.size]
    usual = _usual_width(body, measure.size) if len(body) >= 8 else measure.width
    open_block: Block | None = None
    for index, line in enumerate(lines):
        above = lines[index - 1] if index else None
        level = _heading(lines, index, measure, usual)
        if open_block is not None and above is not None:
            if level is not None and open_block.kind == "heading":
                if _names(open_block, line) or (open_block.level == level and _goes_on(above, line)):
                    open_block = replace(open_block, text=f"{open_block.text} {line.text}")
                    continue
            elif level is None and open_block.kind != "heading":
                how = _join(above, line, open_block, measure, usual)
                if how == "join":
                    open_block = replace(open_block, text=_mend(open_block.text, line.text, measure.words))
                    continue
                yield open_block
                open_block = Block("line" if how == "line" else "paragraph", line.text, 0, number)
                continue
        if open_block is not None:
            yield _settled(open_block)
        apart = _is_row(line) or is_item(line.text)
        kind: Kind = "heading" if level is not None else "line" if apart else "paragraph"
        open_block = Block(kind, line.text, level or 0, number)
    if open_block is not None:
        yield _settled(open_block)


def _settled(block: Block) -> Block:
    """Take back a heading that grew too long to be one."""
    return Block("paragraph", block.text, 0, block.page) if block.kind == "heading" and len(block.text) > 250 else block


def _names(label: Block, line: Line) -> bool:
    """Say whether a heading line names the chapter that the line above numbers; an article is rarely named so."""
    numbers = is_bare_label(label.text) and heading_level(label.text) in {1, 2, 3}
    return numbers and heading_level(line.text) in {None, 4}


def _goes_on(above: Line, line: Line) -> bool:
    """Say whether two heading lines are one heading, wrapped."""
    alike = _round(above.size) == _round(line.size) and above.bold == line.bold
    labelled = is_bare_label(above.text) or heading_level(line.text) not in {None, 4}
    return alike and 0 < above.y - line.y < 1.9 * line.size and not labelled and not above.text.endswith(_TERMINAL)


def _heading(lines: Sequence[Line], index: int, measure: _Measure, usual: float) -> int | None:
    """Give the level of the heading on line `index`: by its size, else its weight, else its words."""
    line = lines[index]
    if len(line.text) > 200 or not _is_wordy(line.text) or _is_row(line):
        return None
    if _is_large(line, measure.size):
        return measure.heading_sizes.index(_round(line.size)) + 1
    sizes = len(measure.heading_sizes)
    above = lines[index - 1] if index else None
    below = lines[index + 1] if index + 1 < len(lines) else None
    words = heading_level(line.text)
    if line.bold and not measure.bold and line.size >= 0.95 * measure.size:
        return sizes + 1 + (words or _UNNAMED_LEVEL) if _is_label(_bold_run(lines, index), above, usual) else None
    if words is None or line.size < 0.65 * measure.size or line.width > 0.85 * usual:
        return None
    starts = above is None or above.text.endswith(_TERMINAL) or above.width < 0.85 * usual
    goes_on = below is not None and below.text[:1].islower()
    return sizes + 1 + words if starts and not goes_on else None


def _bold_run(lines: Sequence[Line], index: int) -> Sequence[Line]:
    """Give the bold lines around line `index` that are set as one piece."""

    def parted(above: Line, below: Line) -> bool:
        alike = below.bold and above.bold and abs(above.size - below.size) <= 0.2
        named = is_bare_label(above.text) or heading_level(below.text) not in {None, 4}
        return not alike or named or not 0 < above.y - below.y < 1.9 * below.size

    start, end = index, index + 1
    while start > 0 and not parted(lines[start - 1], lines[start]):
        start -= 1
    while end < len(lines) and not parted(lines[end - 1], lines[end]):
        end += 1
    return lines[start:end]


def _is_label(run: Sequence[Line], above: Line | None, usual: float) -> bool:
    """Say whether a run of bold lines is a heading, and no bold paragraph or bold words in one."""
    if len(run) > 3 or run[-1].text.endswith((".", ";", ",")) or any(_bulleted(line.text) for line in run):
        return False
    inside = above is not None and not above.bold and above.width >= 0.85 * usual
    return not inside or above is None or above.text.endswith(_TERMINAL) or above.y - run[0].y > 1.5 * run[0].size


def _join(above: Line, line: Line, block: Block, measure: _Measure, usual: float) -> Literal["join", "new", "line"]:
    """Say how `line` follows `above`, the last line of `block`."""
    ended = above.text.endswith(_TERMINAL)
    if _is_row(line):
        return "line"
    if _bulleted(line.text) or (is_item(line.text) and (ended or block.kind == "line")):
        return "line"
    if _is_row(above) or abs(above.size - line.size) > 0.1 * measure.size:
        return "new"
    gap = above.y - line.y
    if gap > 1.4 * max(measure.leading, 1.05 * line.size):
        return "new"
    capital = not line.text[:1].islower() and not line.rtl
    full = above.width + 1.1 * _first_word_width(line) >= 0.97 * usual  # else the line was ended on purpose
    if ended and (not full or _indented(above, line) or (capital and opens_list(above.text))):
        return "new"
    if above.text.endswith((";", "؛")) and (capital or line.rtl):
        return "new"
    if not full and not ended and capital and above.text.endswith(","):
        return "new"
    if not full and not ended and (capital or line.rtl) and above.width < 0.6 * usual:
        return "line"
    return "join"


def _first_word_width(line: Line) -> float:
    return line.width * len(line.text.split(maxsplit=1)[0]) / len(line.text)


def _indented(above: Line, line: Line) -> bool:
    return above.x1 - line.x1 > 0.8 * line.size if line.rtl else line.x0 - above.x0 > 0.8 * line.size


def _is_row(line: Line) -> bool:
    return " | " in line.text


def _bulleted(text: str) -> bool:
    return is_item(text) and not text[0].isalnum() and text[0] != "("


def _mend(text: str, following: str, words: frozenset[str]) -> str:
    """Join two lines of a paragraph; a word cut in two is made whole, a compound keeps its hyphen."""
    cut, rest = _CUT_WORD.search(text), _FIRST_WORD.match(following)
    if cut is None or rest is None or not following[0].islower():  # Seine-\nSaint-Denis, 2019-\n2020, an address
        return text + following if _CUT_CODE.search(text) else f"{text} {following}"
    before, after = cut[1].casefold(), rest[1].casefold()
    compound = f"{before}-{after}" in words or _CUT_CHAIN.search(text) is not None
    if compound or (before + after not in words and (_KEEP_BEFORE.fullmatch(before) or _KEEP_AFTER.fullmatch(after))):
        return text + following
    return text[: cut.start(2)] + following


def take_title(blocks: list[Block]) -> str | None:
    """Make the one heading of the largest size a title, when it stands on the first page."""
    largest = [i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1]
    if len(largest) != 1 or blocks[largest[0]].page != 1:
        return None
    found = blocks[largest[0]]
    blocks[largest[0]] = replace(found, kind="title")
    return found.text
