"""A question put to some frameworks alone: chosen above it, said with the answer, kept with the turn, cleared again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import product_over, site_over
from playwright.sync_api import Page, expect
from test_journey_chat import ask, browser
from test_journey_pages import OpenPage, open_page

from assistant.accounts.database import Database
from assistant.library import Request

__all__ = ["browser", "open_page"]
TEXTS = {
    "euro-atlantique": "Le programme Zéphyr a été lancé à Oran le 4 mai 2021. Il compte douze communes.",
    "ligue-arabe": "Le conseil de Béchar s’est réuni à Tunis le 7 juin 2019. Il a adopté trois résolutions.",
}
ZEPHYR = "Quand a été lancé le programme Zéphyr ?"


@pytest.fixture(scope="module")
def address(short_folders: Callable[[], Path]) -> Iterator[str]:
    """The application over a text of each of two frameworks."""
    data = short_folders()
    lines = (
        {"id": id, "title": f"Texte {id}", "text": text, "lang": "fr", "framework": id} for id, text in TEXTS.items()
    )
    (data / "texts.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    with product_over(data, Request(jsonl=data / "texts.jsonl")) as assistant:
        database = Database(f"sqlite:///{data / 'conversations.db'}")
        with site_over(assistant, database=database) as address:
            yield address
        database.close()


def choose(page: Page, name: str) -> None:
    """Open the list above the question by the keyboard and choose a framework."""
    page.locator(".scope-open").focus()
    page.keyboard.press("Enter")
    page.locator("#scope").get_by_label(name).focus()
    page.keyboard.press("Space")
    expect(page.locator(".scope-open")).to_contain_text(name)


@pytest.mark.parametrize("width", [1280, 360])
def test_an_answer_is_sought_in_the_frameworks_chosen_alone(open_page: OpenPage, width: int) -> None:
    """It is not in the one; the page says where it looked, and the way to look everywhere finds it."""
    page = open_page(width, 760)
    choose(page, "Ligue des États arabes")
    page.keyboard.press("Escape")
    expect(page.locator("#scope")).to_be_hidden()
    expect(page.locator(".scope-open")).to_be_focused()
    ask(page, ZEPHYR)
    turn = page.locator("#turn-1")
    expect(turn.locator(".searched")).to_have_text("Cherché dans : Ligue des États arabes")
    expect(turn.locator(".refusal")).to_contain_text("Les autres cadres n’ont pas été consultés.")
    assert "Zéphyr" not in turn.locator(".refusal").inner_text()
    turn.locator(".everywhere").click()
    expect(turn.locator(".answer")).to_contain_text("4 mai 2021")
    expect(turn.locator(".searched")).to_have_count(0)
    expect(page.locator(".scope-open")).to_have_text("Chercher dans tous les cadres")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_where_it_was_sought_is_kept_and_exported_and_the_choice_is_cleared(open_page: OpenPage) -> None:
    """In the conversation opened again, in its file, in the language of the page."""
    page = open_page()
    choose(page, "Coopération euro-atlantique")
    ask(page, ZEPHYR)
    page.wait_for_selector("#kept .exports")
    expect(page.locator("#scope")).to_be_hidden()
    expect(page.locator("#turn-1 .searched")).to_contain_text("atlantique")
    page.click(".scope-clear")
    expect(page.locator(".scope-open")).to_have_text("Chercher dans tous les cadres")
    with page.expect_download() as download:
        page.click("#kept a[href$='/md']")
    assert "Cherché dans : " in download.value.path().read_text("utf-8")
    page.reload()
    page.click("#to-en")
    page.wait_for_selector(".empty.lang-en")
    page.click("#history-button")
    page.locator("#history .entry").first.click()
    expect(page.locator("#turn-1 .searched")).to_contain_text("Searched in:")
