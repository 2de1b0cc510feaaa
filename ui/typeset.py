"""A text's own words as HTML: paragraphs, lists and headings, with a span marked. Pure; everything is escaped here.

It changes how the words look, never the words: what is no list item and no heading stays the paragraph it was. No line
break is written into the HTML, because the Gradio component that shows it would end its block at an empty line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final, Literal

AROUND: Final = 3000
"""How many characters of a long document are shown before and after a quote."""

Kind = Literal["blank", "bullet", "number", "heading", "body"]
_BULLET: Final = re.compile(r"\s*[•▪◦‣·*–—-]\s+(?=\S)")
_NUMBER: Final = re.compile(r"\s*(\d{1,3})[.)]\s+(?=\S)")
_SENTENCE_END: Final = re.compile(r"[.;:,!?…؟،؛»\"”)]\s*$")
_LAST_WORD: Final = re.compile(r"\S+(?:\s[:;!?»])?\s*$")
_PUNCTUATED: Final = re.compile(r"«\s\S{1,30}(?:\s[»;:!?]+[.,)]?)*(?!\S)|\S{1,30}(?:\s[»;:!?]+[.,)]?)+(?!\S)")
_LONGEST_HEADING: Final = 120


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a document with a span to mark: `text[start:end]`; `before` and `after` say whether more is there."""

    text: str
    start: int
    end: int
    before: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without its marker: `start` is where its words begin in the text, `mark` a list item's number."""

    kind: Kind
    start: int
    text: str
    mark: str = ""


def escape(text: str) -> str:
    """Text as HTML that holds neither markup nor a line break.

    >>> escape('<b>"a"\\nb')
    '&lt;b&gt;&quot;a&quot;&#10;b'
    """
    return html.escape(text.replace("\r\n", "\n").replace("\r", "\n")).replace("\n", "&#10;")


def excerpt(text: str, start: int, end: int, title: str = "", around: int = AROUND) -> Excerpt:
    """The part of a document around `text[start:end]`, cut between lines; the title on top is left out.

    >>> excerpt("Titre\\n\\nUn.\\n\\nDeux.", 12, 17, "Titre")
    Excerpt(text='Un.\\n\\nDeux.', start=5, end=10, before=False, after=False)
    """
    top = len(title) if title and text.startswith(f"{title}\n") and start >= len(title) else 0
    first, last = max(top, start - around), min(len(text), end + around)
    if first > top:
        first = text.rfind("\n", top, first) + 1 or first
    if last < len(text):
        found = text.find("\n", last)
        last = found if found >= 0 else len(text)
    while first < start and text[first].isspace():
        first += 1
    before, after = bool(text[top:first].strip()), bool(text[last:].strip())
    return Excerpt(text[first:last], start - first, end - first, before, after)


@lru_cache(maxsize=512)  # a page shows the passages of earlier turns again with every question
def typeset(text: str, start: int = 0, end: int = 0, last: str = "") -> str:
    """The text as HTML blocks, `text[start:end]` marked; `last` is HTML put after the sentence's opening paragraph.

    A list's `last` goes with the line that introduces it, or with its last item when there is none.

    >>> typeset("Voici\\n• a\\n• b.", 0, 5)
    '<p dir="auto"><mark>Voici</mark></p><ul dir="auto"><li>a</li><li>b.</li></ul>'
    >>> typeset("Un.\\nEt deux.", last="<b>1</b>")
    '<p dir="auto">Un.<br>Et <span class="held">deux.<b>1</b></span></p>'
    """
    blocks = list(_blocks(_lines(text)))
    closing = 0 if blocks and blocks[0][0].kind in ("body", "heading") else len(blocks) - 1
    return "".join(_block(block, start, end, last if place == closing else "") for place, block in enumerate(blocks))


def _lines(text: str) -> list[_Line]:
    raw: list[tuple[int, str]] = []
    at = 0
    for line in text.split("\n"):
        raw.append((at, line))
        at += len(line) + 1
    return [
        _line(start, line, alone=_blank(raw, place - 1) and _blank(raw, place + 1), more=place + 1 < len(raw))
        for place, (start, line) in enumerate(raw)
    ]


def _blank(raw: Sequence[tuple[int, str]], place: int) -> bool:
    return not 0 <= place < len(raw) or not raw[place][1].strip()


def _line(start: int, line: str, alone: bool, more: bool) -> _Line:
    if not line.strip():
        return _Line("blank", start, "")
    if found := _BULLET.match(line):
        return _Line("bullet", start + found.end(), line[found.end() :])
    if found := _NUMBER.match(line):
        return _Line("number", start + found.end(), line[found.end() :], found.group(1))
    title = alone and more and len(line) <= _LONGEST_HEADING and not _SENTENCE_END.search(line)
    return _Line("heading" if title else "body", start, line)


def _blocks(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    for kind, run in groupby(lines, key=lambda line: line.kind):
        if kind == "heading":
            yield from ([line] for line in run)
        elif kind != "blank":
            yield list(run)


def _block(block: Sequence[_Line], start: int, end: int, last: str) -> str:
    kind = block[0].kind
    lines = [_marked(line, start, end, last if line is block[-1] else "") for line in block]
    if kind in ("bullet", "number"):
        tag = "ul" if kind == "bullet" else "ol"
        items = (f"<li{_value(line)}>{words}</li>" for line, words in zip(block, lines, strict=True))
        return f'<{tag} dir="auto">{"".join(items)}</{tag}>'
    tag = "h4" if kind == "heading" else "p"
    return f'<{tag} dir="auto">{"<br>".join(lines)}</{tag}>'


def _value(line: _Line) -> str:
    return f' value="{line.mark}"' if line.mark else ""


def _marked(line: _Line, start: int, end: int, last: str) -> str:
    first, stop = max(0, start - line.start), min(len(line.text), end - line.start)
    if first >= stop:
        return _ended(line.text, last) if last else _held(line.text)
    before, inside, after = line.text[:first], line.text[first:stop], line.text[stop:]
    tail = _ended(after, last) if last and after.strip() else f"{_held(after)}{last}"
    return f"{_held(before)}<mark>{_held(inside)}</mark>{tail}"


def _ended(text: str, last: str) -> str:
    """The text with `last` on the same line as its last word, whatever the width."""
    found = _LAST_WORD.search(text)
    at = found.start() if found else len(text)
    return f'{_held(text[:at])}<span class="held">{escape(text[at:])}{last}</span>'


def _held(text: str) -> str:
    """The text with French double punctuation on the same line as its word, without another space in its place."""
    parts, at = [], 0
    for found in _PUNCTUATED.finditer(text):
        parts += [escape(text[at : found.start()]), f'<span class="held">{escape(found.group())}</span>']
        at = found.end()
    return "".join(parts) + escape(text[at:])
