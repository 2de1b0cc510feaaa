"""The library's pages: what is sent, what is refused and why, who may look and change, and what a name may do."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from account_fakes import Desk, desk_over
from fakes import WordVectors
from fastapi.testclient import TestClient
from made_files import pages_pdf
from test_ui_accounts import KEYS
from test_ui_admin import fill
from test_ui_permissions import member

from assistant.accounts.account import CONSOLE, Role
from assistant.accounts.database import Database
from assistant.accounts.tables import uploads
from assistant.assistant import Assistant
from assistant.filters import Filters
from assistant.library import Deposit, Request
from assistant.ownership import Ownership
from assistant.reader import Reader
from assistant.uploads import store
from assistant.uploads.holdings import Holdings
from assistant.uploads.reading import read_next
from assistant.uploads.settings import UploadSettings
from index.build import check_vectors
from index.generations import open_generation
from index.records import Records
from ui import library_board as board
from ui.app import build_app
from ui.i18n import words
from ui.library_pages import _who
from ui.people import Person
from ui.server import Server
from ui.visits import Door

TEXT = "Le sommet zanzibarien se réunira le 4 mars 2031 à Lagos.\n"
QUESTION = "Quand se réunira le sommet zanzibarien ?"
LIST, SEND, ONE = "/bibliotheque", "/bibliotheque/envoi", "/bibliotheque/document"


@dataclass
class Library:
    """A library behind accounts, its limits, and the disk it believes in; the same for every test, emptied for each."""

    holdings: Holdings
    product: Assistant
    desk: Desk
    come: Callable[[], TestClient]
    free: list[int]
    people: dict[str, TestClient] = field(default_factory=dict)

    def editor(self, name: str = "edith", group: str = "") -> TestClient:
        """An editor who is signed in."""
        return self.person(name, group, Role.EDITOR)

    def person(self, name: str, group: str = "", role: Role = Role.READER) -> TestClient:
        """Somebody who is signed in, in one group or none."""
        if name not in self.people:
            self.people[name] = member(self.come, self.desk, name, group, role)
        self.desk.opened.administration.set_groups(CONSOLE, name, [group] if group else [])
        return self.people[name]

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

    def empty(self) -> None:
        """As on the first day, but for the people and the log."""
        self.free[0] = 10**12
        for record in self.product.documents():
            self.product.remove(record.id)
        with self.desk.opened.parts.database.writing() as connection:
            connection.execute(uploads.delete())
        for path in self.holdings.folder.glob("*"):
            path.unlink()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    data = tmp_path_factory.mktemp("library")
    ownership, model = Ownership(data), WordVectors()
    assert ownership.claim()
    records = Records(f"sqlite:///{data / 'cooperation.db'}")
    check_vectors(records, model)
    product = Assistant(records, open_generation(records, data, model.name), model, ownership)
    free = [10**12]
    settings = UploadSettings(megabytes=1, files=3, quota_files=6, quota_megabytes=3)
    with desk_over(f"sqlite:///{data / 'a.db'}", data) as desk:
        database = desk.opened.parts.database
        holdings = Holdings(product, database, data, settings, desk.clock, lambda _: (2 * 10**12, free[0]))
        app = build_app(product, Door(desk.opened, KEYS), holdings=holdings)
        with TestClient(app) as running:

            def come() -> TestClient:
                client = TestClient(app, follow_redirects=False)
                client.portal = running.portal
                return client

            yield Library(holdings, product, desk, come, free)
    product.close()


@pytest.fixture
def library(stage: Library) -> Library:
    stage.empty()
    return stage


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


def test_a_plain_form_sends_several_files_without_a_script(library: Library) -> None:
    """Those that are refused have a line with the reason; the line can be dropped."""
    edith = library.editor()
    answer = send(edith, ("a.txt", TEXT.encode()), ("b.exe", b"MZ"), ("c.txt", b""), scripted=False)
    assert answer.status_code == 303
    page = edith.get(answer.headers["location"]).text
    assert "« a.txt » est reçu" in page
    assert "« b.exe » n’a pas été pris : ce format n’est pas lu" in page
    assert "ce format n’est pas lu. Formats lus : \u2066.md" in page
    assert "le fichier est vide" in page
    refused = next(one for one in library.holdings.of(who(library)) if one.name == "b.exe")
    assert fill(edith, LIST, f"{LIST}/oubli", id=refused.id) == 303
    assert "b.exe" not in edith.get(LIST).text


def statuses(page: str) -> list[str]:
    """What a page announces, without its marks."""
    return [
        re.sub(r"<[^>]+>", "", said)
        for said in re.findall(r'<div class="notice done" role="status">(.*?)</div>', page, re.DOTALL)
    ]


def test_the_page_says_what_was_added_for_whom_replaced_and_removed(library: Library) -> None:
    """With the way to the document; a removal is told once, and what was sent to its sender alone."""
    edith, omar = library.editor(group="sahel"), library.editor("omar")
    for fields, readers in (({}, "par tous les comptes"), ({"access": "groups", "group": "sahel"}, "sahel")):
        answer = send(edith, ("note.txt", TEXT.encode()), scripted=False, **fields)
        library.read_all()
        page = edith.get(answer.headers["location"]).text
        (said,) = statuses(page)
        assert said.startswith("« note.txt » a été ajouté ; lisible par")
        assert readers in said
        assert re.search(r'<div class="notice done".*?<a href="/bibliotheque/document\?id=note-', page, re.DOTALL)
        assert ('value="groups" checked' in page) == bool(fields)  # the next file is for the same readers
        assert statuses(omar.get(answer.headers["location"]).text) == []
    document = library.holdings.entries(who(library), manages=True)[0].record.id
    answer = send(edith, ("b.txt", TEXT.encode()), scripted=False, document=document)
    library.read_all()
    (said,) = statuses(edith.get(answer.headers["location"]).text)
    assert "« b.txt » a remplacé le fichier précédent ; lisible par" in said
    title = library.holdings.entry(who(library), document, manages=True).record.title
    assert fill(edith, LIST, ONE, id=document, action="remove") == 303
    assert f"« {title} » a été retiré" in statuses(edith.get(LIST).text)[0]
    assert statuses(edith.get(LIST).text) == []


def test_a_file_that_is_read_tells_the_page_what_was_done(library: Library) -> None:
    """The script has the sentence and the address from the service, and says nothing of its own."""
    edith = library.editor()
    sent = send(edith, ("note.txt", TEXT.encode())).json()["files"][0]
    assert (sent["outcome"], sent["href"]) == ("", "")
    library.read_all()
    (now,) = edith.get(f"{LIST}/etat", params={"envoi": sent["id"]}).json()["files"]
    assert now["outcome"] == "« note.txt » a été ajouté ; lisible par tous les comptes."
    assert sent["document"] in edith.get(now["href"]).text


def test_what_was_brought_last_stands_first(library: Library) -> None:
    """Whatever its name is."""
    edith = library.editor()
    found: list[str] = []
    for name in ("m.txt", "z.txt", "a.txt"):
        library.desk.clock.now += 60
        found.insert(0, library.add(edith, name))
    listed = re.findall(r'class="title"><a href="[^"]*id=([^"]+)"', edith.get(LIST).text)
    assert listed == found


def who(library: Library, name: str = "edith") -> Any:
    """An account as somebody who uses the library."""
    return _who(Person(library.desk.account(name)))


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_each_refusal_is_told_in_plain_words(library: Library, language: str) -> None:
    """R-42, R-48: too long, too many at a time, too many kept, too heavy together, no room on the disk."""
    edith = library.editor()
    edith.get(LIST, params={"lang": language})
    chosen = words(language)

    def said(answer: Any, code: str) -> None:
        filled = board.refusal(code, library.holdings.settings, chosen)
        assert filled != chosen["library.refusals.failed"]
        assert any(filled in one["said"] for one in answer.json()["files"]), answer.text

    said(send(edith, ("long.txt", b"a" * 1_000_001)), "too-large")
    said(send(edith, *[(f"{n}.txt", TEXT.encode()) for n in range(4)]), "too-many")
    for _ in range(3):
        send(edith, ("x.txt", b"a"))
    said(send(edith, ("x.txt", b"a")), "quota-files")
    for one in library.holdings.of(who(library)):
        library.holdings.dismiss(who(library), one.id)
    for _ in range(3):
        send(edith, ("x.txt", b"a" * 950_000))
    said(send(edith, ("x.txt", b"a" * 950_000)), "quota-bytes")
    library.free[0] = 10**9
    said(send(edith, ("x.txt", b"a")), "disk")
    edith.get(LIST, params={"lang": "fr"})


def test_what_is_too_long_leaves_nothing_behind_and_is_answered_as_cut(library: Library) -> None:
    """What was complete before it is kept."""
    edith = library.editor()
    answer = send(edith, ("a.txt", TEXT.encode()), ("long.txt", b"a" * 2_000_000), ("never.txt", TEXT.encode()))
    assert answer.status_code == 413
    assert [one["state"] for one in answer.json()["files"]] == ["waiting", "refused"]
    assert len(list(library.holdings.folder.iterdir())) == 1
    assert answer.headers["connection"] == "close"


def test_a_form_of_another_site_or_of_a_reader_writes_nothing(library: Library) -> None:
    """R-17, R-18: no token, a wrong one, one that comes after the file, no editor."""
    edith, karim = library.editor(), library.person("karim")
    files = [("file", ("a.txt", TEXT.encode()))]
    good = token(edith)
    for data in ({}, {"form": "0" * 64}):
        assert edith.post(SEND, data=data, files=files).status_code == 403
    assert edith.post(SEND, files=[*files, ("form", (None, good))]).status_code == 403
    assert edith.post(SEND, content=b"nothing", headers={"Content-Type": "text/plain"}).status_code == 403
    assert karim.post(SEND, data={"form": good}, files=files).status_code == 403
    headers = {"Origin": "https://evil.example"}
    assert edith.post(SEND, data={"form": good}, files=files, headers=headers).status_code == 403
    assert not list(library.holdings.folder.glob("*"))
    assert library.holdings.of(who(library)) == []
    assert 'type="file"' not in karim.get(LIST).text
    assert karim.get(f"{LIST}/etat").status_code == 403


def test_a_form_that_is_cut_off_leaves_nothing(library: Library) -> None:
    """A broken form, and one with endless fields."""
    edith = library.editor()
    head = f'--b\r\nContent-Disposition: form-data; name="form"\r\n\r\n{token(edith)}\r\n'
    part = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc'
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    assert edith.post(SEND, content=(head + part).encode(), headers=kind).status_code == 403
    assert not list(library.holdings.folder.glob("*"))
    many = head * 301 + "--b--\r\n"
    assert edith.post(SEND, content=many.encode(), headers=kind).status_code == 403
    field = '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n' + "a" * 20_000 + "\r\n--b--\r\n"
    assert edith.post(SEND, content=(head + field).encode(), headers=kind).status_code == 403


NAMES = {
    "../../../etc/cron.d/note.txt": "note.txt",
    "C:\\textes\\..\\note.txt": "note.txt",
    "note\0.exe\0.txt": "note.exe.txt",
    "note\r\nX-Evil: 1.txt": "note X-Evil_ 1.txt",
    "note\u202etxt.exe\u202c.txt": "notetxt.exe.txt",
    "é" * 300 + ".txt": "é" * 116 + ".txt",
    "NUL.txt": "_NUL.txt",
    '<img src=x onerror="alert(1)">.txt': "_img src=x onerror=_alert(1)__.txt",
    "تقرير.txt": "تقرير.txt",
}


@pytest.mark.parametrize("given", NAMES, ids=range(len(NAMES)))
def test_a_name_is_shown_safely_and_never_becomes_a_place(library: Library, given: str) -> None:
    """R-45: kept under an id, shown without what a name may hide, given back as an attachment (RFC 6266)."""
    edith = library.editor()
    upload = library.holdings.begin(who(library), given)
    upload.write(TEXT.encode())
    accepted = library.holdings.accept(who(library), upload)
    assert accepted.name == NAMES[given]
    assert re.fullmatch(r"[0-9a-f]{24}\.txt", next(library.holdings.folder.iterdir()).name)
    assert re.fullmatch(r"[a-z0-9-]+", accepted.document)
    library.read_all()
    page = edith.get(ONE, params={"id": accepted.document}).text
    assert "<img" not in page
    answer = edith.get(f"{LIST}/fichier", params={"id": accepted.document})
    assert answer.content == TEXT.encode()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/octet-stream"
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; filename")
    assert not set(disposition) & set("\r\n<>\0")
    assert disposition.isascii()


def test_the_browsers_own_way_of_writing_a_name_is_read(library: Library) -> None:
    """In UTF-8, quotes and ends of lines as %22 and %0D%0A."""
    edith = library.editor()
    body = (
        f'--b\r\nContent-Disposition: form-data; name="form"\r\n\r\n{token(edith)}\r\n'
        '--b\r\nContent-Disposition: form-data; name="file"; filename="Décret %22n° 7%22.txt"\r\n\r\nabc\r\n--b--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=b", "Accept": "application/json"}
    (sent,) = edith.post(SEND, content=body.encode(), headers=kind).json()["files"]
    assert sent["name"] == "Décret %22n° 7%22.txt"


def test_a_document_reserved_at_its_sending_is_never_open(library: Library) -> None:
    """R-34: not before it is described, not while it is read; its own group reads it."""
    edith, karim = library.editor(group="justice"), library.person("karim")
    document = library.add(edith, access="groups", group="justice")
    assert document in edith.get(LIST).text
    assert document not in karim.get(LIST).text
    for path in (ONE, f"{LIST}/fichier"):
        missing = karim.get(path, params={"id": "none"})
        assert (karim.get(path, params={"id": document}).status_code, missing.status_code) == (404, 404)
        assert karim.get(path, params={"id": document}).text == missing.text
    assert library.product.ask(QUESTION, reader=Reader(("finances",))).refused
    assert library.desk.actions()[-2:] == ["upload", "grant"]


def test_who_brought_a_document_manages_it_without_reading_it(library: Library) -> None:
    """Their own line and no text; another editor, and an administrator, know nothing of it."""
    edith, other = library.editor(), library.editor("omar")
    chief = library.person("cheffe", role=Role.ADMINISTRATOR)
    document = library.add(edith)
    assert change(edith, document, access="groups", group="justice") == 303
    page = edith.get(ONE, params={"id": document})
    assert page.status_code == 200
    assert "son texte ne vous est pas montré" in page.text
    assert "zanzibarien" not in page.text
    assert edith.get(f"{LIST}/fichier", params={"id": document}).status_code == 404
    for client in (other, chief):
        assert document not in client.get(LIST).text
        assert client.get(ONE, params={"id": document}).status_code == 404
        assert client.post(ONE, data={"form": token(client), "id": document, "action": "remove"}).status_code == 404
        answer = send(client, ("b.txt", TEXT.encode()), document=document)
        assert answer.status_code == 404
    assert change(edith, document, access="all") == 303
    assert document in other.get(LIST).text
    assert library.desk.actions()[-2:] == ["grant", "open"]


def change(client: TestClient, document: str, **fields: str) -> int:
    """Fill in the form of a document's page."""
    data = {"form": token(client), "id": document, "action": "describe", **fields}
    return int(client.post(ONE, data=data).status_code)


