"""One form for every text, and how blocks become a document.

Offsets count in the stored text, so what the eye cannot see is settled once, before anything counts: NFC, one kind of
line end, no control characters, nothing invisible that could hide words from a reader (zero-width spaces, bidirectional
overrides, tag characters). What the eye sees stays as it is, odd or not: a quote must match its source.

PDF pages hold shapes at places rather than letters in order: `unshape` and `reading_order` turn them back, and only the
PDF loader calls them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.errors import UnreadableDocument
from corpus.furniture import furniture
from corpus.section import Document, Section

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """Give `text` in the stored form: NFC, lines ended by a line feed, no control or hidden characters.

    >>> clean("e\\u0301te\\u0301\\r\\n\\x00fin")
    'été\\nfin'
    """
    return unicodedata.normalize("NFC", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " ")))


def one_line(text: str) -> str:
    """Join the lines of `text` with single spaces; no-break spaces stay.

    >>> one_line(" de la\\n  paix ")
    'de la paix'
    """
    return re.sub(r"[ \n]*\n[ \n]*| {2,}", " ", clean(text)).strip()


# --- shapes back to letters ------------------------------------------------------------------------------------------

_SHAPES = re.compile("[\ufb00-\ufb06\ufb50-\ufd3d\ufd40-\ufdf9\ufe70-\ufefc]+")
_ARABIC_SHAPES = re.compile("[\ufb50-\ufd3d\ufd40-\ufdf9\ufe70-\ufefc]")
# Stretching strokes justify a line; the one that closes the abbreviation of the Hijri year is spelling and stays.
_KASHIDA = re.compile("(?<=[\u0621-\u063f\u0641-\u065f])\u0640+(?=[\u0621-\u063f\u0641-\u064a])")
_SYMBOL_BULLETS = str.maketrans(dict.fromkeys("\uf0b7\uf0a7\uf0a8\uf0d8\uf0fc\uf076\uf02d", "•"))
_RTL_LETTER = re.compile("[\u05d0-\u05ea\u0620-\u063f\u0641-\u065f\u066e-\u06d3\ufb1d-\ufdff\ufe70-\ufefc]")
_MIXED_DIGITS = re.compile("[0-9][٠-٩]|[٠-٩][0-9]")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_OPENED_FIRST = re.compile(r"[^()]*\([^()]*\)")
_CLOSED_FIRST = re.compile(r"[^()]*\)[^()]*\(")
_BRACKETS = str.maketrans("()", ")(")


def unshape(text: str) -> str:
    """Turn presentation forms into letters, and drop the strokes that only stretch a line.

    >>> unshape("ﬁn"), unshape("ﻼﺳ"), unshape("عــام"), unshape("هـ")
    ('fin', 'لاس', 'عام', 'هـ')
    """
    letters = _SHAPES.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text.translate(_SYMBOL_BULLETS))
    return _KASHIDA.sub("", letters)


def holds_shapes(text: str) -> bool:
    """Say whether `text` holds Arabic presentation forms."""
    return _ARABIC_SHAPES.search(text) is not None


def has_rtl(text: str) -> bool:
    """Say whether `text` holds a letter written from right to left."""
    return _RTL_LETTER.search(text) is not None


def is_rtl(text: str) -> bool:
    """Say whether most letters of `text` are written from right to left."""
    rtl = len(_RTL_LETTER.findall(text))
    return rtl > 0 and rtl >= sum(c.isalpha() for c in text) - rtl


def reading_order(pieces: Sequence[str], *, rtl: bool) -> str:
    """Join the pieces of one painted line, given from left to right, in the order they are read.

    A piece is one glyph, or one space. In a line read from right to left, numbers and Latin words keep their own
    direction; in a line read from left to right, right-to-left words do. After Arabic, law 23-12 is shown as "12-23"
    and 12,5% as "%12,5" (Unicode annex 9, rules W2 to W7): a dash or a percent sign is no part of its number there.

    >>> reading_order([*"س", " ", *"1982", " ", *"ةنس"], rtl=True)
    'سنة 1982 س'
    >>> reading_order([*"le mot ", *"مالس", *" (paix)"], rtl=False)
    'le mot سلام (paix)'
    """
    if not rtl:
        kinds = "".join(_direction(piece) for piece in pieces)
        spans = [match.span() for match in re.finditer("R(?:[RN.%o ]*R)?", kinds)]
        placed, done = [], 0
        for start, end in spans:
            placed += [*pieces[done:start], reading_order(pieces[start:end], rtl=True)]
            done = end
        return "".join([*placed, *pieces[done:]])
    turned = list(reversed(pieces))
    kinds = "".join(_direction(piece) for piece in turned)
    for span in re.finditer("[^R]+", kinds):
        latin = "L" in span[0]
        for run in re.finditer("[NL](?:.*[NL%])?" if latin else "N(?:[.]?N)*", span[0]):
            start, end = span.start() + run.start(), span.start() + run.end()
            turned[start:end] = reversed(turned[start:end])
    return "".join(turned)


def brackets_turned(lines: Iterable[str]) -> bool:
    """Say whether right-to-left `lines` hold the brackets that are seen instead of those that are meant.

    >>> brackets_turned(["المادة )3( من القانون"]), brackets_turned(["أ) المادة (3)", "المادة (4)"])
    (True, False)
    """
    turned = sum(1 if _CLOSED_FIRST.match(line) else -1 if _OPENED_FIRST.match(line) else 0 for line in lines)
    return turned > 0


def turn_brackets(text: str) -> str:
    """Swap opening and closing brackets."""
    return text.translate(_BRACKETS)


def _direction(piece: str) -> str:
    """Right to left, Latin, Number, "." what joins numbers, "%" what clings to them, " " or other."""
    if has_rtl(piece):
        return "R"
    if any(c.isdigit() for c in piece):
        return "N"
    if any(c.isalpha() for c in piece):
        return "L"
    if piece in {".", ",", ":", "/", "٫", "٬"}:
        return "."
    return "%" if piece in {"%", "٪", "°", "+"} else " " if piece.isspace() else "o"


def mixes_digits(text: str) -> bool:
    """Say whether a number in `text` is set in two digit alphabets: one font's mapping at fault, not spelling."""
    return _MIXED_DIGITS.search(text) is not None


