"""R-29: requests that nobody would write, to every route of the real table: nothing breaks, nothing is given away.

The assistant is the light fake; accounts, library, evaluations and their database are the product's own.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from account_fakes import PASSWORD, Desk, desk_over
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_ui_accounts import KEYS, post
from test_ui_api import Scripted

from assistant.accounts.account import Role
from assistant.uploads.holdings import Holdings
from assistant.uploads.settings import UploadSettings
from evals.desk import open_desk
from ui.api_page import api_routes
from ui.app import build_app
from ui.visits import Door

ENDING = {"/account/logout", "/account/delete", "/account/sessions", "/account/password", "/account/tokens/revoke"}
"""What would end the session or the token that goes on asking: their forms are sent without a right token."""
GIVEN_AWAY = re.compile(
    r"Traceback \(most|File \"|\.py\b|site-packages|sqlalche|sqlite3|psycopg|OperationalError|IntegrityError"
    r"|\bSELECT \w+.* FROM\b|INSERT INTO|\bUPDATE \w+ SET\b|DELETE FROM|/tmp/\w|/work/|/home/",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """The application, who asks it, and its real routes: method, path and the names that each takes."""

    app: FastAPI
    clients: dict[str, TestClient]
    routes: tuple[tuple[str, str, tuple[str, ...]], ...]
    form: str


def routes_of(app: FastAPI) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Our routes with the names of their queries and forms."""
    found = []
    for route in api_routes(app):
        wanted: Any = getattr(route, "dependant", None)
        names = {field.alias for part in ("query_params", "body_params") for field in getattr(wanted, part, ())}
        for method in sorted((getattr(route, "methods", None) or set()) - {"HEAD"}):
            found.append((method, str(route.path), tuple(sorted(names))))  # type: ignore[attr-defined]
    return tuple(sorted(found))


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """One application for all requests."""
    with tempfile.TemporaryDirectory(prefix="fuzz") as name:
        folder = Path(name)
        with desk_over(f"sqlite:///{folder / 'a.db'}", folder, questions_minutely=100_000) as desk:
            yield from grounds(desk, folder)


def grounds(desk: Desk, folder: Path) -> Iterator[Ground]:
    """The ground over accounts: a stranger, an administrator in a browser, and a script of theirs."""
    assistant = Scripted()
    holdings = Holdings(assistant, desk.opened.parts.database, folder, UploadSettings(), desk.clock)  # type: ignore[arg-type]
    app = build_app(
        assistant, Door(desk.opened, KEYS), evaluations=open_desk(assistant, folder / "evals"), holdings=holdings
    )
    chief = desk.member("cheffe", Role.ADMINISTRATOR)
    with TestClient(app):
        clients = {name: TestClient(app, follow_redirects=False) for name in ("stranger", "chief", "script")}
        entered: Any = post(clients["chief"], "/account/login", "/account/login", name="cheffe", password=PASSWORD)
        assert entered.status_code == 303
        secret = desk.opened.parts.api_tokens.make(chief, "essai")
        clients["script"].headers["Authorization"] = f"Bearer {secret}"
        [form] = set(re.findall(r'name="form" value="([0-9a-f]+)"', clients["chief"].get("/account").text))
        yield Ground(app, clients, routes_of(app), form)


ODD = st.sampled_from(
    [
        *"0 1 -1 1e400 nan true null cmai essai fr 2018-03-07 2024-13-45 approve ' % _ %00 [1] {} {{7*7}}".split(),
        *("", "${7*7}", "9" * 30, "é" * 300, "a" * 5000, "مرحبا", "\u202e", "\ud7ff\ufffe", "\x00", "\r\nX: y"),
        *("../../etc/passwd", "..%2f..%2f", "' OR 1=1 --", '"; DROP TABLE audit', "<script>alert(1)</script>"),
    ]
)
TEXT = ODD | st.text(max_size=40) | st.integers().map(str)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
HEADERS = st.dictionaries(
    st.sampled_from("Accept Accept-Language Content-Type Content-Length Range Cookie If-None-Match".split()),
    st.sampled_from(
        [
            *("text/html", "application/json", "multipart/form-data; boundary=x", "application/json; charset=utf-99"),
            *("bytes=0-", "bytes=9-1", "language=xx", 'session=; theme="', "a=\xe9; $Version=1", "*/*;q=x", "0", "-5"),
        ]
    ),
    max_size=2,
)


