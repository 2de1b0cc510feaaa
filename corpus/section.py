"""The values a loader makes: a document's whole text, and the sections that tile what is worth reading in it."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.quality import PageQuality


@dataclass(frozen=True, slots=True)
class Section:
    """A run of body text under one heading path, on one page.

    `text == document_text[start:start + len(text)]`, in code points. `headings` goes from the outermost heading
    inwards and does not repeat the document's title. `page` counts from 1; `None` where the format has no pages. `ocr`
    says that the text was recognised from a picture, so that a quote may hold a letter that the page does not.
    """

    document: str
    title: str
    headings: tuple[str, ...]
    text: str
    start: int
    page: int | None
    ocr: bool = False

    @property
    def end(self) -> int:
        """Offset just past the last code point of the section."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Document:
    """A file as text: `text` is what offsets count in, headings included; `sections` are ordered and do not overlap.

    `quality` says page by page what was read and what was not.
    """

    id: str
    title: str
    text: str
    sections: tuple[Section, ...]
    pages: int | None = None
    quality: tuple[PageQuality, ...] = ()
