"""A question becomes hits that carry the opinions they came from, in an order that both sides shaped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import WordVectors, embedded, plain_document, record_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.generations import open_generation
from index.records import Records
from index.search import Searcher

TEXTS = {
    "tunis": ("fr", "Les sessions", "La dernière session s'est tenue à Tunis. Elle a réuni vingt-deux ministres."),
    "alger": ("fr", "Les sessions", "Alger a accueilli la 35ème session. Le conseil y a adopté un plan."),
    "seismes": ("fr", "Les risques", "Le centre arabe étudie les séismes. Il forme des spécialistes."),
    "fasad": ("ar", "الاتفاقيات", "وقعت الدول العربية الاتفاقية العربية لمكافحة الفساد. وهي سارية."),
    "crime": ("en", "Crime", "The ministers signed conventions against organised crime. They meet every year."),
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searcher]:
    """A search over five short texts in three languages."""
    folder: Path = tmp_path_factory.mktemp("search")
    records = Records(f"sqlite:///{folder / 'records.db'}")
    model = WordVectors()
    for id, (language, title, text) in TEXTS.items():
        document = plain_document(text, id, title)
        records.put(record_of(document, language=language), document, embedded(document, model))
    generation = open_generation(records, folder, model.name)
    yield Searcher(records, generation, model)
    generation.close()
    records.close()


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Qui a accueilli la 35e session ?", "alger"),
        ("les seismes", "seismes"),
        ("conventions against organised crime", "crime"),
        ("الفساد", "fasad"),
        ("Tunis", "tunis"),
    ],
)
def test_the_text_with_the_words_of_the_question_comes_first(searcher: Searcher, question: str, document: str) -> None:
    """In each language, without accents, with another form of an ordinal."""
    assert searcher.search(question).hits[0].chunk.document == document


@given(question=st.text(st.characters(exclude_categories=["Cs"]), max_size=60), top_k=st.integers(1, 8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_question_is_searched_and_every_promise_of_a_hit_holds(
    searcher: Searcher, question: str, top_k: int
) -> None:
    """At most so many as asked, each chunk once, best first, scores within bounds, a cosine for each sentence."""
    hits = searcher.search(question, top_k).hits
    assert len(hits) <= top_k
    assert len({hit.chunk.id for hit in hits}) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        assert 0 <= hit.score <= 1
        assert 0 <= hit.lexical <= 1
        assert len(hit.sentences) == len(hit.chunk.sentences)
        low, high = sorted((hit.passage, max(hit.sentences)))
        assert low - 1e-6 <= hit.dense <= high + 1e-6
        assert hit.sentences[hit.best_sentence] == max(hit.sentences)
        assert hit.language == TEXTS[hit.chunk.document][0]


def test_the_same_question_gives_the_same_hits(searcher: Searcher) -> None:
    once = searcher.search("la session des ministres")
    again = searcher.search("la session des ministres")
    assert [(hit.chunk.id, hit.score) for hit in once.hits] == [(hit.chunk.id, hit.score) for hit in again.hits]
    assert np.allclose(np.linalg.norm(once.vector), 1, atol=1e-5)


class Elsewhere:
    """A question encoder that takes every question for one on earthquakes."""

    name = "questions/elsewhere"

    def vector(self, question: str) -> NDArray[np.float32]:
        """The vector of the same question always."""
        vector: NDArray[np.float32] = WordVectors().queries(["Le centre arabe étudie les séismes."])[0]
        return vector


def test_passages_are_ranked_by_the_question_encoder_and_told_by_the_model(searcher: Searcher) -> None:
    """What a hit says of nearness, which refusal rests on, is the same with a question encoder and without."""
    model = WordVectors()
    model.seeker = Elsewhere()
    tuned = Searcher(searcher._records, searcher._generation, model, lexical=False)
    plain = Searcher(searcher._records, searcher._generation, WordVectors(), lexical=False)
    found = {
        name: each.search("La dernière session tenue à Tunis").hits
        for name, each in (("tuned", tuned), ("plain", plain))
    }
    nearness = {name: {hit.chunk.id: (hit.dense, hit.sentences) for hit in hits} for name, hits in found.items()}
    assert nearness["tuned"] == nearness["plain"]
    assert all(hit.sought == hit.sentences for hit in found["plain"])
    assert any(hit.sought != hit.sentences for hit in found["tuned"])
    assert [found[name][0].chunk.document for name in ("tuned", "plain")] == ["seismes", "tunis"]


def test_a_word_that_no_text_holds_is_told_as_such(searcher: Searcher) -> None:
    """Refusal hangs on it: the rarity of a word is known, or `None`."""
    words = {word.terms[0]: word.rarity for word in searcher.search("session volcan").words}
    assert words["session"] is not None
    assert words["session"] > 0
    assert words["volcan"] is None


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("cooperation avec la chine", {"chin"}),
        ("coopération chinoise", {"chinois"}),
        ("session à alger", set()),
        ("une chaise", set()),
    ],
    ids=["country", "people", "held by a text", "no country"],
)
def test_a_country_that_no_text_speaks_of_is_a_name_in_small_letters(
    searcher: Searcher, question: str, names: set[str]
) -> None:
    """What the texts hold needs no such help: it is found by its word."""
    assert {word.terms[0] for word in searcher.search(question).words if word.name} == names


def test_a_rare_word_weighs_more_than_a_common_one(searcher: Searcher) -> None:
    """Its rarity is the inverse of how many texts hold it."""
    rarity = {word.terms[0]: word.rarity or 0 for word in searcher.search("session seismes").words}
    common, rare = sorted(rarity.values())
    assert common < rare


def test_more_passages_than_there_are_is_all_of_them(searcher: Searcher) -> None:
    """Asking for a thousand is no error."""
    assert {hit.chunk.document for hit in searcher.search("session", 1000).hits} == set(TEXTS)


def test_a_search_within_documents_finds_them_alone_and_scores_words_as_before(searcher: Searcher) -> None:
    """However far they are from the question; rarity stays that of all the texts."""
    whole, part = (
        searcher.search("la session de Tunis"),
        searcher.search("la session de Tunis", within={"crime", "fasad"}),
    )
    assert {hit.chunk.document for hit in part.hits} == {"crime", "fasad"}
    assert part.words == whole.words
    one = searcher.search("la session de Tunis", within={"alger"}).hits
    lexical = {hit.chunk.document: hit.lexical > 0 for hit in whole.hits}
    assert [hit.chunk.document for hit in one] == ["alger"]
    assert lexical["alger"]
    assert one[0].lexical == 1.0


def test_a_search_within_nothing_finds_nothing(searcher: Searcher) -> None:
    """The words of the question are known all the same."""
    found = searcher.search("Tunis", within=set())
    assert found.hits == ()
    assert found.words


def test_without_the_lexical_side_nothing_is_known_of_words(searcher: Searcher) -> None:
    """No score by words, no rarity: meaning alone is left."""
    alone = Searcher(searcher._records, searcher._generation, searcher._embedder, lexical=False)
    found = alone.search("la session volcan")
    assert {hit.lexical for hit in found.hits} == {0.0}
    assert {word.rarity for word in found.words} == {1.0}
