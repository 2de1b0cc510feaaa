"""`cooperation documents check`: what was read of each document, page by page, and what to do about the rest.

Without a path it tells of the documents that were ingested or refused; with paths it reads these files as ingestion
would, keeps nothing, and tells what they cost as well.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import AssistantError
from corpus.files import files_below
from corpus.quality import PageQuality, advice, summary
from corpus.survey import Survey, examine

if TYPE_CHECKING:
    from assistant.operations import Operations
    from index.reports import Report

_WORDS = {"read": "lu", "refused": "refusé"}


class BadPasswords(AssistantError):
    """A file of passwords cannot be read; the message names it."""


def add_check(action: argparse.ArgumentParser) -> None:
    """The options of `documents check`."""
    action.add_argument("paths", nargs="*", metavar="FICHIER|DOSSIER", help="fichiers à essayer, sans les ajouter")
    action.add_argument("--json", action="store_true", help="rapport en JSON")
    action.add_argument("--table", metavar="FICHIER", help="écrire le tableau des fichiers essayés, en Markdown")
    add_passwords(action)


def add_passwords(parser: argparse.ArgumentParser) -> None:
    """The option that names a file of passwords: one on the command line would be seen by every user of the machine."""
    parser.add_argument("--passwords", metavar="FICHIER", help="mots de passe à essayer, un par ligne")


def passwords_of(options: argparse.Namespace) -> tuple[str, ...]:
    """The passwords of the file that the options name; none where they name none."""
    if not options.passwords:
        return ()
    try:
        lines = Path(options.passwords).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadPasswords(f"{options.passwords} : fichier de mots de passe illisible ({error})") from error
    return tuple(line for line in lines if line)


def check(
    options: argparse.Namespace, opened: Callable[[argparse.Namespace], AbstractContextManager[Operations]]
) -> int:
    """Print the report; 1 where something was refused."""
    if options.paths:
        return _try(options)
    with opened(options) as operations:
        reports = operations.reports()
    if options.json:
        print(json.dumps({"documents": [report.to_json() for report in reports]}, ensure_ascii=False, indent=1))
    else:
        for report in reports:
            print("\n".join(_told(report)))
        refused = sum(report.status == "refused" for report in reports)
        watch = sum(report.attention for report in reports) - refused
        print(f"documents : {len(reports)}, à vérifier : {watch}, refusés : {refused}")
    return 1 if any(report.status == "refused" for report in reports) else 0


def _told(report: Report) -> Iterator[str]:
    yield f"{_WORDS[report.status]:7} {report.document}  {report.reason or summary(report.pages)}"
    yield from (f"        {line}" for line in advised(report.pages))


def advised(pages: Iterable[PageQuality]) -> Iterator[str]:
    """What to do or to know, pages of one advice on one line.

    >>> list(advised([PageQuality(n, "text" if n == 2 else "damaged") for n in range(1, 5)]))[0][:18]
    'p. 1, 3-4 : page n'
    """
    by_advice: dict[str, list[int | None]] = {}
    for page in pages:
        if said := advice(page):
            by_advice.setdefault(said, []).append(page.page)
    for said, numbers in by_advice.items():
        places = _ranges([number for number in numbers if number is not None])
        yield f"p. {places} : {said}" if places else said


def _ranges(numbers: Sequence[int]) -> str:
    runs = [[n for _, n in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _try(options: argparse.Namespace) -> int:
    passwords = passwords_of(options)
    surveys: list[Survey] = []
    for path, name in files_of(map(Path, options.paths)):
        survey = examine(path, passwords)
        surveys.append(survey)
        if not options.json:
            print(_line(survey, name), flush=True)
            for line in advised(survey.pages):
                print(f"        {line}")
    if options.json:
        print(json.dumps({"documents": [survey.to_json() for survey in surveys]}, ensure_ascii=False, indent=1))
    if options.table:
        Path(options.table).write_text(
            table(surveys, [name for _, name in files_of(map(Path, options.paths))]), "utf-8"
        )
    return 1 if any(survey.status == "refused" for survey in surveys) else 0


def files_of(paths: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Files, those of folders in order, each with its name within the folder."""
    for path in paths:
        if path.is_dir():
            yield from ((file, str(file.relative_to(path))) for file in files_below(path))
        else:
            yield path, path.name


def _line(survey: Survey, name: str) -> str:
    pages = len([page for page in survey.pages if page.page]) or "-"
    cost = f"{pages:>4} p. {survey.characters:>7} c. {survey.seconds:6.1f} s {survey.peak:5} Mo"
    return f"{_WORDS[survey.status]:7}{cost}  {name}  {survey.reason or summary(survey.pages)}"


def table(surveys: Sequence[Survey], names: Sequence[str]) -> str:
    """The surveys as a Markdown table."""
    lines = ["| fichier | statut | pages | caractères | secondes | Mo | détail |", "|---|---|---|---|---|---|---|"]
    for survey, name in zip(surveys, names, strict=True):
        pages = len([page for page in survey.pages if page.page]) or ""
        detail = (survey.reason or summary(survey.pages)).replace("|", "\\|")
        cost = f"{survey.characters or ''} | {survey.seconds:.1f} | {survey.peak}"
        lines.append(f"| {name} | {_WORDS[survey.status]} | {pages} | {cost} | {detail} |")
    return "\n".join(lines) + "\n"