def test_after_a_mistake_the_form_holds_what_was_typed_and_chosen(library: Library) -> None:
    """To mend the date alone must not undo who may read the document: nothing was kept, and all is still chosen."""
    edith, karim = library.editor(group="sahel"), library.person("karim")
    document = library.add(edith)
    data = {"form": token(edith), "id": document, "action": "describe", "framework": "maghreb"}
    for wrong in ({"date": "mars 20244", "group": "sahel"}, {"date": "2024", "group": ["sahel", "\n"]}):
        answer = edith.post(ONE, data={**data, "access": "groups", **wrong})
        assert answer.status_code == 422
        form = answer.text.partition('class="describing"')[2].partition("</form>")[0]
        assert re.findall(r'value="(\w+)" (?:checked|selected)', form) == ["maghreb", "groups", "sahel"]
        assert f'value="{wrong["date"]}"' in form
        assert ('aria-invalid="true"' in form) == (wrong["date"] != "2024")
    assert document in karim.get(LIST).text
    (record,) = library.product.documents()
    assert (record.framework, record.date) == ("", "")


@pytest.mark.parametrize("written", ["mars 2024", "03/2024", "2024-03", "مارس 2024", "March 2024"])
def test_a_month_with_its_year_is_a_date(library: Library, written: str) -> None:
    """As it is written in each language; the page tells it in words."""
    edith = library.editor()
    document = library.add(edith)
    assert change(edith, document, date=written) == 303
    assert [record.date for record in library.product.documents()] == ["2024-03"]
    assert "mars 2024" in edith.get(ONE, params={"id": document}).text


