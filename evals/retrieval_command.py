"""The command `cooperation evals retrieval`: its options, and what it prints. Nothing heavy until it runs."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from assistant.number_options import natural, positive
from assistant.settings import Settings
from evals.kept import takes_keep, working_folder

RETRIEVAL_HELP = "mesurer la recherche sur des jeux publics (BEIR), dans un dossier à part"


def register_retrieval(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("folders", nargs="+", type=Path, metavar="DOSSIER")
    parser.add_argument("--answers", action="store_true", help="poser aussi les questions")
    parser.add_argument("--opinions", action="store_true", help="classer aussi selon le sens seul, et les mots seuls")
    parser.add_argument("--split", metavar="PART", help="seulement les questions de cette part : test, train... (all)")
    parser.add_argument("--limit", type=positive, metavar="N", help="seulement N questions, tirées au sort")
    parser.add_argument("--seed", type=natural, default=0, metavar="N", help="graine du tirage (0)")
    parser.add_argument(
        "--rankings",
        type=Path,
        metavar="FICHIER",
        help="écrire aussi les classements en JSON (par jeu s'il y en a plusieurs)",
    )
    takes_keep(parser)
    parser.add_argument("--json", action="store_true", help="en JSON")


def run_retrieval(options: argparse.Namespace) -> int:
    """Measure each folder, one after the other, and print all of them."""
    from evals.retrieval import measure, render

    settings = Settings.from_env(os.environ, options.data)
    results = []
    for folder in options.folders:
        with working_folder(folder / "corpus.jsonl", options.keep) as work:
            results.append(
                measure(
                    folder,
                    settings,
                    work,
                    answers=options.answers,
                    opinions=options.opinions,
                    split=None if options.split == "all" else options.split,
                    limit=options.limit,
                    seed=options.seed,
                )
            )
    if options.rankings:
        by_set = {
            result.name: {r.query.id: [list(place) for place in r.found] for r in result.runs} for result in results
        }
        rankings = by_set if len(results) > 1 else by_set[results[0].name]
        options.rankings.write_text(json.dumps(rankings, ensure_ascii=False), "utf-8")
    shown = [result.to_json() for result in results]
    print(json.dumps(shown, ensure_ascii=False, indent=1) if options.json else render(results))
    return 0
