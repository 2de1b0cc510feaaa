"""Where the files of evaluations lie: sets, shipped or a data directory's own, accepted baselines, stored runs.

Names become paths here alone.
"""

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


def find_set(name: str, own: Path | None = None) -> CaseSet:
    """The set in a file, the shipped one of this name, or the one of this name in the folder of a data directory."""
    from evals.cases import SUFFIXES, read_cases

    path = Path(name)
    if path.suffix.lower() in SUFFIXES or path.is_file():
        return read_cases(path)
    known = {**(sets_in(own) if own else {}), **sets_in(SETS)}
    if name not in known:
        raise EvalsError(f"{name!r} : aucune suite de ce nom ; il y a : {', '.join(known) or '-'}, ou un fichier.")
    return read_cases(known[name])


def sets_in(folder: Path) -> dict[str, Path]:
    """The files of sets in a folder, by the name that each is called by."""
    from evals.cases import SUFFIXES

    files = (file for file in sorted(folder.glob("*")) if file.suffix in SUFFIXES)
    return {file.stem: file for file in files if not file.name.startswith(".")}


def own_sets(runs: Path) -> Path:
    """Where a data directory keeps the sets that its evaluators make, beside its runs."""
    return runs / "sets"


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
