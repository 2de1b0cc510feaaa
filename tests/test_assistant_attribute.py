"""Nothing is shown that its document does not hold at the offsets named; attribution removes and never adds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import found, hit
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.attribute import attribute
from assistant.answers.evidence import units
from assistant.answers.extract import Drafted
from assistant.answers.question import understand
from index.reader import Reading

QUESTION = understand("Où se réunit le conseil ?")
TEXT = "Le conseil se réunit à Tunis. Il compte vingt-deux membres. Sa présidence tourne."
SOURCES = {"a": TEXT, "b": f"Préambule. {TEXT}"}


def drafted(document: str = "a", start: int = 0) -> list[Drafted]:
    """A draft of the three sentences of a passage that a search found."""
    passage = hit(TEXT, document=document, start=start, title="Le conseil", headings=("Sessions",), page=4)
    return [Drafted(unit, 0.9) for unit in units(QUESTION, found(passage))]


def test_a_sentence_at_its_offsets_is_shown_with_its_citation() -> None:
    """Number, document, title, framework, page and headings are those of its passage."""
    result = attribute(drafted()[:1], SOURCES.get, {"a": "ligue-arabe"})
    (sentence,), (citation,) = result.sentences, result.citations
    assert (sentence.text, sentence.verdict, sentence.citations) == ("Le conseil se réunit à Tunis.", "verbatim", (1,))
    assert (citation.n, citation.document, citation.title, citation.framework) == (1, "a", "Le conseil", "ligue-arabe")
    assert (citation.page, citation.headings) == (4, ("Sessions",))
    assert SOURCES["a"][citation.start : citation.end] == citation.quote == sentence.text
    assert result.removed == ()


def changed_text(document: str) -> str:
    return TEXT.replace("vingt-deux", "vingt-neuf")


@pytest.mark.parametrize(
    ("name", "text_of"),
    [
        ("a letter of the document changed", changed_text),
        ("the document is gone", lambda _document: None),
        ("the document is shorter now", lambda _document: TEXT[:40]),
        ("the document moved by one", lambda _document: " " + TEXT),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_quote_that_is_not_at_its_offsets_is_removed(name: str, text_of: object) -> None:
    """It is told among what was removed, with the reason, and cites nothing."""
    result = attribute(drafted()[1:2], text_of, {})  # type: ignore[arg-type]
    assert (result.sentences, result.citations) == ((), ())
    (removed,) = result.removed
    assert removed.text == "Il compte vingt-deux membres."
    assert removed.reason


def test_what_is_removed_leaves_the_numbers_of_the_others_without_a_gap() -> None:
    """Citations count from one in the order they are shown."""
    result = attribute(drafted(), changed_text, {})
    assert [citation.n for citation in result.citations] == [1, 2]
    assert [sentence.citations for sentence in result.sentences] == [(1,), (2,)]
    assert len(result.removed) == 1


def test_an_altered_word_is_caught() -> None:
    """A draft whose text is not the source's is no quote, wherever it points."""
    (item, *_rest) = drafted()
    forged = Drafted(replace(item.unit, text=item.unit.text.replace("Tunis", "Alger")), 0.99)
    assert attribute([forged], SOURCES.get, {}).sentences == ()


def test_a_document_without_framework_is_cited_without_one() -> None:
    """An own file belongs to none."""
    assert attribute(drafted()[:1], SOURCES.get, {}).citations[0].framework == ""


SHIFTS = st.lists(st.tuples(st.sampled_from("abx"), st.sampled_from([0, 1, 11]), st.integers(-3, 3)), max_size=6)


@given(SHIFTS)
def test_attribution_never_adds_a_citation(shifts: list[tuple[str, int, int]]) -> None:
    """Each drafted span is shown with one citation or removed; every quote is verbatim; nothing else comes out."""
    draft = []
    for document, start, shift in shifts:
        for item in drafted(document, start):
            draft.append(Drafted(replace(item.unit, start=item.unit.start + shift, end=item.unit.end + shift), 0.5))
    result = attribute(draft, SOURCES.get, {})
    assert len(result.sentences) == len(result.citations) <= len(draft)
    assert len(result.sentences) + len(result.removed) == len(draft)
    assert [citation.n for citation in result.citations] == list(range(1, len(result.citations) + 1))
    asked = [(item.unit.hit.chunk.document, item.unit.start, item.unit.end) for item in draft]
    for citation in result.citations:
        assert SOURCES[citation.document][citation.start : citation.end] == citation.quote
        assert (citation.document, citation.start, citation.end) in asked


def read_as(answer: str, answerable: float = 0.9, span: float = 0.8, text: str = TEXT, start: int = 0) -> list[Drafted]:
    at = text.index(answer) + start
    reading = Reading(answerable, 2.0, at, at + len(answer), span)
    passage = hit(text, document="b" if start else "a", start=start)
    return [Drafted(unit, 0.9, reading) for unit in units(QUESTION, found(passage))]


@pytest.mark.parametrize(("document", "start"), [("a", 0), ("b", len("Préambule. "))])
def test_the_exact_answer_is_told_inside_its_quote_and_no_other(document: str, start: int) -> None:
    """Its offsets count in the document."""
    first, second, third = attribute(read_as("Tunis", start=start), SOURCES.get, {}).citations
    assert first.answer is not None
    assert SOURCES[document][first.answer.start : first.answer.end] == first.answer.text == "Tunis"
    assert (second.answer, third.answer) == (None, None)


@pytest.mark.parametrize(("answerable", "span"), [(0.3, 0.8), (0.9, 0.05)], ids=["does it answer", "where does it end"])
def test_an_unsure_answer_is_not_told(answerable: float, span: float) -> None:
    """Neither when the passage may not answer, nor when its ends are not known."""
    assert all(c.answer is None for c in attribute(read_as("Tunis", answerable, span), SOURCES.get, {}).citations)


def test_a_whole_list_has_no_exact_answer() -> None:
    """The list is the answer."""
    text = "Les buts :\n• la paix ;\n• la sécurité."
    drafts = [item for item in read_as("la paix", text=text) if item.unit.is_list]
    (citation,) = attribute(drafts, {"a": text}.get, {}).citations
    assert citation.answer is None
