"""A report says what happened to whoever reads it, needs nothing but itself, and does nothing an answer tells it to."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_evals_gate import CASES
from test_evals_run import MADE_WITH, play, scripted, text_of

from assistant.answers.answer import Answer, Removed
from evals.baseline import baseline_of
from evals.case import Case, CaseSet
from evals.history import Point
from evals.judge import Opinion, Opinions
from evals.metrics import METRICS, SET_METRICS
from evals.report import ReportError, write_report
from evals.review import Review, review
from evals.run import header_of, run_cases
from evals.word_diff import word_diff
from evals.words import say, words

OPINIONS = Opinions(
    "a model <b>",
    "2026-11-24T10:00:00+00:00",
    {
        "q2": Opinion("q2", ("yes", "partly"), None, 0.1),
        "q4": Opinion("q4", (), 'HTTP 500 <img src=x onerror="window.hacked = 1">', 0.1),
    },
)
EVIL = '</script><img src=x onerror="window.hacked = 1"><!-- {{data}} & " \' | * ` \u2028'


def changed(answer: Answer) -> Answer:
    """Some answers say it otherwise, one is hostile, one removes a sentence."""
    n = int(answer.id[1:])
    if n % 10 == 2 and answer.sentences:
        first = replace(answer.sentences[0], text=answer.sentences[0].text.replace("prévoit", "finance"))
        answer = replace(answer, sentences=(first, *answer.sentences[1:]))
    if n == 4:
        answer = replace(answer, sentences=(replace(answer.sentences[0], text=EVIL),))
    return replace(answer, removed=(Removed(EVIL, "unsupported"),)) if n == 6 else answer


def failing(case: Case) -> Answer:
    if case.id == "q8":
        raise RuntimeError(EVIL)
    return scripted(1, changed, lexical=False)(case)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """A run that broke what needs the lexical side, beside what was before."""
    folder = tmp_path_factory.mktemp("runs")
    cases = replace(
        CASES,
        cases=tuple(replace(c, tags=(*c.tags, "méchant <b>")) if c.id == "q4" else c for c in CASES.cases),
    )
    run = play(folder / "now.jsonl", failing, cases)
    return review(run, baseline_of(play(folder / "before.jsonl", scripted(0), cases)), resamples=500)


@pytest.fixture(scope="module")
def written(made: Review, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as a page."""
    path = tmp_path_factory.mktemp("report") / "out" / "report.html"
    points = [
        Point(f"2026-11-0{n}T10:00:00+00:00", "made up", "0.1", "run", 160, {"correctness": n / 10}) for n in (1, 2)
    ]
    write_report(made, path, points, OPINIONS)
    return path


# --- word by word ----------------------------------------------------------------------------------------------------


@given(st.text(), st.text())
def test_a_word_diff_holds_both_texts(before: str, after: str):
    """What stayed or went is the one, what stayed or came the other, to the letter."""
    parts = word_diff(before, after)
    assert "".join(text for sign, text in parts if sign != "+") == before
    assert "".join(text for sign, text in parts if sign != "-") == after


def test_a_word_diff_reads_in_phrases():
    """A space between two changed words does not part them; Arabic punctuation is no part of a word."""
    assert word_diff("le lundi 7 mars", "le mardi 8 mars") == [
        ("=", "le "),
        ("-", "lundi 7"),
        ("+", "mardi 8"),
        ("=", " mars"),
    ]
    assert word_diff("نعم، هنا", "نعم؛ هنا") == [("=", "نعم"), ("-", "،"), ("+", "؛"), ("=", " هنا")]
    assert word_diff("", "") == []


# --- Markdown and JSON -----------------------------------------------------------------------------------------------


def test_markdown_puts_the_verdict_first_and_then_what_flipped(made: Review, tmp_path: Path):
    """A reviewer reads the first lines; hostile text is text."""
    write_report(made, tmp_path / "r.md")
    text = (tmp_path / "r.md").read_text("utf-8")
    lines = text.splitlines()
    assert lines[0] == "# Evaluation: made up"
    assert next(line for line in lines if line.startswith("**")).startswith("**Gate FAILED**")
    assert "| correctness " in text
    broken = [view.case.id for view in made.cases if view.flip == "broken"]
    assert f"## Broken: {len(broken)}" in text
    assert all(f"**{case}**" in text for case in broken)
    assert text.count("<img") == text.count("\\<img") > 0


def test_the_opinions_of_a_model_stand_apart(made: Review, tmp_path: Path):
    """A line and a column of their own, in no metric and in no verdict; without them nothing is said of a judge."""
    for suffix in (".md", ".json"):
        write_report(made, tmp_path / f"with{suffix}", (), OPINIONS)
        write_report(made, tmp_path / f"without{suffix}")
    value, plain = (json.loads((tmp_path / f"{name}.json").read_text("utf-8")) for name in ("with", "without"))
    cases = {case["id"]: case.pop("judge") for case in value["cases"]}
    assert cases["q2"] == {"sentences": ["yes", "partly"], "error": None}
    assert cases["q3"] is None
    assert value.pop("judge") == {
        "model": "a model <b>", "made_at": "2026-11-24T10:00:00+00:00", "yes": 1, "partly": 1, "no": 0, "failed": 1,
    }  # fmt: skip
    assert plain.pop("judge") is None
    for case in plain["cases"]:
        assert case.pop("judge") is None
    assert value == plain
    text = (tmp_path / "with.md").read_text("utf-8")
    assert "a model \\<b\\>, apart: it decides nothing" in text
    assert "1 yes, 1 partly, 0 no; 1 without an opinion" in text
    assert "judge" not in (tmp_path / "without.md").read_text("utf-8")


