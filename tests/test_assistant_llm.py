"""A language model answers in pieces or fails in one way, in time, whatever its server does; the breaker counts."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from scripted_llm import Script, cut, drips, endless, hangs, in_tokens, says, sends, served, status

from assistant.answers.breaker import Breaker
from assistant.answers.llm import Budgets, LanguageModel, Message, ModelFailed, open_model
from assistant.errors import AssistantError, BadSetting

ASKED = (Message("system", "Réponds."), Message("user", "Quand ?"))
SMALL = Budgets(connect=0.5, first_token=1.0, total=2.0, tokens=64, characters=400, bytes=100_000)


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """The first call also imports a large library: no budget is about that."""
    with served(says("Bon.")) as server:
        assert "".join(opened(server.url, Budgets()).stream(ASKED)) == "Bon."


def opened(url: str, budgets: Budgets = SMALL, breaker: Breaker | None = None) -> LanguageModel:
    model = open_model(f"openai:test@{url}", "key", budgets, breaker or Breaker(failures=1000))
    assert model is not None
    return model


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", ["", "none", " none "])
def test_none_is_no_model(setting: str) -> None:
    """The default: the product answers without one."""
    assert open_model(setting) is None


@pytest.mark.parametrize(
    "setting",
    [
        "openai:",
        "openai:m",
        "openai:m@",
        "openai:m@ftp://x",
        "openai:@http://x",
        "openai:m@http://user@x",
        "m",
        "gguf:",
        "no",
    ],
)
def test_a_setting_that_names_no_model_says_what_it_takes(setting: str) -> None:
    """In French, with the value."""
    with pytest.raises(BadSetting, match="donnez « none », « openai:MODÈLE@URL »"):
        open_model(setting)


def test_a_model_file_asks_for_the_extra_or_for_the_file(tmp_path: Path) -> None:
    """Whichever is lacking here."""
    with pytest.raises(AssistantError, match=r"local-llm|introuvable"):
        open_model(f"gguf:{tmp_path / 'absent.gguf'}")


STAND_IN = """
class _Any:
    pass

class CommonParams(_Any):
    def __init__(self):
        self.model = _Any()

class Server:
    made = []

    def __init__(self, params):
        Server.made.append(params)
        if "broken" in params.model.path:
            raise RuntimeError("no model")

    def handle_chat_completions(self, body, take):
        for text in ["La ", "session ", "a eu lieu."]:
            chunk = {"choices": [{"index": 0, "delta": {"content": text}}]}
            if take([chunk] if text == "La " else chunk):
                return
        if "fail" in body["messages"][-1]["content"]:
            take({"code": 500, "message": "out of memory"})
"""


def test_a_model_file_is_read_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a stand-in for the library: loaded at the first question and once, behind a key, its errors told as ours."""
    (tmp_path / "xllamacpp.py").write_text(STAND_IN)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("model.gguf", "broken.gguf"):
        (tmp_path / name).touch()
    model = open_model(f"gguf:{tmp_path / 'model.gguf'}", budgets=SMALL)
    broken = open_model(f"gguf:{tmp_path / 'broken.gguf'}", budgets=SMALL)
    assert model is not None
    assert broken is not None
    assert model.name == "model"
    for _ in range(2):
        assert "".join(model.stream(ASKED)) == "La session a eu lieu."
    import xllamacpp

    (params,) = xllamacpp.Server.made
    assert params.hostnames == ["127.0.0.1"]
    assert len(params.api_keys[0]) > 20
    for failing, asked in ((broken, ASKED), (model, (Message("user", "fail"),))):
        with pytest.raises(ModelFailed) as failed:
            list(failing.stream(asked))
        assert failed.value.reason == "broken"


def test_opening_the_door_imports_no_large_library() -> None:
    """Neither LlamaIndex nor httpx: `import assistant` stays cheap."""
    code = "import sys, assistant.answers.llm, assistant.answers.stream, assistant.answers.support;"
    code += "print([m for m in ('llama_index', 'openai', 'httpx', 'torch', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- a model that behaves --------------------------------------------------------------------------------------------


def test_pieces_come_as_they_are_said() -> None:
    """Joined, they are the text; what is asked goes out once, with its limits and no retry."""
    text = "La 35e session s'est tenue le 7 mars 2018. [1] الدورة ٣٥."
    with served(in_tokens(text)) as server:
        pieces = list(opened(server.url).stream(ASKED))
    assert "".join(pieces) == text
    assert len(pieces) > 5
    (asked,) = server.asked
    assert [m["content"] for m in asked["messages"]] == ["Réponds.", "Quand ?"]
    assert (asked["model"], asked["max_tokens"], asked["stream"], asked["temperature"]) == ("test", 64, True, 0.0)


def test_the_first_piece_is_handed_over_before_the_last_is_said() -> None:
    """A reader sees the first sentence while the model goes on."""
    with served(hangs(30, after=3)) as server:
        stream = opened(server.url).stream(ASKED)
        began = time.monotonic()
        assert next(stream) == "mot0 "
        assert time.monotonic() - began < 1
        stream.close()


def test_whoever_stops_listening_stops_the_server() -> None:
    """The connection is closed, so the server's next write fails."""
    with served(hangs(30, after=1)) as server:
        stream = opened(server.url).stream(ASKED)
        next(stream)
        assert not server.left.is_set()
        stream.close()
        assert server.left.wait(3)


