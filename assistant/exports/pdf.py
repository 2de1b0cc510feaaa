"""A paper as a PDF, in our own typefaces, Arabic shaped and set from right to left. No font and no word is fetched."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import as_file, files
from io import BytesIO
from itertools import zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from assistant.exports.paper import Block, Paper, Picture, Table, plain, right_to_left

if TYPE_CHECKING:
    from fpdf import FPDF

MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What the file says of when it was made: the same paper gives the same bytes."""
INK: Final = (29, 36, 51)
SOFT: Final = (84, 91, 106)
ACCENT: Final = (23, 89, 74)
LEADING: Final = 1.5
"""Line height over type size, in points."""
_SIZES: Final = {
    "heading": 15,
    "question": 13,
    "text": 11,
    "item": 11,
    "quote": 10,
    "note": 9,
    "source": 10,
    "break": 9,
}
_INDENTS: Final = {"item": 5.0, "quote": 6.0}
"""Millimetres, from the side where reading begins."""
MOST_IN_A_CELL: Final = 900
"""Characters; a row higher than a sheet could not be set."""
_MILLIMETRES: Final = 0.352778


def pdf(paper: Paper) -> bytes:
    """The paper as an A4 file."""
    sheet = _sheet(paper)
    otherwise = paper.language == "ar"
    _set(sheet, paper.title, 20, otherwise, bold=True)
    if paper.subtitle:
        _set(sheet, paper.subtitle, 10, otherwise, colour=SOFT)
    sheet.ln(4)
    for block in paper.blocks:
        if isinstance(block, Table):
            _table(sheet, block, otherwise)
        elif isinstance(block, Picture):
            _picture(sheet, block)
        else:
            _block(sheet, block, otherwise)
    return bytes(sheet.output())


def _sheet(paper: Paper) -> FPDF:
    from fpdf import FPDF

    class Numbered(FPDF):
        """Sheets with their number at the foot."""

        def footer(self) -> None:
            self.set_y(-15)
            self.set_font("latin", size=9)
            self.set_text_color(*SOFT)
            self.set_text_shaping(True, direction="ltr")
            self.cell(0, 8, f"{self.page_no()} / {{nb}}", align="C")

    sheet = Numbered(format="A4")
    for name, style, file in _fonts():
        with as_file(files("assistant.exports").joinpath("fonts", file)) as path:
            sheet.add_font(name, style, path)
    sheet.set_fallback_fonts(["arabic"], exact_match=False)
    sheet.set_margins(22, 20, 22)
    sheet.set_auto_page_break(True, margin=22)
    sheet.set_creation_date(MADE)
    sheet.set_title(plain(paper.title))
    sheet.set_lang(paper.language)
    sheet.add_page()
    return sheet


def _fonts() -> Iterator[tuple[str, str, str]]:
    for name in ("latin", "arabic"):
        yield name, "", f"{name}-regular.ttf"
        yield name, "B", f"{name}-bold.ttf"


def _block(sheet: FPDF, block: Block, otherwise: bool) -> None:
    kind = block.kind
    if kind == "break":
        sheet.add_page()
        return
    if kind in ("heading", "question"):
        sheet.ln(4)
    if kind in ("heading", "question") and sheet.will_page_break(30):
        sheet.add_page()
    colour = SOFT if kind == "note" else ACCENT if kind == "heading" else INK
    top, page = sheet.get_y(), sheet.page_no()
    bold = kind in ("heading", "question")
    text = f"• {block.text}" if kind == "item" and not block.label else block.text
    indent = _INDENTS.get(kind, 0.0)
    if block.label:
        _set(sheet, block.label, _SIZES[kind], right_to_left(block.text, otherwise), ACCENT, True, indent)
    _set(sheet, text, _SIZES[kind], otherwise, colour, bold, indent)
    if kind == "quote" and sheet.page_no() == page:
        side = sheet.w - sheet.r_margin if right_to_left(text, otherwise) else sheet.l_margin
        sheet.set_draw_color(*ACCENT)
        sheet.line(side, top + 0.5, side, sheet.get_y() - 0.5)
    sheet.ln(1.5)


def _picture(sheet: FPDF, picture: Picture) -> None:
    """Across the page, or as high as the page where it would be higher."""
    png = picture.png()
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))  # where every PNG has them
    high = min(sheet.epw * height / width, sheet.eph)
    if sheet.will_page_break(high):
        sheet.add_page()
    sheet.image(BytesIO(png), w=sheet.epw, h=high, keep_aspect_ratio=True, alt_text=plain(picture.text))
    sheet.ln(3)


def _table(sheet: FPDF, table: Table, otherwise: bool) -> None:
    from fpdf.fonts import FontFace

    sheet.set_font("latin", size=9)
    sheet.set_fallback_fonts(["arabic", "latin"], exact_match=False)
    sheet.set_text_color(*INK)
    sheet.set_text_shaping(True)  # each cell in the direction that its own letters have
    sheet.set_draw_color(*SOFT)
    turn = -1 if otherwise else 1
    widths = table.widths[::turn] or None
    with sheet.table(v_align="TOP", line_height=5, padding=1, col_widths=widths) as made:
        for number, row in enumerate(part for whole in table.rows for part in _fitting(whole)):
            cells = made.row()
            for cell in row[::turn]:
                leftwards = right_to_left(cell, otherwise)
                face = FontFace("arabic" if leftwards else "latin", "" if number else "BOLD")
                cells.cell(_drawable(sheet, cell), align="RIGHT" if leftwards else "LEFT", style=face)
    sheet.ln(3)


def _fitting(row: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A row as rows that each fit on a sheet: a cell of many words goes on in the next."""
    columns = [wrap(cell, MOST_IN_A_CELL) or [""] for cell in row]
    yield from zip_longest(*columns, fillvalue="")


def _set(
    sheet: FPDF,
    text: str,
    size: float,
    otherwise: bool,
    colour: tuple[int, int, int] = INK,
    bold: bool = False,
    indent: float = 0.0,
) -> None:
    """A paragraph; each of its lines is set in the direction that it reads in."""
    sheet.set_text_color(*colour)
    for line in _drawable(sheet, text).split("\n"):
        leftwards = right_to_left(line, right_to_left(text, otherwise))
        sheet.set_font("arabic" if leftwards else "latin", "B" if bold else "", size)
        sheet.set_fallback_fonts(["latin" if leftwards else "arabic"], exact_match=False)
        sheet.set_text_shaping(True, direction="rtl" if leftwards else "ltr")
        sheet.set_x(sheet.l_margin + (0.0 if leftwards else indent))
        width = sheet.epw - indent
        sheet.multi_cell(
            width,
            size * LEADING * _MILLIMETRES,
            line or " ",
            align="R" if leftwards else "L",
            new_x="LMARGIN",
            new_y="NEXT",
        )


def _drawable(sheet: FPDF, text: str) -> str:
    """The text with each letter that no typeface here has in a plainer form, or as a question mark: never left out."""
    known: set[int] = {code for font in sheet.fonts.values() for code in getattr(font, "cmap", ())} | {ord("\n")}
    return "".join(
        letter if ord(letter) in known else _plainer(letter, known)
        for letter in plain(text).replace("\u202f", "\u00a0")
    )


def _plainer(letter: str, known: set[int]) -> str:
    if unicodedata.category(letter) == "Cf":  # says how to join or to turn letters; draws nothing
        return ""
    plainer = unicodedata.normalize("NFKC", letter)
    return plainer if all(ord(part) in known for part in plainer) else "?"
