"""The HTTP interface for scripts: ask, search and look at documents in JSON, with a person's token and rights.

A token stands in `Authorization: Bearer ...` and nowhere else: a browser's cookie opens the description of the
interface, never a question, so no other site's page can ask in somebody's name. Every refusal is JSON with a stable
code. Failures of our own are not explained to the outside: they bear the number under which the log tells them.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from assistant.accounts.account import Account
from assistant.filters import Filters
from assistant.reader import Reader
from corpus.errors import AssistantError
from ui.i18n import words
from ui.logs import tell_answer
from ui.pace import Pace, TooMany
from ui.pages import chosen_language
from ui.people import reader_of

if TYPE_CHECKING:
    from assistant.operations import Operations
    from index.records import DocumentRecord

RECORD: Final = ("id", "title", "framework", "language", "date", "source", "sha256", "pages", "chunks", "added_at")
MOST_TURNS: Final = 30
_log = logging.getLogger(__name__)


class Asked(BaseModel):
    """A question, the earlier ones of the same conversation, and which documents it is put to."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1)
    history: list[str] = Field(default=[], max_length=MOST_TURNS)
    language: str = Field(default="", pattern="^(fr|ar|en)?$")
    id: str = Field(default="", max_length=200)
    frameworks: list[str] = Field(default=[], max_length=50)
    documents: list[str] = Field(default=[], max_length=50)
    languages: list[str] = Field(default=[], max_length=3)
    since: str = Field(default="", pattern=r"^(\d{4}(-\d\d(-\d\d)?)?)?$")
    until: str = Field(default="", pattern=r"^(\d{4}(-\d\d(-\d\d)?)?)?$")

    def filters(self) -> Filters:
        """Which documents it is put to."""
        return Filters(tuple(self.frameworks), tuple(self.documents), tuple(self.languages), self.since, self.until)


class Api:
    """The routes below `/api`; who asks was found by the guard, from the token."""

    def __init__(self, operations: Operations, pace: Pace, longest: int) -> None:
        self._operations, self._pace, self._longest = operations, pace, longest

    def router(self) -> APIRouter:
        """Every route for scripts."""
        router = APIRouter(prefix="/api")
        router.add_api_route("/ask", self.ask, methods=["POST"], response_model=None)
        router.add_api_route("/search", self.search, methods=["GET"], response_model=None)
        router.add_api_route("/documents", self.documents, methods=["GET"], response_model=None)
        router.add_api_route("/documents/{id:path}", self.document, methods=["GET"], response_model=None)
        return router

    def ask(self, request: Request, asked: Asked) -> Response:
        """Answer a question: the JSON of `cooperation ask --json`."""
        if any(len(text) > self._longest for text in (asked.question, *asked.history)):
            return error(request, 413, "too-long", limit=self._longest)
        if not asked.question.strip():
            return error(request, 422, "invalid", where="question")
        filters = asked.filters()
        who = _reader(request)

        def answer() -> Any:
            of = asked.question, asked.history, asked.language, asked.id
            began = time.monotonic()
            told = self._operations.ask(*of, filters, reader=who)
            tell_answer(asked.question, told, time.monotonic() - began)
            return told.to_json()

        return self._paced(request, answer)

    def search(
        self,
        request: Request,
        q: str = Query(min_length=1),
        top_k: int = Query(10, ge=1, le=50),
        framework: Sequence[str] = Query((), max_length=50),
        document: Sequence[str] = Query((), max_length=50),
        language: Sequence[str] = Query((), max_length=3),
    ) -> Response:
        """The best passages for a question: the JSON of `cooperation search --json`."""
        if len(q) > self._longest:
            return error(request, 413, "too-long", limit=self._longest)
        filters = Filters(tuple(framework), tuple(document), tuple(language))
        who = _reader(request)
        return self._paced(
            request, lambda: [match.to_json() for match in self._operations.search(q, top_k, filters, who)]
        )

    def documents(self, request: Request) -> Response:
        """Every document that the person may read."""
        who = _reader(request)
        return self._answered(request, lambda: {"documents": [_told(one) for one in self._operations.documents(who)]})

    def document(self, request: Request, id: str) -> Response:
        """One document, with its text, in which all offsets of answers count."""
        who = _reader(request)

        def told() -> dict[str, Any] | Response:
            found = next((record for record in self._operations.documents(who) if record.id == id), None)
            if found is None:
                return error(request, 404, "no-document")
            return {**_told(found), "text": self._operations.text(id, who)}

        return self._answered(request, told)

    def _paced(self, request: Request, answer: Callable[[], Any]) -> Response:
        try:
            with self._pace.asking(account_of(request).id):
                return self._answered(request, answer)
        except TooMany as wait:
            refusal = error(request, 429, wait.code, seconds=wait.seconds)
            refusal.headers["Retry-After"] = str(wait.seconds)
            return refusal

    def _answered(self, request: Request, answer: Callable[[], Any]) -> Response:
        """What `answer` gives, as JSON unless it is a response already; whatever goes wrong is a refusal in words."""
        try:
            told = answer()
            return told if isinstance(told, Response) else JSONResponse(told)
        except AssistantError as refused:
            return JSONResponse({"error": {"code": "refused", "message": str(refused)}}, 422)
        except Exception:
            reference = secrets.token_hex(4)
            _log.exception("request %s failed", reference)
            return error(request, 500, "unexpected", reference=reference)


