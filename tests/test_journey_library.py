"""An editor adds a document in a browser: it is read, asked about, kept for a group, replaced, removed.

`cooperation serve --accounts` runs as a process of its own over an empty base; the PDFs are made here.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fpdf import FPDF
from playwright.sync_api import Browser, Page, expect
from serving import serve
from test_journey_accounts import Enter, Site, _posted, browser, chief, fill_in, log_in, visitor
from test_journey_chat import ask
from test_ui_accounts import KEYS
from test_ui_library import Library, library, stage

from ui.app import build_app
from ui.i18n import words
from ui.server import Server
from ui.visits import Door

__all__ = ["browser", "chief", "library", "stage", "visitor"]
QUESTION = "Quand se réunira le sommet zanzibarien ?"
LONG = 60_000
"""Milliseconds within which a small file is read, also beside other work."""
PASSWORD = "une lampe verte sous la neige"


@pytest.fixture(scope="module")
def site(model_cache: Path, short_folders: Callable[[], Path]) -> Iterator[Site]:
    """The service behind accounts over an empty base, on a free port."""
    with serve(short_folders(), model_cache, "--accounts", "--no-ingest") as serving:
        yield Site(serving)


def pdf(path: Path, *pages: str) -> Path:
    """A PDF of one paragraph a page; a title stands on the first."""
    made = FPDF()
    for number, text in enumerate(pages):
        made.add_page()
        if not number:
            made.set_font("helvetica", size=20)
            made.multi_cell(0, 12, "Note sur le sommet")
            made.ln(8)
        made.set_font("helvetica", size=12)
        made.multi_cell(0, 8, text)
    made.output(str(path))
    return path


def member(site: Site, chiefs: Page, page: Page, identifier: str, role: str, groups: str = "") -> None:
    """Somebody that the administrator adds, who chooses a password by the letter's link and logs in."""
    email = f"{identifier}@example.org"
    chiefs.goto(f"{site.address}/admin")
    chiefs.locator('form[action="/admin/add"] select[name="role"]').select_option(role)
    fill_in(chiefs, identifier=identifier, email=email)
    if groups:
        fill_in(chiefs, groups=groups)
    page.goto(site.link(email, "/account/reset"))
    fill_in(page, password=PASSWORD)
    log_in(page, site, identifier, PASSWORD)


def script(page: Page, site: Site) -> str:
    """A token of whoever is signed in, to ask without opening the chat each time."""
    page.goto(f"{site.address}/account")
    fill_in(page, name="essai")
    return page.locator("pre.code").inner_text().strip()


def answered(site: Site, secret: str) -> str:
    """What the question is answered to whom a token belongs."""
    status, answer = _posted(site, secret, json.dumps({"question": QUESTION}).encode())
    assert status == 200
    return " ".join(sentence["text"] for sentence in json.loads(answer)["sentences"])


@pytest.mark.nightly
def test_a_document_goes_through_its_whole_life(
    site: Site, chief: tuple[str, str, str], visitor: Enter, tmp_path: Path
) -> None:
    """Added with its progress, cited; kept for a group; replaced; removed: the next question follows each time."""
    chiefs, page, other = visitor(), visitor(), visitor()
    log_in(chiefs, site, chief[0], chief[2])
    member(site, chiefs, page, "edith", "editor", groups="justice")
    member(site, chiefs, other, "karim", "reader")
    hers, his = script(page, site), script(other, site)
    page.goto(site.address)

    with page.expect_popup() as opened:
        page.click("#bar .to-library")
    expect(opened.value.locator("h1")).to_have_text("Bibliothèque")
    opened.value.close()
    page.goto(f"{site.address}/bibliotheque")
    first = pdf(
        tmp_path / "Note du sommet.pdf",
        "Le sommet zanzibarien se réunira le 4 mars 2031 à Lagos.",
        "Le comité prépare ce sommet.",
    )
    page.set_input_files('input[type="file"]', first)
    row = page.locator("#documents tr", has_text="Note sur le sommet")
    expect(row).to_have_count(1, timeout=LONG)
    for told in ("Indexé", "edith", "2"):
        expect(row).to_contain_text(told)
    page.goto(site.address)
    ask(page, QUESTION)
    expect(page.locator("#turn-1 .answer")).to_contain_text("4 mars 2031")
    page.locator("#turn-1 .cite").first.click()
    expect(page.locator("#proof h3")).to_contain_text("Note sur le sommet")
    assert "4 mars 2031" in answered(site, his)
    other.goto(f"{site.address}/bibliotheque")
    expect(other.locator("#documents")).to_contain_text("Note sur le sommet")
    expect(other.locator('input[type="file"]')).to_have_count(0)

    page.goto(f"{site.address}/bibliotheque")
    page.click("text=Note sur le sommet")
    expect(page.locator("#sections")).to_contain_text("sommet zanzibarien")
    page.select_option('select[name="framework"]', "union-africaine")
    page.fill('input[name="date"]', "2031-01-05")
    page.check('input[name="access"][value="groups"]')
    page.check('input[name="group"][value="justice"]')
    page.click("text=Enregistrer")
    expect(page.locator(".done")).to_be_visible()
    expect(page.locator(".meta")).to_contain_text("Union africaine")
    assert "4 mars 2031" in answered(site, hers)
    assert "2031" not in answered(site, his)
    other.goto(f"{site.address}/bibliotheque")
    expect(other.locator("#documents")).not_to_contain_text("Note sur le sommet")

    page.goto(f"{site.address}/bibliotheque")
    page.click("text=Note sur le sommet")
    second = pdf(tmp_path / "corrigee.pdf", "Le sommet zanzibarien se réunira le 9 mai 2032 à Dakar.")
    page.set_input_files('input[type="file"]', second)
    expect(page.locator("#sections")).to_contain_text("9 mai 2032", timeout=LONG)
    assert "9 mai 2032" in answered(site, hers)
    assert "2032" not in answered(site, his)

    page.goto(f"{site.address}/bibliotheque")
    page.click("text=Note sur le sommet")
    page.click("summary:has-text('Retirer')")
    page.click("button:has-text('Retirer')")
    expect(page.locator("#documents")).not_to_contain_text("Note sur le sommet")
    assert "2032" not in answered(site, hers)
    assert not list((site.serving.data / "uploads").glob("*"))
    chiefs.goto(f"{site.address}/admin/log")
    for action in ("upload", "grant", "replace", "remove"):
        expect(chiefs.locator("td", has_text=words("fr")[f"admin.acts.{action}"]).first).to_be_visible()