def test_framework_and_date_are_set_and_count_at_once(library: Library) -> None:
    """In the list, in the filters of questions, and after a replacement."""
    edith = library.editor()
    document = library.add(edith)
    assert change(edith, document, framework="union-africaine", date="2031-03") == 303
    (record,) = library.product.documents()
    assert (record.framework, record.date) == ("union-africaine", "2031-03")
    assert library.product.search(QUESTION, filters=Filters(frameworks=("union-africaine",)))
    for wrong in ({"date": "2031-13"}, {"date": "hier"}, {"framework": "ailleurs"}):
        assert change(edith, document, **wrong) == 422
    library.add(edith, "b.txt", TEXT.replace("4 mars 2031", "9 mai 2032"), document=document)
    (record,) = library.product.documents()
    assert (record.id, record.framework, record.date) == (document, "union-africaine", "2031-03")
    assert "9 mai 2032" in str(library.product.ask(QUESTION).sentences)
    assert edith.get(LIST, params={"cadre": "union-africaine"}).text.count(f"id={document}") == 1
    assert document not in edith.get(LIST, params={"q": "introuvable"}).text


def test_a_replacement_that_is_refused_changes_nothing(library: Library) -> None:
    """The document answers as before, its file is still there; the sender reads why."""
    edith = library.editor()
    document = library.add(edith)
    library.add(edith, "b.pdf", "no PDF at all", document=document)
    assert "4 mars 2031" in str(library.product.ask(QUESTION).sentences)
    assert edith.get(f"{LIST}/fichier", params={"id": document}).content == TEXT.encode()
    assert "Refusé : " in edith.get(LIST).text
    assert len(list(library.holdings.folder.iterdir())) == 1
    library.add(edith, document=document)
    assert edith.get(f"{LIST}/fichier", params={"id": document}).content == TEXT.encode()
    assert len(list(library.holdings.folder.iterdir())) == 1


