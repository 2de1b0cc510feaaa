"""What readers think: kept with the turn, made a candidate when bad, decided once, and gone when taken back."""

from __future__ import annotations

import pytest
from account_fakes import Desk
from test_ui_render import QUOTE, an_answer

from assistant.conversations.conversations import Conversations
from assistant.conversations.errors import UnknownConversation
from assistant.conversations.opinions import Opinions, UnknownCandidate


@pytest.fixture
def kept(desk: Desk) -> Conversations:
    return Conversations(desk.opened.parts.database, desk.clock)


@pytest.fixture
def voices(desk: Desk, kept: Conversations) -> Opinions:
    return Opinions(desk.opened.parts.database, kept, desk.clock)


def test_a_bad_opinion_makes_a_candidate_with_the_place_of_the_proof(kept: Conversations, voices: Opinions) -> None:
    id = kept.keep(None, "", 1, an_answer(question="Quelles conventions ?"))
    kept.keep(None, id, 2, an_answer(question="Et quand ?"))
    voices.give(None, id, 2, False, "incomplete", "  La date manque.  ")
    (waiting,) = voices.waiting()
    assert (waiting.question, waiting.history) == ("Et quand ?", ("Quelles conventions ?",))
    assert (waiting.document, waiting.page, waiting.quote) == ("cmai", 2, QUOTE)
    assert (waiting.reason, waiting.comment) == ("incomplete", "La date manque.")
    assert [turn.good for turn in kept.open(None, id)] == [None, False]


def test_an_opinion_is_changed_and_taken_back(kept: Conversations, voices: Opinions) -> None:
    """One turn has one opinion and one candidate at most."""
    id = kept.keep(None, "", 1, an_answer())
    voices.give(None, id, 1, False, "wrong")
    voices.give(None, id, 1, False, "invented reason")
    assert [one.reason for one in voices.waiting()] == ["else"]
    voices.give(None, id, 1, True)
    assert voices.waiting() == []
    assert kept.open(None, id)[0].good is True
    voices.take_back(None, id, 1)
    assert kept.open(None, id)[0].good is None


def test_a_candidate_is_decided_once(kept: Conversations, voices: Opinions) -> None:
    id = kept.keep(None, "", 1, an_answer())
    voices.propose(None, id, 1)
    (waiting,) = voices.waiting()
    assert voices.decide(waiting.id, "accepted").state == "accepted"
    for state in ("accepted", "dropped"):
        with pytest.raises(UnknownCandidate):
            voices.decide(waiting.id, state)
    voices.propose(None, id, 1)
    assert voices.waiting() == []
    voices.reopen(waiting.id)
    assert [one.id for one in voices.waiting()] == [waiting.id]


def test_a_candidate_stays_when_its_conversation_goes(kept: Conversations, voices: Opinions, desk: Desk) -> None:
    """It names nobody; what was said of it by its reader goes with the conversation."""
    id = kept.keep(None, "", 1, an_answer())
    voices.give(None, id, 1, False, "wrong")
    kept.delete(None, id)
    desk.clock.forward(hours=1)
    with desk.opened.parts.database.writing() as connection:
        kept.purge(connection)
    assert len(voices.waiting()) == 1


def test_nobody_speaks_of_a_turn_that_is_not_theirs(kept: Conversations, voices: Opinions, desk: Desk) -> None:
    """R-24."""
    his = desk.member("bob").id
    id = kept.keep(None, "", 1, an_answer())
    for act in (
        lambda: voices.give(his, id, 1, False),
        lambda: voices.propose(his, id, 1),
        lambda: voices.take_back(his, id, 1),
        lambda: voices.give(None, id, 2, False),
        lambda: voices.give(None, id, 0, True),
    ):
        with pytest.raises(UnknownConversation):
            act()
    assert voices.waiting() == []
