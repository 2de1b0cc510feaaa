"""The door to question sets: read and write them as TOML, JSONL, CSV or XLSX, chosen by the file's suffix.

    [set]
    name = "cooperation"
    gate_tags = ["injection"]
    documents = ["coop-registre"]    # files and folders beside this one: read into the corpus for the run

    [[case]]
    id = "fr-001"
    question = "Quand s'est tenue la 35e session ?"
    language = "fr"
    expect = ["7 mars 2018", ["Algérie", "re:alg[eé]rienn?e"]]
    relevant = [{ document = "maghreb.md", page = 3, quote = "le 7 mars 2018" }]

A set is read whole or not at all: a file that breaks a rule raises `CaseError` with the file and the line. So does a
set whose documents are not there: without them its questions would be asked of other texts.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from corpus.files import files_below
from evals.case import (
    LANGUAGES,
    Case,
    CaseError,
    CaseSet,
    Expect,
    Refuse,
    Relevant,
    case_from,
    record_of,
    refuse_unknown_keys,
    text,
    texts,
)
from evals.case_sheet import read_csv, read_xlsx, write_csv, write_xlsx
from evals.case_text import LineError, Sheet, read_jsonl, read_toml, write_jsonl, write_toml

__all__ = [
    "LANGUAGES",
    "SUFFIXES",
    "Case",
    "CaseError",
    "CaseSet",
    "Expect",
    "Refuse",
    "Relevant",
    "read_cases",
    "write_cases",
]

SUFFIXES = (".toml", ".jsonl", ".csv", ".xlsx")
_HEADER = ("name", "note", "gate_tags", "documents")


def read_cases(path: Path | str) -> CaseSet:
    """The set in a file; its name is the file's where the header gives none. Raises `CaseError`."""
    path = Path(path)
    try:
        return _set_of(path, _read(path, path.read_bytes()))
    except LineError as error:
        raise error.at(path, error.line) from error
    except OSError as error:
        raise CaseError(f"{path}: cannot be read: {error.strerror}") from error


def write_cases(cases: CaseSet, path: Path | str) -> None:
    """Write a set so that `read_cases` gives an equal one back; raises `CaseError` for a set that breaks a rule."""
    path = Path(path)
    header: dict[str, Any] = {"name": cases.name}
    header |= {"note": cases.note} if cases.note else {}
    header |= {"gate_tags": list(cases.gate_tags)} if cases.gate_tags else {}
    header |= {"documents": [_beside(path, document) for document in cases.documents]} if cases.documents else {}
    records = [record_of(case) for case in cases]
    try:
        same = _set_of(path, Sheet(header, [(0, record) for record in records], {})) == cases
        data = _written(path, header, records)
        same = same and _set_of(path, _read(path, data)) == cases
    except LineError as error:
        raise error.at(path, error.line) from error
    if not same:
        raise CaseError(f"{path}: not written: a text has outer spaces, or an empty list item, and would change")
    path.write_bytes(data)


def _read(path: Path, data: bytes) -> Sheet:
    suffix = path.suffix.lower()
    if suffix in (".csv", ".xlsx"):
        return read_csv(data) if suffix == ".csv" else read_xlsx(data)
    _check_suffix(path)
    try:
        content = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise LineError(f"not UTF-8: {error.reason}", data.count(b"\n", 0, error.start) + 1) from error
    return read_toml(content) if suffix == ".toml" else read_jsonl(content)


def _written(path: Path, header: dict[str, Any], records: list[dict[str, Any]]) -> bytes:
    _check_suffix(path)
    suffix = path.suffix.lower()
    if suffix in (".csv", ".xlsx"):
        return write_csv(header, records) if suffix == ".csv" else write_xlsx(header, records)
    return (write_toml if suffix == ".toml" else write_jsonl)(header, records).encode()


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise CaseError(f"{path}: a question set ends in one of {', '.join(SUFFIXES)}")


def _set_of(path: Path, sheet: Sheet) -> CaseSet:
    header, records, where = sheet
    try:
        refuse_unknown_keys(header, _HEADER)
        name, note, gate_tags = text(header, "name") or path.stem, text(header, "note"), texts(header, "gate_tags")
    except CaseError as error:
        raise error.at(path) from error
    try:
        documents = tuple(_document(path, name) for name in texts(header, "documents"))
    except CaseError as error:
        raise error.at(path, where.get("documents")) from error
    cases: list[Case] = []
    lines: dict[str, int] = {}
    for n, (line, record) in enumerate(records, 1):
        try:
            case = case_from(record)
            if case.id in lines:
                first = f"line {lines[case.id]}" if lines[case.id] else "above"
                raise CaseError(f"id {case.id!r} is taken already ({first})")
        except CaseError as error:
            what = f"case {record.get('id') or n!r}: {error}"
            raise CaseError(what).at(path, line) from error
        lines[case.id] = line
        cases.append(case)
    if not cases:
        raise CaseError(f"{path}: holds no case")
    for tag in gate_tags:
        if not any(tag in case.tags for case in cases):
            raise CaseError(f"{path}: gate tag {tag!r} is the tag of no case")
    return CaseSet(name, tuple(cases), note, gate_tags, documents)


def _document(path: Path, name: str) -> Path:
    """The file or folder that a set names, from where the set lies."""
    if Path(name).is_absolute():
        raise CaseError(f"document {name!r} is not named from the folder of the set")
    found = (path.parent / name).resolve()
    if not found.exists():
        raise CaseError(f"document {name!r} is not there ({found.parent} has no {found.name!r})")
    if not files_below(found):
        raise CaseError(f"document {name!r} is a folder without a file")
    return found


def _beside(path: Path, document: Path) -> str:
    return Path(os.path.relpath(document, path.parent.resolve())).as_posix()
