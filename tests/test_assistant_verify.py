"""`cooperation verify` finds whatever is not as it was written, says where, and names the command that mends it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import OpenData, Served
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.cli import main
from assistant.library import Request
from assistant.upkeep.verify import Verified, verify
from index.digests import CHUNK, chunk_digest, document_digest
from index.integrity import Problem

Look = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Four short files."""
    folder = tmp_path / "textes"
    folder.mkdir()
    for number, city in enumerate(["Tunis", "Alger", "Rabat", "Tripoli"]):
        (folder / f"{city}.md").write_text(f"# Session {number}\n\nLe conseil numéro {number} se réunit à {city}.\n")
    return folder


@pytest.fixture
def filled(data: Path, open_data: OpenData, texts: Path) -> Path:
    """A data directory with the four texts, that nobody has open."""
    product = open_data(data)
    assert len(list(product.ingest(Request((texts,))))) == 4
    product.close()
    return data


@pytest.fixture
def look(capsys: pytest.CaptureFixture[str]) -> Look:
    """Runs `cooperation verify --json`: its exit code and what it printed."""

    def run(data: Path) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main(["--data", str(data), "verify", "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def change(data: Path, statement: str, *values: object) -> None:
    """Change the database behind the product's back."""
    connection = sqlite3.connect(data / "cooperation.db")
    assert connection.execute(statement, values).rowcount >= 1
    connection.commit()
    connection.close()


# --- nothing wrong ---------------------------------------------------------------------------------------------------


def test_a_sound_directory_is_said_to_be_sound(filled: Path, look: Look) -> None:
    """Code 0, every document and passage counted, nothing to note."""
    code, report = look(filled)
    assert (code, report["ok"], report["problems"], report["notes"]) == (0, True, [], [])
    assert (report["documents"], report["chunks"]) == (4, 4)


def test_an_empty_directory_is_sound(data: Path, look: Look) -> None:
    """Nothing is there and nothing is wrong."""
    assert look(data)[1]["ok"] is True


def test_a_running_service_is_verified_by_itself(served: Served, texts: Path, look: Look) -> None:
    """The command goes through the socket, and finds the same."""
    list(served.assistant.ingest(Request((texts,))))
    code, report = look(served.data)
    assert (code, report["documents"], report["problems"]) == (0, 4, [])
    change(served.data, "UPDATE texts SET text = replace(text, 'Rabat', 'Sabat')")
    code, report = look(served.data)
    assert code == 1
    assert [problem["kind"] for problem in report["problems"]] == ["document"]


def test_verifying_changes_nothing(filled: Path, look: Look) -> None:
    """Neither the records nor which generation serves."""
    before = sqlite3.connect(filled / "cooperation.db").execute("SELECT * FROM facts ORDER BY name").fetchall()
    look(filled)
    assert sqlite3.connect(filled / "cooperation.db").execute("SELECT * FROM facts ORDER BY name").fetchall() == before


def test_a_source_that_changed_is_a_note_and_no_problem(filled: Path, texts: Path, look: Look) -> None:
    """What was read is kept whole; the file is its owner's to change."""
    (texts / "Rabat.md").write_text("# Autre\n\nAutre chose.\n")
    (texts / "Tunis.md").unlink()
    code, report = look(filled)
    assert (code, report["problems"]) == (0, [])
    assert [("a changé" in note, "n'est plus là" in note) for note in report["notes"]] == [(True, False), (False, True)]


# --- the records -----------------------------------------------------------------------------------------------------


def test_a_changed_letter_of_a_text_is_found(filled: Path, look: Look) -> None:
    """The document is named with what to do, and the command fails."""
    change(filled, "UPDATE texts SET text = replace(text, 'Rabat', 'Sabat') WHERE text LIKE '%Rabat%'")
    code, report = look(filled)
    (problem,) = report["problems"]
    assert (code, problem["kind"], problem["where"][:6]) == (1, "document", "rabat-")
    assert "cooperation documents remove rabat-" in problem["mend"]


@pytest.mark.parametrize("column", ["vector", "sentence_vectors"])
def test_one_flipped_bit_of_a_vector_is_found(filled: Path, look: Look, column: str) -> None:
    """Even the last of a mantissa, that no search would show."""
    connection = sqlite3.connect(filled / "cooperation.db")
    id, value = connection.execute(f"SELECT id, {column} FROM chunks ORDER BY id LIMIT 1").fetchone()
    connection.close()
    change(filled, f"UPDATE chunks SET {column} = ? WHERE id = ?", bytes([value[0] ^ 1]) + value[1:], id)
    code, report = look(filled)
    assert (code, [(p["kind"], p["where"]) for p in report["problems"]]) == (1, [("passage", id)])
    assert report["problems"][0]["mend"] == "cooperation rebuild"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE chunks SET text = replace(text, 'Tunis', 'Punis') WHERE text LIKE '%Tunis%'",
        "UPDATE chunks SET start = start + 1 WHERE text LIKE '%Tunis%'",
        "UPDATE chunks SET page = 7 WHERE text LIKE '%Tunis%'",
        "UPDATE chunks SET digest = '' WHERE text LIKE '%Tunis%'",
    ],
)
def test_a_changed_passage_is_found(filled: Path, look: Look, statement: str) -> None:
    """Its text, its place, its page, the hash itself."""
    change(filled, statement)
    assert {problem["kind"] for problem in look(filled)[1]["problems"]} == {"passage"}


