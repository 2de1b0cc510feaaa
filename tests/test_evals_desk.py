"""What evaluators do in the web application: sets in the data directory, runs in the background, nothing hidden."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_ui_chat import FakeAssistant

from assistant.answers.answer import Answer
from assistant.assistant import Assistant
from assistant.evaluations import CaseForm, EvaluationBusy, UnknownEvaluation
from assistant.library import Request
from assistant.reader import Reader
from evals.case import CaseError
from evals.cases import read_cases
from evals.desk import Desk
from evals.places import SETS
from evals.run_file import read_run

OPEN = "Le comité mixte de Zéralda s'est réuni à Tipaza le 4 mai 2011."
CLOSED = "L'accord réservé de Cherchell prévoit quarante navires en 2014."
FORM = CaseForm("Quand le comité mixte de Zéralda s'est-il réuni ?", "fr", expect="4 mai 2011")
SECRET = CaseForm("Combien de navires prévoit l'accord réservé de Cherchell ?", "fr", expect="quarante | 40")
JUSTICE = Reader(("justice",))


class Paced:
    """The product, one of whose answers waits until it is let go; it counts what it is asked."""

    def __init__(self, product: Assistant) -> None:
        self._product = product
        self.asked: list[str] = []
        self.held_at = 0
        self.go_on = threading.Event()
        self.go_on.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._product, name)

    def ask(self, question: str, *more: Any, **named: Any) -> Answer:
        """The product's answer, when it may go on; at the question of this number it waits for `go_on`."""
        self.asked.append(question)
        if len(self.asked) == self.held_at:
            self.go_on.clear()
        assert self.go_on.wait(20)
        return self._product.ask(question, *more, **named)


@pytest.fixture
def paced(product: Assistant, tmp_path: Path) -> Paced:
    """The product over two documents, one of which is for a group alone."""
    for name, text in (("ouvert", OPEN), ("reserve", CLOSED)):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n{text}\n", "utf-8")
    outcomes = list(product.ingest(Request((tmp_path / "ouvert.md", tmp_path / "reserve.md"))))
    assert [one.status for one in outcomes] == ["added", "added"]
    product.grant(document(product, "reserve"), ["justice"])
    return Paced(product)


def document(product: Any, title: str) -> str:
    """The id of a document."""
    return next(one.id for one in product.documents() if one.id.startswith(title))


@pytest.fixture
def desk(paced: Paced, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(paced, tmp_path / "evals")  # type: ignore[arg-type]
    yield desk
    paced.go_on.set()
    desk.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Desk:
    """The desk where nothing is played."""
    return Desk(FakeAssistant(), tmp_path / "evals")  # type: ignore[arg-type]


def wait(until: Callable[[], bool]) -> None:
    """Until something is so."""
    end = time.monotonic() + 20
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)


def ended(desk: Desk) -> bool:
    """Whether no run is under way."""
    progress = desk.progress()
    return progress is not None and not progress.running


def play(desk: Desk, name: str, reader: Reader | None = None) -> str:
    """Play a set; the run's id."""
    desk.start(name, reader)
    wait(lambda: ended(desk))
    progress = desk.progress()
    assert progress
    assert progress.error == ""
    return desk.open_set(name, None).runs[0].id


def test_an_accepted_case_lies_in_the_data_directory_as_a_set_that_commands_read(shelf: Desk, tmp_path: Path) -> None:
    """Never in the package; ids go on where they were."""
    before = sorted(SETS.iterdir())
    assert shelf.accept(replace(FORM, tags="date, douane", history="Et à Tipaza ?"), "Zéralda 2026") == "Zéralda-2026"
    shelf.accept(CaseForm("Recette du couscous ?", "fr", refuse="far", document="ouvert", expect="x"), "Zéralda-2026")
    found = read_cases(tmp_path / "evals" / "sets" / "Zéralda-2026.toml")
    assert [case.id for case in found] == ["fr-001", "fr-002"]
    assert (found.cases[0].tags, found.cases[0].history) == (("date", "douane"), ("Et à Tipaza ?",))
    assert (found.cases[1].refuse, found.cases[1].relevant, bool(found.cases[1].expect)) == ("far", (), False)
    assert sorted(SETS.iterdir()) == before
    assert (tmp_path / "evals" / "sets" / "Zéralda-2026.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (FORM, "coop"),
        (replace(FORM, question=" "), "a"),
        (replace(FORM, expect="re:("), "a"),
        (replace(FORM, document="ouvert", page="0"), "a"),
        (replace(FORM, document="ouvert", page="deux"), "a"),
        (replace(FORM, language="de"), "a"),
    ],
    ids=["a shipped name", "no question", "a wrong pattern", "page 0", "a page in words", "another language"],
)
def test_a_case_that_breaks_a_rule_changes_no_file(shelf: Desk, tmp_path: Path, form: CaseForm, name: str) -> None:
    """The set stays as it was."""
    shelf.accept(FORM, "a")
    before = (tmp_path / "evals" / "sets" / "a.toml").read_bytes()
    with pytest.raises(CaseError):
        shelf.accept(form, name)
    assert (tmp_path / "evals" / "sets" / "a.toml").read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "evals" / "sets").iterdir()) == ["a.toml"]


def test_a_name_is_never_a_path(shelf: Desk, tmp_path: Path) -> None:
    """Wherever it was typed."""
    assert shelf.accept(FORM, "../../dehors") == "dehors"
    for name in ("../sets/dehors", "../../a", "", "."):
        with pytest.raises(UnknownEvaluation):
            shelf.open_set(name, None)
        with pytest.raises(UnknownEvaluation):
            shelf.report(name, "", None)
    assert not (tmp_path / "dehors.toml").exists()


