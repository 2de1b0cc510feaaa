"""The gate over the shipped set and the product as it ships: a broken change is caught, a harmless one is not.

Without the reader, which changes nothing of the gate and takes most of the time. The set is run once for a baseline.
For a change that has to be made in the product, the cases that it is about are asked again and the others keep their
answers, which makes it the harder to catch; what can be made of answers is made of the baseline's own. Every verdict is
asked for with ten seeds of the resampling.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant.answers.answer import Answer, Citation, Seconds
from assistant.settings import Settings
from assistant.wiring import open_assistant
from evals.baseline import Baseline, read_baseline, write_baseline
from evals.case import Case, CaseSet
from evals.compare import compare
from evals.documents import Named, read_in
from evals.gate import Verdict
from evals.pace import pace
from evals.places import find_set
from evals.product import ask_case, fingerprint, texts_of
from evals.review import decide_run
from evals.run import Ask, header_of, run_cases
from evals.run_file import Run

pytestmark = pytest.mark.timeout(900)  # the first test waits for the whole run
SEEDS = range(10)
CASES: CaseSet = find_set("coop")


@dataclass
class Played:
    """The shipped set over its documents, in a directory of their own, and the baseline made of its first run."""

    settings: Settings
    names: dict[str, str]
    folder: Path

    @contextmanager
    def opened(self, **changed: object) -> Iterator[Named]:
        """The product with other settings, over the same documents."""
        assistant = open_assistant(replace(self.settings, **changed))  # type: ignore[arg-type]
        try:
            yield Named(assistant, self.names)
        finally:
            assistant.close()

    def run(self, name: str) -> Run:
        """A whole run of the product, with the machine's pace beside it."""
        with self.opened() as product:
            header = header_of(CASES, fingerprint(product, CASES, 1))
            path = self.folder / f"{name}.jsonl"
            return run_cases(CASES, lambda c: ask_case(product, c), texts_of(product), path, header, pace=pace)

    def ask_again(self, name: str, run: Run, asked: Collection[str], **changed: object) -> Run:
        """A run of which these cases are asked of the product with other settings; the other answers are `run`'s."""
        kept, paces = {record.case.id: record.answer for record in run.records}, iter((*run.pace, *run.pace))
        with self.opened(**changed) as product:

            def ask(case: Case) -> Answer:
                answer = ask_case(product, case) if case.id in asked else kept[case.id]
                assert answer is not None
                return answer

            header = header_of(CASES, fingerprint(product, CASES, 1))
            path = self.folder / f"{name}.jsonl"
            return run_cases(CASES, ask, texts_of(product), path, header, pace=lambda: next(paces))

    def replay(self, name: str, run: Run, change: Callable[[Answer], Answer]) -> Run:
        """A run of the answers of another one, each changed; the machine's pace is what it was."""
        answers = {record.case.id: record.answer for record in run.records}
        paces = iter((*run.pace, *run.pace))

        def ask(case: Case) -> Answer:
            answer = answers[case.id]
            assert answer is not None
            return change(answer)

        with self.opened() as product:
            return replay(ask, self.folder / f"{name}.jsonl", run, product, lambda: next(paces))


def replay(ask: Ask, path: Path, run: Run, product: Named, at_pace: Callable[[], float]) -> Run:
    return run_cases(CASES, ask, texts_of(product), path, run.header, pace=at_pace)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, model_cache: Path, new_shipped: Callable[[], Path]) -> Played:
    """The shipped corpus, ingested before, and the set's own documents, read once."""
    folder = tmp_path_factory.mktemp("gate")
    told = {"COOPERATION_CACHE": str(model_cache), "COOPERATION_READER": "off"}
    settings = Settings.from_env(told, str(new_shipped()))
    assistant = open_assistant(settings)
    try:
        product, refused = read_in(assistant, CASES.documents)
        assert refused == []
        return Played(settings, dict(product.names), folder)
    finally:
        assistant.close()


@pytest.fixture(scope="module")
def first(played: Played) -> Run:
    """The run that the baseline is made of: every case is answered or refused, and none fails."""
    run = played.run("first")
    assert [record.error for record in run.records] == [None] * len(CASES)
    return run


@pytest.fixture(scope="module")
def baseline(played: Played, first: Run) -> Baseline:
    """The baseline, as it is committed."""
    write_baseline(first, played.folder / "baseline.jsonl")
    return read_baseline(played.folder / "baseline.jsonl")


def verdicts(run: Run, baseline: Baseline) -> list[Verdict]:
    """The gate's verdict for each seed."""
    return [
        decide_run(run, baseline, compare(run.scores, baseline.scores, weights=run.weights, seed=seed, resamples=2000))
        for seed in SEEDS
    ]


def fails_on(found: list[Verdict]) -> set[str]:
    """What every one of these verdicts fails on: metrics by name, other reasons by kind; each must fail."""
    assert [verdict.passed for verdict in found] == [False] * len(SEEDS)
    reasons = ({str(reason.values.get("metric", reason.kind)) for reason in verdict.reasons} for verdict in found)
    return set.intersection(*reasons)


# --- what is broken is caught ----------------------------------------------------------------------------------------


