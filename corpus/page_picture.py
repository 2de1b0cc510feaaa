"""One page of a PDF as a picture, and where a quote stands on it; run as `python -m corpus.page_picture`, in a child.

The file is drawn only while it is the one that was read (its SHA-256 is asked for): another would show another page
beside the quote. What the file does, it does to the child, which has little memory and little time, and makes a picture
of at most `MOST_PIXELS`; for whoever asks there is then no picture, and the text remains.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from corpus.confine import allow_cpu, confine
from corpus.marks import Box, lines_of, span
from corpus.pdfium import NoPage, Sheet
from corpus.tools import ChildFailed, run_child

WIDTH: Final = 1500
"""Pixels: sharp at twice the width of a panel, and readable when it is drawn nearer on a telephone."""
MOST_PIXELS: Final = 4_500_000
MOST_BYTES: Final = 3_000_000
MOST_MARKS: Final = 200
MOST_LETTERS: Final = 200_000
"""On one page; with more of them none is looked at."""
MEMORY: Final = 1 << 30
CPU_SECONDS: Final = 10
QUALITY: Final = (82, 60, 30)
"""Of the picture, the next one where it would be too many bytes."""


class NoPicture(Exception):
    """There is none: another file, a page that is not there, or one that asks too much."""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page: how many there are, its size in points, the boxes of the quote as shares of it, its picture (WebP)."""

    pages: int
    size: tuple[float, float]
    marks: tuple[Box, ...]
    picture: bytes


def page_picture(path: Path, sha256: str, number: int, quote: str = "", drawn: bool = True) -> PagePicture:
    """Page `number` (from 1) of the PDF at `path`, with the place of `quote`; raises `NoPicture`.

    Without `drawn` the picture is left empty: for another quote of a page that is drawn already.
    """
    request = {"path": str(path), "sha256": sha256, "number": number, "quote": quote, "drawn": drawn}
    request |= {"cpu": CPU_SECONDS, "memory": MEMORY}
    try:
        said, _, picture = run_child("corpus.page_picture", request, 2.0 * CPU_SECONDS).partition(b"\n")
        value = json.loads(said)
        width, height = (float(side) for side in value["size"])
        marks = tuple(_box(box) for box in value["marks"][:MOST_MARKS])
        pages = int(value["pages"])
    except (ChildFailed, ValueError, KeyError, TypeError) as error:
        raise NoPicture from error
    if len(picture) > MOST_BYTES or not (width > 0 and height > 0) or (drawn and not picture.startswith(b"RIFF")):
        raise NoPicture
    return PagePicture(pages, (width, height), marks, picture)


def _box(value: list[float]) -> Box:
    """A box that lies on the page; raises `ValueError` for anything else: a child is not trusted."""
    left, top, right, bottom = (min(1.0, max(0.0, float(side))) for side in value)
    if not (left <= right and top <= bottom):
        raise ValueError("no box")
    return left, top, right, bottom


# --- in the child ----------------------------------------------------------------------------------------------------


def main() -> None:
    """Confine this process, draw the page that the request names, write its measures as JSON and then its picture."""
    request = json.loads(sys.stdin.readline())
    confine(request["memory"])
    allow_cpu(request["cpu"])
    data = Path(request["path"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != request["sha256"]:
        raise SystemExit(1)
    try:
        sheet = Sheet(data, request["number"])
    except NoPage as error:
        raise SystemExit(1) from error
    marks = _marks(sheet, request["quote"])
    picture = _drawn(sheet) if request["drawn"] else b""
    said = {"pages": sheet.pages, "size": sheet.size, "marks": marks}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + picture)


def _marks(sheet: Sheet, quote: str) -> tuple[Box, ...]:
    letters = sheet.letters(MOST_LETTERS) if quote else []
    found = span(letters, quote) if letters else None
    return lines_of(sheet.boxes(*found))[:MOST_MARKS] if found else ()


def _drawn(sheet: Sheet) -> bytes:
    picture, _scale = sheet.picture(WIDTH / max(1.0, sheet.size[0]), MOST_PIXELS)
    for quality in QUALITY:
        held = BytesIO()
        picture.save(held, "WEBP", quality=quality, method=2)
        if held.tell() <= MOST_BYTES:
            return held.getvalue()
    raise SystemExit(1)


if __name__ == "__main__":
    main()
