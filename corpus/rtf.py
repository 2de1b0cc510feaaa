"""RTF to readable text, as far as one library takes it: paragraphs and rows, headings by their own words.

Where LibreOffice is installed the guard has it make a Word document first, which keeps styles and notes; this is what
reads the file elsewhere.
"""

from __future__ import annotations

import re

from corpus.errors import UnreadableDocument
from corpus.normalise import Block, assemble, clean
from corpus.section import Document
from corpus.text import heading_level, is_item

_DEEP = 200  # groups in groups; no program writes so many


def load_rtf(data: bytes, id: str, title: str | None) -> Document:
    """Read an RTF file; its title is `title`. Raises `UnreadableDocument` for what is damaged or empty."""
    from striprtf.striprtf import rtf_to_text

    if _depth(data) > _DEEP:
        raise UnreadableDocument("document RTF refusé : structure trop imbriquée")
    try:
        text = clean(
            rtf_to_text(  # type: ignore[no-untyped-call]
                data.decode("latin-1"), encoding="cp1252", errors="replace"
            )
        )
    except (MemoryError, UnreadableDocument):
        raise
    except Exception as error:  # what a damaged file makes striprtf raise has no common class
        raise UnreadableDocument("document RTF endommagé ou incomplet") from error
    return assemble(id, title or id, [block for line in text.split("\n") if (block := _block(line))])


def _block(line: str) -> Block | None:
    line = line.strip()
    if not line:
        return None
    if line.count("|") > 1 or (line.endswith("|") and len(line) > 1):
        return Block("line", " | ".join(cell.strip() for cell in line.strip("|").split("|")))
    level = heading_level(line)
    if level is not None:
        return Block("heading", line, level)
    return Block("line" if is_item(line) else "paragraph", line)


def _depth(data: bytes) -> int:
    depth = deepest = 0
    for mark in re.finditer(rb"\\.|[{}]", data, re.DOTALL):
        depth += {b"{": 1, b"}": -1}.get(mark[0], 0)
        deepest = max(deepest, depth)
    return deepest