def test_the_lexical_side_switched_off_is_caught(played: Played, first: Run, baseline: Baseline) -> None:
    """(a) At least twelve cases need it: their passage is among the first five with it, and is not without it."""
    words = {case.id for case in CASES if "lexical" in case.tags}
    run = played.ask_again("no-lexical", first, words, lexical=False)
    assert run.header.fingerprint["lexical"] == "off"
    before = {record.case.id: record.metrics["hit@5"] for record in first.records}
    needing = [
        record.case.id
        for record in run.records
        if "lexical" in record.case.tags and (before[record.case.id], record.metrics["hit@5"]) == (1, 0)
    ]
    assert len(needing) >= 12
    assert {"hit@5", "ndcg@10"} <= fails_on(verdicts(run, baseline))


def test_refusal_switched_off_is_caught(played: Played, first: Run, baseline: Baseline) -> None:
    """(b) Nothing is below a threshold of 0: what was refused is answered."""
    refused = {record.case.id for record in first.records if record.answer and record.answer.refused}
    run = played.ask_again("no-refusal", first, refused, refusal_threshold=0.0)
    assert {"false_answer_near", "false_answer_far"} <= fails_on(verdicts(run, baseline))


def numbers_shifted(answer: Answer) -> Answer:
    """Each sentence cites the next citation; the last one cites one that is not there."""
    shifted = (replace(s, citations=tuple(n + 1 for n in s.citations)) for s in answer.sentences)
    return replace(answer, sentences=tuple(shifted))


def offsets_shifted(answer: Answer) -> Answer:
    return replace(answer, citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations))


def neighbours_cited(answer: Answer) -> Answer:
    """Each citation is the next one; the last is a true quote of the next passage that was read."""
    if not answer.citations:
        return answer
    last, other = answer.citations[-1], answer.passages[1 % len(answer.passages)]
    length = min(len(last.quote), len(other.text))
    moved: Citation = replace(
        last,
        document=other.document,
        title=other.title,
        page=other.page,
        quote=other.text[:length],
        start=other.start,
        end=other.start + length,
    )
    turned = (*answer.citations[1:], moved)
    return replace(answer, citations=tuple(replace(c, n=n) for n, c in enumerate(turned, 1)))


SHIFTS: dict[str, tuple[Callable[[Answer], Answer], set[str]]] = {
    "numbers": (numbers_shifted, {"groundedness", "citation_support"}),
    "offsets": (offsets_shifted, {"quote_verbatim"}),
    "neighbours": (neighbours_cited, {"citation_support", "citation_precision"}),
}


@pytest.mark.parametrize("name", SHIFTS)
def test_citations_shifted_by_one_are_caught(played: Played, first: Run, baseline: Baseline, name: str) -> None:
    """(c) Whichever way: by the sentences' numbers, by the offsets, or one citation for another."""
    change, metrics = SHIFTS[name]
    assert metrics <= fails_on(verdicts(played.replay(f"shifted-{name}", first, change), baseline))


# --- what is harmless is not -----------------------------------------------------------------------------------------


def slower(answer: Answer) -> Answer:
    return replace(answer, seconds=replace(answer.seconds, total=answer.seconds.total * 1.1))


def test_a_tenth_slower_passes(played: Played, first: Run, baseline: Baseline) -> None:
    """(d) Every answer, on the machine as it was; and where it was idle and steady by every measure."""
    run = played.replay("slower", first, slower)
    assert run.scores.cases["fr-date-01"]["seconds"] != first.scores.cases["fr-date-01"]["seconds"]
    steady = (0.3, 0.3)
    for made, before in ((run, baseline), (replace(run, pace=steady), replace(baseline, pace=steady))):
        assert [verdict.reasons for verdict in verdicts(made, before)] == [()] * len(SEEDS)


def told(answer: Answer | None) -> Answer | None:
    """An answer without its seconds."""
    return answer and replace(answer, seconds=Seconds(0.0, 0.0, 0.0))


def test_nothing_changed_passes(played: Played, first: Run, baseline: Baseline) -> None:
    """(e) The same product opened again gives the same answers, a sample of forty, and is let through."""
    asked = {case.id for case in random.Random(0).sample(list(CASES), 40)}
    run = played.ask_again("again", first, asked)
    before = {record.case.id: told(record.answer) for record in first.records}
    assert {id: told(record.answer) for record in run.records if (id := record.case.id) in asked} == {
        id: before[id] for id in asked
    }
    assert [verdict.reasons for verdict in verdicts(run, baseline)] == [()] * len(SEEDS)
    assert verdicts(run, baseline)[0].passed


@pytest.mark.nightly
@pytest.mark.timeout(1200)
def test_a_whole_run_with_nothing_changed_passes(played: Played, baseline: Baseline) -> None:
    """Every case again, on the machine as it is now: a busy one is no reason either."""
    run = played.run("all-again")
    assert [verdict.reasons for verdict in verdicts(run, baseline)] == [()] * len(SEEDS)


@pytest.mark.nightly  # seconds are the machine's too: no change is stopped for them
def test_the_whole_set_takes_a_minute_and_a_half_at_most(first: Run) -> None:
    """Without a model, on two cores: the seconds of all answers together."""
    assert sum(record.seconds for record in first.records) <= 90
