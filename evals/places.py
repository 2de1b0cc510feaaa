"""Where the files of evaluations lie: shipped sets, accepted baselines, stored runs. Names become paths here alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import AssistantError

if TYPE_CHECKING:
    from assistant.settings import Settings
    from evals.baseline import Baseline
    from evals.case import CaseSet

SETS = Path(__file__).parent / "sets"
BASELINES = Path(__file__).parent / "baselines"


class EvalsError(AssistantError):
    """An evaluation command cannot do what was asked; the message says what to give it."""


def find_set(name: str) -> CaseSet:
    """The set in a file, or the shipped one of this name."""
    from evals.cases import SUFFIXES, read_cases

    path = Path(name)
    if path.suffix.lower() in SUFFIXES or path.is_file():
        return read_cases(path)
    shipped = {file.stem: file for file in sorted(SETS.glob("*")) if file.suffix in SUFFIXES}
    if name not in shipped:
        raise EvalsError(f"{name!r} : aucune suite de ce nom ; il y a : {', '.join(shipped) or '-'}, ou un fichier.")
    return read_cases(shipped[name])


def find_baseline(name: str, folder: Path = BASELINES) -> Baseline:
    """The baseline or run in a file, or the accepted baseline, in this folder, of the set of this name."""
    from evals.baseline import read_baseline

    path = Path(name)
    return read_baseline(path if path.is_file() or path.suffix else baseline_path(name, folder))


def baseline_path(set_name: str, folder: Path = BASELINES) -> Path:
    """Where the accepted baseline of a set lies, or would."""
    return folder / f"{slug(set_name)}.jsonl"


def runs_folder(settings: Settings) -> Path:
    """Where runs are stored that are given no file of their own."""
    return settings.data / "evals"


def slug(name: str) -> str:
    """A set's name as that of a file, wherever it came from.

    >>> slug("../Coopération 2026")
    'Coopération-2026'
    """
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "set"
