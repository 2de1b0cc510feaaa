"""Pages of a PDF as they look: the one door to pdfium, which is opened in children with limits and nowhere else.

A page may claim any size: its picture never holds more pixels than asked for, whatever the page says.
"""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import byref, c_int
from typing import Any

_FINE = 10_000  # steps a side, in which a place on a page is told


class NoPage(Exception):
    """The file cannot be opened, or has no such page; for the module that draws, never for a person."""


class Sheet:
    """Page `number` (from 1) of a PDF, given as its path or its bytes; `size` is in points, `pages` are all there are.

    Raises `NoPage`.
    """

    def __init__(self, pdf: str | bytes, number: int, passwords: Iterable[str] = ()) -> None:
        import pypdfium2

        for password in (None, *passwords):
            try:
                document = pypdfium2.PdfDocument(pdf, password=password)
                self.pages = len(document)
                if not 1 <= number <= self.pages:
                    raise NoPage
                self._page = document[number - 1]
            except pypdfium2.PdfiumError:
                continue
            self._document = document
            self.size: tuple[float, float] = self._page.get_size()
            return
        raise NoPage

    def picture(self, scale: float, most_pixels: int, grey: bool = False) -> tuple[Any, float]:
        """The page drawn at `scale` pixels a point, or at fewer where that were too many; and the scale it has."""
        width, height = self.size
        scale = min(scale, (most_pixels / max(1.0, width * height)) ** 0.5)
        if max(width, height) * scale > most_pixels**0.5 * 8:  # a strip: long, and hardly wide
            scale = most_pixels**0.5 * 8 / max(width, height)
        drawn = self._page.render(scale=scale, grayscale=grey).to_pil()
        return drawn.convert("L" if grey else "RGB"), scale

    def letters(self, most: int) -> list[str]:
        """The page's letters in reading order as pdfium tells them, its added spaces included; none beyond `most`."""
        import pypdfium2.raw as raw

        text = self._text
        count = text.count_chars()
        return [chr(raw.FPDFText_GetUnicode(text, at)) for at in range(count)] if count <= most else []

    def boxes(self, first: int, last: int) -> list[tuple[float, float, float, float]]:
        """Where the letters `first` to `last`, excluded, stand: left, top, right, bottom, as shares from its top.

        Letters that take no place, such as spaces that pdfium adds, have none.
        """
        import pypdfium2.raw as raw

        found = []
        for at in range(first, last):
            left, bottom, right, top = self._text.get_charbox(at, loose=True)
            if right - left <= 0 or top - bottom <= 0 or raw.FPDFText_IsGenerated(self._text, at) == 1:
                continue
            a, b = self._place(left, top), self._place(right, bottom)
            found.append((min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])))
        return found

    @property
    def _text(self) -> Any:
        if not hasattr(self, "_read"):
            self._read = self._page.get_textpage()
        return self._read

    def _place(self, x: float, y: float) -> tuple[float, float]:
        """A point of the page as it is seen, turned and cut as the file asks."""
        import pypdfium2.raw as raw

        right, down = c_int(), c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, _FINE, _FINE, 0, x, y, byref(right), byref(down))
        return right.value / _FINE, down.value / _FINE
