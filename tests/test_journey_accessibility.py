"""Every page of ours, by axe-core: nothing that shuts somebody out, in three languages, light and dark.

axe-core is installed from its lock by `npm ci`; only these tests use it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from test_journey_chat import browser
from tour import PAGES, Stop, come_in, demo, visit

__all__ = ["browser"]
FOLDER = Path(__file__).parent / "axe"
AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRADIO: dict[str, str] = {}
"""Rules that Gradio's own page breaks, each with the reason why it is not ours to mend."""

if not AXE.exists():
    how = f"axe-core is not installed: npm ci --ignore-scripts --prefix {FOLDER}"
    if os.environ.get("CI") == "true":
        pytest.fail(how)
    pytest.skip(how, allow_module_level=True)


@pytest.fixture(scope="module")
def address(shipped: Any, short_folders: Callable[[], Path]) -> Iterator[str]:
    """The application behind accounts over the shipped texts."""
    with demo(shipped.assistant, short_folders()) as address:
        yield address


def violations(page: Page) -> list[str]:
    """What shuts somebody out of a page: the rule, how grave, and the first elements that break it."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", TAGS)
    return [
        f"{one['id']} ({one['impact']}): {node['target']} {node.get('failureSummary', '')[:300]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical") and one["id"] not in GRADIO
        for node in one["nodes"][:3]
    ]


def walk(browser: Browser, address: str, stops: list[Stop], language: str, **context: Any) -> dict[str, list[str]]:
    """The violations of the pages that have some."""
    wrong = {}
    for inside in (False, True):
        opened = browser.new_context(bypass_csp=True, reduced_motion="reduce", **context)
        if inside:
            come_in(opened, address)
        for stop in (stop for stop in stops if stop.inside is inside):
            page = visit(opened, address, stop, language)
            if found := violations(page):
                wrong[stop.name] = found
            page.close()
        opened.close()
    return wrong


@pytest.mark.nightly
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_no_page_shuts_anybody_out(browser: Browser, address: str, language: str, theme: Any) -> None:
    """All of them, light and dark."""
    assert walk(browser, address, list(PAGES), language, color_scheme=theme) == {}


def test_no_page_of_a_few_shuts_anybody_out(browser: Browser, address: str) -> None:
    """Those that differ most, on a telephone in Arabic."""
    few = [stop for stop in PAGES if stop.name in ("login", "chat-answer", "timeline", "admin")]
    assert walk(browser, address, few, "ar", viewport={"width": 390, "height": 844}) == {}
