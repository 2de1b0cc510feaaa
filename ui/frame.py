"""What the pages made of templates share: the templates, the language of whoever asks, how a page is shown and sent.

An address may ask for a language (`?lang=ar`): its page speaks it, and by a cookie so do the pages after it. Nothing
here depends on the person: which pages their rights open is told by `ui.bar`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.responses import HTMLResponse

from ui.i18n import LANGUAGES, Words, words
from ui.pages import ICON, chosen_language


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is shown: its words, the theme, the address that another language is asked of."""

    words: Words
    theme: str
    path: str
    query: Mapping[str, str]

    @classmethod
    def of(cls, request: Request, path: str = "", without: Collection[str] = ()) -> Look:
        """The look that a request asks for.

        `path` is the page's address where that is not the one asked for, as after a form; `without` names what of the
        query is said of this visit alone, and is no part of the page's address in another language.
        """
        left_out = {"lang", *without}
        query = {name: value for name, value in request.query_params.items() if name not in left_out}
        return cls(language(request), request.cookies.get("theme", ""), path or request.scope["path"], query)

    def turned(self, language: str) -> str:
        """This page's address in another language."""
        return f"{self.path}?{urlencode({**self.query, 'lang': language})}"


def language(request: Request) -> Words:
    """The words of the language that the address asks for, else of the one chosen before."""
    return words(chosen_language(request.query_params.get("lang") or request.cookies.get("language")))


def shown(request: Request, page: str, status: int = 200) -> HTMLResponse:
    """A page as an answer; a language that its address asked for is that of the pages after it, and of the answers."""
    response = HTMLResponse(page, status)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie("language", request.query_params["lang"], path="/", samesite="lax")
    return response


def filled(name: str, look: Look, /, **values: object) -> str:
    """A template as HTML in a look: with its words and theme, and its own address in each language."""
    switches = [(code, words(code)["interface.short"], look.turned(code)) for code in LANGUAGES]
    theme = look.theme if look.theme in ("light", "dark") else ""
    return template(name).render(words=look.words, theme=theme, switches=switches, icon=ICON, **values)


def template(name: str) -> Template:
    """A template by its file's name; it escapes every value, and one that it is not given is an error."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(str(files("ui").joinpath("templates")))
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
