"""What is said to those who come while too many others ask, log in or search at the same time.

Passwords and scripts stand before a turnstile of their own, so that neither holds all the threads that answer people
in front of a page. A question that finds the page's queue full is refused in the reader's own words: Gradio's page
shows what an answer 429 says, and shows English of its own for a 503.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.turnstile import Full, Turnstile

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.accounts.settings import AccountSettings

JOIN: Final = "/gradio_api/queue/join"
HASHING: Final = frozenset(
    f"/account/{name}"
    for name in ("login", "sign-up", "confirm", "reset", "setup", "password", "delete", "email", "address")
)
"""What is sent to them costs a hash, about a tenth of a second of a core."""
AT_ONCE: Final = 4
"""Of each kind: more would only wait for the processor, each in a thread."""
AGAIN_SECONDS: Final = 5
"""When to come back."""


class Rush:
    """The turnstiles of a site with accounts."""

    def __init__(self, settings: AccountSettings) -> None:
        self._passwords = Turnstile(AT_ONCE, settings.logins_waiting, AGAIN_SECONDS)
        self._scripts = Turnstile(AT_ONCE, settings.questions_waiting, AGAIN_SECONDS)
        self._exports = Turnstile(AT_ONCE, settings.questions_waiting, AGAIN_SECONDS)

    async def passwords(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, full: Callable[[int], Response]
    ) -> None:
        """Let a form with a password through in its turn, or answer what `full` makes of the seconds to wait."""
        await _in_turn(self._passwords, app, scope, receive, send, full)

    async def scripts(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, full: Callable[[int], Response]
    ) -> None:
        """The same for what a script asks."""
        await _in_turn(self._scripts, app, scope, receive, send, full)

    async def exports(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, full: Callable[[int], Response]
    ) -> None:
        """The same for a file that is made when it is asked for."""
        await _in_turn(self._exports, app, scope, receive, send, full)


def draws(scope: Scope) -> bool:
    """Whether a request has a file made: a PDF, a picture, a document."""
    return "/export/" in scope["path"]


def hashes(scope: Scope) -> bool:
    """Whether a request has a password hashed."""
    return scope["method"] == "POST" and scope["path"] in HASHING


def crowded(send: Send, said: str) -> Send:
    """A `send` that turns the queue's own refusal into `said`, with the seconds after which to come back."""
    full = False

    async def tell(message: Message) -> None:
        nonlocal full
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
            full = True
            body = json.dumps({"detail": said}).encode()
            headers = MutableHeaders(scope=message)
            headers.update({"content-length": str(len(body)), "retry-after": str(AGAIN_SECONDS)})
            await send({**message, "status": int(HTTPStatus.TOO_MANY_REQUESTS)})
            await send({"type": "http.response.body", "body": body})
        elif not full:
            await send(message)

    return tell


async def _in_turn(
    turnstile: Turnstile,
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
    full: Callable[[int], Response],
) -> None:
    try:
        async with turnstile.turn():
            await app(scope, receive, send)
    except Full as wait:
        response = full(wait.seconds)
        response.headers["Retry-After"] = str(wait.seconds)
        await response(scope, receive, send)
