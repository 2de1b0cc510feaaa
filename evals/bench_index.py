"""How fast texts become searchable: our ingestion beside the LlamaIndex + Chroma starter, on the same weights.

Both index the same texts in the same run, in alternation, each round into a fresh directory. Loading the model and
opening the empty store are outside the clock on both sides. Ours reads the texts from their files, in its guarded
child, and ends when they are in the records and in both indexes; the starter is handed the texts already read, and ends
when they are in Chroma.

Three speeds, all over the same seconds:

- documents/s;
- source characters/s: code points of the documents' texts, each counted once, whatever is done with them;
- characters embedded/s: code points of the texts handed to the embedding model, without the prompt. Ours hands it every
  chunk and every sentence, each with its title and headings in front; the starter hands it every chunk with its title,
  overlaps included. A character that is handed over twice counts twice, on both sides.

The model reads 512 tokens of a text and drops the rest; a starter's chunk may be longer, ours never is. What is dropped
counts as embedded, in the starter's favour; how much the model does read is told beside it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.settings import Settings
from evals.bench import (
    BenchError,
    Machine,
    Say,
    Texts,
    count,
    describe,
    fresh_settings,
    middle,
    table,
    this_machine,
)

OURS, STARTER = "ours", "LlamaIndex starter"
WARM_UP = "Quels sont les objectifs de la coopération ?"


@dataclass(frozen=True, slots=True)
class Side:
    """One system: seconds of each round, and what it sent to the model. Speeds are over the median of the seconds."""

    name: str
    seconds: tuple[float, ...]
    chunks: int
    texts_sent: int
    characters_sent: int
    characters_read: int
    documents_per_second: float
    source_characters_per_second: float
    characters_embedded_per_second: float


@dataclass(frozen=True, slots=True)
class IndexBench:
    """Both systems over the same texts. `times` are ours over the starter's, round by round."""

    machine: Machine
    texts: str
    documents: int
    characters: int
    ours: Side
    starter: Side
    embedded_times: tuple[float, ...]
    source_times: tuple[float, ...]


def bench_index(texts: Texts, settings: Settings, work: Path, rounds: int, say: Say) -> IndexBench:
    """Index the texts `rounds` times with each system, in turn, the first to go changing with each round."""
    from evals.bench_parts import bundled_folder, characters_read, take_apart
    from evals.starter import load_model

    machine = this_machine()
    parts = take_apart(texts, fresh_settings(settings, work / "counted"))
    folder = bundled_folder(settings)
    model = load_model(folder)
    ours: list[float] = []
    starter: list[float] = []
    sent: tuple[str, ...] = ()
    chunks = 0
    for number in range(1, rounds + 1):
        for name in (OURS, STARTER) if number % 2 else (STARTER, OURS):
            if name == OURS:
                ours.append(_ours(texts, fresh_settings(settings, work / f"ours-{number}")))
            else:
                seconds, chunks, sent = _starter(texts, work / f"starter-{number}", model)
                starter.append(seconds)
            say(f"round {number}/{rounds}, {name}: {(ours if name == OURS else starter)[-1]:.1f} s")
    sides = (
        _side(OURS, ours, texts, len(parts.passages), parts.sent, characters_read(parts.sent, folder)),
        _side(STARTER, starter, texts, chunks, sent, characters_read(sent, folder)),
    )
    more = sides[0].characters_sent / sides[1].characters_sent
    times = [theirs / mine for mine, theirs in zip(ours, starter, strict=True)]
    return IndexBench(
        machine=machine,
        texts=texts.name,
        documents=len(texts.documents),
        characters=texts.characters,
        ours=sides[0],
        starter=sides[1],
        embedded_times=tuple(value * more for value in times),
        source_times=tuple(times),
    )


def render(result: IndexBench) -> str:
    """The figures as a table, with what they mean."""
    rounds = len(result.ours.seconds)
    rows = [
        [
            side.name,
            f"{middle(side.seconds):.1f}",
            f"{side.documents_per_second:.2f}",
            count(side.source_characters_per_second),
            count(side.characters_embedded_per_second),
            count(side.chunks),
            count(side.texts_sent),
            count(side.characters_sent),
            f"{side.characters_read / max(1, side.characters_sent):.0%}",
        ]
        for side in (result.ours, result.starter)
    ]
    header = [
        "",
        "seconds",
        "documents/s",
        "source characters/s",
        "characters embedded/s",
        "chunks",
        "texts embedded",
        "characters embedded",
        "read by the model",
    ]
    return "\n".join(
        [
            f"Indexing {result.documents} documents, {count(result.characters)} characters ({result.texts}); "
            f"medians of {rounds} rounds in alternation",
            "",
            table(header, rows),
            "",
            f"Ours over the starter: characters embedded/s {_times(result.embedded_times)}, "
            f"documents/s and source characters/s {_times(result.source_times)}.",
            "Characters embedded: handed to the model, without prompts (ours: chunks and their sentences, each under",
            "title and headings; the starter: chunks under their title, overlaps included). Source characters: the",
            "texts, once. Read by the model: within its 512 tokens. Loading the model and opening the store are not in",
            "the seconds; ours reads the files, the starter is handed their texts.",
            "",
            describe(result.machine),
        ]
    )


def _times(values: tuple[float, ...]) -> str:
    return f"x {middle(values):.2f} ({min(values):.2f} to {max(values):.2f} by round)"


def _side(name: str, seconds: list[float], texts: Texts, chunks: int, sent: tuple[str, ...], read: int) -> Side:
    usual = middle(seconds)
    characters = sum(len(text) for text in sent)
    return Side(
        name=name,
        seconds=tuple(round(value, 3) for value in seconds),
        chunks=chunks,
        texts_sent=len(sent),
        characters_sent=characters,
        characters_read=read,
        documents_per_second=len(texts.documents) / usual,
        source_characters_per_second=texts.characters / usual,
        characters_embedded_per_second=characters / usual,
    )


def _ours(texts: Texts, settings: Settings) -> float:
    """Seconds from the request to texts that can be searched."""
    from assistant.wiring import open_assistant
    from evals.bench_parts import request_of

    assistant = open_assistant(settings)
    try:
        assistant.search(WARM_UP)
        began = time.perf_counter()
        outcomes = list(assistant.ingest(request_of(texts)))
        seconds = time.perf_counter() - began
    finally:
        assistant.close()
    for outcome in outcomes:
        if outcome.status != "added":
            raise BenchError(f"{outcome.path} : {outcome.reason or outcome.status} ; retirez ce texte de la mesure.")
    return seconds


def _starter(texts: Texts, folder: Path, model: Any) -> tuple[float, int, tuple[str, ...]]:
    """Seconds, chunks, and the texts sent to the model."""
    from evals.starter import Starter

    starter = Starter(folder, model)
    try:
        starter.embedding.get_query_embedding(WARM_UP)
        documents = [(document.id, document.title, document.text) for document in texts.documents]
        began = time.perf_counter()
        chunks = starter.index(documents)
        return time.perf_counter() - began, chunks, starter.embedding.sent
    finally:
        starter.close()
