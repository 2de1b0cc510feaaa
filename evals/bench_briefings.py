"""How long a briefing takes in a library of many passages: the first of a process, the next ones, and the timeline.

The texts are ingested and the records grown with derived documents (`evals.bench_grown`). Reading what is new happens
at ingestion and is told apart; the figures are of a process that finds it done. One call of each framework, and a
second of the first, are timed by the processor and by the clock: on a busy machine only the former says what it costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from assistant.settings import Settings
from evals.bench import BenchError, Machine, Say, Texts, count, describe, fresh_settings, table, this_machine

ASKED_SECONDS = 3.0
"""What is asked of a briefing with 10,000 passages."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and by the processor."""

    seconds: float
    processor: float


@dataclass(frozen=True, slots=True)
class BriefingsBench:
    """`reading` is of every document at once, as after an ingestion; `first` of a process that begins with one."""

    machine: Machine
    texts: str
    chunks: int
    documents: int
    reading: Spent
    first: Spent
    next: Spent
    timeline: Spent


def bench_briefings(texts: Texts, settings: Settings, work: Path, chunks: int, seed: int, say: Say) -> BriefingsBench:
    """Ingest the texts, grow the records to `chunks` passages, and time the briefing of each framework."""
    from assistant.briefings.naming import shipped_topics
    from assistant.briefings.shelf import Shelf
    from assistant.wiring import open_assistant
    from evals.bench_grown import grow
    from evals.bench_parts import request_of
    from index.records import opened

    machine, own = this_machine(), fresh_settings(settings, work / "data")
    assistant = open_assistant(own)
    try:
        real = sum(outcome.chunks for outcome in assistant.ingest(request_of(texts)))
    finally:
        assistant.close()
    if not real:
        raise BenchError(f"{texts.name} : aucun passage à indexer.")
    with opened(own.database_url) as records:
        documents = grow(records, chunks, seed)
        say(f"{count(records.count_chunks())} passages in {count(documents)} documents")
        reading = spent(Shelf(records, shipped_topics()).level)
        shelf = Shelf(records, shipped_topics())
        frameworks = [topic for topic in shelf.topics.all if not topic.is_body]
        briefings = [spent(partial(shelf.briefing, topic, "", "")) for topic in [frameworks[0], *frameworks]]
        timeline = spent(shelf.timeline)
        held = records.count_chunks()
    first, *following = briefings
    between = Spent(median(each.seconds for each in following), median(each.processor for each in following))
    return BriefingsBench(machine, texts.name, held, documents, reading, first, between, timeline)


def spent(work: Callable[[], object]) -> Spent:
    """What a piece of work takes."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - clock, time.process_time() - processor)


def render(result: BriefingsBench) -> str:
    """The figures as a table, with what was asked."""
    rows = [
        [name, f"{each.seconds:.2f}", f"{each.processor:.2f}", asked]
        for name, each, asked in (
            ("reading every document, once, at ingestion", result.reading, ""),
            ("first briefing of a process", result.first, f"{ASKED_SECONDS:.0f}"),
            ("another briefing, median", result.next, f"{ASKED_SECONDS:.0f}"),
            ("timeline of all frameworks", result.timeline, f"{ASKED_SECONDS:.0f}"),
        )
    ]
    return "\n".join(
        [
            f"{count(result.chunks)} passages in {count(result.documents)} documents derived from {result.texts}; "
            "no language model.",
            "",
            table(["", "seconds", "of the processor", "asked, s"], rows),
            "",
            describe(result.machine),
        ]
    )
