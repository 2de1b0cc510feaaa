"""The routes of the briefings: list, briefing, its summary, quiz, timeline, and their files. They need no script.

Nothing is changed but the versions of briefings that are kept. A page never waits for a language model: where one is
set, its form asks for a summary, and whoever sends it waits.

Who reads is the guard's to say: a page tells of the documents that this person may read, and a framework that is not
known gets the list of those that are. The functions block, so FastAPI runs them in its thread pool.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from assistant.briefings.exports import export
from assistant.briefings.quiz import quiz
from assistant.briefings.timeline_formats import as_csv, as_ics, as_png
from assistant.reader import Reader
from corpus.errors import AssistantError
from ui import fiches
from ui.frame import Look, shown
from ui.i18n import words
from ui.pace import Pace, TooMany
from ui.people import person
from ui.visits import Door

if TYPE_CHECKING:
    from assistant.briefings.briefing import Briefing
    from assistant.briefings.events import Event
    from assistant.operations import Operations

TYPES: Final = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "png": "image/png",
}
HIGHEST_SEED: Final = 10**6


@dataclass(frozen=True, slots=True)
class FichePages:
    """The routes below `/fiches`; with a door, for the person of the session, who asks no faster than the `pace`."""

    operations: Operations
    door: Door | None
    pace: Pace | None

    def router(self) -> APIRouter:
        """All of them."""
        routes = APIRouter(prefix="/fiches")
        pages: dict[str, Callable[..., Response]] = {
            "": self.listed,
            "/chronologie": self.timeline,
            "/chronologie/export/{kind}": self.timeline_file,
            "/{id}": self.briefing,
            "/{id}/quiz": self.quiz,
            "/{id}/versions": self.versions,
            "/{id}/export/{kind}": self.briefing_file,
        }
        for path, page in pages.items():
            routes.add_api_route(path, page, methods=["GET"], response_model=None)
        routes.add_api_route("/{id}/summary", self.summary, methods=["POST"], response_model=None)
        return routes

    def listed(self, request: Request) -> Response:
        """The frameworks and bodies."""
        return shown(request, fiches.listing(self._frameworks(request), Look.of(request)))

    def briefing(self, request: Request, id: str) -> Response:
        """One briefing, with its summary where one is kept."""
        told = self._told(request, id)
        return self._missing(request) if told is None else self._shown(request, told)

    def summary(self, request: Request, id: str) -> Response:
        """Have the summary made, then show the page with it; where there is none in the end, with why."""
        before = self._told(request, id)
        if before is None:
            return self._missing(request)
        language = Look.of(request).words.language
        try:
            with self._paced(request):
                told = self.operations.summarised(id, language, self._reader(request))
        except TooMany as wait:
            said = words(language).fill(f"api.{wait.code}", seconds=wait.seconds)
            response = self._shown(request, before, said, 429)
            response.headers["Retry-After"] = str(wait.seconds)
            return response
        except AssistantError:
            return self._missing(request)
        if told.summary and told.summary.notice:  # it is kept nowhere, so that no other page could tell it
            return self._shown(request, told)
        return RedirectResponse(f"/fiches/{told.id}?lang={language}#summary", 303)

    def briefing_file(self, request: Request, id: str, kind: str) -> Response:
        """One briefing as a file."""
        told = self._told(request, id) if kind in fiches.FORMATS else None
        if told is None:
            return self._missing(request)
        language = Look.of(request).words.language
        empty = told.empty and not self.operations.documents(self._reader(request))
        return _file(export(told, language, kind, empty), kind, f"fiche-{told.id}-{language}")

    def quiz(self, request: Request, id: str) -> Response:
        """Its questions; graded when there are answers among what is sent."""
        told = self._told(request, id)
        if told is None:
            return self._missing(request)
        look, seed = Look.of(request), _number(request.query_params.get("seed", ""), HIGHEST_SEED) or 1
        others = [event for event in self._events(request) if event.framework != told.framework]
        asked = quiz(told, others, seed, language=look.words.language)
        sent = {at: request.query_params.get(f"q{at}", "") for at in range(1, len(asked) + 1)}
        chosen = {at: int(value) for at, value in sent.items() if value in ("0", "1", "2", "3")}
        return shown(request, fiches.quiz(told, asked, chosen, seed, look))

    def versions(self, request: Request, id: str) -> Response:
        """What has changed since each version that this person was told."""
        try:
            kept = self.operations.versions(id, self._reader(request))
        except AssistantError:
            return self._missing(request)
        return shown(request, fiches.versions(id, kept, Look.of(request)))

    def timeline(self, request: Request) -> Response:
        """The events of a framework and period, or all."""
        asked, mistake = _filters(request)
        try:
            found = self._events(request, asked)
        except AssistantError:
            return self._missing(request)
        frameworks = self._frameworks(request)
        return shown(request, fiches.timeline(found, frameworks, asked, mistake, Look.of(request)))

    def timeline_file(self, request: Request, kind: str) -> Response:
        """The same as a file."""
        shapes: dict[str, Callable[[Sequence[Event]], str | bytes]] = {"csv": as_csv, "ics": as_ics, "png": as_png}
        try:
            if kind not in shapes:
                raise HTTPException(404)
            return _file(shapes[kind](self._events(request, _filters(request)[0])), kind, "chronologie")
        except AssistantError:
            return self._missing(request)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _reader(self, request: Request) -> Reader | None:
        return person(request.scope, self.door is not None).reader

    def _paced(self, request: Request) -> AbstractContextManager[object]:
        """While a summary is made for this person; raises `TooMany` on entry."""
        account = person(request.scope, self.door is not None).account
        return nullcontext() if self.pace is None or account is None else self.pace.asking(account.id)

    def _told(self, request: Request, id: str) -> Briefing | None:
        try:
            return self.operations.briefing(id, self._reader(request), Look.of(request).words.language)
        except AssistantError:
            return None

    def _shown(self, request: Request, told: Briefing, said: str = "", status: int = 200) -> Response:
        """A briefing's page; `said` is why its summary was not asked for."""
        empty = told.empty and not self.operations.documents(self._reader(request))
        cookies, door = request.cookies, self.door
        token = door.form_token(cookies.get(door.session_cookie, "")) if door else ""
        offer = fiches.Offer(self.operations.model, token, said)
        return shown(request, fiches.briefing(told, Look.of(request, f"/fiches/{told.id}"), empty, offer), status)

    def _events(self, request: Request, asked: Mapping[str, str] | None = None) -> list[Event]:
        asked = asked or {}
        start, end = (_number(asked.get(name, ""), 9999) for name in ("from", "to"))
        return self.operations.timeline(
            asked.get("framework", ""),
            date(start, 1, 1) if start else None,
            date(end, 12, 31) if end else None,
            self._reader(request),
        )

    def _frameworks(self, request: Request) -> list[dict[str, object]]:
        return self.operations.frameworks_told(self._reader(request))

    def _missing(self, request: Request) -> Response:
        return shown(request, fiches.listing(self._frameworks(request), Look.of(request), missing=True), 404)


def _filters(request: Request) -> tuple[dict[str, str], bool]:
    """The filters as they were sent, and whether a year among them is none."""
    asked = {name: request.query_params.get(name, "").strip()[:100] for name in ("framework", "from", "to")}
    return asked, any(asked[name] and not _number(asked[name], 9999) for name in ("from", "to"))


def _number(text: str, most: int) -> int:
    """A whole number from 1 to `most`; 0 for any other text."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 7 else 0
    return number if number <= most else 0


def _file(content: str | bytes, kind: str, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=TYPES[kind], headers=disposition)
