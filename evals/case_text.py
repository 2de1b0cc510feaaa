"""Question sets as text: TOML (to write by hand) and JSONL (to write by program). Strings in, plain records out."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from evals.case import CaseError


class Sheet(NamedTuple):
    """A set as a file holds it: its header, its records, and the lines (from 1; 0: unknown) they stand on.

    Each record comes with the line it begins on; `lines` has that of each key of the header.
    """

    header: Mapping[str, Any]
    records: list[tuple[int, Mapping[str, Any]]]
    lines: Mapping[str, int]


class LineError(CaseError):
    """A file cannot be read as its format says; `line` is where (0: unknown)."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


_TOML_PARTS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|\#[^\n]*'
    r"|^[ \t]*(?:(?P<case>\[\[\s*case\s*\]\])|(?P<set>\[\s*set\s*\])|(?P<key>[A-Za-z_]\w*)[ \t]*=)",
    re.DOTALL | re.MULTILINE,
)


def read_toml(text: str) -> Sheet:
    """`[set]`, with the line of each key, and every `[[case]]` with its own; none is inside a string or a comment."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"line (\d+)", str(error))
        raise LineError(f"not TOML: {error}", int(where[1]) if where else 0) from error
    header, cases = _header(data), data.pop("case", [])
    if data:
        raise LineError(f"unknown key {next(iter(data))!r}; a set holds [set] and [[case]]")
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise LineError("'case' is not a list of tables; write [[case]] above each")
    keys, lines = _toml_lines(text)
    if len(lines) != len(cases):
        lines = [0] * len(cases)
    return Sheet(header, list(zip(lines, cases, strict=True)), keys)


def write_toml(header: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> str:
    """A `[set]` table and one `[[case]]` table per record, keys in the order given."""
    tables = [("[set]", header)] if header else []
    tables += [("[[case]]", record) for record in records]
    return "\n".join(
        "\n".join((title, *(f"{key} = {_toml(value)}" for key, value in table.items()))) + "\n"
        for title, table in tables
    )


def read_jsonl(text: str) -> Sheet:
    """One record a line; a first line `{"set": {...}}` is the header. Blank lines count but hold nothing."""
    header: Mapping[str, Any] = {}
    lines: Mapping[str, int] = {}
    records: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise LineError(f"not JSON: {error}", number) from error
        if not isinstance(record, dict):
            raise LineError("not a JSON object; a line is one case: { ... }", number)
        if "set" in record and not records and not header:
            try:
                header = _header(record)
            except LineError as error:
                raise LineError(str(error), number) from error
            lines = dict.fromkeys(header, number)
        else:
            records.append((number, record))
    return Sheet(header, records, lines)


def write_jsonl(header: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> str:
    """The header line, where there is one, and one line a record."""
    values = ([{"set": header}] if header else []) + list(records)
    return "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def _toml_lines(text: str) -> tuple[dict[str, int], list[int]]:
    """The line of each key of `[set]`, and of each `[[case]]`."""
    keys: dict[str, int] = {}
    cases: list[int] = []
    inside = ""
    for part in _TOML_PARTS.finditer(text):
        kind = part.lastgroup or ""
        if kind in ("case", "set"):
            inside = kind
        line = text.count("\n", 0, part.start(kind)) + 1 if kind else 0
        if kind == "case":
            cases.append(line)
        elif kind == "key" and inside == "set":
            keys.setdefault(part["key"], line)
    return keys, cases


def _header(data: dict[str, Any]) -> Mapping[str, Any]:
    header = data.pop("set", {})
    if not isinstance(header, dict):
        raise LineError("'set' is not a table; write [set] above its keys")
    return header


def _toml(value: Any) -> str:
    """A plain value as TOML.

    >>> print(_toml([{"document": "a b", "page": 3}, True, 'l\\'eau "dit"\\n']))
    [{ document = "a b", page = 3 }, true, "l'eau \\"dit\\"\\n"]
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, str):  # JSON escapes are TOML escapes, but for the delete character, refused in cases
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
