"""Metrics: equal to the reference where there is one, bounded, and silent where they do not apply."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers.answer import Answer, Citation, Passage, Seconds, Sentence
from evals import judging, ranking, sourcing
from evals.case import Case, Expect, Relevant
from evals.metrics import METRICS, SET_METRICS, measure_case, measure_set
from evals.summary import auroc, mean, means, percentile

TEXT = "Le CMAI a tenu sa 35e session à Alger le 7 mars 2018. Il a adopté 12 projets."
QUOTES = ("Le CMAI a tenu sa 35e session à Alger le 7 mars 2018.", "Il a adopté 12 projets.")


def texts(document: str) -> str | None:
    return TEXT if document == "maghreb.md" else None


def citation(n: int, quote: str, page: int | None = 3, document: str = "maghreb.md") -> Citation:
    start = TEXT.find(quote)
    return Citation(n, document, "Maghreb", "cmai", page, (), quote, start, start + len(quote))


ANSWERED = Answer(
    id="1",
    question="Quand ?",
    understood_as="Quand ?",
    language="fr",
    refused=False,
    reason="",
    reason_text="",
    score=0.9,
    threshold=0.5,
    sentences=(Sentence(QUOTES[0], "verbatim", (1,)), Sentence(QUOTES[1], "verbatim", (2,))),
    removed=(),
    citations=(citation(1, QUOTES[0]), citation(2, QUOTES[1])),
    passages=(
        Passage("ue.md", "UE", 1, "autre chose", 0.9),
        Passage("maghreb.md", "Maghreb", 3, TEXT, 0.8),
        Passage("maghreb.md", "Maghreb", 3, TEXT, 0.7),
    ),
    mode="extract",
    model="",
    fingerprint="f",
    seconds=Seconds(0.1, 0.1, 0.25),
)
REFUSED = replace(
    ANSWERED,
    refused=True,
    reason="low",
    reason_text="Les textes ne le disent pas.",
    sentences=(),
    citations=(),
    score=0.1,
)
ASKED = Case(
    "a",
    "Quand ?",
    "fr",
    expect=Expect((("07/03/2018",), ("Alger", "Tunis"))),
    forbid=("2019",),
    relevant=(Relevant("maghreb.md", 3, QUOTES[0]), Relevant("maghreb.md", 3, QUOTES[1])),
)
NEAR = Case("n", "Quand, la 99e ?", "fr", refuse="near_miss")
FAR = Case("f", "Recette ?", "fr", refuse="far")

scored = st.dictionaries(
    st.sampled_from([f"d{n}" for n in range(12)]),
    st.sampled_from([0.0, 0.5, 1.0, 1.0 + 1e-9, -1.0, 2.0]) | st.floats(-10, 10, width=32),
    min_size=1,
)
judged = st.dictionaries(
    st.sampled_from([f"d{n}" for n in range(14)]), st.integers(0, 3), min_size=1
)  # pytrec_eval hangs on negative ones


@pytest.mark.parametrize("graded", [False, True], ids=["binary", "graded"])
@settings(max_examples=150, deadline=None)
@given(scores=scored, grades=judged)
def test_ranking_metrics_equal_ir_measures(graded: bool, scores: dict[str, float], grades: dict[str, int]):
    """trec_eval, through pytrec_eval, gives the same figures on any run, with ties, to 1e-9."""
    import ir_measures
    from ir_measures import RR, R, Success, nDCG

    if not graded:
        grades = {name: int(grade > 0) for name, grade in grades.items()}
    relevant = {name for name, grade in grades.items() if grade > 0}
    ranked = ranking.rank(scores)
    ours: dict[object, float | None] = {
        RR: ranking.reciprocal_rank(ranked, relevant),
        nDCG: ranking.ndcg(ranked, grades),
    }
    for k in (1, 3, 10):
        ours |= {
            Success @ k: ranking.hit(ranked, relevant, k),
            R @ k: ranking.recall(ranked, relevant, k),
            nDCG @ k: ranking.ndcg(ranked, grades, k),
        }
    theirs = ir_measures.calc_aggregate(list(ours), {"q": grades}, {"q": scores})
    for measure, value in ours.items():
        if relevant:
            assert value == pytest.approx(theirs[measure], abs=1e-9), measure
        else:
            assert value is None
            assert theirs[measure] == 0


@given(scored, judged, st.integers(1, 20))
def test_ranking_metrics_are_bounded_and_grow_with_k(scores: Mapping[str, float], grades: Mapping[str, int], k: int):
    """Between 0 and 1; looking further never finds less."""
    ranked, relevant = ranking.rank(scores), {name for name, grade in grades.items() if grade > 0}
    for metric in (ranking.hit, ranking.recall, ranking.reciprocal_rank):
        here, further = metric(ranked, relevant, k), metric(ranked, relevant, k + 1)
        assert (here is None) == (not relevant)
        assert here is None or further is None or 0 <= here <= further <= 1
    gain = ranking.ndcg(ranked, grades, k)
    assert gain is None or 0 <= gain <= 1 + 1e-12


@given(scored)
def test_ties_have_one_order_whatever_the_run_was_given_in(scores: dict[str, float]):
    """Equal scores fall by identifier, so a run has one ranking."""
    assert ranking.rank(scores) == ranking.rank(dict(reversed(scores.items())))


def test_the_best_order_scores_one_and_a_repeated_identifier_counts_once():
    """A chunk shown twice is not found twice."""
    assert ranking.ndcg(["a", "b", "c"], {"a": 3, "b": 2, "c": 0}) == 1
    assert ranking.recall(["a", "a", "b"], {"a", "b"}, 2) == 1
    assert ranking.ndcg(["bad", "a"], {"a": 1, "bad": -2}) == pytest.approx(1 / math.log2(3))


@pytest.mark.parametrize(
    ("case", "answer", "value"),
    [
        (ASKED, ANSWERED, 1),
        (ASKED, REFUSED, 0),
        (replace(ASKED, expect=Expect((("8 mars 2018",),))), ANSWERED, 0),
        (replace(ASKED, expect=Expect((("re:35e",), ("Tunis",)))), ANSWERED, 0),
        (replace(ASKED, forbid=("12",)), ANSWERED, 0),
        (NEAR, REFUSED, 1),
        (NEAR, ANSWERED, 0),
        (FAR, REFUSED, 1),
        (replace(ASKED, expect=Expect(), forbid=()), REFUSED, None),
        (replace(ASKED, expect=Expect(), relevant=()), REFUSED, 1),
        (replace(ASKED, expect=Expect(), relevant=()), ANSWERED, 1),
        (replace(ASKED, expect=Expect(), relevant=(), forbid=("Alger",)), ANSWERED, 0),
    ],
)
def test_right_and_wrong(case: Case, answer: Answer, value: float | None):
    """Refusing an answerable question is wrong, refusing an unanswerable one is right."""
    assert judging.correctness(case, answer) == value


def test_false_answers_are_counted_by_distance_and_false_refusals_where_there_is_an_answer():
    """Near misses and far questions are two rates; a rate has only its own cases."""
    assert judging.false_answer(NEAR, ANSWERED, "near_miss") == 1
    assert judging.false_answer(NEAR, REFUSED, "near_miss") == 0
    assert judging.false_answer(NEAR, ANSWERED, "far") is None
    assert judging.false_answer(FAR, ANSWERED, "far") == 1
    assert judging.false_refusal(ASKED, REFUSED) == 1
    assert judging.false_refusal(ASKED, ANSWERED) == 0
    assert judging.false_refusal(NEAR, REFUSED) is None


def test_token_f1_takes_the_best_alternative_of_each_group():
    """Two of two expected tokens among four said."""
    case = replace(ASKED, expect=Expect((("Tunis", "Alger"), ("12 projets", "re:x"))))
    answer = replace(ANSWERED, sentences=(Sentence("L'Alger, 12 projets adoptés.", "supported", (1,)),))
    assert judging.token_f1(case, answer) == pytest.approx(2 * 3 / (3 + 4))
    assert judging.token_f1(case, REFUSED) == 0
    assert judging.token_f1(NEAR, ANSWERED) is None
    assert judging.token_f1(replace(case, expect=Expect((("re:x",),))), ANSWERED) is None


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_f1_is_bounded_and_symmetric(left: list[str], right: list[str]):
    """Between 0 and 1, 1 only for the same bag, the same both ways."""
    value = judging.f1(left, right)
    assert 0 <= value <= 1
    assert value == judging.f1(right, left)
    assert (value == 1) == (sorted(left) == sorted(right))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("La coopération avec l'Union européenne est dynamique.", "fr"),
        ("The cooperation with the European Union is dynamic.", "en"),
        ("التعاون مع UE متواصل", "ar"),
        ("CMAI 2018", None),
        ("", None),
    ],
)
def test_the_language_shown_is_read_from_the_words(text: str, language: str | None):
    """What an answer claims about its language is not taken on trust."""
    assert judging.language_of(text) == language


def test_an_answer_in_another_language_than_the_question_disagrees():
    """Also on refusal, where the reason is what is shown; the claim counts where words do not tell."""
    own = replace(ANSWERED, sentences=tuple(replace(s, verdict="supported") for s in ANSWERED.sentences))
    assert judging.language_agreement(ASKED, own) == 1
    assert judging.language_agreement(ASKED, replace(own, language="en")) == 1
    assert judging.language_agreement(replace(ASKED, language="ar"), own) == 0
    assert judging.language_agreement(replace(ASKED, language="ar"), REFUSED) == 0
    assert judging.language_agreement(ASKED, replace(REFUSED, reason_text="404", language="en")) == 0


def test_a_verbatim_quote_is_in_the_language_of_its_source():
    """It is not the product's word; what stands beside it is, and where nothing does there is nothing to judge."""
    assert judging.language_agreement(replace(ASKED, language="en"), ANSWERED) is None
    translated = Sentence("The session was held in Algiers on March 7, 2018.", "translated", (1,))
    mixed = replace(ANSWERED, sentences=(*ANSWERED.sentences, translated))
    assert judging.language_agreement(replace(ASKED, language="en"), mixed) == 1
    assert judging.language_agreement(ASKED, mixed) == 0
    assert judging.language_agreement(ASKED, replace(REFUSED, reason_text="")) is None


