"""Which runtime for the bundled weights: speed, fidelity to the 32-bit vectors, and what search loses or gains by it.

Every runtime embeds the same texts, those that ingestion sends to the model (chunks and sentences, title and headings
in front), in turn, for some rounds. Speeds are over the median seconds: characters/s counts code points without the
prompt, tokens/s what the model reads, prompt and marks among them. One query is timed alone, as it comes in use.
Cosines are with the first runtime's vectors of the same texts. nDCG@10 is that of a search by these vectors alone: a
document scores as its best chunk, by exact cosine, so that nothing but the vectors differs.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.settings import Settings
from evals.bench import (
    Machine,
    Say,
    Texts,
    count,
    describe,
    drawn,
    fresh_settings,
    middle,
    read_json_lines,
    read_texts,
    table,
    this_machine,
)
from evals.ranking import ndcg

DEFAULT = "fp32, default batches of 32"
SORTED = "fp32, batches of 8"
DYNAMIC = "torch dynamic 8-bit, batches of 8"
OURS = "8-bit ONNX graph (ours)"
COMPARED = 50
"""Texts whose vectors are compared with the first runtime's."""


class Runtime(Protocol):
    """A way to run the model."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors `(len(texts), dimension)`."""
        ...

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors `(len(texts), dimension)`."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One runtime. `ndcg10` is `None` where no set was given."""

    name: str
    seconds: tuple[float, ...]
    characters_per_second: float
    tokens_per_second: float
    query_ms: float
    cosine_min: float
    cosine_mean: float
    ndcg10: float | None


