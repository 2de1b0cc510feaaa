"""A list that was asked for is quoted whole, also where its passages were cut in the middle of it. Pure.

A passage holds four hundred tokens at most, so that a long list lies in several. What is added stands in the document
just before or after what was chosen, and is a list item or the sentence that introduces them; nothing else is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answers.evidence import Unit
from assistant.answers.extract import Drafted
from index.sentences import introduces_list, is_item, split

REACH = 8_000
"""Characters looked at on either side; a longer list is cut after one of its items."""
MOST_ITEMS = 100
"""Items added on either side, at most."""

TextOf = Callable[[str], str | None]


def whole_lists(drafted: Sequence[Drafted], text_of: TextOf) -> list[Drafted]:
    """The draft with each list that reaches an end of its passage completed from its document; no two overlap."""
    found: list[Drafted] = []
    for item in drafted:
        text = text_of(item.unit.hit.chunk.document) if _is_cut(item.unit) else None
        made = replace(item, unit=_completed(item.unit, text)) if text else item
        if not any(_holds(other.unit, made.unit) for other in found):
            found = [other for other in found if not _holds(made.unit, other.unit)] + [made]
    return found


def _is_cut(unit: Unit) -> bool:
    """Whether a list may go on outside its passage."""
    chunk = unit.hit.chunk
    items = unit.is_list or is_item(chunk.quote(unit.last))
    return items and (unit.end == chunk.end or chunk.sentences[unit.first][0] == chunk.start)


def _completed(unit: Unit, text: str) -> Unit:
    chunk = unit.hit.chunk
    start, end = unit.start, unit.end
    if unit.end == chunk.end:
        after = text[end : end + REACH]
        for at, (first, last) in enumerate(split(after)):
            cut = len(after) == REACH and last == len(after.rstrip())
            if at == MOST_ITEMS or not is_item(after[first:last]) or cut:
                break
            end = unit.end + last
    if chunk.sentences[unit.first][0] == chunk.start and is_item(chunk.quote(unit.first)):
        start = _first_of_list(text, chunk.start, unit.start)
    if (start, end) == (unit.start, unit.end):
        return unit
    return replace(unit, start=start, end=end, text=text[start:end], is_list=True)


def _first_of_list(text: str, start: int, otherwise: int) -> int:
    """Where the list begins that goes on at `start`; `otherwise` where it begins there."""
    base = max(0, start - REACH)
    before = text[base:start]
    first = otherwise
    spans = split(before)
    for a, b in reversed(spans[1:] if base else spans):
        sentence = before[a:b]
        if not is_item(sentence):
            return base + a if introduces_list(sentence) else first
        first = base + a
    return first


def _holds(one: Unit, other: Unit) -> bool:
    same = one.hit.chunk.document == other.hit.chunk.document
    return same and one.start <= other.start and other.end <= one.end
