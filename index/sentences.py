"""Where sentences begin and end, in French, Arabic and English, without changing a character.

A sentence here is what a person would quote: a sentence of prose, a list item, or a line that stands alone. Spans are
offsets, so whatever is quoted later is verbatim by construction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_BULLET = re.compile(r"\s*(?:[•●▪◦‣·*–—-]|\(?\d{1,2}[.)]|[a-z]\))\s+")
_STOP = re.compile(r"[.!?؟۔…]+(?:\s?»|[\"'”’)\]])*(?=\s|$)")
_INLINE_BULLET = re.compile(r"(?<=\s)•\s")
_LAST_WORD = re.compile(r"([^\s.('’«\"]*)$")
_LONGEST_WORD = 40  # of those that matter before a full stop: abbreviations, initials, numbers of items
_ABBREVIATIONS = frozenset(
    "m mm mme mlle dr pr me st ste art al cf ex p pp n no nos vol fig éd ed etc env av mr mrs ms vs inc jr sr "
    "approx dept gov gen col sgt lt rev hon".split()
)
_FINAL = frozenset(".!?؟۔…:;؛»”")


def split(text: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, without the white space around them.

    >>> [text[a:b] for text in ["Le 7 mars. M. Ali vient ! • un ;\\n• deux ;"] for a, b in split(text)]
    ['Le 7 mars.', 'M. Ali vient !', '• un ;', '• deux ;']
    """
    spans: list[Span] = []
    for start, end in _blocks(text):
        for a, b in _sentences(text, start, end):
            trimmed = trim(text, a, b)
            if trimmed[1] > trimmed[0]:
                spans.append(trimmed)
    return spans


def trim(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def is_item(sentence: str) -> bool:
    """Whether the sentence is an item of a list.

    >>> is_item("• La coordination ;"), is_item("La coordination.")
    (True, False)
    """
    return bool(_BULLET.match(sentence))


def introduces_list(sentence: str) -> bool:
    """Whether the sentence announces what follows: it ends with a colon.

    >>> introduces_list("Il a pour objet :")
    True
    """
    return sentence.rstrip().endswith((":", "꞉", "："))


def _blocks(text: str) -> Iterator[Span]:
    """Runs of lines that belong together: a line that ends open and is followed by prose goes on in the next."""
    start = 0
    at = 0
    while at < len(text):
        newline = text.find("\n", at)
        if newline < 0:
            break
        following = text.find("\n", newline + 1)
        rest = text[newline + 1 : following if following >= 0 else len(text)]
        if _ends_block(text[max(start, at) : newline], rest):
            yield start, newline
            start = newline + 1
        at = newline + 1
    yield start, len(text)


def _ends_block(before: str, following: str) -> bool:
    """Whether a block ends between two lines."""
    line, after = before.strip(), following.strip()
    if not line or not after or _BULLET.match(following) or line[-1] in _FINAL:
        return True
    short = len(line) < 60
    return short and not after[0].islower()


def _sentences(text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    for stop in _STOP.finditer(text, start, end):
        if stop.end() >= end or _is_stop(text, at, stop):
            yield from _items(text, at, stop.end())
            at = stop.end()
    if at < end:
        yield from _items(text, at, end)


def _items(text: str, start: int, end: int) -> Iterator[Span]:
    """A sentence, cut before each bullet that stands in it."""
    at = start
    for mark in _INLINE_BULLET.finditer(text, start, end):
        if text[at : mark.start()].strip():
            yield at, mark.start()
            at = mark.start()
    yield at, end


def _is_stop(text: str, start: int, stop: re.Match[str]) -> bool:
    mark = stop.group()
    after = stop.end()
    while after < len(text) and text[after].isspace():
        after += 1
    following = text[after : after + 1]
    if following.islower():
        return False
    if mark != ".":
        return not (mark.startswith("…") and following.islower())
    word = _LAST_WORD.search(text, max(start, stop.start() - _LONGEST_WORD), stop.start())
    last = word.group(1) if word else ""
    if last.casefold() in _ABBREVIATIONS and not (last.casefold() in {"etc", "env"} and following.isupper()):
        return False
    initial = len(last) == 1 and last.isalpha() and last.isupper()
    ordinal_item = last.isdigit() and len(last) <= 2 and text[start : stop.start()].strip() == last
    return not (initial or ordinal_item)
