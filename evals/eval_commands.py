"""The commands `cooperation evals ...`: run, gate, compare, accept, report, judge, retrieval, calibrate, history...

Each reads its files, calls the module that does the work, and prints. Nothing heavy is imported until one runs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.cli import add_command
from assistant.number_options import natural, positive
from assistant.settings import Settings
from corpus.errors import AssistantError
from evals.calibrate_command import (
    ADJUST_HELP,
    CALIBRATE_HELP,
    register_adjust,
    register_calibrate,
    run_adjust,
    run_calibrate,
)
from evals.judge_command import JUDGE_HELP, KEY, register_judge, run_judge
from evals.places import BASELINES, EvalsError, baseline_path, find_baseline, find_set, own_sets, runs_folder
from evals.retrieval_command import RETRIEVAL_HELP, register_retrieval, run_retrieval

if TYPE_CHECKING:
    from evals.baseline import Baseline
    from evals.case import CaseSet
    from evals.history import Point
    from evals.run_file import Run

Commands = argparse._SubParsersAction
PASSED, FAILED, BROKEN = 0, 1, 2
TOKEN = "COOPERATION_API_TOKEN"


def register_evals(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation evals`."""
    parser = add_command(commands, "evals", "évaluer : jouer des questions, comparer, décider, montrer", _run)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _register_run(actions)
    _register_comparison(actions)
    _register_reports(actions)


def _register_run(actions: Commands[argparse.ArgumentParser]) -> None:
    run = add_command(actions, "run", "jouer une suite de questions ; reprend une suite interrompue", _run)
    run.add_argument("set", metavar="SUITE", help="nom d'une suite, ou un fichier .toml, .jsonl, .csv ou .xlsx")
    run.add_argument("--tag", metavar="MOT", help="seulement les cas de ce mot-clé")
    _add_running(run)
    gate = add_command(
        actions,
        "gate",
        "décider si un changement peut passer : code 0 oui, 1 non, 2 si la suite ou la référence est inutilisable",
        _gate,
    )
    gate.add_argument("set", metavar="SUITE")
    gate.add_argument("--junit", type=Path, metavar="FICHIER", help="la décision en JUnit XML")
    gate.add_argument("--run", type=Path, metavar="RÉPONSES", dest="made", help="juger cette suite de réponses-là")
    gate.add_argument("--baseline", type=Path, metavar="RÉFÉRENCE", help="(sinon celle que « accept » a écrite)")
    _add_baselines(gate)
    _add_seed(gate)
    _add_running(gate)


def _add_running(parser: argparse.ArgumentParser) -> None:
    data = next(action for action in parser._actions if action.dest == "data")
    data.help = "dossier des données (sinon un dossier temporaire avec le corpus livré et les documents de la suite)"
    parser.add_argument(
        "--documents",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="FICHIER|DOSSIER",
        help="poser les questions à ces documents seuls, au lieu du corpus livré",
    )
    parser.add_argument(
        "--against", metavar="URL", help=f"poser les questions à un service ouvert là, avec le jeton de {TOKEN}"
    )
    parser.add_argument("--out", type=Path, metavar="RÉPONSES", help="fichier des réponses (sinon dans DIR/evals)")
    parser.add_argument("--jobs", type=positive, default=1, metavar="N", help="questions à la fois (1)")
    parser.add_argument("--retry", action="store_true", help="rejouer aussi les cas qui ont échoué")


def _register_comparison(actions: Commands[argparse.ArgumentParser]) -> None:
    compare = add_command(actions, "compare", "comparer des réponses à une référence, cas par cas", _compare)
    compare.add_argument("made", type=Path, metavar="RÉPONSES")
    compare.add_argument("baseline", metavar="RÉFÉRENCE", help="autres réponses, ou le nom d'une suite")
    _add_baselines(compare)
    _add_seed(compare)
    form = compare.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="en JSON")
    form.add_argument("--markdown", action="store_true", help="en Markdown, avec les réponses qui ont basculé")
    accept = add_command(actions, "accept", "faire de ces réponses la référence de leur suite", _accept)
    accept.add_argument("made", type=Path, metavar="RÉPONSES")
    accept.add_argument("--out", type=Path, metavar="RÉFÉRENCE", help="(sinon evals/baselines/SUITE.jsonl)")
    _add_baselines(accept)
    convert = add_command(actions, "convert", "changer le format d'une suite : .toml, .jsonl, .csv, .xlsx", _convert)
    convert.add_argument("source", type=Path, metavar="DE")
    convert.add_argument("target", type=Path, metavar="VERS")


