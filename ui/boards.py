"""The administrators' pages as values, and their one template. Pure: tables and forms that need no script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ui.bar import Bar
from ui.frame import template
from ui.i18n import Words
from ui.pages import ICON, STYLESHEET

TABS: Final = (("/admin", "people"), ("/admin/mail", "mail"), ("/admin/log", "log"), ("/admin/state", "state"))


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to fill in, or to choose where there are `options` (value and name)."""

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Act:
    """A form: what is asked for, what goes with it unseen, and its button. One that only looks is sent by `get`."""

    action: str
    submit: str
    asks: tuple[Ask, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    method: str = "post"
    title: str = ""
    quiet: bool = True


@dataclass(frozen=True, slots=True)
class Named:
    """A cell that says in words what a code stands for, and has the code itself beside it for who points at it."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of text; the first leads to `link` where there is one, and `acts` stand in a cell of their own."""

    cells: tuple[str | Named, ...]
    link: str = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `empty` is said in their place."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class Board:
    """A page: `before` stands above its tables and `acts` below; `mistake` is what could not be done."""

    path: str
    title: str
    tables: tuple[Table, ...] = ()
    before: tuple[Act, ...] = ()
    acts: tuple[Act, ...] = ()
    mistake: str = ""
    more: str = ""


def show(board: Board, token: str, words: Words, theme: str, bar: Bar) -> str:
    """A board as HTML; every value is escaped by the template."""
    tabs = [(path, words[f"admin.{name}"]) for path, name in TABS]
    theme = theme if theme in ("light", "dark") else ""
    return template("desk-tables.html").render(
        board=board, tabs=tabs, token=token, words=words, theme=theme, bar=bar, stylesheet=STYLESHEET, icon=ICON
    )
