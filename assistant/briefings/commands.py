"""The commands of the briefings: frameworks, brief, timeline, quiz."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.briefings.errors import UnknownVersion
from assistant.cli import add_command
from assistant.commands import opened
from corpus.language import LANGUAGES

if TYPE_CHECKING:
    from assistant.briefings.briefing import Briefing
    from assistant.briefings.events import Event
    from assistant.operations import Operations

Commands = argparse._SubParsersAction


def register_frameworks(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation frameworks`."""
    parser = add_command(commands, "frameworks", "voir les cadres de coopération et leurs documents", _frameworks)
    parser.add_argument("--json", action="store_true", help='liste en JSON : {"id","names","documents"}')


def register_brief(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation brief`."""
    parser = add_command(commands, "brief", "la fiche d'un cadre : une page, chaque ligne citée", _brief)
    parser.add_argument("framework", metavar="CADRE", help="identifiant, nom ou sigle d'un cadre ou d'un organisme")
    parser.add_argument("--compare", metavar="CADRE", default="", help="en face d'un autre cadre")
    parser.add_argument("--versions", action="store_true", help="les versions gardées, et ce qui a changé depuis")
    parser.add_argument(
        "--compare-version", type=int, metavar="N", help="ligne à ligne, ce qui a changé depuis la version N"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="fr", help="langue des intitulés et du résumé (fr)")
    parser.add_argument(
        "--quotes", action="store_true", help="sans le résumé du modèle de langue : des citations seules"
    )
    parser.add_argument("--format", choices=("md", "docx", "pdf", "json"), default="md", help="forme (md)")
    parser.add_argument("-o", "--out", metavar="FICHIER", help="écrire dans ce fichier")


def register_timeline(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation timeline`."""
    parser = add_command(
        commands, "timeline", "les événements datés des textes, du plus ancien au plus récent", _timeline
    )
    parser.add_argument("--framework", default="", metavar="CADRE", help="seulement ce cadre ou cet organisme")
    parser.add_argument("--from", dest="start", type=_start, metavar="ANNÉE", help="à partir de cette année")
    parser.add_argument("--to", dest="end", type=_end, metavar="ANNÉE", help="jusqu'à cette année")
    parser.add_argument(
        "--format", choices=("table", "json", "csv", "ics", "png"), default="table", help="forme (table)"
    )
    parser.add_argument("-o", "--out", metavar="FICHIER", help="écrire dans ce fichier")


def register_quiz(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation quiz`."""
    parser = add_command(commands, "quiz", "des questions pour vérifier ce qu'on sait d'un cadre", _quiz)
    parser.add_argument("framework", metavar="CADRE", help="identifiant, nom ou sigle d'un cadre ou d'un organisme")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="le même nombre pose les mêmes questions (1)")
    parser.add_argument("--lang", choices=LANGUAGES, default="fr", help="langue des questions (fr)")
    parser.add_argument("--json", action="store_true", help="questions en JSON, avec la bonne réponse et sa source")


def _start(text: str) -> date:
    return date(_year(text), 1, 1)


def _end(text: str) -> date:
    return date(_year(text), 12, 31)


def _year(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 9999):
        raise argparse.ArgumentTypeError("une année comme 2015")
    return int(text)


def _frameworks(options: argparse.Namespace) -> int:
    with opened(options) as operations:
        found = operations.frameworks_told()
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    for framework in found:
        for entry in (framework, *framework["bodies"]):
            inset = "" if entry is framework else "  "
            print(
                f"{inset}{entry['id']:{32 - len(inset)}} {entry['names']['fr']} ({len(entry['documents'])} documents)"
            )
    return 0


def _timeline(options: argparse.Namespace) -> int:
    with opened(options) as operations:
        found = operations.timeline(options.framework, options.start, options.end)
        empty = not found and not operations.documents()
    _put(_shaped(found, options.format), options.out)
    if not found:
        _tell(
            "Aucun texte : la base est vide. « cooperation ingest » y met le corpus livré."
            if empty
            else "Aucun événement daté."
        )
    return 0