def _register_reports(actions: Commands[argparse.ArgumentParser]) -> None:
    report = add_command(actions, "report", "un rapport en une page : HTML, Markdown ou JSON", _report)
    report.add_argument("made", type=Path, metavar="RÉPONSES")
    report.add_argument(
        "--baseline", metavar="RÉFÉRENCE", help="(sinon celle que « accept » a écrite, s'il y en a une)"
    )
    report.add_argument("-o", "--out", type=Path, metavar="FICHIER", help=".html, .md ou .json (sinon RÉPONSES.html)")
    _add_baselines(report)
    held = add_command(actions, "held", "ce qu'un modèle de langue a dit que la phrase citée ne tient pas", _held)
    held.add_argument("made", type=Path, metavar="RÉPONSES")
    history = add_command(actions, "history", "des mesures au fil des suites jouées", _history)
    history.add_argument("paths", nargs="*", type=Path, metavar="RÉPONSES|DOSSIER", help="(sinon DIR/evals)")
    history.add_argument("--metrics", default="", metavar="A,B", help="mesures (correctness, ...)")
    history.add_argument("--set", metavar="SUITE", help="seulement cette suite")
    history.add_argument("-o", "--out", type=Path, metavar="PNG", help="un dessin (PNG, SVG ou PDF)")
    history.add_argument("--json", action="store_true", help="en JSON")
    register_judge(add_command(actions, "judge", JUDGE_HELP, _judge))
    register_retrieval(add_command(actions, "retrieval", RETRIEVAL_HELP, run_retrieval))
    register_calibrate(add_command(actions, "calibrate", CALIBRATE_HELP, run_calibrate))
    register_adjust(add_command(actions, "adjust", ADJUST_HELP, run_adjust))


def _add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=natural, default=0, metavar="N", help="graine des tirages (0)")


def _add_baselines(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--baselines", type=Path, default=BASELINES, metavar="DOSSIER", help="où sont les références acceptées"
    )


# ---- running and deciding -------------------------------------------------------------------------------------------


def _run(options: argparse.Namespace) -> int:
    from evals.report_markdown import metric_table, summary_line
    from evals.review import review

    path, run = _played(options)
    shown = review(run)
    print(metric_table(shown, "fr"))
    print(f"\n{summary_line(shown, 'fr')}\n{path}")
    return PASSED


def _gate(options: argparse.Namespace) -> int:
    from evals.baseline import read_baseline
    from evals.run import set_hash
    from evals.run_file import read_run

    try:
        cases = _set(options)
        baseline = read_baseline(options.baseline or baseline_path(cases.name, options.baselines))
        run = read_run(options.made) if options.made else _played(options)[1]
        if run.missing or run.header.tag:
            raise EvalsError(f"{options.made} : la suite n'a pas été jouée en entier.")
        if run.header.fingerprint.get("set_hash") != set_hash(cases):
            raise EvalsError(f"{options.made} : réponses à une autre version de la suite ; rejouez-la.")
    except AssistantError as error:
        print(f"cooperation : {error}", file=sys.stderr)
        return BROKEN
    return _decide(run, baseline, options.junit, options.seed)


def _set(options: argparse.Namespace) -> CaseSet:
    """The set that is named: a file's, a shipped one, or one of the data directory."""
    return find_set(options.set, own_sets(runs_folder(Settings.from_env(os.environ, options.data))))


def _played(options: argparse.Namespace) -> tuple[Path, Run]:
    """The set, run as the options say."""
    from evals.playing import play

    return play(options, _set(options), Settings.from_env(os.environ, options.data), os.environ.get(TOKEN, ""))


