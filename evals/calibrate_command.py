"""The command `cooperation evals calibrate`: its options, and where it writes. Nothing heavy until it runs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from assistant.settings import Settings
from evals.kept import takes_keep

CALIBRATE_HELP = "ajuster sur des questions étiquetées ce qui choisit les phrases et ce qui décide d'un refus"


def register_calibrate(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("folder", type=Path, metavar="DOSSIER", help="jeux de questions ; leur part train sert seule")
    parser.add_argument("--out", type=Path, metavar="FICHIER", help="(sinon le fichier du produit)")
    parser.add_argument("--share", type=_share, default=1.0, metavar="0..1", help="part des questions (1)")
    takes_keep(parser)


def run_calibrate(options: argparse.Namespace) -> int:
    """Fit and write."""
    from assistant.answers import weights
    from evals.calibrate import calibrate

    value = calibrate(options.folder, Settings.from_env(os.environ), options.share, options.keep, _say)
    out = options.out or Path(weights.__file__).with_name("weights.json")
    out.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
    print(out)
    return 0


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