def test_what_is_removed_is_gone_everywhere(library: Library) -> None:
    """R-35: the question, the list, the page, the file, the disk, the lines; also while a new file waits."""
    edith = library.editor()
    document = library.add(edith)
    send(edith, ("b.txt", TEXT.encode()), document=document)
    assert fill(edith, LIST, ONE, id=document, action="remove") == 303
    library.read_all()
    assert library.product.ask(QUESTION).refused
    assert library.product.documents() == []
    assert document not in edith.get(LIST).text
    for path in (ONE, f"{LIST}/fichier", f"/documents/{document}"):
        assert edith.get(path, params={"id": document}).status_code == 404
    assert not list(library.holdings.folder.iterdir())
    assert library.desk.actions()[-3:] == ["upload", "replace", "remove"]
    entries = [entry for entry in library.desk.opened.administration.log(CONSOLE) if entry.about == document]
    assert {entry.actor for entry in entries} == {"edith"}


def test_a_document_removed_while_it_is_read_does_not_come_back(library: Library) -> None:
    """The reader finds its line gone and takes the document out again."""
    edith = library.editor()
    document = library.add(edith)
    send(edith, ("b.txt", TEXT.encode()), document=document)
    upload = library.holdings.next()
    assert upload is not None
    list(library.product.ingest(Request(deposits=(deposit_of(library, upload),))))
    library.holdings.remove(who(library), document)
    list(library.product.ingest(Request(deposits=(Deposit(write(library), document, "b.txt"),))))
    library.holdings.settle(upload)
    assert library.product.documents() == []


