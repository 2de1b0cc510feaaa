"""The commands of the main job: ingest, ask, search, documents, rebuild."""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.check import add_check, add_passwords, check, passwords_of
from assistant.cli import add_command, takes_data
from assistant.number_options import positive
from assistant.readers_command import ACTIONS, add_readers, change_readers, note, told
from assistant.settings import Settings
from corpus.errors import AssistantError
from corpus.language import LANGUAGES

if TYPE_CHECKING:
    from assistant.answers.answer import Answer
    from assistant.filters import Filters
    from assistant.library import Outcome
    from assistant.match import Match
    from assistant.operations import Operations

Commands = argparse._SubParsersAction
WORDS = {"added": "ajouté", "kept": "inchangé", "replaced": "remplacé", "removed": "retiré", "refused": "refusé"}


class BadQuestions(AssistantError):
    """A file of questions has a line that is not a question; the message names the line."""


def register_ingest(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation ingest`."""
    parser = add_command(commands, "ingest", "lire et indexer des textes (sans argument : le corpus livré)", _ingest)
    parser.add_argument("paths", nargs="*", metavar="FICHIER|DOSSIER")
    add_passwords(parser)
    parser.add_argument("--jsonl", metavar="FICHIER", help='un document par ligne : {"id","title","text","lang"}')
    parser.add_argument("--json", action="store_true", help="résultat en JSON")


def register_ask(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation ask`."""
    parser = add_command(commands, "ask", "poser une question aux textes", _ask)
    parser.add_argument("question", nargs="?")
    parser.add_argument("--json", action="store_true", help="réponse en JSON")
    parser.add_argument("--show-passages", action="store_true", help="montrer aussi les passages trouvés")
    _add_filters(parser)
    parser.add_argument("--questions", metavar="FICHIER", help='questions : {"id","text","lang","history"} par ligne')
    parser.add_argument("--out", metavar="FICHIER", help="réponses, une par ligne (avec --questions)")


def register_search(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation search`."""
    parser = add_command(commands, "search", "chercher des passages", _search)
    parser.add_argument("question", nargs="?")
    parser.add_argument("--top-k", type=positive, default=10, metavar="N", help="nombre de passages (10)")
    parser.add_argument("--json", action="store_true", help="passages en JSON")
    parser.add_argument("--explain", action="store_true", help="dire aussi pourquoi chaque passage est là")
    _add_filters(parser)
    parser.add_argument("--queries", metavar="FICHIER", help='requêtes : {"id","text","lang"} par ligne')
    parser.add_argument("--out", metavar="FICHIER", help="classements en JSON (avec --queries)")


def register_documents(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation documents`."""
    about = "voir les documents et dire qui les lit : list, check, text ID, remove ID, grant ID, revoke ID, open ID"
    parser = add_command(commands, "documents", about, _documents)
    actions = parser.add_subparsers(dest="action", metavar="list|check|text|remove|grant|revoke|open", required=True)
    for name, help in (
        ("list", "les documents"),
        ("check", "ce qui a été lu de chaque document, page par page, et ce qu'il reste à faire"),
        ("text", "le texte d'un document"),
        ("remove", "retirer un document"),
        *ACTIONS.items(),
    ):
        action = actions.add_parser(name, help=help, description=help)
        takes_data(action)
        if name == "list":
            action.add_argument("--json", action="store_true", help="liste en JSON")
        elif name == "check":
            add_check(action)
        else:
            action.add_argument("id", help="identifiant, tel que « documents list » le donne")
            if name in ACTIONS:
                add_readers(action, name)


def register_rebuild(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation rebuild`."""
    parser = add_command(
        commands,
        "rebuild",
        "refaire passages, vecteurs et index (après un changement de modèle ou de découpage)",
        _rebuild,
    )
    parser.add_argument("--index", action="store_true", help="refaire l'index seul, des vecteurs enregistrés")


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Operations]:
    """The product for one command, here or in the running service."""
    from assistant.wiring import open_operations

    operations = open_operations(Settings.from_env(os.environ, options.data))
    try:
        yield operations
    finally:
        operations.close()


def _ingest(options: argparse.Namespace) -> int:
    from assistant.library import Request

    # as the caller meant them, whatever folder the process stands in that reads them
    jsonl = Path(options.jsonl).absolute() if options.jsonl else None
    request = Request(tuple(Path(path).absolute() for path in options.paths), jsonl, passwords_of(options))
    outcomes: list[Outcome] = []
    with opened(options) as operations, progress_bar() as progress:
        outcomes.extend(operations.ingest(request, progress))
    if options.json:
        print(json.dumps({"documents": [outcome.to_json() for outcome in outcomes]}, ensure_ascii=False, indent=1))
    else:
        _print_outcomes(outcomes)
    return 1 if outcomes and all(outcome.status == "refused" for outcome in outcomes) else 0


def _print_outcomes(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.status in ("added", "replaced"):
            pages = f", {outcome.pages} pages" if outcome.pages else ""
            print(f"{WORDS[outcome.status]:9} {outcome.id} ({outcome.chunks} passages{pages}, {outcome.seconds:.1f} s)")
        elif outcome.status == "refused":
            print(f"{WORDS['refused']:9} {outcome.path} : {outcome.reason}")
        elif outcome.status == "removed":
            print(f"{WORDS['removed']:9} {outcome.id}")
    counts = {status: sum(outcome.status == status for outcome in outcomes) for status in WORDS}
    print(", ".join(f"{word}s : {counts[status]}" for status, word in WORDS.items()))


@contextmanager
def progress_bar() -> Iterator[Any]:
    """A progress bar on a terminal's error stream; silent elsewhere."""
    from tqdm import tqdm

    with tqdm(total=1, unit="doc", disable=None, leave=False, file=sys.stderr) as bar:

        def show(done: int, total: int, name: str) -> None:
            bar.total = max(total, 1)
            bar.n = done
            if name:
                bar.set_description_str(Path(name).name[:40], refresh=False)
            bar.refresh()

        yield show


def _ask(options: argparse.Namespace) -> int:
    if options.questions:
        return _ask_many(options)
    if not (options.question or "").strip():
        raise BadQuestions('Posez une question : cooperation ask "Quels sont les objectifs du CMAI ?"')
    from assistant.answers.answer import Answer
    from assistant.filters import what_there_is
    from assistant.live import Live

    with opened(options) as operations:
        live = Live(sys.stdout)
        for event in operations.ask_stream(options.question, filters=_filters(options)):
            if isinstance(event, Answer):
                answer = event
            elif not options.json:
                live.take(options.question, event)
        empty = answer.reason == "empty"
        there_is = what_there_is(operations.documents()) if answer.reason == "filtered" else ""
    if options.json:
        print(json.dumps(answer.to_json(), ensure_ascii=False, indent=1))
    else:
        print(live.rest(render(answer, options.show_passages)))
        if there_is:
            print(there_is)
        if empty:
            print(
                "Ajoutez des textes : « cooperation ingest » pour le corpus livré, ou « cooperation ingest FICHIER »."
            )
    return 0


def _ask_many(options: argparse.Namespace) -> int:
    questions, filters = read_lines(options.questions), _filters(options)
    with opened(options) as operations, _output(options.out) as out, progress_bar() as progress:
        for done, value in enumerate(questions):
            progress(done, len(questions), str(value["id"]))
            answer = operations.ask(
                value["text"],
                value["history"],
                language=_language(value.get("lang")),
                id=str(value["id"]),
                filters=filters,
            )
            out.write(json.dumps(answer.to_json(), ensure_ascii=False) + "\n")
    return 0


def _add_filters(parser: argparse.ArgumentParser) -> None:
    for name, metavar, said in (
        ("--framework", "CADRE", "seulement les textes de ce cadre"),
        ("--document", "ID", "seulement ce document"),
        ("--language", "LANGUE", "seulement les textes en cette langue"),
    ):
        parser.add_argument(
            name,
            action="extend",
            default=[],
            metavar=metavar,
            type=_languages if name == "--language" else _listed,
            help=f"{said} (peut être répété, ou une liste à virgules)",
        )
    for name, said in (("--since", "datés de ce jour ou après"), ("--until", "datés de ce jour ou avant")):
        parser.add_argument(name, type=_date, metavar="AAAA-MM-JJ", help=f"seulement les textes {said}")


def _filters(options: argparse.Namespace) -> Filters:
    from assistant.filters import Filters

    return Filters(
        tuple(options.framework),
        tuple(options.document),
        tuple(options.language),
        options.since or "",
        options.until or "",
    )


def _listed(text: str) -> list[str]:
    """The names of a list with commas; a name that holds one is put in double quotes.

    >>> _listed('maghreb, "a,b"')
    ['maghreb', 'a,b']
    """
    try:
        names = [name.strip() for row in csv.reader([text], skipinitialspace=True) for name in row]
    except csv.Error:
        names = []
    if not names or "" in names:
        raise argparse.ArgumentTypeError("un nom, ou plusieurs séparés par des virgules")
    return names


def _languages(text: str) -> list[str]:
    names = _listed(text)
    if not set(names) <= set(LANGUAGES):
        raise argparse.ArgumentTypeError(f"{text!r} : parmi {', '.join(LANGUAGES)}")
    return names


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError("une date comme 2015-03-11") from error


def _language(given: object) -> str:
    """A language of ours, or nothing where another was given or none: then the question tells."""
    return given if isinstance(given, str) and given in LANGUAGES else ""


def history_of(turns: Any) -> list[str]:
    """Earlier questions, from a list of strings or of turns `{"role", "text"}`.

    >>> history_of([{"role": "user", "text": "a"}, {"role": "assistant", "text": "b"}]), history_of(None)
    (['a'], [])
    """
    found = []
    if isinstance(turns, str | dict):
        raise TypeError("a history is a list")
    for turn in turns or []:
        if isinstance(turn, str):
            found.append(turn)
        elif turn.get("role") == "user":
            found.append(str(turn.get("text") or ""))
    return found


def read_lines(path: str) -> list[dict[str, Any]]:
    """Questions of a JSON lines file, each with an `id` and a `text`; `BadQuestions` names a wrong line."""
    found = []
    try:
        lines = Path(path).read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(f"{path} : fichier illisible ({error})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            if not isinstance(value["text"], str):
                raise TypeError("a question is a text")
            found.append({**value, "id": value["id"], "history": history_of(value.get("history"))})
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadQuestions(f'{path}, ligne {number} : {{"id", "text", "lang"}} attendu') from error
    return found


@contextmanager
def _output(path: str | None) -> Iterator[Any]:
    if path is None:
        yield sys.stdout
        return
    part = Path(f"{path}.part")
    with part.open("w", encoding="utf-8") as file:
        yield file
    part.replace(path)


def _search(options: argparse.Namespace) -> int:
    from assistant.filters import what_there_is

    if options.queries:
        return _search_many(options)
    if not (options.question or "").strip():
        raise BadQuestions('Donnez une requête : cooperation search "cybercriminalité"')
    with opened(options) as operations:
        matches = operations.search(options.question, options.top_k, _filters(options))
        there_is = "" if matches else what_there_is(operations.documents())
    if options.json:
        print(json.dumps([match.to_json() for match in matches], ensure_ascii=False, indent=1))
        return 0
    for number, match in enumerate(matches, 1):
        place = _place(match.title, match.page, match.headings, ocr=match.ocr)
        print(f"{number:2}. {match.score:.3f}  {place}  [{match.document}]")
        print(f"    {_opinions(match)}")
        if options.explain:
            print(f"    {_why(match)}")
        print(textwrap.indent(textwrap.fill(match.sentence, 96), "    "))
    if not matches:
        print(
            f"Aucun passage ne passe les filtres choisis. {there_is}"
            if _filters(options)
            else "Aucun passage : la base est vide. « cooperation ingest » y met le corpus livré."
        )
    return 0


def _opinions(match: Match) -> str:
    """What speaks for a passage, one figure an opinion."""
    read = "" if match.answerable is None else f" · répond {match.answerable:.2f}"
    return f"sens {match.dense:.2f} · mots {match.lexical:.2f}{read}"


def _why(match: Match) -> str:
    """What the opinions are made of: the two cosines, and the words of the question that are there or not."""
    told = [f"passage {match.passage:.2f}, phrase la plus proche {match.nearest:.2f}"]
    told += [f"mots trouvés : {', '.join(match.held)}"] if match.held else []
    told += [f"absents : {', '.join(match.lacking)}"] if match.lacking else []
    return " · ".join(told)


def _search_many(options: argparse.Namespace) -> int:
    queries, filters = read_lines(options.queries), _filters(options)
    run: dict[str, list[list[Any]]] = {}
    with opened(options) as operations, progress_bar() as progress:
        for done, value in enumerate(queries):
            progress(done, len(queries), str(value["id"]))
            matches = operations.search(value["text"], options.top_k * 4, filters)
            run[str(value["id"])] = rank_documents(matches, options.top_k)
    with _output(options.out) as out:
        out.write(json.dumps(run, ensure_ascii=False))
    return 0


def rank_documents(matches: list[Match], top_k: int) -> list[list[Any]]:
    """Passages as documents: `[[id, score], ...]`, best first, each document once with its best passage's score."""
    best: dict[str, float] = {}
    for match in matches:
        best.setdefault(match.document, match.score)
    return [[document, score] for document, score in list(best.items())[:top_k]]


def _documents(options: argparse.Namespace) -> int:
    if options.action == "check":
        return check(options, opened)
    with opened(options) as operations:
        if options.action == "text":
            sys.stdout.write(operations.text(options.id))
            return 0
        if options.action == "remove":
            operations.remove(options.id)
            note(Settings.from_env(os.environ, options.data), "remove", options.id)
            print(f"retiré   {options.id}")
            return 0
        if options.action in ACTIONS:
            settings, groups = Settings.from_env(os.environ, options.data), getattr(options, "groups", ())
            change_readers(operations, settings, options.action, options.id, groups)
            return 0
        records, readers = operations.documents(), operations.readers()
    if options.json:
        fields = ("id", "title", "framework", "language", "date", "source", "sha256", "pages", "chunks", "added_at")
        listed = [
            {name: getattr(record, name) for name in fields} | {"groups": readers.get(record.id)} for record in records
        ]
        print(json.dumps({"documents": listed}, ensure_ascii=False, indent=1))
        return 0
    for record in records:
        pages = f"{record.pages} pages" if record.pages else "-"
        parts = (record.id, record.title, record.language, pages, f"{record.chunks} passages", record.framework)
        print("\t".join((*parts, told(readers.get(record.id)))))
    if not records:
        print("Aucun document. « cooperation ingest » ajoute le corpus livré.")
    return 0


def _rebuild(options: argparse.Namespace) -> int:
    from assistant.wiring import rebuild, reindex

    if options.index:
        print(f"Index refait : {reindex(Settings.from_env(os.environ, options.data))} passages.")
        return 0
    _print_outcomes(list(rebuild(Settings.from_env(os.environ, options.data))))
    return 0


def render(answer: Answer, show_passages: bool = False) -> str:
    """An answer for a terminal: sentences with their citation numbers, then the sources."""
    from assistant.answers.answer import FIRST
    from assistant.live import filled, told_line, understood_line

    lines: list[str] = []
    if answer.understood_as != answer.question:
        lines += [understood_line(answer.understood_as), ""]
    if answer.refused:
        lines.append(answer.reason_text)
    if answer.reply:
        lines.append(answer.reply)
    if answer.notice:
        lines += [f"({answer.notice})", ""]
    quotes = {citation.n: citation.quote for citation in answer.citations}
    told = [told_line(sentence, quotes) for sentence in answer.sentences]
    for part in answer.parts:
        lines += ["", f"{part.question}", *([part.reason_text] if part.refused else told[part.first : part.last])]
    if not answer.parts:
        lines += told
    if answer.mode == "generative" and answer.removed:
        lines += ["", f"Phrases retirées, que les textes ne confirment pas : {len(answer.removed)}"]
    if answer.citations:
        lines.append("")
    for citation in answer.citations:
        place = _place(citation.title, citation.page, citation.headings, ocr=citation.ocr)
        lines.append(f"[{citation.n}] {place}  [{citation.document} {citation.start}:{citation.end}]")
    if (answer.refused or show_passages) and answer.passages:
        lines += ["", "Passages les plus proches (pas une réponse) :" if answer.refused else "Passages trouvés :"]
        for passage in answer.passages[: None if show_passages else FIRST]:
            lines.append(f"  - {_place(passage.title, passage.page, ())}")
            text = passage.text if show_passages else textwrap.shorten(passage.text, 220, placeholder=" …")
            lines.append(textwrap.indent(filled(text), "      "))
    return "\n".join(lines)


def _place(title: str, page: int | None, headings: tuple[str, ...], *, ocr: bool = False) -> str:
    parts = [title or "(sans titre)", *headings[-1:], *([f"p. {page}"] if page else [])]
    parts += ["texte reconnu (OCR) : vérifiez sur l'original"] if ocr else []
    return " · ".join(parts)
