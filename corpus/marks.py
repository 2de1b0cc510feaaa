"""Where a quote stands among a page's letters. Pure; it knows letters and boxes, and no library.

Two readers of one PDF seldom agree on every letter: one mends words cut at a line's end, spells ligatures out, turns
Arabic that is stored as it looks, leaves out what is at the foot. So a quote is looked for three times, ever less
strictly: by its letters and digits alone; by its words, in any order, an Arabic one by its letters in any order; and by
its beginning or its end, where it runs on to another page. What is found by none of these is not marked.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Box = tuple[float, float, float, float]
ALIKE: Final = 0.75
"""The share of a quote's words that a stretch of the page holds, to be it."""
FEW_WORDS: Final = 4
"""A quote of fewer words is found by its letters or not at all."""
ANCHOR: Final = 24
"""Letters by which a part of a quote is known."""
EDGE: Final = 200
"""Letters that may stand between a quote that runs over the page's end and that end: notes, a footer."""
_ARABIC: Final = ("\u0600", "\u08ff")
_TATWEEL: Final = "\u0640"


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters and digits of a text, plain; `places[i]` is the index of the text's character that gave the i-th."""

    plain: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    key: str
    first: int
    last: int


def letters_of(text: Sequence[str]) -> Letters:
    """The plain letters and digits of a text: small, ligatures spelt out, without accents of Arabic.

    >>> letters_of("L’oﬃce n° 3").plain
    'lofficeno3'
    """
    plain: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for one in _plain(character):
            plain.append(one)
            places.append(place)
    return Letters("".join(plain), tuple(places))


def span(page: Sequence[str], quote: str) -> tuple[int, int] | None:
    """Where the quote, or the part of it that is on this page, begins and ends among the page's characters.

    >>> span("Le Comité a adopté sa déci-\\nsion.", "Le Comité a adopté sa décision.")
    (0, 32)
    """
    held, wanted = letters_of(page), letters_of(quote)
    if not wanted.plain:
        return None
    at = held.plain.find(wanted.plain)
    if at >= 0:
        return held.places[at], held.places[at + len(wanted.plain) - 1] + 1
    return _by_words(page, quote) or _over_an_edge(held, wanted.plain)


def lines_of(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """The boxes of letters as one box a line, none reaching into the line that follows it.

    >>> lines_of([(0.1, 0.1, 0.2, 0.2), (0.2, 0.1, 0.3, 0.2), (0.1, 0.19, 0.2, 0.3)])
    ((0.1, 0.1, 0.3, 0.19), (0.1, 0.19, 0.2, 0.3))
    """
    lines: list[Box] = []
    for box in boxes:
        if lines and _beside(lines[-1], box):
            left, top, right, bottom = lines[-1]
            lines[-1] = (min(left, box[0]), min(top, box[1]), max(right, box[2]), max(bottom, box[3]))
        else:
            lines.append(box)
    for place in range(len(lines) - 1):
        left, top, right, bottom = lines[place]
        below = lines[place + 1]
        if top < below[1] < bottom and left < below[2] and below[0] < right:
            lines[place] = (left, top, right, below[1])
    return tuple(lines)


def _beside(line: Box, box: Box) -> bool:
    common = min(line[3], box[3]) - max(line[1], box[1])
    return common > 0.5 * min(line[3] - line[1], box[3] - box[1])


def _plain(character: str) -> str:
    if character == _TATWEEL:
        return ""
    digit = unicodedata.digit(character, None) if character.isdigit() else None
    if digit is not None:
        return str(digit)
    return "".join(one for one in unicodedata.normalize("NFKC", character).casefold() if one.isalnum())


def _by_words(page: Sequence[str], quote: str) -> tuple[int, int] | None:
    """The stretch of the page that holds most of the quote's words, if it holds enough of them."""
    words, wanted = _words(page), _words(quote)
    count = len(wanted)
    if count < FEW_WORDS or len(words) < count:
        return None
    need = Counter(word.key for word in wanted)
    best, best_at = 0.0, -1
    seen = Counter(word.key for word in words[:count])
    common = sum((seen & need).values())
    for at in range(len(words) - count + 1):
        if at:
            gone, come = words[at - 1].key, words[at + count - 1].key
            common -= seen[gone] <= need[gone]
            seen[gone] -= 1
            seen[come] += 1
            common += seen[come] <= need[come]
        ends = (words[at].key == wanted[0].key) + (words[at + count - 1].key == wanted[-1].key)
        if common + ends / 4 > best:
            best, best_at = common + ends / 4, at
    if int(best) < ALIKE * count:
        return None
    held = [word for word in words[best_at : best_at + count] if word.key in need]
    return held[0].first, held[-1].last


def _words(text: Sequence[str]) -> list[_Word]:
    """The words of a text; an Arabic one is known by its letters in any order, since ligatures swap them."""
    found: list[_Word] = []
    key, first = "", 0
    for place, character in enumerate((*text, " ")):
        plain = _plain(character)
        if plain:
            first = first if key else place
            key += plain
        elif key and not unicodedata.combining(character) and character != _TATWEEL:
            arabic = any(_ARABIC[0] <= one <= _ARABIC[1] for one in key)
            found.append(_Word("".join(sorted(key)) if arabic else key, first, place))
            key = ""
    return found


def _over_an_edge(held: Letters, wanted: str) -> tuple[int, int] | None:
    """The beginning of a quote that ends on the next page, or the end of one that began on the page before."""
    if len(wanted) < 2 * ANCHOR:
        return None
    at = held.plain.rfind(wanted[:ANCHOR])
    if at >= 0:
        length = _common(held.plain[at:], wanted)
        if len(held.plain) - (at + length) <= EDGE:
            return held.places[at], held.places[at + length - 1] + 1
    at = held.plain.find(wanted[-ANCHOR:])
    if at >= 0:
        end = at + ANCHOR
        length = _common(held.plain[:end][::-1], wanted[::-1])
        if end - length <= EDGE:
            return held.places[end - length], held.places[end - 1] + 1
    return None


def _common(one: str, other: str) -> int:
    """How many letters two texts have in common from their beginning."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
