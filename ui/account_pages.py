"""The account pages: log in and out, sign up, confirm, choose a password by a link, the first administrator, one's own.

Each answer is the same whether an account exists or not: what tells them apart is mailed. The functions block, so
FastAPI runs them in its thread pool. Who asks was found by the guard, which also checked each form's token.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi import Form as Posted
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.accounts.account import State
from assistant.accounts.accounts import Outcome
from assistant.accounts.errors import AccountError
from assistant.accounts.sessions import Session, Visit
from ui import forms
from ui.i18n import LANGUAGES, Words, words
from ui.pages import chosen_language
from ui.sheets import LINKED, Form, Sheet, explain, mistaken, show
from ui.token_pages import made
from ui.visits import Door, new_secret

LOGIN: Final = "/account/login"
Text = Annotated[str, Posted()]


class AccountPages:
    """The pages and what their forms do."""

    def __init__(self, door: Door) -> None:
        self._door, self._opened = door, door.opened

    def router(self) -> APIRouter:
        """Every route about accounts."""
        router = APIRouter()
        pages = {"login": self.see_login, "sign-up": self.see_sign_up, "forgotten": self.see_forgotten}
        links = {"confirm": self.see_confirm, "reset": self.see_reset, "setup": self.see_setup}
        links |= {"address": self.see_address}
        actions = {
            "login": self.log_in,
            "logout": self.log_out,
            "sign-up": self.sign_up,
            "forgotten": self.forgotten,
            "confirm": self.confirm,
            "reset": self.reset,
            "setup": self.set_up,
            "address": self.confirm_address,
            "language": self.speak,
            "password": self.change_password,
            "email": self.change_email,
            "sessions": self.end_sessions,
            "delete": self.delete,
            "tokens": self.make_token,
            "tokens/revoke": self.revoke_token,
        }
        router.add_api_route("/account", self.see_own, methods=["GET"], response_model=None)
        for name, page in (pages | links).items():
            router.add_api_route(f"/account/{name}", page, methods=["GET"], response_model=None)
        for name, action in actions.items():
            router.add_api_route(f"/account/{name}", action, methods=["POST"], response_model=None)
        return router

    # ---- in and out ----------------------------------------------------------------------------------------------

    def see_login(self, request: Request) -> Response:
        """The form to log in."""
        return self._show(request, forms.login(_words(request), self._opened.sign_ups.open))

    def log_in(self, request: Request, name: Text = "", password: Text = "") -> Response:
        """Open a session, or say that name and password do not go together."""
        chosen, agent = _words(request), request.headers.get("user-agent", "")
        login = self._opened.accounts.log_in(name, password, _ip(request), agent)
        if login.outcome is Outcome.IN and login.account:
            if before := request.cookies.get(self._door.session_cookie, ""):
                self._opened.accounts.log_out(before, _ip(request))
            response = RedirectResponse("/", 303)
            self._door.keep(response, self._door.session_cookie, login.secret)
            self._door.keep(response, self._door.form_cookie, "")
            response.set_cookie("language", login.account.language, path="/", samesite="lax")
            return response
        sheet = forms.login(chosen, self._opened.sign_ups.open)
        said = explain(f"login-{login.outcome}", {}, chosen)
        return self._show(request, replace(sheet, forms=(replace(sheet.forms[0], mistake=said),)), 403)

    def log_out(self, request: Request) -> Response:
        """End the session."""
        self._opened.accounts.log_out(request.cookies.get(self._door.session_cookie, ""), _ip(request))
        return self._gone()

    # ---- sign up -------------------------------------------------------------------------------------------------

    def see_sign_up(self, request: Request) -> Response:
        """The form to ask for an account."""
        return self._show(request, forms.sign_up(_words(request), self._least, self._opened.sign_ups.open))

    def sign_up(self, request: Request, identifier: Text = "", email: Text = "", password: Text = "") -> Response:
        """Ask for an account; the answer says nothing of who has one."""
        chosen = _words(request)
        try:
            self._opened.sign_ups.ask(identifier, email, password, chosen.language, _ip(request))
        except AccountError as error:
            sheet = forms.sign_up(chosen, self._least, self._opened.sign_ups.open, identifier, email)
            return self._mistaken(request, sheet, error)
        return self._show(request, forms.note("sign_up_asked", chosen))

    def see_confirm(self, request: Request, token: str = "") -> Response:
        """The page of a mailed link: the password chosen when asking."""
        if not self._opened.sign_ups.works(token):
            return self._show(request, forms.dead_link("/account/sign-up", _words(request)), 404)
        return self._show(request, forms.confirm(token, _words(request)))

    def confirm(self, request: Request, token: Text = "", password: Text = "") -> Response:
        """Make the account: open, or waiting for approval."""
        chosen = _words(request)
        try:
            account = self._opened.sign_ups.confirm(token, password, _ip(request))
        except AccountError as error:
            return self._mistaken(request, forms.confirm(token, chosen), error)
        return self._show(request, forms.note("waiting" if account.state is State.PENDING else "ready", chosen))

    # ---- a forgotten password ------------------------------------------------------------------------------------

    def see_forgotten(self, request: Request) -> Response:
        """The form to have a link sent."""
        return self._show(request, forms.forgotten(_words(request)))

    def forgotten(self, request: Request, name: Text = "") -> Response:
        """Have a link sent; the same answer for everybody."""
        self._opened.accounts.ask_reset(name, _ip(request))
        minutes = self._opened.parts.settings.reset_minutes
        return self._show(request, forms.note("reset_asked", _words(request), minutes=minutes))

    def see_reset(self, request: Request, token: str = "") -> Response:
        """The page of a mailed link: a new password. Looking does not use the link."""
        if not self._opened.accounts.reset_works(token):
            return self._show(request, forms.dead_link("/account/forgotten", _words(request)), 404)
        return self._show(request, forms.reset(token, _words(request), self._least))

    def reset(self, request: Request, token: Text = "", password: Text = "") -> Response:
        """Choose the password; every session ends and none opens."""
        chosen = _words(request)
        try:
            self._opened.accounts.reset(token, password, _ip(request))
        except AccountError as error:
            return self._mistaken(request, forms.reset(token, chosen, self._least), error)
        return self._show(request, forms.note("reset_done", chosen))

    # ---- the first administrator ---------------------------------------------------------------------------------

    def see_setup(self, request: Request, token: str = "") -> Response:
        """The page of the link that the server prints when there is no administrator."""
        if not self._opened.administration.setup_works(token):
            return self._show(request, forms.dead_link(LOGIN, _words(request)), 404)
        return self._show(request, forms.setup(token, _words(request), self._least_administrator))

    def set_up(
        self, request: Request, token: Text = "", identifier: Text = "", email: Text = "", password: Text = ""
    ) -> Response:
        """Make the first administrator."""
        chosen = _words(request)
        try:
            language = chosen.language
            self._opened.administration.create_first(token, identifier, email, password, language, _ip(request))
        except AccountError as error:
            sheet = forms.setup(token, chosen, self._least_administrator, identifier, email)
            return self._mistaken(request, sheet, error)
        return self._show(request, forms.note("ready", chosen))

    # ---- one's own account ---------------------------------------------------------------------------------------

    def see_own(self, request: Request) -> Response:
        """One's account: password, sessions, leaving."""
        return self._show(request, self._own(request))

    def change_password(self, request: Request, current: Text = "", password: Text = "") -> Response:
        """Change it; the session that goes on is a new one."""
        visit, agent = _visit(request), request.headers.get("user-agent", "")
        try:
            secret = self._opened.accounts.change_password(visit.account, current, password, _ip(request), agent)
        except AccountError as error:
            return self._mistaken(request, self._own(request), error, "/account/password")
        response = RedirectResponse("/account", 303)
        self._door.keep(response, self._door.session_cookie, secret)
        return response

    def change_email(self, request: Request, email: Text = "", current: Text = "") -> Response:
        """Ask for another address; the answer says nothing of who has it."""
        chosen = _words(request)
        try:
            self._opened.addresses.ask(_visit(request).account, email, current, _ip(request))
        except AccountError as error:
            return self._mistaken(request, self._own(request, email), error, "/account/email")
        return self._show(request, forms.note("address_asked", chosen, to=forms.TO_OWN))

    def see_address(self, request: Request, token: str = "") -> Response:
        """The page of the link that was mailed to a new address: the password. Looking does not use the link."""
        if not self._opened.addresses.works(token):
            return self._show(request, forms.dead_link("/account", _words(request)), 404)
        return self._show(request, forms.address(token, _words(request)))

    def confirm_address(self, request: Request, token: Text = "", password: Text = "") -> Response:
        """Make it the account's."""
        chosen = _words(request)
        try:
            account = self._opened.addresses.confirm(token, password, _ip(request))
        except AccountError as error:
            return self._mistaken(request, forms.address(token, chosen), error)
        return self._show(request, forms.note("address_changed", chosen, to=forms.TO_OWN, email=account.email))

    def end_sessions(self, request: Request, session: Text = "") -> Response:
        """End one session of one's own, or all."""
        visit = _visit(request)
        self._opened.accounts.end_session(visit.account, session, _ip(request))
        return self._gone() if session in ("", visit.session) else RedirectResponse("/account", 303)

    def delete(self, request: Request, current: Text = "") -> Response:
        """Delete one's account, the password given again."""
        try:
            self._opened.accounts.delete_own(_visit(request).account, current, _ip(request))
        except AccountError as error:
            return self._mistaken(request, self._own(request), error, "/account/delete")
        return self._gone()

    def make_token(self, request: Request, name: Text = "") -> Response:
        """Make a token for scripts and show it, this once."""
        try:
            secret = self._opened.parts.api_tokens.make(_visit(request).account, name, _ip(request))
        except AccountError as error:
            return self._mistaken(request, self._own(request), error, "/account/tokens")
        return self._show(request, made(secret, _words(request)))

    def revoke_token(self, request: Request, token: Text = "") -> Response:
        """Revoke one of one's own tokens."""
        self._opened.parts.api_tokens.revoke(_visit(request).account, token, _ip(request))
        return RedirectResponse("/account", 303)

    def speak(self, request: Request, language: Text = "", back: Text = "", token: Text = "") -> Response:
        """Choose the language: for the account when somebody is signed in, and for this browser."""
        language = language if language in LANGUAGES else chosen_language(None)
        visit = request.scope.get("visit")
        if isinstance(visit, Visit):
            self._opened.accounts.set_language(visit.account, language)
        again = f"{back}?{urlencode({'token': token})}" if back in LINKED and token else back
        response = RedirectResponse(again if back in (*forms.PLAIN_PAGES, *LINKED) else LOGIN, 303)
        response.set_cookie("language", language, path="/", samesite="lax")
        return response

    # ---- inside --------------------------------------------------------------------------------------------------

    @property
    def _least(self) -> int:
        return self._opened.parts.settings.password_min

    @property
    def _least_administrator(self) -> int:
        return self._opened.parts.settings.password_min_admin

    def _own(self, request: Request, email: str = "") -> Sheet:
        visit = _visit(request)
        sessions: list[Session] = self._opened.parts.sessions.of(visit.account.id, visit.session)
        tokens = self._opened.parts.api_tokens.of(visit.account.id)
        waiting = self._opened.addresses.waiting(visit.account)
        return forms.own(visit.account, sessions, _words(request), self._least, tokens, (email, waiting))

    def _gone(self) -> Response:
        response = RedirectResponse(LOGIN, 303)
        self._door.keep(response, self._door.session_cookie, "")
        return response

    def _mistaken(self, request: Request, sheet: Sheet, error: AccountError, action: str = "") -> Response:
        def mark(form: Form) -> Form:
            return mistaken(form, error, _words(request)) if action in ("", form.action) else form

        return self._show(request, replace(sheet, forms=tuple(map(mark, sheet.forms))), 422)

    def _show(self, request: Request, sheet: Sheet, status: int = 200) -> Response:
        door = self._door
        secret = request.cookies.get(door.session_cookie if request.scope.get("visit") else door.form_cookie, "")
        fresh = "" if secret else new_secret()
        page = show(sheet, door.form_token(secret or fresh), _words(request), request.cookies.get("theme", ""))
        response = HTMLResponse(page, status)
        if fresh:
            door.keep(response, door.form_cookie, fresh)
        return response


def _visit(request: Request) -> Visit:
    visit: Visit = request.scope["visit"]
    return visit


def _ip(request: Request) -> str:
    return request.client.host if request.client else ""


def _words(request: Request) -> Words:
    return words(chosen_language(request.cookies.get("language")))
