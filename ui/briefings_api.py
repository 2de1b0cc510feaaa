"""The briefings and the timeline for scripts: the JSON of the terminal, with the token, the limits and the refusals
of every other route below `/api`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from assistant.briefings.exports import to_json
from assistant.reader import Reader
from ui.api import Api, account_of, error
from ui.people import reader_of


class BriefingsApi(Api):
    """The routes; each tells of what the token's person may read."""

    def router(self) -> APIRouter:
        """All of them."""
        router = APIRouter(prefix="/api")
        router.add_api_route("/briefings", self.briefings, methods=["GET"], response_model=None)
        router.add_api_route("/briefings/{id}", self.briefing, methods=["GET"], response_model=None)
        router.add_api_route("/briefings/{id}/versions", self.versions, methods=["GET"], response_model=None)
        router.add_api_route("/timeline", self.timeline, methods=["GET"], response_model=None)
        return router

    def briefings(self, request: Request) -> Response:
        """Every framework with its names, documents and bodies: the JSON of `cooperation frameworks --json`."""
        reader = reader_of(account_of(request))
        return self._answered(request, lambda: {"frameworks": self._operations.frameworks_told(reader)})

    def briefing(
        self,
        request: Request,
        id: str,
        language: str = Query("fr", pattern="^(fr|ar|en)$"),
        summary: bool = Query(False),
    ) -> Response:
        """One briefing: the JSON of `cooperation brief --format json`; with `summary=1`, summed up by the model.

        Without it the model is not asked, and its words are there if they were asked for before.
        """
        reader = reader_of(account_of(request))

        def told() -> dict[str, Any] | Response:
            if not self._known(id, reader):
                return error(request, 404, "no-framework")
            if summary:
                return to_json(self._operations.summarised(id, language, reader), language)
            return to_json(self._operations.briefing(id, reader, language), language)

        return self._paced(request, told)

    def versions(self, request: Request, id: str) -> Response:
        """The versions of a briefing and what has changed since each: `cooperation brief --versions --format json`."""
        reader = reader_of(account_of(request))

        def told() -> dict[str, Any] | Response:
            if not self._known(id, reader):
                return error(request, 404, "no-framework")
            return {"versions": [each.to_json() for each in self._operations.versions(id, reader)]}

        return self._paced(request, told)

    def timeline(
        self,
        request: Request,
        framework: str = Query("", max_length=100),
        start: int | None = Query(None, alias="from", ge=1, le=9999),
        end: int | None = Query(None, alias="to", ge=1, le=9999),
    ) -> Response:
        """The dated events, oldest first, of a framework and of the years `from` to `to`."""
        reader = reader_of(account_of(request))
        first, last = date(start, 1, 1) if start else None, date(end, 12, 31) if end else None

        def told() -> dict[str, Any] | Response:
            if framework and not self._known(framework, reader):
                return error(request, 404, "no-framework")
            return {"events": [event.to_json() for event in self._operations.timeline(framework, first, last, reader)]}

        return self._paced(request, told)

    def _known(self, id: str, reader: Reader) -> bool:
        """Whether the list has this id, of a framework or of a body."""
        return any(
            id == entry["id"] for one in self._operations.frameworks_told(reader) for entry in (one, *one["bodies"])
        )
