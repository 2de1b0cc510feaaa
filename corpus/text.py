"""Plain text: which letters the bytes stand for, and which lines are headings.

Offsets count in the decoded text itself: nothing is re-wrapped or mended, so that odd spellings stay quotable. Page
furniture stays in `Document.text` and outside every section.

A heading must say so by its own shape (a number and capitals, "Article 12", an underline) and by standing apart. Taking
a sentence for a heading hides it from search, so the rules would rather miss a heading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.errors import UnreadableDocument
from corpus.furniture import furniture
from corpus.normalise import as_heading, clean, tile
from corpus.section import Document

# --- bytes to letters ------------------------------------------------------------------------------------------------

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ARABIC = re.compile("[\u0621-\u064a]")
_FREQUENT_LATIN = frozenset("éèêàâçîïôûùüœæëÉÈÊÀÇÎÔŒ’‘“”«»…–—°€\xa0")


def decode(data: bytes) -> str:
    """Decode text of unknown encoding: by its byte order mark, else UTF-8, else Windows Western or Arabic.

    Raises `UnreadableDocument` when the bytes are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\x00" in data:
        raise UnreadableDocument("ce fichier contient des données binaires, ce n’est pas du texte")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_windows(data)


def _decode_windows(data: bytes) -> str:
    """Choose between cp1252 and cp1256: in French high bytes are few and known, in Arabic they make up the words."""
    high = [byte for byte in data if byte >= 0x80]
    letters = sum(chr(byte).isalpha() for byte in data if byte < 0x80)
    arabic = data.decode("cp1256", "replace")
    western = data.decode("cp1252", "replace")
    known = sum(letter in _FREQUENT_LATIN for letter in western)
    if len(_ARABIC.findall(arabic)) > 0.6 * len(high) and (len(high) > letters or known < 0.5 * len(high)):
        return arabic
    return western


# --- headings --------------------------------------------------------------------------------------------------------

_LONGEST_HEADING = 150  # code points
_NUMBER = r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4}|[IVXLC]{1,6}|[A-Z])\s?(?:[-–—.)°/]\s?)+"
_NUMBERED = re.compile(_NUMBER + r"(?P<words>\S.*)")
_ORDINAL = (
    r"premi[eè]re?|unique|\d{1,4}(?:er|ère|re|e|ème)?(?:\s?(?:bis|ter|quater))?(?:[-.]\d+)*|[IVXLC]+(?:er)?|[A-Z]"
)
_LEGAL = re.compile(
    rf"(?P<label>partie|part|livre|titre|title|annexe?|chapitre|chapter|section|article|art\.)\s+(?:{_ORDINAL})"
    r"(?P<rest>\s*(?:[-–—:.]+\s*.*)?)",
    re.IGNORECASE,
)
_LEGAL_ARABIC = re.compile(
    r"(?P<label>الجزء|الباب|الملحق|الفصل|القسم|المحور|المادة|مادة)\s+(?:\(?[\d٠-٩]{1,4}\)?(?:\s*مكرر)?"
    r"|ال[أاثخستعر]\S{2,6}(?:\s+(?:عشر|عشرة|والعشرون|والثلاثون))?)(?P<rest>\s*(?:[-–—:.]+\s*.*)?)"
)
_ARABIC_COUNT = re.compile(r"(?:أولاً?|ثانياً?|ثالثاً?|رابعاً?|خامساً?|سادساً?)\s*[-–—:.]\s*\S.*")
_LEGAL_LEVELS = {
    "partie part livre titre title annexe annex الجزء الباب الملحق": 1,
    "chapitre chapter الفصل": 2,
    "section القسم المحور": 3,
    "article art. المادة مادة": 12,
}
_LEVEL_OF = {label: level for labels, level in _LEGAL_LEVELS.items() for label in labels.split()}
_BULLET = re.compile(r"\s*(?:[•·▪◦‣∙●○■□–—*➢✓-]|\(?[0-9a-z]{1,2}[).])\s+\S")
_UNDERLINE = re.compile(r"\s*([=\-~_*#–—─═])\1{2,}\s*")
_OPEN_END = re.compile(r".*[.;,!…](?:\s*[»”\"])?")


def is_item(line: str) -> bool:
    """Say whether `line` starts as a list item does: a bullet, a dash, "a)" or "1."."""
    return _BULLET.match(line) is not None


def is_bare_label(line: str) -> bool:
    """Say whether `line` only numbers a part of a law ("CHAPITRE II", "المادة 3"): its name may be on the next line."""
    legal = _LEGAL.fullmatch(line.strip()) or _LEGAL_ARABIC.fullmatch(line.strip())
    return legal is not None and not legal["rest"].strip(" -–—:.")


def _capitals(words: str) -> bool:
    cased = [c for c in words if c.isupper() or c.islower()]
    return len(cased) >= 4 and sum(c.isupper() for c in cased) >= 0.85 * len(cased)


