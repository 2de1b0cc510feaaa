"""People come in by a browser: the first administrator, somebody who signs up, a forgotten password, a script's token.

`cooperation serve --accounts` runs as a process of its own; every link is read from the letters in its outbox.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from account_fakes import text_of
from playwright.sync_api import Browser, BrowserContext, Page, expect
from serving import PATIENCE, Serving, serve
from test_journey_chat import CONVENTIONS, ask, browser

from ui.i18n import words

__all__ = ["browser"]
CHIEF = ("cheffe", "cheffe@example.org", "quatre chevaux lents boivent")
READER = ("samir", "samir@example.org", "trois nuages sur la colline")
ANOTHER = "une lampe verte sous la neige"


@dataclass
class Site:
    """The service, and the link of the first administrator, which is good once."""

    serving: Serving

    @property
    def setup(self) -> str:
        """The first administrator's link."""
        return self.serving.setup

    @property
    def address(self) -> str:
        """Where it answers."""
        return self.serving.address

    def link(self, recipient: str, path: str) -> str:
        """The link to a path in the newest letter to somebody, once it has left."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for file in sorted((self.serving.data / "outbox").glob("*.eml"), key=_age, reverse=True):
                letter = message_from_bytes(file.read_bytes(), policy=policy.default)
                found = re.search(rf"{re.escape(self.address)}{path}\?token=\S+", text_of(letter))  # type: ignore[arg-type]
                if letter["To"] == recipient and found:
                    return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no letter to {recipient} with a link to {path}")


def _age(file: Path) -> float:
    return file.stat().st_mtime


@pytest.fixture(scope="module")
def site(model_cache: Path, new_shipped: Callable[[], Path]) -> Iterator[Site]:
    """The service behind accounts over the shipped texts, ingested before."""
    with serve(new_shipped(), model_cache, "--accounts") as serving:
        yield Site(serving)


Enter = Callable[..., Page]


@pytest.fixture
def visitor(site: Site, browser: Browser) -> Iterator[Enter]:
    """Opens browsers that share nothing; in the end none asked another origin or broke a page's policy."""
    contexts: list[BrowserContext] = []
    foreign: list[str] = []
    wrong: list[str] = []

    def open_it(width: int = 1280, height: int = 800, language: str = "fr", scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": site.address}])
        context.on("request", lambda it: it.url.startswith((site.address, "data:")) or foreign.append(it.url))
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000 / 4)
        page.on("dialog", lambda it: wrong.append(it.message))
        page.on("pageerror", lambda it: wrong.append(str(it)))
        page.on("console", lambda it: wrong.append(it.text) if "policy" in it.text.casefold() else None)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert foreign == []
    assert wrong == []


def fill_in(page: Page, **values: str) -> None:
    """Fill in the first form that has these fields, and send it by Enter."""
    for name, value in values.items():
        page.locator(f'input[name="{name}"]').first.fill(value)
    page.locator(f'input[name="{list(values)[-1]}"]').first.press("Enter")


def log_in(page: Page, site: Site, name: str, password: str) -> None:
    """From any page: to the chat, by the form."""
    page.goto(site.address)
    expect(page).to_have_url(f"{site.address}/account/login")
    fill_in(page, name=name, password=password)
    page.wait_for_selector(".empty")
    expect(page).to_have_url(f"{site.address}/")


def log_out(page: Page, site: Site) -> None:
    """By the button of one's account; what was open opens no more."""
    page.goto(f"{site.address}/account")
    page.click('form[action="/account/logout"] button')
    expect(page).to_have_url(f"{site.address}/account/login")
    page.goto(f"{site.address}/conversations")
    expect(page).to_have_url(f"{site.address}/account/login")


@pytest.fixture(scope="module")
def chief(site: Site, browser: Browser) -> tuple[str, str, str]:
    """The first administrator, made by the printed link, which then opens nothing more."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.setup)
    identifier, email, password = CHIEF
    fill_in(page, identifier=identifier, email=email, password=password)
    expect(page.locator("h1")).to_have_text("Le compte est prêt")
    page.goto(site.setup)
    expect(page.locator("h1")).to_have_text("Lien expiré")
    context.close()
    return CHIEF


def sign_up(page: Page, site: Site, person: tuple[str, str, str], language: str = "fr") -> None:
    """Ask for an account and confirm the address by the letter's link."""
    identifier, email, password = person
    said = words(language)
    page.goto(site.address)
    page.click(f"text={said['account.sign_up']}")
    fill_in(page, identifier=identifier, email=email, password=password)
    expect(page.locator("h1")).to_have_text(said["notes.sign_up_asked.title"])
    page.goto(site.link(email, "/account/confirm"))
    fill_in(page, password=password)
    expect(page.locator("h1")).to_have_text(said["notes.waiting.title"])


def approve(page: Page, site: Site, identifier: str) -> None:
    """An administrator accepts who waits."""
    page.goto(f"{site.address}/admin")
    page.locator("tr", has_text=identifier).get_by_role("button", name="Approuver").click()
    expect(page.locator("section", has_text="À approuver").locator("tr", has_text=identifier)).to_have_count(0)


def test_the_first_administrator_asks_and_sees_the_proof(
    site: Site, chief: tuple[str, str, str], visitor: Enter
) -> None:
    """The printed link leads to the service's own address; set up, log in, ask, see the quote, log out."""
    page = visitor()
    log_in(page, site, chief[0], chief[2])
    ask(page, CONVENTIONS)
    page.locator("#turn-1 .answer .cite.at-1-1").first.click()
    expect(page.locator("#proof mark").first).to_be_in_viewport()
    with page.expect_popup() as opened:
        page.click("#proof .open")
    expect(opened.value.locator("#quote")).to_be_in_viewport()
    page.click("text=Mon compte")
    expect(page.locator(".said").first).to_contain_text(chief[1])
    log_out(page, site)