def deposit_of(library: Library, upload: Any) -> Deposit:
    """A file as it is handed over to be read."""
    return Deposit(library.holdings.folder / upload.file, upload.document, upload.name)


def write(library: Library) -> Path:
    """A text that is there."""
    path = library.holdings.folder.parent / "b.txt"
    path.write_text(TEXT)
    return path


def test_after_a_start_what_was_being_read_waits_again_and_pieces_are_gone(library: Library) -> None:
    """A service that was killed leaves no half file, and forgets none that was acknowledged."""
    edith = library.editor()
    send(edith, ("a.txt", TEXT.encode()))
    assert library.holdings.next() is not None
    (library.holdings.folder / "0123.part").write_bytes(b"half")
    library.holdings.recover()
    assert not list(library.holdings.folder.glob("*.part"))
    library.read_all()
    (record,) = library.product.documents()
    library.product.remove(record.id)  # as at the terminal, which knows nothing of files
    library.holdings.recover()
    assert not list(library.holdings.folder.iterdir())
    with library.desk.opened.parts.database.reading() as connection:
        assert store.usage(connection, who(library).owner) == (0, 0)


def test_without_accounts_the_one_person_of_the_machine_looks_after_all(
    product: Assistant, data: Path, tmp_path: Path
) -> None:
    """No token is needed there, another site is refused all the same."""
    database = Database(f"sqlite:///{tmp_path / 'b.db'}")
    holdings = Holdings(product, database, data, UploadSettings(), lambda: 1.0)
    with TestClient(build_app(product, None, database, holdings=holdings)) as client:
        files = [("file", ("a.txt", TEXT.encode()))]
        assert client.post(SEND, files=files, headers={"Origin": "https://evil.example"}).status_code == 403
        answer = client.post(SEND, data={"form": ""}, files=files, headers={"Accept": "application/json"})
        assert answer.status_code == 200
        assert read_next(holdings, product)
        page = client.get(LIST).text
        assert "cette machine" in page
        assert "Qui peut le lire" not in page
    database.close()


