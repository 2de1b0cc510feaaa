"""The ministry's own text, alone in an empty data directory, and three sets of questions written from it unseen.

They are asked and judged as any set is: `cooperation evals run texte-ministere-a --documents TEXT`. The set that has
least to lose is asked for every change, the two others every night.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.settings import Settings
from evals.documents import Product
from evals.judging import correctness
from evals.places import find_set
from evals.product import ask_case, opened, texts_of
from evals.run import header_of, run_cases
from evals.run_file import Record, Run
from index.terms import fold

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT.parent / "shared" / "texts" / "000_3929d32d99211bb2.txt"
SETS = ("b", pytest.param("a", marks=pytest.mark.nightly), pytest.param("c", marks=pytest.mark.nightly))
RIGHT, REFUSED = 0.90, 0.60


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, model_cache: Path) -> Iterator[Product]:
    """The product over the ministry's text and nothing else."""
    if not TEXT.exists():
        pytest.skip("the ministry's text is not beside the project")
    settings = Settings.from_env({"COOPERATION_CACHE": str(model_cache)}, str(tmp_path_factory.mktemp("ministry")))
    with opened(settings, find_set("texte-ministere-a"), documents=[TEXT]) as product:
        assert len(product.documents()) == 1
        yield product


@pytest.fixture(scope="module", params=SETS)
def run(product: Product, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Run:
    """Every question of a set with its answer."""
    cases = find_set(f"texte-ministere-{request.param}")
    path = tmp_path_factory.mktemp("runs") / f"{request.param}.jsonl"
    return run_cases(cases, lambda case: ask_case(product, case), texts_of(product), path, header_of(cases, {}))


def records(run: Run, answerable: bool) -> list[Record]:
    """The records of the questions that the text answers, or of those it does not."""
    return [record for record in run.records if record.case.answerable is answerable]


def plain(text: str) -> str:
    return " ".join(fold(text).split())


def holds_every_fact(record: Record) -> bool:
    """A second judge, which shares nothing with the first: the expected spans are in the answer, letter for letter."""
    text = plain(record.answer.text) if record.answer else ""
    return all(any(plain(form) in text for form in group) for group in record.case.expect.all_of)


def test_nine_in_ten_answerable_questions_get_the_right_fact_in_three_sentences(run: Run) -> None:
    """The expected spans of the text are in the answer."""
    found = records(run, answerable=True)
    right = [
        bool(r.answer and r.metrics["correctness"] == 1 and len(r.answer.sentences) <= 3 and not r.error) for r in found
    ]
    assert sum(right) / len(right) >= RIGHT


def test_six_in_ten_unanswerable_questions_are_refused(run: Run) -> None:
    """Near misses and questions off the subject together, at the one shipped threshold."""
    refused = [bool(r.answer and r.answer.refused) for r in records(run, answerable=False)]
    assert sum(refused) / len(refused) >= REFUSED


def test_two_judges_find_the_same_answers_right(run: Run) -> None:
    """Whole tokens with numbers and dates normalised, or spans letter for letter: the same verdict."""
    for record in records(run, answerable=True):
        assert record.answer is not None
        right = not record.answer.refused and holds_every_fact(record)
        assert correctness(record.case, record.answer) == float(right), record.case.id


def test_every_quote_is_verbatim_at_its_offsets(run: Run, product: Product) -> None:
    """No answer shows a sentence that is not, character for character, the text it cites."""
    for record in run.records:
        assert record.answer is not None
        for citation in record.answer.citations:
            assert product.text(citation.document)[citation.start : citation.end] == citation.quote
        assert all(sentence.citations for sentence in record.answer.sentences)


@pytest.mark.parametrize(("name", "answerable", "to_refuse"), [("a", 82, 28), ("b", 50, 20), ("c", 50, 12)])
def test_the_sets_are_whole(name: str, answerable: int, to_refuse: int) -> None:
    """As they were committed before their first run: none is added, none is dropped, each is one or the other."""
    cases = find_set(f"texte-ministere-{name}")
    assert (sum(case.answerable for case in cases), sum(case.refuse is not None for case in cases)) == (
        answerable,
        to_refuse,
    )
    assert len(cases) == answerable + to_refuse
