"""What the tab's events do: a question becomes a turn, an error a message with a number, and nothing leaks."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from test_ui_render import QUOTE, START, TEXT, an_answer

from assistant.answers.answer import Removed, Sentence
from assistant.answers.events import Event, Step, Told
from assistant.answers.pump import Listener
from assistant.filters import NONE, Filters
from assistant.reader import Reader
from corpus.errors import AssistantError
from ui import render
from ui.chat import LONGEST_QUESTION, MOST_TURNS, Chat, Turns
from ui.drawn import Drawn
from ui.i18n import words
from ui.render import Turn
from ui.sources import FRESH_SECONDS, Shelf


class FakeAssistant:
    """Answers every question with the same quote, or raises `error`; remembers what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[tuple[str, list[str]]] = []
        self.scopes: list[tuple[str, ...]] = []
        self.listed = 0
        self.ids = ["cmai"]
        self.words = TEXT
        self.tells: list[Event] = []
        self.left = False

    def frameworks_told(self, reader: Any = None) -> list[dict[str, Any]]:
        """The texts tell of no framework."""
        return []

    def timeline(self, framework: str = "", start: Any = None, end: Any = None, reader: Any = None) -> list[Any]:
        """The texts tell of no date."""
        return []

    model = ""

    def briefing(self, framework: str, reader: Any = None, language: str = "") -> Any:
        """No framework is known."""
        raise AssistantError(f"Cadre inconnu : {framework!r}.")

    def versions(self, framework: str, reader: Any = None) -> Any:
        """No framework is known."""
        raise AssistantError(f"Cadre inconnu : {framework!r}.")

    def ask_stream(
        self,
        question: str,
        history: Sequence[str] = (),
        filters: Filters = NONE,
        listener: Listener | None = None,
        reader: Reader | None = None,
    ) -> Iterator[Event]:
        """The quoted list, or the error; what `tells` holds comes before it, for as long as somebody listens."""
        self.asked.append((question, list(history)))
        self.scopes.append(filters.frameworks)
        if self.error:
            raise self.error
        yield Step("search")
        for event in self.tells:
            if listener and listener.gone:
                self.left = True
                break
            yield event
        yield an_answer(question=question, understood_as=question, searched=filters.frameworks)

    def documents(self, reader: Reader | None = None) -> list[Any]:
        """One record for each id."""
        self.listed += 1
        return [
            SimpleNamespace(
                id=id,
                title="La coopération arabe",
                framework="ligue-arabe",
                language="fr",
                date="2018-03-07",
                pages=12,
                added_at="2026-11-23T10:00:00+00:00",
            )
            for id in self.ids
        ]

    def ready(self) -> bool:
        """Always."""
        return True

    def text(self, document: str, reader: Reader | None = None) -> str:
        """The same text for every document."""
        if document not in self.ids:
            raise AssistantError(f"Aucun document {document!r}.")
        return self.words

    def texts(self, documents: Collection[str], reader: Reader | None = None) -> dict[str, str]:
        """Those that there are."""
        return {id: self.words for id in documents if id in self.ids}

    def readers(self) -> dict[str, tuple[str, ...]]:
        """Every document is open to all."""
        return {}


def ask(chat: Chat, question: str, turns: Turns = (), language: str = "fr") -> tuple[list[str], Turns]:
    """The last turn as it is shown one time after the other, and the turns in the end."""
    shown = list(chat.ask(question, turns, language))
    return [page for _box, _turns, _before, page in shown], shown[-1][1]


def test_the_question_is_shown_at_once_and_then_its_answer() -> None:
    pages, turns = ask(Chat(FakeAssistant()), " Quelles conventions ? ")
    assert len(pages) == 2
    assert 'class="turn working"' in pages[0]
    assert 'class="turn answered"' in pages[1]
    assert turns[0].question == "Quelles conventions ?"
    proof = turns[0].proofs[0]
    assert proof.excerpt.text[proof.excerpt.start : proof.excerpt.end] == QUOTE
    assert (proof.start, proof.source.pages) == (START, 12)


def told(text: str) -> Told:
    return Told(Sentence(text, "supported", (1,)), an_answer().citations[0])


