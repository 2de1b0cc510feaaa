"""Every route of ours by every role: the table says what each answers, and a route that is missing from it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from account_fakes import Desk
from fastapi.testclient import TestClient
from starlette.routing import Mount
from test_ui_admin import signed_in_as
from test_ui_api import assistant, desk, visitor  # noqa: F401

from assistant.accounts.account import Role
from ui.api_page import api_routes

TABLE = {
    "GET /healthz": "200 200 200 200 200",
    "GET /readyz": "200 200 200 200 200",
    "GET /documents/{id:path}": "303 404 404 404 404",
    "GET /pages/{number:int}/{id:path}": "303 404 404 404 404",
    "GET /pictures/{number:int}/{id:path}": "303 404 404 404 404",
    "GET /account": "303 200 200 200 200",
    "GET /api": "303 200 200 200 200",
    "GET /api/openapi.json": "303 200 200 200 200",
    **{f"GET /account/{name}": "200 200 200 200 200" for name in ("login", "sign-up", "forgotten")},
    **{f"GET /account/{name}": "404 404 404 404 404" for name in ("confirm", "reset", "setup", "address")},
    **{
        f"POST /account/{name}": "403 403 403 403 403"
        for name in ("login", "sign-up", "forgotten", "confirm", "reset", "setup", "address", "language")
    },
    **{
        f"POST /account/{name}": "401 403 403 403 403"
        for name in ("logout", "password", "email", "sessions", "delete", "tokens", "tokens/revoke")
    },
    **{f"GET /admin{name}": "303 403 403 403 200" for name in ("", "/mail", "/log", "/state")},
    "GET /admin/person": "303 403 403 403 404",
    **{f"POST /admin/{name}": "401 403 403 403 403" for name in ("person", "add", "mail")},
    **{f"GET /conversations{name}": "303 200 200 200 200" for name in ("", "/panel")},
    "GET /conversations/{id}/export/{kind}": "303 404 404 404 404",
    **{
        f"POST /conversations/{{id}}/{name}": "401 404 404 404 404"
        for name in ("rename", "delete", "restore", "turns/{number}/opinion")
    },
    "POST /conversations/{id}/turns/{number}/candidate": "401 403 404 403 404",
    "GET /bibliotheque": "303 200 200 200 200",
    "GET /bibliotheque/etat": "303 403 403 200 200",
    **{f"GET /bibliotheque/{name}": "303 404 404 404 404" for name in ("document", "fichier")},
    **{f"POST /bibliotheque/{name}": "401 403 403 403 403" for name in ("envoi", "document", "oubli")},
    "POST /api/ask": "401 401 401 401 401",
    **{f"GET /api/{name}": "401 401 401 401 401" for name in ("search", "documents", "documents/{id:path}")},
    **{
        f"GET /api/{name}": "401 401 401 401 401"
        for name in ("briefings", "briefings/{id}", "briefings/{id}/versions", "timeline")
    },
    **{f"GET /fiches{name}": "303 200 200 200 200" for name in ("", "/chronologie")},
    **{
        f"GET /fiches/{name}": "303 404 404 404 404"
        for name in ("{id}", "{id}/quiz", "{id}/versions", "{id}/export/{kind}", "chronologie/export/{kind}")
    },
    "POST /fiches/{id}/summary": "401 403 403 403 403",
    **{f"GET /evaluations{name}": "303 403 200 403 200" for name in ("", "/progress")},
    **{
        f"GET /evaluations{name}": "303 403 404 403 404"
        for name in ("/compare", "/sets/{name}", "/candidates/{id}", "/runs/{id}/report")
    },
    **{
        f"POST /evaluations/{name}": "401 403 403 403 403"
        for name in ("run", "stop", "candidates/{id}", "sets/{name}/drop")
    },
}
"""For anonymous, reader, evaluator, editor and administrator, without the token of a form or of a script (R-17).

