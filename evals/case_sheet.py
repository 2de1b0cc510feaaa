"""Question sets for people who live in a spreadsheet: CSV and XLSX. Bytes in, plain records out, and back.

One row a case, one column a key. In a cell that holds a list each line is one item; alternatives of `expect`, and the
document, page and quote of `relevant`, are parted by " | ". What those signs cannot say is written as JSON, and a list
cell that opens with "[" is read as JSON. The header of the set stands in rows `#set, key, value` above the columns
(CSV) or on a sheet of its own, `set` (XLSX).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from itertools import takewhile
from typing import Any

from evals.case import KEYS, CaseError, refuse_unknown_keys
from evals.case_text import LineError, Sheet

_LISTS = ("history", "tags", "expect", "forbid", "relevant", "gate_tags", "documents")
_TRUE = ("true", "1", "yes", "oui", "vrai", "x", "نعم")
_FALSE = ("false", "0", "no", "non", "faux", "", "لا")
_CELL_LIMIT = 32_767  # Excel cuts a longer cell without a word
_FORMULA = re.compile(r"'*[=+\-@\t]")


def read_csv(data: bytes) -> Sheet:
    """A CSV file in UTF-8, with or without byte-order mark, parted by comma, semicolon (French Excel) or tab."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8 ({error.reason}); save it as 'CSV UTF-8'") from error
    first = text.partition("\n")[0]
    comma = first[4] if first.startswith("#set") and first[4:5] in (",", ";", "\t") else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
    rows: list[tuple[int, list[Any]]] = []
    line = 1
    try:
        for row in reader:
            rows.append((line, [cell[1:] if cell[:1] == "'" and _FORMULA.match(cell) else cell for cell in row]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise LineError(f"not CSV: {error}", line) from error
    head = list(takewhile(lambda row: row[1][:1] == ["#set"], rows))
    return _sheet([(number, row[1:]) for number, row in head], rows[len(head) :])


def write_csv(header: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> bytes:
    """The set as CSV that Excel opens as UTF-8; an apostrophe keeps a cell from being taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in [["#set", key, _cell(key, value)] for key, value in header.items()] + _rows(records):
        writer.writerow([f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def read_xlsx(data: bytes) -> Sheet:
    """An Excel workbook: the sheet `set` is the header, the first other sheet the cases; line = row."""
    openpyxl = import_module("openpyxl")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        pages = {
            page.title: [(n, list(row)) for n, row in enumerate(page.iter_rows(values_only=True), 1)]
            for page in book.worksheets
        }
        book.close()
    except Exception as error:  # openpyxl lets through whatever its zip and XML readers raise
        raise LineError(f"not an XLSX workbook: {error}") from error
    header = pages.pop("set", [])
    if not pages:
        raise LineError("the workbook has no sheet with cases")
    return _sheet(header, next(iter(pages.values())))


def write_xlsx(header: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> bytes:
    """The set as a workbook whose texts are texts: Excel makes no formula, number or date of them."""
    openpyxl = import_module("openpyxl")
    book = openpyxl.Workbook()
    pages = [(book.active, "cases", _rows(records))]
    if header:
        pages.append((book.create_sheet(), "set", [[key, _cell(key, value)] for key, value in header.items()]))
    for page, title, rows in pages:
        page.title = title
        for y, row in enumerate(rows, 1):
            for x, shown in enumerate(row, 1):
                # Excel keeps 15 digits of a number: one that needs more is written as text
                value = repr(shown) if isinstance(shown, float) and float(f"{shown:.15g}") != shown else shown
                if isinstance(value, str) and len(value) > _CELL_LIMIT:
                    raise LineError(f"a cell is longer than Excel's {_CELL_LIMIT} characters; write JSONL", y)
                cell = page.cell(y, x, value)
                if isinstance(value, str) and value:
                    cell.data_type, cell.number_format = "s", "@"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(header: list[tuple[int, list[Any]]], rows: list[tuple[int, list[Any]]]) -> Sheet:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for number, row in header:
        key, value = (*map(_plain, row), "", "")[:2]
        if key:
            values[key], lines[key] = _value(key, value, number), number
    filled = [(number, [_plain(cell) for cell in row]) for number, row in rows]
    filled = [(number, row) for number, row in filled if any(row)]
    if not filled:
        return Sheet(values, [], lines)
    top, columns = filled[0][0], [name.strip() for name in filled[0][1]]
    try:
        refuse_unknown_keys({name: None for name in columns if name}, KEYS)
    except CaseError as error:
        raise LineError(str(error).replace("unknown key", "unknown column"), top) from error
    if twice := {name for name in columns if name and columns.count(name) > 1}:
        raise LineError(f"column {sorted(twice)[0]!r} stands twice", top)
    records: list[tuple[int, Mapping[str, Any]]] = []
    for number, row in filled[1:]:
        if any(cell for cell, name in zip(row, columns, strict=False) if not name) or any(row[len(columns) :]):
            raise LineError("a cell stands outside the named columns", number)
        cells = {name: cell for name, cell in zip(columns, row, strict=False) if name and cell}
        records.append((number, {name: _value(name, cell, number) for name, cell in cells.items()}))
    return Sheet(values, records, lines)


def _rows(records: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    return [list(KEYS), *([_cell(key, record[key]) if key in record else "" for key in KEYS] for record in records)]


def _plain(cell: Any) -> str:
    """What a cell shows: Excel turns 1982 into a number and 07/03/2018 into a date."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _cell(key: str, value: Any) -> Any:
    if key not in _LISTS:
        return str(value).lower() if isinstance(value, bool) else value
    plain = "\n".join(_line(item) for item in value)
    try:
        safe = _value(key, plain, 0) == list(value)
    except LineError:
        safe = False
    return plain if safe else json.dumps(value, ensure_ascii=False)


def _line(item: Any) -> str:
    if isinstance(item, Mapping):
        item = [item["document"], str(item.get("page", "")), item.get("quote", "")]
        while not item[-1]:
            item.pop()
    return item if isinstance(item, str) else " | ".join(item)


def _value(key: str, cell: str, number: int) -> Any:
    if key == "weight":
        try:
            return float(cell.replace(",", "."))
        except ValueError:
            raise LineError(f"weight {cell!r} is not a number", number) from None
    if key == "must_pass":
        if (flag := cell.strip().lower()) not in _TRUE + _FALSE:
            raise LineError(f"must_pass {cell!r} is neither true nor false", number)
        return flag in _TRUE
    if key not in _LISTS:
        return cell
    if cell.startswith("["):
        try:
            return json.loads(cell)
        except json.JSONDecodeError as error:
            raise LineError(f"{key!r} opens with '[' and is not JSON: {error}", number) from None
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    if key == "expect":
        groups = [[part.strip() for part in line.split(" | ")] for line in lines]
        return [group[0] if len(group) == 1 else group for group in groups]
    return [_place(line, number) for line in lines] if key == "relevant" else lines


def _place(line: str, number: int) -> dict[str, Any]:
    document, page, quote = (*(part.strip() for part in line.split(" | ", 2)), "", "")[:3]
    if (page and not page.isascii()) or not (page or "1").isdigit():
        raise LineError(f"page {page!r} is not a number; write document | page | quote", number)
    return {"document": document} | ({"page": int(page)} if page else {}) | ({"quote": quote} if quote else {})
