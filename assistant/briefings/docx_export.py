"""A briefing as a word-processor document: real headings, numbered sources, right to left in Arabic."""

from __future__ import annotations

import io
from typing import Any

from assistant.briefings.briefing import Briefing
from assistant.briefings.layout import Block, blocks, is_arabic
from assistant.briefings.words import title_of

_STYLES = {"title": "Title", "heading": "Heading 1", "line": "List Bullet", "source": "Normal"}
_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def to_docx(briefing: Briefing, language: str, empty_library: bool = False) -> bytes:
    """The document; quotes in the other direction keep their own."""
    from docx import Document

    document: Any = Document()
    document.core_properties.title = title_of(briefing, language)
    document.core_properties.language = language
    document.core_properties.author = ""
    for block in blocks(briefing, language, empty_library):
        if block.kind == "break":
            document.add_page_break()
        else:
            _paragraph(document, block, language == "ar")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _paragraph(document: Any, block: Block, right_to_left: bool) -> None:
    paragraph = document.add_paragraph(style=_STYLES.get(block.kind))
    if right_to_left and (block.kind not in ("line", "lead", "source") or is_arabic(block.text)):
        _mark(paragraph._p.get_or_add_pPr(), "w:bidi")
    if block.label:
        after = {"source": ". ", "fact": " : "}.get(block.kind, "  ")
        _run(paragraph, block.label + after, bold=True)
    _run(paragraph, block.text, italic=block.kind in ("lead", "note"))
    if block.mark:
        _run(paragraph, f" {block.mark}")


def _run(paragraph: Any, text: str, bold: bool = False, italic: bool = False) -> None:
    run = paragraph.add_run(text.translate(_CONTROLS))
    run.bold, run.italic = bold or None, italic or None
    if is_arabic(text):
        _mark(run._r.get_or_add_rPr(), "w:rtl")


def _mark(properties: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    properties.append(OxmlElement(name))
