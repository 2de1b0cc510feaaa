"""What has become of the documents that a kept answer quotes: replaced by other words, or removed. Pure.

A sentence counts as verified only while each of its quotes stands word for word in its document. What was answered
stays written down as it was; what it is still worth is found out each time that it is shown or exported. This tells
nothing about who may read: what is hidden is withheld first (`assistant.conversations.withheld`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Literal

from assistant.answers.answer import FIRST, Answer, Citation

Change = Literal["replaced", "removed"]
Changes = Mapping[int, Change]
"""What has become of the documents of citations, by their numbers; those that still hold their quotes are not in it."""
Read = Callable[[str], str | None]
"""A document's text as it is now, by its id; `None` for one that is gone."""
UNCHANGED: Final[Changes] = MappingProxyType({})


def documents_of(answer: Answer) -> frozenset[str]:
    """The documents whose texts `changes` and `placed` read."""
    cited = {citation.document for citation in answer.citations}
    return frozenset(cited.union(passage.document for passage in answer.passages[:FIRST]))


def changes(answer: Answer, read: Read) -> Changes:
    """What has become of the documents that an answer quotes."""
    found = ((citation.n, _change(citation.quote, read(citation.document))) for citation in answer.citations)
    return {n: change for n, change in found if change is not None}


def verified(answer: Answer, changed: Changes) -> int:
    """How many of its sentences all their quotes still hold."""
    return sum(not any(n in changed for n in sentence.citations) for sentence in answer.sentences)


def placed(answer: Answer, read: Read) -> Answer:
    """An answer whose quotes and first passages are where they stand now; the same one where nothing has moved.

    A quote that stands elsewhere in its document loses its page, and the headings that are no longer there. A passage
    that its document no longer holds is left out.
    """
    citations = tuple(_placed(citation, read(citation.document)) for citation in answer.citations)
    passages = tuple(one for one in answer.passages[:FIRST] if one.text in (read(one.document) or ""))
    if len(passages) == len(answer.passages[:FIRST]):
        passages = answer.passages
    same = citations == answer.citations and passages == answer.passages
    return answer if same else replace(answer, citations=citations, passages=passages)


def _change(quote: str, text: str | None) -> Change | None:
    if text is None:
        return "removed"
    return None if quote in text else "replaced"


def _placed(citation: Citation, text: str | None) -> Citation:
    if text is None or citation.quote not in text or text[citation.start : citation.end] == citation.quote:
        return citation
    start = _nearest(text, citation.quote, citation.start)
    by, exact = start - citation.start, citation.answer
    return replace(
        citation,
        page=None,
        headings=tuple(heading for heading in citation.headings if heading in text),
        start=start,
        end=start + len(citation.quote),
        answer=replace(exact, start=exact.start + by, end=exact.end + by) if exact else None,
    )


def _nearest(text: str, quote: str, place: int) -> int:
    """Where a quote that a text holds begins, nearest to a place."""
    before, after = text.rfind(quote, 0, place + len(quote)), text.find(quote, place)
    return min((one for one in (before, after) if one >= 0), key=lambda one: abs(one - place))