def test_passages_reach_what_is_relevant_by_document_page_and_quote():
    """A chunk with half of the quote is enough; another page or document never is."""
    passage = ANSWERED.passages[1]
    assert sourcing.reaches(passage, Relevant("maghreb.md"))
    assert sourcing.reaches(passage, Relevant("maghreb.md", 3, QUOTES[0]))
    assert sourcing.reaches(
        replace(passage, text="session à Alger le 7 mars 2018. Suite."), Relevant("maghreb.md", 3, QUOTES[0])
    )
    assert sourcing.reaches(replace(passage, text="le 7 mars"), Relevant("maghreb.md", 3, QUOTES[0]))
    assert not sourcing.reaches(
        replace(passage, text="2018. Suite et fin du texte"), Relevant("maghreb.md", 3, QUOTES[0])
    )
    assert not sourcing.reaches(replace(passage, text=""), Relevant("maghreb.md", 3, QUOTES[0]))
    assert not sourcing.reaches(passage, Relevant("maghreb.md", 4))
    assert not sourcing.reaches(passage, Relevant("ue.md", 3))


def test_retrieval_metrics_of_an_answer():
    """Nothing relevant comes first, both relevant quotes come second."""
    assert (sourcing.hit(ASKED, ANSWERED, 1), sourcing.hit(ASKED, ANSWERED, 5)) == (0, 1)
    assert (sourcing.recall(ASKED, ANSWERED, 1), sourcing.recall(ASKED, ANSWERED, 2)) == (0, 1)
    assert sourcing.reciprocal_rank(ASKED, ANSWERED) == 0.5
    ideal = 1 + 1 / math.log2(3)
    assert sourcing.ndcg(ASKED, ANSWERED, 10) == pytest.approx((1 / math.log2(3) + 0.5) / ideal)
    assert sourcing.ndcg(ASKED, replace(ANSWERED, passages=ANSWERED.passages[1:]), 10) == 1
    assert sourcing.ndcg(NEAR, ANSWERED, 10) is None