Conversations are changed by JSON, which the page of another site cannot send: as a form, each is refused with 422.
"""
NAMED = {
    "{id:path}": "none",
    "{id}": "none",
    "{kind}": "none",
    "{name}": "none",
    "{number}": "1",
    "{number:int}": "1",
}
CHANGE = {"title": "x", "good": None}


def test_every_route_is_in_the_table_and_answers_as_it_says(
    visitor: Callable[[], TestClient],  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    """R-17, R-18, R-22, and the headers of R-28 on each answer."""
    clients = [visitor(), *(signed_in_as(visitor, desk, f"a-{role}", role) for role in Role)]
    listed = {
        f"{method} {path}"
        for route in api_routes(clients[0].app)  # type: ignore[arg-type]
        if (path := getattr(route, "path", ""))
        for method in (getattr(route, "methods", None) or set()) - {"HEAD"}
    }
    assert listed == set(TABLE)
    wrong = []
    for route, expected in TABLE.items():
        method, path = route.split()
        for part, value in NAMED.items():
            path = path.replace(part, value)
        changes = method == "POST" and path.startswith("/conversations/")
        for client, status in zip(clients, expected.split(), strict=True):
            if changes and client is not clients[0]:
                assert client.post(path, data={"title": "x", "good": "1"}).status_code == 422
            answer = client.request(method, path, json=CHANGE if changes else None)
            if answer.status_code != int(status):
                wrong.append(f"{route}: {answer.status_code}, not {status}")
            for header in ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"):
                assert header in answer.headers, (route, header)
            assert "access-control-allow-origin" not in answer.headers
    assert wrong == []


@pytest.mark.parametrize(
    "path",
    ["/", "/account/login", "/api/documents", "/admin", "/nowhere", "/gradio_api/info", "/healthz", "/ui/app.css"],
)
def test_no_other_origin_or_host_is_served(visitor: Callable[[], TestClient], path: str) -> None:  # noqa: F811
    """R-27, R-30: an unknown host is refused before anything else, also by its last address, with every header."""
    for method in ("GET", "OPTIONS"):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        assert "access-control-allow-origin" not in visitor().request(method, path, headers=asked).headers
    for method in ("GET", "HEAD", "POST", "OPTIONS", "DELETE"):
        for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:7860", ""):
            answer = visitor().request(method, path, headers={"Host": host, "X-Forwarded-Host": "localhost"})
            assert answer.status_code == 400
            assert "evil" not in answer.headers.get("location", "")
            assert "content-security-policy" in answer.headers
    assert visitor().get(path, headers={"Host": "localhost:7860"}).status_code != 400


def test_a_person_who_is_refused_reads_why_and_a_script_gets_nothing(
    visitor: Callable[[], TestClient],  # noqa: F811
    desk: Desk,  # noqa: F811
) -> None:
    """An empty answer makes a browser show a page of its own, which says that the site is broken."""
    client, browser = signed_in_as(visitor, desk, "amel", Role.READER), {"Accept": "text/html,*/*;q=0.8"}
    for method, path, status, said in (
        ("GET", "/admin", 403, "Page réservée"),
        ("GET", "/nowhere", 404, "Page introuvable"),
        ("POST", "/account/password", 403, "Formulaire périmé"),
    ):
        page = client.request(method, path, headers=browser)
        assert (page.status_code, said in page.text, "<script" in page.text) == (status, True, False)
        assert client.request(method, path).text == ""
    for path in ("/account/password", "/admin/person", "/bibliotheque/envoi", "/conversations/1/rename"):
        late = visitor().post(path, headers=browser)  # the session was over before the form was sent
        assert (late.status_code, late.headers["location"]) == (303, "/account/login")
    assert client.post("/account/password", content=b"a" * 300_000, headers=browser).status_code == 413


def routes_of(app: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path of an application and of what is mounted in it, with a word for each parameter."""
    for route in app.routes:
        path = f"{prefix.rstrip('/')}{getattr(route, 'path', '')}"
        inner = getattr(route, "app", None)
        if isinstance(route, Mount) and hasattr(inner, "routes"):
            yield from routes_of(inner, path)
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router, f"{prefix}{route.include_context.prefix}")
        else:
            for method in getattr(route, "methods", None) or {"GET"}:
                yield method, re.sub(r"\{[^}]*\}", "x", path) or "/"


def test_nothing_of_gradio_answers_without_a_session(visitor: Callable[[], TestClient]) -> None:  # noqa: F811
    """R-22: each route of the real table, ours and Gradio's, by each method, and as one of its pages would ask."""
    client = visitor()
    found = set(routes_of(client.app))
    paths = {path for _method, path in found}
    assert {"/gradio_api/cancel", "/gradio_api/startup-events", "/gradio_api/queue/join"} <= paths
    assert len(paths) > 60
    open_to_all = {f"/account/{name}" for name in ("login", "sign-up", "forgotten")} | {"/healthz", "/readyz"}
    wrong = []
    for path in sorted(paths - open_to_all):
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = client.request(method, path, json={} if method == "POST" else None)
            refused = answer.status_code in (401, 403, 404) or (
                answer.status_code == 303 and answer.headers["location"] == "/account/login"
            )
            if not refused:
                wrong.append((method, path, answer.status_code))
    assert wrong == []