def _shaped(found: list[Event], format: str) -> str | bytes:
    from assistant.briefings import timeline_formats as formats

    if format == "json":
        return json.dumps([event.to_json() for event in found], ensure_ascii=False, indent=1) + "\n"
    if format == "table":
        return formats.as_table(found) + "\n" if found else ""
    if format == "csv":
        return formats.as_csv(found)
    return formats.as_ics(found) if format == "ics" else formats.as_png(found)


def _brief(options: argparse.Namespace) -> int:
    from assistant.briefings.exports import export

    if options.compare:
        return _compare(options)
    if options.versions or options.compare_version is not None:
        return _versions(options)
    with opened(options) as operations:
        briefing = _told(operations, options)
        empty = briefing.empty and not operations.documents()
    _put(export(briefing, options.lang, options.format, empty), options.out)
    return 0


def _told(operations: Operations, options: argparse.Namespace) -> Briefing:
    """The briefing, summed up by the language model where one is set and wanted."""
    if options.quotes or not operations.model:
        return operations.briefing(options.framework)
    briefing = operations.briefing(options.framework, language=options.lang)
    if briefing.summary or briefing.empty:
        return briefing
    _tell(f"Le modèle {operations.model} résume la fiche…")
    return operations.summarised(options.framework, options.lang)


def _compare(options: argparse.Namespace) -> int:
    from assistant.briefings.exports import export_comparison

    with opened(options) as operations:
        one, other = operations.briefing(options.framework), operations.briefing(options.compare)
    _put(export_comparison(one, other, options.lang, options.format), options.out)
    return 0


def _versions(options: argparse.Namespace) -> int:
    from assistant.briefings.words import changes_of, state_of
    from assistant.briefings.written import written

    with opened(options) as operations:
        kept = operations.versions(options.framework)
    if options.compare_version is None:
        lines = [f"{v.number:5}  {written(v.made_at, options.lang)}  {state_of(v, options.lang)}" for v in kept]
        if not kept:
            _tell("Aucune version gardée : « cooperation brief CADRE » en fait une.")
    else:
        version = next((version for version in kept if version.number == options.compare_version), None)
        if version is None:
            raise UnknownVersion(
                f"Aucune version {options.compare_version} : « cooperation brief {options.framework} --versions » "
                "montre celles qui sont gardées."
            )
        lines = [state_of(version, options.lang), *changes_of(version, options.lang)]
    if options.format == "json":
        lines = [json.dumps([version.to_json() for version in kept], ensure_ascii=False, indent=1)]
    _put("".join(f"{line}\n" for line in lines), options.out)
    return 0


def _quiz(options: argparse.Namespace) -> int:
    from assistant.briefings.quiz import quiz

    with opened(options) as operations:
        briefing = operations.briefing(options.framework)
        asked = quiz(
            briefing,
            [e for e in operations.timeline() if e.framework != briefing.framework],
            options.seed,
            language=options.lang,
        )
    if options.json:
        print(json.dumps([question.to_json() for question in asked], ensure_ascii=False, indent=1))
        return 0
    if not asked:
        print("Les textes ne donnent pas assez de faits sur ce cadre pour un questionnaire.")
    for number, question in enumerate(asked, 1):
        print(f"{number}. {question.text}")
        print("\n".join(f"   {'abcd'[at]}) {choice}" for at, choice in enumerate(question.choices)))
    if asked:
        print("\nRéponses")
    for number, question in enumerate(asked, 1):
        quote = " ".join(question.source.quote.split())
        print(f"{number}. {'abcd'[question.right]} : « {quote} » ({question.source.title})")
    return 0


def _put(content: str | bytes, out: str | None) -> None:
    """Write to a file, whole or not at all, or to the standard output."""
    data = content.encode() if isinstance(content, str) else content
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    part = Path(f"{out}.part")
    part.write_bytes(data)
    part.replace(out)


def _tell(said: str) -> None:
    print(said, file=sys.stderr)
