"""A person asks in a browser: `cooperation serve` as a process of its own, Debian's Chromium in front of it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
CONVENTIONS = "Quelles conventions arabes contre la criminalité ont été signées ?"
COUSCOUS = "Quelle est la recette du couscous ?"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"

if not CHROMIUM.exists():
    how = "Chromium is not installed: apt-get install chromium"
    if os.environ.get("CI") == "true":
        pytest.fail(how)
    pytest.skip(how, allow_module_level=True)

from playwright.sync_api import Browser, Page, Route, expect, sync_playwright  # noqa: E402
from serving import PATIENCE, Serving, run, serve  # noqa: E402


@pytest.fixture(scope="module")
def serving(model_cache: Path, short_folders: Callable[[], Path]) -> Iterator[Serving]:
    """The service over a new data directory, which it fills by itself."""
    with serve(short_folders(), model_cache) as serving:
        yield serving


@pytest.fixture(scope="module")
def serving_again(model_cache: Path, new_shipped: Callable[[], Path]) -> Iterator[Serving]:
    """The service over the shipped texts, ingested before."""
    with serve(new_shipped(), model_cache) as serving:
        yield serving


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(serving: Serving, browser: Browser) -> Iterator[OpenPage]:
    """Opens pages; in the end none has asked another origin, shown a dialog or broken the page's own policy.

    `refused` is the status that the test itself answers a request with, which the browser writes into its console.
    """
    contexts, foreign, wrong = [], [], []

    def open_it(width: int = 1280, height: int = 800, language: str = "fr", refused: int = 0) -> Page:
        expected = f"the server responded with a status of {refused} "
        context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=serving.address)
        context.add_cookies([{"name": "language", "value": language, "url": serving.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000 / 4)
        page.on("request", lambda it: it.url.startswith((serving.address, "data:")) or foreign.append(it.url))
        page.on("dialog", lambda it: wrong.append(it.message))
        page.on("pageerror", lambda it: wrong.append(str(it)))
        page.on("console", lambda it: wrong.append(it.text) if it.type == "error" and expected not in it.text else None)
        page.goto(serving.address)
        page.wait_for_selector(f".empty.lang-{language}")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert foreign == []
    assert wrong == []


def ask(page: Page, question: str) -> None:
    """Write a question, press Enter, wait for what becomes of it."""
    turns = page.locator(".turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"#turn-{turns + 1}:is(.answered, .failed)")


def test_an_answer_names_the_three_and_its_proof_opens_at_the_quote(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, CONVENTIONS)
    answer = page.locator("#turn-1 .answer")
    for named in ("corruption", "cybercriminalité", "crime organisé transfrontalier"):
        expect(answer).to_contain_text(named)
    expect(page.locator("#turn-1 .verdict")).to_contain_text("0 retirée")
    answer.locator(".cite.at-1-1").first.click()
    proof = page.locator("#proof .proof")
    expect(proof.locator("h3")).to_contain_text("Conseil des ministres arabes de l'Intérieur")
    expect(proof.locator(".proof-meta")).to_contain_text("Ligue des États arabes")
    mark = proof.locator("mark").first
    expect(mark).to_be_in_viewport()
    assert mark.evaluate("mark => getComputedStyle(mark).backgroundColor") == "rgb(250, 233, 174)"
    assert mark.inner_text() in answer.inner_text()


def test_proofs_are_turned_and_the_document_opens_at_the_quote(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, CONVENTIONS)
    page.click(".cite.at-1-1")
    total = page.locator("#turn-1 .proofs > .proof").count()
    expect(page.locator("#proof .position")).to_have_text(f"1 sur {total}")
    if total > 1:
        page.click("#proof .next")
        expect(page.locator("#proof .position")).to_have_text(f"2 sur {total}")
    quote = page.locator("#proof mark").first.inner_text()
    with page.expect_popup() as opened:
        page.click("#proof .open")
    document = opened.value
    expect(document.locator("#quote")).to_have_text(quote)
    expect(document.locator("#quote")).to_be_in_viewport()


def test_a_question_the_texts_do_not_answer_is_refused_calmly(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, COUSCOUS)
    expect(page.locator("#turn-1 .refusal")).to_contain_text("Pas de réponse dans les textes")
    assert page.locator("#turn-1 .cite").count() == 0
    notes = page.locator("#turn-1 .passage-note").all_inner_texts()
    assert len(notes) == 3
    assert all("pas une réponse" in note for note in notes)


def test_small_talk_is_answered_without_sources_or_refusal(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "Bonjour !")
    expect(page.locator("#turn-1 .reply")).to_contain_text("Posez-moi une question")
    assert page.locator("#turn-1 .refusal, #turn-1 .cite, #turn-1 .verdict, #turn-1 .passage-note").count() == 0


def test_a_mistyped_question_is_answered_under_what_was_understood(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "Qui finnace le programe capdle ?")
    expect(page.locator("#turn-1")).to_contain_text("Qui financé le programme CAPDEL ?")
    expect(page.locator("#turn-1 .answer")).to_contain_text("financé par l'Union européenne")


def test_each_part_of_a_question_has_its_answer_or_what_is_missing(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, "Qui préside le CMAI et quels sont ses objectifs ?")
    chair, aims = page.locator("#turn-1 .part").all()
    expect(chair.locator(".part-missing")).to_contain_text("responsable")
    assert chair.locator(".cite").count() == 0
    expect(aims).to_contain_text("quatre objectifs")
    assert aims.locator(".cite").count() > 0


def test_an_example_asks_itself(open_page: OpenPage) -> None:
    page = open_page()
    assert page.locator(".example").count() == 6
    page.locator(".example", has_text="OTAN").click()
    page.wait_for_selector("#turn-1.answered")
    expect(page.locator("#turn-1 .answer")).to_contain_text("IPCP")


def test_everything_is_reached_by_the_keyboard(open_page: OpenPage) -> None:
    page = open_page()
    box = page.locator("#question textarea")
    expect(box).to_be_focused(timeout=PATIENCE * 250)  # by itself, once the page is open
    page.keyboard.press("Escape")
    expect(box).not_to_be_focused()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("Quelles conventions arabes")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("ont été signées ?")
    assert page.input_value("#question textarea") == "Quelles conventions arabes\nont été signées ?"
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1.answered")
    page.keyboard.press("Escape")
    expect(page.locator("#proof .proof")).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("1")
    expect(page.locator("#proof .proof")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#proof .proof")).to_have_count(0)
    expect(page.locator(".cite.at-1-1").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#proof mark").first).to_be_visible()


def test_a_question_asked_while_the_page_still_opens_is_answered_and_stays(open_page: OpenPage) -> None:
    page = open_page()
    held: list[Route] = []
    page.on("request", lambda it: held.clear() if it.is_navigation_request() else None)  # the page before is gone
    page.route("**/gradio_api/run/predict", lambda route: held.append(route))
    page.reload(wait_until="commit")
    page.wait_for_selector("#question textarea")
    ask(page, CONVENTIONS)
    assert held
    for opening in held:  # the page's own words, and the conversation it was left with
        with page.expect_response("**/gradio_api/run/predict"):
            opening.continue_()
    page.unroute("**/gradio_api/run/predict")
    page.click("#to-en")
    page.wait_for_selector(".empty.lang-en", state="attached")
    expect(page.locator("#turn-1 .answer")).to_contain_text("corruption")
    expect(page.locator("#welcome")).to_be_hidden()


def test_an_answer_is_copied_with_its_sources(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, CONVENTIONS)
    page.click("#turn-1 .copy")
    expect(page.locator("#turn-1 .copy .done")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(CONVENTIONS)
    assert "[1] La coopération avec le Conseil des ministres arabes" in copied


def test_on_a_phone_the_proof_slides_over_the_answer(open_page: OpenPage) -> None:
    page = open_page(390, 844)
    ask(page, CONVENTIONS)
    expect(page.locator("#proof .proof")).to_have_count(0)
    page.click(".cite.at-1-1 >> nth=0")
    box = page.locator("#proof-frame").bounding_box()
    assert box is not None
    assert box["width"] == 390
    assert 0 < box["y"] < 200
    expect(page.locator("#proof mark").first).to_be_in_viewport()
    page.click("#proof .close")
    expect(page.locator("#proof .proof")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [360, 768, 1080, 1920])
def test_no_width_makes_the_page_scroll_sideways(open_page: OpenPage, width: int) -> None:
    page = open_page(width, 800)
    ask(page, CONVENTIONS)
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_in_arabic_everything_is_mirrored_and_the_conversation_stays(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, CONVENTIONS)
    page.click("#to-ar")
    page.wait_for_selector(".conversation.lang-ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page).to_have_title("نصوص التعاون")
    expect(page.locator("#question textarea")).to_have_attribute("placeholder", "اطرح سؤالك…")
    expect(page.locator("#turn-1 .answer")).to_contain_text("corruption")
    reading, proof = page.locator("#reading").bounding_box(), page.locator("#proof-column").bounding_box()
    assert reading is not None
    assert proof is not None
    assert proof["x"] < reading["x"]
    assert page.locator(".conversation").evaluate("it => getComputedStyle(it).direction") == "rtl"
    page.reload()
    page.wait_for_selector(".empty.lang-ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_the_theme_chosen_is_kept(open_page: OpenPage) -> None:
    page = open_page()
    page.click("#theme")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    page.wait_for_selector(".empty")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 30)"


def test_who_comes_while_too_many_ask_is_told_so_and_nobody_else(open_page: OpenPage) -> None:
    """The line is not there before, stays while nothing else is wrong, and says no more than that."""
    page = open_page(refused=429)
    crowded, lost = page.locator("#hints .crowded"), page.locator("#hints .lost")
    expect(page.locator("#hints .keys")).to_be_visible()
    expect(crowded).to_be_hidden()
    said = json.dumps({"detail": crowded.text_content()})
    page.route("**/queue/join*", lambda route: route.fulfill(status=429, content_type="application/json", body=said))
    page.fill("#question textarea", CONVENTIONS)
    page.press("#question textarea", "Enter")
    expect(crowded).to_be_visible()
    page.wait_for_timeout(500)
    expect(crowded).to_be_visible()
    expect(lost).to_be_hidden()


def test_a_new_conversation_starts_from_the_empty_page(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, COUSCOUS)
    page.click("#new")
    page.wait_for_selector(".empty")
    ask(page, CONVENTIONS)
    assert page.locator(".turn").count() == 1


def test_beside_the_service_a_command_answers_through_its_socket(serving: Serving) -> None:
    done = serving.command("ask", "--json", CONVENTIONS)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert "cybercriminalité" in answer["text"]
    for citation in answer["citations"]:
        text = serving.command("documents", "text", citation["document"]).stdout
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_a_second_service_is_told_what_is_in_its_way(serving: Serving, short_folders: Callable[[], Path]) -> None:
    port = serving.address.rpartition(":")[2]
    busy_port = run(serving.environ, "--data", str(short_folders()), "serve", "--port", port)
    assert (busy_port.returncode, busy_port.stdout) == (1, "")
    assert f"Le port {port}" in busy_port.stderr
    busy_data = serving.command("serve", "--port", "0")
    assert busy_data.returncode == 1
    assert "est déjà utilisé par le processus" in busy_data.stderr
    open_to_all = run(serving.environ, "--data", str(short_folders()), "serve", "--host", "0.0.0.0")
    assert open_to_all.returncode == 1
    assert "n'écoute que la sienne" in open_to_all.stderr


def test_hostile_words_are_shown_as_words(open_page: OpenPage, serving: Serving, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.jsonl"
    text = f"Le programme Zéphyr {HOSTILE} a été lancé à Oran le 4 mai 2021. Il compte douze communes."
    hostile.write_text(json.dumps({"id": f"z/{HOSTILE}", "title": f"Zéphyr {HOSTILE}", "text": text, "lang": "fr"}))
    assert serving.command("ingest", "--jsonl", str(hostile)).returncode == 0
    page = open_page()
    ask(page, f"Quand a été lancé le programme Zéphyr {HOSTILE} ?")
    expect(page.locator("#turn-1 .asked")).to_contain_text(HOSTILE)
    expect(page.locator("#last")).to_contain_text(f"Zéphyr {HOSTILE}")
    assert page.locator(":is(#page, #last) :is(img, script, svg, [onerror])").count() == 0
    link = page.locator("#turn-1 a.open").first.get_attribute("href")
    page.goto(serving.address + str(link))
    expect(page.locator("h1")).to_have_text(f"Zéphyr {HOSTILE}")
    assert page.locator("img, script").count() == 0
    assert serving.command("documents", "remove", f"z/{HOSTILE}").returncode == 0


def test_the_service_stops_in_good_order(open_page: OpenPage, serving: Serving) -> None:
    page = open_page()
    ask(page, CONVENTIONS)
    page.route("**/*", lambda route: route.abort())  # what the page asks once its service is gone is no fault of it
    serving.process.send_signal(signal.SIGTERM)
    assert serving.process.wait(20) == 0
    assert not (serving.data / "service.sock").exists()
    assert any("Service arrêté." in line for line in serving.said)
    assert not any("Traceback" in line or "ERROR" in line for line in serving.said), "".join(serving.said)
    alone = serving.command("documents", "list")
    assert alone.returncode == 0
    assert "cmai" in alone.stdout
