"""`cooperation documents grant|revoke|open`: which groups of accounts may read a document.

At the terminal of whoever owns the data everything is read. Taking the last group away closes a document to every
account: only `open` gives it to all again. What is done is written in the audit log, as done at the console.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from assistant.operations import Operations
    from assistant.settings import Settings

ACTIONS: Final = {
    "grant": "réserver un document à des groupes, en plus de ceux qui le lisent déjà",
    "revoke": "retirer un document à des groupes",
    "open": "ouvrir un document à tous",
}


def add_readers(action: argparse.ArgumentParser, name: str) -> None:
    """The groups that one of the actions takes; `open` takes none."""
    if name != "open":
        action.add_argument("groups", nargs="+", metavar="GROUPE", help="nom d'un groupe de comptes")


def change_readers(operations: Operations, settings: Settings, name: str, document: str, groups: Sequence[str]) -> None:
    """Carry an action out and print who may read the document now; raises `BadIdentity` for what names no group."""
    from assistant.accounts.identity import parse_group

    named = [parse_group(group) for group in groups]
    if name == "grant":
        operations.grant(document, named)
    elif name == "revoke":
        operations.revoke(document, named)
    else:
        operations.open_to_all(document)
    note(settings, name, document, ", ".join(named))
    print(f"{document}\t{told(operations.readers().get(document))}")


def note(settings: Settings, action: str, document: str, detail: str = "") -> None:
    """Write in the audit log what was done at the terminal to a document."""
    import time
    from contextlib import closing

    from assistant.accounts.account import CONSOLE
    from assistant.accounts.audit import Audit
    from assistant.accounts.database import Database

    with closing(Database(settings.database_url)) as database, database.writing() as connection:
        Audit(time.time).write(connection, action, CONSOLE, document, detail=detail)


def told(groups: Sequence[str] | None) -> str:
    """Who may read a document, for a terminal; `None` is everybody.

    >>> told(None), told(("justice", "finances")), told(())
    ('ouvert à tous', 'réservé à : justice, finances', 'réservé à : aucun groupe')
    """
    if groups is None:
        return "ouvert à tous"
    return f"réservé à : {', '.join(groups) or 'aucun groupe'}"