def account_of(request: Request) -> Account:
    """Whose token it is."""
    account: Account = request.scope["account"]
    return account


def _reader(request: Request) -> Reader:
    return reader_of(account_of(request))


def error(request: Request, status: int, code: str, said: str = "", **values: object) -> JSONResponse:
    """A refusal in the account's language; the code is the same in all, and its words are those of `said` if given."""
    account = request.scope.get("account")
    language = account.language if isinstance(account, Account) else request.cookies.get("language")
    return refusal(status, code, chosen_language(language), said, **values)


def refusal(status: int, code: str, language: str, said: str = "", **values: object) -> JSONResponse:
    """The body of every refusal: `{"error": {"code", "message", ...}}`."""
    message = words(language).fill(f"api.{said or code}", **values)
    return JSONResponse({"error": {"code": code, "message": message, **values}}, status)


def answer_invalid(app: FastAPI) -> None:
    """Have what FastAPI refuses by itself said in the shape of every other refusal, without repeating what was sent."""

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, wrong: RequestValidationError) -> Response:
        found = wrong.errors()
        if any(one["type"] == "json_invalid" for one in found):
            return _unread(request, "not-json")
        if any(one["loc"] == ("body",) for one in found):
            return _unread(request, "no-object")
        where = ", ".join(sorted({".".join(str(part) for part in one["loc"][1:]) for one in found}))
        return error(request, 422, "invalid", where=where[:200])

    @app.exception_handler(HTTPException)
    async def stopped(request: Request, wrong: HTTPException) -> Response:
        """FastAPI's 400 is for a body whose bytes are no text, or whose parts lie too deep in one another."""
        if wrong.status_code == HTTPStatus.BAD_REQUEST and request.scope["path"].startswith("/api/"):
            return _unread(request, "not-json")
        return await http_exception_handler(request, wrong)


def _unread(request: Request, why: str) -> JSONResponse:
    """The refusal of a body that is not what the interface reads; `why` names the words that say so."""
    return error(request, 422, "invalid", said=why, where="body")


def nowhere(methods: Sequence[str], language: str) -> JSONResponse:
    """Said where no route of the interface answers; `methods` are those by which one would at the same address."""
    if methods:
        return refusal(404, "method", language, methods=", ".join(methods))
    return refusal(404, "no-route", language)


def _told(record: DocumentRecord) -> dict[str, Any]:
    """Where a file lies on this machine is nobody's business but the operator's."""
    told = {name: getattr(record, name) for name in RECORD}
    return told if record.origin == "shipped" else told | {"source": ""}