@st.composite
def requests(draw: st.DrawFn, ground: Ground) -> tuple[str, str, str, dict[str, Any]]:
    """Who asks, the method, the address and the rest of a request."""
    method, path, names = draw(st.sampled_from(ground.routes))
    who = draw(
        st.sampled_from(
            ["script", "script", "stranger"] if path.startswith("/api/") else ["chief", "chief", "stranger"]
        )
    )
    address = re.sub(r"\{[^}]*\}", lambda _: quote(draw(TEXT), safe=draw(st.sampled_from(["", "/.%"]))), path)
    if draw(st.integers(0, 19)) == 0:
        method = draw(st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]))
    known = st.sampled_from([*names, "action", "name", "id"])
    sent: dict[str, Any] = {"params": draw(st.dictionaries(known | TEXT, TEXT, max_size=4))}
    if method == "POST":
        fields = draw(st.dictionaries(known, VALUE, max_size=5))
        if draw(st.booleans()):
            sent["content"] = json.dumps(fields | ({"question": draw(VALUE)} if "ask" in path else {}))
            sent["headers"] = {"Content-Type": "application/json"}
        else:
            token = {} if path in ENDING else {"form": ground.form}
            sent["data"] = {name: str(value) for name, value in fields.items()} | token
    if draw(st.integers(0, 3)) == 0:
        sent["headers"] = {name: value.encode("latin-1") for name, value in draw(HEADERS).items()}
    return who, method, address, sent


def answers_well(ground: Ground, drawn: tuple[str, str, str, dict[str, Any]]) -> int:
    """Send a request; its answer is no failure and tells nothing of how the service is made."""
    who, method, address, sent = drawn
    answer = ground.clients[who].request(method, address, **sent)
    assert answer.status_code < 500, (answer.status_code, answer.text[-300:])
    if not answer.headers.get("content-type", "").startswith("application/octet-stream"):
        shown = answer.text
        for value in (*sent.get("params", {}).values(), *sent.get("data", {}).values()):
            shown = shown.replace(str(value), "") if len(str(value)) > 3 else shown  # what was sent may be shown again
        assert not GIVEN_AWAY.search(shown), GIVEN_AWAY.search(shown)
    return int(answer.status_code)


def fuzzed(ground: Ground, examples: int) -> list[int]:
    """Send so many requests; the statuses that came back."""
    seen: list[int] = []

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def send(data: st.DataObject) -> None:
        seen.append(answers_well(ground, data.draw(requests(ground))))

    send()
    return seen


def test_two_hundred_odd_requests_break_nothing_and_give_nothing_away(ground: Ground) -> None:
    """R-29, as often as every change allows; they reach what lies behind the doors."""
    assert len(ground.routes) > 60
    seen = fuzzed(ground, 200)
    assert len(seen) >= 200
    assert seen.count(200) >= 10
    assert ground.clients["chief"].get("/admin").status_code == 200
    assert ground.clients["script"].get("/api/documents").status_code == 200


@pytest.mark.nightly
def test_two_thousand_odd_requests_break_nothing_and_give_nothing_away(ground: Ground) -> None:
    """R-29, whole."""
    assert len(fuzzed(ground, 2000)) >= 2000


class Broken(Scripted):
    """An assistant of which every operation fails once it is told what to `fail_with`."""

    fail_with = ""

    def __getattribute__(self, name: str) -> Any:
        """What fails at the call."""
        words = object.__getattribute__(self, "fail_with")
        found = object.__getattribute__(self, name)
        if not words or not callable(found):
            return found

        def fail(*_: Any, **__: Any) -> Any:
            raise RuntimeError(words)

        return fail


def test_what_breaks_all_the_same_tells_a_number_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    """R-29: each route of which the assistant fails with a statement and a path in its words."""
    broken = Broken()
    app = build_app(broken)
    broken.fail_with = 'SELECT secret FROM account; File "/srv/cooperation/x.py"'
    with TestClient(app, raise_server_exceptions=False) as client:
        numbers = set()
        for method, path, _names in routes_of(app):
            answer = client.request(method, re.sub(r"\{[^}]*\}", "1", path), json={} if method == "POST" else None)
            assert not GIVEN_AWAY.search(answer.text), path
            assert "secret" not in answer.text
            if answer.status_code >= 500:
                [number] = re.findall(r"Référence ([0-9a-f]{8})", answer.text)
                assert number in caplog.text
                numbers.add(number)
    assert len(numbers) >= 3
