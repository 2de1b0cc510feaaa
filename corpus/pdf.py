"""PDF to readable text: glyphs to lines, lines to paragraphs and headings, page by page.

A page is a list of painted glyphs: nothing in it says which follow each other, where a paragraph ends, or that Arabic
reads from right to left. pypdf parses the file and decodes the fonts; the places of the glyphs decide the rest. Its own
`extract_text` looks at hardly any place: measured on the Algerian Journal officiel, it gives Arabic backwards and runs
figures together. `Font` is the one name taken from inside pypdf: no public one decodes the strings of a page.

Lines are joined to paragraphs with single spaces, and words cut at the end of a line are mended, so that a sentence can
be quoted on one line. Running headers, footers, page numbers and tables of contents are left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError

from corpus.errors import UnreadableDocument
from corpus.normalise import assemble, mixes_digits, western_digits
from corpus.pdf_blocks import blocks_of, take_title
from corpus.pdf_glyphs import Fonts, paint
from corpus.pdf_lines import Line, lines_of
from corpus.section import Document

MAX_PAGES = 2_000
MAX_CHARACTERS = 5_000_000
_FAILED_PAGES = 0.1  # a share of pages that may be damaged before the file is

# A damaged file makes pypdf warn once an object; the reason given to the reader says it once.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def load_pdf(
    data: bytes,
    id: str,
    title: str | None,
    *,
    max_pages: int = MAX_PAGES,
    max_characters: int = MAX_CHARACTERS,
    fallback: str = "",
    announce: Callable[[int], None] = lambda _: None,
) -> Document:
    """Read a PDF; its title is `title`, else the one line set largest, on its first page, else `fallback`, else `id`.

    A line's size is a guess at the title, where other formats mark it: so here the caller's word comes first.

    `announce` is told the number of pages before they are read. Raises `UnreadableDocument` for what is encrypted,
    scanned, empty, damaged or too long.
    """
    reader, count = _open(data, max_pages)
    announce(count)
    pages: list[list[Line]] = []
    fonts: Fonts = {}
    failed = unmapped = seen = pictures = 0
    for index in range(count):
        try:
            page = reader.pages[index]
            painter = paint(page, fonts)
            pictures += painter.pictures > 0
            unmapped += painter.unmapped
            pages.append(lines_of(painter.glyphs))
        except (MemoryError, UnreadableDocument):
            raise
        except LimitReachedError as error:
            raise UnreadableDocument("fichier PDF refusé : contenu compressé démesuré") from error
        except Exception:  # what a damaged page makes pypdf raise has no common class
            failed += 1
            pages.append([])
        seen += sum(len(line.text) for line in pages[-1])
        if seen > max_characters:
            raise UnreadableDocument(f"document trop volumineux : {max_characters} caractères au plus")
    if failed > _FAILED_PAGES * count:
        raise UnreadableDocument(f"fichier PDF endommagé : {failed} page(s) illisible(s) sur {count}")
    _refuse_pictures(pages, pictures, unmapped)
    if any(mixes_digits(line.text) for page in pages for line in page):
        pages = [[replace(line, text=western_digits(line.text)) for line in page] for page in pages]
    blocks = list(blocks_of(pages))
    found = take_title(blocks)
    return assemble(id, title or found or fallback or id, blocks, count)


def _open(data: bytes, max_pages: int) -> tuple[PdfReader, int]:
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableDocument("document protégé par un mot de passe")
        count = len(reader.pages)
    except (MemoryError, UnreadableDocument):
        raise
    except DependencyError as error:
        raise UnreadableDocument("document protégé par chiffrement : enregistrez-le sans protection") from error
    except Exception as error:  # what a damaged file makes pypdf raise has no common class
        raise UnreadableDocument("fichier PDF endommagé ou incomplet") from error
    if count == 0:
        raise UnreadableDocument("document vide : ce PDF n’a aucune page")
    if count > max_pages:
        raise UnreadableDocument(f"document trop long : {count} pages, {max_pages} au plus")
    return reader, count


def _refuse_pictures(pages: Sequence[Sequence[Line]], pictures: int, unmapped: int) -> None:
    """Raise `UnreadableDocument` where the words are pictures, or shapes that stand for no letter."""
    letters = sum(c.isalnum() for page in pages for line in page for c in line.text)
    if unmapped > letters:
        raise UnreadableDocument("texte illisible : polices sans table de lettres, OCR nécessaire")
    if pictures and letters < 25 * len(pages):
        raise UnreadableDocument("document numérisé sans texte : OCR nécessaire")
    if not letters:
        raise UnreadableDocument("document vide : ce PDF ne contient aucun texte")
