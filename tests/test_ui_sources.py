"""What a page shows of documents: the first passages only, each where it stands."""

from __future__ import annotations

from test_ui_chat import FakeAssistant
from test_ui_render import TEXT, an_answer

from assistant.answers.answer import Passage
from ui.sources import Shelf


def passage(start: int, end: int, text: str = "") -> Passage:
    return Passage("cmai", "La coopération arabe", 2, text or TEXT[start:end], 0.9, start, end)


def test_of_the_passages_read_the_first_three_are_shown() -> None:
    answer = an_answer(passages=tuple(passage(n, n + 5) for n in range(8)))
    assert [proof.start for proof in Shelf(FakeAssistant()).nearest(answer)] == [0, 1, 2]


def test_a_passage_whose_words_stand_twice_opens_where_it_was_read() -> None:
    start = TEXT.rindex("convention")
    (proof,) = Shelf(FakeAssistant()).nearest(an_answer(passages=(passage(start, start + 10),)))
    assert TEXT.index("convention") != start
    assert (proof.start, proof.end) == (start, start + 10)


def test_a_passage_that_is_no_longer_there_has_no_place() -> None:
    (proof,) = Shelf(FakeAssistant()).nearest(an_answer(passages=(passage(0, 5, "Autre"),)))
    assert (proof.start, proof.end, proof.excerpt.text) == (None, None, "Autre")
