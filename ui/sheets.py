"""The account pages as values, and their one template. Pure: a sheet is a card with forms that need no script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from assistant.accounts.errors import AccountError
from ui.frame import template
from ui.i18n import LANGUAGES, Words, words
from ui.pages import ICON, STYLESHEET

LINKED: Final = tuple(f"/account/{name}" for name in ("confirm", "reset", "setup", "address"))
"""The pages that a mailed or printed link opens."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in; `mistake` stands beside it in plain words."""

    name: str
    label: str
    kind: str = "text"
    autocomplete: str = "off"
    value: str = ""
    hint: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields and a button; what is `quiet` does not draw the eye, and what is `next` belongs to the form before."""

    action: str
    submit: str
    fields: tuple[Field, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    title: str = ""
    said: str = ""
    mistake: str = ""
    quiet: bool = False
    next: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its title, a sentence, forms, and links to the other pages."""

    path: str
    title: str
    said: str = ""
    forms: tuple[Form, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    done: bool = False
    secret: str = field(default="", repr=False)

    @property
    def token(self) -> str:
        """What the page was opened with by a mailed link, so that it can be opened again in another language."""
        if self.path not in LINKED:
            return ""
        return next((value for form in self.forms for name, value in form.hidden if name == "token"), "")


def show(sheet: Sheet, token: str, words: Words, theme: str) -> str:
    """A sheet as HTML; every value is escaped by the template."""
    names = [(code, _short(code)) for code in LANGUAGES]
    theme = theme if theme in ("light", "dark") else ""
    return template("account-card.html").render(
        sheet=sheet, token=token, words=words, theme=theme, languages=names, stylesheet=STYLESHEET, icon=ICON
    )


def mistaken(form: Form, error: AccountError, words: Words) -> Form:
    """A form with what was wrong, beside the field it is about, or above them all."""
    said = explain(error.code, error.values, words)
    about = _field_of(error.code, [field.name for field in form.fields])
    if not about:
        return replace(form, mistake=said)
    fields = tuple(replace(field, mistake=said) if field.name == about else field for field in form.fields)
    return replace(form, fields=fields)


def explain(code: str, values: Mapping[str, object], words: Words) -> str:
    """An error's code in a language's words."""
    key = f"mistakes.{code}"
    shown = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return words.fill(key, **shown) if key in words.table else words["mistakes.account"]


def _field_of(code: str, names: list[str]) -> str:
    if code == "password-wrong" and "current" in names:
        return "current"
    wanted = {"sign": "email", "email": "email", "identifier": "identifier", "password": "password", "token": "name"}
    found = wanted.get(code.partition("-")[0], "") if code != "sign-up-closed" else ""
    return found if found in names else ""


def _short(code: str) -> str:
    return words(code)["interface.short"]
