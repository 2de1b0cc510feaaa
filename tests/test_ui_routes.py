"""Every route of ours by every role: the table says what each answers, and a route that is missing from it fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from account_fakes import Desk
from fastapi.testclient import TestClient
from test_ui_admin import signed_in_as
from test_ui_api import assistant, desk, visitor  # noqa: F401

from assistant.accounts.account import Role
from ui.api_page import api_routes

TABLE = {
    "GET /healthz": "200 200 200 200 200",
    "GET /readyz": "200 200 200 200 200",
    "GET /documents/{id:path}": "303 404 404 404 404",
    "GET /account": "303 200 200 200 200",
    "GET /api": "303 200 200 200 200",
    "GET /api/openapi.json": "303 200 200 200 200",
    **{f"GET /account/{name}": "200 200 200 200 200" for name in ("login", "sign-up", "forgotten")},
    **{f"GET /account/{name}": "404 404 404 404 404" for name in ("confirm", "reset", "setup")},
    **{
        f"POST /account/{name}": "403 403 403 403 403"
        for name in ("login", "sign-up", "forgotten", "confirm", "reset", "setup", "language")
    },
    **{
        f"POST /account/{name}": "401 403 403 403 403"
        for name in ("logout", "password", "sessions", "delete", "tokens", "tokens/revoke")
    },
    **{f"GET /admin{name}": "303 403 403 403 200" for name in ("", "/mail", "/log", "/state")},
    "GET /admin/person": "303 403 403 403 404",
    **{f"POST /admin/{name}": "401 403 403 403 403" for name in ("person", "add", "mail")},
    "POST /api/ask": "401 401 401 401 401",
    **{f"GET /api/{name}": "401 401 401 401 401" for name in ("search", "documents", "documents/{id:path}")},
    **{f"GET /conversations{name}": "303 200 200 200 200" for name in ("", "/panel")},
    "GET /conversations/{id}/export/{kind}": "303 404 404 404 404",
    **{
        f"POST /conversations/{{id}}/{name}": "401 422 422 422 422"
        for name in ("rename", "delete", "restore", "turns/{number}/opinion", "turns/{number}/candidate")
    },
    **{f"GET /api/{name}": "401 401 401 401 401" for name in ("briefings", "briefings/{id}", "timeline")},
    **{f"GET /fiches{name}": "303 200 200 200 200" for name in ("", "/chronologie")},
    **{
        f"GET /fiches/{name}": "303 404 404 404 404"
        for name in ("{id}", "{id}/quiz", "{id}/export/{kind}", "chronologie/export/{kind}")
    },
}
"""For anonymous, reader, evaluator, editor and administrator, without the token of a form or of a script (R-17)."""


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
        for client, status in zip(clients, expected.split(), strict=True):
            answer = client.request(method, path.replace("{id:path}", "none").format(id="none", number=1, kind="none"))
            if answer.status_code != int(status):
                wrong.append(f"{route}: {answer.status_code}, not {status}")
            for header in ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"):
                assert header in answer.headers, (route, header)
            assert "access-control-allow-origin" not in answer.headers
    assert wrong == []


@pytest.mark.parametrize("path", ["/", "/account/login", "/api/documents", "/admin", "/nowhere", "/gradio_api/info"])
def test_no_other_origin_or_host_is_served(visitor: Callable[[], TestClient], path: str) -> None:  # noqa: F811
    """R-27, R-30."""
    for method in ("GET", "OPTIONS"):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        assert "access-control-allow-origin" not in visitor().request(method, path, headers=asked).headers
    assert visitor().get(path, headers={"Host": "evil.example"}).status_code in (400, 401, 303, 404)
    assert "evil" not in visitor().get(path, headers={"Host": "evil.example"}).headers.get("location", "")