def test_the_last_case_takes_its_set_with_it(shelf: Desk) -> None:
    """A set without a case is none."""
    shelf.accept(FORM, "a")
    shelf.accept(FORM, "a")
    shelf.drop_case("a", "fr-001")
    assert [case.id for case in shelf.open_set("a", None).cases] == ["fr-002"]
    shelf.drop_case("a", "fr-002")
    assert all(one.name != "a" for one in shelf.sets())
    for name in ("a", "coop"):
        with pytest.raises(UnknownEvaluation):
            shelf.drop_case(name, "fr-002")


def test_a_file_that_is_no_set_is_told_of_and_hides_no_other(shelf: Desk, tmp_path: Path) -> None:
    """Somebody edited it by hand."""
    shelf.accept(FORM, "bonne")
    (tmp_path / "evals" / "sets" / "fausse.toml").write_text("[[case]]\nid = 'x'\n", "utf-8")
    told = {one.name: one.broken for one in shelf.sets() if one.own}
    assert told["bonne"] == ""
    assert "fausse.toml" in told["fausse"]


def test_one_run_at_a_time_is_stopped_and_goes_on_without_asking_twice(desk: Desk, paced: Paced) -> None:
    """What was played is kept."""
    for _ in range(5):
        desk.accept(FORM, "a")
    paced.held_at = 4  # one warms up, the third of the set waits
    desk.start("a", None)
    wait(lambda: len(paced.asked) == 4)
    with pytest.raises(EvaluationBusy):
        desk.start("a", None)
    (running,) = desk.open_set("a", None).runs
    assert (running.state, running.done) == ("running", 2)
    desk.stop()
    paced.go_on.set()
    wait(lambda: ended(desk))
    (stopped,) = desk.open_set("a", None).runs
    assert (stopped.state, stopped.done) == ("stopped", 3)
    paced.asked.clear()
    play(desk, "a")
    assert len(paced.asked) == 3
    (whole,) = desk.open_set("a", None).runs
    assert (whole.id, whole.state, whole.done, whole.right) == (stopped.id, "whole", 5, 5)


def test_a_service_that_closes_leaves_a_run_that_can_go_on(desk: Desk, paced: Paced, tmp_path: Path) -> None:
    """The question under way is finished, none is begun."""
    for _ in range(4):
        desk.accept(FORM, "a")
    paced.held_at = 2
    desk.start("a", None)
    wait(lambda: len(paced.asked) == 2)
    desk.stop()
    paced.go_on.set()
    desk.close()
    (file,) = (tmp_path / "evals").glob("*.jsonl")
    assert len(read_run(file).missing) == 3


def test_two_runs_are_compared_in_the_words_of_the_gate(desk: Desk, paced: Paced) -> None:
    """What broke is named, with both answers; sets are not mixed."""
    desk.accept(FORM, "a")
    desk.accept(FORM, "b")
    first = play(desk, "a")
    found = desk.compare(first, first, "fr", None)
    assert (found.passed, found.verdict, found.broken, found.mended) == (None, "Trop peu de cas pour conclure.", (), ())
    assert "au moins 6 cas" in found.reasons[0]
    assert {(one.low, one.high, one.p) for one in found.metrics} == {(None, None, None)}
    paced._product.remove(document(paced, "ouvert"))
    time.sleep(1.1)  # runs are named by the second
    second = play(desk, "a")
    worse = desk.compare(second, first, "en", None)
    assert [flip.question for flip in worse.broken] == [FORM.question]
    assert "4 mai 2011" in worse.broken[0].before
    assert any(one.name == "Right answers" for one in worse.metrics)
    assert [run.id for run in desk.open_set("a", None).runs] == [second, first]
    assert len(desk.curve("a", "fr").points) == 2
    with pytest.raises(UnknownEvaluation):
        desk.compare(first, play(desk, "b"), "fr", None)


def test_what_a_person_may_not_read_is_neither_asked_nor_shown(desk: Desk, paced: Paced) -> None:
    """R-34: the run answers its starter from what they may read, and its pages show others no more than that."""
    reserved = document(paced, "reserve")
    desk.accept(FORM, "a")
    desk.accept(replace(SECRET, document=reserved, quote=CLOSED), "a")
    as_anybody = play(desk, "a", Reader())
    assert all("Cherchell" not in (flip.now or "") for flip in desk.compare(as_anybody, as_anybody, "fr", None).broken)
    report = desk.report(as_anybody, "", Reader())
    time.sleep(1.1)
    as_justice = play(desk, "a", JUSTICE)
    for text in (report, desk.report(as_justice, as_anybody, Reader())):
        assert "Zéralda" in text
        assert "Cherchell" not in text
        assert "navires" not in text
    assert "quarante navires" in desk.report(as_justice, "", JUSTICE)
    assert desk.compare(as_justice, as_anybody, "fr", Reader()).withheld == 1
    assert desk.compare(as_justice, as_anybody, "fr", JUSTICE).withheld == 0
    assert ([case.question for case in desk.open_set("a", Reader()).cases], desk.open_set("a", Reader()).withheld) == (
        [FORM.question],
        1,
    )
    with pytest.raises(UnknownEvaluation):
        desk.drop_case("a", "fr-002", Reader())
    assert len(desk.open_set("a", None).cases) == 2
    desk.drop_case("a", "fr-002", JUSTICE)
    assert [case.question for case in desk.open_set("a", None).cases] == [FORM.question]
