"""The routes of conversations: only their owner's, only as JSON, only with a session; what leaves is logged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from account_fakes import PASSWORD, Desk, desk_over
from fastapi.testclient import TestClient
from test_ui_accounts import KEYS, post, signed_in
from test_ui_chat import FakeAssistant
from test_ui_render import PAYLOADS, QUOTE, TEXT, an_answer

from assistant.accounts.account import Role
from assistant.answers.answer import Removed
from assistant.conversations.conversations import Conversations
from assistant.conversations.opinions import Opinions
from ui.app import build_app
from ui.diary import diary
from ui.history import FORMATS
from ui.i18n import words
from ui.kept import Keeper, still_readable
from ui.panel import day
from ui.sources import Shelves
from ui.visits import Door

Visitor = Callable[[], TestClient]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_over(f"sqlite:///{tmp_path / 'a.db'}", tmp_path) as desk:
        yield desk


@pytest.fixture
def visitor(desk: Desk) -> Iterator[Visitor]:
    app = build_app(FakeAssistant(), Door(desk.opened, KEYS))
    with TestClient(app):
        yield lambda: TestClient(app, follow_redirects=False)


@pytest.fixture
def kept(desk: Desk) -> Conversations:
    return Conversations(desk.opened.parts.database, desk.clock)


CHANGES = {
    "rename": {"title": "À moi"},
    "delete": {},
    "restore": {},
    "turns/1/opinion": {"good": False},
}


def test_a_conversation_of_somebody_else_answers_as_one_that_never_was(
    visitor: Visitor, desk: Desk, kept: Conversations
) -> None:
    """R-24: the same 404 and the same words, whatever is asked of it."""
    signed_in(visitor, desk, "alice")
    bob = signed_in(visitor, desk, "bob")
    hers = kept.keep(desk.account("alice").id, "", 1, an_answer())
    for path, body in CHANGES.items():
        answers = [bob.post(f"/conversations/{id}/{path}", json=body) for id in (hers, "0" * 24)]
        assert {one.status_code for one in answers} == {404}, path
        assert len({one.text for one in answers}) == 1
    for kind in FORMATS:
        assert bob.get(f"/conversations/{hers}/export/{kind}").status_code == 404
    assert hers not in bob.get("/conversations").text
    assert len(kept.open(desk.account("alice").id, hers)) == 1


def test_without_a_session_no_route_of_conversations_answers(visitor: Visitor, kept: Conversations) -> None:
    id = kept.keep(None, "", 1, an_answer())
    for path in ("", "/panel", f"/{id}/export/pdf"):
        assert visitor().get(f"/conversations{path}").status_code in (303, 401)
    for path, body in CHANGES.items():
        assert visitor().post(f"/conversations/{id}/{path}", json=body).status_code == 401


def test_only_evaluators_make_a_case(visitor: Visitor, desk: Desk, kept: Conversations) -> None:
    """R-25: the right is asked for even where the button is not shown."""
    amel, eva = signed_in(visitor, desk, "amel"), visitor()
    desk.member("eva", Role.EVALUATOR)
    post(eva, "/account/login", "/account/login", name="eva", password=PASSWORD)
    for client, name, status in ((amel, "amel", 403), (eva, "eva", 204)):
        id = kept.keep(desk.account(name).id, "", 1, an_answer(question=f"{name} ?"))
        assert client.post(f"/conversations/{id}/turns/1/candidate", json={}).status_code == status
        assert ("evaluator" in client.get("/conversations/panel").text) is (status == 204)
    waiting = Opinions(desk.opened.parts.database, kept, desk.clock).waiting()
    assert [one.question for one in waiting] == ["eva ?"]


def test_what_no_page_of_ours_sends_is_refused(visitor: Visitor, desk: Desk, kept: Conversations) -> None:
    """Another site's form, or one without JSON, changes nothing."""
    amel = signed_in(visitor, desk, "amel")
    id = kept.keep(desk.account("amel").id, "", 1, an_answer())
    for path, body in CHANGES.items():
        address = f"/conversations/{id}/{path}"
        assert amel.post(address, json=body, headers={"Origin": "https://evil.example"}).status_code == 403
        assert amel.post(address, data={"title": "x"}).status_code == 422
        assert amel.post(address, content="{}", headers={"Content-Type": "text/plain"}).status_code == 422
    assert [turn.good for turn in kept.open(desk.account("amel").id, id)] == [None]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_export_is_a_file_without_what_was_removed_and_is_logged(
    visitor: Visitor, desk: Desk, kept: Conversations, kind: str
) -> None:
    amel = signed_in(visitor, desk, "amel")
    answer = an_answer(question="Bilan\r\nX-Evil: 1 ?", removed=(Removed("CANARI", "non confirmé"),))
    id = kept.keep(desk.account("amel").id, "", 1, answer)
    response = amel.get(f"/conversations/{id}/export/{kind}")
    assert response.status_code == 200
    assert response.headers["content-type"] == FORMATS[kind][1]
    assert response.headers["content-disposition"].startswith("attachment;")
    assert "x-evil" not in response.headers
    assert b"CANARI" not in response.content
    with desk.opened.parts.database.reading() as connection:
        (entry, *_) = desk.opened.parts.audit.entries(connection, action="export")
    assert (entry.actor, entry.about, entry.detail) == ("amel", f"conversation {id}", kind)