def test_a_passage_without_its_document_is_found(filled: Path, look: Look) -> None:
    """A row that refers to nothing; the index holds it too, so that it could be shown."""
    change(filled, "DELETE FROM documents WHERE id LIKE 'alger%'")
    code, report = look(filled)
    assert code == 1
    assert "orphan" in {problem["kind"] for problem in report["problems"]}


def test_a_damaged_database_file_is_a_problem_and_no_crash(filled: Path, look: Look) -> None:
    """Bytes written over in the middle of the file, as a failing disk leaves them."""
    with (filled / "cooperation.db").open("r+b") as file:
        size = file.seek(0, 2)
        for at in range(4096 * 3, size, 4096 * 2):
            file.seek(at)
            file.write(b"\x00\xff" * 200)
    code, report = look(filled)
    assert code == 1
    assert "database" in {problem["kind"] for problem in report["problems"]}
    assert "cooperation restore" in report["problems"][0]["mend"]


ROW = {name: f"{name} é" for name in CHUNK} | {
    "start": 3,
    "ordinal": 0,
    "page": None,
    "vector": b"12",
    "sentence_vectors": b"3",
}


@given(st.sampled_from(CHUNK), st.integers(0, 10_000), st.integers(1, 255))
def test_any_other_value_gives_another_hash(name: str, at: int, mask: int) -> None:
    """Of every column, whichever byte."""
    value = ROW[name]
    data = bytearray(value if isinstance(value, bytes) else str(value).encode())
    data[at % len(data)] ^= mask
    other: object = bytes(data) if isinstance(value, bytes) else data.decode("utf-8", "surrogateescape")
    if isinstance(other, str):
        other = other.encode("utf-8", "surrogateescape")
    assert chunk_digest(ROW | {name: other}) != chunk_digest(ROW)


@settings(max_examples=50)
@given(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))
def test_a_letter_moved_from_one_field_to_the_next_gives_another_hash(one: str, other: str, moved: str) -> None:
    """Fields are kept apart by their lengths."""
    left = {"id": "d", "text": one + moved, "sections": other}
    right = {"id": "d", "text": one, "sections": moved + other}
    assert (document_digest(left) == document_digest(right)) is (left == right)


# --- the index -------------------------------------------------------------------------------------------------------


def problems_of(product: Assistant) -> list[Problem]:
    return list(product.verify().problems)


def test_an_index_that_lacks_a_passage_or_has_one_too_many_is_told(product: Assistant, texts: Path) -> None:
    """Of vectors, words and vocabulary, each by its name."""
    list(product.ingest(Request((texts,))))
    assert problems_of(product) == []
    generation = product._generation
    document = product.documents()[0].id
    generation.vectors.remove([document])
    with generation.lexical.writer() as writer:
        writer.remove(document)
    generation.vectors.add(["étranger"], np.eye(1, 96, dtype=np.float32), ["étranger"], ["fr"])
    generation.vocabulary.apply([("étranger", "fr", [])])
    told = {(problem.where, problem.message.split(" : ")[0]) for problem in problems_of(product)}
    assert told == {
        ("vecteurs", "1 manquent"),
        ("vecteurs", "1 en trop"),
        ("mots", "1 manquent"),
        ("vocabulaire", "1 en trop"),
    }


def test_a_vector_of_the_index_that_is_another_is_told(product: Assistant, texts: Path) -> None:
    """The count is right and so are the names: only the vector tells."""
    list(product.ingest(Request((texts,))))
    generation, document = product._generation, product.documents()[0].id
    (item,) = product._records.chunks_of(document)
    generation.vectors.add([item.chunk.id], -item.vector[None, :], [document], ["fr"])
    (problem,) = problems_of(product)
    assert (problem.kind, problem.where, problem.mend) == ("index", "vecteurs", "cooperation rebuild --index")
    assert item.chunk.id in problem.message


def test_an_index_that_is_gone_is_told(filled: Path, look: Look) -> None:
    """Its vectors were deleted: it is made anew at the next opening, not by looking."""
    (folder,) = filled.glob("index-*")
    shutil.rmtree(folder / "chroma")
    code, report = look(filled)
    assert (code, [problem["kind"] for problem in report["problems"]]) == (1, ["index"])
    assert not (folder / "chroma").exists()


def test_a_report_is_the_same_on_the_other_side_of_the_socket() -> None:
    """Through JSON and back."""
    report = Verified(2, 3, 0.5, (Problem("index", "mots", "m", "cooperation rebuild --index"),), ("note",))
    assert Verified.from_json(json.loads(json.dumps(report.to_json()))) == report
    assert report.ok is False
    assert callable(verify)
