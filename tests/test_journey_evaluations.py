"""Evaluators at work in a browser: a thumb down becomes a case, its set is run, compared, reported; no reader sees it.

`cooperation serve --accounts` runs as a process of its own over two pages of our own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from account_fakes import PASSWORD, desk_over
from fpdf import FPDF
from playwright.sync_api import Browser, BrowserContext, Page, expect
from serving import PATIENCE, Serving, run, serve
from test_journey_accounts import fill_in
from test_journey_chat import ask, browser

from assistant.accounts.account import Role
from evals.case import Case, CaseSet, Expect
from evals.cases import read_cases, write_cases

__all__ = ["browser"]
FIRST = "Le comité mixte de Zéralda a été créé en 2009. Il réunit les douanes et les ports des deux pays."
SECOND = "La troisième réunion du comité mixte de Zéralda s'est tenue à Tipaza le 4 mai 2011."
QUESTION = "Quand s'est tenue la troisième réunion du comité mixte de Zéralda ?"
COUSCOUS = "Quelle est la recette du couscous ?"
SET = "zeralda"


@dataclass
class Site:
    """The service, a token of the evaluator's, and where its data lie."""

    serving: Serving
    token: str

    @property
    def address(self) -> str:
        """Where it answers."""
        return self.serving.address

    def set_file(self, name: str) -> Path:
        """Where the set of this name lies."""
        return self.serving.data / "evals" / "sets" / f"{name}.toml"


@pytest.fixture(scope="module")
def site(model_cache: Path, short_folders: Callable[[], Path]) -> Iterator[Site]:
    """The service behind accounts, with a reader, an evaluator and one document of two pages."""
    data = short_folders()
    with desk_over(f"sqlite:///{data / 'cooperation.db'}", data) as desk:
        desk.member("rania")
        evaluator = desk.member("eva", Role.EVALUATOR)
        token = desk.opened.parts.api_tokens.make(evaluator, "évaluations")
    with serve(data, model_cache, "--accounts", "--no-ingest", COOPERATION_QUESTIONS_MINUTELY="1000") as serving:
        assert serving.command("ingest", str(two_pages(data / "comite.pdf"))).returncode == 0
        yield Site(serving, token)


def two_pages(path: Path) -> Path:
    """The document, as a PDF."""
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for text in (FIRST, SECOND):
        pdf.add_page()
        pdf.multi_cell(0, 8, text)
    pdf.output(str(path))
    return path


Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def enter(site: Site, browser: Browser) -> Iterator[Enter]:
    """Opens browsers of somebody; in the end none asked another origin or broke a page's policy."""
    contexts: list[BrowserContext] = []
    foreign: list[str] = []
    wrong: list[str] = []
    signed_in: dict[str, list[object]] = {}

    def open_it(name: str, width: int = 1280, height: int = 900, language: str = "fr") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        context.on("request", lambda it: it.url.startswith((site.address, "data:")) or foreign.append(it.url))
        context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000 / 4)
        page.on("pageerror", lambda it: wrong.append(str(it)))
        page.on("console", lambda it: wrong.append(it.text) if "policy" in it.text.casefold() else None)
        if name in signed_in:
            context.add_cookies(signed_in[name])  # type: ignore[arg-type]
        else:
            page.goto(f"{site.address}/account/login")
            fill_in(page, name=name, password=PASSWORD)
            page.wait_for_selector(".empty")
            signed_in[name] = [one for one in context.cookies() if one["name"] == "session"]
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert foreign == []
    assert wrong == []


def played(page: Page) -> None:
    """Wait until no run is under way."""
    expect(page.locator("#now progress")).to_have_count(0, timeout=PATIENCE * 1000)


