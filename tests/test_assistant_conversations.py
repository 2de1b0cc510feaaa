"""Conversations kept for their owners alone: listed, searched, renamed, deleted, brought back, and nobody else's."""

from __future__ import annotations

import pytest
import sqlalchemy as sql
from account_fakes import PASSWORD, Desk
from hypothesis import given
from hypothesis import strategies as st
from test_ui_render import an_answer

from assistant.accounts.tables import conversations, turns
from assistant.conversations.conversations import TITLE, UNDO_SECONDS, Conversations, shortened
from assistant.conversations.errors import UnknownConversation
from ui.diary import diary


@pytest.fixture
def kept(desk: Desk) -> Conversations:
    return Conversations(desk.opened.parts.database, desk.clock)


def test_an_answer_comes_back_whole(kept: Conversations) -> None:
    """Its citations with it: a conversation that is opened again shows its proofs."""
    answer = an_answer()
    id = kept.keep(None, "", 1, answer)
    kept.keep(None, id, 2, an_answer(question="Et ensuite ?"))
    first, second = kept.open(None, id)
    assert (first.number, first.answer, first.good) == (1, answer, None)
    assert (second.number, second.question) == (2, "Et ensuite ?")


def test_a_question_asked_again_takes_the_place_of_its_turn(kept: Conversations) -> None:
    """One turn a number."""
    id = kept.keep(None, "", 1, an_answer(question="Avant ?"))
    assert kept.keep(None, id, 1, an_answer(question="Après ?")) == id
    assert [turn.question for turn in kept.open(None, id)] == ["Après ?"]


def test_the_last_used_stands_first_and_is_called_by_its_question(kept: Conversations, desk: Desk) -> None:
    first = kept.keep(None, "", 1, an_answer(question="Une ?"))
    desk.clock.forward(minutes=1)
    second = kept.keep(None, "", 1, an_answer(question="Deux ?"))
    assert [one.id for one in kept.listed(None)] == [second, first]
    desk.clock.forward(minutes=1)
    kept.keep(None, first, 2, an_answer(question="Trois ?"))
    assert [(one.id, one.title) for one in kept.listed(None)] == [(first, "Une ?"), (second, "Deux ?")]


@pytest.mark.parametrize("owner", ["amel", "local"])
def test_a_conversation_of_somebody_else_is_one_that_is_not_there(kept: Conversations, desk: Desk, owner: str) -> None:
    """R-24: read, written, renamed, deleted, restored: the same error as for an invented id."""
    hers, his = desk.member("amel").id if owner == "amel" else None, desk.member("bob").id
    id = kept.keep(hers, "", 1, an_answer())
    assert kept.listed(his) == []
    for wrong in (id, "invented", ""):
        for act, more in (
            (kept.open, ()),
            (kept.title, ()),
            (kept.rename, ("À moi",)),
            (kept.delete, ()),
            (kept.restore, ()),
        ):
            with pytest.raises(UnknownConversation):
                act(his, wrong, *more)
    for wrong in (id, "invented"):
        with pytest.raises(UnknownConversation):
            kept.keep(his, wrong, 2, an_answer())
    assert len(kept.open(hers, id)) == 1


def test_words_are_found_without_case_and_accents_wherever_they_were_said(kept: Conversations) -> None:
    id = kept.keep(None, "", 1, an_answer(question="Que vise l'État ?"))
    kept.keep(None, id, 2, an_answer(question="Et 100 % de l'aide ?"))
    for words in ("etat", "ÉTAT vise", "100 %", "corruption", "  "):
        assert [one.id for one in kept.listed(None, words)] == [id], words
    for words in ("étable", "100 _", "état couscous"):
        assert kept.listed(None, words) == [], words


def test_a_new_name_is_kept_and_found(kept: Conversations) -> None:
    id = kept.keep(None, "", 1, an_answer())
    kept.rename(None, id, "  Accords \n arabes  ")
    kept.rename(None, id, "   ")
    assert kept.title(None, id) == "Accords arabes"
    assert [one.id for one in kept.listed(None, "accords arabes")] == [id]


def test_a_deletion_can_be_undone_for_a_while_and_then_nothing_is_left(kept: Conversations, desk: Desk) -> None:
    id, other = kept.keep(None, "", 1, an_answer()), kept.keep(None, "", 1, an_answer())
    kept.delete(None, id)
    assert [one.id for one in kept.listed(None)] == [other]
    with pytest.raises(UnknownConversation):
        kept.open(None, id)
    kept.restore(None, id)
    assert len(kept.open(None, id)) == 1
    kept.delete(None, id)
    desk.clock.forward(UNDO_SECONDS)
    with pytest.raises(UnknownConversation):
        kept.restore(None, id)
    kept.delete(None, other)
    with desk.opened.parts.database.reading() as connection:
        assert connection.execute(sql.select(conversations.c.id)).scalars().all() == [other]
        assert connection.execute(sql.select(turns.c.conversation)).scalars().all() == [other]


def test_what_was_deleted_leaves_the_disk_though_nobody_deletes_again(kept: Conversations, desk: Desk) -> None:
    """With the hourly chores, and when a service starts."""
    database = desk.opened.parts.database

    def left() -> int:
        with database.reading() as connection:
            return connection.execute(sql.select(sql.func.count()).select_from(turns)).scalar_one()

    for erase in (lambda: desk.opened.tidy(kept.purge), lambda: diary(database, desk.clock, accounts=False)):
        kept.delete(None, kept.keep(None, "", 1, an_answer()))
        erase()
        assert left() == 1
        desk.clock.forward(UNDO_SECONDS)
        erase()
        assert left() == 0


def test_with_an_account_its_conversations_go(kept: Conversations, desk: Desk) -> None:
    amel = desk.member("amel")
    kept.keep(amel.id, "", 1, an_answer())
    stays = kept.keep(None, "", 1, an_answer())
    desk.accounts.delete_own(amel, PASSWORD)
    with desk.opened.parts.database.reading() as connection:
        assert connection.execute(sql.select(conversations.c.id)).scalars().all() == [stays]


@given(st.text(max_size=400))
def test_a_title_is_one_line_and_not_too_long(question: str) -> None:
    """Whatever was asked."""
    title = shortened(question)
    assert len(title) <= TITLE
    assert title == " ".join(title.split())
