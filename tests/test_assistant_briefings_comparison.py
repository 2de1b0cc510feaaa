"""Two frameworks side by side: the same rows, and every cell cited or told to be empty."""

from __future__ import annotations

import pytest
from conftest import Shipped

from assistant.briefings.comparison import compare_json, compare_markdown


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
    page = compare_markdown(shipped.assistant.briefing("maghreb"), shipped.assistant.briefing("UA"), "fr")
    row = next(line for line in page.split("\n") if line.startswith("| **Dates clés**"))
    assert row.endswith("| *aucune source* |")
    assert "Nouakchott" in row
