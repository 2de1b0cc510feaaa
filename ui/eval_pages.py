"""The evaluators' routes: sets, candidates, runs, comparisons, reports. The guard asks for the right; each asks again.

A candidate that touches a document its evaluator may not read is not theirs to decide: it is counted and not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Form as Posted
from pydantic import BaseModel, Field
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from assistant.accounts.account import Right
from assistant.conversations.opinions import Candidate, UnknownCandidate
from assistant.conversations.withheld import as_readable
from assistant.errors import AssistantError
from assistant.evaluations import CaseForm, EvaluationBusy, Evaluations, UnknownEvaluation
from assistant.reader import hidden
from ui import evaluations as shown
from ui import pages
from ui.bar import bar
from ui.diary import Diary
from ui.frame import language
from ui.frame import shown as answer
from ui.i18n import Words
from ui.people import Person, allowed_person
from ui.visits import Door

if TYPE_CHECKING:
    from assistant.operations import Operations

Text = Annotated[str, Posted()]
LONGEST = 10_000
"""Characters of one field of a case."""


class UnfinishedCase(AssistantError):
    """A case cannot be kept as it is; the message, in the page's language, says what to complete."""


class CaseFields(BaseModel):
    """What the form of a case sends: its fields, the set, and whether to accept or drop it."""

    action: str = Field("", max_length=10)
    set: str = Field("", max_length=100)
    new_set: str = Field("", max_length=100)
    question: str = Field("", max_length=LONGEST)
    language: str = Field("", max_length=8)
    history: str = Field("", max_length=LONGEST)
    expect: str = Field("", max_length=LONGEST)
    forbid: str = Field("", max_length=LONGEST)
    refuse: str = Field("", max_length=20)
    document: str = Field("", max_length=200)
    page: str = Field("", max_length=10)
    quote: str = Field("", max_length=LONGEST)
    tags: str = Field("", max_length=500)
    note: str = Field("", max_length=LONGEST)

    def case(self) -> CaseForm:
        """The fields that are the case's."""
        return CaseForm(**self.model_dump(exclude={"action", "set", "new_set"}))


