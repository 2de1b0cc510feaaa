"""The commands of evaluation: `cooperation bench index|runtime|ask|growth|import|briefings|load|soak|storm`.

Nothing heavy is imported until one runs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.cli import add_command
from assistant.number_options import natural, positive
from assistant.settings import Settings
from evals.kept import takes_keep

if TYPE_CHECKING:
    from evals.load.place import Place

Measure = Callable[[argparse.Namespace, Settings, Path], tuple[Any, str]]


def register_bench(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """`cooperation bench`."""
    parser = add_command(
        commands, "bench", "mesurer la vitesse, dans un dossier temporaire (les données ne sont pas touchées)", _bench
    )
    benches = parser.add_subparsers(title="mesures", metavar="MESURE", required=True)
    index = _add(benches, "index", "l'indexation, à côté d'un LlamaIndex + Chroma de départ, mêmes poids", _index)
    index.add_argument("--rounds", type=positive, default=3, metavar="N", help="tours, en alternance (3)")
    runtime = _add(benches, "runtime", "les façons d'exécuter le modèle embarqué : vitesse et fidélité", _runtime)
    runtime.add_argument("--rounds", type=positive, default=3, metavar="N", help="tours, en alternance (3)")
    runtime.add_argument(
        "--set", type=Path, metavar="DOSSIER", help="jeu de recherche : corpus.jsonl et queries.jsonl, pour le nDCG@10"
    )
    _add_questions(runtime)
    ask = _add(benches, "ask", "le temps d'une réponse, sur N passages, et des commandes entières", _ask)
    ask.add_argument("--chunks", type=positive, default=10_000, metavar="N", help="passages dans l'index (10000)")
    ask.add_argument("--calls", type=positive, default=200, metavar="N", help="appels mesurés (200)")
    ask.add_argument("--processes", type=natural, default=5, metavar="N", help="fois pour chaque commande (5)")
    _add_questions(ask)
    growth = _add(benches, "growth", "ce que coûtent 1 000, 10 000 et 100 000 passages", _growth)
    growth.add_argument(
        "--sizes", type=positive, nargs="+", default=[1_000, 10_000, 100_000], metavar="N", help="passages"
    )
    _add_questions(growth)
    bring = _add(benches, "import", "l'attente dans le navigateur pendant un import, à côté du repos", _import)
    bring.add_argument("--import", dest="brought", type=positive, default=300, metavar="N", help="documents (300)")
    bring.add_argument("--calls", type=positive, default=60, metavar="N", help="appels mesurés au repos (60)")
    _add_questions(bring)
    briefings = _add(benches, "briefings", "le temps d'une fiche et de la chronologie, sur N passages", _briefings)
    briefings.add_argument("--chunks", type=positive, default=10_000, metavar="N", help="passages (10000)")
    load = _add(benches, "load", "20, 50 puis 200 personnes à la fois devant le service", _load)
    load.add_argument("--seconds", type=positive, default=60, metavar="N", help="durée de chaque étape (60)")
    soak = _add(benches, "soak", "ce qui grossit quand on questionne le service longtemps", _soak)
    soak.add_argument("--minutes", type=positive, default=60, metavar="N", help="durée (60)")
    soak.add_argument("--every", type=positive, default=10, metavar="N", help="secondes entre deux regards (10)")
    storm = _add(benches, "storm", "les réponses pendant une tempête de connexions", _storm)
    storm.add_argument("--rate", type=positive, default=50, metavar="N", help="connexions par seconde (50)")
    storm.add_argument("--seconds", type=positive, default=20, metavar="N", help="durée de la tempête (20)")
    storm.add_argument("--calm", type=positive, default=30, metavar="N", help="durée du calme d'abord (30)")
    for parser in (load, soak, storm):
        parser.add_argument("--chunks", type=positive, default=20_000, metavar="N", help="passages (20000)")
        takes_keep(parser)


def _add(
    benches: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str, measure: Measure
) -> argparse.ArgumentParser:
    parser = benches.add_parser(name, help=help, description=help)
    parser.add_argument(
        "--texts",
        type=Path,
        metavar="DOSSIER|FICHIER.jsonl",
        help='textes à indexer, ou {"id","title","text"} par ligne (sinon le corpus livré)',
    )
    parser.add_argument("--documents", type=positive, metavar="N", help="n'en prendre que N, tirés au sort")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="graine du tirage (0)")
    parser.add_argument("--json", action="store_true", help="résultat en JSON")
    parser.add_argument("--out", type=Path, metavar="DOSSIER", help="écrire aussi la page benchmarks.md, et ses images")
    parser.set_defaults(measure=measure, name=name)
    return parser


def _add_questions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--questions", type=Path, metavar="FICHIER", help='questions : {"text"} par ligne')
    parser.add_argument("--count", type=positive, metavar="N", help="n'en prendre que N, tirées au sort")


def _bench(options: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ, options.data)
    measure: Measure = options.measure
    with tempfile.TemporaryDirectory(prefix="cooperation-bench-") as work:
        result, shown = measure(options, settings, Path(work))
    print(json.dumps(asdict(result), ensure_ascii=False, indent=1) if options.json else shown)
    if options.out is not None:
        _write(options, result, shown)
    return 0


def _write(options: argparse.Namespace, result: Any, shown: str) -> None:
    from evals.bench_page import LOAD, PAGE, write_part

    picture, page = "", PAGE
    options.out.mkdir(parents=True, exist_ok=True)
    if options.name == "growth":
        from evals.bench_growth import plot

        picture = "growth.png"
        plot(result, options.out / picture)
    if options.name in ("load", "soak", "storm"):
        picture, page = ("soak.png" if options.name == "soak" else ""), LOAD
        told = json.dumps(asdict(result), ensure_ascii=False, indent=1)
        (options.out / f"{options.name}.json").write_text(f"{told}\n", "utf-8")
    texts = f" --texts {options.texts.name}" if options.texts else ""
    write_part(options.out, options.name, f"cooperation bench {options.name}{texts}", shown, picture, page)


def _index(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.bench import read_texts
    from evals.bench_index import bench_index, render

    texts = read_texts(options.texts, work, options.documents, options.seed)
    result = bench_index(texts, settings, work, options.rounds, _say)
    return result, render(result)


def _runtime(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.bench import read_texts
    from evals.bench_runtime import bench_runtime, render

    texts = read_texts(options.texts, work, options.documents, options.seed)
    questions = _questions(options)
    result = bench_runtime(texts, questions, settings, work, options.rounds, _say, options.set, options.seed)
    return result, render(result)


def _ask(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.bench import read_texts
    from evals.bench_ask import Plan, bench_ask, render

    texts = read_texts(options.texts, work, options.documents, options.seed)
    plan = Plan(options.chunks, options.calls, options.processes, options.seed)
    result = bench_ask(texts, _questions(options), settings, work, plan, os.environ, _say)
    return result, render(result)


def _growth(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.bench import read_texts
    from evals.bench_growth import bench_growth, render

    texts = read_texts(options.texts, work, options.documents, options.seed)
    questions = _questions(options)
    result = bench_growth(texts, questions, settings, work, options.sizes, options.seed, os.environ, _say)
    return result, render(result)


def _import(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.bench import read_texts
    from evals.bench_import import bench_import, render

    texts = read_texts(options.texts, work, options.documents, options.seed)
    result = bench_import(texts, _questions(options), settings, work, options.brought, options.calls, os.environ, _say)
    return result, render(result)


def _briefings(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.bench import read_texts
    from evals.bench_briefings import bench_briefings, render

    texts = read_texts(options.texts, work, options.documents, options.seed)
    result = bench_briefings(texts, settings, work, options.chunks, options.seed, _say)
    return result, render(result)


def _load(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.load.rush import bench_load, render

    place, texts = _place(options, settings, work, 200)
    result = bench_load(place, texts, os.environ, options.seconds, _say)
    return result, render(result)


def _soak(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.load.soak import bench_soak, render

    place, _texts = _place(options, settings, work, 20)
    result = bench_soak(place, os.environ, options.minutes, options.out, _say, options.every)
    return result, render(result)


def _storm(options: argparse.Namespace, settings: Settings, work: Path) -> tuple[Any, str]:
    from evals.load.storm import bench_storm, render

    place, _texts = _place(options, settings, work, 200)
    result = bench_storm(place, os.environ, options.rate, options.seconds, options.calm, _say)
    return result, render(result)


def _place(options: argparse.Namespace, settings: Settings, work: Path, people: int) -> tuple[Place, str]:
    """The data directory to load, kept where `--keep` says, and the name of its texts."""
    from evals.bench import read_texts
    from evals.load.place import prepared

    texts = read_texts(options.texts, work, options.documents, options.seed)
    folder = (options.keep or work) / f"load-{options.chunks}"
    return prepared(folder, settings, texts, options.chunks, people, _say), texts.name


def _questions(options: argparse.Namespace) -> list[str]:
    from evals.bench import BenchError, drawn, read_json_lines
    from evals.bench_ask import EXAMPLES

    if options.questions is None:
        return drawn(EXAMPLES, options.count, options.seed)
    read = [str(line["text"]) for line in read_json_lines(options.questions, "text")]
    if not read:
        raise BenchError(f"{options.questions} : aucune question.")
    return drawn(read, options.count, options.seed)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
