"""A person comes back to what was asked: the list at the side, proofs again, names, deletion, files, opinions."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import docx
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from test_journey_chat import CONVENTIONS, COUSCOUS, OpenPage, ask, browser, open_page
from test_journey_chat import serving_again as serving

__all__ = ["browser", "open_page", "serving"]
SLOW_PANEL = """() => {
  const text = Response.prototype.text;
  Response.prototype.text = async function () {
    if (this.url.endsWith("/panel")) await new Promise((go) => { window.panelHeld = true; window.letPanelGo = go; });
    return text.call(this);
  };
}"""
OTAN = "À quels programmes de l’OTAN l’Algérie participe-t-elle ?"


def side(page: Page) -> Page:
    """The page with its list of conversations open."""
    if page.get_attribute("#history-button", "aria-expanded") != "true":
        page.click("#history-button")
    return page


def kept(page: Page, question: str) -> None:
    """Ask, and wait until the answer is written down."""
    ask(page, question)
    page.wait_for_selector("#kept .exports")


def empty_history(page: Page) -> None:
    """Delete every conversation, so that no test meets another's."""
    side(page)
    page.wait_for_selector("#history-list > *")
    while page.locator("#history li").count():
        before = page.locator("#history li").count()
        page.locator("#history li").first.hover()
        page.locator("#history .delete").first.click()
        expect(page.locator("#history li")).to_have_count(before - 1)


def test_a_conversation_is_opened_again_with_its_proofs_and_goes_on(open_page: OpenPage) -> None:
    page = open_page()
    empty_history(page)
    kept(page, CONVENTIONS)
    expect(page.locator("#history li")).to_have_count(1)
    expect(page.locator("#history h3")).to_have_text("Aujourd’hui")
    answer = page.locator("#turn-1 .answer").inner_text()
    page.reload()
    page.wait_for_selector(".empty")
    side(page)
    page.click("#history .entry")
    page.wait_for_selector("#turn-1.answered")
    assert page.locator("#turn-1 .answer").inner_text() == answer
    page.click(".cite.at-1-1 >> nth=0")
    mark = page.locator("#proof mark").first
    expect(mark).to_be_in_viewport()
    assert mark.inner_text() in answer
    ask(page, OTAN)
    expect(page.locator("#turn-2 .answer")).to_contain_text("IPCP")
    expect(page.locator("#history li")).to_have_count(1)


def test_conversations_are_searched_renamed_deleted_and_brought_back(open_page: OpenPage) -> None:
    page = open_page()
    empty_history(page)
    kept(page, CONVENTIONS)
    page.click("#new")
    page.wait_for_selector(".empty")
    kept(page, COUSCOUS)
    expect(page.locator("#history li")).to_have_count(2)
    page.fill("#history-search", "CYBERCRIMINALITE")
    expect(page.locator("#history li")).to_have_count(1)
    expect(page.locator("#history .entry")).to_have_text(CONVENTIONS)
    page.fill("#history-search", "étable")
    expect(page.locator("#history .none")).to_have_text("Aucune conversation ne contient ces mots.")
    page.press("#history-search", "Escape")
    expect(page.locator("#history li")).to_have_count(2)
    item = page.locator("#history li", has_text="couscous")
    item.hover()
    item.locator(".rename").click()
    page.fill("#history .naming", "Cuisine <b>")
    page.press("#history .naming", "Enter")
    renamed = page.locator("#history li", has_text="Cuisine <b>")
    expect(renamed).to_have_count(1)
    renamed.hover()
    renamed.locator(".delete").click()
    expect(page.locator("#history li")).to_have_count(1)
    page.wait_for_selector(".empty")
    page.click("#history .undo button")
    expect(page.locator("#history li")).to_have_count(2)


