"""Damaged files, a full disk, a database that is held: the product says so, goes on, and mends itself afterwards."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from conftest import OpenData
from fakes import WordVectors, embedded, plain_document, record_of
from test_index_generations import many_chunks

from assistant.assistant import Assistant
from assistant.errors import AssistantError
from assistant.library import Request
from index import generations
from index.generations import open_generation
from index.records import Records, RecordsUnavailable, opened
from index.store import NEAR

FINGERPRINT = "word-vectors|terms"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Records of 2,500 chunks: enough for Chroma to write its graph to files."""
    with opened(f"sqlite:///{tmp_path / 'records.db'}") as opened_records:
        many_chunks(opened_records, 0, 5)
        yield opened_records


def graph_files(data: Path) -> dict[str, Path]:
    """The files of Chroma's graph, which are there from a thousand vectors on."""
    return {path.name: path for path in data.glob("index-*/chroma/*/*") if path.is_file()}


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwritten(path: Path) -> None:
    size = path.stat().st_size
    path.write_bytes(random.Random(7).randbytes(size))


SHAPES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "data-truncated": ("data_level0.bin", truncated),
    "links-truncated": ("link_lists.bin", truncated),
    "length-truncated": ("length.bin", truncated),
    "header-truncated": ("header.bin", truncated),
    "pickle-truncated": ("index_metadata.pickle", truncated),
    "data-random": ("data_level0.bin", overwritten),
    "header-random": ("header.bin", overwritten),
    "pickle-random": ("index_metadata.pickle", overwritten),
}


@pytest.mark.parametrize("left", ["closed", "killed"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_damaged_graph_is_made_anew_and_finds_the_same(
    records: Records, tmp_path: Path, shape: str, left: str
) -> None:
    """Of whatever shape, and whether it was closed or not; what would crash the process crashes a child."""
    open_generation(records, tmp_path, FINGERPRINT).close()
    name, damage = SHAPES[shape]
    files = graph_files(tmp_path)
    if name not in files or not files[name].stat().st_size:
        pytest.skip(f"Chroma keeps nothing in {name} at this size: {sorted(files)}")
    if left == "killed":
        (next(tmp_path.glob("index-*")) / generations.IN_USE).touch()
    damage(files[name])
    began = time.perf_counter()
    generation = open_generation(records, tmp_path, FINGERPRINT)
    assert time.perf_counter() - began < 60
    items = [item for number in range(5) for item in records.chunks_of(f"d{number}")[::50]]
    assert all(generation.vectors.nearest(item.vector, 1)[0][0] == item.chunk.id for item in items)
    assert generation.vectors.count() == 2500
    generation.close()


def test_a_probe_that_crashes_does_not_take_this_process_with_it(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a segmentation fault in a library would: the index is made anew."""
    open_generation(records, tmp_path, FINGERPRINT).close()
    (next(tmp_path.glob("index-*")) / generations.IN_USE).touch()
    crash = ["/bin/sh", "-c", "kill -SEGV $$"]
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **rest: run(crash, **rest))
    generation = open_generation(records, tmp_path, FINGERPRINT)
    assert (generation.number, generation.vectors.count()) == (2, 2500)
    generation.close()


def test_a_file_changed_while_it_was_closed_is_seen_even_where_it_opens(records: Records, tmp_path: Path) -> None:
    """One byte of one vector: no probe would tell, the seal does."""
    open_generation(records, tmp_path, FINGERPRINT).close()
    path = graph_files(tmp_path)["data_level0.bin"]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    generation = open_generation(records, tmp_path, FINGERPRINT)
    assert generation.number == 2
    generation.close()


def test_an_index_left_as_it_was_is_opened_as_it_is(records: Records, tmp_path: Path) -> None:
    """No false alarm: closed and opened again, killed and opened again."""
    for left in ("closed", "killed"):
        generation = open_generation(records, tmp_path, FINGERPRINT)
        assert generation.number == 1, left
        generation.close()
        (tmp_path / "index-1" / generations.IN_USE).touch()


# --- a full disk -----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB, where this user may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file system can be mounted here: {getattr(error, 'stderr', error)!r}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def ingest_texts(product: Assistant, folder: Path, first: int, count: int) -> int:
    """Ingest long texts until the end or until it fails; how many were acknowledged."""
    folder.mkdir(exist_ok=True)
    done = 0
    for number in range(first, first + count):
        text = "\n\n".join(f"Le point {line} de la session {number} traite de la paix." for line in range(400))
        path = folder / f"t{number}.md"
        path.write_text(f"# Session {number}\n\n{text}\n")
        done += sum(outcome.status == "added" for outcome in product.ingest(Request((path,))))
    return done


@pytest.mark.timeout(300)
def test_a_full_disk_is_told_and_nothing_is_to_be_repaired_by_hand(
    small_disk: Path, tmp_path: Path, open_data: OpenData
) -> None:
    """Reading goes on meanwhile; with room again, what was acknowledged is there, index and records alike."""
    product = open_data(small_disk / "data") if (small_disk / "data").mkdir() is None else None
    assert product is not None
    ingest_texts(product, tmp_path / "t", 0, 2)
    ballast = small_disk / "ballast"
    free = os.statvfs(small_disk)
    ballast.write_bytes(b"\0" * max(0, free.f_bavail * free.f_frsize - 1_500_000))
    with pytest.raises((AssistantError, OSError)) as error:
        ingest_texts(product, tmp_path / "t", 2, 40)
    assert isinstance(error.value, OSError) or "espace disque" in str(error.value)
    assert product.search("session", 3)
    acknowledged = {record.id for record in product.documents()}
    ballast.unlink()
    assert ingest_texts(product, tmp_path / "t", 50, 1) == 1
    assert {record.id for record in product.documents()} > acknowledged
    assert product.verify().problems == ()


# --- a database that is held -----------------------------------------------------------------------------------------


def test_a_database_held_for_a_while_is_waited_for(tmp_path: Path) -> None:
    """Reading goes on, writing waits and is done."""
    with opened(f"sqlite:///{tmp_path / 'r.db'}") as records:
        document = plain_document("Le conseil se réunit à Tunis.")
        holder = sqlite3.connect(tmp_path / "r.db", isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN IMMEDIATE")
        release = threading.Timer(3.0, holder.execute, ["COMMIT"])
        release.start()
        began = time.perf_counter()
        assert records.documents() == []
        assert time.perf_counter() - began < 1
        records.put(record_of(document), document, embedded(document, WordVectors()))
        assert 2 < time.perf_counter() - began < 25
        assert records.count_chunks() == 1
        release.join()
        holder.close()


def test_a_database_held_for_ever_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In French, with what to look at, and nothing is half written."""
    with opened(f"sqlite:///{tmp_path / 'r.db'}") as records:
        with records.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=100")
        holder = sqlite3.connect(tmp_path / "r.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordsUnavailable, match="aucun autre programme"):
            records.remove("x") or records.set_fact("a", "b")
        holder.execute("ROLLBACK")
        holder.close()
        assert records.fact("a") is None
        with suppress(AssistantError):
            records.set_fact("a", "b")
        assert records.fact("a") == "b"


def test_random_vectors_are_not_taken_for_their_own() -> None:
    """The nearness that is asked of a passage with itself is far above chance."""
    one, other = np.random.default_rng(0).standard_normal((2, 384))
    assert one @ other / np.linalg.norm(one) / np.linalg.norm(other) < NEAR - 0.5
