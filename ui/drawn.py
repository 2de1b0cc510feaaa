"""Answered turns as HTML, kept while people go on with their conversations: each further question shows them again.

A turn's key is drawn by chance when its question is asked, and a turn of which something is shown otherwise since has
none; so key and language tell all of what an answered turn looks like.
"""

from __future__ import annotations

from typing import Final

from index.kept import Kept
from ui import render
from ui.i18n import Words
from ui.render import Turn

MOST: Final = 1000
"""Turns that are kept, some 10 kB each; the least recently shown goes first."""
ALWAYS: Final = "always"
"""The one stamp of what never looks otherwise."""


class Drawn:
    """Draws turns; used by many threads."""

    def __init__(self, most: int = MOST) -> None:
        self._kept = Kept[tuple[str, str], str](most)

    def turn(self, item: Turn, words: Words) -> str:
        """As `render.turn`."""
        if item.state != "answered" or not item.key:
            return render.turn(item, words)
        key = item.key, words.language
        held = self._kept.take(ALWAYS, [key])
        if not held:
            held = {key: render.turn(item, words)}
            self._kept.keep(ALWAYS, held)
        return held[key]
