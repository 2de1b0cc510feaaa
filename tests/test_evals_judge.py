"""The opinion of a model on a run: asked of a real HTTP server, taken with care, kept apart."""

from __future__ import annotations

import argparse
import doctest
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_evals_commands import cooperation
from test_evals_run import FEW, play, scripted

from assistant.answers.answer import Answer
from evals.case import Case
from evals.history import read_history
from evals.judge import JudgeError, judge, openai_chat, opinions_path, parsed, read_opinions
from evals.judge_command import model_at
from evals.run_file import RunError

Reply = tuple[int, bytes]


def said(text: object) -> Reply:
    """A chat completion with this content."""
    return 200, json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode()


def opinions(*answers: str) -> str:
    return json.dumps({"sentences": [{"n": n, "answers": answer} for n, answer in enumerate(answers, 1)]})


GOOD = said(opinions("yes", "partly"))


@dataclass
class Scripted:
    """A server that replies from a script, the last line of it again and again; and what it was sent."""

    script: list[Reply] = field(default_factory=lambda: [GOOD])
    location: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, path: str, headers: Any, body: bytes) -> Reply:
        """Takes note, and says the next line."""
        self.requests.append({"path": path, "key": headers.get("Authorization"), "body": json.loads(body)})
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@pytest.fixture
def model() -> Iterator[Scripted]:
    """A scripted server on a port of this machine."""
    scripted = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name the server calls
            """Reply as the script says."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, reply = scripted.answer(self.path, self.headers, body)
            self.send_response(status)
            if scripted.location:
                self.send_header("Location", scripted.location)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    scripted.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield scripted
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def run_path(tmp_path: Path) -> Path:
    """A run of nine cases, six of them answered in two sentences."""
    play(tmp_path / "run.jsonl", cases=FEW)
    return tmp_path / "run.jsonl"


@pytest.mark.parametrize("module", ["judge", "judge_command", "pace", "words", "gate"])
def test_the_examples_hold(module: str) -> None:
    """Every doctest."""
    found = doctest.testmod(import_module(f"evals.{module}"))
    assert (found.failed, found.attempted > 0) == (0, True)


def test_a_reply_to_small_talk_has_metrics_and_no_opinion(tmp_path: Path) -> None:
    """It shows no sentence: nothing to be supported, and nothing to ask a model about."""
    answered = scripted()

    def talking(case: Case) -> Answer:
        answer = answered(case)
        return replace(answer, mode="conversation", refused=False, sentences=(), citations=(), reply="Bonjour.")

    run = play(tmp_path / "run.jsonl", talking)
    kept = [record.metrics for record in run.records]
    assert {values["groundedness"] for values in kept} == {values["quote_verbatim"] for values in kept} == {None}
    assert judge(run, lambda _: pytest.fail("asked"), "m", tmp_path / "o.jsonl").by_case == {}


# --- the command -----------------------------------------------------------------------------------------------------


def test_every_answered_case_is_judged_and_the_rest_is_left_alone(
    model: Scripted,
    run_path: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The question and its sentences are sent, with the key; the opinions lie beside the run and in its report."""
    monkeypatch.setenv("COOPERATION_LLM_API_KEY", "secret-key")
    before = run_path.read_bytes()
    assert cooperation("judge", run_path, "--model", f"openai:a/model@{model.url}") == 0
    shown = capsys.readouterr().out
    assert "6 oui, 6 en partie, 0 non ; réponses sans avis : 0" in shown
    assert str(tmp_path / "run.judge.jsonl") in shown
    assert len(model.requests) == 6
    first = model.requests[0]
    assert (first["path"], first["key"]) == ("/v1/chat/completions", "Bearer secret-key")
    assert (first["body"]["model"], first["body"]["temperature"]) == ("a/model", 0)
    assert FEW.cases[0].question in first["body"]["messages"][0]["content"]
    assert "1000 formations" in first["body"]["messages"][0]["content"]
    found = read_opinions(run_path)
    assert found is not None
    assert found.by_case["q1"].sentences == ("yes", "partly")
    assert "secret-key" not in (tmp_path / "run.judge.jsonl").read_text("utf-8")
    assert run_path.read_bytes() == before
    assert cooperation("report", run_path, "-o", tmp_path / "r.md", "--baselines", tmp_path) == 0
    assert "The opinion of a model, a/model, apart" in (tmp_path / "r.md").read_text("utf-8")
    assert cooperation("accept", run_path, "--out", tmp_path / "b.jsonl") == 0
    assert "judge" not in (tmp_path / "b.jsonl").read_text("utf-8")
    assert len(read_history([tmp_path])) == 1


