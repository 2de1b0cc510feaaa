"""What a file is: the name says what it should be, its first bytes and its inner structure what it is.

Where they differ the file is refused, because a loader fed with something else is where parsers break. An archive is
named by what it holds, an old Microsoft file by its streams, so that a spreadsheet is never read as a letter.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import Final

from corpus.errors import UnreadableDocument

SUPPORTED: Final = {
    ".md": "md",
    ".markdown": "md",
    ".txt": "txt",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".doc": "doc",
    ".odt": "odt",
    ".rtf": "rtf",
    ".epub": "epub",
    ".eml": "eml",
    ".msg": "msg",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".ods": "ods",
    ".csv": "csv",
    ".tsv": "csv",
}
"""Extension to kind. A kind is what one loader reads."""

_TEXTS: Final = frozenset({"md", "txt", "csv", "eml"})
_ZIPPED: Final = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_MIMETYPES: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/epub+zip": "epub",
}
_STREAMS: Final = (
    ("EncryptedPackage", "sealed"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)
NAMES: Final = {
    "pdf": "un PDF",
    "html": "une page HTML",
    "rtf": "un document RTF",
    "docx": "un document Word",
    "xlsx": "un classeur Excel",
    "pptx": "une présentation PowerPoint",
    "odt": "un texte OpenDocument",
    "ods": "un classeur OpenDocument",
    "epub": "un livre EPUB",
    "zip": "une archive ZIP",
    "doc": "un ancien document Word",
    "xls": "un ancien classeur Excel",
    "ppt": "une ancienne présentation PowerPoint",
    "msg": "un message Outlook",
    "ole": "un ancien document Word, Excel ou PowerPoint",
    "sealed": "un document Office protégé par un mot de passe",
}
_SIGNATURES: Final = (
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
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
_MAIL_HEADER: Final = re.compile(rb"[\x21-\x39\x3b-\x7e]+:[ \t]*\S|From ")
_MAIL_NAMES: Final = re.compile(
    rb"^(?:from|to|date|subject|received|message-id|mime-version|content-type):", re.I | re.M
)
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def refuse_disguise(data: bytes, extension: str) -> None:
    """Raise `UnreadableDocument` when `data` is not what `extension` (".pdf") promises, or is locked."""
    kind, nature = SUPPORTED[extension], nature_of(data)
    if nature == "sealed" and kind in {"docx", "xlsx", "doc", "xls"}:
        raise UnreadableDocument("document protégé par un mot de passe : enregistrez-le sans protection")
    if nature == "ole" and kind in {"doc", "xls", "msg"}:
        raise UnreadableDocument("fichier endommagé ou incomplet")
    if kind == "pdf":
        if b"%PDF-" not in data[:1024]:  # some programs write a few bytes before
            raise _disguised(extension, nature or "autre chose qu’un PDF")
    elif kind in _TEXTS:
        if nature is not None:
            raise _disguised(extension, nature)
        if kind == "eml" and not _is_mail(data):
            raise _disguised(extension, "autre chose qu’un message")
    elif kind == "html":
        if nature not in (None, "html"):
            raise _disguised(extension, nature)
        if not _TAG.search(data.replace(b"\x00", b"")):
            raise _disguised(extension, "du texte sans balises")
    elif nature != kind:
        raise _disguised(extension, nature or "du texte")


def _disguised(extension: str, nature: str) -> UnreadableDocument:
    return UnreadableDocument(f"le fichier porte l’extension {extension} mais contient {NAMES.get(nature, nature)}")


def nature_of(data: bytes) -> str | None:
    """What `data` is: a kind of `NAMES`, a French name for anything else known, or `None` for what may be text."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zipped(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(data)
    for signature, nature in _SIGNATURES:
        if data.startswith(signature):
            return nature
    wide = data.startswith(_BOMS)
    head = data[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\x00", b"") if wide else data[:4096]
    if head.lstrip().startswith(b"%PDF-"):
        return "pdf"
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if _HTML.match(head):
        return "html"
    if not wide and b"\x00" in data:
        return "des données binaires"
    return None


def _zipped(data: bytes) -> str:
    from corpus.archive import Archive

    try:
        archive = Archive(data)
    except UnreadableDocument:
        # Only what is asked for matters: a broken or a hostile archive is told as such by the loader that opens it.
        return next((kind for kind, folder in _ZIPPED.items() if f"{folder}_rels/".encode() in data), "zip")
    names = archive.names
    if "mimetype" in names:
        kind = _MIMETYPES.get(archive.head("mimetype", 100).strip().removesuffix(b"-template"))
        if kind is not None:
            return kind
    if "[Content_Types].xml" in names:
        return next((k for k, folder in _ZIPPED.items() if any(name.startswith(folder) for name in names)), "zip")
    return "zip"


def _compound(data: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(BytesIO(data)) as file:
            streams = {entry[0] for entry in file.listdir()}
    except Exception:  # what a damaged file makes olefile raise has no common class
        return "ole"
    return next((kind for name, kind in _STREAMS if name in streams), "ole")


def _is_mail(data: bytes) -> bool:
    head = data.lstrip(b"\xef\xbb\xbf\r\n")[:8192]
    return _MAIL_HEADER.match(head) is not None and _MAIL_NAMES.search(head) is not None