def test_every_passage_that_was_read_is_scored():
    """As many as the answer has, with places or without: fourth and eighth of eight are within ten."""
    other = [Passage("ue.md", "UE", 1, f"autre chose {n}", 0.5, n, n + 13) for n in range(6)]
    right = [
        Passage("maghreb.md", "Maghreb", 3, quote, 0.4, TEXT.index(quote), TEXT.index(quote) + len(quote))
        for quote in QUOTES
    ]
    answer = replace(ANSWERED, passages=(*other[:3], right[1], *other[3:], right[0]))
    assert (sourcing.hit(ASKED, answer, 3), sourcing.hit(ASKED, answer, 5)) == (0, 1)
    assert (sourcing.recall(ASKED, answer, 5), sourcing.recall(ASKED, answer, 10)) == (0.5, 1)
    assert sourcing.reciprocal_rank(ASKED, answer) == 0.25
    gain = 1 / math.log2(5) + 1 / math.log2(9)
    assert sourcing.ndcg(ASKED, answer, 10) == pytest.approx(gain / (1 + 1 / math.log2(3)))


def test_citations_shifted_by_one_are_seen():
    """Numbers, pages or offsets: whichever is shifted, a metric falls."""
    assert sourcing.verbatimness(ANSWERED, texts) == 1
    assert sourcing.citation_precision(ASKED, ANSWERED) == sourcing.citation_recall(ASKED, ANSWERED) == 1
    assert sourcing.groundedness(ANSWERED) == sourcing.citation_support(ANSWERED) == 1

    numbers = replace(
        ANSWERED, sentences=tuple(replace(s, citations=(s.citations[0] + 1,)) for s in ANSWERED.sentences)
    )
    assert sourcing.groundedness(numbers) == 0.5
    assert sourcing.citation_support(numbers) == 0
    swapped = replace(
        ANSWERED, sentences=tuple(replace(s, citations=(3 - s.citations[0],)) for s in ANSWERED.sentences)
    )
    assert sourcing.groundedness(swapped) == 1
    assert sourcing.citation_support(swapped) == 0
    pages = replace(ANSWERED, citations=tuple(replace(c, page=4) for c in ANSWERED.citations))
    assert sourcing.citation_precision(ASKED, pages) == sourcing.citation_recall(ASKED, pages) == 0
    offsets = replace(
        ANSWERED, citations=tuple(replace(c, start=c.start + 1, end=c.end + 1) for c in ANSWERED.citations)
    )
    assert sourcing.verbatimness(offsets, texts) == 0
    elsewhere = replace(ANSWERED, citations=(replace(ANSWERED.citations[0], document="none.md"),))
    assert sourcing.verbatimness(elsewhere, texts) == 0


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        (Sentence("La session du CMAI a été tenue à Alger le 07/03/2018.", "supported", (1,)), 1),
        (Sentence("La session du CMAI a été tenue à Alger le 08/03/2018.", "supported", (1,)), 0),
        (Sentence("Les douanes importent beaucoup de matériel.", "supported", (1,)), 0),
        (Sentence("The 35th session was held on March 7, 2018.", "translated", (1,)), 1),
        (Sentence("The 36th session was held on March 7, 2018.", "translated", (1,)), 0),
        (Sentence("Il a adopté 12 projets", "verbatim", (1, 2)), 1),
        (Sentence("Il a adopté douze projets", "verbatim", (1, 2)), 0),
        (Sentence(QUOTES[0], "verbatim", ()), 0),
    ],
)
def test_a_sentence_is_supported_by_the_quotes_it_cites(sentence: Sentence, value: float):
    """Figures and dates must be there; words too, but across languages."""
    assert sourcing.citation_support(replace(ANSWERED, sentences=(sentence,))) == value


