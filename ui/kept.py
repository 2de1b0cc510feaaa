"""The chat's hand on the diary: an answered turn is written down, a conversation shown again with its proofs.

The page only ever names a conversation; whose it is, and what they may still read of it, comes from the request's
session.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from assistant.conversations.changed import UNCHANGED, Change, Changes, Read, changes, placed
from assistant.conversations.conversations import Kept, shown_now
from assistant.conversations.errors import UnknownConversation
from assistant.conversations.withheld import REASON, as_readable
from corpus.errors import AssistantError
from ui import render
from ui.diary import Diary
from ui.i18n import Words, words
from ui.people import Person, person
from ui.render import Turn
from ui.sources import Proof, Shelf, Shelves
from ui.typeset import Excerpt, escape
from ui.widgets import gr

if TYPE_CHECKING:
    from assistant.answers.answer import Answer, Citation

Turns = tuple[Turn, ...]
MOST_TURNS: Final = 30
"""A page keeps its last turns, no more, so that what a page holds is bounded."""


class Keeper:
    """Writes turns down and brings them back; without a diary it keeps nothing."""

    def __init__(self, diary: Diary | None, shelves: Shelves) -> None:
        self._diary, self._shelves = diary, shelves

    def keep(self, turns: Turns, id: str, language: str, request: gr.Request) -> tuple[str, str]:
        """The conversation's id once its last turn is written down, and its foot."""
        last = turns[-1] if turns else None
        fresh = last is not None and last.state == "answered" and last.key
        if self._diary is not None and last is not None and last.answer is not None and fresh:
            owner = self._who(request).owner
            try:
                id = self._diary.conversations.keep(owner, id, last.number, last.answer)
            except UnknownConversation:  # deleted in another window meanwhile: what goes on is a new one
                id = self._diary.conversations.keep(owner, "", last.number, last.answer)
        return id, self.shown(language, id, request)

    def open(self, id: str, language: str, request: gr.Request) -> tuple[Turns, str, str, str, str]:
        """A conversation's last turns as values and as a page in two parts, its id and its foot; nothing when it is not
        theirs.
        """
        if self._diary is None:
            return (), "", "", "", ""
        who = self._who(request)
        try:
            kept = self._diary.conversations.open(who.owner, id)
        except UnknownConversation:
            return (), "", "", "", ""
        shelf = self._shelves.of(who.reader)
        hidden, read = shelf.hidden(), shelf.reading(one.answer for one in kept[-MOST_TURNS:])
        turns = tuple(_turn(shown_now(one, hidden, read), shelf) for one in kept[-MOST_TURNS:])
        return turns, *render.parted(turns, words(language)), id, foot(id, _ratings(kept), words(language))

    def shown(self, language: str, id: str, request: gr.Request) -> str:
        """The foot of a conversation in a language."""
        if self._diary is None or not id:
            return ""
        try:
            return foot(id, self._diary.conversations.rated(self._who(request).owner, id), words(language))
        except UnknownConversation:
            return ""

    def none(self) -> tuple[str, str]:
        """No conversation is shown."""
        return "", ""

    def _who(self, request: gr.Request) -> Person:
        asked = request.request
        return person(asked.scope if asked else {}, self._diary is not None and self._diary.accounts)


def still_readable(turns: Turns, shelf: Shelf) -> Turns:
    """The turns of a page without what they hold of documents hidden now, and what has become of the others."""
    if not turns:
        return turns
    hidden, read = shelf.hidden(), shelf.reading(turn.answer for turn in turns if turn.answer)
    return tuple(_still_readable(turn, hidden, read, shelf) for turn in turns)


def _still_readable(turn: Turn, hidden: Collection[str], read: Read, shelf: Shelf) -> Turn:
    """The same turn where nothing has changed; one that has is not written down again, so it has no key."""
    if turn.answer is None:
        return turn
    answer = placed(as_readable(turn.answer, hidden), read)
    changed = changes(answer, read)
    if answer is turn.answer and changed == _changed(turn):
        return turn
    if answer.reason == REASON:
        return replace(turn, answer=answer, proofs=(), nearest=(), key="")
    return replace(turn, answer=answer, proofs=_proofs(answer, changed, shelf), nearest=_nearest(answer, shelf), key="")


def _changed(turn: Turn) -> Changes:
    """What the turn already says of its documents."""
    if turn.answer is None:
        return UNCHANGED
    pairs = zip(turn.answer.citations, turn.proofs, strict=True)
    return {citation.n: proof.changed for citation, proof in pairs if proof.changed}


def _ratings(kept: Iterable[Kept]) -> dict[int, bool]:
    return {one.number: one.good for one in kept if one.good is not None}


def _turn(kept: Kept, shelf: Shelf) -> Turn:
    answer = kept.answer
    proofs = _proofs(answer, kept.changed, shelf)
    return Turn(kept.number, kept.question, "answered", answer, proofs, _nearest(answer, shelf))


def _proofs(answer: Answer, changed: Changes, shelf: Shelf) -> tuple[Proof, ...]:
    return tuple(_proof(citation, changed.get(citation.n), shelf) for citation in answer.citations)


def _proof(citation: Citation, change: Change | None, shelf: Shelf) -> Proof:
    """The quote in its document, or by itself once the document has gone or reads otherwise."""
    source = shelf.source(citation.document, citation.title)
    alone = Excerpt(citation.quote, 0, len(citation.quote))
    if change is not None:  # what is known of the document now is not said of the one that was quoted
        return Proof(replace(source, pages=None, date=""), alone, citation.page, None, None, change)
    try:
        text = shelf.text(citation.document)
    except AssistantError:  # removed at this very moment
        return Proof(source, alone, citation.page, None, None, "removed")
    return shelf.around(source, text, citation)


def _nearest(answer: Answer, shelf: Shelf) -> tuple[Proof, ...]:
    try:
        return shelf.nearest(answer)
    except AssistantError:
        return ()


def foot(id: str, ratings: Mapping[int, bool], words: Words) -> str:
    """What stands under a conversation: the files it can be had as; its classes tell the page's script the rest."""
    rated = "".join(f" {'up' if good else 'down'}-{number}" for number, good in ratings.items())
    named = (("docx", "export.docx"), ("pdf", "export.pdf"), ("md", "export.md"))
    links = " · ".join(
        f'<a href="/conversations/{escape(id)}/export/{kind}">{escape(words[key])}</a>' for kind, key in named
    )
    return f'<p class="exports shown-{escape(id)}{rated}">{escape(words["export.label"])} {links}</p>'
