"""How well are the passages of a public benchmark found, and its questions answered?

The benchmark is indexed into a directory of its own, each query searched as `cooperation search` does, and where asked
for put to the product as a person asks. Nothing is tuned here: figures come out as they are, by split.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from assistant.answers.answer import Answer
from evals import ranking
from evals.benchmark import Benchmark, Query, read_benchmark, write_documents
from evals.matching import holds
from evals.opinions import OPINIONS, WIDE, alone
from evals.summary import auroc, passed_at, percentile

if TYPE_CHECKING:
    from assistant.operations import Operations
    from assistant.settings import Settings
    from evals.run import Progress

TOP = 10
ALL = "all"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was found for a query, best first, and the seconds it took; `alone` is what each opinion would find."""

    query: Query
    found: tuple[tuple[str, float], ...]
    seconds: float
    alone: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Retrieval over the queries with something relevant; shares are `None` where there is no such query."""

    queries: int
    hit_1: float | None
    hit_5: float | None
    hit_10: float | None
    mrr_10: float | None
    ndcg_10: float | None


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers over the same queries.

    `correct` is the share of answerable queries with gold strings whose answer holds one of them at token boundaries;
    `false_refusals` the share of answerable ones refused, `refusals` that of unanswerable ones; `auroc` the chance that
    an answerable query scores above an unanswerable one; `answered_at_5` the share of unanswerable ones that would be
    answered at the threshold which refuses 5 % of the answerable ones.
    """

    with_gold: int
    correct: float | None
    answerable: int
    false_refusals: float | None
    unanswerable: int
    refusals: float | None
    auroc: float | None
    answered_at_5: float | None


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds: the median, the 95th percentile (nearest rank) and the mean."""

    p50: float | None
    p95: float | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of a benchmark, by split; `refused` documents could not be indexed, `alone` is by opinion, too."""

    name: str
    documents: int
    refused: int
    queries: int
    unanswerable: int
    found: Mapping[str, Found]
    search_seconds: Latency
    answered: Mapping[str, Answered] | None
    answer_seconds: Latency | None
    runs: tuple[Ranked, ...] = ()
    source: str = ""
    alone: Mapping[str, Mapping[str, Found]] = field(default_factory=dict)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits with figures of their own: none where all queries are of one."""
        return tuple(name for name in self.found if name != ALL) if len(self.found) > 2 else ()

    @property
    def label(self) -> str:
        """The set, and the split where all queries are of one."""
        return self.name if self.splits or len(self.found) < 2 else f"{self.name}, {list(self.found)[1]}"

    def to_json(self) -> dict[str, Any]:
        """The figures as plain JSON values, without the rankings."""
        value = asdict(self)
        del value["runs"]
        return value


def measure(
    folder: Path,
    settings: Settings,
    work: Path,
    *,
    answers: bool = False,
    opinions: bool = False,
    split: str | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> Result:
    """Index a benchmark, search all its queries, and ask them where `answers` is set.

    The index is in `work`, and what is there already is not indexed again. With `opinions` each opinion is ranked alone
    as well (which makes searching slower than it is). `split` takes the queries of one split,
    `limit` that many of them, drawn with `seed`; the documents are always all.
    """
    from assistant.library import Request
    from evals.product import filled, progress_bar

    benchmark = read_benchmark(folder)
    queries = _chosen(benchmark, split, limit, seed)
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    texts = work / "documents.jsonl"
    written = write_documents(benchmark, texts)
    with filled(settings, Request(jsonl=texts), work) as (operations, outcomes):
        refused = sum(outcome.status == "refused" for outcome in outcomes)
        with progress_bar("query") as progress:
            ranked = search_all(operations, queries, benchmark.beir, progress, opinions)
        asked: list[tuple[Query, Answer]] = []
        if answers:
            with progress_bar("question") as progress:
                asked = ask_all(operations, queries, progress)
    return result_of(benchmark, queries, ranked, asked if answers else None, written, refused)


def search_all(
    operations: Operations,
    queries: Sequence[Query],
    beir: bool = False,
    progress: Progress | None = None,
    opinions: bool = False,
) -> list[Ranked]:
    """The ten best documents of each query, a document scored by its best passage; one search first warms up."""
    from assistant.commands import rank_documents

    passages = WIDE if opinions else TOP * 4
    if queries:
        operations.search(queries[0].text, passages)

    def first(documents: Iterable[Sequence[Any]], query: Query) -> tuple[tuple[str, float], ...]:
        return tuple((str(id), float(score)) for id, score in documents if not (beir and id == query.id))[:TOP]

    found = []
    for done, query in enumerate(queries, 1):
        began = time.perf_counter()
        matches = operations.search(query.text, passages)
        seconds = time.perf_counter() - began
        by_itself = {name: first(ranked, query) for name, ranked in alone(matches).items()} if opinions else {}
        found.append(Ranked(query, first(rank_documents(matches, TOP + 1), query), seconds, by_itself))
        if progress:
            progress(done, len(queries))
    return found


def ask_all(
    operations: Operations, queries: Sequence[Query], progress: Progress | None = None
) -> list[tuple[Query, Answer]]:
    """The product's answer to each query."""
    found = []
    for done, query in enumerate(queries, 1):
        found.append((query, operations.ask(query.text, language=query.language, id=query.id)))
        if progress:
            progress(done, len(queries))
    return found


