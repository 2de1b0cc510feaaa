"""A document gives way to its next version in one moment, for whoever searches.

Records and index are two places: between the writing of the one and of the other, the old passages are gone and the new
ones not found yet. Whoever searches then waits, and a search that the moment came into is made again: it finds the old
text or the new one, never neither. Nothing else waits: documents that are added or removed have no such moment.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")
TRIES = 2
"""Searches made beside replacements before one is made with these kept waiting."""


class Swaps:
    """Replacements, one at a time, and the searches that are made beside them."""

    def __init__(self) -> None:
        self._under_way = threading.Lock()
        self._begun = 0

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """While documents give way to others, in the records and in the index."""
        with self._under_way:
            self._begun += 1
            yield

    def beside(self, search: Callable[[], Result]) -> Result:
        """What a search finds that no replacement came into."""
        for _ in range(TRIES):
            with self._under_way:
                before = self._begun
            found = search()
            if self._begun == before:
                return found
        with self._under_way:
            return search()
