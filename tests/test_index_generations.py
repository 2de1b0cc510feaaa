"""The derived index follows the records, and is made again from them whenever it is not as it was left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from fakes import WordVectors, embedded, plain_document, record_of

from index.chunk import Chunk
from index.generations import Generation, open_generation, probe
from index.records import EmbeddedChunk, Records, opened
from index.search import Searcher

FINGERPRINT = "word-vectors|terms"
TOPICS = ["corruption", "cybercriminalité", "migration", "séismes", "stupéfiants", "frontières", "formation", "police"]
QUESTION = "la convention sur la corruption et la formation de la police"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Records of their own."""
    with opened(f"sqlite:///{tmp_path / 'records.db'}") as opened_records:
        yield opened_records


def put(records: Records, number: int, text: str | None = None) -> None:
    one, other = TOPICS[number % 8], TOPICS[(number * 3 + 1) % 8]
    said = (
        text or f"La session {number} a traité de la {one}. La convention sur la {other} fut signée en {1990 + number}."
    )
    document = plain_document(said, f"d{number}", f"Session {number}")
    records.put(record_of(document), document, embedded(document, WordVectors()))


def opened_index(records: Records, data: Path, fingerprint: str = FINGERPRINT) -> Generation:
    return open_generation(records, data, fingerprint)


def top(records: Records, generation: Generation, question: str = QUESTION) -> list[tuple[str, float]]:
    hits = Searcher(records, generation, WordVectors()).search(question, 5).hits
    return [(hit.chunk.id, round(hit.score, 6)) for hit in hits]


def serving(data: Path) -> Path:
    """The one folder of the index."""
    (folder,) = data.glob("index-*")
    return folder


def held(generation: Generation, records: Records) -> set[str]:
    """The documents that the vectors and the terms both hold; they must be those of the records."""
    expected = {record.id for record in records.documents()}
    assert generation.vectors.count() == generation.lexical.count() == records.count_chunks()
    ids = [chunk for chunk, _score in generation.vectors.nearest(WordVectors().queries([QUESTION])[0], 100)]
    assert {item.chunk.document for item in records.get(ids).values()} == expected
    return expected


# --- level with the records ------------------------------------------------------------------------------------------


def test_an_index_over_no_document_is_empty_and_can_be_searched(records: Records, tmp_path: Path) -> None:
    """A new data directory answers at once."""
    generation = opened_index(records, tmp_path)
    assert top(records, generation) == []
    generation.close()


def test_the_index_follows_documents_added_replaced_and_removed(records: Records, tmp_path: Path) -> None:
    """One `catch_up` after any number of changes, and what was replaced is no longer found."""
    generation = opened_index(records, tmp_path)
    for number in range(6):
        put(records, number)
    generation.catch_up()
    assert held(generation, records) == {f"d{number}" for number in range(6)}
    records.remove("d0")
    put(records, 1, "Un volcan est entré en éruption.")
    put(records, 7)
    generation.catch_up()
    assert held(generation, records) == {"d1", "d2", "d3", "d4", "d5", "d7"}
    found = Searcher(records, generation, WordVectors()).search("volcan éruption", 1).hits
    assert [hit.chunk.document for hit in found] == ["d1"]
    generation.close()


def test_catching_up_twice_is_catching_up_once(records: Records, tmp_path: Path) -> None:
    """Applied again, as after an interruption, the same changes change nothing."""
    put(records, 1)
    put(records, 2)
    generation = opened_index(records, tmp_path)
    before = [chunk for chunk, _score in top(records, generation)]
    records.set_fact("applied", "1")
    generation.catch_up()
    generation.catch_up()
    assert held(generation, records) == {"d1", "d2"}
    assert [chunk for chunk, _score in top(records, generation)] == before
    generation.close()


def test_a_word_of_a_text_that_was_removed_is_known_no_more(records: Records, tmp_path: Path) -> None:
    """Refusal asks whether any text holds a word, and how rare it is: what is gone does not count."""
    for number in range(8):
        put(records, number)
    put(records, 9, "Un volcan est entré en éruption.")
    generation = opened_index(records, tmp_path)
    common = generation.lexical.rarity([("session",)])
    records.remove("d9")
    put(records, 9)
    put(records, 9, "Un texte tout autre.")
    generation.catch_up()
    assert generation.lexical.rarity([("volcan",)]) == [None]
    assert generation.lexical.rarity([("session",)]) == pytest.approx(common, rel=0.1)
    generation.close()


