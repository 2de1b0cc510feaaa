"""What stands before every request: only the routes that the page needs, and the headers of every response.

Gradio serves many more routes than a page of ours uses (uploads, files, calls by name, its own monitoring): what is not
listed here does not exist. Its page has inline scripts, so each response carries a nonce for its own, and neither
`unsafe-inline` nor `unsafe-eval` is needed for scripts. Styles do need `unsafe-inline`: Gradio writes style elements
and attributes as it runs.

With accounts, all but the pages to get in asks for a living session; every form carries a token, and Gradio's sessions
and events belong to the account that began them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Sequence
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.accounts.account import Right
from assistant.accounts.sessions import Visit
from ui import api, pages
from ui.i18n import words
from ui.linger import lingering
from ui.rush import JOIN, Rush, crowded, draws, hashes
from ui.visits import Door, Holders, same_origin

EXACT: Final = {
    "GET": {
        "/",
        "/conversations",
        "/fiches",
        "/theme.css",
        "/healthz",
        "/readyz",
        "/gradio_api/queue/data",
        "/gradio_api/startup-events",
    },
    "POST": {"/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel", "/gradio_api/reset"},
}
LIBRARY: Final = {
    "GET": {f"/bibliotheque{name}" for name in ("", "/document", "/etat", "/fichier")},
    "POST": {f"/bibliotheque/{name}" for name in ("envoi", "document", "oubli")},
}
STREAMED: Final = {"/bibliotheque/envoi"}
"""What carries files: read piece by piece by its own route, which asks for the form's token and keeps the limits."""
BELOW: Final = {
    "GET": (
        "/assets/",
        "/static/",
        "/ui/",
        "/documents/",
        "/pages/",
        "/pictures/",
        "/conversations/",
        "/fiches/",
        "/gradio_api/heartbeat/",
    ),
    "POST": ("/conversations/", "/fiches/"),
}
WAY_IN: Final = {
    f"/account/{name}" for name in ("login", "sign-up", "forgotten", "confirm", "reset", "setup", "address")
}
"""The pages that need no account."""
OWN: Final = {
    f"/account/{name}" for name in ("logout", "password", "email", "sessions", "delete", "tokens", "tokens/revoke")
}
ADMIN: Final = {
    "GET": {f"/admin{name}" for name in ("", "/person", "/mail", "/log", "/state")},
    "POST": {"/admin/person", "/admin/add", "/admin/mail"},
}
"""The pages of administrators."""
EVALUATORS: Final = "/evaluations"
"""The pages of evaluators, and what lies below."""
FOR_SCRIPTS: Final = {"GET": {"/api/search", "/api/documents", "/api/briefings", "/api/timeline"}, "POST": {"/api/ask"}}
DESCRIBED: Final = {"/api", "/api/openapi.json"}
"""The pages about the interface for scripts."""
OPEN: Final = WAY_IN | {"/account/language", "/healthz", "/readyz"}
LINKED: Final = ("/account/confirm", "/account/reset", "/account/setup", "/account/address")
"""Pages whose address holds a secret: it is told to no other page."""
MOST_BYTES: Final = 262_144
"""No form and no event of ours is longer."""
AGAIN_SECONDS: Final = 20.0
"""How often an open stream asks whether its session still lives."""
EVENTS: Final = (JOIN, "/gradio_api/run/predict")
"""What the page's events are sent to: words, lists of words and nothing else. Gradio takes an object for a file, and
fetches it from wherever it says that it lies."""
FIELDS: Final = 1000
"""Of a form, at most."""
UNTRUE: Final = frozenset({b"x-forwarded-host", b"x-gradio-server"})
"""Headers by which Gradio would believe that it lives somewhere else."""
STREAMS: Final = ("/gradio_api/queue/data", "/gradio_api/heartbeat/")
_FORMS: Final = ("/account/", "/admin/", "/bibliotheque/", "/fiches/")
_STILL: Final = ("/documents/", "/pages/", "/pictures/", "/fiches", "/account", "/admin", "/api")
"""Pages that may run nothing at all."""
FIXED: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_log = logging.getLogger(__name__)
_STRANGE: Final = re.compile(
    r'<base\b[^>]*>|<link rel="manifest"[^>]*>|<meta\s[^>]*(?:property="og:|name="twitter:)[^>]*>'
)


