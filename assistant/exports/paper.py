"""A paper as plain values: what it says, block after block, before any format is chosen. Pure.

Formats only lay out what stands here, so that they all say the same. A block is set from right to left when its own
first letters are, whatever the paper's language: an Arabic quote in a French paper reads as it should.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["heading", "question", "text", "item", "quote", "note", "source", "break"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a paper: a heading, a question, a paragraph, a list item, a quote, a remark, or a numbered source.

    `label` stands before the text, set apart from it. A `break` has no words: what follows begins on a new page.
    """

    kind: Kind
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first row being their heads; every row has as many cells. `widths` are shares of the whole."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of what the paper also says in words, which `text` names; `png` draws it, where a format has any."""

    text: str
    png: Callable[[], bytes] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Paper:
    """A title, one line under it, blocks, and the language (`fr`, `ar`, `en`) of what is said between quotes."""

    title: str
    subtitle: str
    language: str
    blocks: tuple[Block | Table | Picture, ...]


_STRONG: Final = {"L": False, "R": True, "AL": True}


def right_to_left(text: str, otherwise: bool = False) -> bool:
    """Whether a text's first letter is written from right to left; `otherwise` for a text without letters.

    >>> right_to_left("2018 : النص"), right_to_left("Le texte (النص)"), right_to_left("2018", True)
    (True, False, True)
    """
    found = (_STRONG.get(unicodedata.bidirectional(letter)) for letter in text)
    return next((strong for strong in found if strong is not None), otherwise)


def plain(text: str) -> str:
    """A text that any format can hold: no control characters but line breaks, no surrogates.

    >>> plain("a\\x00b\\r\\nc")
    'ab\\nc'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) not in _UNSEEN)


_UNSEEN: Final = frozenset({"Cc", "Cs", "Cn", "Co"})