def test_each_sentence_is_shown_when_it_is_kept() -> None:
    """Removed ones are not shown while it works; the answer takes the place of all."""
    assistant = FakeAssistant()
    assistant.tells = [
        Step("read", "Quand ?"),
        told("Une <b>phrase</b>."),
        Removed("Faux.", "Rien ne le dit."),
        told("Deux."),
    ]
    pages, turns = ask(Chat(assistant), "Quand ?")
    assert len(pages) == 5
    assert [page.count('class="sentence"') for page in pages] == [0, 0, 1, 2, 1]
    assert "&lt;b&gt;phrase&lt;/b&gt;." in pages[2]
    assert not any("Faux" in page for page in pages)
    assert turns[0].told == ()


def test_stop_ends_what_is_being_told() -> None:
    """The listener of that very question leaves; nothing is remembered of it."""
    assistant = FakeAssistant()
    assistant.tells = [told("Une."), told("Deux."), told("Trois.")]
    chat = Chat(assistant)
    stream = chat.ask("Quand ?", (), "fr")
    next(stream)
    _box, turns, *_pages = next(stream)
    chat.stop(turns, "fr")
    list(stream)
    assert assistant.left
    assert not chat._listeners


def test_the_turns_before_are_sent_once_while_the_last_one_grows() -> None:
    """However long a conversation is, what comes with each sentence is the turn that grows."""
    assistant = FakeAssistant()
    _, turns = ask(Chat(assistant), "Quand ?")
    assistant.tells = [told("Une."), told("Deux.")]
    shown = list(Chat(assistant).ask("Et où ?", turns, "fr"))
    before = [page for _box, _turns, page, _last in shown]
    assert 'id="turn-1"' in before[0]
    assert not any(isinstance(page, str) for page in before[1:])
    assert all('id="turn-2"' in last and 'id="turn-1"' not in last for *_, last in shown)


def test_a_turn_that_was_answered_is_drawn_once_in_each_language() -> None:
    """And one that says something else since, or is not answered, each time."""
    chat, drawn = Chat(FakeAssistant()), Drawn(most=2)
    _, (turn,) = ask(chat, "Quand ?")
    page = drawn.turn(turn, words("fr"))
    assert page == render.turn(turn, words("fr"))
    assert drawn.turn(turn, words("fr")) is page
    assert drawn.turn(turn, words("ar")) == render.turn(turn, words("ar"))
    for other in (replace(turn, key="", question="Où ?"), replace(turn, state="stopped", question="Où ?")):
        assert "Où ?" in drawn.turn(other, words("fr"))
    for number in range(2):
        drawn.turn(replace(turn, key=str(number)), words("fr"))
    assert drawn.turn(turn, words("fr")) is not page


def test_earlier_questions_go_along() -> None:
    assistant = FakeAssistant()
    _, turns = ask(Chat(assistant), "Quand ?")
    ask(Chat(assistant), "Et la 32e ?", turns)
    assert assistant.asked == [("Quand ?", []), ("Et la 32e ?", ["Quand ?"])]


def test_an_empty_question_asks_nothing() -> None:
    assistant = FakeAssistant()
    pages, turns = ask(Chat(assistant), "  \n ")
    assert turns == ()
    assert pages == [""]
    assert not assistant.asked


def test_a_question_that_is_too_long_is_not_asked() -> None:
    assistant = FakeAssistant()
    _, turns = ask(Chat(assistant), "a" * (LONGEST_QUESTION + 1))
    assert turns[0].state == "failed"
    assert str(LONGEST_QUESTION) in turns[0].failure
    assert not assistant.asked


def test_an_unexpected_error_gives_a_number_and_hides_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        pages, turns = ask(Chat(FakeAssistant(RuntimeError("/secret/path SELECT 1"))), "Quand ?")
    assert "secret" not in pages[-1]
    assert "SELECT" not in pages[-1]
    assert turns[0].reference in pages[-1]
    assert turns[0].reference in caplog.text
    assert "secret" in caplog.text


def test_what_may_be_answered_when_it_is_asked_again_says_so() -> None:
    """A busy moment and an error pass; a question that is too long stays so."""
    fake = FakeAssistant(RuntimeError())
    chat = Chat(fake)
    pages, turns = ask(chat, "Quand ?")
    assert 'class="again quiet"' in pages[-1]
    assert "again quiet" not in ask(chat, "a" * (LONGEST_QUESTION + 1))[0][-1]
    fake.error = None
    *_, (_box, again, *_pages) = chat.again(turns, "fr")
    assert [(turn.question, turn.state) for turn in again] == [("Quand ?", "answered")]


