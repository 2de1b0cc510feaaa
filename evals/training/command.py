"""`cooperation train reader|questions|weigh|measure`: options, and what they print. Nothing heavy until one runs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path

from assistant.cli import add_command
from assistant.settings import Settings
from evals.training.rows import TrainingDataMissing

OUT, QUESTIONS_OUT = Path("reader"), Path("questions")


def register_training(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`cooperation train`."""
    parser = add_command(commands, "train", "entraîner lecteur et encodeur de questions, et les mesurer", _reader)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _register_reader(actions)
    _register_questions(actions)
    _register_weigh(actions)
    _register_measure(actions)


def _register_reader(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    help = "entraîner le lecteur (processeur seul) ; reprend un entraînement interrompu"
    reader = actions.add_parser("reader", help=help, description=help)
    _takes_data(reader)
    _takes_retrieval(reader, "jeux de recherche : leurs articles de test sont écartés, leur FAQ d'entraînement lue")
    reader.add_argument("--out", type=Path, default=OUT, metavar="DOSSIER", help="où écrire les poids (./reader)")
    begin = "poids d'un autre entraînement, d'où aller plus loin : à pas plus petits, surtout sur des pages"
    reader.add_argument("--begin", type=Path, metavar="DOSSIER", help=begin)
    length = reader.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=_minutes, default=68.0, metavar="N", help="durée de l'apprentissage (68)")
    length.add_argument("--steps", type=int, metavar="N", help="nombre de pas, au lieu d'une durée : se répète")
    reader.add_argument("--first-layer", type=int, default=2, metavar="N", help="première apprise, de 0 à 11 (2)")
    reader.add_argument("--seed", type=int, default=0, metavar="N", help="graine (0)")
    reader.set_defaults(run=_reader)


def _register_questions(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    help = "entraîner l'encodeur de questions (processeur seul) ; reprend un entraînement interrompu"
    questions = actions.add_parser("questions", help=help, description=help)
    _takes_data(questions)
    _takes_retrieval(questions, "jeux de recherche : leurs articles de test sont écartés, leur FAQ d'entraînement lue")
    questions.add_argument(
        "--out", type=Path, default=QUESTIONS_OUT, metavar="DOSSIER", help="où écrire les poids (./questions)"
    )
    length = questions.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=_minutes, default=40.0, metavar="N", help="durée de l'apprentissage (40)")
    length.add_argument("--steps", type=int, metavar="N", help="nombre de pas, au lieu d'une durée : se répète")
    questions.add_argument("--seed", type=int, default=0, metavar="N", help="graine (0)")
    questions.set_defaults(run=_questions)


def _register_weigh(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    help = "peser ce qui parle pour un passage : lu, mots tenus, phrase proche ; écrit weighing.json près des poids"
    weigh = actions.add_parser("weigh", help=help, description=help)
    weigh.add_argument("--reader", type=Path, required=True, metavar="DOSSIER", help="où sont les poids du lecteur")
    _takes_data(weigh)
    _takes_retrieval(weigh, "jeux de recherche : leurs articles de test sont écartés")
    weigh.add_argument("--limit", type=int, default=400, metavar="N", help="au plus N questions par colonne (400)")
    weigh.add_argument("--seed", type=int, default=0, metavar="N", help="graine (0)")
    weigh.set_defaults(run=_weigh)


def _register_measure(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    help = "mesurer un lecteur sur les presque-réponses des questions de test, tel que le produit le fait tourner"
    measure = add_command(actions, "measure", help, _measure)
    measure.add_argument("--reader", type=Path, required=True, metavar="DOSSIER", help="où sont ses poids")
    _takes_retrieval(measure, "jeux de recherche")
    measure.add_argument("--seed", type=int, default=0, metavar="N", help="graine du tirage des voisins (0)")
    measure.add_argument("--limit", type=int, metavar="N", help="seulement N questions par colonne, tirées au sort")
    measure.add_argument("--json", action="store_true", help="en JSON")


def _takes_data(parser: argparse.ArgumentParser) -> None:
    help = "données d'entraînement : questions et paragraphes, *.jsonl.gz"
    parser.add_argument("--data", metavar="DOSSIER", default=argparse.SUPPRESS, help=help)


def _takes_retrieval(parser: argparse.ArgumentParser, help: str) -> None:
    parser.add_argument("--retrieval", type=Path, required=True, metavar="DOSSIER", help=help)


def _reader(options: argparse.Namespace) -> int:
    from evals.training.export import FILE
    from evals.training.fit import Plan
    from evals.training.train import train
    from index.bundled_model import unpacked

    data = _data(options)
    plan = Plan(minutes=options.minutes, steps=options.steps, first_layer=options.first_layer, seed=options.seed)
    begin = options.begin / FILE if options.begin else None
    if begin and not begin.is_file():
        raise TrainingDataMissing(f"{options.begin} : aucun {FILE}. Donnez avec --begin le dossier d'un entraînement.")
    base = unpacked(Settings.from_env(os.environ).cache)
    print(train(data, options.retrieval, base, options.out, plan, _say, begin))
    return 0


def _questions(options: argparse.Namespace) -> int:
    from evals.training.asking import PLAN, train_questions
    from index.bundled_model import unpacked

    plan = replace(PLAN, minutes=options.minutes, steps=options.steps, seed=options.seed)
    base = unpacked(Settings.from_env(os.environ).cache)
    print(train_questions(_data(options), options.retrieval, base, options.out, plan, _say))
    return 0


def _weigh(options: argparse.Namespace) -> int:
    from evals.training.aside import gather
    from evals.training.weigh import weigh
    from index.bundled_model import unpacked
    from index.embed import OnnxEmbedder
    from index.reader import FILE, OnnxReader
    from index.weighing import write_weighing

    base = unpacked(Settings.from_env(os.environ).cache)
    held_out = gather(_data(options), options.retrieval, options.limit, options.seed).held_out
    reader = OnnxReader(options.reader / FILE, base)
    weighing = weigh(held_out, reader, OnnxEmbedder(base), _say)
    print(write_weighing(options.reader, weighing, reader.header.version))
    return 0


def _data(options: argparse.Namespace) -> Path:
    if not options.data:
        raise TrainingDataMissing("Donnez le dossier des données d'entraînement avec --data.")
    return Path(options.data)


def _measure(options: argparse.Namespace) -> int:
    from evals.training.measure import measure, render
    from index.bundled_model import unpacked

    base = unpacked(Settings.from_env(os.environ).cache)
    made = measure(options.reader, options.retrieval, base, options.seed, options.limit, _say)
    print(json.dumps(asdict(made), ensure_ascii=False, indent=1) if options.json else render(made))
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _minutes(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < 10_000:
        raise argparse.ArgumentTypeError("un nombre de minutes, plus grand que 0")
    return value
