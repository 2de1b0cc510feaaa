"""A document's page as it looks, with the quote marked on it, as HTML. Pure; it needs no script.

What turns the page or draws it nearer are links; beside an answer the page's script follows them in place. The picture
is for the eye alone: whoever cannot see it has the text, which stands beside it or one link away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, urlencode

from corpus.marks import Box
from corpus.page_picture import PagePicture
from ui.i18n import Words
from ui.typeset import escape

ZOOMS: Final = (100, 150, 200, 300)
"""Hundredths of the width that there is."""
NARROW: Final = 480
"""CSS pixels: with less width a page is drawn nearer from the start, so that it can be read."""
_FIRST: Final = ' id="quote"'
READABLE: Final = {True: 1.0, False: 0.7}
"""CSS pixels for a point of the page, at least, where the width is narrow and where it is not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which page of which document is shown: `quote` are offsets in its text, `cited` the page that they stand on.

    `zoom` is 0 until somebody chooses; `within` is the width that there is, in CSS pixels, 0 where it is not known.
    """

    document: str
    number: int
    quote: tuple[int, int] = (0, 0)
    cited: int = 0
    zoom: int = 0
    within: int = 0

    def address(self) -> str:
        """Where this is shown.

        >>> Place("a b/c", 3, (10, 20), 2, 150).address()
        '/pages/3/a%20b%2Fc?start=10&end=20&cited=2&zoom=150#quote'
        """
        start, end = self.quote
        asked = {"start": start, "end": end, "cited": self.cited, "zoom": self.zoom}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/pages/{self.number}/{quote(self.document, safe='')}{'?' if query else ''}{query}#quote"

    def picture(self) -> str:
        """Where its picture is."""
        return f"/pictures/{self.number}/{quote(self.document, safe='')}"


def leaf(place: Place, page: PagePicture, quoted: str, words: Words, title: str) -> str:
    """The page with its tools; the quote beneath it where it could not be marked on the page that it is cited from."""
    zoom = place.zoom if place.zoom in ZOOMS else first_zoom(page.size[0], place.within)
    place = replace(place, zoom=zoom)
    width, height = page.size
    marks = "".join(_mark(box, first=not at) for at, box in enumerate(page.marks))
    said = words.fill("facsimile.picture", n=place.number, title=title)
    return (
        f'<div class="leaf">{_tools(place, page.pages, words)}'
        f'<div class="leaf-room" tabindex="0" role="region" aria-label="{escape(words["facsimile.label"])}">'
        f'<div class="leaf-sheet" role="img" aria-label="{escape(said)}" dir="ltr" '
        f'style="width:{zoom}%;aspect-ratio:{width:.2f}/{height:.2f}">'
        f'<img src="{escape(place.picture())}" alt="">{marks}</div>{_beneath(place, page, quoted, words)}</div></div>'
    )


def first_zoom(points: float, within: int) -> int:
    """The least zoom at which a page of this width can be read.

    >>> first_zoom(595, 328), first_zoom(420, 328), first_zoom(595, 500), first_zoom(595, 0)
    (200, 150, 100, 100)
    """
    if not within:
        return ZOOMS[0]
    least = READABLE[within < NARROW]
    return next((zoom for zoom in ZOOMS if within * zoom / 100 >= least * points), ZOOMS[-1])


def _mark(box: Box, first: bool) -> str:
    left, top, right, bottom = (100 * side for side in box)
    place = f"left:{left:.2f}%;top:{top:.2f}%;width:{right - left:.2f}%;height:{bottom - top:.2f}%"
    return f'<span class="leaf-mark"{_FIRST if first else ""} style="{place}"></span>'


def _tools(place: Place, pages: int, words: Words) -> str:
    before = replace(place, number=place.number - 1) if place.number > 1 else None
    after = replace(place, number=place.number + 1) if place.number < pages else None
    nearer = next((replace(place, zoom=zoom) for zoom in ZOOMS if zoom > place.zoom), None)
    farther = next((replace(place, zoom=zoom) for zoom in reversed(ZOOMS) if zoom < place.zoom), None)
    position = escape(words.fill("facsimile.position", n=place.number, total=pages))
    back = ""
    if place.cited and place.number != place.cited:
        back = (
            f'<a class="turn back-to-quote" href="{escape(replace(place, number=place.cited).address())}">'
            f"{escape(words.fill('facsimile.back', n=place.cited))}</a>"
        )
    return (
        f'<div class="leaf-tools">{_tool("previous", words["facsimile.previous"], before)}'
        f'<span class="leaf-position" role="status">{position}</span>'
        f"{_tool('next', words['facsimile.next'], after)}{back}"
        f'<span class="leaf-space"></span>'
        f"{_tool('farther', words['facsimile.farther'], farther)}"
        f"{_tool('nearer', words['facsimile.nearer'], nearer)}</div>"
    )


def _tool(name: str, label: str, to: Place | None) -> str:
    """A link of one shape; nothing to follow at the first and the last page, and at the last zoom."""
    if to is None:
        return f'<span class="leaf-tool {name} off" aria-hidden="true"></span>'
    return (
        f'<a class="leaf-tool {name} turn" href="{escape(to.address())}" title="{escape(label)}">'
        f'<span class="visually-hidden">{escape(label)}</span></a>'
    )


def _beneath(place: Place, page: PagePicture, quoted: str, words: Words) -> str:
    if page.marks or not quoted or place.number != (place.cited or place.number):
        return ""
    return (
        f'<div class="leaf-beneath"><p>{escape(words["facsimile.unmarked"])}</p>'
        f'<blockquote dir="auto">{escape(quoted)}</blockquote></div>'
    )
