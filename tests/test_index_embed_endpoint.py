"""Embeddings from a server: batches, tries, and whatever a server may answer, by a real one that is scripted."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import WordVectors

from assistant.library import Request
from assistant.settings import Settings
from assistant.wiring import open_assistant
from index import embed_endpoint
from index.build import IndexStale
from index.bundled_model import ModelUnavailable
from index.embed_endpoint import EndpointEmbedder, parsed

Answer = tuple[int, dict[str, str], bytes]


class Scripted(ThreadingHTTPServer):
    """Answers as its script says, then with the vectors of `WordVectors`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Callable[[dict[str, Any]], Answer]] = []
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.model = WordVectors()

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self) -> None:
        """One request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, **body})
        self.server.keys.append(self.headers.get("Authorization", ""))
        script = self.server.script
        status, headers, answer = script.pop(0)(body) if script else good(self.server.model)(body)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def good(model: WordVectors, turned: bool = False, scale: float = 3.0) -> Callable[[dict[str, Any]], Answer]:
    def answer(body: dict[str, Any]) -> Answer:
        vectors = model.passages(body["input"]) * scale
        data = [{"index": i, "embedding": vector.tolist()} for i, vector in enumerate(vectors)]
        return 200, {}, json.dumps({"data": data[::-1] if turned else data}).encode()

    return answer


def fixed(status: int, body: bytes = b"", **headers: str) -> Callable[[dict[str, Any]], Answer]:
    return lambda _: (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def data_of(*vectors: list[float]) -> bytes:
    return json.dumps({"data": [{"index": i, "embedding": vector} for i, vector in enumerate(vectors)]}).encode()


@pytest.fixture
def server() -> Iterator[Scripted]:
    """A server on this machine."""
    with Scripted() as scripted:
        thread = threading.Thread(target=scripted.serve_forever, daemon=True)
        thread.start()
        yield scripted
        scripted.shutdown()


@pytest.fixture
def waits() -> list[float]:
    """How long the embedder waited before each further try."""
    return []


@pytest.fixture
def embedder(server: Scripted, model_cache: Path, waits: list[float]) -> EndpointEmbedder:
    """An embedder on the server, that waits for nobody."""
    return EndpointEmbedder("words", server.url, model_cache, "secret", waits.append)


def test_vectors_come_back_in_order_of_length_one_and_in_batches(embedder: EndpointEmbedder, server: Scripted) -> None:
    """A hundred and fifty texts in three requests; the server may answer in any order."""
    server.asked.clear()
    server.script = [good(server.model, turned=True)] * 3
    told: list[int] = []
    texts = [f"Le texte numéro {number} parle de coopération." for number in range(150)]
    vectors = embedder.passages(texts, told.append)
    assert np.allclose(vectors, server.model.passages(texts), atol=1e-6)
    assert [len(request["input"]) for request in server.asked] == told == [64, 64, 22]
    assert {(request["path"], request["model"]) for request in server.asked} == {("/v1/embeddings", "words")}
    assert set(server.keys) == {"Bearer secret"}
    assert embedder.passages([]).shape == embedder.queries([]).shape == (0, 96)


def test_the_fingerprint_names_the_model_and_its_length(embedder: EndpointEmbedder) -> None:
    """Not the address: the same model on another machine gives the same vectors."""
    assert (embedder.name, embedder.dimension) == ("openai:words/96", 96)


def test_tokens_are_counted_without_asking_the_server(embedder: EndpointEmbedder, server: Scripted) -> None:
    """Cutting a text into passages is no network matter."""
    server.asked.clear()
    assert embedder.count_tokens(["Le conseil se réunit.", ""])[1] == 0
    assert server.asked == []


def test_an_e5_model_is_given_its_prompts(server: Scripted, model_cache: Path) -> None:
    """Without them search across languages breaks; other models get the text as it is."""
    model = EndpointEmbedder("intfloat/multilingual-E5-large", server.url, model_cache)
    server.asked.clear()
    model.passages(["un"]), model.queries(["deux"])
    assert [request["input"] for request in server.asked] == [["passage: un"], ["query: deux"]]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_fails_for_a_moment_is_tried_again(
    embedder: EndpointEmbedder, server: Scripted, waits: list[float], status: int
) -> None:
    """Twice wrong, then right."""
    server.script = [fixed(status), fixed(status)]
    assert embedder.queries(["paix"]).shape == (1, 96)
    assert waits == [0.5, 1.0]


def test_a_server_that_asks_for_time_is_given_it_within_reason(
    embedder: EndpointEmbedder, server: Scripted, waits: list[float]
) -> None:
    """`Retry-After`, but never minutes."""
    server.script = [fixed(429, Retry_After="4"), fixed(429, Retry_After="900"), fixed(503, Retry_After="soon")]
    embedder.queries(["paix"])
    assert waits == [4.0, 10.0, 2.0]


@pytest.mark.parametrize(
    ("answer", "told", "requests"),
    [
        (fixed(401, b"no such key"), "code 401 : no such key", 1),
        (fixed(404, b"no model"), "code 404", 1),
        (fixed(302, Location="http://203.0.113.1/"), "code 302", 1),
        (fixed(500, b"out of memory"), "code 500 : out of memory", 4),
        (fixed(200, b"<html>"), "pas du JSON", 1),
        (fixed(200, b"[]"), "réponse inattendue", 1),
        (fixed(200, b'{"data": []}'), "0 vecteurs pour 1 textes", 1),
        (fixed(200, data_of([1.0] * 96, [1.0] * 96)), "2 vecteurs pour 1 textes", 1),
        (fixed(200, data_of([1.0, 2.0])), "2 dimensions au lieu de 96", 1),
        (fixed(200, data_of([0.0] * 96)), "nul ou n'est pas fini", 1),
        (fixed(200, data_of([float("nan")] * 96)), "nul ou n'est pas fini", 1),
        (fixed(200, b'{"data": [{"index": 0, "embedding": "x"}]}'), "réponse inattendue", 1),
    ],
)
def test_what_stays_wrong_is_told_with_the_address(
    embedder: EndpointEmbedder, server: Scripted, answer: Callable[[dict[str, Any]], Answer], told: str, requests: int
) -> None:
    """No vector is made up, and a refusal is not asked for again."""
    server.asked.clear()
    server.script = [answer] * 4
    with pytest.raises(ModelUnavailable, match=told) as error:
        embedder.queries(["paix"])
    assert server.url in str(error.value)
    assert "secret" not in str(error.value)
    assert len(server.asked) == requests


def test_a_server_that_hangs_is_not_waited_for(
    server: Scripted, model_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try has its time."""
    monkeypatch.setattr(embed_endpoint, "READ_SECONDS", 0.2)
    hanging = EndpointEmbedder("words", server.url, model_cache, sleep=lambda _: None)
    server.script = [lambda body: (time.sleep(1), fixed(200)(body))[1]] * 4
    began = time.perf_counter()
    with pytest.raises(ModelUnavailable, match="pas de réponse à temps"):
        hanging.queries(["paix"])
    assert time.perf_counter() - began < 3


