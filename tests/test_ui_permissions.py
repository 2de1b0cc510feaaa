"""Through the whole application: a document of one group does not exist for the accounts of another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from account_fakes import PASSWORD, Desk, desk_over
from fastapi.testclient import TestClient
from pypdf import PdfReader
from test_assistant_permissions import put
from test_ui_accounts import KEYS, post, signed_in

import ui.app
from assistant.accounts.account import CONSOLE, Role
from assistant.answers.answer import Removed
from assistant.assistant import Assistant
from assistant.conversations.withheld import TOLD, as_readable
from assistant.reader import Reader
from ui.app import build_app
from ui.sources import MOST_SHELVES, Shelves
from ui.visits import Door

QUESTION = "Quand se réunira le sommet zanzibarien ?"
SECRET = "Le sommet zanzibarien se réunira le 4 mars 2031 à Lagos."
OPEN = "La commission siège à Tunis. Elle étudie les conventions."


@dataclass
class Window:
    """A page that somebody has open: what it shows, and the events that its script would send."""

    client: TestClient
    session: str
    page: str = ""
    config: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open the page and read how it is wired."""
        page = self.client.get("/").text
        found = re.search(r"window\.gradio_config = (\{.*?\});\s*(?:window|</script>)", page, re.DOTALL)
        assert found
        self.page, self.config = page, json.loads(found.group(1))

    def press(self, name: str, data: list[Any], event: str = "click") -> list[Any]:
        """Press what has this id, the values that it sends given (`None` for a state), and wait; what comes back."""
        (component,) = [one["id"] for one in self.config["components"] if one["props"].get("elem_id") == name]
        return self.send([component, event], data)

    def load(self) -> list[Any]:
        """What the page is filled with when it has opened."""
        (target,) = [one["targets"] for one in self.config["dependencies"] if one["targets"][0][1] == "load"]
        return self.send(target[0], [])

    def send(self, target: list[Any], data: list[Any]) -> list[Any]:
        """Send an event through the queue, or past it, as the page would."""
        wired = next(
            one for one in self.config["dependencies"] if target in one["targets"] and len(one["inputs"]) == len(data)
        )
        body = {"fn_index": wired["id"], "data": data, "session_hash": self.session, "trigger_id": target[0]}
        if not wired["queue"]:
            return list(self.client.post("/gradio_api/run/predict", json=body).json()["data"])
        assert self.client.post("/gradio_api/queue/join", json=body).status_code == 200
        told = self.client.get(f"/gradio_api/queue/data?session_hash={self.session}").text
        events = [json.loads(line[6:]) for line in told.splitlines() if line.startswith("data: ")]
        (done,) = [one for one in events if one["msg"] == "process_completed"]
        assert done["success"], done
        return [told, *done["output"]["data"]]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


@pytest.fixture
def held(product: Assistant, data: Path) -> Assistant:
    """A document for all and one for a group."""
    put(product, data, "ouvert", OPEN)
    put(product, data, "secret", SECRET)
    product.grant("secret", ["justice"])
    return product


@pytest.fixture
def visitor(desk: Desk, held: Assistant) -> Iterator[Callable[[], TestClient]]:
    app = build_app(held, Door(desk.opened, KEYS))
    with TestClient(app) as running:

        def come() -> TestClient:
            client = TestClient(app, follow_redirects=False)
            client.portal = running.portal  # all in one loop, as in a server: queues belong to theirs
            return client

        yield come


Visitor = Callable[[], TestClient]


def member(visitor: Visitor, desk: Desk, name: str, group: str = "", role: Role = Role.READER) -> TestClient:
    """Somebody signed in, in one group or none."""
    client = signed_in(visitor, desk, name)
    administration = desk.opened.administration
    administration.set_role(CONSOLE, name, role)
    administration.set_groups(CONSOLE, name, [group] if group else [])
    if role is not Role.READER:  # another role ends the sessions
        post(client, "/account/login", "/account/login", name=name, password=PASSWORD)
    return client


def script(visitor: Visitor, desk: Desk, name: str) -> TestClient:
    """A script with a token of somebody's."""
    client = visitor()
    client.headers["Authorization"] = f"Bearer {desk.opened.parts.api_tokens.make(desk.account(name), 'essai')}"
    return client


def ask(window: Window) -> str:
    """Everything that the page is sent while the question about the secret is answered."""
    return str(window.press("send", [QUESTION, None, None, []])[0])


def conversation(client: TestClient) -> str:
    """The id of the one conversation that somebody has."""
    (id,) = re.findall(r'data-id="(\w+)"', client.get("/conversations").text)
    return str(id)


def keep(window: Window) -> None:
    """What the page does once a question is answered."""
    followed = [one for one in window.config["dependencies"] if one["targets"][0][1] == "then"]
    window.send(followed[0]["targets"][0], [None, None, None])


def exported(client: TestClient, id: str) -> list[str]:
    """A conversation's words as each kind of file has them."""
    files = {kind: client.get(f"/conversations/{id}/export/{kind}").content for kind in ("md", "docx", "pdf")}
    word = "\n".join(part.text for part in docx.Document(BytesIO(files["docx"])).paragraphs)
    pages = "\n".join(page.extract_text() for page in PdfReader(BytesIO(files["pdf"])).pages)
    return [files["md"].decode(), word, pages]


