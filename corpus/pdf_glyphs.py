"""A PDF page as the glyphs it paints: letters with their places, sizes and directions. The door to pypdf's decoding.

`Font` is the one name taken from inside pypdf: no public one decodes the strings of a page.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from pypdf import PageObject
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, NameObject, StreamObject
from pypdf.generic._font import Font

Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_FORM_DEPTH = 8
_UNPAINTED = frozenset({3, 7})  # modes of text that leave no ink: a recognised layer under a picture, or hidden words
_DRAWN = frozenset({b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*"})
_FORMS = 2_000  # forms painted on one page


class Glyph(NamedTuple):
    """A painted character, in points along (x) and across (y, upwards) its own direction of writing."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    turn: int
    bold: bool


def _times(m: Matrix, n: Matrix) -> Matrix:
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def _numbers(operands: Sequence[Any], count: int) -> tuple[float, ...]:
    """Give `count` numbers; what is missing or no number is 0, as viewers take it."""
    given = [float(o) if isinstance(o, (int, float)) and math.isfinite(o) else 0.0 for o in operands[:count]]
    return (*given, *[0.0] * (count - len(given)))


class _Decoder:
    """One font: codes to letters and widths (in the unit of the font size); letters are `None` where it has none."""

    def __init__(self, resource: DictionaryObject) -> None:
        self._font = Font.from_font_resource(resource)
        named = str(resource.get("/BaseFont", "")).lower()
        self.bold = any(word in named for word in ("bold", "black", "heavy", "-bd", "demi"))
        self.wide = isinstance(self._font.encoding, str)
        # With these encodings a code is a glyph of this font, not a letter, unless a map says which.
        self._opaque = not self._font.interpretable or (
            self.wide and str(resource.get("/Encoding", "")).lower() not in _LETTER_CODES
        )
        self._known: dict[str, tuple[str | None, float]] = {}

    def read(self, shown: bytes) -> Iterator[tuple[str | None, float, bool]]:
        """Give letters, width and whether it is the one-byte space, for each code of `shown`."""
        encoding = self._font.encoding
        if isinstance(encoding, str):
            codes = list(shown.decode(encoding, "replace"))
            letters = codes
        else:
            codes = [chr(byte) for byte in shown]
            letters = [encoding.get(byte, chr(byte)) for byte in shown]
        for code, letter in zip(codes, letters, strict=True):
            if code not in self._known:
                mapped = self._font.character_map.get(letter)
                text = mapped if isinstance(mapped, str) else None if self._opaque else letter
                text = _CONTROL.sub("", text) if text else text  # a line end painted as a glyph is no space
                self._known[code] = (text, float(self._font.get_text_width(code)) / 1000)
            yield *self._known[code], code == " " and not self.wide


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
Fonts = dict[tuple[int, int], _Decoder]  # by the number and the generation of the font's object
_LETTER_CODES = frozenset({"/unigb-utf16-h", "/uniks-utf16-h", "/unijis-utf16-h", "/unicns-utf16-h", "/unigb-ucs2-h"})


@dataclass
class _State:
    """What `q` saves: the place of the page, and how text is set."""

    page: Matrix = _UNIT
    font: _Decoder | None = None
    size: float = 12.0
    letter_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


