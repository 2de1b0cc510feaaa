"""OpenDocument texts and workbooks to readable text. Headers and footers lie in another file of the archive, unread."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.archive import Archive
from corpus.errors import UnreadableDocument
from corpus.normalise import Block, assemble, clean, one_line
from corpus.section import Document
from corpus.text import is_item, own_level
from corpus.xml import Element, child, children, get, name, parse

NOTES = "Notes"
_UNSEEN = frozenset(
    "tracked-changes annotation annotation-end sequence-decls table-of-content alphabetical-index illustration-index "
    "table-index object-index user-index bibliography forms change note title desc event-listeners".split()
)
_REPEATED = 50  # an empty cell repeated to the edge of a sheet is no table


def load_odt(data: bytes, id: str, title: str | None) -> Document:
    """Read an OpenDocument text; its title is its paragraph of style Title, else its one first heading, else `title`.

    Raises `UnreadableDocument` for what is damaged, locked, or holds nothing to read.
    """
    root = _content(data)
    reader = _Reader(root)
    blocks = list(reader.blocks(child(root, "body", "text")))
    found = next((block.text for block in blocks if block.kind == "title"), None)
    if found is None:
        outermost = [i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1]
        if len(outermost) == 1 and outermost[0] <= 3:
            found = blocks[outermost[0]].text
            blocks[outermost[0]] = Block("title", found)
    if reader.noted:
        blocks.append(Block("heading", NOTES, 1))
        blocks += [Block("line", f"{number}. {text}") for number, text in enumerate(reader.noted, 1)]
    return assemble(id, one_line(found or "") or title or id, blocks)


def load_ods(data: bytes, id: str, title: str | None) -> Document:
    """Read an OpenDocument workbook: each sheet is a heading, each row a line."""
    root = _content(data)
    reader = _Reader(root)
    blocks: list[Block] = []
    for sheet in children(child(root, "body", "spreadsheet"), "table"):
        rows = list(reader.table(sheet))
        if rows:
            blocks += [Block("heading", get(sheet, "name") or "Feuille", 1), *rows]
    return assemble(id, title or id, blocks)


def _content(data: bytes) -> Element:
    archive = Archive(data)
    if "content.xml" not in archive.names:
        raise UnreadableDocument("document OpenDocument endommagé : il ne contient pas de texte")
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise UnreadableDocument("document protégé par un mot de passe : enregistrez-le sans protection")
    return parse(archive.read("content.xml"))


class _Reader:
    """Walks a text; `noted` collects its notes."""

    def __init__(self, root: Element) -> None:
        self.noted: list[str] = []
        styles = list(children(child(root, "automatic-styles"), "style"))
        self._parents = {get(e, "name"): get(e, "parent-style-name") for e in styles}
        self._bold = {get(e, "name") for e in styles if get(child(e, "text-properties"), "font-weight") == "bold"}
        self._hidden = {get(e, "name") for e in styles if get(child(e, "text-properties"), "display") == "none"}
        lists = children(child(root, "automatic-styles"), "list-style")
        self._counted = {
            (get(e, "name"), int(get(level, "level") or 1))
            for e in lists
            for level in children(e, "list-level-style-number")
            if get(level, "num-format")
        }

    def blocks(self, parent: Element | None) -> Iterator[Block]:
        """The blocks below `parent`, in reading order."""
        for element in parent if parent is not None else ():
            kind = name(element)
            if kind in _UNSEEN:
                continue
            if kind in {"p", "h"}:
                yield from self._paragraph(element)
            elif kind == "list":
                yield from self._list(element, 1, get(element, "style-name"))
            elif kind == "table":
                yield from self.table(element)
            elif kind not in {"soft-page-break"}:
                yield from self.blocks(element)  # sections, frames, groups

    def _paragraph(self, element: Element) -> Iterator[Block]:
        text = self._tidy(element)
        style = get(element, "style-name")
        named = {style, self._parents.get(style, "")}
        if text and style not in self._hidden:
            if "Title" in named:
                yield Block("title", one_line(text))
            elif name(element) == "h":
                level = get(element, "outline-level")
                yield Block("heading", one_line(text), int(level) if level.isdigit() and len(level) == 1 else 1)
            elif (own := own_level(text, style in self._bold)) is not None:
                yield Block("heading", one_line(text), own)
            else:
                yield Block("line" if is_item(text) else "paragraph", text)
        for box in element.iter():
            if name(box) == "text-box":
                yield from self.blocks(box)

    def _list(self, element: Element, depth: int, style: str) -> Iterator[Block]:
        count = 0
        for item in children(element, "list-item", "list-header"):
            first = name(item) == "list-item"
            for inner in item:
                if name(inner) == "list":
                    yield from self._list(inner, depth + 1, get(inner, "style-name") or style)
                elif name(inner) == "h":
                    yield from self._paragraph(inner)
                elif name(inner) == "p" and (text := self._tidy(inner)):
                    count += first
                    counted = (style, depth) in self._counted
                    mark = f"{count}. " if counted and first else "• " if first and not is_item(text) else "  "
                    yield Block("line", "  " * (depth - 1) + mark + text)
                    first = False

    def table(self, table: Element) -> Iterator[Block]:
        """The rows of a table; a table of one column is a frame around text."""
        rows = [row for row in table.iter() if name(row) == "table-row" and _owner(row) is table]
        if all(len(list(children(row, "table-cell"))) <= 1 for row in rows):
            for row in rows:
                for cell in children(row, "table-cell"):
                    yield from self.blocks(cell)
            return
        for row in rows:
            cells: list[str] = []
            for cell in children(row, "table-cell", "covered-table-cell"):
                text = one_line(" ".join(self._tidy(p) for p in cell.iter() if name(p) in {"p", "h"}))
                repeated = get(cell, "number-columns-repeated")
                times = int(repeated) if repeated.isdigit() and len(repeated) < 4 else 1
                cells += [text] * (min(times, _REPEATED) if text else 1)
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield Block("line", " | ".join(cells).strip())

    def _tidy(self, element: Element) -> str:
        parts: list[str] = []

        def walk(inner: Element) -> None:
            kind = name(inner)
            if kind == "note":
                body = child(inner, "note-body")
                self.noted.append(one_line(" ".join(self._tidy(p) for p in children(body, "p"))))
            if kind in _UNSEEN or kind == "text-box" or get(inner, "style-name") in self._hidden:
                return
            if kind in {"s", "tab"}:
                parts.append(" ")
            elif kind == "line-break":
                parts.append("\n")
            parts.append(inner.text or "")
            for further in inner:
                walk(further)
                parts.append(further.tail or "")

        walk(element)
        return re.sub(r" *\n\s*", "\n", re.sub(r"[ \t\r]+", " ", clean("".join(parts)))).strip()


def _owner(element: Element) -> Element | None:
    return next((e for e in element.iterancestors() if name(e) == "table"), None)