def heading_level(line: str) -> int | None:
    """Give the level of a line whose own words make it a heading (1 is outermost), else `None`.

    >>> heading_level("3-COOPERATION AVEC LE CONSEIL DES MINISTRES ARABES DE L’INTERIEUR/CMAI :")
    6
    >>> heading_level("CHAPITRE II"), heading_level("Article 2 du code civil"), heading_level("المادة 3")
    (2, None, 12)
    """
    line = line.strip()
    if not line or len(line) > _LONGEST_HEADING or _OPEN_END.fullmatch(line):
        return None
    if legal := _LEGAL.fullmatch(line) or _LEGAL_ARABIC.fullmatch(line):
        return _LEVEL_OF[legal["label"].casefold()] if len(legal["rest"]) <= 100 else None
    if (numbered := _NUMBERED.fullmatch(line)) and _capitals(numbered["words"]):
        return 6 + numbered["number"].count(".") if numbered["number"][0].isdigit() else 5
    if _capitals(line) and len(line.split()) >= 2 and sum(c.isalpha() for c in line) >= 8 and not is_item(line):
        return 4
    return None


def own_level(text: str, bold: bool) -> int | None:
    """Give the level of a paragraph set as a heading without being marked as one: numbered capitals, a bold label."""
    level = heading_level(text)
    if level is not None and "\n" not in text and (bold or level != 4):
        return 6 + level
    if bold and len(text) <= 120 and "\n" not in text and not text.endswith((".", ";", ",")) and not is_item(text):
        return 20
    return None


def _weak_level(line: str, following: str) -> int | None:
    """Give the level of "2. Objet de l’accord" or "ثانيا: التعاون" standing alone above a paragraph, else `None`."""
    line = line.strip()
    if len(line) > 100 or _OPEN_END.fullmatch(line) or _NUMBERED.match(following.strip()) or is_item(following):
        return None
    if len(following.strip()) <= len(line):
        return None
    if _ARABIC_COUNT.fullmatch(line):
        return 7
    numbered = _NUMBERED.fullmatch(line)
    if numbered and numbered["number"][0].isdigit() and not numbered["words"][0].islower():
        return 8 + numbered["number"].count(".")
    return None


def _is_title(line: str) -> bool:
    line = line.strip()
    return (
        0 < len(line) <= 120
        and len(line.split()) <= 20
        and not line[0].islower()
        and any(c.isalpha() for c in line)
        and not (line.endswith((":", "꞉", "؟", "،", "؛")) or _OPEN_END.fullmatch(line))
        and not is_item(line)
        and not _NUMBERED.match(line)
        and not _LEGAL.fullmatch(line)
        and not _LEGAL_ARABIC.fullmatch(line)
    )


def _heading_at(lines: Sequence[str], index: int, apart: frozenset[int]) -> int | None:
    """Give the level of the heading on line `index`; `apart` holds the lines that are blank or no text."""
    if index > 0 and index - 1 not in apart:
        return None
    level = heading_level(lines[index])
    after = next((i for i in range(index + 1, len(lines)) if i not in apart), None)
    if level is not None:
        wraps = after == index + 1 and lines[after].lstrip()[:1].islower()
        return None if wraps else level
    if index + 1 < len(lines) and _UNDERLINE.fullmatch(lines[index + 1]) and not is_item(lines[index]):
        return 3 if lines[index + 1].strip()[0] in "=═" else 4
    return _weak_level(lines[index], lines[after]) if after is not None and after > index + 1 else None


# --- the document ----------------------------------------------------------------------------------------------------


def load_text(data: bytes, id: str, title: str | None) -> Document:
    """Read plain text; its title is its first line when that reads as one, else `title`, else `id`.

    Raises `UnreadableDocument` when the bytes are no text, or hold nothing to read.
    """
    text = clean(decode(data))
    if text.count("\ufffd") > max(8, len(text) // 50):
        raise UnreadableDocument("encodage du texte non reconnu : enregistrez le fichier en UTF-8")
    lines = text.split("\n")
    dropped = furniture(lines)
    apart = frozenset(
        i for i, line in enumerate(lines) if i in dropped or not line.strip() or _UNDERLINE.fullmatch(line)
    )
    spans, found = _spans(lines, apart)
    return tile(id, found or title or id, text, spans)


def _spans(
    lines: Sequence[str], apart: frozenset[int]
) -> tuple[list[tuple[int, int, tuple[str, ...], int | None]], str | None]:
    """Cut (start, end, headings, page) spans between headings and furniture; give the title line beside them."""
    spans: list[tuple[int, int, tuple[str, ...], int | None]] = []
    path: list[tuple[int, str]] = []
    title: str | None = None
    offset = 0
    open_span = first = True
    for index, line in enumerate(lines):
        start, offset = offset, offset + len(line) + 1
        if not line.strip():
            continue
        if index in apart:
            open_span = True
            continue
        starts, first = first, False
        if starts and (index + 1 in apart) and _is_title(line):
            title = line.strip()
            continue
        level = _heading_at(lines, index, apart)
        if level is not None:
            while path and path[-1][0] >= level:
                path.pop()
            path.append((level, as_heading(line)))
            open_span = True
        elif open_span:
            spans.append((start, start + len(line), tuple(text for _, text in path), None))
            open_span = False
        else:
            spans[-1] = (spans[-1][0], start + len(line), *spans[-1][2:])
    return spans, title