def test_what_changed_while_the_index_was_closed_is_found_at_the_next_start(records: Records, tmp_path: Path) -> None:
    """The last applied revision is remembered; the folder is the same one."""
    put(records, 1)
    put(records, 2)
    opened_index(records, tmp_path).close()
    folder = serving(tmp_path)
    records.remove("d1")
    put(records, 3)
    generation = opened_index(records, tmp_path)
    assert held(generation, records) == {"d2", "d3"}
    assert serving(tmp_path) == folder
    generation.close()


def test_progress_counts_every_chunk(records: Records, tmp_path: Path) -> None:
    """What `progress` was told adds up to the chunks."""
    told: list[int] = []
    for number in range(4):
        put(records, number)
    generation = open_generation(records, tmp_path, FINGERPRINT, told.append)
    assert sum(told) == records.count_chunks() == 4
    generation.close()


# --- made anew -------------------------------------------------------------------------------------------------------


def garble(*paths: Path) -> None:
    for path in paths:
        path.write_bytes(b"\x13\x37 not what was written \x00" * 20)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "folder-deleted": lambda folder: shutil.rmtree(folder),
    "vectors-deleted": lambda folder: shutil.rmtree(folder / "chroma"),
    "terms-deleted": lambda folder: shutil.rmtree(folder / "tantivy"),
    "vectors-database-deleted": lambda folder: (folder / "chroma" / "chroma.sqlite3").unlink(),
    "vectors-database-garbled": lambda folder: garble(folder / "chroma" / "chroma.sqlite3"),
    "terms-list-garbled": lambda folder: garble(folder / "tantivy" / "meta.json"),
    "terms-list-deleted": lambda folder: (folder / "tantivy" / "meta.json").unlink(),
    "terms-garbled": lambda folder: garble(*(folder / "tantivy").glob("*.term"), *(folder / "tantivy").glob("*.store")),
}


@pytest.mark.parametrize(
    ("damage", "left"),
    [*((damage, "closed") for damage in DAMAGES), ("vectors-database-garbled", "killed"), ("terms-garbled", "killed")],
)
def test_a_damaged_index_is_made_anew_from_the_records_and_finds_the_same(
    records: Records, tmp_path: Path, damage: str, left: str
) -> None:
    """Whether it was left in good order or not: the records alone are enough, with their vectors as they are."""
    for number in range(12):
        put(records, number)
    generation = opened_index(records, tmp_path)
    before = top(records, generation)
    generation.close()
    if left == "killed":
        (serving(tmp_path) / "in-use").touch()
    DAMAGES[damage](serving(tmp_path))
    generation = opened_index(records, tmp_path)
    assert len(before) == 5
    assert top(records, generation) == before
    assert held(generation, records) == {f"d{number}" for number in range(12)}
    generation.close()
    assert serving(tmp_path).name.startswith("index-")


def test_another_fingerprint_makes_the_index_anew_beside_the_old_one(records: Records, tmp_path: Path) -> None:
    """The number goes up, the old folder goes away, and the records remember which one serves."""
    put(records, 1)
    opened_index(records, tmp_path).close()
    before = serving(tmp_path)
    generation = opened_index(records, tmp_path, "another")
    assert serving(tmp_path) != before
    assert json.loads(records.fact("generation") or "{}") == {"number": generation.number, "fingerprint": "another"}
    assert held(generation, records) == {"d1"}
    generation.close()


def test_an_index_of_fewer_chunks_than_the_records_is_made_anew(records: Records, tmp_path: Path) -> None:
    """Something was lost that the revisions do not tell of: the counts do."""
    put(records, 1)
    put(records, 2)
    generation = opened_index(records, tmp_path)
    generation.vectors.remove(["d1"])
    generation.close()
    generation = opened_index(records, tmp_path)
    assert held(generation, records) == {"d1", "d2"}
    generation.close()


# --- the mark and the probe ------------------------------------------------------------------------------------------


def test_the_folder_is_marked_while_it_is_in_use(records: Records, tmp_path: Path) -> None:
    """Whoever finds the mark knows that the last owner did not leave."""
    generation = opened_index(records, tmp_path)
    assert (serving(tmp_path) / "in-use").exists()
    generation.close()
    assert not (serving(tmp_path) / "in-use").exists()


def test_a_marked_folder_that_is_sound_is_probed_and_kept(records: Records, tmp_path: Path) -> None:
    """A service that was killed while idle starts again without making the index anew."""
    put(records, 1)
    opened_index(records, tmp_path).close()
    before = serving(tmp_path)
    (before / "in-use").touch()
    assert probe(before) is True
    generation = opened_index(records, tmp_path)
    assert serving(tmp_path) == before
    assert held(generation, records) == {"d1"}
    generation.close()


