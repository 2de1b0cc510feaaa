"""Markdown to readable text: what a reader sees, without marks, link targets and images.

The source is not the text that offsets count in: nobody quotes asterisks. A soft line break is a space, as it is on the
page, so a sentence stays on one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus.normalise import Block, assemble, clean, one_line
from corpus.section import Document
from corpus.text import decode

_FRONT_MATTER = re.compile(r"\A---[ ]*\n.*?\n(?:---|\.\.\.)[ ]*(?:\n|\Z)", re.DOTALL)


def load_markdown(data: bytes, id: str, title: str | None) -> Document:
    """Read Markdown (CommonMark with tables); its title is its first `#` heading, else `title`, else `id`.

    Raises `UnreadableDocument` when the bytes are no text, or hold nothing to read.
    """
    source = _FRONT_MATTER.sub("", clean(decode(data)))
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    blocks = list(_blocks(tokens))
    first = next((i for i, block in enumerate(blocks) if block.kind == "heading" and block.level == 1), None)
    if first is not None:
        title = one_line(blocks[first].text)
        blocks[first] = Block("title", title)
    return assemble(id, title or id, blocks)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """Walk the flat token list; what an inline token is, the token that opened around it says."""
    markers: list[str] = []  # one a list level: the bullet, or the number of the open item
    fresh = False  # the open item has not shown its marker yet
    cells: list[str] = []
    for opener, token in pairwise([Token("", "", 0), *tokens]):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            markers.append("•")
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            markers.pop()
        elif token.type == "list_item_open":
            markers[-1], fresh = f"{token.info}." if token.info else "•", True
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield Block("line", " | ".join(cells))
        elif token.type == "html_block":
            yield from _html(token.content)
        elif token.type == "inline" and opener.type == "heading_open":
            yield Block("heading", one_line(_inline(token)), int(opener.tag[1]))
        elif token.type == "inline" and opener.type in {"th_open", "td_open"}:
            cells.append(one_line(_inline(token)))
        elif token.type in {"inline", "fence", "code_block"}:
            text = _inline(token) if token.type == "inline" else token.content.rstrip("\n")
            if markers and text:
                lead = markers[-1] if fresh else " " * len(markers[-1])
                yield Block("line", f"{'  ' * (len(markers) - 1)}{lead} {text}")
                fresh = False
            elif text:
                yield Block("paragraph", text)


def _inline(token: Token) -> str:
    """Give the letters of an inline token: no marks, no targets, no images, no tags."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak" or (child.type == "html_inline" and re.match(r"<br\b", child.content, re.I)):
            parts.append("\n")
    return re.sub(" *\n *", "\n", re.sub(" {2,}", " ", "".join(parts))).strip()


def _html(source: str) -> Iterator[Block]:
    from corpus.html import html_blocks  # only documents that hold HTML pay for its parser

    yield from html_blocks(source)
