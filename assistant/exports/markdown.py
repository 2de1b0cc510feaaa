"""A paper as Markdown: what comes from texts is escaped, so that it is read as words and never as marks or links."""

from __future__ import annotations

import re
from typing import Final

from assistant.exports.paper import Block, Paper, Picture, Table, plain

_MARKS: Final = re.compile(r"([\\`*_{}<>#|~!\[\]]|^\s*(?:[-+=]|\d+[.)])(?=\s))", re.MULTILINE)
_NUMBERS: Final = re.compile(r"\\\[(\d{1,3})\\\]")
_BEFORE: Final = {
    "heading": "## ",
    "question": "## ",
    "item": "- ",
    "quote": "> ",
    "note": "",
    "text": "",
    "source": "",
    "break": "",
}


def markdown(paper: Paper) -> bytes:
    """The paper in UTF-8."""
    parts = [f"# {_line(paper.title)}", escaped(paper.subtitle), *map(_block, paper.blocks)]
    return ("\n\n".join(filter(None, parts)) + "\n").encode()


def escaped(text: str) -> str:
    """A text that Markdown shows as it is; numbers in brackets, our own marks, stay.

    >>> escaped("![x](http://a) <b> [1]")
    '\\\\!\\\\[x\\\\](http://a) \\\\<b\\\\> [1]'
    """
    return _NUMBERS.sub(r"[\1]", _MARKS.sub(lambda found: _quoted(found.group()), plain(text)))


def _quoted(marks: str) -> str:
    return re.sub(r"(\S)$", r"\\\1", marks)


def _line(text: str) -> str:
    return escaped(" ".join(text.split()))


def _block(block: Block | Table | Picture) -> str:
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Picture):
        return ""  # a text file has no pictures, and what it shows is said in words beside it
    before = _BEFORE[block.kind]
    if block.kind in ("heading", "question"):
        return before + _line(block.text)
    text = escaped(block.text)
    if block.kind == "note":
        return f"*{_line(block.text)}*" if block.text else ""
    if block.label:
        text = f"**{_line(block.label)}** {text}"
    return (
        "\n".join(
            f"{before if block.kind == 'quote' or not number else '  '}{line}".rstrip()
            for number, line in enumerate(text.split("\n"))
        )
        if before
        else text.replace("\n", "  \n")
    )


def _table(table: Table) -> str:
    head, *rows = [f"| {' | '.join(map(_line, row))} |" for row in table.rows]
    return "\n".join((head, "|" + " --- |" * len(table.rows[0]), *rows))