def test_an_error_a_person_can_act_on_is_told_as_it_is() -> None:
    pages, _ = ask(Chat(FakeAssistant(AssistantError("« cooperation rebuild » refait l'index."))), "Quand ?")
    assert "« cooperation rebuild » refait l&#x27;index." in pages[-1]


def test_a_document_removed_meanwhile_is_a_failure_not_a_wrong_proof() -> None:
    assistant = FakeAssistant()
    assistant.ids = []
    _, turns = ask(Chat(assistant), "Quand ?")
    assert turns[0].state == "failed"


def test_stop_leaves_the_question_without_an_answer() -> None:
    chat = Chat(FakeAssistant())
    _box, turns, *_pages = next(chat.ask("Quand ?", (), "fr"))
    stopped, _before, page = chat.stop(turns, "fr")
    assert [turn.state for turn in stopped] == ["stopped"]
    assert "Recherche arrêtée." in page


def test_a_page_keeps_its_last_turns_only() -> None:
    chat, turns = Chat(FakeAssistant()), ()
    for _ in range(MOST_TURNS + 3):
        _, turns = ask(chat, "Quand ?", turns)
    assert len(turns) == MOST_TURNS
    assert turns[-1].number == MOST_TURNS + 3


def test_another_language_keeps_the_conversation() -> None:
    chat = Chat(FakeAssistant())
    _, turns = ask(chat, "Quand ?")
    faces = chat.faces("ar", turns)
    assert faces[0] == ""
    assert "Quand ?" in faces[1]
    assert "جملة واحدة متحقق منها" in faces[1]
    assert faces[2] == "ar"
    assert "lang-ar" in faces[6]


def test_a_new_conversation_is_the_empty_page() -> None:
    turns, *pages, welcome = Chat(FakeAssistant()).new("en")
    assert (turns, pages) == ((), ["", ""])
    assert "Put a question to the texts" in welcome


def test_the_list_of_documents_is_not_read_at_every_answer_but_is_when_one_is_new() -> None:
    assistant, now = FakeAssistant(), time.monotonic()
    shelf = Shelf(assistant, lambda: now)
    shelf.library()
    shelf.source("cmai")
    assert assistant.listed == 1
    assistant.ids.append("new")
    assert shelf.source("new").pages == 12
    assert assistant.listed == 2
    now += FRESH_SECONDS + 1
    assert shelf.library().documents == 2
    assert assistant.listed == 3


def test_a_question_is_put_to_the_frameworks_chosen_and_asked_again_to_the_same_or_to_all() -> None:
    """What a page names is checked; the turn keeps where it was sought, and says so."""
    fake = FakeAssistant()
    chat = Chat(fake)
    *_, (_box, turns, _, page) = chat.ask("Quelles conventions ?", (), "fr", None, ["ligue-arabe", "nowhere", "<b>"])
    assert fake.scopes == [("ligue-arabe",)]
    assert "Cherché dans : Ligue des États arabes" in page
    *_, (_box, again, _, page) = chat.again(turns, "en")
    assert "Searched in: League of Arab States" in page
    *_, (_box, turns, _, page) = chat.everywhere(again, "fr")
    assert fake.scopes[1:] == [("ligue-arabe",), ()]
    assert "Cherché dans" not in page
    assert len(turns) == 1


def test_the_frameworks_offered_are_those_of_the_texts_and_a_choice_outlives_a_change_of_language() -> None:
    """The list is written in the language of the page; a framework without a text is not in it."""
    chat = Chat(FakeAssistant())
    *_, line, box = chat.open_in("ar", scope=["ligue-arabe", "otan"])
    assert [id for _, id in box.choices] == ["ligue-arabe"]
    assert box.value == ["ligue-arabe"]
    assert "scope-clear" in line
    assert chat.scoped([], "en").count("Search all frameworks") == 1


def test_a_refusal_in_some_frameworks_says_so_and_leads_to_all() -> None:
    """The other texts were not asked: an empty answer must not be read as theirs."""
    refusal = an_answer(sentences=(), citations=(), refused=True, reason_text="Rien.", searched=("ligue-arabe",))
    page = render.refusal(Turn(1, "?", "answered", refusal), refusal, words("fr"))
    assert "Les autres cadres n’ont pas été consultés." in page
    assert 'class="everywhere"' in page
    assert "everywhere" not in render.refusal(Turn(1, "?"), replace(refusal, searched=()), words("fr"))
    assert "Cherché dans : Ligue des États arabes" in render.copied(refusal, words("fr"))
