"""A paper as a Word document, Arabic set from right to left paragraph by paragraph."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final

from assistant.exports.paper import Block, Paper, Picture, Table, plain, right_to_left

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_STYLES: Final = {
    "heading": "Heading 1",
    "question": "Heading 2",
    "text": "Normal",
    "item": "List Bullet",
    "quote": "Quote",
    "note": "Normal",
    "source": "Normal",
    "break": "Normal",
}
_LANGUAGES: Final = {"fr": "fr-FR", "ar": "ar-DZ", "en": "en-GB"}
PICTURE: Final = 150
"""Millimetres that a picture is wide: the lines of the page."""
MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""What the file says of when it was made: the same paper gives the same bytes."""


def word(paper: Paper) -> bytes:
    """The paper as a `.docx` file."""
    from docx import Document

    document = Document()
    document.core_properties.title = plain(paper.title)[:255]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = MADE
    otherwise = paper.language == "ar"
    _written(document.add_paragraph(style="Title"), paper.title, paper.language, otherwise)
    if paper.subtitle:
        _written(document.add_paragraph(style="Subtitle"), paper.subtitle, paper.language, otherwise)
    for block in paper.blocks:
        if isinstance(block, Table):
            _table(document, block, paper.language, otherwise)
        elif isinstance(block, Picture):
            _picture(document, block)
        else:
            _block(document, block, paper.language, otherwise)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _block(document: Document, block: Block, language: str, otherwise: bool) -> None:
    from docx.enum.text import WD_BREAK

    if block.kind == "break":
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        return
    paragraph = document.add_paragraph(style=_STYLES[block.kind])
    if block.label:
        _runs(paragraph, block.label, language, right_to_left(block.label, otherwise))
        paragraph.runs[-1].bold = True
        paragraph.runs[-1].add_break()
    _written(paragraph, block.text, language, otherwise)
    for run in paragraph.runs:
        run.italic = True if block.kind == "note" else run.italic
    if block.kind == "question":
        paragraph.paragraph_format.keep_with_next = True


def _picture(document: Document, picture: Picture) -> None:
    from docx.shared import Mm

    shape = document.add_picture(BytesIO(picture.png()), width=Mm(PICTURE))
    shape._inline.docPr.set("descr", plain(picture.text))


def _table(document: Document, table: Table, language: str, otherwise: bool) -> None:
    from docx.oxml import OxmlElement

    made = document.add_table(rows=0, cols=len(table.rows[0]), style="Table Grid")
    if otherwise:
        made._tblPr.append(OxmlElement("w:bidiVisual"))
    for row in table.rows:
        for cell, text in zip(made.add_row().cells, row, strict=True):
            _written(cell.paragraphs[0], text, language, otherwise)
    for cell in made.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True


def _written(paragraph: Paragraph, text: str, language: str, otherwise: bool) -> None:
    """Put a text into a paragraph; what reads from right to left says so, to the paragraph and to each of its runs."""
    from docx.oxml import OxmlElement

    leftwards = right_to_left(text, otherwise)
    if leftwards:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
    _runs(paragraph, text, language, leftwards)


def _runs(paragraph: Paragraph, text: str, language: str, leftwards: bool) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for number, line in enumerate(plain(text).split("\n")):
        if number:
            paragraph.runs[-1].add_break()
        run = paragraph.add_run(line)
        said = OxmlElement("w:lang")
        name = "w:bidi" if leftwards else "w:val"
        said.set(qn(name), _LANGUAGES["ar"] if leftwards else _LANGUAGES.get(language, language))
        properties = run._r.get_or_add_rPr()
        if leftwards:
            properties.append(OxmlElement("w:rtl"))
        properties.append(said)
