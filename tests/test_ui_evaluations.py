"""The evaluators' pages: only theirs, by forms of ours, in three languages; nothing typed or hidden gets through."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from account_fakes import Desk
from fastapi.testclient import TestClient
from test_ui_admin import signed_in_as
from test_ui_api import Scripted, assistant, desk, visitor  # noqa: F401
from test_ui_render import PAYLOADS, an_answer

from assistant.accounts.account import Role
from assistant.conversations.conversations import Conversations
from assistant.conversations.opinions import Opinions
from assistant.evaluations import CaseForm, Compared, Curve, CurvePoint, Flip, MetricShown, RunShown
from evals.cases import read_cases
from ui.bar import Bar
from ui.eval_chart import charts
from ui.evaluations import Look, comparison, number
from ui.i18n import LANGUAGES, words

BAR = Bar((), ())

RUN = RunShown("a-1", "a", "2026-11-26T05:00:00+00:00", "whole", 2, 2, 1, 2)
EXPECTED = {"expect": "conventions", "new_set": "a", "action": "accept", "language": "fr"}


@pytest.fixture
def eva(visitor: Callable[[], TestClient], desk: Desk) -> TestClient:  # noqa: F811
    """An evaluator who is signed in."""
    return signed_in_as(visitor, desk, "eva", Role.EVALUATOR)


@pytest.fixture
def voices(desk: Desk) -> Opinions:  # noqa: F811
    """Where opinions are kept."""
    database = desk.opened.parts.database
    return Opinions(database, Conversations(database, desk.clock), desk.clock)


def thumb_down(desk: Desk, voices: Opinions, question: str = "Quelles conventions ?", comment: str = "") -> str:  # noqa: F811
    """A reader's thumb down; the candidate's id."""
    kept = Conversations(desk.opened.parts.database, desk.clock)
    id = kept.keep(None, "", 1, an_answer(question=question))
    voices.give(None, id, 1, False, "incomplete", comment)
    return voices.waiting()[-1].id


def send(client: TestClient, page: str, path: str, /, **fields: str) -> int:
    """Send a form of a page, with its token; the status of the answer."""
    token = re.search(r'name="form" value="([0-9a-f]+)"', client.get(page).text)
    assert token
    return int(client.post(path, data={"form": token.group(1), **fields}).status_code)


def test_a_candidate_is_filled_in_from_the_answer_and_accepted_once(
    eva: TestClient,
    desk: Desk,  # noqa: F811
    voices: Opinions,
    tmp_path: Path,
) -> None:
    """Document, page and quote of the first source; of two who decide, one finds it gone."""
    id = thumb_down(desk, voices, comment="Il en manque une.")
    page = eva.get(f"/evaluations/candidates/{id}").text
    assert '<option value="cmai" selected>' in page
    assert 'name="page" inputmode="numeric" value="2"' in page
    assert "Il manque quelque chose. Il en manque une." in page
    address = f"/evaluations/candidates/{id}"
    sent = {"question": "Quelles conventions ?", "document": "cmai", "page": "2", **EXPECTED}
    assert send(eva, address, address, **sent) == 303
    (case,) = read_cases(tmp_path / "evals" / "sets" / "a.toml")
    assert (case.relevant[0].document, case.relevant[0].page) == ("cmai", 2)
    assert send(eva, "/evaluations/sets/a", address, **sent) == 404
    assert voices.waiting() == []
    assert "case-accepted" in desk.actions()


def test_a_candidate_shows_the_answer_as_far_as_its_evaluator_may_read_it(
    eva: TestClient,
    desk: Desk,  # noqa: F811
    voices: Opinions,
    assistant: Scripted,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the reader refused is what is judged; a second source that is closed withholds it, a deletion takes it."""
    kept, told = Conversations(desk.opened.parts.database, desk.clock), "La réponse que le lecteur a refusée."
    first = an_answer()
    first = replace(first, sentences=(replace(first.sentences[0], text=told),))
    second = replace(first.citations[0], n=2, document="reserve")
    id = kept.keep(None, "", 1, replace(first, citations=(*first.citations, second)))
    voices.give(None, id, 1, False, "wrong")
    address = f"/evaluations/candidates/{voices.waiting()[-1].id}"
    assert told in eva.get(address).text
    monkeypatch.setattr(assistant, "readers", lambda: {"reserve": ("justice",)})
    page = eva.get(address).text
    assert told not in page
    assert "Cette réponse n’est plus montrée" in page
    kept.delete(None, id)
    assert "la réponse n’est plus gardée" in eva.get(address).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expect": ""}, "rien ne peut être jugé"),
        ({"question": " "}, "Il n’y a pas de question."),
        ({"new_set": ""}, "Choisissez une suite"),
        ({"new_set": "coop"}, "suite livrée"),
        ({"expect": "re:("}, "Le cas n’a pas été gardé"),
    ],
    ids=["nothing expected", "no question", "no set", "a shipped set", "a wrong pattern"],
)
def test_an_unfinished_case_says_what_to_complete_and_keeps_what_was_typed(
    eva: TestClient,
    desk: Desk,  # noqa: F811
    voices: Opinions,
    changed: dict[str, str],
    said: str,
) -> None:
    """The candidate waits on."""
    id = thumb_down(desk, voices)
    address = f"/evaluations/candidates/{id}"
    token = re.search(r'name="form" value="([0-9a-f]+)"', eva.get(address).text)
    assert token
    sent = {"form": token.group(1), "question": "Q ?", "note": "Tapé ici", **EXPECTED, **changed}
    answer = eva.post(address, data=sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Tapé ici" in answer.text
    assert [one.id for one in voices.waiting()] == [id]


def test_a_candidate_is_dropped(eva: TestClient, desk: Desk, voices: Opinions) -> None:  # noqa: F811
    """Whatever its form holds."""
    id = thumb_down(desk, voices)
    address = f"/evaluations/candidates/{id}"
    assert send(eva, address, address, action="drop") == 303
    assert voices.waiting() == []


def test_a_candidate_of_a_document_one_may_not_read_is_counted_and_not_shown(
    eva: TestClient,
    desk: Desk,  # noqa: F811
    voices: Opinions,
    assistant: Scripted,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R-34: an evaluator is a reader like another."""
    id = thumb_down(desk, voices, "Question réservée ?")
    monkeypatch.setattr(assistant, "readers", lambda: {"cmai": ("justice",)})
    page = eva.get("/evaluations").text
    assert "Question réservée" not in page
    assert "1 cas touche un document" in page
    address = f"/evaluations/candidates/{id}"
    assert eva.get(address).status_code == 404
    assert send(eva, "/evaluations/sets/modele", address, action="drop") == 404
    assert len(voices.waiting()) == 1


def test_a_form_that_is_not_ours_changes_nothing(eva: TestClient, desk: Desk, voices: Opinions) -> None:  # noqa: F811
    """Without its token, with a wrong one, from another site."""
    id = thumb_down(desk, voices)
    for path in (f"candidates/{id}", "run", "stop", "sets/a/drop"):
        for fields in ({}, {"form": "0" * 64}):
            sent = {"action": "drop", "set": "modele", "case": "x", **fields}
            assert eva.post(f"/evaluations/{path}", data=sent).status_code == 403
    foreign = {"Origin": "https://evil.example"}
    assert eva.post("/evaluations/run", data={"set": "modele"}, headers=foreign).status_code == 403
    assert len(voices.waiting()) == 1
    assert eva.get("/evaluations/progress").json()["running"] is False


def test_hostile_words_are_shown_as_words(eva: TestClient, desk: Desk, voices: Opinions) -> None:  # noqa: F811
    """R-36: in a question, a comment, a case, a comparison."""
    shown = []
    for payload in PAYLOADS:
        id = thumb_down(desk, voices, payload, payload)
        address = f"/evaluations/candidates/{id}"
        shown += [eva.get("/evaluations").text, eva.get(address).text]
        sent = {**EXPECTED, "question": payload, "expect": " ".join(payload.split())}
        assert send(eva, address, address, **sent) == 303
        flip = Flip("x", payload, payload, payload)
        compared = Compared(RUN, RUN, True, "ok", (payload,), (payload,), (flip,), (), (), (), 0)
        shown.append(comparison(compared, Look(words("fr"), "", "", BAR)))
    shown.append(eva.get("/evaluations/sets/a").text)
    assert shown[-1].count('<td class="acts">') == len(PAYLOADS)
    for page in shown:
        for tag in ("<img", "<iframe", "<style", "<script", 'href="javascript'):
            assert tag not in page, tag


def test_what_is_not_there_is_a_page_that_says_so(eva: TestClient) -> None:
    """A set, a candidate, a run, a comparison of two sets; names that are paths."""
    for path in (
        "sets/x",
        "candidates/x",
        "runs/x/report",
        "compare?run=x&baseline=y",
        f"runs/{quote('../a', '')}/report",
    ):
        assert eva.get(f"/evaluations/{path}").status_code == 404, path


def test_a_shipped_set_loses_no_case(eva: TestClient) -> None:
    """Nothing is written in the package."""
    assert send(eva, "/evaluations/sets/modele", "/evaluations/sets/modele/drop", case="fr-01") == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_comparison_is_written_in_the_readers_form(language: str) -> None:
    """Figures, dates and the direction."""
    metric = MetricShown("m", True, 4, 0.5, 0.975, -0.1, 0.2, 0.04, "better", False)
    found = Compared(RUN, RUN, False, "v", ("r",), ("n",), (Flip("i", "Q", "", "A"),), (), (), (metric,), 3)
    page = comparison(found, Look(words(language), "dark", "", BAR))
    shown = {"fr": "97,5 %", "ar": "97,5٪", "en": "97.5%"}[language]
    assert shown in page
    assert words(language)["evaluations.refused"] in page
    assert words(language).count("evaluations.withheld", 3) in page
    assert f'dir="{words(language).direction}" data-theme="dark"' in page
    assert "/account" not in page


def test_a_figure_that_is_none_is_a_dash() -> None:
    """And a whole one has no decimals."""
    french = words("fr")
    assert [number(value, french) for value in (None, 1.0, 0.0)] == ["–", "100 %", "0 %"]
    assert number(-0.125, french, True, True) == "\u2066−12,5\u2069"
    assert number(-0.0001, french, True, True) == "\u20660\u2069"


def test_a_history_is_drawn_from_left_to_right_between_nothing_and_all() -> None:
    """A metric that only one run has is not drawn."""
    points = tuple(
        CurvePoint(f"2026-11-2{n}T05:00:00+00:00", 5, "0.1", (value, None if n else 0.5))
        for n, value in enumerate((0.0, 1.0, None, 0.5))
    )
    (chart,) = charts(Curve(("Justes", "Autre"), points), words("fr"))
    assert [y for _x, y in chart.points] == [88, 8, 48]
    assert [x for x, _y in chart.points] == [8, 150, 292]
    assert (chart.first, chart.last, chart.dates) == ("0 %", "50 %", ("20 novembre 2026", "23 novembre 2026"))


def test_a_form_has_the_case_as_it_was_filled_in() -> None:
    """No field is lost between the two."""
    from ui.eval_pages import CaseFields

    filled = {name: f"{name}" for name in CaseForm.__dataclass_fields__}
    assert CaseFields(**filled, action="accept", set="a").case() == CaseForm(**filled)
