"""The gate stops a broken change, lets a harmless one through, and says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from assistant.answers.answer import Answer, Citation, Passage, Seconds, Sentence
from evals.cases import Case, CaseSet, Expect, Relevant
from evals.compare import Scores, compare
from evals.gate import Finding, Verdict, decide, judge_seconds
from evals.metrics import measure_case
from evals.pace import pace, steady
from evals.words import say, words

# A small product over a made-up corpus: document `d<n>` says one fact, which case `q<n>` asks. Of the 160 cases 24 are
# near misses, 16 far; 12 answerable ones are found by their words alone; every tenth answer is wrong from the start.
N, ANSWERABLE, NEAR = 160, 120, 24


def says(n: int) -> str:
    return f"Le protocole numéro {n} prévoit {3 * n + 1000} formations pour la région."


def also_says(n: int) -> str:
    return f"La commission {n} siège à Alger depuis {1900 + n % 100}."


def page_of(n: int) -> str:
    return f"{says(n)} {also_says(n)}"


def _cases() -> CaseSet:
    cases = []
    for n in range(N):
        question, tags = f"Combien de formations prévoit le protocole {n} ?", (f"kind {n % 7}",)
        if n < ANSWERABLE:
            tags += ("lexical",) if n % 10 == 1 else ()
            expect = Expect((("0 formation" if n % 10 == 0 else f"{3 * n + 1000} formations",),))
            relevant = (Relevant(f"d{n}", 1, says(n)),)
            cases.append(Case(f"q{n}", question, "fr", tags=tags, expect=expect, relevant=relevant, must_pass=n == 5))
        else:
            near = n < ANSWERABLE + NEAR
            cases.append(Case(f"q{n}", question, "fr", tags=tags, refuse="near_miss" if near else "far"))
    return CaseSet("made up", tuple(cases), gate_tags=("kind 3",))


CASES = _cases()


def product(case: Case, seconds: float, *, lexical: bool = True, refusal: bool = True) -> Answer:
    n = int(case.id[1:])
    found = n < ANSWERABLE and (lexical or "lexical" not in case.tags)
    order = [n, *range(1000, 1009)] if found else list(range(1000, 1010))
    refused = case.refuse is not None and refusal
    quotes = [quote(order[0]) for quote in (says, also_says)]
    spans = [(page_of(order[0]).index(quote), quote) for quote in quotes]
    return Answer(
        id=case.id,
        question=case.question,
        understood_as=case.question,
        language="fr",
        refused=refused,
        reason="low" if refused else "",
        reason_text="Les textes ne le disent pas." if refused else "",
        score=0.2 if case.refuse else 0.8,
        threshold=0.5 if refusal else 0.0,
        sentences=() if refused else tuple(Sentence(quote, "verbatim", (k,)) for k, quote in enumerate(quotes, 1)),
        removed=(),
        citations=()
        if refused
        else tuple(
            Citation(k, f"d{order[0]}", "", "", 1, (), quote, start, start + len(quote))
            for k, (start, quote) in enumerate(spans, 1)
        ),
        passages=tuple(Passage(f"d{m}", "", 1, page_of(m), 1 - k / 10) for k, m in enumerate(order)),
        mode="extract",
        model="",
        fingerprint="",
        seconds=Seconds(0, 0, seconds),
    )


def scored(seed: int, change: Callable[[Answer], Answer] = lambda answer: answer, **settings: bool) -> Scores:
    """One run of the product: always the same answers, never quite the same seconds."""
    seconds = np.random.default_rng(seed).lognormal(-1, 0.2, N)
    answers = (change(product(case, float(seconds[k]), **settings)) for k, case in enumerate(CASES))
    found = zip(CASES, answers, strict=True)
    return Scores({case.id: measure_case(case, answer, lambda d: page_of(int(d[1:]))) for case, answer in found})


def numbers_shifted(answer: Answer) -> Answer:
    return replace(answer, sentences=tuple(replace(s, citations=(s.citations[0] + 1,)) for s in answer.sentences))


def pages_shifted(answer: Answer) -> Answer:
    return replace(answer, citations=tuple(replace(c, page=(c.page or 0) + 1) for c in answer.citations))


def offsets_shifted(answer: Answer) -> Answer:
    return replace(answer, citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in answer.citations))


def sources_shifted(answer: Answer) -> Answer:
    """Every citation carries the quote, offsets and page of the next one."""
    turned = answer.citations[1:] + answer.citations[:1]
    return replace(answer, citations=tuple(replace(c, n=k) for k, c in enumerate(turned, 1)))


def slower(answer: Answer) -> Answer:
    return replace(answer, seconds=replace(answer.seconds, total=answer.seconds.total * 1.1))


BROKEN = {
    "lexical side off": lambda: scored(1, lexical=False),
    "refusal off": lambda: scored(1, refusal=False),
    "citation numbers shifted": lambda: scored(1, numbers_shifted),
    "cited pages shifted": lambda: scored(1, pages_shifted),
    "quote offsets shifted": lambda: scored(1, offsets_shifted),
    "citation sources shifted": lambda: scored(1, sources_shifted),
}
HARMLESS = {"a tenth slower": lambda: scored(1, slower), "nothing changed": lambda: scored(1)}


def verdicts(run: Scores) -> set[bool]:
    baseline = scored(0)
    return {decide(compare(run, baseline, seed=seed, resamples=2000), CASES).passed for seed in range(10)}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_change_fails_for_every_seed(name: str):
    """Ten seeds of the resampling, one verdict."""
    assert verdicts(BROKEN[name]()) == {False}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_passes_for_every_seed(name: str):
    """A tenth slower is significant, and within the tolerance."""
    assert verdicts(HARMLESS[name]()) == {True}


def test_twice_as_slow_is_not_harmless():
    """The tolerance of seconds has an end, and the reason names the metric."""
    slow = scored(1, lambda answer: replace(answer, seconds=Seconds(0, 0, answer.seconds.total * 2)))
    found = decide(compare(slow, scored(0), resamples=2000), CASES)
    assert not found.passed
    assert (found.reasons[0].kind, found.reasons[0].values["metric"]) == ("metric", "seconds")
    assert "(tolérance 25 %" in say(found.reasons[0])


def flipped(ids: set[str], wrong: float = 0.0) -> Scores:
    return Scores({case.id: {"correctness": wrong if case.id in ids else 1.0 - wrong} for case in CASES})


def test_one_must_pass_case_that_breaks_is_enough():
    """No statistics excuse it; another case alone would pass, with a note."""
    found = decide(compare(flipped({"q5"}), flipped(set())), CASES)
    broken = Finding("must_pass_broken", {"case": "q5"})
    assert found == Verdict(False, (broken,), (Finding("broken", {"ids": ["q5"]}),))
    assert decide(compare(flipped({"q6"}), flipped(set())), CASES) == Verdict(
        True, (), (Finding("broken", {"ids": ["q6"]}),)
    )


@pytest.mark.parametrize("value", [None, "gone"])
def test_a_must_pass_case_cannot_be_left_out(value: str | None):
    """Neither by not running it nor by not judging it."""
    run = {case: v for case, v in flipped(set()).cases.items() if case != "q5"}
    run |= {} if value else {"q5": {"correctness": None}}
    found = decide(compare(Scores(run), flipped(set())), CASES)
    assert found.reasons == (Finding("must_pass_missing", {"case": "q5"}),)


@pytest.mark.parametrize("n", range(1, 8))
def test_a_verdict_over_cases_too_few_to_fail_tells_nothing(n: int):
    """From where on it tells is where a change of every case is significant; a must-pass case breaks at any number."""
    ids = [f"q{k}" for k in range(n)]
    cases = CaseSet("few", tuple(Case(id, "Quand ?", "fr", forbid=("x",)) for id in ids))
    right, wrong = (Scores({id: {"correctness": value} for id in ids}) for value in (1.0, 0.0))
    assert decide(compare(wrong, right), cases).passed is (n < 6)
    assert decide(compare(right, right), cases).tells is (n >= 6)
    strict = replace(cases, cases=tuple(replace(case, must_pass=True) for case in cases))
    assert decide(compare(wrong, right), strict).tells


def test_a_must_pass_case_that_was_wrong_before_or_is_new_is_no_flip():
    """The gate stops what a change breaks, not what was broken."""
    assert decide(compare(flipped({"q5"}), flipped({"q5"})), CASES).passed
    before = {case: v for case, v in flipped(set()).cases.items() if case != "q5"}
    assert decide(compare(flipped({"q5"}), Scores(before)), CASES).passed


def test_a_handful_of_cases_of_a_gate_tag_that_all_break_is_seen():
    """Four flips of 160 are not significant for the mean; four of one kind, and nothing else, are no chance."""
    handful = {"q3", "q10", "q17", "q24"}
    found = decide(compare(flipped(handful), flipped(set())), CASES)
    (reason,) = found.reasons
    assert (reason.kind, reason.values["tag"], reason.values["broken"], reason.values["cases"]) == (
        "tag",
        "kind 3",
        4,
        23,
    )
    assert {"broken", "unsure"} == {note.kind for note in found.notes}
    assert decide(compare(flipped(handful), flipped(set())), replace(CASES, gate_tags=())).passed


def test_one_case_of_a_gate_tag_or_as_many_back_is_not_a_break():
    """A tag is not a must-pass: one flip, or two each way, is noise."""
    assert decide(compare(flipped({"q3"}), flipped(set())), CASES).passed
    assert decide(compare(flipped({"q3", "q10"}), flipped({"q17", "q24"})), CASES).passed


def test_a_loss_within_the_tolerance_passes_however_significant():
    """Every case a hair worse: certain, and harmless."""
    hair = [Scores({case.id: {"mrr": 0.9 - loss} for case in CASES}) for loss in (0.019, 0.0)]
    wide = [Scores({case.id: {"mrr": 0.9 - loss} for case in CASES}) for loss in (0.021, 0.0)]
    cases = CaseSet("n", tuple(replace(case, must_pass=False) for case in CASES))
    assert decide(compare(*hair), cases).passed
    assert not decide(compare(*wide), cases).passed


def test_a_gain_never_fails_and_length_never_gates():
    """Better is no reason to stop; neither is longer, nor a metric nobody registered."""
    cases = CaseSet("n", tuple(replace(case, must_pass=False) for case in CASES))
    good = [
        Scores({case.id: {"correctness": v, "words": 99 * v, "judge": 1 - v} for case in CASES}) for v in (1.0, 0.0)
    ]
    assert decide(compare(*good), cases).passed


def test_nothing_to_compare_is_a_failure():
    """Two runs over different sets must not pass for want of a difference."""
    found = decide(compare(Scores({"a": {"mrr": 1.0}}), Scores({"b": {"mrr": 1.0}})), CaseSet("n", CASES.cases[:1]))
    assert found.reasons[0] == Finding("nothing")


def test_different_fingerprints_are_noted_first():
    """A new model or corpus is not a failure, but it is the first thing to know."""
    run, baseline = (Scores(flipped(set()).cases, {"model": model}) for model in ("new", "old"))
    differs = Finding("differs", {"part": "model", "before": "old", "now": "new"})
    assert decide(compare(run, baseline), CASES) == Verdict(True, (), (differs,))


def test_equal_noisy_runs_seldom_fail_with_gate_tags():
    """Flips strewn by chance over a set with two gate tags: at most 16 failures in 200."""
    rng = np.random.default_rng(5)
    cases = CaseSet("n", tuple(replace(case, must_pass=False) for case in CASES), gate_tags=("kind 1", "kind 2"))
    failed = 0
    for pair in range(200):
        ability = rng.beta(4, 1.5, N)
        run, baseline = (
            Scores(
                {
                    case.id: {"correctness": float(right)}
                    for case, right in zip(cases, rng.random(N) < ability, strict=True)
                }
            )
            for _ in range(2)
        )
        failed += not decide(compare(run, baseline, seed=pair, resamples=999), cases).passed
    assert failed <= 16


# --- seconds: the product's, and not the machine's -------------------------------------------------------------------

STEADY = (0.30, 0.31, 0.30)
MADE_WITH = {"machine": "one", "jobs": "1"}


def of_seconds(factors: Sequence[float], seed: int = 1) -> Scores:
    """A run whose cases took so many times the seconds they usually take, give or take some."""
    usual = np.random.default_rng(0).lognormal(-1, 0.2, N)
    noise = np.random.default_rng(seed).lognormal(0, 0.02, N)
    values = {case.id: {"seconds": float(usual[k] * noise[k] * factors[k])} for k, case in enumerate(CASES)}
    return Scores(values, MADE_WITH)


def seconds_verdict(
    factors: Sequence[float],
    pace: Sequence[float] = STEADY,
    before: Sequence[float] = STEADY,
    seed: int = 0,
    **made_with: str,
) -> Verdict:
    """The gate over seconds alone."""
    baseline = of_seconds([1.0] * N, 0)
    run = of_seconds(factors)
    run = replace(run, fingerprint={**MADE_WITH, **made_with})
    comparison = compare(run, baseline, seed=seed, resamples=2000)
    typical = float(np.median([run.cases[c]["seconds"] / baseline.cases[c]["seconds"] for c in run.cases]))  # type: ignore[operator]
    metric, notes = judge_seconds(comparison, pace, before, typical)
    found = decide(comparison, CaseSet("n", ()), [metric] if metric else [])
    return replace(found, notes=(*found.notes, *notes))


@pytest.mark.parametrize("pace", [STEADY, (0.34, 0.33, 0.34), (0.30, 0.60), (0.1, 0.1), ()], ids=str)
@pytest.mark.parametrize("jobs", ["1", "4"])
def test_a_tenth_slower_passes_whatever_the_machine_did(pace: tuple[float, ...], jobs: str):
    """For ten seeds; a quicker machine is not held against a run either."""
    assert all(seconds_verdict([1.1] * N, pace, seed=seed, jobs=jobs).passed for seed in range(10))


def test_a_product_half_as_fast_on_a_steady_machine_is_stopped():
    """For ten seeds; a machine that was a tenth slower itself is allowed for, and no more."""
    for seed in range(10):
        assert not seconds_verdict([1.5] * N, seed=seed).passed
        assert seconds_verdict([1.3] * N, (0.33, 0.33), seed=seed).passed
    assert not seconds_verdict([1.3] * N).passed


@pytest.mark.parametrize(
    ("pace", "before", "made_with", "kind"),
    [
        (STEADY, STEADY, {"machine": "two"}, "seconds_machine"),
        (STEADY, STEADY, {"jobs": "2"}, "seconds_machine"),
        ((), STEADY, {}, "seconds_unpaced"),
        (STEADY, (0.3,), {}, "seconds_unpaced"),
        ((0.3, 0.4), STEADY, {}, "seconds_busy"),
        (STEADY, (0.2, 0.3), {}, "seconds_busy"),
        ((0.6, 0.6, 0.6), STEADY, {}, "seconds_busy"),
    ],
)
def test_seconds_that_cannot_be_compared_are_a_note(
    pace: tuple[float, ...], before: tuple[float, ...], made_with: dict[str, str], kind: str
):
    """Three times as slow, and why it does not count, in the words of each language."""
    found = seconds_verdict([3.0] * N, pace, before, **made_with)
    assert found.passed
    assert [note.kind for note in found.notes if note.kind != "differs"] == [kind, "seconds_moved"]
    assert all(say(note, language) for note in found.notes for language in ("fr", "ar", "en"))


def test_a_burst_between_two_measures_of_the_pace_fails_nothing():
    """A neighbour kept the machine busy during forty cases and was gone when it was looked for."""
    found = seconds_verdict([6.0 if 40 <= n < 80 else 1.0 for n in range(N)])
    assert found.passed
    assert [note.kind for note in found.notes] == ["seconds_few", "seconds_moved"]
    assert "fois son temps" in say(found.notes[0])


def test_the_pace_is_steady_or_not_whatever_the_order():
    """One slow measure among many is enough."""
    assert steady(STEADY, (0.33, 0.31))
    assert not steady(STEADY, (0.31, 0.36, 0.31))
    assert steady((0.36, 0.36), (0.36, 0.32)) == steady((0.36, 0.32), (0.36, 0.36)) is True


def test_the_pace_takes_as_long_as_its_work():
    """Ten times the work is longer, on any machine; nothing is cached."""
    assert 0 < min(pace(1) for _ in range(5)) < min(pace(20) for _ in range(3))


def test_every_finding_is_said_in_every_language():
    """No kind is without its sentence, and no sentence without its kind."""
    kinds = {"must_pass_broken", "must_pass_missing", "metric", "tag", "nothing"}
    for language in words():
        assert set(words()[language]["reason"]) == kinds
        assert set(words()[language]["gate_note"]) == set(words()["fr"]["gate_note"])
