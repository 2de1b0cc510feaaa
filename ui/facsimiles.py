"""Pages as pictures, drawn once and kept for a while, by what the file is: two readers of one file share them.

Whether somebody may read the document is asked at every call, before anything that is kept is looked at. Few pages are
drawn at once and few callers wait; a page that could not be drawn is not tried again at once, since each trial of a
file that means harm costs what its limits allow.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from assistant.originals import Original
from corpus.page_picture import NoPicture, PagePicture, page_picture

if TYPE_CHECKING:
    from assistant.operations import Operations
    from assistant.reader import Reader

KEPT_BYTES: Final = 48_000_000
"""Of pictures, in memory."""
KEPT_MARKS: Final = 2_000
"""Places of quotes, and as many pages that could not be drawn."""
AT_ONCE: Final = 2
MOST_WAITING: Final = 8
WAIT_SECONDS: Final = 15.0
AGAIN_SECONDS: Final = 600.0
"""After which a page that could not be drawn is tried again."""

Page = tuple[str, int]


class Draw(Protocol):
    """What draws a page: `corpus.page_picture.page_picture`."""

    def __call__(self, path: Path, sha256: str, number: int, quote: str = "", drawn: bool = True) -> PagePicture:
        """A page and the place of a quote on it; raises `NoPicture`."""
        ...


Brought = Callable[[str], Path | None]
"""Where the file of a document that somebody brought is kept; it is asked only for whoever may read the document."""


class Facsimiles:
    """The pages of the documents that an assistant holds, and of those whose file is kept elsewhere (`brought`)."""

    def __init__(
        self,
        operations: Operations,
        draw: Draw = page_picture,
        clock: Callable[[], float] = time.monotonic,
        brought: Brought | None = None,
    ) -> None:
        self._operations, self._draw, self._clock, self._brought = operations, draw, clock, brought
        self._lock, self._turns, self._waiting = threading.Lock(), threading.BoundedSemaphore(AT_ONCE), 0
        self._pages: OrderedDict[Page, PagePicture] = OrderedDict()
        self._marks: OrderedDict[tuple[Page, str], PagePicture] = OrderedDict()
        self._failed: OrderedDict[Page, float] = OrderedDict()

    def page(self, document: str, number: int, quote: str, reader: Reader | None) -> PagePicture:
        """A page with the place of a quote on it, its picture left aside.

        Raises `NoPicture`, and `UnknownDocument` also for a document that the reader may not read.
        """
        found = self._original(document, reader)
        key = (found.sha256, number)
        with self._lock:
            marked = self._marks.get((key, quote))
            drawn = key in self._pages
        if marked is not None:
            return marked
        page = self._drawn(found, number, quote, drawn=not drawn)
        if page.picture:
            self._keep(key, page)
        page = replace(page, picture=b"")
        with self._lock:
            self._marks[(key, quote)] = page
            while len(self._marks) > KEPT_MARKS:
                self._marks.popitem(last=False)
        return page

    def picture(self, document: str, number: int, reader: Reader | None) -> bytes:
        """The picture of a page; raises as `page` does."""
        found = self._original(document, reader)
        key = (found.sha256, number)
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
        if page is None:
            page = self._drawn(found, number, "", drawn=True)
            self._keep(key, page)
        return page.picture

    def _original(self, document: str, reader: Reader | None) -> Original:
        found = self._operations.original(document, reader)
        if found is not None:
            return found
        path = self._brought(document) if self._brought else None
        for record in self._operations.documents(reader) if path else ():
            if path and record.id == document and record.sha256:
                return Original(path, record.sha256)
        raise NoPicture

    def _drawn(self, found: Original, number: int, quote: str, drawn: bool) -> PagePicture:
        key = (found.sha256, number)
        with self._lock:
            if self._clock() - self._failed.get(key, float("-inf")) < AGAIN_SECONDS:
                raise NoPicture
        with self._turn():
            try:
                return self._draw(found.path, found.sha256, number, quote, drawn)
            except NoPicture:
                with self._lock:
                    self._failed[key] = self._clock()
                    while len(self._failed) > KEPT_MARKS:
                        self._failed.popitem(last=False)
                raise

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """A turn to draw; raises `NoPicture` where too many wait already, or it takes too long."""
        with self._lock:
            if self._waiting >= MOST_WAITING:
                raise NoPicture
            self._waiting += 1
        try:
            if not self._turns.acquire(timeout=WAIT_SECONDS):
                raise NoPicture
            try:
                yield
            finally:
                self._turns.release()
        finally:
            with self._lock:
                self._waiting -= 1

    def _keep(self, key: Page, page: PagePicture) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            held = sum(len(one.picture) for one in self._pages.values())
            while held > KEPT_BYTES and self._pages:
                held -= len(self._pages.popitem(last=False)[1].picture)