def test_files_are_dropped_sent_one_by_one_and_followed_in_the_browser(
    library: Library, browser: Browser, tmp_path: Path
) -> None:
    """Several at once, each with its state, and at the end what was done; no other origin is asked.

    One too long is refused before it is sent; the readers are told beneath the files, as they are chosen.
    """
    edith = library.editor(group="sahel")
    server = Server(build_app(library.product, Door(library.desk.opened, KEYS), holdings=library.holdings))
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    context, wrong = browser.new_context(viewport={"width": 390, "height": 800}), []
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in edith.cookies.items()])
    page = context.new_page()
    page.on("request", lambda it: it.url.startswith(address) or wrong.append(it.url))
    page.on("pageerror", lambda it: wrong.append(str(it)))
    page.on("console", lambda it: wrong.append(it.text) if "policy" in it.text.casefold() else None)
    page.goto(f"{address}/bibliotheque")
    (tmp_path / "longue.txt").write_bytes(b"a" * 1_000_001)
    pages = [pdf(tmp_path / f"note{n}.pdf", f"Le sommet zanzibarien se réunira le {n} mars 2031.") for n in (4, 5)]
    page.set_input_files('input[type="file"]', [*pages, tmp_path / "longue.txt"])
    expect(page.locator("#sending .refused")).to_contain_text("dépasse 1 Mo", timeout=LONG)
    expect(page.locator("#sending .waiting")).to_have_count(2, timeout=LONG)
    page.check('input[name="access"][value="groups"]')
    expect(page.locator("#for-whom")).to_contain_text("personne")
    page.check('input[name="group"][value="sahel"]')
    expect(page.locator("#for-whom")).to_contain_text("ces seuls groupes : \u2068sahel")
    expect(page.locator("#for-whom .to-all")).to_be_hidden()
    library.read_all()
    expect(page.locator("#documents tbody tr")).to_have_count(2, timeout=LONG)
    done = page.get_by_role("status").locator(".indexed", has_text="« note4.pdf » a été ajouté")
    expect(done).to_contain_text("lisible par tous les comptes")  # as was chosen when it was sent
    expect(done.get_by_role("link")).to_have_attribute("href", re.compile("document.id=note4"))
    assert all(library.product.original(record.id) for record in library.product.documents())
    expect(page.locator("#sending .waiting")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    dropped = page.evaluate_handle(
        "() => { const held = new DataTransfer(); held.items.add(new File(['Un texte de plus.'], 'autre.txt'));"
        " return held; }"
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    expect(page.locator("#sending .waiting")).to_contain_text("autre.txt", timeout=LONG)
    library.read_all()
    expect(page.locator("#documents tbody tr")).to_have_count(3, timeout=LONG)
    expect(page.locator("#sending .indexed", has_text="autre.txt")).to_contain_text("ces seuls groupes : sahel")
    page.locator("#sending .indexed", has_text="autre.txt").get_by_role("link").click()
    (tmp_path / "neuf.txt").write_text("Un texte tout neuf.")
    page.set_input_files('input[type="file"]', tmp_path / "neuf.txt")
    expect(page.locator("#sending .waiting")).to_have_count(1, timeout=LONG)
    library.read_all()
    expect(page.locator(".notice.done")).to_contain_text("« neuf.txt » a remplacé", timeout=LONG)
    context.close()
    server.should_exit = True
    thread.join(20)
    assert wrong == []
