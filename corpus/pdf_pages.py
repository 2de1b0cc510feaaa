"""What each page of a PDF is: text, a picture of text, letters that are none, nothing; and which lines of it count.

Decided page by page, because files are put together from pages of every origin. What the eye does not see on a page is
not its text: words painted without ink count only under a picture, where they are a scanner's own reading of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.letters import is_garbled, plausibility
from corpus.normalise import has_rtl, holds_shapes, is_rtl
from corpus.pdf_glyphs import Glyph, Painter
from corpus.pdf_lines import Line, lines_of
from corpus.quality import PageKind, PageQuality
from corpus.recognised import Recognised

FEW = 25  # letters: a page of pictures with fewer is one whose words are pictures
_SCANNED = 0.6  # of the page covered by pictures,
_LOST, _MISSED = 0.25, 0.03  # shapes without a letter, for one with: the page says something else; some words do
_STAMPED = 200  # with fewer letters than this: what a scanner or an archive stamps on a page
_UNDER_PICTURE = 0.5  # of the page: unpainted words under so much picture are a reading of it
_OUTLINES = 60  # shapes drawn on a page without letters: letters turned to outlines
_UNSURE, _DOUBTFUL = (
    65.0,
    80.0,
)  # the recogniser's mean confidence: below the first it reads nothing, below the other it is told
_OCR_SIZE = 10.0  # points, of recognised lines in a file without other text


@dataclass(slots=True)
class Page:
    """The lines of a page that count as text, and what the page is."""

    lines: list[Line] = field(default_factory=list)
    quality: PageQuality = field(default_factory=lambda: PageQuality(None, "empty"))


def damaged(number: int) -> Page:
    """A page that the file's damage hides."""
    return Page([], PageQuality(number, "damaged"))


def page_of(painter: Painter, number: int) -> Page:
    """The page that `painter` painted."""
    glyphs, notes = painter.glyphs, []
    if painter.hidden:
        if painter.covered >= _UNDER_PICTURE:
            glyphs = [*glyphs, *painter.hidden]
            notes.append("ocr-layer")
        else:
            notes.append("hidden-text")
    if stored_visually(glyphs):
        notes.append("visual-order")
    if any(holds_shapes(glyph.text) for glyph in glyphs):
        notes.append("presentation-forms")
    lines = lines_of(glyphs)
    text = "\n".join(line.text for line in lines)
    letters = sum(map(str.isalnum, text))
    kind = _kind(painter, lines, text, letters)
    if kind == "garbled":
        lines = []
    elif painter.unmapped > _MISSED * letters:
        notes.append("missing-letters")
    score = plausibility(text)
    quality = PageQuality(number, kind, letters, None if score is None else round(score, 2), tuple(notes))
    return Page(lines, quality)


def _kind(painter: Painter, lines: Sequence[Line], text: str, letters: int) -> PageKind:
    if painter.unmapped > _LOST * letters or is_garbled(text):
        return "garbled"
    if painter.pictures and (
        letters < FEW or (painter.covered > _SCANNED and letters < _STAMPED and not painter.hidden)
    ):
        return "scan"
    if not letters:
        return "scan" if painter.drawn >= _OUTLINES else "empty"
    rows = sum(" | " in line.text for line in lines)
    return "table" if rows >= 3 and rows > 0.4 * len(lines) else "text"


def stored_visually(glyphs: Sequence[Glyph]) -> bool:
    """Say whether the right-to-left letters of a page are stored as they stand, from left to right."""
    visual = logical = 0
    for before, glyph in pairwise(glyphs):
        beside = before.turn == glyph.turn and abs(before.y - glyph.y) < 0.3 * glyph.size
        if beside and has_rtl(before.text) and has_rtl(glyph.text):
            visual += glyph.x0 > before.x0
            logical += glyph.x0 < before.x0
    return visual > max(2, logical)


def recognised_page(page: Page, read: Recognised, size: float) -> Page:
    """The page as a recogniser read it, unless its own text holds more; lines are set in the size of the document."""
    own = page.quality
    text = "\n".join(words.text for words in read.lines)
    if read.confidence < _UNSURE or is_garbled(text) or not read.characters:
        return Page(page.lines, replace(own, notes=(*own.notes, "ocr-failed"), confidence=round(read.confidence, 1)))
    if read.characters < (0 if own.kind == "garbled" else own.characters):
        return page
    lines = [Line(words.text, words.x0, words.x1, words.y, size, False, is_rtl(words.text)) for words in read.lines]
    score = plausibility(text)
    notes = [*(["rotated"] if read.turn else []), *(["doubtful-ocr"] if read.confidence < _DOUBTFUL else [])]
    quality = PageQuality(
        own.page,
        "ocr",
        read.characters,
        None if score is None else round(score, 2),
        tuple(notes),
        round(read.confidence, 1),
    )
    return Page(lines, quality)


def with_recognised(pages: Sequence[Page], recognised: Mapping[int, Recognised]) -> list[Page]:
    """The pages, those that a recogniser read in place of what they were."""
    size = _usual_size([line for page in pages for line in page.lines])
    return [
        recognised_page(page, recognised[number], size) if number in recognised else page
        for number, page in enumerate(pages, start=1)
    ]


def _usual_size(lines: Sequence[Line]) -> float:
    weights: Counter[float] = Counter()
    for line in lines:
        weights[line.size] += len(line.text)
    return weights.most_common(1)[0][0] if weights else _OCR_SIZE
