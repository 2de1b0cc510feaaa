"""A process that tells what it finds, then writes, deletes, rebuilds and switches until it is killed.

Forked by `test_kill_loop`. Every line it writes is JSON: first what it found and how long it took to serve, then each
operation when it begins and when it is done, which is when it is acknowledged.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.section import Document, Section
from index import build
from index.generations import Generation, open_generation
from index.integrity import check_database, check_index, check_texts
from index.records import Records

DOCUMENTS = 24
SENTENCES = 120


class RandomVectors:
    """Each text its own direction, without a model; three sentences fill a passage."""

    name, seeker, dimension = "random-vectors", None, 64

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Vectors of length one."""
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") for text in texts]
        vectors = np.stack([np.random.default_rng(seed).standard_normal(self.dimension) for seed in seeds])
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    queries = passages

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As if each sentence were long."""
        return [130] * len(texts)


def source(number: int, version: int) -> build.Source:
    """The document of a number in one of its versions."""
    lines = [f"Phrase {line} du document {number}, version {version}." for line in range(SENTENCES)]
    id, text = f"d{number}", "\n".join(lines)
    document = Document(id, f"Document {number}", text, (Section(id, f"Document {number}", (), text, 0, None),))
    return build.Source(document, "fr", "", f"/t/{id}", "file:/t", "", hashlib.sha256(text.encode()).hexdigest())


def tell(**values: object) -> None:
    """Print a line now."""
    print(json.dumps(values), flush=True)


def speak_into(pipe: Connection, errors: Path) -> None:
    """Standard output becomes the pipe, standard error a file; the pipe's own end is closed with this process."""
    os.dup2(pipe.fileno(), 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    pipe.close()
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")


def found(records: Records, generation: Generation) -> dict[str, object]:
    """The version of every document, whether each is whole, and how many passages find themselves."""
    held = {}
    for record in records.documents():
        versions = {int(v) for v in re.findall(r"version (\d+)\.", records.text(record.id) or "")}
        held[record.id] = [*versions, record.chunks]
    problems = [*check_database(records), *check_texts(records), *check_index(records, generation)]
    ids = sorted(generation.vectors.ids())
    sample = random.Random(len(ids)).sample(ids, min(100, len(ids)))
    own = records.get(sample)
    right = sum(generation.vectors.nearest(own[id].vector, 1)[0][0] == id for id in sample)
    return {"held": held, "problems": [str(problem) for problem in problems], "asked": len(sample), "right": right}


def operate(data: Path, records: Records, generation: Generation, random_: random.Random) -> None:
    """Whatever comes, for ever."""
    model, step = RandomVectors(), int(time.time() * 1000) % 1_000_000_000
    while True:
        kind = random_.choices(["write", "delete", "rebuild", "switch"], [6, 3, 1, 2])[0]
        step += 1
        numbers = random_.sample(range(DOCUMENTS), 4 if kind == "write" else 1)
        tell(begins=kind, documents=[f"d{n}" for n in numbers], version=step)
        if kind == "write":
            for built in build.build(records, model, [source(number, step) for number in numbers]):
                tell(done="write", document=built.id, version=step)
        elif kind == "delete":
            records.remove(f"d{numbers[0]}")
        elif kind == "rebuild":
            for _ in build.rebuild(records, model):
                pass
        else:
            generation.close()
            generation = open_generation(records, data, model.name, anew=True)
        generation.catch_up()
        tell(done=kind, documents=[f"d{n}" for n in numbers])


def main(data: Path, seed: int, pipe: Connection, errors: Path) -> None:
    """Open, tell, operate."""
    speak_into(pipe, errors)
    began = time.perf_counter()
    records = Records(f"sqlite:///{data / 'cooperation.db'}")
    build.check_vectors(records, RandomVectors())
    generation = open_generation(records, data, RandomVectors.name)
    seconds = time.perf_counter() - began
    tell(seconds=seconds, **found(records, generation))
    operate(data, records, generation, random.Random(seed))
