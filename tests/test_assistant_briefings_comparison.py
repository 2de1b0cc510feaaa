"""Two frameworks side by side: the same rows, and every cell cited or told to be empty."""

from __future__ import annotations

import io

import pytest
from conftest import Shipped
from docx import Document
from pypdf import PdfReader

from assistant.briefings.comparison import compare_json
from assistant.briefings.exports import export_comparison


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_each_line_of_a_cell_is_in_the_source_that_it_cites(shipped: Shipped, language: str) -> None:
    """Of its own side: the numbers of the second follow those of the first."""
    one, other = shipped.assistant.briefing("cmai"), shipped.assistant.briefing("maghreb")
    told = compare_json(one, other, language)
    assert {len(row["cells"]) for row in told["rows"]} == {2}
    for row in told["rows"]:
        for side, cell in enumerate(row["cells"]):
            for line in cell:
                assert line["quote"] in [told["sources"][number - 1]["quote"] for number in line["citations"]]
                assert all((number > len(one.sources)) == bool(side) for number in line["citations"])
    assert [len(cell) for row in told["rows"] if row["id"] == "dates" for cell in row["cells"]] == [5, 7]


def test_an_empty_cell_says_so(shipped: Shipped) -> None:
    """The African Union has no date in the texts."""
    page = str(export_comparison(shipped.assistant.briefing("maghreb"), shipped.assistant.briefing("UA"), "fr", "md"))
    rows = page.split("\n")
    at = next(at for at, line in enumerate(rows) if line.startswith("| Dates clés"))
    assert rows[at].endswith("| aucune source |")
    assert "Nouakchott" in rows[at + 1]


@pytest.mark.parametrize(("format", "begins"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_a_comparison_is_a_file_with_the_words_of_both_sides(shipped: Shipped, format: str, begins: bytes) -> None:
    """The title names the two; a quote of each side and the common sources are in it."""
    made = export_comparison(shipped.assistant.briefing("cmai"), shipped.assistant.briefing("maghreb"), "fr", format)
    assert isinstance(made, bytes)
    assert made.startswith(begins)
    if format == "docx":
        document = Document(io.BytesIO(made))
        text = " ".join(cell.text for row in document.tables[0].rows for cell in row.cells)
        assert len(document.tables[0].columns) == 3
    else:
        text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "Nouakchott" in text
    assert "Tunis" in text
