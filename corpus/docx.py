"""Word documents (.docx) to readable text: paragraphs, headings, lists with their numbers, tables, notes apart.

Read from the XML itself: python-docx opens no strict file, and knows neither notes nor computed numbers. What a reader
does not see is not read: deleted passages, hidden text, comments, field codes, headers and footers, tables of contents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.archive import Archive
from corpus.docx_numbering import Numbering
from corpus.errors import UnreadableDocument
from corpus.normalise import Block, assemble, clean, one_line
from corpus.section import Document
from corpus.text import is_item, own_level
from corpus.xml import Element, child, children, get, name, parse

NOTES = "Notes"
"""The heading under which the notes of a document stand, at its end: a note never cuts a sentence of the text."""
_UNSEEN = frozenset(
    "del moveFrom instrText delText fldData commentReference annotationRef Fallback proofErr pPr rPr tblPr tcPr".split()
)
_APART = frozenset({"txbxContent"})  # text boxes: read after the paragraph they hang on
_MATHS = {"sup": "^", "sub": "_", "den": "/"}  # of an equation: without them x² would read x2
_CONTENTS = re.compile(r"(?:toc|table of (?:contents|figures)|index) ?\d*( heading)?", re.I)
_NAMED = re.compile(r"heading (\d)", re.I)


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style says: its name (the same in every language of Word), level from 1, list, bold, hidden."""

    name: str = ""
    level: int = 0
    list_id: str = ""
    list_level: int = 0
    bold: bool = False
    hidden: bool = False


def load_docx(data: bytes, id: str, title: str | None) -> Document:
    """Read a Word document; its title is its first paragraph of style Title, else its one first heading, else `title`.

    Raises `UnreadableDocument` for what is damaged, locked, or holds nothing to read.
    """
    reader = _Reader(Archive(data))
    blocks = list(reader.blocks())
    found = next((block.text for block in blocks if block.kind == "title"), None)
    if found is None:
        outermost = [i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1]
        if len(outermost) == 1 and outermost[0] <= 3:
            found = blocks[outermost[0]].text
            blocks[outermost[0]] = Block("title", found)
    blocks += reader.notes()
    return assemble(id, one_line(found or "") or title or id, blocks)


