"""The routes of a person's own conversations: list, names, deletion, exports, opinions, candidates.

Whose they are comes from the session alone. Changes come as JSON, which no form of another site can send without the
browser asking us first; a conversation of somebody else is as unknown as one that never was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, Field

from assistant.accounts.account import Right
from assistant.conversations.conversations import shown_now
from assistant.conversations.errors import UnknownConversation
from assistant.conversations.papers import paper
from assistant.exports.markdown import markdown
from assistant.exports.paper import Paper
from assistant.exports.pdf import pdf
from assistant.exports.word import word
from ui import pages, panel
from ui.diary import Diary
from ui.i18n import Words, words
from ui.people import Person, allowed_person
from ui.sources import Shelf, framework_name

if TYPE_CHECKING:
    from assistant.operations import Operations

FORMATS: Final[dict[str, tuple[Callable[[Paper], bytes], str]]] = {
    "md": (markdown, "text/markdown; charset=utf-8"),
    "docx": (word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (pdf, "application/pdf"),
}
ID: Final = 32
"""Characters of a conversation's id, at most."""


class Title(BaseModel):
    """A conversation's new name."""

    title: str = Field(max_length=1000)


class Opinion(BaseModel):
    """What a reader thinks of an answer; `good` is `None` when it is taken back."""

    good: bool | None
    reason: str = Field("", max_length=40)
    comment: str = Field("", max_length=4000)


@dataclass(frozen=True, slots=True)
class HistoryPages:
    """The routes over a diary; the assistant knows what may still be read of it."""

    diary: Diary
    operations: Operations

    def router(self) -> APIRouter:
        """All of them; each asks who it is, and answers 404 for what is not theirs."""
        routes = APIRouter(prefix="/conversations")
        routes.add_api_route("", self.listed, methods=["GET"])
        routes.add_api_route("/panel", self.panel, methods=["GET"])
        routes.add_api_route("/{id}/rename", self.rename, methods=["POST"])
        routes.add_api_route("/{id}/delete", self.delete, methods=["POST"])
        routes.add_api_route("/{id}/restore", self.restore, methods=["POST"])
        routes.add_api_route("/{id}/export/{kind}", self.export, methods=["GET"])
        routes.add_api_route("/{id}/turns/{number}/opinion", self.opinion, methods=["POST"])
        routes.add_api_route("/{id}/turns/{number}/candidate", self.candidate, methods=["POST"])
        return routes

    def listed(self, request: Request, q: str = "") -> HTMLResponse:
        """The person's conversations, those that hold the words of `q`."""
        who, chosen = self._who(request), _words(request)
        found = self.diary.conversations.listed(who.owner, q[:200], Shelf(self.operations, reader=who.reader).hidden())
        return HTMLResponse(panel.entries(found, self.diary.clock(), chosen, q))

    def panel(self, request: Request) -> HTMLResponse:
        """What stands around the list, in the person's language."""
        who = self._who(request)
        return HTMLResponse(panel.frame(_words(request), who.may(Right.EVALUATE)))

    def rename(self, id: str, body: Title, request: Request) -> Response:
        """Call one otherwise."""
        return self._done(lambda who: self.diary.conversations.rename(who.owner, id[:ID], body.title), request)

    def delete(self, id: str, request: Request, body: dict[str, Any]) -> Response:  # noqa: ARG002 - JSON alone
        """Put one out of sight."""
        return self._done(lambda who: self.diary.conversations.delete(who.owner, id[:ID]), request)

    def restore(self, id: str, request: Request, body: dict[str, Any]) -> Response:  # noqa: ARG002 - JSON alone
        """Undo a deletion."""
        return self._done(lambda who: self.diary.conversations.restore(who.owner, id[:ID]), request)

    def opinion(self, id: str, number: int, body: Opinion, request: Request) -> Response:
        """Keep what a reader thinks of one answer, or take it back."""
        voices = self.diary.opinions

        def give(who: Person) -> None:
            if body.good is None:
                voices.take_back(who.owner, id[:ID], number)
            else:
                voices.give(who.owner, id[:ID], number, body.good, body.reason, body.comment)

        return self._done(give, request)

    def candidate(self, id: str, number: int, request: Request, body: dict[str, Any]) -> Response:  # noqa: ARG002
        """Make a turn a candidate case, for evaluators."""
        return self._done(lambda who: self.diary.opinions.propose(who.owner, id[:ID], number), request, Right.EVALUATE)

    def export(self, id: str, kind: str, request: Request) -> Response:
        """One conversation as a file; the log says who took which."""
        who, chosen = self._who(request), _words(request)
        if kind not in FORMATS:
            raise HTTPException(404)
        try:
            title = self.diary.conversations.title(who.owner, id[:ID])
            kept = self.diary.conversations.open(who.owner, id[:ID])
        except UnknownConversation:
            raise HTTPException(404) from None
        shelf = Shelf(self.operations, reader=who.reader)
        closed, read = shelf.hidden(), shelf.reading(turn.answer for turn in kept)
        turns = [shown_now(turn, closed, read) for turn in kept]
        today = datetime.fromtimestamp(self.diary.clock()).date().isoformat()
        subtitle = chosen.fill("export.made", date=chosen.date(today))
        make, media = FORMATS[kind]
        named = {id: framework_name(id, chosen) for turn in turns for id in turn.answer.searched}
        made = make(paper(title, subtitle, turns, _said(chosen), chosen.language, named))
        self.diary.note(who, "export", f"conversation {id[:ID]}", kind)
        name = quote(f"{title[:60].strip(' .')}.{kind}", safe="")
        headers = {"Content-Disposition": f"attachment; filename=\"conversation.{kind}\"; filename*=UTF-8''{name}"}
        return Response(made, media_type=media, headers=headers)

    def _who(self, request: Request, right: Right = Right.ASK) -> Person:
        return allowed_person(request.scope, self.diary.accounts, right)

    def _done(self, act: Callable[[Person], None], request: Request, right: Right = Right.ASK) -> Response:
        try:
            act(self._who(request, right))
        except UnknownConversation as error:
            return JSONResponse({"error": str(error)}, 404)
        return Response(status_code=204)


def _words(request: Request) -> Words:
    return words(pages.chosen_language(request.cookies.get("language")))


def _said(chosen: Words) -> dict[str, str]:
    return {
        "sources": chosen["copy.sources"],
        "page": chosen["proof.page"],
        "understood": chosen["question.understood"],
        "searched": chosen["scope.searched"],
        "untitled": chosen["passages.untitled"],
        "replaced": chosen["since.replaced"],
        "removed": chosen["since.removed"],
        "past": chosen["since.answer"],
    }