@pytest.mark.parametrize("role", list(Role))
def test_a_document_of_one_group_does_not_exist_for_another(
    visitor: Visitor, desk: Desk, held: Assistant, role: Role
) -> None:
    """R-34: not found, not counted, not listed, not opened, whatever the role; its own group has it all."""
    assert not held.ask(QUESTION).refused
    hers, his = member(visitor, desk, "amel", "justice"), member(visitor, desk, "bob", "finances", role)
    window, other = Window(hers, "hers"), Window(his, "his")
    assert "2 documents" in str(window.load())
    assert "1 document " in str(other.load())
    assert "Lagos" in ask(window)
    for canary in ("Lagos", "Titre secret", "/documents/secret"):
        assert canary not in ask(other)
    assert "Lagos" in hers.get("/documents/secret").text
    closed, missing = his.get("/documents/secret"), his.get("/documents/none")
    assert (closed.status_code, closed.text) == (404, missing.text)
    assert his.get("/documents/ouvert").status_code == 200
    api, his_api = script(visitor, desk, "amel"), script(visitor, desk, "bob")
    for client, seen in ((api, ["ouvert", "secret"]), (his_api, ["ouvert"])):
        assert [one["id"] for one in client.get("/api/documents").json()["documents"]] == seen
        found = client.get("/api/search", params={"q": QUESTION, "top_k": 50}).json()
        assert {one["document"] for one in found} == set(seen)
        answer = client.post("/api/ask", json={"question": QUESTION})
        assert ("Lagos" in answer.text) is ("secret" in seen)
    assert "Lagos" in api.get("/api/documents/secret").text
    assert his_api.get("/api/documents/secret").json() == his_api.get("/api/documents/none").json()
    filtered = his_api.get("/api/search", params={"q": QUESTION, "document": "secret"})
    assert filtered.status_code == 422
    assert filtered.json()["error"]["message"].endswith("Il y a : ouvert.")


def test_a_page_holds_nothing_of_the_texts_before_it_is_known_who_opens_it(
    visitor: Visitor, desk: Desk, held: Assistant
) -> None:
    """Every visitor is sent the same page first."""
    page = Window(member(visitor, desk, "amel", "justice"), "w").page
    assert "La base contient" not in page
    with TestClient(build_app(held)) as local:
        assert "La base contient 2 documents" in local.get("/").text


@pytest.mark.parametrize("how", ["document", "account", "removed"])
def test_a_revocation_counts_at_the_next_question_and_for_what_was_answered_before(
    visitor: Visitor, desk: Desk, held: Assistant, how: str
) -> None:
    """On the open page, in the conversation opened again, in its files and in the search; a grant brings it back."""
    amel = member(visitor, desk, "amel", "justice")
    window = Window(amel, "w")
    assert "Lagos" in ask(window)
    keep(window)
    id = conversation(amel)
    assert all("Lagos" in text for text in exported(amel, id))
    assert id in amel.get("/conversations", params={"q": "lagos"}).text
    if how == "account":
        desk.opened.administration.set_groups(CONSOLE, "amel", ["finances"])
    else:
        held.revoke("secret", ["justice"])
    if how == "removed":
        held.remove("secret")
    shown = ask(window)
    assert "Lagos" not in shown
    assert TOLD["fr"] in shown
    assert "Lagos" not in str(window.press("to-ar", [None, []]))
    reopened = str(Window(amel, "w2").press("open-it", [id, None]))
    assert "Lagos" not in reopened
    assert TOLD["fr"] in reopened
    assert QUESTION in reopened
    for text in exported(amel, id):
        assert "Lagos" not in text
        assert "plus montrée" in " ".join(text.split())
    assert id not in amel.get("/conversations", params={"q": "lagos"}).text
    assert id in amel.get("/conversations", params={"q": "zanzibarien"}).text
    if how == "document":
        held.grant("secret", ["justice"])
        assert "Lagos" in str(Window(amel, "w3").press("open-it", [id, None]))
        assert all("Lagos" in text for text in exported(amel, id))


def test_without_accounts_the_one_person_of_the_machine_reads_everything(held: Assistant) -> None:
    """Nobody else can reach it."""
    with TestClient(build_app(held)) as client:
        assert "Lagos" in ask(Window(client, "w"))
        assert "Lagos" in client.get("/documents/secret").text


def test_an_answer_that_only_read_a_closed_document_is_shown_without_it(held: Assistant) -> None:
    """What it cites may still be read; what it read besides, and the drafts removed for it, are gone."""
    answer = held.ask("Où siège la commission ?")
    assert {one.document for one in answer.citations} == {"ouvert"}
    assert "secret" in {one.document for one in answer.passages}
    drafted = replace(answer, removed=(Removed("Lagos", "contredit"),), understood_as="Lagos ?")
    told = as_readable(drafted, {"secret"})
    assert told.sentences == answer.sentences
    assert {one.document for one in told.passages} == {"ouvert"}
    assert "Lagos" not in json.dumps(told.to_json(), ensure_ascii=False)
    assert as_readable(answer, {"autre"}) is answer


def test_what_is_listed_for_one_reader_is_kept_from_others_and_for_so_many(held: Assistant) -> None:
    """A title kept for one group is not the title shown to another."""
    shelves = Shelves(held)
    assert shelves.of(Reader(("justice",))).source("secret").title == "Titre secret"
    assert shelves.of(Reader(("finances",))).source("secret").title == ""
    assert shelves.of(None).library().documents == 2
    for number in range(2 * MOST_SHELVES):
        assert shelves.of(Reader((f"g{number}",))).library().documents == 1
    assert len(shelves._held) == MOST_SHELVES


def test_no_page_shows_what_was_read_of_each_document() -> None:
    """Reports name every document and file: they are for the terminal of whoever owns the data."""
    modules = sorted(Path(ui.app.__file__).parent.glob("*.py"))
    assert modules
    assert not [path.name for path in modules if ".reports(" in path.read_text("utf-8")]