@dataclass
class Painter:
    """Runs the operators that place text, and collects the glyphs inside the page."""

    fonts: Fonts
    box: tuple[float, float, float, float]
    glyphs: list[Glyph] = field(default_factory=list)
    state: _State = field(default_factory=_State)
    text: Matrix = _UNIT
    line: Matrix = _UNIT
    unmapped: int = 0
    pictures: int = 0
    covered: float = 0.0
    drawn: int = 0
    hidden: list[Glyph] = field(default_factory=list)
    forms: int = 0

    def run(self, content: ContentStream, resources: DictionaryObject, depth: int = 0) -> None:
        """Paint `content`, with the fonts and forms that `resources` names."""
        saved: list[_State] = []
        for operands, operator in content.operations:
            if operator == b"q":
                saved.append(replace(self.state))
            elif operator == b"Q":
                self.state = saved.pop() if saved else self.state
            elif operator == b"cm":
                self.state.page = _times(_matrix(operands), self.state.page)
            elif operator == b"Do" and operands:
                self.paint_object(operands[0], resources, depth)
            elif operator in (b"INLINE IMAGE", b"BI"):
                self.add_picture()
            elif operator in _DRAWN:
                self.drawn += 1
            elif operator == b"Tf" and operands:
                self.state.font = self.find_font(operands[0], resources)
                self.state.size = _numbers(operands[1:], 1)[0]
            else:
                self.set_text(operator, operands)

    def set_text(self, operator: bytes, operands: Sequence[Any]) -> None:
        """Run one text operator; others change nothing that matters here."""
        state = self.state
        if operator == b"BT":
            self.text = self.line = _UNIT
        elif operator == b"Tm":
            self.text = self.line = _matrix(operands)
        elif operator in (b"Td", b"TD"):
            x, y = _numbers(operands, 2)
            state.leading = -y if operator == b"TD" else state.leading
            self.move(x, y)
        elif operator == b"T*":
            self.move(0.0, -state.leading)
        elif operator == b"TL":
            state.leading = _numbers(operands, 1)[0]
        elif operator == b"Tc":
            state.letter_space = _numbers(operands, 1)[0]
        elif operator == b"Tw":
            state.word_space = _numbers(operands, 1)[0]
        elif operator == b"Tz":
            state.stretch = _numbers(operands, 1)[0] / 100 or 1.0
        elif operator == b"Tr":
            state.mode = int(_numbers(operands, 1)[0])
        elif operator == b"Ts":
            state.rise = _numbers(operands, 1)[0]
        elif operator == b"Tj":
            self.show(operands[:1])
        elif operator == b"TJ" and operands and isinstance(operands[0], ArrayObject):
            self.show(operands[0])
        elif operator == b"'":
            self.move(0.0, -state.leading)
            self.show(operands[:1])
        elif operator == b'"' and len(operands) >= 3:
            state.word_space, state.letter_space = _numbers(operands, 2)
            self.move(0.0, -state.leading)
            self.show(operands[2:3])

    def move(self, x: float, y: float) -> None:
        """Go to the start of another line."""
        self.text = self.line = _times((1.0, 0.0, 0.0, 1.0, x, y), self.line)

    def show(self, pieces: Sequence[Any]) -> None:
        """Place the glyphs of strings; a number between them moves the pen, in thousandths of the size."""
        state, font = self.state, self.state.font
        if font is None:
            return
        m = _times(self.text, state.page)
        turn = round(math.degrees(math.atan2(m[1], m[0])) / 90) % 4
        size = abs(state.size) * math.hypot(m[2], m[3])
        pen = 0.0
        for piece in pieces:
            if isinstance(piece, (int, float)):
                pen -= piece / 1000 * state.size * state.stretch
                continue
            if not isinstance(piece, (bytes, str)) or isinstance(piece, NameObject):
                continue
            shown = piece if isinstance(piece, bytes) else piece.encode("latin-1", "replace")
            for text, width, is_space in font.read(shown):
                start = pen
                pen += width * state.size * state.stretch
                end = pen
                pen += (state.letter_space + (state.word_space if is_space else 0.0)) * state.stretch
                if text is None:
                    self.unmapped += 1
                elif text:
                    self.place(text, m, (start, end), size, turn, font.bold)
        self.text = (*self.text[:4], self.text[4] + pen * self.text[0], self.text[5] + pen * self.text[1])

    def place(self, text: str, m: Matrix, pen: tuple[float, float], size: float, turn: int, bold: bool) -> None:
        """Add a glyph, unless it lies outside the page, where no reader sees it."""
        (start, end), rise = pen, self.state.rise
        x, y = m[0] * start + m[2] * rise + m[4], m[1] * start + m[3] * rise + m[5]
        left, bottom, right, top = self.box
        if not (left <= x <= right and bottom <= y <= top):
            return
        x1, y1 = m[0] * end + m[2] * rise + m[4], m[1] * end + m[3] * rise + m[5]
        along = (x, y, -x, -y)[turn], (x1, y1, -x1, -y1)[turn]
        across = (y, -x, -y, x)[turn]
        glyph = Glyph(text, min(along), max(along), across, size, turn, bold)
        (self.hidden if self.state.mode in _UNPAINTED else self.glyphs).append(glyph)

    def add_picture(self) -> None:
        """Count a picture, and how much of the page it covers: it fills the unit square as the page is now placed."""
        a, b, c, d = self.state.page[:4]
        left, bottom, right, top = self.box
        page = max(1.0, (right - left) * (top - bottom))
        self.pictures += 1
        self.covered = min(1.0, self.covered + abs(a * d - b * c) / page)

    def find_font(self, name: Any, resources: DictionaryObject) -> _Decoder | None:
        """Give the font that `resources` calls `name`, read once a file."""
        named = _dictionary(resources.get("/Font"))
        held = named.raw_get(name) if name in named else None
        font = _dictionary(held)
        if not font:
            return None
        # Only the number of an object names it for good: Python gives the address of a dropped one to the next.
        key = (held.idnum, held.generation) if isinstance(held, IndirectObject) else None
        if key is None or key not in self.fonts:
            decoder = _Decoder(font)
            if key is None:
                return decoder
            self.fonts[key] = decoder
        return self.fonts[key]

    def paint_object(self, name: Any, resources: DictionaryObject, depth: int) -> None:
        """Paint a form with its own resources; count a picture."""
        held = _dictionary(resources.get("/XObject")).get(name)
        form = held.get_object() if held is not None else None
        if not isinstance(form, StreamObject):
            return
        if form.get("/Subtype") == "/Image":
            self.add_picture()
            return
        self.forms += 1
        if depth >= _FORM_DEPTH or self.forms > _FORMS:
            return
        saved, text, line = replace(self.state), self.text, self.line
        if isinstance(matrix := form.get("/Matrix"), ArrayObject):
            self.state.page = _times(_matrix(list(matrix)), self.state.page)
        own = _dictionary(form.get("/Resources"))
        self.run(ContentStream(form, None, "bytes"), own or resources, depth + 1)
        self.state, self.text, self.line = saved, text, line


def _matrix(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = _numbers(operands, 6)
    return (a, b, c, d, e, f) if len(operands) >= 6 else _UNIT


def _dictionary(held: Any) -> DictionaryObject:
    found = held.get_object() if held is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def paint(page: PageObject, fonts: Fonts) -> Painter:
    """The glyphs a page paints, with how many pictures and unreadable shapes it holds; `fonts` is kept for the next."""
    box = page.mediabox
    sides = sorted((float(box.left), float(box.right))), sorted((float(box.bottom), float(box.top)))
    painter = Painter(fonts, (sides[0][0] - 1, sides[1][0] - 1, sides[0][1] + 1, sides[1][1] + 1))
    contents = page.get("/Contents")
    held = contents.get_object() if contents is not None else None
    if isinstance(held, (ArrayObject, StreamObject)):
        # "bytes": what a string stands for depends on its font, so it must not be decoded before
        painter.run(ContentStream(held, page.pdf, "bytes"), _dictionary(page.get_inherited("/Resources")))
    return painter
