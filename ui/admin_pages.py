"""The administrators' routes. The guard asks for the right; `Administration` asks again before each thing it does.

Nobody's password is shown or set here: a link is sent to the address that is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Form as Posted
from starlette.responses import RedirectResponse, Response

from assistant.accounts.account import Actor, Role
from assistant.accounts.errors import AccountError
from assistant.accounts.sessions import Visit
from ui import admin_boards as boards
from ui.bar import bar
from ui.boards import Board, show
from ui.frame import language, shown
from ui.i18n import Words
from ui.sheets import explain
from ui.visits import Door

if TYPE_CHECKING:
    from assistant.operations import Operations

Text = Annotated[str, Posted()]


class AdminPages:
    """The pages and what their forms do."""

    def __init__(self, door: Door, operations: Operations) -> None:
        self._door, self._operations = door, operations
        self._do = door.opened.administration

    def router(self) -> APIRouter:
        """Every route of administrators."""
        router = APIRouter()
        looks: dict[str, Callable[..., Any]] = {
            "": self.people,
            "/person": self.person,
            "/mail": self.mail,
            "/log": self.log,
            "/state": self.state,
        }
        acts: dict[str, Callable[..., Any]] = {"/person": self.change, "/add": self.add, "/mail": self.retry}
        for name, page in looks.items():
            router.add_api_route(f"/admin{name}", page, methods=["GET"], response_model=None, include_in_schema=False)
        for name, act in acts.items():
            router.add_api_route(f"/admin{name}", act, methods=["POST"], response_model=None, include_in_schema=False)
        return router

    # ---- looking -------------------------------------------------------------------------------------------------

    def people(self, request: Request) -> Response:
        """Everybody, those who wait first."""
        return self._show(request, boards.people(self._do.accounts(_actor(request)), _words(request)))

    def person(self, request: Request, name: str = "") -> Response:
        """One account."""
        return self._person(request, name)

    def mail(self, request: Request, state: str = "") -> Response:
        """The outbox."""
        return self._show(request, boards.mail(self._do.letters(_actor(request), state), state, _words(request)))

    def log(self, request: Request, action: str = "", text: str = "", before: str = "") -> Response:
        """A page of the audit log."""
        first = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None
        entries = self._do.log(_actor(request), action.strip(), text.strip(), first)
        return self._show(request, boards.log(entries, action, text, _words(request)))

    def state(self, request: Request) -> Response:
        """The index and the settings."""
        settings = self._door.opened.parts.settings
        return self._show(request, boards.state(self._operations.documents(), settings, _words(request)))

    # ---- doing ---------------------------------------------------------------------------------------------------

    def change(
        self,
        request: Request,
        name: Text = "",
        action: Text = "",
        role: Text = "",
        groups: Text = "",
        session: Text = "",
    ) -> Response:
        """Do something to an account, then show it."""
        do, actor = self._do, _actor(request)
        acts: dict[str, Callable[[], object]] = {
            "approve": lambda: do.approve(actor, name),
            "refuse": lambda: do.refuse(actor, name),
            "disable": lambda: do.disable(actor, name),
            "enable": lambda: do.enable(actor, name),
            "reset": lambda: do.send_reset(actor, name),
            "groups": lambda: do.set_groups(actor, name, filter(None, map(str.strip, groups.split(",")))),
            "sessions": lambda: do.end_sessions(actor, name),
        }
        if role in set(Role):
            acts["role"] = lambda: do.set_role(actor, name, Role(role))
        if session:
            acts["session"] = lambda: do.end_sessions(actor, name, session)
        if action not in acts:
            return self._person(request, name, _words(request)["mistakes.account"], 422)
        try:
            acts[action]()
        except AccountError as error:
            return self._person(request, name, explain(error.code, error.values, _words(request)), 422)
        return RedirectResponse(f"/admin/person?{urlencode({'name': name})}", 303)

    def add(
        self, request: Request, identifier: Text = "", email: Text = "", role: Text = "", language: Text = ""
    ) -> Response:
        """Add an account; its owner is sent a link to choose a password."""
        actor, chosen = _actor(request), _words(request)
        try:
            given = Role(role) if role in set(Role) else Role.READER
            account = self._do.add(actor, identifier, email, given, language)
        except AccountError as error:
            said = explain(error.code, error.values, chosen)
            return self._show(request, boards.people(self._do.accounts(actor), chosen, said), 422)
        return RedirectResponse(f"/admin/person?{urlencode({'name': account.identifier})}", 303)

    def retry(self, request: Request, id: Text = "") -> Response:
        """Try a letter again now."""
        self._do.retry_letter(_actor(request), id)
        return RedirectResponse("/admin/mail", 303)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _person(self, request: Request, name: str, mistake: str = "", status: int = 200) -> Response:
        actor, chosen = _actor(request), _words(request)
        accounts = self._do.accounts(actor)
        found = next((one for one in accounts if name in (one.identifier, one.email)), None)
        if found is None:
            return self._show(request, boards.people(accounts, chosen, chosen["admin.unknown"]), 404)
        sessions = self._do.sessions(actor, found.identifier)
        return self._show(request, boards.person(found, sessions, chosen, mistake), status)

    def _show(self, request: Request, board: Board, status: int = 200) -> Response:
        token = self._door.form_token(request.cookies.get(self._door.session_cookie, ""))
        above = bar(request, True, "" if request.method == "GET" else "/admin")
        return shown(request, show(board, token, _words(request), request.cookies.get("theme", ""), above), status)


def _actor(request: Request) -> Actor:
    visit: Visit = request.scope["visit"]
    return Actor.of(visit.account, request.client.host if request.client else "")


def _words(request: Request) -> Words:
    return language(request)
