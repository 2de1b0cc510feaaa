"""A newcomer reads a briefing, turns it into Arabic, opens a source, takes the quiz and takes a file away."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect
from pypdf import PdfReader
from test_journey_chat import OpenPage, browser, open_page
from test_journey_chat import serving_again as serving

__all__ = ["browser", "open_page", "serving"]


def test_a_briefing_is_read_turned_checked_and_taken_away(open_page: OpenPage, tmp_path: Path) -> None:
    """From the chat page's bar, and on to the questions in Arabic."""
    chat = open_page()
    with chat.expect_popup() as opened:  # beside the conversation, which stays
        chat.click("#bar .to-fiches")
    page = opened.value
    page.click('.framework-name[href="/fiches/ligue-arabe"]')
    expect(page.locator("#dates h2")).to_have_text("Dates clés")
    page.click("#dates .source-number >> nth=0")
    number = re.search(r"#(source-\d+)$", page.url)
    assert number
    quote = page.locator(f"#{number[1]} q").inner_text()
    page.click(f"#{number[1]} .to-document")
    expect(page.locator("#quote").first).to_be_in_viewport()
    assert page.locator("#quote").first.inner_text().split()[:3] == quote.strip("«»“” \u00a0").split()[:3]
    page.go_back()
    page.click(".tongues a[lang=ar]")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("#dates h2")).to_have_text("التواريخ الرئيسية")
    page.click(".doings .go")
    page.locator("fieldset input").first.check()
    page.click("form .go")
    expect(page.locator(".score")).to_be_visible()
    expect(page.locator("#question-1 .to-document")).to_be_visible()
    page.click(".up a")
    with page.expect_download() as waiting:
        page.click('.exports a[href*="/pdf"]')
    waiting.value.save_as(tmp_path / "fiche.pdf")
    assert PdfReader(tmp_path / "fiche.pdf").pages[0].extract_text().strip()
    page.click(".fiche-bar .brand")
    page.wait_for_selector(".empty.lang-ar")


def test_on_a_phone_no_page_is_wider_than_the_screen(open_page: OpenPage) -> None:
    """In both directions."""
    for language in ("fr", "ar"):
        page = open_page(390, 800, language)
        for path in ("fiches", "fiches/ligue-arabe", "fiches/ligue-arabe/quiz", "fiches/chronologie"):
            page.goto(f"{page.url.split('/fiches')[0].rstrip('/')}/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