def test_without_a_key_none_is_sent(model: Scripted, run_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on this machine asks for none."""
    monkeypatch.delenv("COOPERATION_LLM_API_KEY", raising=False)
    assert cooperation("judge", run_path, "--model", f"openai:m@{model.url}/") == 0
    assert {request["key"] for request in model.requests} == {None}


FAULTS: dict[str, Reply] = {
    "server error": (500, b"{}"),
    "too many": (429, b""),
    "no JSON": (200, b"<html>"),
    "no completion": (200, b'{"choices": []}'),
    "null": said(None),
    "words": said("I think that they both answer."),
    "one of two": said(opinions("yes")),
    "three of two": said(opinions("yes", "yes", "no")),
    "another word": said(opinions("yes", "perhaps")),
    "twice": said('{"sentences": [{"n": 1, "answers": "yes"}, {"n": 1, "answers": "no"}]}'),
    "true": said('{"sentences": [{"n": true, "answers": "yes"}, {"n": 2, "answers": "no"}]}'),
    "a list": said('["yes", "no"]'),
    "too long": (200, b" " * 1_000_001),
    "deep": said("[" * 100_000),
    "deep objects": said('{"a":' * 5_000),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_reply_that_is_no_opinion_is_recorded_and_the_others_go_on(
    model: Scripted, run_path: Path, fault: str
) -> None:
    """With what came instead; the case has no opinion rather than a wrong one."""
    model.script = [GOOD, FAULTS[fault], GOOD]
    assert cooperation("judge", run_path, "--model", f"openai:m@{model.url}") == 0
    found = read_opinions(run_path)
    assert found is not None
    failed = [opinion for opinion in found.by_case.values() if opinion.error]
    assert [(opinion.id, opinion.sentences) for opinion in failed] == [("q1", ())]
    assert found.counts == {"yes": 5, "partly": 5, "no": 0, "failed": 1}


def test_a_server_that_is_not_there_is_a_failure_of_the_command(
    model: Scripted, run_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 where no answer has an opinion, and the first reason on the screen."""
    model.script = [(503, b"")]
    assert cooperation("judge", run_path, "--model", f"openai:m@{model.url}") == 1
    assert "premier échec : HTTP 503" in capsys.readouterr().out
    assert cooperation("judge", run_path, "--model", "openai:m@http://127.0.0.1:1/v1") == 1
    with pytest.raises(RunError):
        cooperation("judge", run_path.with_name("none.jsonl"), "--model", f"openai:m@{model.url}")


def test_a_redirect_is_not_followed_with_the_key(
    model: Scripted, run_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was given for one address."""
    monkeypatch.setenv("COOPERATION_LLM_API_KEY", "secret-key")
    model.script, model.location = [(302, b"")], f"{model.url}/elsewhere"
    assert cooperation("judge", run_path, "--model", f"openai:m@{model.url}") == 1
    assert {request["path"] for request in model.requests} == {"/v1/chat/completions"}
    assert len(model.requests) == 6


@pytest.mark.parametrize(
    "text", ["qwen", "openai:qwen", "openai:@http://h/v1", "openai:m@ftp://h", "ollama:m@http://h"]
)
def test_a_model_is_named_with_its_address(text: str) -> None:
    """Anything else is a wrong call."""
    with pytest.raises(argparse.ArgumentTypeError):
        model_at(text)
    with pytest.raises(SystemExit):
        cooperation("judge", "run.jsonl", "--model", text)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://", "127.0.0.1:8091"])
def test_what_is_no_address_is_never_opened(url: str) -> None:
    """`urllib` would read a file."""
    with pytest.raises(JudgeError):
        openai_chat("m", url)


# --- reading replies and files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        opinions("yes", "no"),
        f"```json\n{opinions('yes', 'no')}\n```",
        f"Let me see {{1}}. {opinions('no', 'no')} On second thought: {opinions('yes', 'no')}",
        '{"sentences": [{"n": 2, "answers": " NO "}, {"n": 1, "answers": "Yes", "why": "{}"}]}',
    ],
)
def test_the_last_whole_opinion_counts(reply: str) -> None:
    """Models fence their JSON, think aloud and change their mind."""
    assert parsed(reply, 2) == ("yes", "no")


@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_other_reply_is_an_error_and_nothing_else(reply: str) -> None:
    """Whatever a model may send."""
    with pytest.raises(JudgeError):
        parsed(reply, 1)


Chat = Callable[[str], str]


def test_what_is_written_is_read_back_and_a_stop_keeps_what_was_said(run_path: Path) -> None:
    """Each opinion is on disk as it comes."""
    from evals.run_file import read_run

    asked = 0

    def chat(_message: str) -> str:
        nonlocal asked
        asked += 1
        if asked == 4:
            raise KeyboardInterrupt
        return opinions("no", "yes")

    path = opinions_path(run_path)
    with pytest.raises(KeyboardInterrupt):
        judge(read_run(run_path), chat, "m", path)
    found = read_opinions(run_path)
    assert found is not None
    assert list(found.by_case) == ["q0", "q1", "q2"]
    asked = 10
    whole = judge(read_run(run_path), chat, "m", path)
    assert read_opinions(run_path) == whole
    assert len(whole.by_case) == 6


@pytest.mark.parametrize("content", ["", "{}\n", '{"run": {}}\n', '{"judge": {"model": "m", "made_at": ""}}\n{}\n'])
def test_a_file_of_something_else_is_refused_by_name(run_path: Path, content: str) -> None:
    """It lies where the opinions would."""
    assert read_opinions(run_path) is None
    opinions_path(run_path).write_text(content)
    with pytest.raises(RunError, match=r"run\.judge\.jsonl"):
        read_opinions(run_path)