def test_markdown_without_a_baseline_lists_what_is_wrong(made: Review, tmp_path: Path):
    """And says what it was made with."""
    write_report(review(made.run), tmp_path / "r.md")
    text = (tmp_path / "r.md").read_text("utf-8")
    assert "## Wrong or failed:" in text
    assert "model scripted" in text
    assert "Gate" not in text


def test_json_holds_everything_the_page_shows(made: Review, tmp_path: Path):
    """Each case with what was expected, found and cited."""
    write_report(made, tmp_path / "r.json")
    value: dict[str, Any] = json.loads((tmp_path / "r.json").read_text("utf-8"))
    cases = {case["id"]: case for case in value["cases"]}
    assert len(cases) == len(CASES)
    assert cases["q2"]["flip"] == "changed"
    assert ["-", "prévoit"] in cases["q2"]["diff"]
    assert cases["q1"]["judged"] == "wrong"
    assert cases["q1"]["flip"] == "broken"
    assert cases["q1"]["relevant"][0]["found"] is False
    assert cases["q5"]["expect"] == [{"any": ["1015 formations"], "found": True}]
    assert cases["q5"]["relevant"][0]["cited"] is True
    assert (cases["q8"]["judged"], cases["q8"]["answer"]) == ("failed", None)
    assert value["verdict"]["passed"] is False
    assert [row["name"] for row in value["metrics"]] == [metric.name for metric in METRICS]


def test_every_reason_of_the_gate_can_be_said_in_each_language(made: Review):
    """The page and the terminal have words for all of them, and no value is left out."""
    assert made.verdict is not None
    for finding in (*made.verdict.reasons, *made.verdict.notes):
        assert all(re.search(r"\{\w*\}", say(finding, language)) is None for language in words())


def test_the_words_are_the_same_in_each_language():
    """A word that is missing in one would be an English identifier on the page; each metric has a name in all."""

    def keys(value: Any) -> Any:
        return {key: keys(item) for key, item in value.items()} if isinstance(value, dict) else None

    assert keys(words()["fr"]) == keys(words()["ar"]) == keys(words()["en"])
    assert set(words()["fr"]["metric_names"]) == {metric.name for metric in METRICS} | {m.name for m in SET_METRICS}


def test_a_report_of_another_kind_is_refused(made: Review, tmp_path: Path):
    """With those there are; a place that cannot be written to as well."""
    with pytest.raises(ReportError, match=r"\.html, \.md, \.json"):
        write_report(made, tmp_path / "r.pdf")
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError):
        write_report(made, tmp_path / "file" / "r.md")


# --- the page --------------------------------------------------------------------------------------------------------


class Elements(HTMLParser):
    """The elements of a page, and the addresses in them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser."""
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]


