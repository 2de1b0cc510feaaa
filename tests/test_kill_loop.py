"""`kill -9` at any moment: the next start serves soon, nothing acknowledged is lost, nothing is half there.

Each round is a process forked from one that has the libraries and nothing else: imports are what a round costs most.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kill_worker
import pytest

SENTENCES, PASSAGES = 120, 40
SERVES_WITHIN = 30.0
FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["kill_worker"])


class Killed:
    """A data directory whose process is killed again and again, and what was acknowledged so far."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.random = data, random.Random(seed)
        self.sure: dict[str, int | None] = {}
        self.maybe: dict[str, set[int | None]] = {}
        self.interrupted: list[str] = []
        self.slowest = 0.0

    def round(self, seed: int, alive: float | None = None) -> None:
        """One process: it opens what the last one left, is held to what was acknowledged, works and is killed."""
        near, far = FORKING.Pipe(duplex=False)
        errors = self.data.with_name(f"{self.data.name}.err")
        child = FORKING.Process(target=kill_worker.main, args=(self.data, seed, far, errors))
        child.start()
        far.close()
        assert child.pid is not None
        with os.fdopen(os.dup(near.fileno()), encoding="utf-8") as told:
            try:
                first = told.readline()
                if not first:
                    raise AssertionError(f"it does not serve any more:\n{errors.read_text()[-3000:]}")
                self.check(json.loads(first))
                time.sleep(self.random.uniform(0.0, 1.2) if alive is None else alive)
            finally:  # else a failed check would leave it at work for ever
                os.kill(child.pid, signal.SIGKILL)
            rest = told.read()  # to the end: what was acknowledged before the kill is in the pipe
        near.close()
        child.join()
        self.follow(rest)

    def check(self, told: dict[str, Any]) -> None:
        """What it found is what was acknowledged, each document whole and once, each passage finding itself."""
        assert told["problems"] == []
        assert told["right"] >= 0.99 * told["asked"]
        assert told["seconds"] <= SERVES_WITHIN
        self.slowest = max(self.slowest, told["seconds"])
        for document, (*versions, chunks) in told["held"].items():
            assert (len(versions), chunks) == (1, PASSAGES), f"{document} is half there: {versions}, {chunks}"
        for document in self.sure.keys() | self.maybe.keys() | told["held"].keys():
            allowed = self.maybe.get(document, set()) | {self.sure.get(document)}
            version = told["held"].get(document, [None])[0]
            assert version in allowed, f"{document}: {version}, after {allowed} were acknowledged"
            self.sure[document] = version
        self.maybe.clear()

    def follow(self, lines: str) -> None:
        """Take in what was acknowledged, and what had begun and may be there or not."""
        begun: dict[str, Any] | None = None
        for line in lines.split("\n")[:-1]:  # what follows the last line break was cut off
            told = json.loads(line)
            if "begins" in told:
                begun = told
                wanted = told["version"] if told["begins"] == "write" else None
                if told["begins"] in ("write", "delete"):
                    self.maybe = {document: {wanted} for document in told["documents"]}
            elif told["done"] == "write" and "document" in told:
                self.sure[told["document"]] = told["version"]
                self.maybe.pop(told["document"], None)
            elif told["done"] in ("write", "delete"):
                if told["done"] == "delete":
                    self.sure |= dict.fromkeys(told["documents"])
                self.maybe, begun = {}, None
            else:
                begun = None
        self.interrupted.append(begun["begins"] if begun else "between")


def kill_again_and_again(data: Path, times: int, seed: int) -> Killed:
    killed = Killed(data, seed)
    killed.round(seed * 1000, alive=2.0)
    for number in range(times - 1):
        killed.round(seed * 1000 + number + 1)
    killed.round(seed * 1000 + times, alive=0.0)
    return killed


@pytest.mark.timeout(900)
def test_twenty_kills_lose_nothing(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """During writing, deleting, rebuilding and switching, wherever chance falls."""
    killed = kill_again_and_again(tmp_path, 20, 1)
    record_property("slowest_start_seconds", round(killed.slowest, 2))
    assert {"write", "switch"} & set(killed.interrupted), killed.interrupted
    assert len([version for version in killed.sure.values() if version is not None]) > 3


@pytest.mark.nightly
@pytest.mark.timeout(7200)
def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    """Longer, with another seed: every kind of work is met by a kill."""
    killed = kill_again_and_again(tmp_path, 100, 2)
    assert {"write", "delete", "rebuild", "switch"} & set(killed.interrupted) >= {"write", "rebuild", "switch"}
