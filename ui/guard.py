"""What stands before every request: only the routes that the page needs, and the headers of every response.

Gradio serves many more routes than a page of ours uses (uploads, files, calls by name, its own monitoring): what is not
listed here does not exist. Its page has inline scripts, so each response carries a nonce for its own, and neither
`unsafe-inline` nor `unsafe-eval` is needed for scripts. Styles do need `unsafe-inline`: Gradio writes style elements
and attributes as it runs. It binds nobody to a session: that comes with accounts.
"""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import pages
from ui.i18n import words

EXACT: Final = {
    "GET": {"/", "/theme.css", "/healthz", "/gradio_api/queue/data", "/gradio_api/startup-events"},
    "POST": {"/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel", "/gradio_api/reset"},
}
BELOW: Final = {"GET": ("/assets/", "/static/", "/ui/", "/documents/", "/gradio_api/heartbeat/"), "POST": ()}
STREAMS: Final = ("/gradio_api/queue/data", "/gradio_api/heartbeat/")
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

    Once `closing` is set, whoever still streams is told that the page has gone.
    """

    def __init__(self, app: ASGIApp, closing: asyncio.Event) -> None:
        self._app, self._closing = app, closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer 403 or 404 for it, or 500 with a number when it fails."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        nonce = secrets.token_urlsafe(18)
        completed = _Completed(send, scope["path"], nonce)
        try:
            await self._pass(scope, receive, completed, nonce)
        except Exception:
            reference = secrets.token_hex(4)
            _log.exception("request %s failed", reference)
            if completed.started:
                raise
            chosen = cookies(scope)
            language, theme = pages.chosen_language(chosen.get("language")), chosen.get("theme", "")
            await HTMLResponse(pages.broken(reference, words(language), theme), 500)(scope, receive, completed)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, nonce: str) -> None:
        if scope["type"] != "http" or not allowed(scope["method"], scope["path"]):
            return await PlainTextResponse("", 404)(scope, receive, send)
        headers = Headers(scope=scope)
        if scope["method"] == "POST" and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return await PlainTextResponse("", 403)(scope, receive, send)
        if scope["path"] == "/":
            return await self._page(scope, receive, send, nonce)
        if scope["path"].startswith(STREAMS):
            return await self._stream(scope, receive, send)
        await self._app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A stream that ends by itself once the server is closing."""
        ended = True

        async def follow(message: Message) -> None:
            nonlocal ended
            ended = message["type"] == "http.response.body" and not message.get("more_body", False)
            await send(message)

        await self._app(scope, _until(self._closing, receive), follow)
        if self._closing.is_set() and not ended:
            await send({"type": "http.response.body", "body": b""})

    async def _page(self, scope: Scope, receive: Receive, send: Send, nonce: str) -> None:
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
                body = dress(body.decode(), nonce, language, theme).encode()
                headers["content-length"] = str(len(body))
            await send(start)
            await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, gather)


def allowed(method: str, path: str) -> bool:
    """Whether a page of ours asks for this.

    >>> allowed("GET", "/"), allowed("HEAD", "/ui/app.css"), allowed("GET", "/gradio_api/file=/etc/passwd")
    (True, True, False)
    """
    method = "GET" if method == "HEAD" else method
    return path in EXACT.get(method, ()) or path.startswith(BELOW.get(method) or ("\0",))


def dress(html: str, nonce: str, language: str, theme: str) -> str:
    """Gradio's page with our language, theme, style sheet, script and nonce, and without its own cards and manifest."""
    chosen = words(language)
    waiting = "" if language == "fr" else ' class="pending"'
    opening = f'<html lang="{language}" dir="{chosen.direction}"{pages.theme_attribute(theme)}{waiting}'
    html = re.sub(r'<html\s+lang="en"', lambda _: opening, html, count=1)
    html = _STRANGE.sub("", html)
    ours = f'{pages.links()}<script src="{pages.SCRIPT}" defer></script></head>'
    return html.replace("</head>", ours, 1).replace("<script", f'<script nonce="{nonce}"')


def policy(path: str, nonce: str) -> str:
    """The Content-Security-Policy of a path; a document's page may run nothing at all."""
    scripts = "'none'" if path.startswith("/documents/") else f"'nonce-{nonce}' 'self'"
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


def cookies(scope: Scope) -> dict[str, str]:
    """The request's cookies; none when they cannot be read."""
    try:
        return {name: item.value for name, item in SimpleCookie(Headers(scope=scope).get("cookie", "")).items()}
    except CookieError:
        return {}


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

    def __init__(self, send: Send, path: str, nonce: str) -> None:
        self._send, self._path, self.started = send, path, False
        self._headers = {**FIXED, "Content-Security-Policy": policy(path, nonce)}
        if not path.startswith(("/assets/", "/static/", "/ui/")):
            self._headers["Cache-Control"] = "no-store"

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            MutableHeaders(scope=message).update(self._headers)
        await self._send(message)
