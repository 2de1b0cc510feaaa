"""The words of the texts follow the records, and a question is put right from those that are there now."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fakes import WordVectors, embedded, plain_document, record_of

from corpus.glossary import read_glossary
from index.generations import Generation, open_generation
from index.mending import Mender
from index.records import Records, opened
from index.spelling import Speller
from index.vocabulary import SPARE, Vocabulary


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Records of their own."""
    with opened(f"sqlite:///{tmp_path / 'records.db'}") as opened_records:
        yield opened_records


def put(records: Records, id: str, text: str, language: str = "fr") -> None:
    document = plain_document(text, id, "Note")
    records.put(record_of(document, language=language), document, embedded(document, WordVectors()))


def index_of(records: Records, data: Path) -> Generation:
    return open_generation(records, data, "word-vectors")


class InPieces(WordVectors):
    """A model that holds no word whole: four letters a token."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """A token for each four letters, two at least."""
        return [2 + len(text) // 4 for text in texts]


def mender(generation: Generation) -> Mender:
    return Mender(generation, InPieces(), read_glossary())


def lines(data: Path) -> list[str]:
    (path,) = data.glob("index-*/words/words.jsonl")
    return path.read_text("utf-8").splitlines()


def test_words_are_counted_by_language_with_those_of_titles(records: Records, tmp_path: Path) -> None:
    """In small letters, names as written; a number is no word."""
    put(records, "a", "La convention de Tunis. Convention 2015. Le 35ème CMAI.")
    put(records, "b", "The convention.", "en")
    counts = index_of(records, tmp_path).vocabulary.counts()
    assert set(counts["fr"]) == {"la", "convention", "de", "Tunis", "le", "CMAI", "note"}
    assert counts["en"]["convention"] == 1


def test_words_of_a_text_replaced_or_removed_are_known_no_more(records: Records, tmp_path: Path) -> None:
    """And a slip is not put right into one of them."""
    put(records, "a", "La désertification avance.")
    put(records, "b", "La convention fut signée.")
    generation = index_of(records, tmp_path)
    mending = mender(generation)
    assert mending.mended("la desertifiaction") == "la désertification"
    put(records, "a", "Les frontières sont gardées.")
    records.remove("b")
    generation.catch_up()
    mending.forget()
    assert mending.mended("la desertifiaction, la convetion") == "la desertifiaction, la convetion"
    assert mending.mended("les frontieers") == "les frontières"
    assert set(generation.vocabulary.counts()["fr"]) == {"les", "frontières", "sont", "gardées", "note"}


def test_a_change_applied_twice_counts_once(records: Records, tmp_path: Path) -> None:
    """As after an interruption."""
    put(records, "a", "La convention.")
    generation = index_of(records, tmp_path)
    before = generation.vocabulary.counts()
    records.set_fact("applied", "0")
    generation.catch_up()
    assert generation.vocabulary.counts() == before
    assert generation.vocabulary.documents() == 1


def test_the_file_is_written_anew_when_most_of_it_counts_no_more(records: Records, tmp_path: Path) -> None:
    """At closing; what it holds stays the same."""
    generation = index_of(records, tmp_path)
    for number in range(SPARE + 2):
        put(records, "a", f"La convention {'x' * number}.")
        generation.catch_up()
    before = generation.vocabulary.counts()
    assert len(lines(tmp_path)) == SPARE + 2
    generation.close()
    assert len(lines(tmp_path)) == 1
    assert index_of(records, tmp_path).vocabulary.counts() == before


@pytest.mark.parametrize("damage", ["", '{"document": "a", "lang'], ids=["emptied", "cut"])
def test_a_damaged_file_is_made_anew_at_the_next_opening(records: Records, tmp_path: Path, damage: str) -> None:
    """With the rest of the index, from the records; until then questions stay as they were typed."""
    put(records, "a", "La convention fut signée.")
    generation = index_of(records, tmp_path)
    (path,) = tmp_path.glob("index-*/words/words.jsonl")
    path.write_text(damage, "utf-8")
    assert mender(generation).mended("la convetion") == "la convetion"
    generation.vectors.close()
    again = index_of(records, tmp_path)
    assert again.number == generation.number + 1
    assert mender(again).mended("la convetion") == "la convention"


def test_the_words_of_100_000_passages_are_read_in_seconds(tmp_path: Path) -> None:
    """4,000 documents of 250 words each out of 60,000: the file, and what is known from it."""
    draw = random.Random(3)
    known = ["".join(draw.choices("abcdefgilmnoprstuv", k=draw.randint(4, 12))) for _ in range(60_000)]
    vocabulary = Vocabulary(tmp_path)
    with (tmp_path / "words.jsonl").open("w", encoding="utf-8") as file:
        for number in range(4_000):
            counts = ", ".join(f'"{word}": 2' for word in set(draw.choices(known, k=250)))
            file.write(f'{{"document": "d{number}", "language": "fr", "words": {{{counts}}}}}\n')
    began = time.perf_counter()
    speller = Speller(vocabulary.counts())
    assert time.perf_counter() - began < 15
    assert speller.knows(known[0])
