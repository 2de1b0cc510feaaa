"""Commands beside a running service go through its socket, and get what they would have got without it."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from conftest import OpenData, Served, Shipped

from assistant.answers.answer import Answer
from assistant.errors import DataBusy, ServiceFailed, UnknownDocument
from assistant.library import Request
from assistant.ownership import Ownership
from assistant.remote import RemoteAssistant, Service
from assistant.settings import Settings
from assistant.wiring import SOCKET, open_assistant, open_operations

QUESTION = "Où se réunit le conseil ?"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with some texts to ingest."""
    folder = tmp_path / "textes"
    folder.mkdir()
    for number, city in enumerate(["Tunis", "Alger", "Rabat", "Tripoli"]):
        (folder / f"{city}.md").write_text(f"# Session {number}\n\nLe conseil numéro {number} se réunit à {city}.\n")
    return folder


def timeless(answer: Answer) -> dict[str, object]:
    return {key: value for key, value in answer.to_json().items() if key != "seconds"}


# --- the same as without it ------------------------------------------------------------------------------------------


def test_only_the_owner_of_the_data_can_use_the_socket(served: Served) -> None:
    """Mode 0600, in the data directory."""
    mode = (served.data / SOCKET).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_an_answer_through_the_service_is_the_answer(served: Served, texts: Path) -> None:
    """Every field but the time, with a history, a language and an id; found passages and texts too."""
    list(served.assistant.ingest(Request((texts,))))
    for question, history, language, id in [
        (QUESTION, (), "", ""),
        ("Et à Rabat ?", ("Quel conseil se réunit à Tunis ?",), "fr", "q1"),
        ("المجلس", (), "ar", "q2"),
        ("", (), "", ""),
    ]:
        here = served.assistant.ask(question, history, language, id)
        assert timeless(served.remote.ask(question, history, language, id)) == timeless(here)
        assert served.remote.search(question, 3) == served.assistant.search(question, 3)
    records = served.assistant.documents()
    assert [asdict(record) for record in served.remote.documents()] == [asdict(record) for record in records]
    for record in records:
        assert served.remote.text(record.id) == served.assistant.text(record.id)


def test_an_answer_over_the_shipped_corpus_is_the_same_through_the_service(shipped: Shipped) -> None:
    """By the real model."""
    question = "Quelles conventions arabes contre la criminalité ont été signées ?"
    remote = RemoteAssistant.connect(shipped.data / SOCKET, "?")
    assert timeless(remote.ask(question)) == timeless(shipped.assistant.ask(question))


def test_an_ingest_through_the_service_streams_its_progress_and_its_outcomes(served: Served, texts: Path) -> None:
    """The first outcome arrives with its progress told, the last when all is searchable."""
    told: list[tuple[int, int, str]] = []
    outcomes = list(served.remote.ingest(Request((texts,)), lambda *step: told.append(step)))
    assert [(Path(outcome.path).stem, outcome.status) for outcome in outcomes] == [
        ("Alger", "added"),
        ("Rabat", "added"),
        ("Tripoli", "added"),
        ("Tunis", "added"),
    ]
    assert told[0][:2] == (0, 4)
    assert told[-1][:2] == (4, 4)
    assert served.remote.search("Tripoli", 1)[0].text.endswith("Tripoli.")
    assert {outcome.status for outcome in served.remote.ingest(Request((texts,)))} == {"kept"}


def test_a_list_is_ingested_through_the_service(served: Served, tmp_path: Path) -> None:
    """With its refused lines and their reasons."""
    lines = tmp_path / "l.jsonl"
    lines.write_text('{"id": "a", "text": "Un texte."}\n{\n', encoding="utf-8")
    outcomes = list(served.remote.ingest(Request((), lines)))
    assert [outcome.status for outcome in outcomes] == ["added", "refused"]
    assert outcomes[1].reason


def test_a_document_is_removed_through_the_service(served: Served, texts: Path) -> None:
    """And is gone here too."""
    (outcome,) = served.remote.ingest(Request((texts / "Tunis.md",)))
    served.remote.remove(outcome.id)
    assert served.assistant.documents() == []
    assert served.assistant.search("Tunis") == []


# --- errors ----------------------------------------------------------------------------------------------------------


def test_an_error_of_the_product_is_carried_with_its_message(served: Served) -> None:
    """The same words as without the service, and the same error for a document that there is not."""
    with pytest.raises(UnknownDocument) as here:
        served.assistant.text("absent")
    for call in (
        lambda: served.remote.text("absent"),
        lambda: served.remote.original("absent"),
        lambda: served.remote.remove("absent"),
        lambda: served.remote.grant("absent", ["justice"]),
    ):
        with pytest.raises(UnknownDocument) as through:
            call()
        assert str(through.value) == str(here.value)
    with pytest.raises(ServiceFailed, match="nowhere"):
        served.remote.briefing("nowhere")


