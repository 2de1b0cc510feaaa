"""The routes of the library: list, one document, what was sent, the original file; and for editors, what changes them.

Nothing here needs a script: a plain form sends files as well. The page's script sends them one by one, to show how far
each has come. Who may manage is asked of the session at every request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import quote, unquote, urlencode

from fastapi import APIRouter, Query, Request
from fastapi import Form as Posted
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.accounts.account import Right
from assistant.accounts.errors import BadIdentity
from assistant.accounts.identity import parse_group
from assistant.errors import UnknownDocument
from assistant.uploads.holdings import Holdings
from assistant.uploads.upload import NotDescribed, State, Upload, Who
from ui import library_board as board
from ui import pages
from ui.frame import Look, shown
from ui.i18n import LANGUAGES, Words, words
from ui.library_done import Done, may_read, removed
from ui.multipart import BadForm
from ui.people import LOCAL, Person, allowed_person, person
from ui.receiving import NotOurs, Received, Receiving
from ui.visits import Door

Text = Annotated[str, Posted()]
Texts = Annotated[list[str], Posted()]
Queried = Annotated[list[str] | None, Query()]
LIST: Final = "/bibliotheque"
ONE: Final = "/bibliotheque/document"
GONE: Final = "removed"
"""The cookie with the title of a document that was just removed, until the next page has said so."""
TOO_LONG: Final = frozenset({"too-large", "too-many", "quota-bytes"})
"""Refusals that are answered as a request that was cut."""


class LibraryPages:
    """The pages over one library; without a door, for the one person of the machine."""

    def __init__(self, holdings: Holdings, door: Door | None) -> None:
        self._holdings, self._door = holdings, door
        self._accounts = door is not None

    def router(self) -> APIRouter:
        """All of them."""
        routes = APIRouter(prefix=LIST)
        looks: dict[str, Callable[..., Any]] = {
            "": self.listed,
            "/document": self.document,
            "/etat": self.state,
            "/fichier": self.original,
        }
        acts: dict[str, Callable[..., Any]] = {
            "/envoi": self.send,
            "/document": self.change,
            "/oubli": self.dismiss,
        }
        for path, page in looks.items():
            routes.add_api_route(path, page, methods=["GET"], response_model=None, include_in_schema=False)
        for path, act in acts.items():
            routes.add_api_route(path, act, methods=["POST"], response_model=None, include_in_schema=False)
        return routes

    # ---- looking -------------------------------------------------------------------------------------------------

    def listed(
        self,
        request: Request,
        q: str = "",
        cadre: str = "",
        page: str = "",
        envoi: Queried = None,
        acces: str = "",
        groupe: Queried = None,
    ) -> Response:
        """What the reader may read, and what they have sent; what was just done is told once."""
        who, desk, look = self._who(request), self._desk(request), _look(request)
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0
        entries = self._holdings.entries(who, desk.manages)
        sent = self._holdings.of(who) if desk.manages else []
        gone = unquote(request.cookies.get(GONE, "")) if desk.manages else ""
        done = [removed(gone, look.words)] if gone else self._became(who, envoi, look.words)
        chosen = (groupe or []) if acces == "groups" else None
        response = shown(
            request, board.listing(entries, sent, q.strip()[:100], cadre, number, done, chosen, look, desk)
        )
        if gone:
            response.delete_cookie(GONE, path=LIST)
        return response

    def document(self, request: Request, id: str = "", fait: str = "", envoi: Queried = None) -> Response:
        """One document."""
        return self._one(request, id, saved=fait == "1", sent=envoi)

    def state(self, request: Request, envoi: Queried = None) -> Response:
        """What became of files that were sent, for the page's script."""
        who = _who(allowed_person(request.scope, self._accounts, Right.EDIT))
        chosen = _look(request).words
        settings = self._holdings.settings
        told = [
            board.told(one, settings, chosen, self._readers(who, one, chosen)).to_json()
            for one in self._sent(who, envoi)
        ]
        return JSONResponse({"files": told})

    def original(self, request: Request, id: str = "") -> Response:
        """The file that a document was read from, to be kept and never shown by the browser."""
        found = self._holdings.original(self._who(request), id)
        if found is None:
            return self._missing(request)
        path, name = found
        return FileResponse(path, media_type="application/octet-stream", filename=name)

    # ---- doing ---------------------------------------------------------------------------------------------------

    async def send(self, request: Request) -> Response:
        """Take files in; they are read afterwards, one at a time."""
        who = _who(allowed_person(request.scope, self._accounts, Right.EDIT))
        settings = self._holdings.settings
        scripted = "application/json" in request.headers.get("accept", "")
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > settings.files * settings.file_bytes + 1_000_000:
            return self._refused(request, "413", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        receiving = Receiving(self._holdings, who, lambda token: self._is_ours(request, token))
        try:
            received = await receiving.take(request.headers.get("content-type", ""), request.stream())
        except (BadForm, NotOurs):
            return self._refused(request, "form", HTTPStatus.FORBIDDEN)
        except UnknownDocument:
            return self._refused(request, "404", HTTPStatus.NOT_FOUND)
        if not scripted:
            response: Response = RedirectResponse(_address(received), 303)
        else:
            chosen = _look(request).words
            told = [board.told(one, settings, chosen).to_json() for one in received.uploads]
            cut = any(one.code in TOO_LONG for one in received.uploads)
            response = JSONResponse({"files": told}, 413 if cut else 200)
        if received.cut:
            response.headers["Connection"] = "close"
        return response

    def change(
        self,
        request: Request,
        id: Text = "",
        action: Text = "",
        framework: Text = "",
        date: Text = "",
        access: Text = "",
        group: Texts = [],  # noqa: B006 (FastAPI reads it, nothing writes to it)
    ) -> Response:
        """Describe and reserve a document, or remove it."""
        who = _who(allowed_person(request.scope, self._accounts, Right.EDIT))
        typed = board.Described(framework, date, group if access == "groups" else None)
        try:
            if action == "remove":
                return self._removed(who, id)
            if action != "describe":
                return self._missing(request)
            groups = None if typed.groups is None else [parse_group(name) for name in typed.groups]
            known = [name for name, _ in board.frameworks(words(LANGUAGES[0]))]
            self._holdings.describe(who, id, framework, date, known)
            if access:
                self._holdings.reserve(who, id, groups)
        except UnknownDocument:
            return self._missing(request)
        except NotDescribed as wrong:
            mistake = _look(request).words[f"library.mistakes.{wrong.code}"]
            return self._one(request, id, replace(typed, mistake=mistake, wrong=wrong.code))
        except BadIdentity:
            mistake = _look(request).words["mistakes.group-name"]
            return self._one(request, id, replace(typed, mistake=mistake, wrong="group"))
        return RedirectResponse(f"{ONE}?{urlencode({'id': id, 'fait': '1'})}", 303)

    def dismiss(self, request: Request, id: Text = "") -> Response:
        """Drop the line of a refused file, or take back one that waits."""
        self._holdings.dismiss(_who(allowed_person(request.scope, self._accounts, Right.EDIT)), id)
        return RedirectResponse(LIST, 303)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _removed(self, who: Who, id: str) -> Response:
        """Remove a document; its title goes with the browser to the page that says so, and is kept nowhere."""
        title = self._holdings.entry(who, id, manages=True).record.title or id
        self._holdings.remove(who, id)
        response = RedirectResponse(LIST, 303)
        response.set_cookie(GONE, quote(title[:200]), max_age=60, path=LIST, httponly=True, samesite="lax")
        return response

    def _sent(self, who: Who, ids: list[str] | None) -> list[Upload]:
        """Those of somebody's files that are asked for."""
        found = [self._holdings.one(who, id) for id in (ids or [])[:100]]
        return [one for one in found if one]

    def _readers(self, who: Who, upload: Upload, chosen: Words) -> str:
        """Who may read what a file has become; empty where there are no accounts, and before it is read."""
        if not self._accounts or upload.state is not State.INDEXED:
            return ""
        try:
            return may_read(self._holdings.entry(who, upload.document, manages=True).groups, chosen)
        except UnknownDocument:
            return ""

    def _became(self, who: Who, ids: list[str] | None, chosen: Words) -> list[Done]:
        """What became so far of the files that are asked for."""
        settings = self._holdings.settings
        return [board.became(one, settings, chosen, self._readers(who, one, chosen)) for one in self._sent(who, ids)]

    def _one(
        self,
        request: Request,
        id: str,
        typed: board.Described | None = None,
        saved: bool = False,
        sent: list[str] | None = None,
    ) -> Response:
        who, desk, look = self._who(request), self._desk(request), _look(request)
        try:
            entry = self._holdings.entry(who, id, desk.manages)
            read = self._holdings.document(who, id) if entry.readable else None
        except UnknownDocument:
            return self._missing(request)
        quality = self._holdings.quality(who, id)
        has_file = self._holdings.original(who, id) is not None
        done = self._became(who, sent, look.words)
        page = board.document(entry, read, quality, has_file, saved, done, typed, look, desk)
        return shown(request, page, 422 if typed else 200)

    def _desk(self, request: Request) -> board.Desk:
        who = person(request.scope, self._accounts)
        manages = who.may(Right.EDIT)
        door = self._door
        token = door.form_token(request.cookies.get(door.session_cookie, "")) if door and manages else ""
        groups = self._holdings.groups(_who(who)) if manages and self._accounts else ()
        nonce = str(request.scope.get("nonce", ""))
        return board.Desk(manages, self._accounts, token, nonce, self._holdings.settings, groups)

    def _is_ours(self, request: Request, token: str) -> bool:
        """Whether this site wrote a form for the session; without a door the guard has asked for the origin."""
        door = self._door
        return door is None or door.is_ours(request.cookies.get(door.session_cookie, ""), token)

    def _who(self, request: Request) -> Who:
        return _who(person(request.scope, self._accounts))

    def _missing(self, request: Request) -> Response:
        look = _look(request)
        return HTMLResponse(pages.missing(look.words, look.theme), 404)

    def _refused(self, request: Request, about: str, status: HTTPStatus) -> Response:
        look = _look(request)
        response = HTMLResponse(pages.refused(about, look.words, look.theme), status)
        response.headers["Connection"] = "close"
        return response


def _who(found: Person) -> Who:
    name = found.account.identifier if found.account else LOCAL
    return Who(found.owner, name, found.actor, found.reader)


def _address(received: Received) -> str:
    """Where somebody goes on after files: the page says what became of them, and its form keeps the readers chosen."""
    query = [("id", received.document)] if received.document else []
    query += [("envoi", one.id) for one in received.uploads]
    if received.access == "groups" and not received.document:
        query += [("acces", "groups"), *(("groupe", name) for name in received.groups)]
    page = ONE if received.document else LIST
    return f"{page}?{urlencode(query)}" if query else page


def _look(request: Request) -> Look:
    return Look.of(request, without=("fait", "envoi"))
