"""The chat counts a person's questions as the interface for scripts does: so many a minute, so many at a time."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from test_ui_chat import FakeAssistant

from assistant.accounts.account import Account, Role, State
from assistant.accounts.sessions import Visit
from assistant.answers.events import Step
from ui.chat import Chat
from ui.pace import LEFT, LONGEST, Pace, TooMany


def asked_by(id: str) -> Any:
    """A request as Gradio gives it, of a person who is signed in."""
    account = Account(id, id, f"{id}@example.org", Role.READER, State.ACTIVE, "fr", 0.0, None)
    return SimpleNamespace(request=SimpleNamespace(scope={"visit": Visit(account, "session")}))


def said(chat: Chat, who: str) -> str:
    """The page in the end of a question."""
    return list(chat.ask("Quelles conventions ?", (), "fr", asked_by(who)))[-1][3]


def test_questions_a_minute_are_counted_for_each_person() -> None:
    """R-37: the third is refused in words, another person's is answered, and a minute later all is forgotten."""
    now = 0.0
    assistant = FakeAssistant()
    chat = Chat(assistant, local=False, pace=Pace(2, 1, lambda: now))
    assert all("answered" in said(chat, "amel") for _ in range(2))
    assert "Trop de questions en une minute" in said(chat, "amel")
    assert len(assistant.asked) == 2
    assert "answered" in said(chat, "samir")
    now = 61.0
    assert "answered" in said(chat, "amel")


def test_one_question_at_a_time_until_it_is_answered_or_stopped() -> None:
    """R-37: a stopped question counts no more, though Gradio never comes back to it."""
    assistant = FakeAssistant()
    assistant.tells = [Step("check")]
    chat = Chat(assistant, local=False, pace=Pace(20, 1))
    first = chat.ask("Quelles conventions ?", (), "fr", asked_by("amel"))
    next(first)
    _box, turns, *_pages = next(first)
    busy = said(chat, "amel")
    assert "encore en cours" in busy
    assert "again quiet" in busy
    chat.stop(turns, "fr", asked_by("amel"))
    assert "answered" in said(chat, "amel")


def test_a_question_that_was_forgotten_holds_its_place_for_two_minutes_at_most() -> None:
    """A page that was closed half way does not shut its person out."""
    now = 0.0
    pace = Pace(20, 1, lambda: now)
    left = pace.asking("amel")
    left.__enter__()
    with pytest.raises(TooMany), pace.asking("amel"):
        pass
    now = LONGEST + 1
    with pace.asking("amel"):
        left.__exit__(None, None, None)
        with pytest.raises(TooMany), pace.asking("amel"):
            pass


def test_a_question_that_nobody_goes_on_with_does_not_shut_its_person_out() -> None:
    """A page was closed half way and what held its answer has not let go: some seconds later it counts no more."""
    now = 0.0
    assistant = FakeAssistant()
    assistant.tells = [Step("check")]
    chat = Chat(assistant, local=False, pace=Pace(20, 1, lambda: now))
    left = chat.ask("Quelles conventions ?", (), "fr", asked_by("amel"))
    next(left), next(left)
    now = LEFT - 0.1
    assert "encore en cours" in said(chat, "amel")
    now = LEFT + 0.1
    assert "answered" in said(chat, "amel")


def test_a_step_that_takes_long_still_counts() -> None:
    """While a language model writes, the question is under way."""
    now = 0.0
    pace = Pace(20, 1, lambda: now)

    def growing() -> Iterator[int]:
        nonlocal now
        now = LEFT * 4
        with pytest.raises(TooMany), pace.asking("amel"):
            pass
        yield 1

    with pace.asking("amel") as asked:
        assert list(pace.steps(asked, growing())) == [1]