@dataclass(frozen=True, slots=True)
class RuntimeBench:
    """Every runtime that this machine has, over the same texts; `missing` those that it has not."""

    machine: Machine
    texts: str
    sent: int
    characters: int
    tokens: int
    questions: int
    set: str
    rows: tuple[Row, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Chunks `(document id, text)`, and questions `(text, relevant document ids)`."""

    name: str
    passages: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, frozenset[str]], ...]


def bench_runtime(
    texts: Texts,
    questions: Sequence[str],
    settings: Settings,
    work: Path,
    rounds: int,
    say: Say,
    set_folder: Path | None = None,
    seed: int = 0,
) -> RuntimeBench:
    """Measure every runtime over the texts, and over a retrieval set where one is given."""
    from evals.bench_parts import bundled_folder, take_apart, tokens_read

    machine = this_machine()
    sent = take_apart(texts, fresh_settings(settings, work / "counted")).sent
    judged = read_set(set_folder, settings, work) if set_folder else None
    runtimes, missing = open_runtimes(settings)
    seconds: dict[str, list[float]] = {name: [] for name in runtimes}
    for runtime in runtimes.values():
        runtime.passages(sent[:8])
    for number in range(1, rounds + 1):
        for name, runtime in runtimes.items():
            began = time.perf_counter()
            runtime.passages(sent)
            seconds[name].append(round(time.perf_counter() - began, 3))
            say(f"round {number}/{rounds}, {name}: {seconds[name][-1]:.1f} s")
    compared = drawn(sent, COMPARED, seed)
    reference = next(iter(runtimes.values())).passages(compared)
    characters = sum(len(text) for text in sent)
    tokens = tokens_read(sent, bundled_folder(settings))
    rows = []
    for name, runtime in runtimes.items():
        cosines = (runtime.passages(compared) * reference).sum(axis=1)
        rows.append(
            Row(
                name=name,
                seconds=tuple(seconds[name]),
                characters_per_second=characters / middle(seconds[name]),
                tokens_per_second=tokens / middle(seconds[name]),
                query_ms=query_ms(runtime, questions),
                cosine_min=float(cosines.min()),
                cosine_mean=float(cosines.mean()),
                ndcg10=dense_ndcg(runtime, judged) if judged else None,
            )
        )
        if judged:
            say(f"{judged.name}, {name}: nDCG@10 {rows[-1].ndcg10:.4f}")
    return RuntimeBench(
        machine,
        texts.name,
        len(sent),
        characters,
        tokens,
        len(questions),
        judged.name if judged else "",
        tuple(rows),
        missing,
    )


def open_runtimes(settings: Settings) -> tuple[dict[str, Runtime], tuple[str, ...]]:
    """Every runtime by name, the 32-bit one first, and the names of those that cannot run here."""
    from assistant.wiring import embedder_of
    from evals.bench_parts import bundled_folder
    from evals.starter import DEFAULT_BATCH, TorchRuntime, load_model, quantised

    model = load_model(bundled_folder(settings))
    runtimes: dict[str, Runtime] = {DEFAULT: TorchRuntime(model, DEFAULT_BATCH), SORTED: TorchRuntime(model, 8)}
    in_8_bits = quantised(model)
    if in_8_bits is not None:
        runtimes[DYNAMIC] = TorchRuntime(in_8_bits, 8)
    runtimes[OURS] = embedder_of(fresh_settings(settings, settings.data))
    return runtimes, tuple(name for name in (DYNAMIC,) if name not in runtimes)


def query_ms(runtime: Runtime, questions: Sequence[str]) -> float:
    """Median milliseconds to embed one question alone, each asked once after two to warm up."""
    for question in questions[:2]:
        runtime.queries([question])
    spent = []
    for question in questions:
        began = time.perf_counter()
        runtime.queries([question])
        spent.append((time.perf_counter() - began) * 1000)
    return middle(spent)


def read_set(folder: Path, settings: Settings, work: Path) -> RetrievalSet:
    """A retrieval set: `corpus.jsonl` (`{"id", "title", "text"}`) cut into our chunks, and `queries.jsonl`.

    A query is `{"text", "relevant": [document id]}`; one with nothing relevant has no nDCG and is left out.
    """
    from evals.bench_parts import take_apart

    place = work / "set"
    place.mkdir(parents=True, exist_ok=True)
    texts = read_texts(folder / "corpus.jsonl", place)
    passages = take_apart(texts, fresh_settings(settings, place / "counted")).passages
    queries = read_json_lines(folder / "queries.jsonl", "text", "relevant")
    questions = [(str(query["text"]), frozenset(map(str, query["relevant"]))) for query in queries if query["relevant"]]
    return RetrievalSet(folder.name, passages, tuple(questions))


def dense_ndcg(runtime: Runtime, judged: RetrievalSet) -> float:
    """Mean nDCG@10 of ranking documents by their best chunk's cosine with the question."""
    chunks = runtime.passages([text for _document, text in judged.passages])
    asked = runtime.queries([text for text, _relevant in judged.questions])
    documents = [document for document, _text in judged.passages]
    values = [
        ndcg(rank_documents(documents, chunks @ vector), relevant, 10) or 0.0
        for vector, (_text, relevant) in zip(asked, judged.questions, strict=True)
    ]
    return sum(values) / len(values)


def rank_documents(documents: Sequence[str], scores: NDArray[Any]) -> list[str]:
    """Documents by their best chunk, best first, each once; equal ones in the order given.

    >>> rank_documents(["a", "b", "a"], np.array([0.1, 0.5, 0.9]))
    ['a', 'b']
    """
    return list(dict.fromkeys(documents[at] for at in np.argsort(-scores, kind="stable")))


def render(result: RuntimeBench) -> str:
    """The figures as a Markdown table, with what they mean."""
    header = ["runtime", "characters/s", "tokens/s", "one query, ms", "cosine to fp32, min", "mean"]
    rows = [
        [
            row.name,
            count(row.characters_per_second),
            count(row.tokens_per_second),
            f"{row.query_ms:.1f}",
            f"{row.cosine_min:.4f}",
            f"{row.cosine_mean:.4f}",
            *([f"{row.ndcg10:.4f}"] if row.ndcg10 is not None else []),
        ]
        for row in result.rows
    ]
    lines = [
        f"Embedding {count(result.sent)} texts (chunks and sentences), {count(result.characters)} characters, "
        f"{count(result.tokens)} tokens ({result.texts}); medians of {len(result.rows[0].seconds)} rounds in "
        f"alternation, of {result.questions} questions",
        "",
        table([*header, *([f"nDCG@10, {result.set}"] if result.set else [])], rows),
        "",
        "Batches of torch are sorted by length by sentence-transformers itself; nDCG@10 is of these vectors alone, "
        "a document scored as its best chunk.",
    ]
    if result.missing:
        lines.append(f"Not available here: {', '.join(result.missing)}.")
    return "\n".join([*lines, "", describe(result.machine)])
