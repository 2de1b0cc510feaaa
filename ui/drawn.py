"""Answered turns as HTML, kept while people go on with their conversations: each further question shows them again.

A turn's key is drawn by chance when its question is asked, and a turn of which something is shown otherwise since has
none; so key and language tell all of what an answered turn looks like.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from ui import render
from ui.i18n import Words
from ui.render import Turn

MOST: Final = 1000
"""Turns that are kept, some 10 kB each; the least recently shown goes first."""


class Drawn:
    """Draws turns; used by many threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], str] = OrderedDict()
        self._lock = threading.Lock()

    def turn(self, item: Turn, words: Words) -> str:
        """As `render.turn`."""
        if item.state != "answered" or not item.key:
            return render.turn(item, words)
        key = item.key, words.language
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        drawn = render.turn(item, words)
        with self._lock:
            self._kept[key] = drawn
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return drawn