class Guard:
    """An ASGI application before another: refuses what is not listed and completes what goes out.

    A request to a host that is none of `hosts` gets 400 before anything else is asked of it. Once `closing` is set,
    whoever still streams is told that the page has gone.
    """

    def __init__(self, app: ASGIApp, closing: asyncio.Event, hosts: Sequence[str], door: Door | None = None) -> None:
        self._app, self._closing, self._door = app, closing, door
        self._trusted = TrustedHostMiddleware(self._pass, allowed_hosts=hosts, www_redirect=False)
        self._holders = Holders()
        self._rush = Rush(door.opened.parts.settings) if door else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 400, 403 or 404 for it, or 500 with a number when it fails."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        nonce = secrets.token_urlsafe(18)
        https = self._door is not None and self._door.opened.parts.settings.secure_cookies
        completed = _Completed(send, scope["path"], nonce, https)
        try:
            await self._trusted({**scope, "nonce": nonce}, receive, completed)
        except Exception:
            reference = secrets.token_hex(4)
            _log.exception("request %s failed", reference)
            if completed.started:
                raise
            chosen = cookies(scope)
            language, theme = pages.chosen_language(chosen.get("language")), chosen.get("theme", "")
            await HTMLResponse(pages.broken(reference, words(language), theme), 500)(scope, receive, completed)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] == "http" and allowed(scope["method"], scope["path"], self._door is not None)
        if not known:
            return await self._nowhere(scope)(scope, receive, send)
        scope = {**scope, "headers": [item for item in scope["headers"] if item[0].lower() not in UNTRUE]}
        headers = Headers(scope=scope)
        posted = scope["method"] == "POST"
        if posted and scope["path"] in STREAMED:
            receive, send = lingering(receive, send)
        if posted and not same_origin(headers):
            return await refused(scope, 403)(scope, receive, send)
        body = b""
        if posted and scope["path"] not in STREAMED:
            whole = await _whole(receive)
            if whole is None:
                return await refused(scope, 413)(scope, receive, send)
            body, receive = whole, _again(whole, receive)
            if scope["path"] in EVENTS and _holds_an_object(_json(body).get("data")):
                return await refused(scope, 403)(scope, receive, send)
        if self._door is not None and for_scripts(scope["path"]):
            return await self._script(self._door, scope, receive, send)
        if self._door is not None:
            secret = cookies(scope).get(self._door.session_cookie, "")
            visit = await run_in_threadpool(self._door.visit, secret)
            scope = {**scope, "visit": visit}
            refusal = self._refusal(scope, visit, body)
            if refusal is not None:
                reads = _is_page(scope) or "text/html" in headers.get("accept", "")  # a form sent too late, too
                if refusal == HTTPStatus.UNAUTHORIZED and reads:
                    return await RedirectResponse("/account/login", 303)(scope, receive, send)
                return await refused(scope, refusal)(scope, receive, send)
            if visit and scope["path"] == JOIN:
                send = self._claiming(send, visit)
            if self._rush is not None and draws(scope):
                return await self._rush.exports(self._app, scope, receive, send, lambda _: refused(scope, 503))
            if self._rush is not None and hashes(scope):
                return await self._rush.passwords(self._app, scope, receive, send, lambda _: refused(scope, 503))
        if scope["path"] == JOIN:
            send = crowded(send, words(pages.chosen_language(cookies(scope).get("language")))["error.crowded"])
        if scope["path"] == "/":
            return await self._page(scope, receive, send)
        if scope["path"].startswith(STREAMS):
            return await self._stream(scope, receive, send)
        await self._app(scope, receive, send)

    def _nowhere(self, scope: Scope) -> Response:
        """The answer where nothing is: to a script, in words of the interface for scripts."""
        reads = "text/html" in Headers(scope=scope).get("accept", "")
        if scope["type"] != "http" or self._door is None or not for_scripts(scope["path"]) or reads:
            return refused(scope, 404)
        methods = [method for method in FOR_SCRIPTS if allowed(method, scope["path"], True)]
        return api.nowhere(methods, pages.chosen_language(cookies(scope).get("language")))

    async def _script(self, door: Door, scope: Scope, receive: Receive, send: Send) -> None:
        """A script's request: its token tells who asks, and nothing else does."""
        account = await run_in_threadpool(door.bearer, Headers(scope=scope).get("authorization", ""))
        if account is None:
            language = pages.chosen_language(cookies(scope).get("language"))
            refused = api.refusal(401, "no-token", language)
            refused.headers["WWW-Authenticate"] = "Bearer"
            return await refused(scope, receive, send)
        scope, language = {**scope, "account": account}, pages.chosen_language(account.language)
        assert self._rush is not None

        def full(seconds: int) -> Response:
            return api.refusal(503, "crowded", language, seconds=seconds)

        await self._rush.scripts(self._app, scope, receive, send, full)

    def _refusal(self, scope: Scope, visit: Visit | None, body: bytes) -> HTTPStatus | None:
        """Why a visitor may not have this, if so."""
        path = scope["path"]
        if visit is None and not (path in OPEN or path.startswith("/ui/")):
            return HTTPStatus.UNAUTHORIZED
        if path.startswith(EVALUATORS):
            ours = scope["method"] != "POST" or self._written_by_us(scope, visit, body)
            return None if ours and visit and visit.account.may(Right.EVALUATE) else HTTPStatus.FORBIDDEN
        if path.startswith("/admin") and not (visit and visit.account.may(Right.ADMINISTER)):
            return HTTPStatus.FORBIDDEN
        if scope["method"] == "POST" and path not in STREAMED and path.startswith(_FORMS):
            return None if self._written_by_us(scope, visit, body) else HTTPStatus.FORBIDDEN
        if visit and path.startswith("/gradio_api/") and not self._is_theirs(scope, visit, body):
            return HTTPStatus.FORBIDDEN
        return None

    def _written_by_us(self, scope: Scope, visit: Visit | None, body: bytes) -> bool:
        if self._door is None:
            return False
        name = self._door.session_cookie if visit else self._door.form_cookie
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
        except ValueError:
            return False
        return self._door.is_ours(cookies(scope).get(name, ""), fields.get("form", [""])[0])

    def _is_theirs(self, scope: Scope, visit: Visit, body: bytes) -> bool:
        """Whether the session and the event of Gradio that a request names are the visitor's, or nobody's yet."""
        path, person = scope["path"], visit.account.id
        if path == "/gradio_api/startup-events":
            return True
        if path.startswith("/gradio_api/heartbeat/"):
            return self._holders.claim(f"session:{path.rpartition('/')[2]}", person)
        if scope["method"] != "POST":
            named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
            return len(named) == 1 and self._holders.claim(f"session:{named[0]}", person)
        asked = _json(body)
        session, event = asked.get("session_hash"), asked.get("event_id")
        if event is not None and not self._holders.holds(f"event:{event}", person):
            return False
        if path == "/gradio_api/reset":
            return event is not None
        return isinstance(session, str) and self._holders.claim(f"session:{session}", person)

    def _claiming(self, send: Send, visit: Visit) -> Send:
        """A `send` that notes whose the event is that an answer names."""
        answer = b""

        async def follow(message: Message) -> None:
            nonlocal answer
            answer += message.get("body", b"")
            if message["type"] == "http.response.body" and not message.get("more_body"):
                event = _json(answer).get("event_id")
                if event:
                    self._holders.claim(f"event:{event}", visit.account.id)
            await send(message)

        return follow

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A stream that ends by itself once the server is closing, or the session is over."""
        ended, over = True, asyncio.Event()

        async def follow(message: Message) -> None:
            nonlocal ended
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        watch = asyncio.ensure_future(self._watch(scope, over))
        try:
            await self._app(scope, _until(over, receive), follow)
        finally:
            watch.cancel()
        if over.is_set() and not ended:
            await send({"type": "http.response.body", "body": b""})

    async def _watch(self, scope: Scope, over: asyncio.Event) -> None:
        """Set `over` when the server closes or the visitor's session has ended."""
        while not self._closing.is_set():
            try:
                await asyncio.wait_for(self._closing.wait(), AGAIN_SECONDS)
            except TimeoutError:
                door = self._door
                if door and not await run_in_threadpool(door.lives, cookies(scope).get(door.session_cookie, "")):
                    break
        over.set()

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Gradio's page, read whole and made ours."""
        chosen = cookies(scope)
        scope = {**scope, "headers": [item for item in scope["headers"] if item[0] != b"accept-encoding"]}
        start: Message = {}
        body = b""

        async def gather(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
            if message["type"] != "http.response.body":
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=start)
            if headers.get("content-type", "").startswith("text/html"):
                language, theme = pages.chosen_language(chosen.get("language")), chosen.get("theme", "")
                body = dress(body.decode(), scope["nonce"], language, theme).encode()
                headers["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, gather)


def allowed(method: str, path: str, accounts: bool = False) -> bool:
    """Whether a page of ours asks for this; those about accounts are there with accounts alone.

    >>> allowed("GET", "/"), allowed("HEAD", "/ui/app.css"), allowed("GET", "/gradio_api/file=/etc/passwd")
    (True, True, False)
    """
    method = "GET" if method == "HEAD" else method
    if path == EVALUATORS or path.startswith(f"{EVALUATORS}/"):
        return method in ("GET", "POST")
    if path == "/account" or path.startswith("/account/"):
        pages_of = {"GET": WAY_IN | {"/account"}, "POST": WAY_IN | OWN | {"/account/language"}}
        return accounts and path in pages_of.get(method, ())
    if path.startswith(("/admin", "/api")):
        listed = ADMIN.get(method, set()) | FOR_SCRIPTS.get(method, set()) | (DESCRIBED if method == "GET" else set())
        below = method == "GET" and path.startswith(("/api/documents/", "/api/briefings/"))
        return accounts and (path in listed or below)
    exact = path in EXACT.get(method, ()) or path in LIBRARY.get(method, ())
    return exact or path.startswith(BELOW.get(method) or ("\0",))


def for_scripts(path: str) -> bool:
    """Whether a path is asked for with a token rather than a cookie.

    >>> for_scripts("/api/ask"), for_scripts("/api"), for_scripts("/api/documents/cmai")
    (True, False, True)
    """
    return path.startswith("/api/") and path not in DESCRIBED


def dress(html: str, nonce: str, language: str, theme: str) -> str:
    """Gradio's page with our language, theme, style sheet, script and nonce, and without its own cards and manifest."""
    chosen = words(language)
    waiting = "" if language == "fr" else ' class="pending"'
    opening = f'<html lang="{language}" dir="{chosen.direction}"{pages.theme_attribute(theme)}{waiting}'
    html = re.sub(r'<html\s+lang="en"', lambda _: opening, html, count=1)
    html = _STRANGE.sub("", html)
    scripts = "".join(f'<script src="{address}" defer></script>' for address in pages.SCRIPTS)
    ours = f"{pages.links()}{scripts}</head>"
    return html.replace("</head>", ours, 1).replace("<script", f'<script nonce="{nonce}"')


def policy(path: str, nonce: str) -> str:
    """The Content-Security-Policy of a path; pages of ours may run nothing at all."""
    scripts = "'none'" if path.startswith(_STILL) else f"'nonce-{nonce}' 'self'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def refused(scope: Scope, status: int) -> Response:
    """A refusal: a page that says so to somebody who went there, nothing to anything else that asks."""
    if "text/html" not in Headers(scope=scope).get("accept", ""):
        return PlainTextResponse("", status)
    chosen = cookies(scope)
    about = "form" if status == HTTPStatus.FORBIDDEN and scope["method"] == "POST" else str(int(status))
    language, theme = pages.chosen_language(chosen.get("language")), chosen.get("theme", "")
    return HTMLResponse(pages.refused(about, words(language), theme), status)


def cookies(scope: Scope) -> dict[str, str]:
    """The request's cookies; none when they cannot be read."""
    try:
        return {name: item.value for name, item in SimpleCookie(Headers(scope=scope).get("cookie", "")).items()}
    except CookieError:
        return {}


async def _whole(receive: Receive) -> bytes | None:
    """A request's body; `None` when it is longer than any of ours, or its sender has gone."""
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if message["type"] != "http.request" or len(body) > MOST_BYTES:
            return None
        if not message.get("more_body"):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read, then what follows."""
    given = False

    async def next_message() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return next_message


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _holds_an_object(value: object) -> bool:
    """Whether an object stands anywhere in what an event brings.

    >>> _holds_an_object(["CMAI ?", None, ["ue"]]), _holds_an_object([[{"path": "https://a.example"}]])
    (False, True)
    """
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_holds_an_object, value)))


def _is_page(scope: Scope) -> bool:
    return scope["method"] in ("GET", "HEAD") and not scope["path"].startswith(
        ("/gradio_api/", "/assets/", "/static/", "/theme.css")
    )


def _until(closing: asyncio.Event, receive: Receive) -> Receive:
    async def either() -> Message:
        waiting = (asyncio.ensure_future(receive()), asyncio.ensure_future(closing.wait()))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            return waiting[0].result() if waiting[0].done() else {"type": "http.disconnect"}
        finally:
            for task in waiting:
                task.cancel()

    return either


class _Completed:
    """A `send` that adds the headers; `started` once the response has begun."""

    def __init__(self, send: Send, path: str, nonce: str, https: bool = False) -> None:
        self._send, self._path, self.started = send, path, False
        self._headers = {**FIXED, "Content-Security-Policy": policy(path, nonce)}
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"
        if path in LINKED:
            self._headers["Referrer-Policy"] = "no-referrer"
        if not path.startswith(("/assets/", "/static/", "/ui/")):
            self._headers["Cache-Control"] = "no-store"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            MutableHeaders(scope=message).update(self._headers)
        await self._send(message)
