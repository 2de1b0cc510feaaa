"""The web application: FastAPI with the Gradio tab mounted at its root, our own files, and the documents' own pages."""

from __future__ import annotations

import asyncio
import time
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from corpus.errors import AssistantError
from ui import api_page, chat, pages, theme
from ui.account_pages import AccountPages
from ui.admin_pages import AdminPages
from ui.api import Api, answer_invalid
from ui.briefings_api import BriefingsApi
from ui.diary import Diary, diary
from ui.eval_pages import EvaluationPages
from ui.facsimile_pages import FacsimilePages
from ui.fiche_pages import FichePages
from ui.guard import Guard
from ui.history import HistoryPages
from ui.i18n import words
from ui.library_pages import LibraryPages
from ui.pace import Pace
from ui.people import person
from ui.sources import Shelves
from ui.visits import Door
from ui.widgets import gr

if TYPE_CHECKING:
    from assistant.accounts.database import Database
    from assistant.evaluations import Evaluations
    from assistant.operations import Operations
    from assistant.uploads.holdings import Holdings

HOSTS: Final = ("localhost", "127.0.0.1", "[::1]", "testserver")
"""The names this machine is called by; `testserver` is what a test client says. Any other is refused."""
MOUNTED: Final[dict[str, Any]] = {
    "run_history": False,
    "show_error": False,
    "footer_links": [],
    "ssr_mode": False,
    "mcp_server": False,
    "pwa": False,
    "enable_monitoring": False,
    "max_file_size": 1,
    "allowed_paths": [],
    "app_kwargs": {"openapi_url": None, "docs_url": None, "redoc_url": None},
}
"""Gradio's unsafe defaults, each set by hand."""


def build_app(
    operations: Operations,
    door: Door | None = None,
    database: Database | None = None,
    evaluations: Evaluations | None = None,
    holdings: Holdings | None = None,
) -> FastAPI:
    """The application over an assistant, which stays the caller's to close; with a door, behind accounts.

    Conversations are kept in the door's database; without accounts in the one given, or not at all. The evaluators'
    pages are there with the `evaluations` that they ask, the library with its `holdings`.

    When `app.state.closing` is set, the streams of open pages end.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(CORSMiddleware, allow_origins=[])  # its presence also switches off Gradio's own, which is lax
    hosts = [*HOSTS, *_public_host(door)]
    app.state.closing = asyncio.Event()
    app.add_middleware(Guard, closing=app.state.closing, hosts=hosts, door=door)
    app.mount("/ui", StaticFiles(directory=str(files("ui").joinpath("static"))))
    shelves = Shelves(operations)
    _add_pages(app, operations, shelves, accounts=door is not None)
    settings = door.opened.parts.settings if door else None
    app.state.pace = Pace(settings.questions_minutely, settings.questions_at_once) if settings else None
    brought = holdings.kept if holdings is not None else None
    app.include_router(FacsimilePages(operations, shelves, door is not None, brought).router())
    app.include_router(FichePages(operations, door, app.state.pace).router())
    if door is not None and settings is not None:
        app.include_router(AccountPages(door).router())
        app.include_router(AdminPages(door, operations).router())
        app.include_router(api_page.router(app, settings.base_url))
        app.include_router(Api(operations, app.state.pace, settings.question_length).router())
        app.include_router(BriefingsApi(operations, app.state.pace, settings.question_length).router())
        answer_invalid(app)
    if holdings is not None:
        app.include_router(LibraryPages(holdings, door).router())
    book = _diary(door, database)
    if book is not None:
        app.include_router(HistoryPages(book, operations).router())
    if evaluations is not None:
        app.include_router(EvaluationPages(evaluations, operations, book, door).router())
    gr.mount_gradio_app(
        app,
        chat.build(
            operations,
            local=door is None,
            diary=book,
            pace=app.state.pace,
            waiting=settings.questions_waiting if settings else chat.WAITING,
        ),
        path="/",
        theme=_theme(),
        **MOUNTED,
    )
    return app


def _add_pages(app: FastAPI, operations: Operations, shelves: Shelves, accounts: bool) -> None:
    @app.get("/healthz")
    def health() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @app.get("/readyz")
    def ready() -> PlainTextResponse:
        return PlainTextResponse("ok") if operations.ready() else PlainTextResponse("", 503)

    @app.get("/documents/{id:path}")
    def document(id: str, request: Request, start: int = 0, end: int = 0, page: int = 0) -> HTMLResponse:
        chosen = words(pages.chosen_language(request.cookies.get("language")))
        look = request.cookies.get("theme", "")
        shelf = shelves.of(person(request.scope, accounts).reader)
        try:
            text = shelf.text(id)
        except AssistantError:
            return HTMLResponse(pages.missing(chosen, look), 404)
        return HTMLResponse(pages.document(shelf.source(id), text, start, end, chosen, look, page))


def _diary(door: Door | None, database: Database | None) -> Diary | None:
    if door is not None:
        parts = door.opened.parts
        return diary(parts.database, parts.clock, accounts=True)
    return diary(database, time.time, accounts=False) if database is not None else None


def _public_host(door: Door | None) -> list[str]:
    """The public address's own name, and those that the settings trust."""
    settings = door.opened.parts.settings if door else None
    host = urlsplit(settings.base_url).hostname if settings else None
    return [*([host] if host else []), *(settings.trusted_hosts if settings else ())]


def _theme() -> gr.themes.Base:
    base = gr.themes.Base(font=list(theme.FONTS), font_mono=list(theme.MONO))
    return base.set(**theme.variables())