@dataclass(frozen=True, slots=True)
class EvaluationPages:
    """The routes below `/evaluations`; without a diary there are no candidates, without a door no accounts."""

    evaluations: Evaluations
    operations: Operations
    diary: Diary | None
    door: Door | None

    def router(self) -> APIRouter:
        """All of them."""
        routes = APIRouter(prefix=shown.ROOT)
        looks: dict[str, Callable[..., Any]] = {
            "": self.listed,
            "/progress": self.progress,
            "/compare": self.compare,
            "/sets/{name}": self.set,
            "/candidates/{id}": self.candidate,
            "/runs/{id}/report": self.report,
        }
        acts: dict[str, Callable[..., Any]] = {
            "/run": self.run,
            "/stop": self.stop,
            "/candidates/{id}": self.decide,
            "/sets/{name}/drop": self.drop,
        }
        for path, look in looks.items():
            routes.add_api_route(path, look, methods=["GET"], response_model=None)
        for path, act in acts.items():
            routes.add_api_route(path, act, methods=["POST"], response_model=None)
        return routes

    # ---- looking -------------------------------------------------------------------------------------------------

    def listed(self, request: Request) -> Response:
        """The sets, and the candidates to decide."""
        return self._listed(request)

    def progress(self, request: Request) -> Response:
        """Where the run is, for the page's script."""
        self._who(request)
        return JSONResponse(shown.told(self.evaluations.progress(), self._look(request).words))

    def set(self, request: Request, name: str) -> Response:
        """A set with its runs, its history, its cases."""
        look, reader = self._look(request), self._who(request).reader

        def page() -> str:
            found = self.evaluations.open_set(name, reader)
            curve = self.evaluations.curve(name, look.words.language)
            return shown.opened(found, curve, self.evaluations.progress(), look)

        return self._page(request, page)

    def candidate(self, request: Request, id: str) -> Response:
        """A candidate as a case to complete."""
        look, who = self._look(request), self._who(request)
        found = next((one for one in self._candidates(who) if one.id == id), None)
        if found is None:
            return self._missing(request)
        return answer(request, self._form(shown.form_of(found, look.words), id, who, look))

    def compare(self, request: Request, run: str = "", baseline: str = "") -> Response:
        """Two runs of a set."""
        look, reader = self._look(request), self._who(request).reader
        language = look.words.language
        return self._page(
            request, lambda: shown.comparison(self.evaluations.compare(run, baseline, language, reader), look)
        )

    def report(self, request: Request, id: str, baseline: str = "") -> Response:
        """The report of a run: a page of its own, whose script bears this answer's nonce."""
        reader, nonce = self._who(request).reader, request.scope.get("nonce", "")

        def page() -> str:
            made = self.evaluations.report(id, baseline, reader)
            return made.replace("<script", f'<script nonce="{nonce}"')  # its data hold no such sign: "<" is escaped

        return self._page(request, page)

    # ---- doing ---------------------------------------------------------------------------------------------------

    def run(self, request: Request, set: Text = "") -> Response:
        """Play a set in the background."""
        who = self._who(request)
        try:
            self.evaluations.start(set, who.reader)
        except EvaluationBusy:
            return self._listed(request, self._look(request).words["evaluations.busy"], 409)
        except UnknownEvaluation:
            return self._missing(request)
        except AssistantError as error:
            return self._listed(request, str(error), 422)
        self._note(who, "evaluation-started", set)
        return RedirectResponse(shown.address(set), 303)

    def stop(self, request: Request) -> Response:
        """End the run after its present question."""
        who, progress = self._who(request), self.evaluations.progress()
        self.evaluations.stop()
        if progress and progress.running:
            self._note(who, "evaluation-stopped", progress.set)
        return RedirectResponse(shown.ROOT, 303)

    def decide(
        self,
        request: Request,
        id: str,
        form: Annotated[CaseFields, Posted()],
    ) -> Response:
        """Accept a candidate into a set, as it was completed, or drop it."""
        who, look = self._who(request), self._look(request)
        if self.diary is None or all(one.id != id for one in self._candidates(who)):
            return self._missing(request)
        try:
            if form.action == "drop":
                self.diary.opinions.decide(id, "dropped")
                self._note(who, "case-dropped", id)
                return RedirectResponse(shown.ROOT, 303)
            return RedirectResponse(shown.address(self._accept(who, id, form, look.words)), 303)
        except UnknownCandidate:
            return self._missing(request)
        except AssistantError as error:
            why = str(error)
        chosen = (form.set, form.new_set)
        return HTMLResponse(self._form(form.case(), id, who, look, chosen, why), 422)

    def drop(self, request: Request, name: str, case: Text = "") -> Response:
        """Take a case out of a set made here."""
        who = self._who(request)
        try:
            self.evaluations.drop_case(name, case, who.reader)
            self._note(who, "case-removed", f"{name} {case}")
            left = any(one.name == name for one in self.evaluations.sets())
        except AssistantError:
            return self._missing(request)
        return RedirectResponse(shown.address(name) if left else shown.ROOT, 303)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _accept(self, who: Person, id: str, form: CaseFields, said: Words) -> str:
        """Take the candidate off the list, then write the case; it is put back where that fails."""
        assert self.diary is not None
        case, name = form.case(), form.new_set.strip() or form.set
        if not case.question.strip():
            raise UnfinishedCase(said["evaluations.no_question"])
        if not name:
            raise UnfinishedCase(said["evaluations.no_set"])
        if not (case.refuse or case.expect.strip() or case.forbid.strip()):
            raise UnfinishedCase(said["evaluations.nothing_expected"])
        self.diary.opinions.decide(id, "accepted")
        try:
            kept = self.evaluations.accept(case, name)
        except AssistantError as error:
            self.diary.opinions.reopen(id)
            raise UnfinishedCase(said.fill("evaluations.not_kept", why=str(error))) from error
        except BaseException:
            self.diary.opinions.reopen(id)
            raise
        self._note(who, "case-accepted", kept)
        return kept

    def _candidates(self, who: Person) -> list[Candidate]:
        """Those whose document the person may read."""
        closed = self._closed(who)
        return [one for one in (self.diary.opinions.waiting() if self.diary else ()) if one.document not in closed]

    def _closed(self, who: Person) -> Collection[str]:
        return hidden(who.reader, self.operations.readers()) if who.reader is not None else frozenset()

    def _answered(self, id: str, who: Person, said: Words) -> str:
        """What the assistant had answered, as the person may read it; empty once that is deleted."""
        found = self.diary.opinions.answer(id) if self.diary else None
        if found is None:
            return ""
        readable = as_readable(found, self._closed(who))
        return readable.text or readable.reason_text or said["evaluations.refused"]

    def _form(
        self,
        case: CaseForm,
        id: str,
        who: Person,
        look: shown.Look,
        chosen: tuple[str, str] = ("", ""),
        mistake: str = "",
    ) -> str:
        titles = [(one.id, one.title or one.id) for one in self.operations.documents(who.reader)]
        answered = self._answered(id, who, look.words)
        return shown.candidate(case, id, self.evaluations.sets(), titles, look, answered, chosen, mistake)

    def _listed(self, request: Request, mistake: str = "", status: int = 200) -> Response:
        who = self._who(request)
        waiting = self._candidates(who)
        unseen = (len(self.diary.opinions.waiting()) if self.diary else 0) - len(waiting)
        progress, look = self.evaluations.progress(), self._look(request)
        page = shown.listing(self.evaluations.sets(), waiting, progress, look, withheld=unseen, mistake=mistake)
        return answer(request, page, status)

    def _page(self, request: Request, make: Callable[[], str]) -> Response:
        try:
            return answer(request, make())
        except UnknownEvaluation:
            return self._missing(request)
        except AssistantError as error:
            return self._listed(request, str(error), 422)

    def _missing(self, request: Request) -> Response:
        look = self._look(request)
        return HTMLResponse(pages.refused("404", look.words, look.theme), 404)

    def _who(self, request: Request) -> Person:
        return allowed_person(request.scope, self.door is not None, Right.EVALUATE)

    def _note(self, who: Person, action: str, about: str) -> None:
        if self.diary is not None:
            self.diary.note(who, action, about[:300])

    def _look(self, request: Request) -> shown.Look:
        cookies, door = request.cookies, self.door
        token = door.form_token(cookies.get(door.session_cookie, "")) if door else ""
        again = "" if request.method == "GET" or "/candidates/" in request.scope["path"] else shown.ROOT
        above = bar(request, door is not None, again)
        return shown.Look(language(request), cookies.get("theme", ""), token, above)
