"""A set put to a server: what halts a run says what to do, what is the server's pace is waited for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from test_evals_run import FEW, MADE_WITH, text_of
from test_ui_render import an_answer

from evals.against import AGAIN, AgainstRefused, RemoteProduct, RemoteRefusal, checked
from evals.product import ask_case
from evals.run import header_of, run_cases
from evals.run_file import read_run

ANSWER = an_answer().to_json()
Reply = tuple[int, dict[str, str], Any]


class Server:
    """An HTTP server that gives the replies it holds, the last one again and again; it keeps what it is asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [(200, {}, ANSWER)]
        self.asked: list[tuple[str, str, Any]] = []
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                self._reply(json.loads(body))

            def do_GET(self) -> None:
                self._reply(None)

            def _reply(self, body: Any) -> None:
                ours.asked.append((self.path, self.headers.get("Authorization", ""), body))
                status, headers, value = ours.replies.pop(0) if len(ours.replies) > 1 else ours.replies[0]
                data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
                self.send_response(status)
                for name, header in {**headers, "Content-Length": str(len(data))}.items():
                    self.send_header(name, header)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        """Answer nothing any more."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def product(server: Server, slept: list[float]) -> Iterator[RemoteProduct]:
    product = RemoteProduct(server.url, "coop_x", slept.append)
    yield product
    product.close()


def test_a_case_is_asked_as_a_script_asks(server: Server, product: RemoteProduct) -> None:
    """The question, the earlier ones, the framework; the token as a bearer."""
    answer = ask_case(product, FEW.cases[0])
    assert answer.to_json() == ANSWER
    ((path, token, body),) = server.asked
    assert (path, token) == ("/api/ask", "Bearer coop_x")
    assert (body["question"], body["history"]) == (FEW.cases[0].question, list(FEW.cases[0].history))
    assert "language" not in body or body["language"] == ""


def test_a_server_that_asks_to_wait_is_waited_for(server: Server, product: RemoteProduct, slept: list[float]) -> None:
    """As long as it says."""
    too_many = {"error": {"code": "too-many", "message": "Attendez."}}
    server.replies = [(429, {"Retry-After": "7"}, too_many), (429, {}, too_many), (200, {}, ANSWER)]
    assert product.ask("Quand ?").to_json() == ANSWER
    assert slept == [7.0, 5.0]


def test_a_server_that_never_lets_one_through_halts_the_run(server: Server, product: RemoteProduct) -> None:
    """After ten minutes of waiting, with what to do."""
    server.replies = [(429, {"Retry-After": "120"}, {"error": {"code": "too-many", "message": "Attendez."}})]
    with pytest.raises(AgainstRefused, match="COOPERATION_QUESTIONS_MINUTELY"):
        product.ask("Quand ?")
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((401, {}, {"error": {"code": "no-token", "message": "Sans jeton."}}), "COOPERATION_API_TOKEN"),
        ((404, {}, ""), "--accounts"),
        ((303, {"Location": "/account/login"}, ""), "--accounts"),
        ((200, {}, "<html>"), "--accounts"),
    ],
    ids=["a wrong token", "no such interface", "a login page", "another site"],
)
def test_what_every_other_case_would_meet_too_halts_the_run(
    server: Server, product: RemoteProduct, reply: Reply, said: str
) -> None:
    """And says what to do."""
    server.replies = [reply]
    with pytest.raises(AgainstRefused, match=said):
        product.documents()


def test_a_question_that_the_server_refuses_is_one_record(server: Server, product: RemoteProduct) -> None:
    """In the server's words."""
    server.replies = [(422, {}, {"error": {"code": "refused", "message": "Cadre inconnu."}})]
    with pytest.raises(RemoteRefusal, match="Cadre inconnu"):
        product.ask("Quand ?")


def test_a_run_whose_server_goes_is_halted_and_goes_on_later(
    server: Server, product: RemoteProduct, tmp_path: Path, slept: list[float]
) -> None:
    """Nothing of the outage is written down as an answer."""
    path, header = tmp_path / "r.jsonl", header_of(FEW, MADE_WITH)

    def ask(case: Any) -> Any:
        if len(server.asked) == 2:
            server.replies = [(503, {}, "")]
        return ask_case(product, case)

    with pytest.raises(AgainstRefused, match="relancez"):
        run_cases(FEW, ask, text_of, path, header)
    assert slept == list(AGAIN)
    stopped = read_run(path)
    assert (len(stopped.records), [one for one in stopped.records if one.error]) == (2, [])
    server.replies = [(200, {}, ANSWER)]
    whole = run_cases(FEW, lambda case: ask_case(product, case), text_of, path, header)
    assert whole.missing == ()
    assert all(record.error is None for record in whole.records)


def test_nobody_at_the_address_is_told_as_such(slept: list[float]) -> None:
    """After a few tries."""
    gone = Server()
    gone.close()
    with pytest.raises(AgainstRefused, match="ne répond pas"):
        RemoteProduct(gone.url, "coop_x", slept.append).documents()
    assert slept == list(AGAIN)


@pytest.mark.parametrize(
    "url",
    ["http://textes.example", "ftp://127.0.0.1", "127.0.0.1:7860", "https://", "https://a@b.example", "https://b/?q=1"],
)
def test_a_token_is_sent_to_no_address_that_others_read_on_the_way(url: str) -> None:
    """Nor to what is no address."""
    with pytest.raises(AgainstRefused):
        checked(url)


def test_without_a_token_the_way_to_one_is_told() -> None:
    """Before anything is sent."""
    with pytest.raises(AgainstRefused, match="Mon compte"):
        RemoteProduct("http://127.0.0.1:1", "")