def test_on_refusal_only_what_applies_has_a_value():
    """`None` is not zero: no citation, no sentence, no length."""
    values = measure_case(ASKED, REFUSED, texts)
    for name in (
        "quote_verbatim",
        "citation_precision",
        "groundedness",
        "citation_support",
        "words",
        "false_answer_far",
    ):
        assert values[name] is None
    assert (values["citation_recall"], values["false_refusal"], values["failure"]) == (0, 1, 0)


def test_a_failed_case_is_wrong_and_counted_and_nothing_else():
    """A crash must not leave the mean by the back door."""
    values = measure_case(ASKED, None, texts)
    assert {name: value for name, value in values.items() if value is not None} == {"correctness": 0, "failure": 1}
    assert measure_case(replace(ASKED, expect=Expect(), forbid=()), None, texts)["correctness"] is None


@pytest.mark.parametrize("answer", [ANSWERED, REFUSED, None], ids=["answered", "refused", "failed"])
@pytest.mark.parametrize("case", [ASKED, NEAR, FAR], ids=["asked", "near", "far"])
def test_every_registered_metric_is_bounded_or_absent(case: Case, answer: Answer | None):
    """Never -1, never above 1, but for lengths and seconds."""
    values = measure_case(case, answer, texts)
    assert list(values) == [metric.name for metric in METRICS]
    for name, value in values.items():
        assert value is None or 0 <= value <= (math.inf if name in ("words", "seconds") else 1)


