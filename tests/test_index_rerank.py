"""The first hits are read around their nearest sentence, and what was read joins fusion's opinion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import ScriptedReader, WordVectors, embedded, hit, plain_document, record_of
from hypothesis import given
from hypothesis import strategies as st

from index.generations import open_generation
from index.records import Records
from index.rerank import CONTEXT, POLAR, TRUST, UNCALIBRATED, WINDOW, Trust, mix, read_hits, window
from index.search import Searcher
from index.weighing import Weighing

TEXT = "Alger a accueilli la session. Tunis a accueilli la suivante. Elle a réuni vingt ministres. Rabat attend."


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (1, "Tunis a accueilli la suivante."),
        (65, "Tunis a accueilli la suivante. Elle a réuni vingt ministres."),
        (400, TEXT),
    ],
    ids=["a sentence alone", "the nearer neighbour first", "all that fits"],
)
def test_a_window_grows_from_the_nearest_sentence_by_whole_sentences(longest: int, expected: str) -> None:
    """One sentence is read whole, whatever the bound."""
    chunk = hit(TEXT, start=50, similarities=(0.7, 0.9, 0.8, 0.5)).chunk
    start, end = window(chunk, (0.7, 0.9, 0.8, 0.5), longest)
    assert chunk.text[start - chunk.start : end - chunk.start] == expected


@given(cosines=st.lists(st.floats(0, 1), min_size=4, max_size=4), longest=st.integers(1, 200))
def test_a_window_holds_the_nearest_sentence_and_no_more_than_its_bound(cosines: list[float], longest: int) -> None:
    """For any cosines."""
    chunk = hit(TEXT).chunk
    start, end = window(chunk, cosines, longest)
    near = chunk.sentences[max(range(4), key=lambda at: (cosines[at], -at))]
    assert start <= near[0] < near[1] <= end
    assert end - start <= max(longest, near[1] - near[0])


def test_what_is_read_has_the_title_in_front_and_its_offsets_count_in_the_document() -> None:
    """An answer inside the passage lies at its own place in the document."""
    found = hit(TEXT, start=50, title="Les sessions", headings=("Le conseil",))
    reader = ScriptedReader({"vingt ministres": 0.9})
    [reading] = read_hits("Combien ?", [(found.chunk, found.sentences)], reader)
    assert reader.seen == [f"Les sessions. Le conseil. {TEXT}"]
    assert (TEXT[reading.start - 50 : reading.end - 50], reading.answerable) == ("vingt ministres", 0.9)


def test_an_answer_found_in_the_title_is_none() -> None:
    """A title is no part of the passage: nothing of it can be quoted."""
    found = hit(TEXT, start=50, title="La session de Nouakchott")
    [reading] = read_hits("Où ?", [(found.chunk, found.sentences)], ScriptedReader({"Nouakchott": 0.9}))
    assert reading.start == reading.end
    assert reading.span == 0.0


def test_a_long_title_is_cut() -> None:
    """Reading costs by the token."""
    found = hit("Un.", title="Titre " * 60)
    reader = ScriptedReader({})
    read_hits("Où ?", [(found.chunk, found.sentences)], reader)
    assert len(reader.seen[0]) <= CONTEXT + WINDOW


@given(
    scores=st.lists(st.floats(0, 1), min_size=1, max_size=12, unique=True),
    read=st.lists(st.floats(0, 1), max_size=12),
    share=st.floats(0, 1),
)
def test_what_was_not_read_never_passes_what_was(scores: list[float], read: list[float], share: float) -> None:
    """Whatever the reader says, and however much it counts."""
    fused = [(f"{place:02}", score) for place, score in enumerate(sorted(scores, reverse=True))]
    answerable = {name: value for (name, _), value in zip(fused, read, strict=False)}
    names = [name for name, _ in mix(fused, answerable, share)]
    assert sorted(names) == [name for name, _ in fused]
    assert set(names[: len(answerable)]) == set(answerable) or share == 1 or len(answerable) == len(fused)


def a_search(folder: Path, reader: ScriptedReader | None, texts: Sequence[str]) -> Searcher:
    records, model = Records(f"sqlite:///{folder / 'records.db'}"), WordVectors()
    for number, text in enumerate(texts):
        document = plain_document(text, f"d{number}", "")
        records.put(record_of(document), document, embedded(document, model))
    return Searcher(records, open_generation(records, folder, model.name), model, reader=reader)


THREE = (
    "Le budget de la session de Tunis est annoncé.",
    "La session de Tunis a un budget de trois millions.",
    "Le centre étudie les séismes et forme des spécialistes.",
)


def test_a_passage_that_answers_comes_before_one_that_only_looks_alike(tmp_path: Path) -> None:
    """The hit tells what was read in it."""
    searcher = a_search(tmp_path, ScriptedReader({"trois millions": 0.95}), THREE)
    first, second, _ = searcher.search("Quel est le budget de la session de Tunis ?").hits
    assert (first.chunk.document, second.chunk.document) == ("d1", "d0")
    assert first.reading is not None
    assert THREE[1][first.reading.start : first.reading.end] == "trois millions"


def test_a_reference_that_the_question_names_stays_first_whatever_is_read(tmp_path: Path) -> None:
    """What bears it is before all others, and is read before them."""
    texts = ["Le dossier DC/2014/0371 est clos.", "Le dossier DC/2014/0372 est clos depuis mars."]
    reader = ScriptedReader({"mars": 0.99})
    hits = a_search(tmp_path, reader, texts).search("Quand le dossier DC/2014/0371 est-il clos ?").hits
    assert [found.chunk.document for found in hits] == ["d0", "d1"]
    assert reader.seen[0] == texts[0]


def test_a_hit_is_as_likely_as_all_signs_say_and_ranked_by_the_reader_s_own(tmp_path: Path) -> None:
    """Fusion has counted the words that a passage holds, and how near it lies."""
    texts = ["La session de Tunis a un budget.", "Le centre étudie les séismes."]
    reader = ScriptedReader({"budget": 0.2, "séismes": 0.3})
    plain = a_search(tmp_path / "plain", reader, texts).search("Quel est le budget de la session ?").hits
    reader.weighing = Weighing(bias=-3.0, logit=0.0, coverage=6.0, nearness=0.0, middle=0.0, others=0.0)
    weighed = a_search(tmp_path / "weighed", reader, texts).search("Quel est le budget de la session ?").hits
    assert [(hit.chunk.document, hit.score) for hit in weighed] == [(hit.chunk.document, hit.score) for hit in plain]
    answerable = {hit.chunk.document: hit.answerable for hit in weighed}
    assert [hit.reading for hit in weighed] == [hit.reading for hit in plain]
    assert answerable["d0"] == pytest.approx(1 / (1 + math.exp(-3)))
    assert answerable["d1"] == pytest.approx(1 / (1 + math.exp(3)))


def test_the_less_the_reader_is_trusted_the_less_it_moves(tmp_path: Path) -> None:
    """Neither what is read below the first few, nor how much it counts."""
    searcher = a_search(tmp_path, ScriptedReader({"trois millions": 0.95}), THREE)
    question = "Quel est le budget de la session de Tunis ?"
    assert [hit.reading is not None for hit in searcher.search(question, trust=Trust(1, 0.3)).hits] == [
        True,
        False,
        False,
    ]
    heard, unheard = (searcher.search(question, trust=Trust(3, share)).hits[0] for share in (0.3, 0.0))
    assert (heard.chunk.document, unheard.chunk.document) == ("d1", "d0")


def test_another_cross_encoder_is_heard_as_it_was(tmp_path: Path) -> None:
    """What our reader was found to deserve says nothing of it."""
    reader = ScriptedReader({})
    reader.calibrated = False
    texts = [f"La session numéro {number} du conseil." for number in range(TRUST.read + 2)]
    a_search(tmp_path, reader, texts).search("session du conseil", trust=POLAR)
    assert len(reader.seen) == UNCALIBRATED.read


def test_without_words_the_reader_alone_says_how_likely(tmp_path: Path) -> None:
    """What a passage holds of the question is not counted by a search that leaves words out."""
    reader = ScriptedReader({"budget": 0.2})
    reader.weighing = Weighing(bias=9.0, logit=0.0, coverage=9.0, nearness=0.0, middle=0.0, others=0.0)
    searcher = a_search(tmp_path, reader, ["La session de Tunis a un budget."])
    searcher._lexical = False
    assert [hit.answerable for hit in searcher.search("Quel budget ?").hits] == [0.2]


def test_only_the_first_hits_are_read(tmp_path: Path) -> None:
    """The others have no reading."""
    reader = ScriptedReader({})
    texts = [f"La session numéro {number} du conseil." for number in range(TRUST.read + 4)]
    hits = a_search(tmp_path, reader, texts).search("session du conseil", TRUST.read + 4).hits
    assert len(reader.seen) == TRUST.read
    assert [found.reading is not None for found in hits] == [True] * TRUST.read + [False] * 4