@pytest.mark.parametrize(
    "line",
    [b"\n", b"not json\n", b"[]\n", b"{}\n", b'{"operation": "drop"}\n', b'{"operation": "ask"}\n', b"\xff\xfe\n"],
    ids=["empty", "no-json", "no-object", "no-operation", "unknown", "no-question", "no-utf-8"],
)
def test_a_request_that_cannot_be_carried_out_is_answered_with_an_error(served: Served, line: bytes) -> None:
    """And the service goes on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(str(served.data / SOCKET))
        connection.sendall(line)
        with connection.makefile("r", encoding="utf-8") as lines:
            assert "error" in json.loads(lines.readline())
    assert served.remote.documents() == []


def test_a_caller_that_goes_away_during_an_ingest_leaves_a_sound_index(served: Served, texts: Path) -> None:
    """What was written is searchable, and the next caller can go on."""
    steps = served.remote.ingest(Request((texts,)), lambda *_step: None)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    list(served.remote.ingest(Request((texts,))))
    assert len(served.remote.documents()) == 4
    assert served.remote.search("Rabat", 1)[0].text.endswith("Rabat.")


def test_readers_and_writers_at_once_get_whole_answers(served: Served, texts: Path) -> None:
    """Questions during two ingests: no error, and every quote is in its document."""
    failures: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(8):
                for citation in served.remote.ask(QUESTION).citations:
                    assert citation.quote in served.remote.text(citation.document)
        except BaseException as error:
            failures.append(error)

    def ingest() -> None:
        try:
            list(served.remote.ingest(Request((texts,))))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for work in (ask, ingest, ask, ingest, ask)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(served.remote.documents()) == 4


# --- who owns the data -----------------------------------------------------------------------------------------------


def settings_over(data: Path) -> Settings:
    return Settings.from_env({"COOPERATION_DATA": str(data), "COOPERATION_CACHE": str(data / "cache")})


def test_beside_a_service_the_operations_are_the_services(served: Served) -> None:
    """No model is loaded, no index opened."""
    operations = open_operations(settings_over(served.data))
    assert isinstance(operations, RemoteAssistant)
    assert operations.documents() == []
    assert not (served.data / "cache").exists()


def test_data_that_another_process_owns_without_a_service_are_busy_within_two_seconds(busy_data: Path) -> None:
    """The message names the directory and the process, and how to go on."""
    began = time.monotonic()
    with pytest.raises(DataBusy) as busy:
        open_operations(settings_over(busy_data))
    assert time.monotonic() - began < 2
    assert str(busy_data) in str(busy.value)
    assert str(os.getpid()) in str(busy.value)
    assert "--data" in str(busy.value)


def test_a_service_that_does_not_answer_is_busy_within_a_few_seconds(silent_service: Path) -> None:
    """It takes connections, as a stopped process does, and says nothing: nobody waits for ever."""
    outcome: list[object] = []

    def connect() -> None:
        try:
            outcome.append(open_operations(settings_over(silent_service)))
        except DataBusy as busy:
            outcome.append(busy)

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(5)
    assert [type(value) for value in outcome] == [DataBusy]


def test_what_only_an_owner_can_do_is_refused_to_others(busy_data: Path) -> None:
    """Opening the data themselves."""
    with pytest.raises(DataBusy):
        open_assistant(settings_over(busy_data))


def test_a_command_beside_an_owner_without_a_service_ends_with_its_message(busy_data: Path) -> None:
    """A real process: exit code 1, one line, no traceback, nothing on its output."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("cooperation")), "documents", "list", "--data", str(busy_data)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("cooperation : ")
    assert len(done.stderr.splitlines()) == 1


OWNER = """
import sys, time
from pathlib import Path
from assistant.ownership import Ownership
print(Ownership(Path(sys.argv[1])).claim(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def owner(data: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the data directory."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_one_process_owns_a_data_directory_until_it_ends_however_it_ends(
    data: Path, owner: subprocess.Popen[str]
) -> None:
    """Killed, it owns nothing any more."""
    ownership = Ownership(data)
    assert ownership.claim() is False
    assert ownership.owner() == str(owner.pid)
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert ownership.claim() is True
    assert Ownership(data).claim() is False
    ownership.release()
    ownership.release()
    assert Ownership(data).claim() is True


def test_a_socket_that_a_killed_service_left_behind_is_taken_over(data: Path, open_data: OpenData) -> None:
    """The next owner listens in its place, and takes it away when it ends."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(data / SOCKET))
    service = Service(open_data(data), data / SOCKET)
    assert RemoteAssistant.connect(data / SOCKET, "?").documents() == []
    service.close()
    assert not (data / SOCKET).exists()


def test_a_data_directory_with_a_long_name_has_its_service_too(
    data: Path, open_data: OpenData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the hundred bytes of a socket's address, whatever folder the caller stands in."""
    long = data / ("un-dossier-au-nom-bien-long-" * 3) / ("et-un-autre-dedans-" * 3)
    long.mkdir(parents=True)
    product = open_data(long)
    monkeypatch.chdir(long)
    service = Service(product, long / SOCKET)
    try:
        for place in (long, data, Path("/")):
            monkeypatch.chdir(place)
            assert RemoteAssistant.connect(long / SOCKET, "?").documents() == []
    finally:
        service.close()


def test_an_answer_survives_the_journey_as_json(product: object) -> None:
    """`from_json` undoes `to_json`, but for figures beyond the fourth."""
    from assistant.assistant import Assistant

    assert isinstance(product, Assistant)
    answer = product.ask("Où ?")
    again = Answer.from_json(json.loads(json.dumps(answer.to_json())))
    assert again == replace(answer, score=again.score, threshold=again.threshold, seconds=again.seconds)
