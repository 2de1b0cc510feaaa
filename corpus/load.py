"""From a file to a document: what the file is, then the one loader that reads it.

The name says what a file should be, its first bytes what it is; where they differ it is refused, because a loader fed
with something else is where parsers break. Files from outside go through `corpus.guard`, which calls `load` in a child.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Final

from corpus.errors import NeedsOffice, UnreadableDocument
from corpus.kinds import SUPPORTED, refuse_disguise
from corpus.letters import plausibility
from corpus.quality import PageKind, PageQuality
from corpus.recognised import Recognised
from corpus.section import Document

MAX_BYTES: Final = 50_000_000
MAX_PAGES: Final = 2_000
MAX_CHARACTERS: Final = 5_000_000
INSTALL_OFFICE: Final = "installez LibreOffice (apt install libreoffice-writer-nogui libreoffice-calc-nogui)"
_OLD: Final = {"doc": ("docx", "Word", ".docx"), "xls": ("xlsx", "Excel", ".xlsx")}
_LOADERS: Final = {
    "html": ("html", "load_html"),
    "md": ("markdown", "load_markdown"),
    "txt": ("text", "load_text"),
    "docx": ("docx", "load_docx"),
    "odt": ("odt", "load_odt"),
    "ods": ("odt", "load_ods"),
    "rtf": ("rtf", "load_rtf"),
    "epub": ("epub", "load_epub"),
    "eml": ("mail", "load_eml"),
    "msg": ("mail", "load_msg"),
    "xlsx": ("grids", "load_xlsx"),
    "csv": ("grids", "load_csv"),
}


def load(
    path: Path,
    id: str,
    title: str | None = None,
    *,
    max_bytes: int = MAX_BYTES,
    max_pages: int = MAX_PAGES,
    max_characters: int = MAX_CHARACTERS,
    announce: Callable[[int], None] = lambda _: None,
    name: str | None = None,
    passwords: Sequence[str] = (),
    recognised: Mapping[int, Recognised] | None = None,
    office: bool = False,
) -> Document:
    """Read the file at `path` (of a kind that `SUPPORTED` lists) as a document.

    `title` serves where the text names itself by nothing, then the file's name (`name`, where the file has been made of
    another); a PDF's largest line only where `title` is not given. `announce` is told the number of pages of a PDF.
    `passwords` are tried on a PDF that asks for one; `recognised` is what a recogniser read on its pages; `office` says
    that LibreOffice is at hand. Raises `UnreadableDocument` with the reason, `NeedsOffice` for what only that reads.
    """
    kind = SUPPORTED.get(path.suffix.lower())
    if kind is None:
        raise UnreadableDocument(
            f"format {path.suffix.lower() or 'sans extension'} non pris en charge : déposez un fichier "
            + ", ".join(SUPPORTED)
        )
    data = read_bytes(path, max_bytes)
    refuse_disguise(data, path.suffix.lower())
    name = name_from(path) if name is None else name
    if kind == "pdf":
        from corpus.pdf import load_pdf

        document = load_pdf(
            data,
            id,
            title,
            fallback=name,
            max_pages=max_pages,
            max_characters=max_characters,
            announce=announce,
            passwords=passwords,
            recognised=recognised,
        )
    elif kind in _OLD:
        target, program, extension = _OLD[kind]
        reason = f"ancien format {program} : {INSTALL_OFFICE}, ou enregistrez le document en {extension}"
        raise NeedsOffice(reason, target)
    elif kind == "rtf" and office:
        raise NeedsOffice("document RTF", "docx")
    else:
        document = _loader(kind)(data, id, title or name)
    if len(document.text) > max_characters:
        raise UnreadableDocument(f"document trop volumineux : {spaced(max_characters)} caractères au plus")
    if not document.quality:
        document = replace(document, quality=(_whole(document),))
    return document if document.title not in ("", id) else entitled(document, opening_words(document.text))


def _whole(document: Document) -> PageQuality:
    """The report on a document without pages."""
    text = document.text
    rows = sum(" | " in line for line in text.split("\n"))
    kind: PageKind = "table" if rows > max(2, 0.5 * text.count("\n")) else "text"
    score = plausibility(text)
    return PageQuality(None, kind, sum(map(str.isalnum, text)), None if score is None else round(score, 2))


def _loader(kind: str) -> Callable[[bytes, str, str | None], Document]:
    """The one function that reads a kind; its libraries are opened only for a document that needs them."""
    module, function = _LOADERS[kind]
    load: Callable[[bytes, str, str | None], Document] = getattr(import_module(f"corpus.{module}"), function)
    return load


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """Read a regular file of at most `max_bytes` bytes; raises `UnreadableDocument` for anything else."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device never ends
            raise UnreadableDocument("ce n’est pas un fichier")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise UnreadableDocument("fichier introuvable ou inaccessible") from error
    if len(data) > max_bytes:
        raise UnreadableDocument(f"fichier trop lourd : {spaced(max_bytes // 1_000_000)} Mo au plus")
    if not data.strip():
        raise UnreadableDocument("fichier vide")
    return data


def name_from(path: Path) -> str:
    """Make a title of a file's name: no extension, no underscores, no long codes; empty when nothing else is left.

    >>> name_from(Path("000_3929d32d99211bb2_rapport-annuel_2023.pdf"))
    'Rapport annuel 2023'
    """
    words = [word for word in re.split(r"[\s_]+|(?<=[^\W\d])-(?=[^\W\d])", path.stem) if word]
    plain = [word for word in words if not re.fullmatch(r"0\d*|[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4,12}){4}", word)]
    title = " ".join(plain)
    return title[:1].upper() + title[1:]


def opening_words(text: str, limit: int = 60) -> str:
    """The first words of a text, as a title for what has none.

    >>> opening_words("La coopération multilatérale est un important mécanisme stratégique pour mettre en place")
    'La coopération multilatérale est un important mécanisme…'
    """
    words = text[: 10 * limit].split()
    title = ""
    for word in words:
        if len(title) + len(word) >= limit:
            return f"{title}…"
        title = f"{title} {word}".strip()
    return title


def entitled(document: Document, title: str) -> Document:
    """The document under another title."""
    sections = tuple(replace(section, title=title) for section in document.sections)
    return replace(document, title=title, sections=sections)


def spaced(number: int) -> str:
    """Write a whole number as French does.

    >>> spaced(5000000)
    '5 000 000'
    """
    return f"{number:,}".replace(",", " ")
