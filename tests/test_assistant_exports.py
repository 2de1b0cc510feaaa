"""Papers as files: the same words in every format, Arabic from right to left, marks shown as marks."""

from __future__ import annotations

from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pypdf import PdfReader

from assistant.exports.markdown import markdown
from assistant.exports.paper import Block, Paper, Table
from assistant.exports.pdf import pdf
from assistant.exports.word import word

ARABIC = "صادق الاتحاد الأوروبي على برنامج CAPDEL سنة 2018."
PAPER = Paper(
    "Accords → essai",
    "Exporté le 7 mars 2018",
    "fr",
    (
        Block("question", "Quels accords ?"),
        Block("text", "Deux accords « clos »\u202f: l’œuvre et le CO₂. [1]"),
        Block("quote", ARABIC),
        Block("note", "Une remarque."),
        Block("source", "[1] La coopération · p. 3"),
        Table((("Cadre", "Année"), ("Ligue arabe", "2018"))),
    ),
)


def test_word_holds_every_word_and_sets_arabic_from_right_to_left() -> None:
    """The paragraph and each of its runs say so; the French ones do not."""
    document = docx.Document(BytesIO(word(PAPER)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[:3] == ["Accords → essai", "Exporté le 7 mars 2018", "Quels accords ?"]
    assert "Deux accords « clos »\u202f: l’œuvre et le CO₂. [1]" in texts
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["Cadre", "Année"],
        ["Ligue arabe", "2018"],
    ]
    for paragraph in document.paragraphs:
        leftwards = paragraph.text == ARABIC
        assert (paragraph._p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None) is leftwards
        for run in paragraph.runs:
            assert (run._r.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None) is leftwards


def test_the_pdf_holds_every_word_in_typefaces_of_its_own() -> None:
    """All embedded; a letter that none of them has is drawn in a plainer form or as a question mark."""
    reader = PdfReader(BytesIO(pdf(PAPER)))
    text = " ".join(reader.pages[0].extract_text().split())
    for words in ("Accords ? essai", "Quels accords ?", "l’œuvre et le CO2. [1]", "[1] La coopération · p. 3", "Année"):
        assert words in text
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert "/FontFile2" in descriptor


def test_arabic_letters_are_joined_and_stand_at_the_right() -> None:
    """Its shaped glyphs begin right of the middle of the sheet and end at the margin."""
    import pypdfium2

    short = Paper("", "", "ar", (Block("text", "كتب"),))
    page = pypdfium2.PdfDocument(pdf(short))[0]
    boxes = [page.get_textpage().get_charbox(place) for place in range(3)]
    width = page.get_width()
    assert all(width / 2 < left < width - 50 for left, *_ in boxes)
    separate = Paper("", "", "ar", (Block("text", "ك ت ب"),))
    apart = pypdfium2.PdfDocument(pdf(separate))[0]
    joined_width = boxes[0][2] - boxes[-1][0]
    alone = [apart.get_textpage().get_charbox(place) for place in (0, 2, 4)]
    assert abs(joined_width) < sum(box[2] - box[0] for box in alone)


@pytest.mark.parametrize("make", [markdown, word, pdf], ids=["markdown", "word", "pdf"])
def test_the_same_paper_gives_the_same_bytes(make: object) -> None:
    """No clock in it."""
    assert make(PAPER) == make(PAPER)  # type: ignore[operator]


HOSTILE = ["![x](http://evil.example/z.png)", "<img src=x>", "[a](javascript:alert(1))", "# t", "- i", "1. n", "> q"]


@pytest.mark.parametrize("text", HOSTILE)
def test_marks_in_a_text_are_words(text: str) -> None:
    """R-32: whoever opens the Markdown elsewhere sees them, and nothing is fetched."""
    blocks = tuple(Block(kind, f"{text}\n{text}") for kind in ("text", "question", "item", "quote", "note", "source"))
    shown = MarkdownIt("commonmark").render(markdown(Paper(text, text, "fr", blocks)).decode())
    assert not any(tag in shown for tag in ("<img", "<a ", "<ol", "<h3"))
    assert shown.count("<h1>") == 1
    assert shown.count("<h2>") == 1


@settings(max_examples=40)
@given(st.text(max_size=60), st.sampled_from(["text", "item", "quote", "source"]))
def test_any_text_is_laid_out(text: str, kind: str) -> None:
    """Control characters, emoji, mixed directions: no format fails."""
    paper = Paper(text, text, "fr", (Block(kind, text), Table(((text,),))))  # type: ignore[arg-type]
    assert pdf(paper).startswith(b"%PDF")
    assert word(paper).startswith(b"PK")
    assert markdown(paper).startswith(b"#")
