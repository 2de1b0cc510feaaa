"""From a file to a document: what the file is, then the one loader that reads it.

The name says what a file should be, its first bytes what it is; where they differ it is refused, because a loader fed
with something else is where parsers break. Files from outside go through `corpus.guard`, which calls `load` in a child.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from corpus.errors import UnreadableDocument
from corpus.section import Document

MAX_BYTES: Final = 50_000_000
MAX_PAGES: Final = 2_000
MAX_CHARACTERS: Final = 5_000_000
SUPPORTED: Final = {".md": "md", ".markdown": "md", ".txt": "txt", ".html": "html", ".htm": "html", ".pdf": "pdf"}

_SIGNATURES: Final = (
    (b"%PDF-", "un PDF"),
    (b"PK\x03\x04", "une archive ZIP ou un document Word, Excel ou OpenDocument"),
    (b"PK\x05\x06", "une archive ZIP"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un ancien document Word, Excel ou PowerPoint"),
    (b"{\\rtf", "un document RTF"),
    (b"\x89PNG\r\n", "une image PNG"),
    (b"\xff\xd8\xff", "une image JPEG"),
    (b"GIF8", "une image GIF"),
    (b"II*\x00", "une image TIFF"),
    (b"MM\x00*", "une image TIFF"),
    (b"\x1f\x8b\x08", "une archive GZIP"),
    (b"7z\xbc\xaf\x27\x1c", "une archive 7z"),
    (b"Rar!\x1a\x07", "une archive RAR"),
    (b"\xfd7zXZ\x00", "une archive XZ"),
    (b"MZ\x90\x00", "un programme"),
    (b"\x7fELF", "un programme"),
    (b"%!PS", "un fichier PostScript"),
    (b"SQLite format 3\x00", "une base de données"),
)
_HTML: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAG: Final = re.compile(rb"<(?:/?[a-z][a-z0-9]*[\s>/]|!doctype|!--)", re.IGNORECASE)
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def load(
    path: Path,
    id: str,
    title: str | None = None,
    *,
    max_bytes: int = MAX_BYTES,
    max_pages: int = MAX_PAGES,
    max_characters: int = MAX_CHARACTERS,
    announce: Callable[[int], None] = lambda _: None,
) -> Document:
    """Read the file at `path` (Markdown, plain text, HTML or PDF, as `SUPPORTED` lists) as a document.

    `title` serves where the text names itself by nothing, then the file's name; a PDF's largest line only where `title`
    is not given. `announce` is told the number of pages of a PDF. Raises `UnreadableDocument` with the reason.
    """
    kind = SUPPORTED.get(path.suffix.lower())
    if kind is None:
        raise UnreadableDocument(
            f"format {path.suffix.lower() or 'sans extension'} non pris en charge : déposez un fichier "
            + ", ".join(SUPPORTED)
        )
    data = read_bytes(path, max_bytes)
    refuse_disguise(data, path.suffix.lower())
    name = name_from(path)
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
        )
    elif kind == "html":
        from corpus.html import load_html

        document = load_html(data, id, title or name)
    elif kind == "md":
        from corpus.markdown import load_markdown

        document = load_markdown(data, id, title or name)
    else:
        from corpus.text import load_text

        document = load_text(data, id, title or name)
    if len(document.text) > max_characters:
        raise UnreadableDocument(f"document trop volumineux : {spaced(max_characters)} caractères au plus")
    return document if document.title not in ("", id) else entitled(document, opening_words(document.text))


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


def refuse_disguise(data: bytes, extension: str) -> None:
    """Raise `UnreadableDocument` when the first bytes of `data` are not what `extension` (".pdf") promises."""
    kind, nature = SUPPORTED[extension], nature_of(data)
    if kind == "pdf":
        if b"%PDF-" not in data[:1024]:  # some programs write a few bytes before
            raise _disguised(extension, nature or "autre chose qu’un PDF")
    elif nature is not None and not (kind == "html" and nature == "une page HTML"):
        raise _disguised(extension, nature)
    elif kind == "html" and not _TAG.search(data.replace(b"\x00", b"")):
        raise _disguised(extension, "du texte sans balises")


def _disguised(extension: str, nature: str) -> UnreadableDocument:
    return UnreadableDocument(f"le fichier porte l’extension {extension} mais contient {nature}")


def nature_of(data: bytes) -> str | None:
    """Name in French what the first bytes of `data` are, or `None` for what may be text."""
    for signature, nature in _SIGNATURES:
        if data.startswith(signature):
            return nature
    wide = data.startswith(_BOMS)
    head = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"") if wide else data[:4096]
    if head.lstrip().startswith(b"%PDF-"):
        return "un PDF"
    if _HTML.match(head):
        return "une page HTML"
    if not wide and b"\x00" in data:
        return "des données binaires"
    return None


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