def western_digits(text: str) -> str:
    """Write every digit of `text` from 0 to 9.

    >>> western_digits("144٥")
    '1445'
    """
    return text.translate(_DIGITS)


# --- blocks to a document --------------------------------------------------------------------------------------------

Kind = Literal["title", "heading", "paragraph", "line", "continued"]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece a loader read, in reading order.

    `line` is a list item, a table row or a short line: it follows the line before without a blank line. `continued` is
    the rest of a paragraph that the page break cut. `level` counts headings from 1, outermost first.
    """

    kind: Kind
    text: str
    level: int = 0
    page: int | None = None


def opens_list(text: str) -> bool:
    """Say whether a sentence announces what follows: it ends in a colon, or in a letter that looks like one."""
    return text.rstrip().endswith((":", "꞉", "："))


def as_heading(text: str) -> str:
    """Give a heading as the path shows it: one line, without the colon at its end.

    >>> as_heading("4-COOPERATION AVEC L’UNION EUROPEENNE :")
    '4-COOPERATION AVEC L’UNION EUROPEENNE'
    """
    return re.sub(r"[\s:꞉：]+$", "", one_line(text)) or one_line(text)


def _glue(before: Block, block: Block) -> str:
    if block.kind == "continued" and before.kind in {"paragraph", "line", "continued"}:
        return " "
    if block.kind == "line" and (before.kind == "line" or (before.kind != "heading" and opens_list(before.text))):
        return "\n"
    return "\n\n"


def assemble(
    id: str, title: str, blocks: Iterable[Block], pages: int | None = None, recognised: frozenset[int] = frozenset()
) -> Document:
    """Join blocks to one text and tile it: a section is a run of blocks under one heading path, on one page.

    Page furniture is left out of the text. `recognised` are the pages whose text is a reading of a picture.
    Raises `UnreadableDocument` when nothing is left to read.
    """
    kept = _readable(blocks)
    parts: list[str] = []
    spans: list[tuple[int, int, tuple[str, ...], int | None]] = []
    path: list[tuple[int, str]] = []
    offset = 0
    before: Block | None = None
    for block in kept:
        if before is not None:
            glue = _glue(before, block)
            parts.append(glue)
            offset += len(glue)
        start, offset = offset, offset + len(block.text)
        parts.append(block.text)
        if block.kind == "title":
            path.clear()
        elif block.kind == "heading":
            while path and path[-1][0] >= block.level:
                path.pop()
            path.append((block.level, as_heading(block.text)))
        else:
            headings = tuple(text for _, text in path)
            joins = before is not None and before.kind not in {"title", "heading"}
            if spans and joins and spans[-1][2:] == (headings, block.page):
                spans[-1] = (spans[-1][0], offset, headings, block.page)
            else:
                spans.append((start, offset, headings, block.page))
        before = block
    return tile(id, title, "".join(parts), spans, pages, recognised)


def _readable(blocks: Iterable[Block]) -> list[Block]:
    cleaned = [Block(b.kind, clean(b.text).strip("\n").rstrip(), b.level, b.page) for b in blocks]
    cleaned = [block for block in cleaned if block.text.strip()]
    dropped = furniture([block.text for block in cleaned])
    return [block for i, block in enumerate(cleaned) if i not in dropped or block.kind == "title"]


def tile(
    id: str,
    title: str,
    text: str,
    spans: Iterable[tuple[int, int, tuple[str, ...], int | None]],
    pages: int | None = None,
    recognised: frozenset[int] = frozenset(),
) -> Document:
    """Cut sections from `text` at spans of (start, end, heading path, page), without the white space around them.

    The title is put on one line, and left out of heading paths; `id` serves for an empty one.

    Raises `UnreadableDocument` when no section holds a letter or a digit.
    """
    title = one_line(title) or id
    sections = []
    for start, end, headings, page in spans:
        headings = tuple(heading for heading in headings if heading != title)
        body = text[start:end]
        start += len(body) - len(body.lstrip())
        if body := body.strip():
            sections.append(Section(id, title, headings, body, start, page, page in recognised))
    if not any(c.isalnum() for section in sections for c in section.text):
        raise UnreadableDocument("document vide : il ne contient aucun texte à lire")
    return Document(id, title, text, tuple(sections), pages)
