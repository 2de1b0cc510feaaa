"""Who asks: the session behind a request's cookie, the token that binds a form to it, and what belongs to whom.

Identity comes from the cookie alone. Gradio names its sessions by a number that its page draws, and would serve one
person's to another: here each belongs to the account that used it first, and so does each event that it starts.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response

from assistant.accounts.account import Account, Clock, Right
from assistant.accounts.keys import sign, signed
from assistant.accounts.opening import Opened
from assistant.accounts.sessions import Visit

MOST_HELD: Final = {"session": 100, "event": 2000}
"""Sessions of Gradio, each with its conversation in memory, and events that one account may hold at a time."""
HELD_SECONDS: Final = 13 * 3600.0
"""How long one belongs to an account after its last use: longer than Gradio keeps a state."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the web shell needs to know a visitor: the accounts, and the keys that sign forms."""

    opened: Opened
    keys: Sequence[bytes]

    @property
    def session_cookie(self) -> str:
        """Its name; over https the browser itself holds it to this host."""
        return self._named("session")

    @property
    def form_cookie(self) -> str:
        """The name of the cookie that binds the forms of somebody who is not signed in."""
        return self._named("form")

    def visit(self, secret: str, touch: bool = True) -> Visit | None:
        """Who holds this secret and may ask questions; with `touch` it counts as use. Blocks on the database."""
        found = self.opened.parts.sessions.visit(secret, touch) if secret else None
        return found if found and found.account.may(Right.ASK) else None

    def lives(self, secret: str) -> bool:
        """Whether this secret's session is still open; to ask is no visit, so a page left open grows idle."""
        return self.visit(secret, touch=False) is not None

    def bearer(self, header: str) -> Account | None:
        """Whose token an `Authorization` header bears, if that account may ask; blocks on the database."""
        scheme, _, secret = header.partition(" ")
        found = self.opened.parts.api_tokens.account(secret.strip()) if scheme.casefold() == "bearer" else None
        return found if found and found.may(Right.ASK) else None

    def form_token(self, secret: str) -> str:
        """What a form carries to show that this site wrote it for the holder of a cookie's secret."""
        return sign(self.keys, "form", secret)

    def is_ours(self, secret: str, token: str) -> bool:
        """Whether a form was written for the holder of a cookie's secret."""
        return bool(secret) and signed(self.keys, "form", secret, token)

    def keep(self, response: Response, name: str, value: str) -> None:
        """Set a cookie that no script reads; an empty value removes it."""
        secure = self.opened.parts.settings.secure_cookies
        age = None if value else 0
        response.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")

    def _named(self, name: str) -> str:
        return f"__Host-{name}" if self.opened.parts.settings.secure_cookies else name


class Holders:
    """Which account holds which session or event of Gradio (`session:a1`); the first to use a session holds it."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, float]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def claim(self, name: str, account: str) -> bool:
        """Whether a name is this account's; one that is nobody's becomes so, unless the account has too many."""
        self._forget()
        holder, counted = self._held.get(name), (account, name.partition(":")[0])
        if holder is None:
            if self._counts[counted] >= MOST_HELD[counted[1]]:
                return False
            self._counts[counted] += 1
        elif holder[0] != account:
            return False
        self._held.pop(name, None)
        self._held[name] = (account, self._clock())
        return True

    def holds(self, name: str, account: str) -> bool:
        """Whether a name is this account's already."""
        return self._held.get(name, ("", 0.0))[0] == account

    def _forget(self) -> None:
        """Drop what was not used for long; the oldest stand first."""
        while self._held:
            name, (account, used) = next(iter(self._held.items()))
            if self._clock() - used < HELD_SECONDS:
                return
            del self._held[name]
            self._counts[account, name.partition(":")[0]] -= 1


def same_origin(headers: Headers) -> bool:
    """Whether a request that changes something comes from a page of this site, as far as its headers tell.

    >>> same_origin(Headers({"host": "a.example", "origin": "https://b.example"})), same_origin(Headers({}))
    (False, True)
    """
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    if site not in ("", "same-origin", "none"):
        return False
    if origin == "null":  # what a page without a referrer sends; the browser's own word for the site decides
        return site == "same-origin"
    return not origin or urlsplit(origin).netloc == headers.get("host", "")


def new_secret() -> str:
    """A value for the cookie that binds forms."""
    return secrets.token_urlsafe(32)