@pytest.mark.parametrize(
    ("language", "width", "height"),
    [("fr", 1280, 800), ("ar", 390, 844), pytest.param("ar", 1280, 800, marks=pytest.mark.nightly)],
)
def test_somebody_signs_up_is_approved_asks_sees_the_proof_and_is_kept_apart(
    site: Site, chief: tuple[str, str, str], visitor: Enter, language: str, width: int, height: int
) -> None:
    """Sign up, confirm by the letter, wait, be approved; ask, see the quote marked, ask on, take the file, leave; the
    question is not in the administrator's list. In Arabic everything is mirrored, on a telephone too.
    """
    said, name = words(language), f"{READER[0]}-{language}-{width}"
    person = (name, f"{name}@example.org", READER[2])
    page, chiefs = visitor(width, height, language), visitor()
    sign_up(page, site, person, language)
    expect(page.locator("html")).to_have_attribute("dir", said.direction)
    page.goto(site.address)
    fill_in(page, name=person[0], password=person[2])
    expect(page.locator(".mistake")).to_contain_text(said["mistakes.login-pending"])
    log_in(chiefs, site, chief[1], chief[2])
    approve(chiefs, site, person[0])
    log_in(page, site, person[1], person[2])
    ask(page, CONVENTIONS)
    page.locator("#turn-1 .answer .cite.at-1-1").first.click()
    mark = page.locator("#proof mark").first
    expect(mark).to_be_in_viewport()
    mirrored(page, said.direction, width)
    page.keyboard.press("Escape")
    ask(page, "Et qu’en est-il de la cybercriminalité ?")
    page.wait_for_selector("#kept .exports")
    with page.expect_download() as download:
        page.click("#kept a[href$='/md']")
    exported = download.value.path().read_text("utf-8")
    assert "corruption" in exported
    assert said["copy.sources"] in exported
    assert page.evaluate("document.documentElement.scrollWidth") == width
    mine = page.evaluate("async () => (await fetch('/conversations')).text()")
    theirs = chiefs.evaluate("async () => (await fetch('/conversations')).text()")
    assert "conventions arabes" in mine
    assert mine != theirs
    answer = page.goto(f"{site.address}/admin")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("h1")).to_have_text(said["refused.403.title"])
    log_out(page, site)


def mirrored(page: Page, direction: str, width: int) -> None:
    """The page runs in its language's direction; on a wide one the proof stands at the far side of the answer."""
    expect(page.locator("html")).to_have_attribute("dir", direction)
    name, switch = page.locator("#name").bounding_box(), page.locator("#theme").bounding_box()
    proof, answer = page.locator("#proof").bounding_box(), page.locator("#turn-1 .answer").bounding_box()
    assert name is not None
    assert switch is not None
    assert proof is not None
    assert answer is not None
    assert (name["x"] > switch["x"]) == (direction == "rtl")
    if width >= 1080:
        assert (answer["x"] > proof["x"]) == (direction == "rtl")
    else:
        assert proof["width"] == width


def test_a_forgotten_password_is_set_by_the_letter_and_open_sessions_end(
    site: Site, chief: tuple[str, str, str], visitor: Enter
) -> None:
    """The link is asked for by the form; afterwards the old password and the open page are of no use."""
    person = ("nadia", "nadia@example.org", "deux bateaux dans le brouillard")
    page, chiefs = visitor(), visitor()
    sign_up(page, site, person)
    log_in(chiefs, site, chief[0], chief[2])
    approve(chiefs, site, person[0])
    log_in(page, site, person[0], person[2])
    other = visitor()
    other.goto(site.address)
    other.click("text=Réinitialiser le mot de passe")
    fill_in(other, name=person[1])
    expect(other.locator("h1")).to_have_text("Vérifiez votre courrier")
    other.goto(site.link(person[1], "/account/reset"))
    fill_in(other, password="court")
    expect(other.locator(".mistake")).to_contain_text("15 caractères")
    fill_in(other, password=ANOTHER)
    expect(other.locator("h1")).to_have_text("Mot de passe changé")
    page.goto(f"{site.address}/account")
    expect(page).to_have_url(f"{site.address}/account/login")
    fill_in(page, name=person[0], password=person[2])
    expect(page.locator(".mistake")).to_contain_text("ne correspondent pas")
    log_in(page, site, person[0], ANOTHER)


def test_a_token_lets_a_script_ask_until_it_is_revoked(site: Site, chief: tuple[str, str, str], visitor: Enter) -> None:
    """Made and shown once on the account's page."""
    page = visitor()
    log_in(page, site, chief[0], chief[2])
    page.goto(f"{site.address}/account")
    fill_in(page, name="rapport du mois")
    secret = page.locator("pre.code").inner_text().strip()
    asked = json.dumps({"question": CONVENTIONS}).encode()
    assert "corruption" in _posted(site, secret, asked)[1]
    page.goto(f"{site.address}/account")
    assert secret not in page.content()
    page.locator('form[action="/account/tokens/revoke"] button').click()
    expect(page.locator('form[action="/account/tokens/revoke"]')).to_have_count(0)
    assert _posted(site, secret, asked)[0] == 401


def _posted(site: Site, secret: str, body: bytes) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{site.address}/api/ask", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""