def test_the_page_is_one_file_and_its_data_cannot_leave_their_element(written: Path):
    """No address at all, and three scripts whatever an answer says."""
    page = Elements()
    page.feed(written.read_text("utf-8"))
    assert page.addresses == []
    assert page.tags.count("script") == 3
    assert "img" not in page.tags


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium; where there is none the tests are skipped, and fail in continuous integration."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium, and CI=true: install it")
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a report; afterwards: no request but the file itself, no error, nothing an answer wished for."""
    contexts, wrong, requests = [], [], []

    def open_it(path: Path, address: str = "", **options: Any) -> Any:
        context = browser.new_context(**({"locale": "fr-FR"} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(path.as_uri() + address)
        page.wait_for_selector(".case", state="attached")
        return page

    yield open_it
    for context in contexts:
        for page in context.pages:
            assert page.evaluate("window.hacked") is None
        context.close()
    assert wrong == []
    assert all(request.startswith("file:") and "report" in request for request in requests)
    assert len(requests) == len(contexts)


def visible(page: Any) -> list[str]:
    return page.eval_on_selector_all(".case:not([hidden])", "cards => cards.map((card) => card.dataset.id)")  # type: ignore[no-any-return]


def test_the_page_filters_by_tag_verdict_flip_and_text(made: Review, written: Path, open_page: Callable[..., Any]):
    """Each alone, together, and cleared again; the count is said."""
    page = open_page(written)
    views = made.cases
    assert visible(page) == [view.case.id for view in views]
    page.select_option("[data-filter=flip]", "broken")
    broken = [view.case.id for view in views if view.flip == "broken"]
    assert visible(page) == broken
    page.select_option("[data-filter=tag]", "kind 3")
    assert visible(page) == [view.case.id for view in views if view.flip == "broken" and "kind 3" in view.case.tags]
    page.click("#clear")
    assert len(visible(page)) == len(views)
    page.select_option("[data-filter=judged]", "failed")
    assert visible(page) == ["q8"]
    page.select_option("[data-filter=judged]", "")
    page.fill("#search", "FINANCE protocole numéro q12 ")
    assert visible(page) == ["q12"]
    assert "1 cas sur 160" in page.inner_text(".filters .state")


def test_the_page_sorts(made: Review, written: Path, open_page: Callable[..., Any]):
    """What failed and what broke first; the slowest first."""
    page = open_page(written, "#sort=attention")
    first = visible(page)[: 1 + len([v for v in made.cases if v.flip == "broken" and v.judged != "failed"])]
    assert first[0] == "q8"
    assert set(first[1:]) == {v.case.id for v in made.cases if v.flip == "broken" and v.judged != "failed"}
    page.select_option("[data-filter=sort]", "seconds")
    slowest = max((v for v in made.cases if v.record.answer), key=lambda v: v.record.answer.seconds.total)  # type: ignore[union-attr]
    assert visible(page)[0] == slowest.case.id


def test_a_case_opens_on_its_answer_its_proof_and_what_changed(written: Path, open_page: Callable[..., Any]):
    """Hostile text is shown letter for letter."""
    page = open_page(written)
    page.click("[data-id=q2] .head")
    body = page.locator("[data-id=q2] .body")
    assert body.locator("del").inner_text() == "prévoit"
    assert body.locator("ins").inner_text() == "finance"
    assert body.locator(".source q").count() == 2
    assert "1006 formations" in body.inner_text()
    page.click("[data-id=q4] .head")
    assert EVIL.replace("\u2028", "").strip() in page.inner_text("[data-id=q4] .prose").replace("\u2028", "")
    page.click("[data-id=q8] .head")
    assert "RuntimeError: </script>" in page.inner_text("[data-id=q8] .error")


def test_the_page_shows_the_opinions_of_a_model_apart(written: Path, open_page: Callable[..., Any]):
    """Beside the figures of a case, with how many there are at the top; an error is shown letter for letter."""
    page = open_page(written)
    assert "a model <b>" in page.inner_text(".intro .judge")
    assert page.text_content("[data-id=q2] .judge") == "Juge (modèle) : répond, répond en partie"
    assert page.text_content("[data-id=q4] .judge") == "Juge (modèle) : sans avis"
    assert page.locator("[data-id=q3] .judge").count() == 0
    page.click("[data-id=q4] .head")
    assert "HTTP 500 <img" in page.inner_text("[data-id=q4] .body")


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_the_page_speaks_three_languages(written: Path, open_page: Callable[..., Any], language: str, direction: str):
    """Arabic from right to left; what is open and chosen stays; a phone needs no sideways scrolling."""
    said = words()[language]
    page = open_page(written, "#q=formations", viewport={"width": 390, "height": 800})
    page.click("[data-id=q2] .head")
    page.click(f".switch [lang={language}]")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [language, direction]
    assert page.inner_text("h1") == said["title"].replace("{set}", "made up")
    assert page.locator("[data-id=q2] .body").is_visible()
    assert page.input_value("#search") == "formations"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "undefined" not in page.inner_text("body")
    assert f"lang={language}" in page.url


def test_the_page_draws_its_charts_and_its_history(written: Path, open_page: Callable[..., Any]):
    """Scores, seconds, tags, and the curve over past runs."""
    page = open_page(written)
    assert page.locator(".charts svg").count() == 3
    assert page.locator(".charts rect").count() > 10
    assert page.locator(".tagbar").count() == 9
    assert page.locator(".curve").count() == 1
    page.locator(".tagbar").first.click()
    assert page.locator(".tagbar[aria-pressed=true]").count() == 1
    assert 0 < len(visible(page)) < len(CASES)


def test_five_hundred_cases_filter_in_less_than_a_second(tmp_path: Path, open_page: Callable[..., Any]):
    """Typing, choosing and sorting, each with its charts, drawn."""
    cases = tuple(replace(c, id=f"q{n * 160 + k}") for n in range(4) for k, c in enumerate(CASES.cases))[:500]
    many = CaseSet("many", cases)
    asked = {case.id: CASES.cases[int(case.id[1:]) % 160] for case in cases}
    path = tmp_path / "report.html"

    def ask(case: Case) -> Answer:
        return replace(scripted()(asked[case.id]), id=case.id)

    run = run_cases(many, ask, text_of, tmp_path / "run.jsonl", header_of(many, MADE_WITH))
    write_report(review(run, baseline_of(run), resamples=200), path)
    page = open_page(path)
    assert len(visible(page)) == 500
    worst = page.evaluate(
        """async () => {
            const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
            const times = [];
            for (const [name, value] of [["q", "protocole 1"], ["q", ""], ["tag", "kind 3"], ["judged", "*wrong"],
                                         ["judged", ""], ["tag", ""], ["sort", "score"], ["sort", "attention"]]) {
                const began = performance.now();
                choose(name, value);
                await drawn();
                times.push(performance.now() - began);
            }
            return Math.max(...times);
        }"""
    )
    assert worst < 1000
