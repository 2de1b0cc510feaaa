"""How fast is the machine just now? The seconds of a fixed piece of work that has nothing to do with the product.

Seconds of answers mean nothing beside those of another machine, or of the same one while something else kept it busy.
So a run does this work before its first case, after every few, and after the last one, and keeps how long it took each
time. It hashes, on every core at once: a neighbour on a single core shows, as it would for the product's own threads.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

MEGABYTES = 200
"""Hashed by each thread: about 0.3 s on a core of 2024."""

STEADY = 1.15
"""The slowest over the quickest of all times of two runs, above which the machine was not the same for both."""


def pace(megabytes: int = MEGABYTES) -> float:
    """Seconds to hash so many megabytes on each core."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    block = bytes(1 << 20)

    def work(_: int) -> None:
        digest = hashlib.blake2b()
        for _block in range(megabytes):
            digest.update(block)  # lets other threads run

    began = time.perf_counter()
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, range(cores)))
    return time.perf_counter() - began


def steady(run: Sequence[float], baseline: Sequence[float]) -> bool:
    """Whether all times of both runs, of which each has at least two, lie within `STEADY` of one another.

    >>> steady([0.30, 0.32], [0.31, 0.33]), steady([0.30, 0.40], [0.31, 0.33]), steady([0.3], [0.3, 0.3])
    (True, False, False)
    """
    if min(len(run), len(baseline)) < 2:
        return False
    return max(*run, *baseline) <= STEADY * min(*run, *baseline)


def slower(run: Sequence[float], baseline: Sequence[float]) -> float:
    """By how much the machine was slower during the run, at least 1: a quicker one must not make a run look slow.

    >>> slower([0.33, 0.33], [0.30, 0.30]), slower([0.27, 0.27], [0.30, 0.30])
    (1.1, 1.0)
    """
    return max(1.0, (sum(run) / len(run)) / (sum(baseline) / len(baseline)))