def test_a_file_far_too_long_costs_no_memory(library: Library) -> None:
    """R-42: 200 MB to a real server with a limit of 1 MB are cut and answered; the process grows by 20 MB at most."""
    edith = library.editor()
    server = Server(build_app(library.product, Door(library.desk.opened, KEYS), holdings=library.holdings))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    head = f'--b\r\nContent-Disposition: form-data; name="form"\r\n\r\n{token(edith)}\r\n'
    head += '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    session = "; ".join(f"{name}={value}" for name, value in edith.cookies.items())
    port = listener.getsockname()[1]
    request = f"POST {SEND} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {session}\r\nAccept: application/json\r\n"
    request += "Content-Type: multipart/form-data; boundary=b\r\n"
    piece, peak = bytes(1 << 20), 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sent:
        before = resident()
        opening = head.encode()
        sent.sendall(f"{request}Transfer-Encoding: chunked\r\n\r\n{len(opening):x}\r\n{head}\r\n".encode())
        with suppress(OSError):  # the server has had enough
            for _ in range(200):
                sent.sendall(b"100000\r\n" + piece + b"\r\n")
                peak = max(peak, resident())
        answer = b""
        with suppress(OSError):
            while data := sent.recv(1 << 16):
                answer += data
    server.should_exit = True
    thread.join(20)
    assert peak - before <= 20 << 20
    assert answer == b"" or b" 413 " in answer.split(b"\r\n")[0]
    assert [one.code for one in library.holdings.of(who(library))] == ["too-large"]
    assert not list(library.holdings.folder.glob("*"))


def test_a_form_that_says_how_long_it_is_is_refused_before_it_is_read(library: Library) -> None:
    """More than all the files of one sending may weigh."""
    edith = library.editor()
    kind = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(5_000_000)}
    answer = edith.post(SEND, content=iter([b"--b"]), headers=kind)
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_the_pages_of_a_file_that_was_brought_are_drawn_for_its_readers_alone(library: Library) -> None:
    """From where the library keeps it; once the document is removed they are gone."""
    edith = library.editor(group="justice")
    outside = library.person("bilal")
    sent = send(edith, ("note.pdf", pages_pdf([[TEXT[:60]]]))).json()["files"][0]
    library.read_all()
    document = sent["document"]
    library.product.grant(document, ["justice"])
    for path in (f"/pages/1/{document}?start=0&end=20", f"/pictures/1/{document}"):
        assert edith.get(path).status_code == 200
        assert outside.get(path).status_code == 404
    library.product.remove(document)
    assert edith.get(f"/pictures/1/{document}").status_code == 404