def test_the_register_says_what_each_metric_is():
    """Name once, definition, source, a direction and a tolerance that is no negative number."""
    names = [metric.name for metric in (*METRICS, *SET_METRICS)]
    assert len(set(names)) == len(names)
    assert all(m.definition and m.source and m.direction in ("higher", "lower", "neither") for m in METRICS)
    assert all(m.tolerance >= 0 for m in METRICS)


def test_the_figures_of_a_set():
    """AUROC over answerable and unanswerable cases, latency by nearest rank."""
    results = [(ASKED, ANSWERED), (ASKED, REFUSED), (NEAR, REFUSED), (FAR, replace(REFUSED, score=0.0))]
    values = measure_set(results)
    assert values["refusal_auroc"] == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert (values["seconds_p50"], values["seconds_p95"]) == (0.25, 0.25)
    assert measure_set(results[:1])["refusal_auroc"] is None
    assert measure_set([]) == {"refusal_auroc": None, "seconds_p50": None, "seconds_p95": None}


scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1), min_size=1, max_size=15)


@given(scores, scores)
def test_auroc_is_the_share_of_pairs_in_order(positives: list[float], negatives: list[float]):
    """By definition, ties half; the other way round it is the rest."""
    pairs = [(p > n) + (p == n) / 2 for p in positives for n in negatives]
    value = auroc(positives, negatives)
    assert value == pytest.approx(sum(pairs) / len(pairs))
    assert value + (auroc(negatives, positives) or 0) == pytest.approx(1)


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0, 100))
def test_a_percentile_is_a_value_that_was_seen(values: list[float], percent: float):
    """Nearest rank: at least that share of the values is not above it."""
    value = percentile(values, percent)
    assert value in values
    assert sum(v <= value for v in values) >= percent / 100 * len(values) - 1e-6
    assert percentile(values, 0) == min(values)
    assert percentile(values, 100) == max(values)


def test_what_does_not_apply_is_counted_and_left_out_of_means():
    """The mean is over the rest, weighted, and says how many were left."""
    found = means({"a": {"m": 1.0}, "b": {"m": None}, "c": {"m": 0.0}, "d": {}}, {"c": 3.0})
    assert (found["m"].value, found["m"].counted, found["m"].left_out) == (0.25, 2, 2)
    assert mean([(None, 1.0)]).value is None