class _Reader:
    """Walks the body of a document; keeps the notes it refers to, in the order it meets them."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        main = next((n for n in ("word/document.xml", "word/document2.xml") if n in archive.names), None)
        if main is None:
            raise UnreadableDocument("document Word endommagé : il ne contient pas de texte")
        self._body = child(parse(archive.read(main)), "body")
        self._styles, self._default = _styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"))
        self._noted: list[tuple[str, str]] = []

    def _part(self, part: str) -> Element | None:
        path = f"word/{part}.xml"
        return parse(self._archive.read(path)) if path in self._archive.names else None

    def blocks(self) -> Iterator[Block]:
        """The blocks of the body, in reading order."""
        yield from self._in(self._body)

    def notes(self) -> list[Block]:
        """The notes that the text refers to, under one heading, each with its number."""
        kinds = {kind: self._part(f"{kind}s") for kind in {kind for kind, _ in self._noted}}
        texts = {
            (kind, get(note, "id")): one_line(" ".join(_text(p) for p in note.iter() if name(p) == "p"))
            for kind, root in kinds.items()
            for note in children(root, kind)
        }
        lines = [texts.get(key, "") for key in self._noted]
        found = [Block("line", f"{number}. {text}") for number, text in enumerate(lines, 1) if text]
        return [Block("heading", NOTES, 1), *found] if found else []

    def _in(self, parent: Element | None) -> Iterator[Block]:
        for element in parent if parent is not None else ():
            kind = name(element)
            if kind == "p":
                yield from self._paragraph(element)
            elif kind == "tbl":
                yield from self._table(element)
            elif kind == "sdt":
                gallery = get(child(element, "sdtPr", "docPartObj", "docPartGallery"), "val")
                if "Contents" not in gallery:
                    yield from self._in(child(element, "sdtContent"))
            elif kind in {"customXml", "ins", "moveTo", "smartTag"}:
                yield from self._in(element)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        properties = child(element, "pPr")
        style = self._styles.get(get(child(properties, "pStyle"), "val"), self._default)
        text = _tidy(_text(element))
        self._note(element)
        if text and not style.hidden and not _CONTENTS.fullmatch(style.name):
            yield self._block(text, element, properties, style)
        for box in element.iter():
            if name(box) == "txbxContent" and not any(
                name(a) in {"Fallback", "txbxContent"} for a in box.iterancestors()
            ):
                yield from self._in(box)

    def _block(self, text: str, element: Element, properties: Element | None, style: _Style) -> Block:
        outline = get(child(properties, "outlineLvl"), "val")
        level = int(outline) + 1 if outline in set("01234567") else style.level
        numbers = child(properties, "numPr")
        list_id = get(child(numbers, "numId"), "val") or style.list_id
        depth = get(child(numbers, "ilvl"), "val")
        at = int(depth) if depth.isdigit() and len(depth) == 1 else style.list_level
        label = self._numbering.label(list_id, at) if list_id not in ("", "0") else ""
        if style.name.casefold() == "title":
            return Block("title", one_line(text))
        if level:
            return Block("heading", one_line(text if label in ("", "•") else f"{label} {text}"), level)
        if label:
            return Block("line", f"{'  ' * at}{'' if is_item(text) and label == '•' else f'{label} '}{text}")
        own = own_level(text, _bold(element, style))
        if own is not None:
            return Block("heading", one_line(text), own)
        return Block("line" if is_item(text) else "paragraph", text)

    def _table(self, table: Element) -> Iterator[Block]:
        rows = [
            [cell for cell in row.iter() if name(cell) == "tc" and _owner(cell, "tr") is row] for row in _rows(table)
        ]
        if all(len(cells) <= 1 for cells in rows):  # a frame around text
            for cells in rows:
                for cell in cells:
                    yield from self._in(cell)
            return
        for cells in rows:
            texts = []
            for cell in cells:
                merged = child(cell, "tcPr", "vMerge")
                goes_on = merged is not None and get(merged, "val") != "restart"
                texts.append("" if goes_on else one_line(" ".join(_text(p) for p in cell.iter() if name(p) == "p")))
                self._note(cell)
            if any(texts):
                yield Block("line", " | ".join(texts).strip())

    def _note(self, element: Element) -> None:
        for mark in element.iter():
            kind = name(mark)
            if kind in {"footnoteReference", "endnoteReference"} and not any(
                name(a) in _UNSEEN for a in mark.iterancestors()
            ):
                key = (kind.removesuffix("Reference"), get(mark, "id"))
                if key not in self._noted:
                    self._noted.append(key)


def _rows(table: Element) -> list[Element]:
    return [row for row in table.iter() if name(row) == "tr" and _owner(row, "tbl") is table]


def _owner(element: Element, kind: str) -> Element | None:
    return next((e for e in element.iterancestors() if name(e) == kind), None)


def _text(paragraph: Element) -> str:
    """The letters of a paragraph that a reader sees, text boxes left to themselves."""
    parts: list[str] = []

    def walk(element: Element) -> None:
        kind = name(element)
        if kind in _UNSEEN or (kind in _APART and element is not paragraph):
            return
        if kind == "r" and _on(child(element, "rPr", "vanish")):
            return
        if kind == "t":
            parts.append(element.text or "")
        elif kind in {"tab", "ptab"}:
            parts.append(" ")
        elif kind in {"br", "cr"}:
            parts.append("\n" if get(element, "type") in ("", "textWrapping") else " ")
        elif kind == "noBreakHyphen":
            parts.append("-")
        elif kind == "sym":
            parts.append("•" if get(element, "char").upper().startswith("F0") else "")
        elif kind in _MATHS:
            parts.append(_MATHS[kind])
        for inner in element:
            walk(inner)

    walk(paragraph)
    return "".join(parts)


def _tidy(text: str) -> str:
    return re.sub(r" *\n\s*", "\n", re.sub(" {2,}", " ", clean(text))).strip()


def _on(switch: Element | None) -> bool:
    return switch is not None and get(switch, "val") not in {"0", "false", "off"}


def _bold(paragraph: Element, style: _Style) -> bool:
    """Say whether every run of letters in a paragraph is bold."""
    runs = [
        run
        for run in paragraph.iter()
        if name(run) == "r" and any(name(t) == "t" and (t.text or "").strip() for t in run)
    ]
    marks = [child(run, "rPr", "b") for run in runs]
    return bool(runs) and all(style.bold if mark is None else _on(mark) for mark in marks)


def _styles(root: Element | None) -> tuple[dict[str, _Style], _Style]:
    """Paragraph styles by id, each with what it takes from those it is based on, and the default one."""
    raw = {get(e, "styleId"): e for e in children(root, "style") if get(e, "type") in ("paragraph", "")}
    found = {id: _style(id, raw) for id in raw}
    default = next((found[id] for id, e in raw.items() if get(e, "default") in {"1", "true", "on"}), _Style())
    return found, default


def _style(id: str, raw: dict[str, Element]) -> _Style:
    chain: list[Element] = []
    while id in raw and len(chain) < 20 and raw[id] not in chain:
        chain.append(raw[id])
        id = get(child(raw[id], "basedOn"), "val")

    def first(*path: str) -> Element | None:
        return next((e for style in chain if (e := child(style, *path)) is not None), None)

    named = get(child(chain[0], "name"), "val")
    outline = get(first("pPr", "outlineLvl"), "val")
    by_name = next((found for e in chain if (found := _NAMED.fullmatch(get(child(e, "name"), "val")))), None)
    level = int(by_name[1]) if by_name else int(outline) + 1 if outline in set("01234567") else 0
    depth = get(first("pPr", "numPr", "ilvl"), "val")
    return _Style(
        named,
        level,
        get(first("pPr", "numPr", "numId"), "val"),
        int(depth) if depth.isdigit() and len(depth) == 1 else 0,
        _on(first("rPr", "b")),
        _on(first("rPr", "vanish")),
    )