def test_a_probe_of_a_broken_folder_fails_and_harms_nobody(records: Records, tmp_path: Path) -> None:
    """The child that opens it may crash; this process does not open it."""
    put(records, 1)
    opened_index(records, tmp_path).close()
    garble(serving(tmp_path) / "chroma" / "chroma.sqlite3")
    assert probe(serving(tmp_path)) is False


def test_a_probe_runs_our_code_and_not_that_of_the_folder_it_is_called_in(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of somebody's files may hold a file named like ours: it is not run."""
    put(records, 1)
    opened_index(records, tmp_path).close()
    foreign = tmp_path / "somebody"
    (foreign / "index").mkdir(parents=True)
    (foreign / "index" / "__init__.py").write_text("import pathlib; pathlib.Path('ran').touch(); raise SystemExit(1)")
    monkeypatch.chdir(foreign)
    sound = probe(serving(tmp_path))
    assert not (foreign / "ran").exists()
    assert sound is True


# --- killed ----------------------------------------------------------------------------------------------------------

CATCH_UP = """
import sys, time
from pathlib import Path
from index.generations import open_generation
from index.records import Records

def pause(chunks):
    print("applied", chunks, flush=True)
    time.sleep(float(sys.argv[2]))

data = Path(sys.argv[1])
records = Records(f"sqlite:///{data / 'records.db'}")
print("opening", flush=True)
open_generation(records, data, "word-vectors|terms", pause)
print("done", flush=True)
time.sleep(60)
"""


def many_chunks(records: Records, first: int, documents: int) -> None:
    """Documents of 500 chunks each, with vectors of their own: too many for one batch of a catching up."""
    random = np.random.default_rng(first)
    for number in range(first, first + documents):
        document = plain_document("\n".join(f"Phrase {line}." for line in range(500)), f"d{number}", "")
        vectors = random.standard_normal((500, WordVectors().dimension)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        chunks, at = [], 0
        for line in range(500):
            text = f"Phrase {line}."
            name = f"d{number}-{line}"
            chunk = Chunk(name, document.id, "", (), text, at, None, line, ((at, at + len(text)),))
            chunks.append(EmbeddedChunk(chunk, vectors[line], vectors[line : line + 1].astype(np.float16)))
            at += len(text) + 1
        records.put(record_of(document), document, chunks)


@pytest.mark.parametrize(
    ("said", "wait"),
    [("applied 2000", 0.0), ("opening", 0.7)],
    ids=["between-batches", "while-writing"],
)
def test_a_process_killed_while_catching_up_leaves_an_index_that_opens_and_is_whole(
    records: Records, tmp_path: Path, said: str, wait: float
) -> None:
    """`kill -9` in the middle: the next start brings the index level with the records, whatever was half done."""
    many_chunks(records, 0, 2)
    opened_index(records, tmp_path).close()
    many_chunks(records, 2, 4)
    many_chunks(records, 0, 1)
    records.remove("d1")
    child = subprocess.Popen(
        [sys.executable, "-c", CATCH_UP, str(tmp_path), "60" if said.startswith("applied") else "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    try:
        while child.stdout.readline().strip() != said:
            assert child.poll() is None, "the child ended before it was killed"
        time.sleep(wait)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
    assert (serving(tmp_path) / "in-use").exists()
    generation = opened_index(records, tmp_path)
    assert generation.vectors.count() == generation.lexical.count() == records.count_chunks() == 2500
    probe_of = records.chunks_of("d0")[7]
    assert generation.vectors.nearest(probe_of.vector, 1)[0][0] == probe_of.chunk.id
    generation.close()
    assert (serving(tmp_path) / "chroma").is_dir()


def test_a_process_killed_while_making_the_index_anew_leaves_the_old_one_or_none(
    records: Records, tmp_path: Path
) -> None:
    """What was half made is never taken for the whole."""
    many_chunks(records, 0, 5)
    child = subprocess.Popen([sys.executable, "-c", CATCH_UP, str(tmp_path), "60"], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        while child.stdout.readline().strip() != "applied 2000":
            assert child.poll() is None, "the child ended before it was killed"
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
    assert records.fact("generation") is None
    generation = opened_index(records, tmp_path)
    assert generation.vectors.count() == generation.lexical.count() == 2500
    generation.close()
