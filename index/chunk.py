"""Sections become chunks: runs of whole sentences of one section, small enough to embed, never altered.

`chunk.text == document.text[chunk.start:chunk.end]`, in code points: a quote taken from a chunk is a quote from the
document. A chunk never crosses a heading or a page, so its headings and its page are true for all of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.section import Document, Section
from index.sentences import Span, introduces_list, is_item, split, trim

MAX_TOKENS = 400
VERSION = "sections-400-5"
"""Part of the index fingerprint: raise it with any change to what chunks or sentences come out."""

CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: offsets count in the document's text, `sentences` are spans in the same count."""

    id: str
    document: str
    title: str
    headings: tuple[str, ...]
    text: str
    start: int
    page: int | None
    ordinal: int
    sentences: tuple[Span, ...]
    ocr: bool = False

    @property
    def end(self) -> int:
        """Offset just past the chunk's last code point."""
        return self.start + len(self.text)

    def quote(self, sentence: int) -> str:
        """The text of one of its sentences."""
        start, end = self.sentences[sentence]
        return self.text[start - self.start : end - self.start]

    @property
    def context(self) -> str:
        """Title and headings: what a reader of the page would know before reading the passage."""
        return context_of(self.title, self.headings)

    @property
    def whole(self) -> str:
        """The context and the passage."""
        return f"{self.context}\n{self.text}"


def context_of(title: str, headings: Sequence[str]) -> str:
    """Title and headings on one line, each once.

    >>> context_of("Le CMAI", ["Le CMAI", "Sessions"])
    'Le CMAI. Sessions'
    """
    return ". ".join(dict.fromkeys(part.strip()[:150] for part in (title, *headings) if part.strip()))


def chunk_document(document: Document, count: CountTokens, limit: int = MAX_TOKENS) -> list[Chunk]:
    """The chunks of a document, in reading order. `count` gives the tokens of each of many texts at once."""
    chunks: list[Chunk] = []
    for section in document.sections:
        for spans in _groups(section, count, limit):
            start, end = spans[0][0], spans[-1][1]
            text = document.text[start:end]
            chunks.append(
                Chunk(
                    id=chunk_id(document.id, start, text),
                    document=document.id,
                    title=section.title,
                    headings=section.headings,
                    text=text,
                    start=start,
                    page=section.page,
                    ordinal=len(chunks),
                    sentences=tuple(spans),
                    ocr=section.ocr,
                )
            )
    return chunks


def chunk_id(document: str, start: int, text: str) -> str:
    """A name that changes with the document, the place or the text, and with nothing else."""
    return hashlib.blake2b(f"{document}\0{start}\0{text}".encode(), digest_size=12).hexdigest()


def _groups(section: Section, count: CountTokens, limit: int) -> list[list[Span]]:
    """Sentences of a section in consecutive groups of about equal size, none above `limit` tokens."""
    spans = [(section.start + a, section.start + b) for a, b in split(section.text)]
    if not spans:
        return []
    sizes = count([_slice(section, span) for span in spans])
    spans, sizes = _cut_long(section, spans, sizes, count, limit)
    total = sum(sizes)
    share = total / -(-total // limit) if total else limit
    groups: list[list[Span]] = [[]]
    filled = 0
    for run in _whole_lists(section, spans, sizes, limit):
        size = sum(sizes[i] for i in run)
        if groups[-1] and (filled + size > limit or filled >= share):
            groups.append([])
            filled = 0
        groups[-1].extend(spans[i] for i in run)
        filled += size
    return groups


def _whole_lists(section: Section, spans: list[Span], sizes: list[int], limit: int) -> list[list[int]]:
    """Indices of sentences that stay together: a list with what introduces it, if it fits; else each alone."""
    quotes = [_slice(section, span) for span in spans]
    runs: list[list[int]] = []
    for i, quote in enumerate(quotes):
        before = runs[-1] if runs else []
        goes_on = bool(before) and is_item(quote) and (is_item(quotes[i - 1]) or introduces_list(quotes[i - 1]))
        if goes_on and sum(sizes[j] for j in before) + sizes[i] <= limit:
            before.append(i)
        else:
            runs.append([i])
    return runs


def _slice(section: Section, span: Span) -> str:
    return section.text[span[0] - section.start : span[1] - section.start]


def _cut_long(
    section: Section, spans: list[Span], sizes: list[int], count: CountTokens, limit: int
) -> tuple[list[Span], list[int]]:
    """Cut sentences above `limit` at white space, so that no part of a text is out of the model's sight."""
    if max(sizes) <= limit:
        return spans, sizes
    pieces: list[Span] = []
    for span, size in zip(spans, sizes, strict=True):
        pieces.extend([span] if size <= limit else _cut(section, span, count, limit))
    return pieces, count([_slice(section, piece) for piece in pieces])


def _cut(section: Section, span: Span, count: CountTokens, limit: int) -> list[Span]:
    start, end = span
    if end - start < 2 or count([_slice(section, span)])[0] <= limit:
        return [span]
    middle = (start + end) // 2
    text = section.text
    for mark in (";\n", ";", "\n", ",", " "):
        at = text.rfind(mark, start - section.start + (end - start) // 4, middle - section.start)
        if at >= 0:
            middle = section.start + at + len(mark)
            break
    halves = [trim(text, a - section.start, b - section.start) for a, b in ((start, middle), (middle, end))]
    found = []
    for a, b in halves:
        if b > a:
            found.extend(_cut(section, (a + section.start, b + section.start), count, limit))
    return found
