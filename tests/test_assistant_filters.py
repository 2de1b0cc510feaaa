"""A question is put to the documents that a person chose, and to no others."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Shipped

from assistant.cli import main
from assistant.filters import Filters, UnknownFilter, chosen
from assistant.remote import RemoteAssistant
from assistant.wiring import SOCKET
from index.records import DocumentRecord, Records

SESSIONS = "Quand s'est tenue la 32e session du CMAI ?"


def record(id: str, framework: str = "uma", language: str = "fr", date: str = "") -> DocumentRecord:
    return DocumentRecord(id, id, framework, language, "", "", date, "0", None, "2026-01-01")


RECORDS = (
    record("a", "uma", "fr", "2015-03-11"),
    record("b", "cmai", "ar", "2018-03-07"),
    record("c", "cmai", "fr"),
)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), None),
        (Filters(frameworks=("cmai",)), "bc"),
        (Filters(frameworks=("cmai", "uma"), languages=("fr",)), "ac"),
        (Filters(documents=("c",)), "c"),
        (Filters(documents=("c",), languages=("ar",)), ""),
        (Filters(since="2015-03-11"), "ab"),
        (Filters(until="2015-03-11"), "a"),
        (Filters(since="2016-01-01", until="2016-12-31"), ""),
    ],
)
def test_documents_pass_that_have_all_that_is_asked(filters: Filters, ids: str | None) -> None:
    assert chosen(filters, RECORDS) == (None if ids is None else frozenset(ids))


@pytest.mark.parametrize("filters", [Filters(frameworks=("cmay",)), Filters(documents=("cc",))])
def test_a_name_that_nothing_has_is_told_with_what_there_is(filters: Filters) -> None:
    with pytest.raises(
        UnknownFilter, match=r"Aucun (cadre 'cmay'|document 'cc'). Vouliez-vous dire '\w+' \? Il y a : "
    ):
        chosen(filters, RECORDS)


def test_an_answer_comes_from_the_chosen_documents(shipped: Shipped) -> None:
    assert "11 et 12 mars 2015" in shipped.assistant.ask(SESSIONS, filters=Filters(documents=("cmai",))).text
    elsewhere = shipped.assistant.ask(SESSIONS, filters=Filters(documents=("maghreb", "union-africaine")))
    assert elsewhere.refused
    assert {passage.document for passage in elsewhere.passages} <= {"maghreb", "union-africaine"}
    nothing = shipped.assistant.ask(SESSIONS, filters=Filters(languages=("ar",)))
    assert (nothing.refused, nothing.reason, nothing.passages) == (True, "filtered", ())


def test_filters_go_through_the_service(shipped: Shipped) -> None:
    remote = RemoteAssistant(shipped.data / SOCKET)
    filters = Filters(documents=("maghreb",), until="2030-01-01")
    assert {match.document for match in remote.search(SESSIONS, 5, filters)} == {"maghreb"}
    assert {passage.document for passage in remote.ask(SESSIONS, filters=filters).passages} == {"maghreb"}


def test_the_commands_take_filters(shipped: Shipped, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(shipped.data)]
    assert main([*data, "search", "--json", "--document", "maghreb", "--document", "cmai", SESSIONS]) == 0
    assert {match["document"] for match in json.loads(capsys.readouterr().out)} <= {"maghreb", "cmai"}
    assert main([*data, "search", "--language", "ar", SESSIONS]) == 0
    assert "Aucun passage ne passe les filtres" in capsys.readouterr().out
    assert main([*data, "ask", "--document", "cmay", SESSIONS]) != 0
    assert "Vouliez-vous dire 'cmai'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*data, "ask", "--since", "hier", SESSIONS])


def test_passages_say_where_they_stand(shipped: Shipped) -> None:
    for passage in shipped.assistant.ask(SESSIONS).passages:
        assert shipped.assistant.text(passage.document)[passage.start : passage.end] == passage.text


def test_the_database_is_its_owners_alone(short_folders: Callable[[], Path]) -> None:
    path = short_folders() / "new" / "cooperation.db"
    before = os.umask(0)
    try:
        Records(f"sqlite:///{path}").close()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
