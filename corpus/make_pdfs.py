"""Renders the Markdown of `corpus/sources/` into the PDFs we ship, and refreshes the hashes of the manifest.

Some of our texts ship as PDF because the ministry's do, and because a citation's page must be exercised by a text we
know. Run `python -m corpus.make_pdfs` after any change to a shipped text. The bytes are the same at every run with the
same fpdf2: fixed date, no compression (its output depends on zlib), and the PDF core fonts, which embed nothing.

It draws titles, headings, paragraphs and flat lists, and refuses any other Markdown. The product never
runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from fpdf import FPDF
from fpdf import __version__ as fpdf_version
from fpdf.enums import MethodReturnValue, XPos, YPos

from corpus.manifest import refresh, shipped_texts

WRITTEN: Final = datetime(2026, 11, 23, tzinfo=UTC)
PRODUCER: Final = f"fpdf2 {fpdf_version}"
A5: Final = (148.0, 210.0)
MARGIN: Final = 18.0
FOOT: Final = 16.0
INDENT: Final = 5.0
Kind = Literal["title", "heading", "paragraph", "item"]


@dataclass(frozen=True, slots=True)
class Block:
    """One title, heading, paragraph or list item, as plain text."""

    kind: Kind
    text: str

    @property
    def leads(self) -> bool:
        """Whether the next block must start on the same page."""
        return self.kind in ("title", "heading") or self.text.endswith(":")


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind of block is set: font, style and points, then line height, space above and indent in millimetres."""

    font: str
    style: Literal["", "B"]
    size: float
    line: float
    above: float
    indent: float = 0.0


LOOKS: Final[dict[Kind, Look]] = {
    "title": Look("Helvetica", "B", 16, 7.5, 0),
    "heading": Look("Helvetica", "B", 12, 6, 5),
    "paragraph": Look("Times", "", 11.5, 5.2, 2.5),
    "item": Look("Times", "", 11.5, 5.2, 1.5, INDENT),
}
MARKS: Final[dict[str, Kind]] = {"# ": "title", "## ": "heading", "- ": "item"}


def sources() -> Path:
    """The folder of the Markdown that becomes PDF; it is never ingested."""
    return Path(__file__).parent / "sources"


def read_blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of a text with one block a line; `ValueError` on Markdown that this module does not draw.

    >>> read_blocks("# Titre\\n\\nUne phrase.")
    (Block(kind='title', text='Titre'), Block(kind='paragraph', text='Une phrase.'))
    """
    return tuple(_read_block(line) for line in markdown.splitlines() if line.strip())


def _read_block(line: str) -> Block:
    for mark, kind in MARKS.items():
        if line.startswith(mark):
            return Block(kind, line.removeprefix(mark).strip())
    if re.match(r"#|[*+>|`]|\d+[.)] |\s", line):
        raise ValueError(f"only '# ', '## ', '- ' and paragraphs can be drawn, not {line!r}")
    return Block("paragraph", line.strip())


class _Page(FPDF):
    """A small page whose only furniture is its number."""

    def footer(self) -> None:
        """Write the page number at the foot of the page."""
        self.set_y(-12)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, str(self.page_no()), align="C")


def _bind(text: str) -> str:
    """Keep French punctuation on the line of its word."""
    return re.sub(r"(?<=«) | (?=[»:;?!–])", "\N{NO-BREAK SPACE}", text)


def _height(page: FPDF, block: Block) -> float:
    look = LOOKS[block.kind]
    page.set_font(look.font, look.style, look.size)
    lines = page.multi_cell(
        page.epw - look.indent, look.line, _bind(block.text), align="L", dry_run=True, output=MethodReturnValue.HEIGHT
    )
    assert isinstance(lines, float | int)
    return look.above + lines


def _run_height(page: FPDF, blocks: Iterable[Block]) -> float:
    """Millimetres from the first block to the end of the first one that may end a page."""
    height = 0.0
    for block in blocks:
        height += _height(page, block)
        if not block.leads:
            break
    return height


def _draw(page: FPDF, block: Block) -> None:
    look = LOOKS[block.kind]
    page.set_font(look.font, look.style, look.size)
    if page.get_y() > MARGIN:
        page.set_y(page.get_y() + look.above)
    if block.kind == "title" or block.kind == "heading":
        page.start_section(block.text, level=0 if block.kind == "title" else 1)
    if look.indent:
        page.cell(look.indent, look.line, "•")
    page.multi_cell(0, look.line, _bind(block.text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def render(markdown: str) -> bytes:
    """The PDF of a text: no paragraph runs over a page's end, so that every sentence has one page."""
    blocks = read_blocks(markdown)
    page = _Page(format=A5)
    page.core_fonts_encoding = "cp1252"
    page.set_compression(False)
    page.set_creation_date(WRITTEN)
    page.set_producer(PRODUCER)
    page.set_title(blocks[0].text)
    page.set_lang("fr-FR")
    page.set_margins(MARGIN, MARGIN, MARGIN)
    page.set_auto_page_break(True, FOOT)
    page.c_margin = 0
    page.add_page()
    for place, block in enumerate(blocks):
        if page.will_page_break(_run_height(page, blocks[place:])):
            page.add_page()
        _draw(page, block)
    return bytes(page.output())


def make_pdfs(folder: Path) -> tuple[Path, ...]:
    """Write the PDF of every source into `folder`; the files written."""
    made = []
    for source in sorted(sources().glob("*.md")):
        made.append(folder / f"{source.stem}.pdf")
        made[-1].write_bytes(render(source.read_text(encoding="utf-8")))
    return tuple(made)


def main() -> None:
    """Make every PDF, then bring the hashes of the manifest up to date."""
    folder = shipped_texts()
    for path in make_pdfs(folder):
        print(f"écrit : {path.name}")
    for file in refresh(folder):
        print(f"empreinte mise à jour : {file}")


if __name__ == "__main__":
    main()
