"""Check a draft against the texts, whoever drafted it: nothing passes that its source does not hold. Pure.

For an extractive draft the check is exact: each sentence must be, character for character, the text of its document
at the offsets it names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.answers.answer import Citation, Exact, Removed, Sentence
from assistant.answers.extract import Drafted

SURE, SURE_OF_ENDS = 0.5, 0.2
"""How probable it must be that a passage answers, and where the answer begins and ends, for the answer to be marked."""
TextOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Attributed:
    """What may be shown, what may not, and the citations, numbered in order of first use."""

    sentences: tuple[Sentence, ...]
    removed: tuple[Removed, ...]
    citations: tuple[Citation, ...]


def attribute(drafted: Sequence[Drafted], text_of: TextOf, frameworks: Mapping[str, str]) -> Attributed:
    """Sentences with their citations; a span that is not in its document is removed and says so.

    `text_of` gives a document's whole text by id, `frameworks` its framework.
    """
    sentences: list[Sentence] = []
    removed: list[Removed] = []
    citations: list[Citation] = []
    for item in drafted:
        unit, chunk = item.unit, item.unit.hit.chunk
        text = text_of(chunk.document)
        if text is None or text[unit.start : unit.end] != unit.text:
            removed.append(Removed(unit.text, "La citation n'est plus dans le document."))
            continue
        citations.append(
            Citation(
                n=len(citations) + 1,
                document=chunk.document,
                title=chunk.title,
                framework=frameworks.get(chunk.document, ""),
                page=chunk.page,
                headings=chunk.headings,
                quote=unit.text,
                start=unit.start,
                end=unit.end,
                answer=exact(item, text),
                ocr=chunk.ocr,
            )
        )
        sentences.append(Sentence(unit.text, "verbatim", (len(citations),)))
    return Attributed(tuple(sentences), tuple(removed), tuple(citations))


def exact(item: Drafted, text: str) -> Exact | None:
    """The answer that was read in a quote of `text`; none in a list, where the reader does not see the whole."""
    unit, reading = item.unit, item.alone
    if reading is None or unit.is_list or reading.answerable < SURE or reading.span < SURE_OF_ENDS:
        return None
    if not unit.start <= reading.start < reading.end <= unit.end:
        return None
    return Exact(text[reading.start : reading.end], reading.start, reading.end)