def test_nobody_at_the_address_is_told(model_cache: Path) -> None:
    """At once, with the setting to look at."""
    with pytest.raises(ModelUnavailable, match="COOPERATION_EMBEDDING_MODEL"):
        EndpointEmbedder("words", "http://127.0.0.1:9", model_cache, sleep=lambda _: None)


@pytest.mark.parametrize("setting", ["openai:", "openai:m", "openai:m@", "openai:@http://h/v1", "openai:m@ftp://h"])
def test_a_setting_that_names_no_server_is_told(setting: str) -> None:
    """With an example of one that does."""
    with pytest.raises(ModelUnavailable, match="par exemple"):
        parsed(setting)


def test_the_product_runs_on_a_server_and_knows_its_vectors_from_others(
    server: Scripted, model_cache: Path, data: Path
) -> None:
    """The whole way: texts in, found again; opened with the bundled model, they are refused."""
    environ = {
        "COOPERATION_CACHE": str(model_cache),
        "COOPERATION_EMBEDDING_MODEL": f"openai:words@{server.url}",
        "COOPERATION_EMBEDDING_KEY": "secret",
    }
    settings = Settings.from_env(environ, str(data))
    assert "secret" not in repr(settings)
    lines = data / "l.jsonl"
    lines.write_text('{"id": "a", "text": "Le conseil se réunit à Tunis."}\n{"id": "b", "text": "Un volcan fume."}')
    with closing(open_assistant(settings)) as assistant:
        assert [outcome.status for outcome in assistant.ingest(Request((), lines))] == ["added", "added"]
        assert assistant.search("volcan", 1)[0].document == "b"
        server.script = [fixed(500)] * 4
        with pytest.raises(ModelUnavailable):
            assistant.search("conseil", 1)
    with pytest.raises(IndexStale, match="openai:words/96"):
        open_assistant(Settings.from_env({"COOPERATION_CACHE": str(model_cache)}, str(data)))
