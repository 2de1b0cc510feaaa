"""The routes of pages as pictures: a page of ours without a script, its middle alone for the panel, and the picture.

A document that the reader may not read, one that is no PDF and a page that is not there are the same: not found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from corpus.errors import AssistantError
from corpus.page_picture import NoPicture
from ui import pages
from ui.facsimiles import Brought, Facsimiles
from ui.i18n import words
from ui.leaf import Place, leaf
from ui.people import person
from ui.sources import Shelves

if TYPE_CHECKING:
    from assistant.operations import Operations

LONGEST_QUOTE: Final = 8_000
"""Characters that are looked for on a page."""
Number = Annotated[int, Query(ge=0, le=10**9)]


class FacsimilePages:
    """Pages of the documents that whoever asks may read."""

    def __init__(
        self, operations: Operations, shelves: Shelves, accounts: bool, brought: Brought | None = None
    ) -> None:
        self._shelves, self._accounts = shelves, accounts
        self._facsimiles = Facsimiles(operations, brought=brought)

    def router(self) -> APIRouter:
        """The two routes."""
        router = APIRouter()
        router.add_api_route("/pages/{number:int}/{id:path}", self.page, methods=["GET"])
        router.add_api_route("/pictures/{number:int}/{id:path}", self.picture, methods=["GET"])
        return router

    def page(
        self,
        number: int,
        id: str,
        request: Request,
        start: Number = 0,
        end: Number = 0,
        cited: Number = 0,
        zoom: Number = 0,
        within: Number = 0,
        part: bool = False,
    ) -> Response:
        """A page with a quote marked; of `part` only what the panel shows."""
        chosen = words(pages.chosen_language(request.cookies.get("language")))
        look = request.cookies.get("theme", "")
        reader = person(request.scope, self._accounts).reader
        shelf = self._shelves.of(reader)
        place = Place(id, number, (start, end), cited, zoom, within)
        try:
            quoted = shelf.text(id)[start : min(end, start + LONGEST_QUOTE)]
            found = self._facsimiles.page(id, number, quoted, reader)
        except (AssistantError, NoPicture):
            return PlainTextResponse("", 404) if part else HTMLResponse(pages.missing(chosen, look), 404)
        source = shelf.source(id)
        shown = leaf(place, found, quoted, chosen, source.title or chosen["passages.untitled"])
        if part:
            return HTMLResponse(shown)
        return HTMLResponse(pages.facsimile(source, shown, place, chosen, look))

    def picture(self, number: int, id: str, request: Request) -> Response:
        """The picture of a page."""
        try:
            held = self._facsimiles.picture(id, number, person(request.scope, self._accounts).reader)
        except (AssistantError, NoPicture):
            return PlainTextResponse("", 404)
        return Response(held, media_type="image/webp")