def test_a_conversation_is_exported_as_word_pdf_and_markdown(open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page()
    kept(page, CONVENTIONS)
    files = {}
    for kind, label in (("docx", "Word"), ("pdf", "PDF"), ("md", "Markdown")):
        with page.expect_download() as download:
            page.locator("#kept a", has_text=label).click()
        download.value.save_as(tmp_path / kind)
        assert download.value.suggested_filename.endswith(f".{kind}")
        files[kind] = (tmp_path / kind).read_bytes()
    texts = {
        "docx": "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(files["docx"])).paragraphs),
        "pdf": "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(files["pdf"])).pages),
        "md": files["md"].decode(),
    }
    for kind, text in texts.items():
        flat = " ".join(text.split())
        assert CONVENTIONS.replace(" ?", "") in flat, kind
        assert "[1] La coopération avec le Conseil des ministres arabes" in flat, kind
        assert "cybercriminalité" in flat, kind


def test_a_thumb_down_asks_why_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page()
    empty_history(page)
    kept(page, COUSCOUS)
    page.click("#turn-1 .thumb.down")
    page.select_option("#turn-1 .opinion select", "should-answer")
    page.fill("#turn-1 .opinion textarea", "Elle y est, <b>pourtant</b>.")
    page.click("#turn-1 .opinion button")
    expect(page.locator("#turn-1 .thanks")).to_be_visible()
    page.reload()
    page.wait_for_selector(".empty")
    side(page)
    page.click("#history .entry")
    expect(page.locator("#turn-1 .thumb.down")).to_have_attribute("aria-pressed", "true")
    page.click("#turn-1 .thumb.up")
    expect(page.locator("#turn-1 .thumb.up")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#turn-1 .thumb.down")).to_have_attribute("aria-pressed", "false")


def test_the_last_question_is_asked_again_in_its_place(open_page: OpenPage) -> None:
    page = open_page()
    empty_history(page)
    kept(page, CONVENTIONS)
    with page.expect_response("**/gradio_api/run/predict"):  # it is written down
        page.click("#turn-1 .again")
    page.wait_for_selector("#turn-1.answered")
    assert page.locator(".turn").count() == 1
    expect(page.locator("#history li")).to_have_count(1)


def redrawn(page: Page) -> None:
    """Let what follows an answer come late: the list is fetched and drawn anew."""
    with page.expect_response("**/conversations?q=*"):
        page.evaluate("document.querySelector('#kept .exports').classList.add('late')")
    page.wait_for_timeout(100)


def test_a_name_that_is_being_typed_stays_when_the_list_is_drawn_anew(open_page: OpenPage) -> None:
    page = open_page()
    empty_history(page)
    kept(page, CONVENTIONS)
    page.locator("#history li").hover()
    page.click("#history .rename")
    page.fill("#history .naming", "À moitié")
    redrawn(page)
    page.type("#history .naming", " tapé")
    page.press("#history .naming", "Enter")
    expect(page.locator("#history .entry")).to_have_text("À moitié tapé")
    expect(page.locator("#history .entry")).to_be_focused()


def test_the_list_stays_while_the_panel_is_fetched_in_another_language(open_page: OpenPage) -> None:
    """A slow line, and a search meanwhile: nothing breaks, and its words stay."""
    page = open_page()
    wrong: list[str] = []
    page.on("pageerror", lambda it: wrong.append(str(it)))
    kept(page, CONVENTIONS)
    side(page)
    page.evaluate(SLOW_PANEL)
    page.click("#to-en")
    page.wait_for_function("window.panelHeld")
    page.fill("#history-search", "couscous")
    expect(page.locator("#history .none")).to_be_visible()
    page.evaluate("window.letPanelGo()")
    expect(page.locator("#history-search")).to_have_attribute("placeholder", "Search…")
    expect(page.locator("#history-search")).to_have_value("couscous")
    assert wrong == []


def test_by_keyboard_the_list_is_reached_left_and_works(open_page: OpenPage) -> None:
    page = open_page()
    empty_history(page)
    kept(page, CONVENTIONS)
    page.focus("#history-search")
    page.keyboard.press("Tab")
    expect(page.locator("#history .entry")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#history .rename")).to_be_focused()
    redrawn(page)
    expect(page.locator("#history .rename")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#history")).to_be_hidden()
    expect(page.locator("#history-button")).to_be_focused()


def test_on_a_phone_the_list_lies_over_the_page_and_closes_when_one_is_chosen(open_page: OpenPage) -> None:
    page = open_page(390, 844)
    kept(page, CONVENTIONS)
    expect(page.locator("#history")).to_be_hidden()
    page.click("#history-button")
    expect(page.locator("#history")).to_be_visible()
    page.locator("#history .entry").first.click()
    expect(page.locator("#history")).to_be_hidden()
    page.wait_for_selector("#turn-1.answered")
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_in_arabic_the_list_stands_at_the_right_and_speaks_arabic(open_page: OpenPage) -> None:
    page = open_page(1440, 900)
    kept(page, CONVENTIONS)
    page.click("#to-ar")
    page.wait_for_selector(".conversation.lang-ar")
    expect(page.locator("#history h2")).to_have_text("المحادثات")
    expect(page.locator("#kept .exports")).to_contain_text("تصدير")
    box = page.locator("#history").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] == 1440