def test_a_thumb_down_becomes_a_case_that_is_run_compared_and_reported(site: Site, enter: Enter) -> None:
    """From the reader's opinion to the verdict, each step by the forms of the pages."""
    reader = enter("rania")
    reader.goto(site.address)
    ask(reader, QUESTION)
    reader.wait_for_selector("#kept .exports")
    expect(reader.locator("#turn-1 .answer")).to_contain_text("4 mai 2011")
    assert reader.locator(".to-evaluations").count() == 0
    reader.click("#turn-1 .thumb.down")
    reader.select_option("#turn-1 .opinion select", "incomplete")
    reader.fill("#turn-1 .opinion textarea", "Il manque le lieu.")
    reader.click("#turn-1 .opinion button")
    expect(reader.locator("#turn-1 .thanks")).to_be_visible()

    page = enter("eva")
    page.goto(site.address)
    with page.expect_popup() as beside:
        page.click(".to-evaluations")
    page = beside.value
    expect(page.locator("h1")).to_have_text("Évaluations")
    row = page.locator("#candidates tr", has_text=QUESTION)
    expect(row).to_contain_text("Il manque quelque chose")
    row.locator("a").click()
    expect(page.locator("section", has_text="La réponse de l’assistant")).to_contain_text("4 mai 2011")
    expect(page.locator('[name="question"]')).to_have_value(QUESTION)
    expect(page.locator('[name="document"] option:checked')).to_contain_text("comite")
    expect(page.locator('[name="page"]')).to_have_value("2")
    expect(page.locator('[name="quote"]')).to_have_value(re.compile("Tipaza le 4 mai 2011"))
    expect(page.locator('[name="note"]')).to_have_value(re.compile(r"Il manque le lieu\."))
    page.fill('[name="expect"]', "4 mai 2011\nTipaza | Tipasa")
    page.fill('[name="new_set"]', SET)
    page.click('button[value="accept"]')
    expect(page.locator("h1")).to_have_text(SET)
    expect(page.locator("main")).to_contain_text(str(site.set_file(SET)))
    (case,) = read_cases(site.set_file(SET))
    assert (case.question, case.relevant[0].page) == (QUESTION, 2)
    assert case.expect.all_of == (("4 mai 2011",), ("Tipaza", "Tipasa"))

    page.click("#run button")
    played(page)
    expect(page.locator("#runs tbody tr")).to_have_count(1)
    expect(page.locator("#runs tbody tr")).to_contain_text("1 sur 1")

    page.goto(site.address)
    ask(page, COUSCOUS)
    page.wait_for_selector("#kept .exports")
    page.click("#turn-1 .to-case")
    expect(page.locator("#turn-1 .case-made")).to_be_visible()
    page.goto(f"{site.address}/evaluations")
    page.locator("#candidates tr", has_text="couscous").locator("a").click()
    page.select_option('[name="refuse"]', "far")
    page.select_option('[name="set"]', SET)
    page.click('button[value="accept"]')
    expect(page.locator("#cases tbody tr")).to_have_count(2)
    page.click("#run button")
    played(page)
    expect(page.locator("#runs tbody tr").first).to_contain_text("2 sur 2")

    page.locator("#runs tbody tr").first.get_by_role("link", name="Comparer").click()
    expect(page.locator("#verdict")).to_have_text("Trop peu de cas pour conclure.")
    expect(page.locator("#only-in-run")).to_contain_text("couscous")
    expect(page.locator("#metrics tbody tr", has_text="Réponses justes")).to_contain_text("100")
    page.go_back()
    page.locator("#runs tbody tr").first.get_by_role("link", name="Rapport").click()
    expect(page.locator("#main")).to_contain_text("couscous")
    page.go_back()
    expect(page.locator("#history svg").first).to_be_visible()
    expect(page.locator("#history tbody tr")).to_have_count(2)


def test_a_run_goes_on_while_the_page_is_closed_is_stopped_and_continued(site: Site, enter: Enter) -> None:
    """One at a time; what was played is kept."""
    many = tuple(Case(f"n-{n}", QUESTION, "fr", expect=Expect((("2011",),))) for n in range(160))
    site.set_file("longue").parent.mkdir(parents=True, exist_ok=True)
    write_cases(CaseSet("longue", many), site.set_file("longue"))
    page = enter("eva")
    page.goto(f"{site.address}/evaluations/sets/longue")
    page.click("#run button")
    expect(page.locator("#now progress")).to_have_count(1)
    expect(page.locator("#now progress")).to_have_attribute("value", re.compile("[1-9]"), timeout=PATIENCE * 1000)
    expect(page.locator("#run button")).to_have_count(0)
    page.close()
    page = enter("eva")
    page.goto(f"{site.address}/evaluations")
    expect(page.locator("#now")).to_contain_text("longue")
    page.click("#now button")
    played(page)
    page.goto(f"{site.address}/evaluations/sets/longue")
    expect(page.locator("#runs tbody tr")).to_contain_text("arrêtée")
    page.click("#run button")
    played(page)
    expect(page.locator("#runs tbody tr")).to_have_count(1)
    expect(page.locator("#runs tbody tr")).to_contain_text("160 sur 160")


def test_a_reader_is_shown_and_allowed_nothing_of_it(site: Site, enter: Enter) -> None:
    """403 on each page and each form."""
    page = enter("rania")
    for path in ("", "/sets/zeralda", "/candidates/x", "/progress", "/runs/x/report", "/compare"):
        answer = page.goto(f"{site.address}/evaluations{path}")
        assert answer is not None
        assert answer.status == 403, path
    expect(page.locator("h1")).to_have_text("Page réservée")
    for path in ("run", "stop", "candidates/x"):
        status = page.evaluate("async path => (await fetch(path, {method: 'POST'})).status", f"/evaluations/{path}")
        assert status == 403, path


def test_a_set_is_run_against_a_server_by_its_http_interface(site: Site, tmp_path: Path) -> None:
    """The same judging and the same run file; two at a time, of which the server answers one and has the other wait."""
    environ = {**site.serving.environ, "COOPERATION_API_TOKEN": site.token}
    made = tmp_path / "far.jsonl"
    options = ("--against", site.address, "--out", str(made), "--jobs", "2")
    done = run(environ, "--data", str(tmp_path), "evals", "run", str(site.set_file(SET)), *options)
    assert done.returncode == 0, done.stderr
    assert "1 justes sur 1 à répondre, 1 refusées sur 1 à refuser" in done.stdout
    assert "100" in next(line for line in done.stdout.splitlines() if "quote_verbatim" in line)
    refused = run(
        {**environ, "COOPERATION_API_TOKEN": "faux"}, "evals", "run", str(site.set_file(SET)), "--against", site.address
    )
    assert refused.returncode == 1
    assert "COOPERATION_API_TOKEN" in refused.stderr


def test_an_accepted_set_is_found_by_its_name_and_asked_of_its_own_documents(site: Site) -> None:
    """`cooperation evals run NAME`, beside the running service."""
    done = site.serving.command("evals", "run", SET)
    assert done.returncode == 0, done.stderr
    assert "1 justes sur 1 à répondre, 1 refusées sur 1 à refuser" in done.stdout
