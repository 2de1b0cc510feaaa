"""The sets that evaluators make: TOML files in the data directory, which `cooperation evals run NAME` finds by name.

Nothing is ever written among the shipped sets. A file that breaks the rules of sets is left as it is, and told of.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.evaluations import CaseForm, UnknownEvaluation
from evals.case import Case, CaseError, CaseSet, case_from
from evals.cases import read_cases, write_cases
from evals.places import SETS, sets_in, slug

LONGEST_NAME = 60
_writing = threading.Lock()


def add_case(folder: Path, name: str, form: CaseForm) -> tuple[str, str]:
    """Add a case to the set of this name, a new one where there is none; the set's name and the case's id.

    Raises `CaseError` for a case that breaks a rule, or a name that a shipped set has.
    """
    name = slug(name)[:LONGEST_NAME]
    if name in sets_in(SETS):
        raise CaseError(f"« {name} » est une suite livrée, qui ne change pas ici : choisissez un autre nom.")
    with _writing:
        known = sets_in(folder)
        path = known.get(name, folder / f"{name}.toml")
        before = read_cases(path) if name in known else CaseSet(name, ())
        case = case_of(form, _free_id(before, form.language))
        _write(replace(before, cases=(*before.cases, case)), path)
    return name, case.id


def drop_case(folder: Path, name: str, id: str) -> None:
    """Take a case out of a set, and the file away with the last one; raises `UnknownEvaluation`."""
    with _writing:
        path = sets_in(folder).get(name)
        before = read_cases(path) if path else CaseSet(name, ())
        left = tuple(case for case in before if case.id != id)
        if path is None or len(left) == len(before):
            raise UnknownEvaluation(f"La suite {name!r} n'a pas de cas {id!r}.")
        if left:
            tags = tuple(tag for tag in before.gate_tags if any(tag in case.tags for case in left))
            _write(replace(before, cases=left, gate_tags=tags), path)
        else:
            path.unlink()


def case_of(form: CaseForm, id: str) -> Case:
    """The case that a form holds; raises `CaseError`. Of one to refuse, what it expects and where are left out.

    >>> case_of(CaseForm("Quand ?", "fr", expect="2018\\n7 mars | 07/03", document="a", page="2"), "1").expect.all_of
    (('2018',), ('7 mars', '07/03'))
    """
    record: dict[str, Any] = {"id": id, "question": form.question, "language": form.language, "note": form.note}
    record |= {"history": _lines(form.history), "forbid": _lines(form.forbid), "tags": _lines(form.tags, ",")}
    if form.refuse:
        record["refuse"] = form.refuse
    else:
        record["expect"] = [_parts(line, " | ") for line in _lines(form.expect)]
        record["relevant"] = _relevant(form)
    return case_from(record)


def _relevant(form: CaseForm) -> list[dict[str, Any]]:
    if not form.document:
        return []
    page = form.page.strip()
    if page and not (page.isascii() and page.isdigit() and len(page) < 7 and int(page)):
        raise CaseError(f"La page {page!r} n'est pas un nombre à partir de 1.")
    where: dict[str, Any] = {"document": form.document}
    where |= {"page": int(page)} if page else {}
    return [where | ({"quote": form.quote} if form.quote.strip() else {})]


def _free_id(cases: CaseSet, language: str) -> str:
    """`fr-007` where six cases are there, or the next that none has."""
    taken = {case.id for case in cases}
    return next(id for n in range(len(taken) + 1, 2 * len(taken) + 2) if (id := f"{language}-{n:03d}") not in taken)


def _lines(text: str, sign: str = "\n") -> Sequence[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split(sign) if line.strip()]


def _parts(line: str, sign: str) -> Sequence[str]:
    return [part.strip() for part in line.split(sign) if part.strip()]


def _write(cases: CaseSet, path: Path) -> None:
    """Write the whole file beside, then put it in place: a reader never meets half of one. Raises `CaseError`."""
    part = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.touch(0o600)
        write_cases(cases, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(part, path)
    except OSError as error:
        raise CaseError(f"{path} : on ne peut pas y écrire ({error.strerror}). Faites de la place.") from error
    finally:
        part.unlink(missing_ok=True)
