"""The library's pages: what is sent, what is refused and why, who may look and change, and what a name may do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from account_fakes import Desk, desk_over
from fastapi.testclient import TestClient
from test_ui_accounts import KEYS
from test_ui_admin import fill
from test_ui_permissions import member

from assistant.accounts.account import Role
from assistant.accounts.database import Database
from assistant.assistant import Assistant
from assistant.reader import Reader
from assistant.uploads.holdings import Holdings
from assistant.uploads.reading import read_next
from assistant.uploads.settings import UploadSettings
from ui.app import build_app
from ui.visits import Door

TEXT = "Le sommet zanzibarien se réunira le 4 mars 2031 à Lagos.\n"
QUESTION = "Quand se réunira le sommet zanzibarien ?"
LIST, SEND, ONE = "/bibliotheque", "/bibliotheque/envoi", "/bibliotheque/document"


@dataclass
class Library:
    """A library behind accounts, its limits to be set, and the disk it believes in."""

    holdings: Holdings
    product: Assistant
    desk: Desk
    come: Callable[[], TestClient]
    free: list[int]

    def editor(self, name: str = "edith", group: str = "") -> TestClient:
        """An editor who is signed in."""
        return member(self.come, self.desk, name, group, Role.EDITOR)

    def read_all(self) -> None:
        """Read everything that waits."""
        while read_next(self.holdings, self.product):
            pass

    def add(self, client: TestClient, name: str = "note.txt", text: str = TEXT, **fields: Any) -> str:
        """Send a file and have it read; the id of its document."""
        answer = send(client, (name, text.encode()), **fields)
        assert answer.status_code == 200, answer.text
        self.read_all()
        return str(answer.json()["files"][0]["document"])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


@pytest.fixture
def library(desk: Desk, product: Assistant, data: Path) -> Iterator[Library]:
    free = [10**12]
    settings = UploadSettings(megabytes=1, files=3, quota_files=6, quota_megabytes=3)
    database = desk.opened.parts.database
    holdings = Holdings(product, database, data, settings, desk.clock, lambda _: (2 * 10**12, free[0]))
    app = build_app(product, Door(desk.opened, KEYS), holdings=holdings)
    with TestClient(app) as running:

        def come() -> TestClient:
            client = TestClient(app, follow_redirects=False)
            client.portal = running.portal
            return client

        yield Library(holdings, product, desk, come, free)


def token(client: TestClient, page: str = LIST) -> str:
    """The token of the forms on a page."""
    found = re.search(r'name="form" value="([0-9a-f]+)"', client.get(page).text)
    assert found
    return found[1]


def send(client: TestClient, *files: tuple[str, bytes], scripted: bool = True, **fields: Any) -> Any:
    """Send files by the form, as the page's script does or as a browser without it."""
    headers = {"Accept": "application/json"} if scripted else {}
    data = {"form": token(client), **fields}
    return client.post(SEND, data=data, files=[("file", file) for file in files], headers=headers)


def test_a_file_is_sent_read_listed_and_answers(library: Library) -> None:
    """The request answers at once; reading is done afterwards, and its state can be asked for."""
    edith = library.editor()
    sent = send(edith, ("note.txt", TEXT.encode())).json()["files"][0]
    assert (sent["state"], sent["done"]) == ("waiting", False)
    assert library.product.documents() == []
    assert "En attente de lecture" in edith.get(LIST).text
    library.read_all()
    (now,) = edith.get(f"{LIST}/etat", params={"envoi": sent["id"]}).json()["files"]
    assert now["state"] == "indexed"
    page = edith.get(LIST).text
    for told in ("Indexé", "edith", "tous les comptes", sent["document"]):
        assert told in page
    assert "4 mars 2031" in str(library.product.ask(QUESTION).sentences)
