"""Pages whose words are pictures, read by Tesseract: one child a page, so that a bad page costs itself alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus.quality import PageQuality
from corpus.recognised import Recognised
from corpus.tools import ChildFailed, run_child

WANTED = frozenset({"scan", "garbled"})
_AT_ONCE = 2  # pages; more would take the machine from those who ask


def pages_to_read(quality: Sequence[PageQuality]) -> list[int]:
    """The pages that a recogniser could make text of."""
    return [page.page for page in quality if page.page is not None and page.kind in WANTED]


def recognise(
    path: Path,
    pages: Sequence[int],
    tesseract: str,
    *,
    cpu_seconds: int,
    memory_bytes: int,
    passwords: Sequence[str] = (),
) -> dict[int, Recognised]:
    """Read pages (from 1) of the PDF at `path`; a page that fails is there without lines."""

    def read(page: int) -> Recognised:
        request = {
            "path": str(path.absolute()),
            "page": page,
            "passwords": list(passwords),
            "tesseract": tesseract,
            "cpu": cpu_seconds,
            "memory": memory_bytes,
        }
        try:
            return Recognised.from_json(json.loads(run_child("corpus.ocr_page", request, 2.0 * cpu_seconds)))
        except (ChildFailed, ValueError):
            return Recognised((), 0.0)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(pages, pool.map(read, pages), strict=True))
