"""What could be quoted is a verbatim span of a passage, a sentence or a list, with plain numbers that speak for it."""

from __future__ import annotations

import math

import pytest
from fakes import found, hit
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers.evidence import Unit, same_text, units
from assistant.answers.question import understand
from index.coverage import Word, coverage
from index.sentences import is_item

QUESTION = understand("Quels sont les objectifs du conseil ?")
LINES = (
    st.lists(
        st.sampled_from(
            ["Le conseil siège à Tunis.", "Buts :", "• la paix ;", "- un plan de 2018.", "1. Une étude", "النص؟", "\n"]
        ),
        min_size=1,
        max_size=12,
    )
    .map("\n".join)
    .filter(str.strip)
)


def quotes(found_units: list[Unit]) -> list[str]:
    return [unit.text for unit in found_units]


@given(st.lists(LINES, min_size=1, max_size=4), st.integers(0, 50))
def test_every_unit_is_a_verbatim_span_of_its_passage(texts: list[str], start: int) -> None:
    """Whatever is quoted later is the text itself, at its offsets in the document."""
    hits = [hit(text.strip(), document=f"d{number}", start=start + number) for number, text in enumerate(texts)]
    for unit in units(QUESTION, found(*hits)):
        chunk = unit.hit.chunk
        assert unit.text == chunk.text[unit.start - chunk.start : unit.end - chunk.start]
        assert unit.text == unit.text.strip()
        assert unit.text
        assert chunk.start <= unit.start < unit.end <= chunk.end


@given(st.lists(LINES, min_size=1, max_size=4))
def test_every_feature_is_a_finite_number(texts: list[str]) -> None:
    """The weights over them can be read, and every unit has the same ones."""
    made = units(QUESTION, found(*(hit(text.strip()) for text in texts), words={"conseil": 1.5, "but": None}))
    assert all(math.isfinite(value) and abs(value) < 10 for unit in made for value in unit.features.values())
    assert len({frozenset(unit.features) for unit in made}) == 1


@given(LINES)
def test_every_sentence_can_be_quoted_and_every_run_of_items_as_a_list(text: str) -> None:
    """One unit a sentence, one more for each list of two items or with a sentence that introduces it."""
    passage = hit(text.strip())
    made = units(QUESTION, found(passage))
    assert [unit.first for unit in made if not unit.is_list] == list(range(len(passage.chunk.sentences)))
    for unit in (unit for unit in made if unit.is_list):
        items = [passage.chunk.quote(i) for i in range(unit.first, unit.last + 1)]
        assert all(is_item(item) for item in items[1:])
        after = unit.last + 1
        assert after == len(passage.chunk.sentences) or not is_item(passage.chunk.quote(after))


def test_a_list_is_one_unit_with_the_sentence_that_introduces_it() -> None:
    """Whole, as it stands in the text."""
    text = "Le conseil a deux buts :\n• la paix ;\n• la sécurité.\nIl siège à Tunis."
    assert [unit.text for unit in units(QUESTION, found(hit(text))) if unit.is_list] == [
        "Le conseil a deux buts :\n• la paix ;\n• la sécurité."
    ]


def test_a_list_under_a_heading_is_quoted_as_a_list() -> None:
    """No sentence introduces it: the heading does, and is no part of the quote."""
    passage = hit("• la paix ;\n• la sécurité.", headings=("Les objectifs",))
    assert [unit.text for unit in units(QUESTION, found(passage)) if unit.is_list] == ["• la paix ;\n• la sécurité."]


def test_a_single_item_is_quoted_without_its_bullet() -> None:
    """The offsets follow."""
    (unit,) = units(QUESTION, found(hit("• la paix", start=100)))
    assert (unit.text, unit.start, unit.end) == ("la paix", 102, 109)


def test_a_point_that_its_lead_denies_is_quoted_with_it_or_not_at_all() -> None:
    """Alone it would say the contrary."""
    text = "Le conseil n'a pas pour objet :\n• de juger ;\n• de punir."
    assert [unit.text for unit in units(QUESTION, found(hit(text))) if unit.is_list] == [text]
    assert not any(unit.text in ("de juger ;", "de punir.") for unit in units(QUESTION, found(hit(text))))


def test_two_lists_with_a_sentence_between_them_are_two() -> None:
    """A sentence ends a list."""
    text = "• un ;\n• deux.\nPuis ceci.\n• trois ;\n• quatre."
    assert [unit.text for unit in units(QUESTION, found(hit(text))) if unit.is_list] == [
        "• un ;\n• deux.",
        "• trois ;\n• quatre.",
    ]


def test_units_come_in_the_order_of_passages_then_of_reading() -> None:
    """Their rank is that of their passage."""
    made = units(QUESTION, found(hit("Un. Deux.", document="b"), hit("Trois.", document="a")))
    assert [(unit.rank, unit.text) for unit in made] == [(0, "Un."), (0, "Deux."), (1, "Trois.")]


def test_only_the_first_passages_are_read() -> None:
    """As many as were asked for."""
    hits = [hit(f"Phrase {number}.", document=f"d{number}") for number in range(5)]
    assert quotes(units(QUESTION, found(*hits), passages=2)) == ["Phrase 0.", "Phrase 1."]


def test_nothing_found_is_nothing_to_quote() -> None:
    """No passage, no unit."""
    assert units(QUESTION, found()) == []


def test_words_weigh_by_their_rarity_and_an_unknown_one_weighs_too() -> None:
    """What no text holds counts as asked and not found."""
    asked = [Word(("conseil",), 1.0), Word(("session",), 3.0)]
    assert coverage(asked, {"conseil"}) == pytest.approx(1 / 4)
    assert coverage(asked, {"session"}) == pytest.approx(3 / 4)
    assert coverage(asked, {"conseil", "session"}) == 1
    assert coverage(asked, ()) == 0
    assert coverage([], {"conseil"}) == 1
    unknown = Word(("volcan",), None)
    assert coverage([*asked, unknown], {"conseil", "session"}) < 0.9


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.none() | st.floats(0.01, 9)), max_size=6),
    st.sets(st.sampled_from("abcdef")),
    st.sampled_from("abcdef"),
)
def test_holding_more_words_never_covers_less(
    asked: list[tuple[str, float | None]], held: set[str], one_more: str
) -> None:
    """Coverage is a share, and grows."""
    question = [Word((term,), rarity) for term, rarity in asked]
    less, more = coverage(question, held), coverage(question, held | {one_more})
    assert 0 <= less <= more <= 1 + 1e-9


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("La  Paix\n", "la paix", True), ("L’été", "l'ete", True), ("la paix", "la guerre", False)],
)
def test_two_quotes_that_differ_in_case_accents_and_spaces_say_the_same(left: str, right: str, expected: bool) -> None:
    """One of them is enough."""
    assert same_text(left, right) is expected


def test_nearness_counts_from_the_nearest_sentence_by_either_vector() -> None:
    """Both count from the best sentence of the passages looked at."""
    first = hit("Un. Deux.", document="a", similarities=(0.9, 0.8), sought=(0.5, 0.7))
    made = units(understand("Quoi ?"), found(first, hit("Trois.", document="b", similarities=(0.85,), sought=(0.6,))))
    near = [(round(unit.features["similarity"], 6), round(unit.features["sought"], 6)) for unit in made]
    assert near == [(0.0, -0.2), (-0.1, 0.0), (-0.05, -0.1)]