def _decide(run: Run, baseline: Baseline, file: Path | None, seed: int) -> int:
    from evals.junit import junit
    from evals.report_markdown import summary_line
    from evals.review import review
    from evals.words import say

    found = review(run, baseline, seed)
    assert found.verdict is not None
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(junit(found), "utf-8")
    print("ACCEPTÉ" if found.verdict.passed else "REFUSÉ")
    for reason in found.verdict.reasons:
        print(f"- {say(reason)}")
    for note in found.verdict.notes:
        print(f"  note : {say(note)}")
    print(summary_line(found, "fr"))
    return PASSED if found.verdict.passed else FAILED


# ---- comparing and showing ------------------------------------------------------------------------------------------


def _compare(options: argparse.Namespace) -> int:
    from evals.report_json import report_json
    from evals.report_markdown import markdown, metric_table, summary_line
    from evals.review import review
    from evals.run_file import read_run

    found = review(read_run(options.made), find_baseline(options.baseline, options.baselines), options.seed)
    if options.json:
        print(json.dumps(report_json(found), ensure_ascii=False, indent=1))
    elif options.markdown:
        print(markdown(found), end="")
    else:
        assert found.comparison is not None
        assert found.verdict is not None
        for change in found.comparison.fingerprints:
            print(f"{change.part} : {change.baseline} -> {change.run}")
        for title, ids in (("cassés", found.comparison.broken), ("réparés", found.comparison.mended)):
            print(f"{title} : {len(ids)}{' (' + ', '.join(ids) + ')' if ids else ''}")
        print(f"{summary_line(found, 'fr')}\n\n{metric_table(found, 'fr')}")
    return PASSED


def _accept(options: argparse.Namespace) -> int:
    from evals.baseline import write_baseline
    from evals.run_file import read_run

    run = read_run(options.made)
    path = options.out or baseline_path(run.header.set, options.baselines)
    write_baseline(run, path)
    print(path)
    return PASSED


def _report(options: argparse.Namespace) -> int:
    from evals.judge import read_opinions
    from evals.report import write_report
    from evals.review import review
    from evals.run_file import read_run

    run = read_run(options.made)
    opinions = read_opinions(options.made)
    accepted = baseline_path(run.header.set, options.baselines)
    baseline = find_baseline(options.baseline, options.baselines) if options.baseline else None
    if baseline is None and accepted.is_file():
        baseline = find_baseline(str(accepted), options.baselines)
    path = options.out or options.made.with_suffix(".html")
    write_report(review(run, baseline), path, _siblings(options.made, run.header.set), opinions)
    print(path)
    return PASSED


def _held(options: argparse.Namespace) -> int:
    from evals.held import held, render
    from evals.run_file import read_run

    run = read_run(options.made)
    found = held(record.answer for record in run.records if record.answer)
    print(render(found))
    return FAILED if found.astray else PASSED


def _judge(options: argparse.Namespace) -> int:
    return run_judge(options, os.environ.get(KEY, ""))


def _history(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from evals.history import chosen, draw_history, history_table, read_history

    metrics = chosen(options.metrics)
    usual = (runs_folder(Settings.from_env(os.environ, options.data)), BASELINES)
    points = read_history(options.paths or [folder for folder in usual if folder.is_dir()], options.set)
    if options.json:
        print(json.dumps([asdict(point) for point in points], ensure_ascii=False, indent=1))
    else:
        print(history_table(points, metrics))
    if options.out:
        draw_history(points, metrics, options.out)
    return PASSED


def _convert(options: argparse.Namespace) -> int:
    from evals.cases import read_cases, write_cases

    cases = read_cases(options.source)
    write_cases(cases, options.target)
    print(f"{options.target} : {len(cases)} cas")
    return PASSED


def _siblings(path: Path, set_name: str) -> list[Point]:
    """The runs of the same set that lie beside this one: its history."""
    from evals.history import read_history

    return read_history([path.absolute().parent], set_name)
