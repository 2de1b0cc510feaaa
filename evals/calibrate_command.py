"""The commands `cooperation evals calibrate` and `adjust`: their options, and where they write."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from evals.kept import takes_keep

CALIBRATE_HELP = "ajuster sur des questions étiquetées ce qui choisit les phrases et ce qui décide d'un refus"
ADJUST_HELP = "déplacer ce qui décide d'un refus d'après des questions sur des textes d'exercice"


def register_calibrate(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("folder", type=Path, metavar="DOSSIER", help="jeux de questions ; leur part train sert seule")
    parser.add_argument("--out", type=Path, metavar="FICHIER", help="(sinon le fichier du produit)")
    parser.add_argument("--share", type=_share, default=1.0, metavar="0..1", help="part des questions (1)")
    takes_keep(parser)


def run_calibrate(options: argparse.Namespace) -> int:
    """Fit and write."""
    from evals.calibrate import calibrate

    value = calibrate(options.folder, Settings.from_env(os.environ), options.share, options.keep, _say)
    return _written(value, options.out)


def register_adjust(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("sets", nargs="+", metavar="SUITE", help="suites de questions déjà vues")
    parser.add_argument("--out", type=Path, metavar="FICHIER", help="(sinon le fichier du produit)")


def run_adjust(options: argparse.Namespace) -> int:
    """Move the weights and write them."""
    from evals.adjust import adjust
    from evals.places import find_set

    suites = [find_set(name) for name in options.sets]
    value = adjust(_shipped(), suites, Settings.from_env(os.environ), _say)
    return _written(value, options.out)


def _written(value: dict[str, Any], out: Path | None) -> int:
    """Write the weights where they were asked for, else where the product reads them; tell where."""
    path = out or _shipped()
    path.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
    print(path)
    return 0


def _shipped() -> Path:
    from assistant.answers import weights

    return Path(weights.__file__).with_name("weights.json")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _share(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("une part plus grande que 0, au plus 1")
    return value