NOWHERE: Any = SimpleNamespace(request=None)
SINCE = {"replaced": "Ce document a été remplacé depuis", "removed": "Ce document a été retiré depuis"}


def changed(fake: FakeAssistant, how: str) -> None:
    """The document that the answers quote says other words, says them elsewhere, or is gone."""
    fake.words = {"replaced": "Une note plus récente.", "moved": f"Une page de plus.\n\n{TEXT}"}.get(how, TEXT)
    fake.ids = [] if how == "removed" else fake.ids


@pytest.mark.parametrize("how", ["replaced", "removed", "moved"])
def test_a_conversation_says_what_has_become_of_the_documents_it_quotes(desk: Desk, how: str) -> None:
    """It counts as verified while its quotes stand in them; nothing is written down, so that it may again."""
    fake = FakeAssistant()
    keeper = Keeper(diary(desk.opened.parts.database, desk.clock, accounts=False), Shelves(fake))
    id = Conversations(desk.opened.parts.database, desk.clock).keep(None, "", 1, an_answer())
    _, _, before, *_ = keeper.open(id, "fr", NOWHERE)
    changed(fake, how)
    turns, _, page, *_ = keeper.open(id, "fr", NOWHERE)
    assert QUOTE.split("\n")[0] in page
    if how == "moved":
        assert "1 phrase vérifiée" in page
        start = fake.words.index(QUOTE)
        assert f"/documents/cmai?start={start}&amp;end={start + len(QUOTE)}#quote" in page
    else:
        assert "1 phrase n’est plus vérifiée" in page
        assert page.count(SINCE[how]) == 3  # under the answer, in its proof, in what is copied
        assert not any(said in page for said in ("1 phrase vérifiée", "mot pour mot", "#quote", 'class="tick"'))
        assert 'class="passage"' not in page
        assert ("Ouvrir le document" in page) is (how == "replaced")
    assert not turns[0].key
    keeper.keep(turns, id, "fr", NOWHERE)
    changed(fake, "")
    fake.ids = ["cmai"]
    assert keeper.open(id, "fr", NOWHERE)[2] == before


def test_a_turn_of_an_open_page_says_so_too(desk: Desk) -> None:
    fake = FakeAssistant()
    shelf = Shelves(fake).of(None)
    keeper = Keeper(diary(desk.opened.parts.database, desk.clock, accounts=False), Shelves(fake))
    id = Conversations(desk.opened.parts.database, desk.clock).keep(None, "", 1, an_answer())
    turns = keeper.open(id, "fr", NOWHERE)[0]
    assert still_readable(turns, shelf)[0] is turns[0]
    changed(fake, "replaced")
    assert [proof.changed for proof in still_readable(turns, shelf)[0].proofs] == ["replaced"]


@pytest.mark.parametrize("how", ["replaced", "removed"])
def test_an_export_says_what_has_become_of_the_documents_it_quotes(tmp_path: Path, desk: Desk, how: str) -> None:
    fake = FakeAssistant()
    app = build_app(fake, Door(desk.opened, KEYS))
    with TestClient(app):
        amel = signed_in(lambda: TestClient(app, follow_redirects=False), desk, "amel")
        id = Conversations(desk.opened.parts.database, desk.clock).keep(desk.account("amel").id, "", 1, an_answer())
        export = f"/conversations/{id}/export/md"
        assert "depuis" not in amel.get(export).text
        changed(fake, how)
        said = amel.get(export).text
        assert "Cette réponse n’est plus vérifiée en entier" in said
        assert SINCE[how] in said


def test_no_other_format_is_made(visitor: Visitor, desk: Desk, kept: Conversations) -> None:
    amel = signed_in(visitor, desk, "amel")
    id = kept.keep(desk.account("amel").id, "", 1, an_answer())
    for kind in ("exe", "..%2fpdf", "PDF"):
        assert amel.get(f"/conversations/{id}/export/{kind}").status_code == 404


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_names_and_questions_are_listed_as_words(
    visitor: Visitor, desk: Desk, kept: Conversations, payload: str
) -> None:
    """R-36: as titles by a question, and as names."""
    amel = signed_in(visitor, desk, "amel")
    id = kept.keep(desk.account("amel").id, "", 1, an_answer(question=payload))
    for _ in range(2):
        listed = amel.get("/conversations").text
        assert not any(tag in listed for tag in ("<script", "<img", "<svg", "<iframe", "<style", "<a "))
        assert amel.post(f"/conversations/{id}/rename", json={"title": payload}).status_code == 204


def test_days_are_named_until_they_are_dates() -> None:
    today = date(2026, 11, 26)
    said = [day(date(2026, 11, n), today, words("fr")) for n in (26, 25, 20, 19)]
    assert said == ["Aujourd’hui", "Hier", "Cette semaine", "19 novembre 2026"]
