"""A briefing as PDF: its fonts inside, Arabic shaped and ordered, its text extractable. No browser is needed.

The fonts are DejaVu Sans as matplotlib ships them: one face for Latin and Arabic, free to embed.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from assistant.briefings.briefing import Briefing
from assistant.briefings.layout import Block, blocks, is_arabic
from assistant.briefings.words import title_of

_SIZES = {"title": 20, "heading": 13, "source": 8.5, "fact": 9.5}
_BEFORE = {"line": "• "}
_MARGIN = 18.0
"""Millimetres."""


def to_pdf(briefing: Briefing, language: str, empty_library: bool = False) -> bytes:
    """The pages, A4, with an outline of the headings."""
    from fpdf import FPDF

    class Pages(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("Body", size=8)
            self.cell(0, 8, str(self.page_no()), align="C")

    pages = Pages(format="A4")
    folder = _fonts()
    pages.add_font("Body", fname=folder / "DejaVuSans.ttf")
    pages.add_font("Body", style="B", fname=folder / "DejaVuSans-Bold.ttf")
    pages.set_text_shaping(True)
    pages.set_margin(_MARGIN)
    pages.set_auto_page_break(True, _MARGIN)
    pages.set_title(title_of(briefing, language))
    pages.set_lang(language)
    pages.set_creator("cooperation-assistant")
    pages.add_page()
    for block in blocks(briefing, language, empty_library):
        _put(pages, block, language == "ar")
    return bytes(pages.output())


def _fonts() -> Path:
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("matplotlib")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


def _put(pages: Any, block: Block, right_to_left: bool) -> None:
    if block.kind == "break":
        pages.add_page()
        return
    size = _SIZES.get(block.kind, 10.5)
    heading = block.kind in ("title", "heading")
    if heading:
        pages.ln(4 if block.kind == "heading" else 0)
        if pages.will_page_break(24):
            pages.add_page()
        if block.kind == "heading":
            pages.start_section(block.text)
    text = f"{_BEFORE.get(block.kind, '')}{_label(block)}{block.text}{f' {block.mark}' if block.mark else ''}"
    if block.kind == "fact":  # a line of its own each, in its own direction
        _write(pages, block.label, size, right_to_left, "B")
        text = block.text
    pages.set_text_color(90 if block.kind in ("note", "lead") else 20)
    rtl = right_to_left if heading else is_arabic(text)
    _write(pages, text, size, rtl, "B" if heading else "", right_to_left and block.kind == "fact")
    pages.ln(1.2)


def _label(block: Block) -> str:
    if not block.label:
        return ""
    return f"{block.label}. " if block.kind == "source" else f"{block.label}  "


def _write(pages: Any, text: str, size: float, rtl: bool, style: str = "", right: bool = False) -> None:
    pages.set_font("Body", style, size)
    pages.set_text_shaping(True, direction="rtl" if rtl else "ltr")
    pages.multi_cell(0, size * 0.52, text, align="R" if rtl or right else "L", new_x="LMARGIN", new_y="NEXT")
