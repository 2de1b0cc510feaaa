"""The interface for scripts: a token's rights, the JSON of the terminal, limits, refusals with a code."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from account_fakes import Desk, desk_over
from fastapi.testclient import TestClient
from test_ui_accounts import KEYS, post, signed_in
from test_ui_chat import FakeAssistant

from assistant.accounts.account import CONSOLE
from assistant.answers.answer import Answer
from assistant.reader import Reader
from assistant.uploads.holdings import Holdings
from assistant.uploads.settings import UploadSettings
from evals.desk import open_desk
from ui.app import build_app
from ui.pace import Pace, TooMany
from ui.visits import Door


class Scripted(FakeAssistant):
    """The fake assistant as scripts see it: with filters, whole records, and a question that waits when told to."""

    def original(self, document: str, reader: Any = None) -> None:
        """No document is a PDF."""
        self.text(document, reader)

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def ask(
        self,
        question: str,
        history: Any = (),
        language: str = "",
        id: str = "",
        filters: Any = None,
        reader: Reader | None = None,
    ) -> Answer:
        """Wait for a question that says so, then answer like the other."""
        if question == "attends":
            self.begun.set()
            assert self.go_on.wait(20)
        *_, answer = self.ask_stream(question, history, reader=reader)
        assert isinstance(answer, Answer)
        return replace(answer, id=id)

    def search(self, question: str, top_k: int = 10, filters: Any = None, reader: Reader | None = None) -> list[Any]:
        """One passage."""
        return [SimpleNamespace(to_json=lambda: {"document": "cmai", "text": question, "top_k": top_k})]

    def documents(self, reader: Reader | None = None) -> list[Any]:
        """Records with all that is told of them."""
        return [
            SimpleNamespace(**vars(one), source="", origin="", sha256="", chunks=3) for one in super().documents(reader)
        ]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


@pytest.fixture
def assistant() -> Scripted:
    return Scripted()


@pytest.fixture
def visitor(desk: Desk, assistant: Scripted, tmp_path: Path) -> Iterator[Callable[[], TestClient]]:
    holdings = Holdings(assistant, desk.opened.parts.database, tmp_path, UploadSettings(), desk.clock)  # type: ignore[arg-type]
    evaluations = open_desk(assistant, tmp_path / "evals")
    app = build_app(assistant, Door(desk.opened, KEYS), evaluations=evaluations, holdings=holdings)
    with TestClient(app):
        yield lambda: TestClient(app, follow_redirects=False)


@pytest.fixture
def script(visitor: Callable[[], TestClient], desk: Desk) -> TestClient:
    client = visitor()
    secret = desk.opened.parts.api_tokens.make(desk.member("amel"), "essai")
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def test_a_script_asks_searches_and_reads_with_a_token(script: TestClient, assistant: Scripted) -> None:
    """The JSON is that of the terminal: an answer can be rebuilt from it."""
    asked = {"question": "Quels sont les objectifs ?", "history": ["Le CMAI ?"], "id": "q1"}
    answer = Answer.from_json(script.post("/api/ask", json=asked).json())
    assert (answer.id, answer.question) == ("q1", asked["question"])
    assert assistant.asked == [(asked["question"], ["Le CMAI ?"])]
    assert script.get("/api/search", params={"q": "visa", "top_k": 3}).json()[0]["top_k"] == 3
    [record] = script.get("/api/documents").json()["documents"]
    assert (record["id"], record["chunks"]) == ("cmai", 3)
    assert script.get("/api/documents/cmai").json()["text"]
    assert script.get("/api/documents/autre").json()["error"]["code"] == "no-document"


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer cooperation_wrong", "Basic YTpi", "\x7f"])
def test_without_a_living_token_every_route_says_so_in_json(visitor: Callable[[], TestClient], header: str) -> None:
    """Whatever stands in the header."""
    client = visitor()
    client.headers["Authorization"] = header
    for method, path in (("POST", "/api/ask"), ("GET", "/api/search?q=a"), ("GET", "/api/documents")):
        response = client.request(method, path)
        assert response.status_code == 401
        assert response.json()["error"]["code"] == "no-token"


def test_a_browser_session_asks_nothing_through_the_interface(
    visitor: Callable[[], TestClient], desk: Desk, assistant: Scripted
) -> None:
    """So that no other site's page can ask in somebody's name; the description is for who is signed in."""
    client = signed_in(visitor, desk, "amel")
    assert client.post("/api/ask", json={"question": "?"}).status_code == 401
    assert assistant.asked == []
    assert "/api/ask" in client.get("/api").text
    assert set(client.get("/api/openapi.json").json()["paths"]) >= {"/api/ask", "/api/search", "/api/documents"}
    assert visitor().get("/api").status_code == 303
    assert visitor().get("/api/openapi.json").status_code in (303, 401)


def test_a_token_is_made_on_the_account_page_shown_once_and_revoked_there(
    visitor: Callable[[], TestClient], desk: Desk
) -> None:
    """The page that lists tokens names them and opens nothing."""
    client, machine = signed_in(visitor, desk, "amel"), visitor()
    assert "Donnez un nom" in post(client, "/account", "/account/tokens", name=" ").text  # type: ignore[attr-defined]
    shown = post(client, "/account", "/account/tokens", name="essai").text  # type: ignore[attr-defined]
    found = re.search(r"<pre[^>]*>(\S+)</pre>", shown)
    assert found
    machine.headers["Authorization"] = f"Bearer {found.group(1)}"
    assert machine.get("/api/documents").status_code == 200
    page = client.get("/account").text
    assert found.group(1) not in page
    id = re.search(r'name="token" value="(\w+)"', page)
    assert id
    post(client, "/account", "/account/tokens/revoke", token=id.group(1))
    assert machine.get("/api/documents").status_code == 401


def test_a_token_ends_with_its_account(script: TestClient, desk: Desk) -> None:
    """Disabled is disabled everywhere."""
    assert script.get("/api/documents").status_code == 200
    desk.opened.administration.disable(CONSOLE, "amel")
    assert script.get("/api/documents").status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"question": "é" * 2001}, 413, "too-long"),
        ({"question": "a", "history": ["é" * 2001]}, 413, "too-long"),
        ({"question": "  "}, 422, "invalid"),
        ({"question": 3}, 422, "invalid"),
        ({"question": "a", "reader": "admin"}, 422, "invalid"),
        ({}, 422, "invalid"),
        ([], 422, "invalid"),
    ],
    ids=["long", "long-history", "blank", "number", "unknown-name", "empty", "list"],
)
def test_what_cannot_be_asked_is_refused_with_a_code(script: TestClient, body: Any, status: int, code: str) -> None:
    """And without repeating what was sent."""
    response = script.post("/api/ask", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert "éé" not in response.text


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b'{"question": "a"', "application/json", "ce n’est pas du JSON valable"),
        (b'{"question": "\xff"}', "application/json", "ce n’est pas du JSON valable"),
        (b"[" * 100_000, "application/json", "ce n’est pas du JSON valable"),
        (b"", "application/json", "un objet JSON"),
        (b"[]", "application/json", "un objet JSON"),
        (b'{"question": "a"}', "application/x-www-form-urlencoded", "Content-Type: application/json"),
    ],
    ids=["cut", "bytes", "deep", "nothing", "list", "form"],
)
def test_a_body_that_is_no_json_is_refused_in_words(script: TestClient, body: bytes, kind: str, said: str) -> None:
    """By one code, whatever stops the reading."""
    response = script.post("/api/ask", content=body, headers={"Content-Type": kind})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid"
    assert said in response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "code", "said"),
    [
        ("GET", "/api/ask", "method", "POST"),
        ("POST", "/api/search", "method", "GET"),
        ("DELETE", "/api/documents/cmai", "method", "GET"),
        ("GET", "/api/nothing", "no-route", "/api"),
    ],
)
def test_where_no_route_answers_a_script_reads_why(
    script: TestClient, visitor: Callable[[], TestClient], method: str, path: str, code: str, said: str
) -> None:
    """The same with a token and without: nothing more is open, and a browser still gets its page."""
    for client in (script, visitor()):
        response = client.request(method, path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, code)
        assert said in response.json()["error"]["message"]
    assert "<html" in script.request(method, path, headers={"Accept": "text/html"}).text


def test_a_failure_of_ours_shows_a_number_and_nothing_else(script: TestClient, assistant: Scripted) -> None:
    """R-29."""
    assistant.error = RuntimeError("/secret/path")
    response = script.post("/api/ask", json={"question": "a"})
    assert response.status_code == 500
    assert "secret" not in response.text
    assert re.fullmatch(r"[0-9a-f]{8}", response.json()["error"]["reference"])


def test_one_person_has_one_question_at_a_time_and_twenty_a_minute(
    script: TestClient, visitor: Callable[[], TestClient], desk: Desk, assistant: Scripted
) -> None:
    """R-37: who asks too much is told how long to wait; others are not held up."""
    other = visitor()
    other.headers["Authorization"] = f"Bearer {desk.opened.parts.api_tokens.make(desk.member('bob'), 'x')}"
    first = threading.Thread(target=lambda: script.post("/api/ask", json={"question": "attends"}))
    first.start()
    assert assistant.begun.wait(20)
    busy = script.post("/api/ask", json={"question": "a"})
    assert (busy.status_code, busy.json()["error"]["code"]) == (429, "busy")
    assert other.post("/api/ask", json={"question": "a"}).status_code == 200
    assistant.go_on.set()
    first.join()
    answers = [script.post("/api/ask", json={"question": "a"}) for _ in range(20)]
    assert [one.status_code for one in answers] == [200] * 19 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60


def test_the_pace_forgets_after_a_minute() -> None:
    """And counts each account by itself."""
    now = 0.0
    pace = Pace(2, 1, lambda: now)
    for _ in range(2):
        with pace.asking("a"):
            pass
    with pytest.raises(TooMany) as stopped, pace.asking("a"):
        pass
    assert stopped.value.seconds == 60
    with pace.asking("b"):
        pass
    now = 60.0
    with pace.asking("a"):
        pass
