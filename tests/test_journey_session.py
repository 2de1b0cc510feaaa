"""A session ends under an open page: the page says so, and brings back what was typed to the same person alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from account_fakes import PASSWORD, Desk, desk_over
from browsing import product_over, site_over
from playwright.sync_api import Browser, Page, expect
from serving import PATIENCE
from test_journey_accounts import fill_in
from test_journey_chat import ask, browser
from test_ui_accounts import KEYS

from assistant.library import Request
from ui.visits import Door

__all__ = ["browser"]
QUESTION = "Quand se réunira le sommet zanzibarien ?"
TYPED = "Et où se réunira-t-il ?"
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    data = tmp_path_factory.mktemp("accounts")
    with desk_over(f"sqlite:///{data / 'a.db'}", data, login_minutely_address=1000) as desk:
        for name in ("amel", "bob"):
            desk.member(name)
        yield desk


@pytest.fixture(scope="module")
def enter(
    desk: Desk, browser: Browser, tmp_path_factory: pytest.TempPathFactory, short_folders: Callable[[], Path]
) -> Iterator[Enter]:
    """Opens the page of somebody who is signed in."""
    texts = tmp_path_factory.mktemp("texts")
    (texts / "sommet.md").write_text("# Sommet\n\nLe sommet zanzibarien se réunira le 4 mars 2031 à Lagos.\n", "utf-8")
    with ExitStack() as stack:
        assistant = stack.enter_context(product_over(short_folders(), Request((texts,))))
        site = stack.enter_context(site_over(assistant, Door(desk.opened, KEYS)))

        def open_it(name: str, width: int = 1280, height: int = 800) -> Page:
            context = browser.new_context(viewport={"width": width, "height": height}, base_url=site)
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(PATIENCE * 1000 / 4)
            page.goto("/account/login")
            sign_in(page, name)
            return page

        yield open_it


def sign_in(page: Page, name: str) -> None:
    """Log in, from the page that asks for it; a conversation that is brought back hides the welcome."""
    fill_in(page, name=name, password=PASSWORD)
    page.locator(".empty:visible, .turn:visible").first.wait_for()


def forgotten(page: Page) -> None:
    """End the session as another window would, or as time does."""
    page.context.clear_cookies(name="session")


@pytest.mark.parametrize("who", ["amel", "bob"])
def test_a_session_that_has_ended_is_said_so_and_gives_back_what_was_typed(enter: Enter, who: str) -> None:
    """To whoever typed it; the conversation comes back with it."""
    page = enter("amel")
    ask(page, QUESTION)
    page.wait_for_selector("#kept .exports")
    forgotten(page)
    page.fill("#question textarea", TYPED)
    page.press("#question textarea", "Enter")
    closed = page.locator("#hints .closed")
    expect(closed).to_be_visible()
    expect(closed).to_have_text("Votre session est fermée : reconnectez-vous.")
    expect(page.locator("#hints .lost")).to_be_hidden()
    page.click("#hints .to-login")
    page.wait_for_selector(".card form")
    sign_in(page, who)
    if who == "amel":
        page.wait_for_selector("#turn-1.answered")
        expect(page.locator("#question textarea")).to_have_value(TYPED)
    else:
        expect(page.locator(".to-account").first).to_be_visible()
        page.wait_for_timeout(500)
        expect(page.locator("#question textarea")).to_have_value("")
        expect(page.locator(".turn")).to_have_count(0)


def test_the_list_of_conversations_says_so_and_shows_no_form(enter: Enter) -> None:
    page = enter("amel")
    page.click("#history-button")
    forgotten(page)
    page.fill("#history-search", "sommet")
    expect(page.locator("#hints .closed")).to_be_visible()
    expect(page.locator("#history form")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_way_to_ones_account_speaks_the_language_of_the_page_and_has_room(enter: Enter, width: int) -> None:
    page = enter("amel", width, 800)
    own = page.locator(".to-account:visible")
    for language, said in (("ar", "حسابي"), ("fr", "Mon compte"), ("en", "My account"), ("fr", "Mon compte")):
        page.click(f"#to-{language}")
        expect(own).to_have_text(said)
        expect(own).to_have_count(1)
    place, box = own.bounding_box(), page.locator("#composer").bounding_box()
    assert place is not None
    assert box is not None
    if width < 640:
        assert place["height"] >= 36
        assert place["y"] >= box["y"] + box["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    own.click()
    expect(page).to_have_url(re.compile("/account$"))
