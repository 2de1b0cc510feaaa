"""The proof as the page it stands on: a PDF's page beside the answer, the quote marked, on any screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from browsing import product_over, site_over
from made_files import ARABIC_FONT, pages_pdf
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from test_journey_chat import ask, browser

from assistant.accounts.database import Database
from assistant.library import Request

__all__ = ["browser"]
FRENCH = [
    ["Accord de Tipaza", "", "Article premier. Les deux parties coopèrent.", "Article 2. Elles se consultent."],
    ["Article 3. La formation judi-", "ciaire conjointe de Tipaza compte quarante magistrats par promotion.", "Fin."],
]
ARABIC = [["اتفاق زرالدة", "", "تنظم دورات تكوينية لفائدة الأعوان المكلفين بمراقبة الحدود في زرالدة.", "النهاية."]]
TIPAZA = "Combien de magistrats compte la formation judiciaire conjointe de Tipaza ?"
ZERALDA = "لفائدة من تنظم دورات تكوينية في زرالدة ؟"


@pytest.fixture(scope="module")
def address(short_folders: Callable[[], Path]) -> Iterator[str]:
    """The application over two PDFs of our own."""
    files = short_folders()
    (files / "tipaza.pdf").write_bytes(pages_pdf(FRENCH))
    if ARABIC_FONT.exists():
        (files / "zeralda.pdf").write_bytes(pages_pdf(ARABIC, arabic=True))
    data = short_folders()
    with product_over(data, Request((files,))) as assistant:
        database = Database(f"sqlite:///{data / 'conversations.db'}")
        with site_over(assistant, database=database) as address:
            yield address
        database.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(address: str, browser: Browser) -> Iterator[OpenPage]:
    """Opens pages; in the end none has asked another origin or broken the page's own policy."""
    contexts, wrong = [], []

    def open_it(width: int = 1280, height: int = 800, language: str = "fr") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("request", lambda it: it.url.startswith((address, "data:")) or wrong.append(it.url))
        page.on("pageerror", lambda it: wrong.append(str(it)))
        page.on("console", lambda it: wrong.append(it.text) if it.type == "error" else None)
        page.goto(address)
        page.wait_for_selector(f".empty.lang-{language}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert wrong == []


def opened(page: Page, question: str) -> Page:
    """The page with the first proof of a question's answer open."""
    ask(page, question)
    page.locator(".cite.at-1-1").first.click()
    page.wait_for_selector("#proof .leaf img")
    page.evaluate("document.querySelector('#proof .leaf img').decode()")
    return page


def ink(page: Page, mark: int = 0) -> tuple[int, int]:
    """The darkest and the lightest grey of what is seen where a mark lies."""
    box = page.locator("#proof .leaf-mark").nth(mark).bounding_box()
    assert box is not None
    shot = Image.open(BytesIO(page.screenshot(clip=box))).convert("L")  # type: ignore[arg-type]
    darkest, lightest = shot.getextrema()
    return int(darkest), int(lightest)  # type: ignore[arg-type]


def test_the_page_is_shown_with_the_quote_marked_and_turned_and_drawn_nearer(open_page: OpenPage) -> None:
    """Two lines, because a word is cut between them; neighbours, zoom and the way back are followed in place."""
    page = opened(open_page(), TIPAZA)
    leaf = page.locator("#proof .leaf")
    expect(leaf.locator(".leaf-position")).to_have_text("page 2 sur 2")
    expect(leaf.locator(".leaf-mark")).to_have_count(2)
    expect(leaf.locator(".leaf-mark").first).to_be_in_viewport()
    darkest, lightest = ink(page)
    assert darkest < 110, "there are letters under the mark"
    assert 200 < lightest < 250, "the paper under it is yellow"
    expect(leaf.locator(".leaf-sheet")).to_have_attribute("style", re.compile("^width:100%"))
    leaf.locator("a.nearer").click()
    expect(leaf.locator(".leaf-sheet")).to_have_attribute("style", re.compile("^width:150%"))
    expect(leaf.locator(".leaf-mark").first).to_be_in_viewport()
    expect(leaf.locator("a.nearer")).to_be_focused()
    leaf.locator("a.previous").click()
    expect(leaf.locator(".leaf-position")).to_have_text("page 1 sur 2")
    expect(leaf.locator(".leaf-mark")).to_have_count(0)
    leaf.locator(".back-to-quote").click()
    expect(leaf.locator(".leaf-mark").first).to_be_in_viewport()


def test_the_text_is_one_click_away_and_stays_for_whoever_listens(open_page: OpenPage) -> None:
    """The picture has words for its name; the text never leaves the proof."""
    page = opened(open_page(), TIPAZA)
    sheet = page.get_by_role("img", name="Image de la page 2")
    expect(sheet).to_be_visible()
    assert "quarante magistrats" in page.locator("#proof .proof-text").inner_text()
    page.click("#proof .to-text")
    expect(page.locator("#proof .leaf")).to_have_count(0)
    expect(page.locator("#proof mark").first).to_be_in_viewport()
    expect(page.locator("#proof .to-text")).to_have_attribute("aria-current", "true")
    page.click("#proof .close")
    page.locator(".cite.at-1-1").first.click()
    expect(page.locator("#proof mark").first).to_be_in_viewport()
    page.click("#proof .to-page")
    expect(page.locator("#proof .leaf-mark").first).to_be_in_viewport()


def test_on_a_telephone_the_page_can_be_read_and_the_quote_is_in_view(open_page: OpenPage) -> None:
    """At 360 px a point of the page takes a pixel at least, inside its own room: the page itself does not widen."""
    page = open_page(360, 740)
    ask(page, TIPAZA)
    page.locator(".cite.at-1-1").first.click()
    page.wait_for_selector("#proof .leaf-mark")
    box = page.locator("#proof .leaf img").bounding_box()
    assert box is not None
    assert box["width"] >= 595
    expect(page.locator("#proof .leaf-mark").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("#proof .leaf-tools").bounding_box()["width"] <= 360  # type: ignore[index]


@pytest.mark.skipif(not ARABIC_FONT.exists(), reason="no Arabic font: apt install fonts-noto-core")
def test_an_arabic_page_is_marked_in_a_mirrored_panel(open_page: OpenPage) -> None:
    """The quote stands at the right of the page, where its line begins."""
    page = opened(open_page(1280, 800, "ar"), ZERALDA)
    expect(page.locator("#proof .leaf-position")).to_have_text("الصفحة 1 من 1")
    mark, sheet = page.locator("#proof .leaf-mark").first.bounding_box(), page.locator(".leaf-sheet").bounding_box()
    assert mark is not None
    assert sheet is not None
    assert mark["x"] + mark["width"] > sheet["x"] + 0.9 * sheet["width"]
    assert ink(page)[0] < 110


def test_the_document_opens_as_text_and_as_pages_without_a_script(open_page: OpenPage) -> None:
    """From the proof to the text at the quote, from there to the page, and back."""
    page = opened(open_page(), TIPAZA)
    with page.expect_popup() as popup:
        page.click("#proof .open")
    document = popup.value
    expect(document.locator("#quote")).to_be_in_viewport()
    document.click(".to-page")
    expect(document.locator("span#quote")).to_be_in_viewport()
    assert document.locator("script").count() == 0
    document.click(".leaf-tool.previous")
    expect(document.locator(".leaf-position")).to_have_text("page 1 sur 2")
    document.click(".to-text")
    expect(document.locator("mark#quote")).to_be_in_viewport()


def test_where_there_is_no_picture_the_text_is_shown(open_page: OpenPage) -> None:
    """A file that was moved, say: no switch, and nothing said that is not so."""
    page = open_page()
    page.route("**/pages/**", lambda route: route.fulfill(status=204, body=""))
    ask(page, TIPAZA)
    page.locator(".cite.at-1-1").first.click()
    expect(page.locator("#proof mark").first).to_be_in_viewport()
    expect(page.locator("#proof .view")).to_be_hidden()
