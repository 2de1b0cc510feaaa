"""PDF to readable text: glyphs to lines, lines to paragraphs and headings, page by page.

A page is a list of painted glyphs: nothing in it says which follow each other, where a paragraph ends, or that Arabic
reads from right to left. pypdf parses the file and decodes the fonts; the places of the glyphs decide the rest. Its own
`extract_text` looks at hardly any place: measured on the Algerian Journal officiel, it gives Arabic backwards and runs
figures together.

Pages without words of their own, or with wrong letters, are left to a recogniser: `corpus.guard` has it read them in
children of their own, and comes back with its lines.

Lines are joined to paragraphs with single spaces, and words cut at the end of a line are mended, so that a sentence can
be quoted on one line. Running headers, footers, page numbers and tables of contents are left out.
"""

from __future__ import annotations

import logging
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError

from corpus.errors import UnreadableDocument
from corpus.normalise import assemble, mixes_digits, western_digits
from corpus.pdf_blocks import blocks_of, take_title
from corpus.pdf_glyphs import Fonts, paint
from corpus.pdf_pages import Page, damaged, page_of, with_recognised
from corpus.quality import NEEDS_OCR, PageQuality
from corpus.recognised import Recognised
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
    passwords: Sequence[str] = (),
    recognised: Mapping[int, Recognised] | None = None,
) -> Document:
    """Read a PDF; its title is `title`, else the one line set largest, on its first page, else `fallback`, else `id`.

    A line's size is a guess at the title, where other formats mark it: so here the caller's word comes first.

    `announce` is told the number of pages before they are read. `passwords` are tried where the file asks for one;
    `recognised` holds what a recogniser read on pages, by number. Raises `UnreadableDocument` for what is locked,
    scanned, empty, damaged or too long; its `quality` then names the pages that a recogniser could read.
    """
    reader, count = _open(data, max_pages, passwords)
    announce(count)
    pages = list(_pages(reader, count, max_characters))
    if recognised:
        pages = with_recognised(pages, recognised)
    quality = tuple(page.quality for page in pages)
    _refuse_unread(quality)
    lines = [page.lines for page in pages]
    if any(mixes_digits(line.text) for page in lines for line in page):
        lines = [[replace(line, text=western_digits(line.text)) for line in page] for page in lines]
    blocks = list(blocks_of(lines))
    found = take_title(blocks)
    read = frozenset(page.page for page in quality if page.page and (page.kind == "ocr" or "ocr-layer" in page.notes))
    document = assemble(id, title or found or fallback or id, blocks, count, read)
    return replace(document, quality=quality)


def _pages(reader: PdfReader, count: int, max_characters: int) -> Iterator[Page]:
    fonts: Fonts = {}
    seen = 0
    for index in range(count):
        try:
            page = page_of(paint(reader.pages[index], fonts), index + 1)
        except (MemoryError, UnreadableDocument):
            raise
        except LimitReachedError as error:
            raise UnreadableDocument("fichier PDF refusé : contenu compressé démesuré") from error
        except Exception:  # what a damaged page makes pypdf raise has no common class
            page = damaged(index + 1)
        seen += sum(len(line.text) for line in page.lines)
        if seen > max_characters:
            raise UnreadableDocument(f"document trop volumineux : {max_characters} caractères au plus")
        yield page


def _open(data: bytes, max_pages: int, passwords: Sequence[str]) -> tuple[PdfReader, int]:
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            _unlock(reader, passwords)
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


def _unlock(reader: PdfReader, passwords: Sequence[str]) -> None:
    """Open a protected file by no password, as viewers do, else by one of those given, in each form it may have."""
    for password in ("", *passwords):
        # What the owner typed was prepared before it was hashed (SASLprep): no soft hyphens, compatible letters one.
        prepared = unicodedata.normalize("NFKC", password.replace("\xad", ""))
        for form in dict.fromkeys((password, prepared)):
            if reader.decrypt(form):
                return
    told = "aucun des mots de passe donnés ne l’ouvre" if passwords else "donnez-le par --passwords FICHIER"
    raise UnreadableDocument(f"document protégé par un mot de passe : {told}, ou enregistrez-le sans protection")


def _refuse_unread(pages: Sequence[PageQuality]) -> None:
    """Raise `UnreadableDocument` where no page gives text, or too many are damaged."""
    counts = Counter(page.kind for page in pages)
    if counts["damaged"] > _FAILED_PAGES * len(pages):
        reason = f"fichier PDF endommagé : {counts['damaged']} page(s) illisible(s) sur {len(pages)}"
        raise UnreadableDocument(reason, pages)
    if any(page.kind in {"text", "table", "ocr"} and page.characters for page in pages):
        return
    if any("ocr-failed" in page.notes for page in pages):
        reason = (
            "texte illisible : la reconnaissance (OCR) n’y lit rien de sûr, numérisez de nouveau à 300 points par pouce"
        )
        raise UnreadableDocument(reason, pages)
    if counts["garbled"]:
        reason = f"texte illisible : polices sans table de lettres juste, {NEEDS_OCR}"
        raise UnreadableDocument(reason, pages)
    if counts["scan"]:
        raise UnreadableDocument(f"document numérisé : {NEEDS_OCR}", pages)
    raise UnreadableDocument("document vide : ce PDF ne contient aucun texte", pages)
