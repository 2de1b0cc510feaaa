"""The briefings in the web application: every line leads to its source, in three languages, and to nothing hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from account_fakes import Desk, desk_over
from conftest import Shipped
from fastapi import FastAPI
from fastapi.testclient import TestClient
from test_ui_accounts import KEYS, signed_in

from assistant.assistant import Assistant
from assistant.library import Request
from ui.app import build_app
from ui.visits import Door


@pytest.fixture(scope="module")
def app(shipped: Shipped) -> FastAPI:
    return build_app(shipped.assistant)


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


def test_every_framework_and_body_is_listed_and_has_its_page(client: TestClient, shipped: Shipped) -> None:
    """In three languages, read in the language's direction."""
    for entry in (e for one in shipped.assistant.frameworks_told() for e in (one, *one["bodies"])):
        assert f'href="/fiches/{entry["id"]}"' in client.get("/fiches").text
    for language, direction in (("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")):
        page = client.get(f"/fiches/ligue-arabe?lang={language}").text
        assert f'<html lang="{language}" dir="{direction}"' in page


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_every_line_leads_to_a_source_and_every_source_to_its_document(client: TestClient, language: str) -> None:
    """No line without a number, no number without a source, and the document opens at the quote."""
    page = client.get(f"/fiches/ligue-arabe?lang={language}").text
    lines = re.findall(r"<li>(.*?)</li>", page.partition('id="sources"')[0], re.DOTALL)
    leads = re.findall(r'<p class="lead"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert lines
    assert leads
    for line in lines + leads:
        numbers = re.findall(r'href="#source-(\d+)"', line)
        assert numbers
        assert all(f'id="source-{number}"' in page for number in numbers)
    addresses = re.findall(r'href="(/documents/[^"]+)"', page)
    assert len(addresses) == page.count('id="source-')
    for address in addresses[:5]:
        assert '<mark id="quote">' in client.get(address.replace("&amp;", "&")).text


def test_a_list_that_is_not_whole_says_how_many_of_its_items_are_shown(client: TestClient) -> None:
    """Beside what announces it, and nowhere else."""
    page = client.get("/fiches/cmai").text
    leads = re.findall(r'<p class="lead"[^>]*>(Le CMAI a quatre objectifs :.*?)</p>', page)
    assert ["1 sur 4" in lead for lead in leads] == [False, True, True]


def test_a_field_without_a_source_says_so(client: TestClient, shipped: Shipped) -> None:
    """As many times as there are fields that the texts do not fill."""
    briefing = shipped.assistant.briefing("onudc")
    assert briefing.unsaid
    assert client.get("/fiches/onudc").text.count("aucune source") == len(briefing.unsaid)


def test_an_unknown_framework_gets_the_list(client: TestClient) -> None:
    """With 404, on every route that names one."""
    for path in ("/fiches/atlantide", "/fiches/atlantide/quiz", "/fiches/atlantide/export/pdf"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "n’existe pas" in answer.text
    assert client.get("/fiches/chronologie?framework=atlantide").status_code == 404
    assert client.get("/fiches/ligue-arabe/export/exe").status_code == 404
    assert client.get("/fiches/chronologie/export/exe").status_code == 404


@pytest.mark.parametrize(("kind", "begins"), [("md", b"# "), ("docx", b"PK"), ("pdf", b"%PDF"), ("json", b"{")])
def test_a_briefing_is_a_file(client: TestClient, kind: str, begins: bytes) -> None:
    """Named after the framework and the language, of its own type."""
    answer = client.get(f"/fiches/maghreb/export/{kind}?lang=en")
    assert answer.content.startswith(begins)
    assert answer.headers["content-disposition"] == f'attachment; filename="fiche-maghreb-en.{kind}"'


def test_a_quiz_is_graded_on_the_server_with_its_sources(client: TestClient) -> None:
    """Right answers all count; none given shows no grade and no source."""
    blank = client.get("/fiches/ligue-arabe/quiz?seed=3").text
    asked = blank.count("<fieldset")
    assert asked
    assert "to-document" not in blank
    assert 'class="right"' not in blank
    graded = client.get("/fiches/ligue-arabe/quiz?seed=3&q1=0").text
    rights = [
        re.findall(r'<label( class="right")?', question).index(' class="right"')
        for question in graded.split("<fieldset")[1:]
    ]
    answers = "&".join(f"q{at}={right}" for at, right in enumerate(rights, 1))
    perfect = client.get(f"/fiches/ligue-arabe/quiz?seed=3&{answers}").text
    assert f"{asked} sur {asked}" in perfect
    assert perfect.count("to-document") == asked
    assert "في أي تاريخ" in client.get("/fiches/ligue-arabe/quiz?seed=3&lang=ar").text


def test_the_timeline_is_filtered_and_drawn(client: TestClient, shipped: Shipped) -> None:
    """As many rows and marks as events; the files follow the filters; what is no year says so."""
    all_of = client.get("/fiches/chronologie").text
    assert all_of.count('<tr id="event-') == len(shipped.assistant.timeline()) == all_of.count("<rect")
    some = shipped.assistant.timeline("ligue-arabe", date(2010, 1, 1), date(2015, 12, 31))
    address = "/fiches/chronologie?framework=ligue-arabe&from=2010&to=2015"
    page = client.get(address).text
    assert page.count('<tr id="event-') == len(some) > 0
    csv = client.get("/fiches/chronologie/export/csv?framework=ligue-arabe&from=2010&to=2015")
    assert csv.text.count("\r\n") == len(some) + 1
    assert client.get("/fiches/chronologie/export/ics").content.startswith(b"BEGIN:VCALENDAR")
    assert client.get("/fiches/chronologie/export/png").content.startswith(b"\x89PNG")
    assert "Écrivez une année" in client.get("/fiches/chronologie?from=hier").text
    assert "Aucun événement" in client.get("/fiches/chronologie?to=1").text


def test_the_pages_run_nothing_and_hostile_words_are_words(client: TestClient) -> None:
    """The policy forbids every script, and what is sent comes back escaped."""
    for path in ("/fiches", "/fiches/maghreb", "/fiches/maghreb/quiz", "/fiches/chronologie?from=<script>"):
        answer = client.get(path)
        assert "script-src 'none'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text


def test_the_exported_json_is_the_briefing(client: TestClient, shipped: Shipped) -> None:
    """The same lines as the terminal's."""
    told = json.loads(client.get("/fiches/maghreb/export/json").text)
    assert told["sources"] == json.loads(json.dumps(shipped.assistant.briefing("maghreb").to_json()))["sources"]


def test_behind_accounts_a_person_reads_what_their_groups_may_and_a_script_too(
    product: Assistant, desk: Desk, tmp_path: Path
) -> None:
    """Nobody without a session; a restricted text is in no page, file or JSON of somebody of no group."""
    texts = tmp_path / "t.jsonl"
    lines = {"ouvert": "La commission siège à Tunis.", "secret": "Le sommet zanzibarien a eu lieu le 4 mars 2021."}
    records = [{"id": id, "title": id, "text": f"Union africaine : {text}"} for id, text in lines.items()]
    texts.write_text("\n".join(map(json.dumps, records)))
    list(product.ingest(Request(jsonl=texts)))
    product.grant("secret", ["justice"])
    app = build_app(product, Door(desk.opened, KEYS))

    def visitor() -> TestClient:
        return TestClient(app, follow_redirects=False)

    assert visitor().get("/fiches/union-africaine").status_code == 303
    client = signed_in(visitor, desk, "amel")
    script = visitor()
    secret = desk.opened.parts.api_tokens.make(desk.account("amel"), "essai")
    script.headers["Authorization"] = f"Bearer {secret}"
    pages = (
        "",
        "/union-africaine",
        "/union-africaine/quiz",
        "/union-africaine/versions",
        "/chronologie",
        "/union-africaine/export/md",
    )
    addresses = [(client, f"/fiches{page}") for page in (*pages, "/chronologie/export/csv")]
    addresses += [
        (script, f"/api/{path}")
        for path in ("briefings", "briefings/union-africaine", "briefings/union-africaine/versions", "timeline")
    ]
    for who, address in addresses:
        answer = who.get(address)
        assert answer.status_code == 200, address
        assert "zanzibarien" not in answer.text
        assert "secret" not in answer.text
    assert "Tunis" in client.get("/fiches/union-africaine").text
    assert script.get("/api/briefings/union-africaine?language=ar").json()["language"] == "ar"
    assert script.get("/api/briefings/atlantide").json()["error"]["code"] == "no-framework"
    assert script.get("/api/timeline?framework=atlantide").json()["error"]["code"] == "no-framework"
    assert script.get("/api/timeline?from=x").json()["error"]["code"] == "invalid"
    product.open_to_all("secret")
    assert "zanzibarien" in client.get("/fiches/chronologie").text
    assert len(script.get("/api/timeline?from=2021&to=2021").json()["events"]) == 1


def test_what_has_changed_since_a_version_is_a_page(product: Assistant, tmp_path: Path) -> None:
    """Line by line, in three languages; an unknown framework gets the list."""
    texts = tmp_path / "t.jsonl"
    client = TestClient(build_app(product))
    for year in (2018, 2019):
        record = {"id": "note", "title": "Note", "text": f"Union africaine : le sommet date du 3 mai {year}."}
        texts.write_text(json.dumps(record))
        list(product.ingest(Request(jsonl=texts)))
        assert client.get("/fiches/union-africaine").status_code == 200
    for language, state in (("fr", "périmée"), ("ar", "متقادمة"), ("en", "stale")):
        page = client.get(f"/fiches/union-africaine/versions?lang={language}").text
        assert page.count('<li id="version-') == 2
        assert state in page
    assert re.search(r"<del>[^<]*2018", page)
    assert re.search(r"<ins>[^<]*2019", page)
    assert client.get("/fiches/atlantide/versions").status_code == 404