def result_of(
    benchmark: Benchmark,
    queries: Sequence[Query],
    ranked: Sequence[Ranked],
    asked: Sequence[tuple[Query, Answer]] | None,
    documents: int,
    refused: int = 0,
) -> Result:
    """The figures of what was found and answered, over all queries and by split."""
    splits = dict.fromkeys(split for query in queries for split in query.splits)
    names = (ALL, *(split for split in splits if len(splits) > 1 or split != ALL))

    def of(query: Query, split: str) -> bool:
        return split == ALL or split in query.splits

    return Result(
        name=benchmark.name,
        documents=documents,
        refused=refused,
        queries=len(queries),
        unanswerable=sum(query.unanswerable for query in queries),
        found={name: found_of([r for r in ranked if of(r.query, name)]) for name in names},
        search_seconds=_latency([r.seconds for r in ranked]),
        answered=None
        if asked is None
        else {name: answered_of([(q, a) for q, a in asked if of(q, name)]) for name in names},
        answer_seconds=None if asked is None else _latency([answer.seconds.total for _, answer in asked]),
        runs=tuple(ranked),
        source=benchmark.source,
        alone={
            opinion: {name: found_of([_as_ranked(r, opinion) for r in ranked if of(r.query, name)]) for name in names}
            for opinion in OPINIONS
            if any(r.alone for r in ranked)
        },
    )


def _as_ranked(ranked: Ranked, opinion: str) -> Ranked:
    return replace(ranked, found=ranked.alone.get(opinion, ()))


def found_of(ranked: Sequence[Ranked]) -> Found:
    """hit@1, 5 and 10, MRR@10 and nDCG@10, with the definitions of `evals.ranking`."""
    judged = [(tuple(d for d, _ in r.found), r.query.grades) for r in ranked]
    judged = [(names, grades) for names, grades in judged if any(grade > 0 for grade in grades.values())]
    sets = [(names, {d for d, grade in grades.items() if grade > 0}) for names, grades in judged]
    hits = [_mean([ranking.hit(names, relevant, k) for names, relevant in sets]) for k in (1, 5, 10)]
    return Found(
        len(judged),
        hits[0],
        hits[1],
        hits[2],
        _mean([ranking.reciprocal_rank(names, relevant, TOP) for names, relevant in sets]),
        _mean([ranking.ndcg(names, grades, TOP) for names, grades in judged]),
    )