# --- a model that does not -------------------------------------------------------------------------------------------

SCHEMA = b'data: {"choices": "none"}\n\ndata: {"no": 1}\n\ndata: [DONE]\n\n'
NUMBERS = b'data: {"choices": [{"index": 0, "delta": {"content": {"a": 1}}}]}\n\ndata: [DONE]\n\n'
LONG_LINE = b'data: {"choices": [{"index": 0, "delta": {"content": "' + b"a" * 10_000_000
BROKEN: dict[str, tuple[Script, set[str]]] = {
    "500": (status(500), {"broken"}),
    "503": (status(503), {"broken"}),
    "429": (status(429), {"busy"}),
    "401": (status(401), {"rejected"}),
    "404": (status(404), {"rejected"}),
    "redirection": (status(307, Location="/v1/chat/completions"), {"rejected"}),
    "hangs before the headers": (hangs(30), {"slow"}),
    "hangs after two pieces": (hangs(30, after=2), {"slow"}),
    "a byte at a time": (drips(0.3), {"slow"}),
    "invalid JSON": (sends(b"data: {not json\n\n"), {"garbage"}),
    "not UTF-8": (sends(b"data: \xff\xfe\xfa\n\n"), {"garbage", "cut"}),
    "wrong schema": (sends(SCHEMA), {"garbage", "cut"}),
    "content of a wrong type": (sends(NUMBERS), {"garbage"}),
    "an error in the stream": (sends(b'data: {"error": {"message": "out of memory"}}\n\n'), {"garbage", "broken"}),
    "HTML instead of a stream": (sends(b"<html>sign in</html>", "text/html"), {"cut", "garbage"}),
    "nothing": (sends(b""), {"cut", "empty"}),
    "empty pieces": (says("", ""), {"empty"}),
    "endless": (endless, {"endless"}),
    "10 MB": (sends(b": " + b"x" * 10_000_000 + b"\n\n"), {"endless"}),
    "10 MB in one piece": (sends(LONG_LINE), {"endless"}),
    "compressed": (sends(b"\x1f\x8b", Content_Encoding="gzip"), {"garbage"}),
    "cut in the middle": (cut("La session ", "s'est te"), {"cut"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_failure_is_one_exception_in_time(name: str) -> None:
    """With its code, within the budget, told in French, and asked once."""
    script, reasons = BROKEN[name]
    with served(script) as server:
        began = time.monotonic()
        with pytest.raises(ModelFailed, match="modèle de langue") as failed:
            list(opened(server.url).stream(ASKED))
        assert time.monotonic() - began < SMALL.total + 1
        assert failed.value.reason in reasons
        assert len(server.asked) == 1


def test_nobody_at_the_address_is_told_at_once() -> None:
    """A closed port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(ModelFailed) as failed:
        list(opened(url).stream(ASKED))
    assert failed.value.reason == "unreachable"


def test_a_server_that_never_takes_the_call_is_slow() -> None:
    """It listens, and that is all."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        with pytest.raises(ModelFailed) as failed:
            list(opened(f"http://127.0.0.1:{silent.getsockname()[1]}/v1").stream(ASKED))
        assert failed.value.reason == "slow"


# --- the breaker -----------------------------------------------------------------------------------------------------


def test_after_five_failures_the_model_is_left_alone_then_tried_once() -> None:
    """No request goes out while it rests; one trial decides."""
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])
    with served(status(500)) as server:
        model = opened(server.url, breaker=breaker)
        for _ in range(5):
            with pytest.raises(ModelFailed):
                list(model.stream(ASKED))
        with pytest.raises(ModelFailed) as failed:
            list(model.stream(ASKED))
        assert failed.value.reason == "resting"
        assert len(server.asked) == 5
        now[0] = 31
        with pytest.raises(ModelFailed) as failed:
            list(model.stream(ASKED))
        assert failed.value.reason == "broken"
        assert breaker.is_open
    now[0] = 62
    with served(says("Bon.")) as server:
        assert list(opened(server.url, breaker=breaker).stream(ASKED)) == ["Bon."]
    assert not breaker.is_open


def test_a_caller_that_leaves_teaches_the_breaker_nothing() -> None:
    """Neither a success nor a failure, and the next trial is let through."""
    now = [0.0]
    breaker = Breaker(failures=1, clock=lambda: now[0])
    breaker.enter()
    breaker.failed()
    now[0] = 31
    with served(hangs(30, after=1)) as server:
        stream = opened(server.url, breaker=breaker).stream(ASKED)
        next(stream)
        stream.close()
    assert breaker.is_open
    assert breaker.enter()


def test_two_hundred_faulty_calls_leave_no_thread_behind() -> None:
    """Each is over for good, and the breaker lets one trial through at a time."""

    def calls() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "language-model"]

    with served(status(500)) as server, ThreadPoolExecutor(8) as pool:
        model = opened(server.url)

        def call(_at: int) -> str:
            try:
                return "".join(model.stream(ASKED))
            except ModelFailed as failure:
                return failure.reason

        assert set(pool.map(call, range(200))) <= {"broken", "slow", "unreachable"}
    deadline = time.monotonic() + 5
    while (left := calls()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []
