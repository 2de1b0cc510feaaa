"""Takes a picture of every page of ours, in three languages, on a desk and on a telephone, light and dark.

`make screenshots` runs it: a real server over a temporary data directory with the shipped texts and people who do not
exist; the pictures go to `reports/screenshots/`, for somebody to look at. It is no part of the product. Names of pages
as arguments take these alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent))

from playwright.sync_api import Browser, sync_playwright
from test_journey_chat import CHROMIUM, FLAGS
from tour import PAGES, Stop, come_in, demo, visit

from assistant.library import Request
from assistant.settings import Settings
from assistant.wiring import open_assistant

FOLDER: Final = Path(__file__).parents[1] / "reports" / "screenshots"
SIZES: Final = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
THEMES: Final = ("light", "dark")
LANGUAGES: Final = ("fr", "ar", "en")


def take(browser: Browser, address: str, stops: Sequence[Stop], size: str, theme: str) -> None:
    """The pictures of one size and theme."""
    for inside in (False, True):
        context = browser.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            device_scale_factor=1,
        )
        if inside:
            come_in(context, address)
        for stop in (stop for stop in stops if stop.inside is inside):
            for language in LANGUAGES:
                page = visit(context, address, stop, language)
                file = FOLDER / f"{stop.name}.{language}.{size}.{theme}.png"
                page.screenshot(path=file, full_page=not stop.name.startswith("chat"))
                page.close()
                print(file.relative_to(FOLDER.parents[1]), flush=True)
        context.close()


def main(names: Sequence[str]) -> None:
    """All pages, or those named."""
    stops = [stop for stop in PAGES if not names or stop.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="coop-") as folder:
        assistant = open_assistant(Settings.from_env({**os.environ, "COOPERATION_DATA": folder}))
        try:
            list(assistant.ingest(Request()))
            with demo(assistant, Path(folder)) as address, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
                for size in SIZES:
                    for theme in THEMES:
                        take(browser, address, stops, size, theme)
                browser.close()
        finally:
            assistant.close()


if __name__ == "__main__":
    main(sys.argv[1:])
