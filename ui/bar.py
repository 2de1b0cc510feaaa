"""The bar of the pages with tables: the ways to the other pages that a person may open, and the three languages.

Which pages are named depends on the person's rights; the guard decides again when one is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from assistant.accounts.account import Right
from assistant.accounts.sessions import Visit
from ui.frame import language
from ui.i18n import LANGUAGES, words

_WAYS: Final = (
    ("/fiches", "fiches.title", None),
    ("/bibliotheque", "library.title", None),
    ("/evaluations", "evaluations.title", Right.EVALUATE),
    ("/admin", "admin.title", Right.ADMINISTER),
)


@dataclass(frozen=True, slots=True)
class Bar:
    """`ways` are (address, name, whether one is there); `tongues` are (code, short name, address)."""

    ways: tuple[tuple[str, str, bool], ...]
    tongues: tuple[tuple[str, str, str], ...]


def bar(request: Request, accounts: bool, again: str = "") -> Bar:
    """The bar for whoever asks; a language leads to the same page, or to `again` where a form was answered."""
    chosen, here = language(request), request.scope["path"]
    visit = request.scope.get("visit")
    ways = [
        (path, chosen[key], here.startswith(path))
        for path, key, right in _WAYS
        if right is None or (isinstance(visit, Visit) and visit.account.may(right)) or not accounts
        if accounts or right is not Right.ADMINISTER
    ]
    if accounts:
        ways.append(("/account", chosen["account.own"], here == "/account"))
    query = {name: value for name, value in request.query_params.items() if name != "lang"}
    path = again or here
    kept = query if path == here else {}
    tongues = [
        (code, words(code)["interface.short"], f"{path}?{urlencode({**kept, 'lang': code})}") for code in LANGUAGES
    ]
    return Bar(tuple(ways), tuple(tongues))
