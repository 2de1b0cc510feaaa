"""Workbooks (.xlsx) and lists (.csv) to readable rows: a sheet is a heading, a row a line, cells parted by bars.

Values are read as they were last computed; formulas, charts, hidden sheets and comments are not. openpyxl reads
row by row, so that a sheet said to reach a million rows costs what it holds.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from typing import Any

from corpus.archive import Archive
from corpus.errors import UnreadableDocument
from corpus.normalise import Block, assemble, clean, one_line
from corpus.section import Document
from corpus.text import decode

_ROWS = 200_000
_COLUMNS = 500
_EMPTY_ROWS = 1_000  # after so many nothing more is expected
_DELIMITERS = ";,\t|"


def load_xlsx(data: bytes, id: str, title: str | None) -> Document:
    """Read a workbook; its title is `title`. Raises `UnreadableDocument` for what is damaged, locked or empty."""
    archive = Archive(data)
    for name in archive.names:
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.head(name, 2_000):
            raise UnreadableDocument("fichier refusé : il déclare ses propres entités")
    import openpyxl

    blocks: list[Block] = []
    try:
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()  # what a sheet says of its size may be wrong
                blocks += _sheet(sheet.title, sheet.iter_rows(values_only=True, max_col=_COLUMNS))
    except (MemoryError, UnreadableDocument):
        raise
    except Exception as error:  # what a damaged file makes openpyxl raise has no common class
        raise UnreadableDocument("classeur endommagé ou incomplet") from error
    return assemble(id, title or id, blocks)


def load_csv(data: bytes, id: str, title: str | None) -> Document:
    """Read a list with delimiters; which one, its first lines tell."""
    text = clean_cells(decode(data))
    if text.count("\ufffd") > max(8, len(text) // 50):
        raise UnreadableDocument("encodage du texte non reconnu : enregistrez le fichier en UTF-8")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:8_000], _DELIMITERS)
    except csv.Error:
        dialect = csv.excel
        dialect.delimiter = max(_DELIMITERS, key=text[:8_000].count)
    try:
        rows = list(_lines(csv.reader(StringIO(text, newline=""), dialect)))
    except csv.Error as error:
        raise UnreadableDocument("liste illisible : une cellule ne se termine pas") from error
    return assemble(id, title or id, rows)


def clean_cells(text: str) -> str:
    """The stored form of text, tabs kept: here they part cells."""
    return "\t".join(clean(part) for part in text.split("\t"))


def _sheet(name: str, rows: Iterable[Iterable[Any]]) -> list[Block]:
    lines = list(_lines(rows))
    return [Block("heading", one_line(name), 1), *lines] if lines else []


def _lines(rows: Iterable[Iterable[Any]]) -> Iterator[Block]:
    empty = 0
    for number, row in enumerate(rows):
        if number >= _ROWS:
            raise UnreadableDocument(f"tableau trop long : plus de {_ROWS} lignes")
        cells = [_shown(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        empty = 0 if cells else empty + 1
        if empty > _EMPTY_ROWS:
            return
        if cells:
            yield Block("line", " | ".join(cells).strip())


def _shown(value: Any) -> str:
    """A value as a reader sees it: dates without a time of midnight, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "minutes") if value.time() != datetime.time() else value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    return one_line(str(value))