def answered_of(asked: Sequence[tuple[Query, Answer]]) -> Answered:
    """The figures of answers; see `Answered`."""
    answerable = [(query, answer) for query, answer in asked if any(grade > 0 for grade in query.grades.values())]
    unanswerable = [answer for query, answer in asked if query.unanswerable]
    gold = [(query, answer) for query, answer in answerable if query.answers]
    scores = [answer.score for _, answer in answerable], [answer.score for answer in unanswerable]
    return Answered(
        with_gold=len(gold),
        correct=_mean([float(any(holds(g, answer.text) for g in query.answers)) for query, answer in gold]),
        answerable=len(answerable),
        false_refusals=_mean([float(answer.refused) for _, answer in answerable]),
        unanswerable=len(unanswerable),
        refusals=_mean([float(answer.refused) for answer in unanswerable]),
        auroc=auroc(*scores),
        answered_at_5=passed_at(*scores, 0.05),
    )


def render(results: Sequence[Result]) -> str:
    """The figures as Markdown tables: what was found, then what was answered where it was asked."""
    from evals.bench import table

    header = (
        "set (source)",
        "documents",
        "queries",
        "hit@1",
        "hit@5",
        "hit@10",
        "MRR@10",
        "nDCG@10",
        "p50 ms",
        "p95 ms",
    )
    rows = []
    for result in results:
        for name in (ALL, *result.splits):
            found = result.found[name]
            figures = (found.hit_1, found.hit_5, found.hit_10, found.mrr_10, found.ndcg_10)
            seconds = (result.search_seconds.p50, result.search_seconds.p95) if name == ALL else ()
            title = f"{result.label} ({result.source})" if result.source else result.label
            first = (title, str(result.documents)) if name == ALL else (f"  {name}", "")
            rows.append((*first, str(found.queries), *map(_share, figures), *map(_milliseconds, seconds or ("", ""))))
    parts = [table(header, rows)]
    if any(result.alone for result in results):
        parts.append(_opinion_table([result for result in results if result.alone]))
    answered = [result for result in results if result.answered is not None]
    if answered:
        parts.append(_answer_table(answered))
    refused = [f"{result.name}: {result.refused} documents hold no text" for result in results if result.refused]
    return "\n\n".join([*parts, *refused])


def _opinion_table(results: Sequence[Result]) -> str:
    from evals.bench import table

    rows = []
    for result in results:
        for name in (ALL, *result.splits):
            figures = [result.found[name].ndcg_10, *(result.alone[opinion][name].ndcg_10 for opinion in OPINIONS)]
            rows.append((result.label if name == ALL else f"  {name}", *map(_share, figures)))
    return table(("nDCG@10", "as it is", *OPINIONS), rows)


def _answer_table(results: Sequence[Result]) -> str:
    from evals.bench import table

    header = (
        "set", "with gold", "correct", "answerable", "false refusals", "unanswerable", "refusals", "AUROC",
        "answered at 5 %", "p50 ms", "p95 ms",
    )  # fmt: skip
    rows = []
    for result in results:
        answered = result.answered or {}
        for name in (ALL, *result.splits):
            a = answered[name]
            latency = result.answer_seconds if name == ALL else None
            seconds = map(_milliseconds, (latency.p50, latency.p95) if latency else ("", ""))
            figures = (
                str(a.with_gold), _share(a.correct), str(a.answerable), _share(a.false_refusals), str(a.unanswerable),
                _share(a.refusals), _share(a.auroc), _share(a.answered_at_5),
            )  # fmt: skip
            rows.append((result.label if name == ALL else f"  {name}", *figures, *seconds))
    return table(header, rows)


def _chosen(benchmark: Benchmark, split: str | None, limit: int | None, seed: int) -> list[Query]:
    from evals.benchmark import BenchmarkError

    queries = [query for query in benchmark.queries if split is None or split in query.splits]
    if not queries:
        raise BenchmarkError(
            f"{benchmark.name} : pas de part {split!r} ; il y a : {', '.join(benchmark.splits) or '-'}."
        )
    if limit is None or limit >= len(queries):
        return queries
    return [queries[at] for at in sorted(Random(seed).sample(range(len(queries)), limit))]


def _latency(seconds: Sequence[float]) -> Latency:
    return Latency(percentile(seconds, 50), percentile(seconds, 95), sum(seconds) / len(seconds) if seconds else None)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _milliseconds(value: float | str | None) -> str:
    return f"{value * 1000:.0f}" if isinstance(value, float) else value or ""
