"""A question is put to the documents that a person chose, and to no others."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import OpenData, Shipped

from assistant.assistant import Assistant
from assistant.cli import build_parser, main
from assistant.filters import Filters, UnknownFilter, chosen, what_there_is
from assistant.library import Request
from assistant.ownership import Ownership
from assistant.remote import RemoteAssistant
from assistant.wiring import SOCKET
from index.records import DocumentRecord, Records, RecordsUnavailable

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
        (Filters(since="2016"), "b"),
        (Filters(until="2018-03"), "ab"),
    ],
)
def test_documents_pass_that_have_all_that_is_asked(filters: Filters, ids: str | None) -> None:
    assert chosen(filters, RECORDS) == (None if ids is None else frozenset(ids))


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        (Filters(since="2015-03-11", until="2015-03-11"), True),
        (Filters(since="2016-01-01"), False),
        (Filters(until="2014-12-31"), False),
    ],
)
def test_a_document_that_tells_only_its_year_passes_any_day_of_it(filters: Filters, passes: bool) -> None:
    assert (chosen(filters, [record("a", date="2015")]) == {"a"}) is passes


@pytest.mark.parametrize("filters", [Filters(frameworks=("cmay",)), Filters(documents=("cc",))])
def test_a_name_that_nothing_has_is_told_with_what_there_is(filters: Filters) -> None:
    with pytest.raises(
        UnknownFilter, match=r"Aucun (cadre 'cmay'|document 'cc'). Vouliez-vous dire '\w+' \? Il y a : "
    ):
        chosen(filters, RECORDS)


def test_who_filters_all_away_is_told_what_there_is() -> None:
    assert what_there_is(RECORDS) == "Il y a : langues ar, fr ; dates de 2015-03-11 à 2018-03-07, 1 sans date."
    assert what_there_is(RECORDS[2:]) == "Il y a : langues fr ; aucun texte daté."
    assert what_there_is([]) == ""


def test_an_answer_comes_from_the_chosen_documents(shipped: Shipped) -> None:
    assert "11 et 12 mars 2015" in shipped.assistant.ask(SESSIONS, filters=Filters(documents=("cmai",))).text
    elsewhere = shipped.assistant.ask(SESSIONS, filters=Filters(documents=("maghreb", "union-africaine")))
    assert elsewhere.refused
    assert {passage.document for passage in elsewhere.passages} <= {"maghreb", "union-africaine"}
    nothing = shipped.assistant.ask(SESSIONS, filters=Filters(languages=("ar",)))
    assert (nothing.refused, nothing.reason, nothing.passages) == (True, "filtered", ())


def test_filters_go_through_the_service(shipped: Shipped) -> None:
    remote = RemoteAssistant(shipped.data / SOCKET)
    filters = Filters(documents=("maghreb",), languages=("fr",))
    assert {match.document for match in remote.search(SESSIONS, 5, filters)} == {"maghreb"}
    assert {passage.document for passage in remote.ask(SESSIONS, filters=filters).passages} == {"maghreb"}
    assert remote.search(SESSIONS, 5, Filters(until="2030-01-01")) == []  # the shipped texts bear no date


def test_the_commands_take_filters(shipped: Shipped, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(shipped.data)]
    assert main([*data, "search", "--json", "--document", "maghreb", "--document", "cmai", SESSIONS]) == 0
    assert {match["document"] for match in json.loads(capsys.readouterr().out)} <= {"maghreb", "cmai"}
    assert main([*data, "search", "--language", "ar", SESSIONS]) == 0
    assert "Aucun passage ne passe les filtres choisis. Il y a : langues fr ; " in capsys.readouterr().out
    assert main([*data, "ask", "--since", "2099-01-01", SESSIONS]) == 0
    assert "Il y a : langues fr ; " in capsys.readouterr().out
    assert main([*data, "ask", "--document", "cmay", SESSIONS]) != 0
    assert "Vouliez-vous dire 'cmai'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*data, "ask", "--since", "hier", SESSIONS])


@pytest.mark.parametrize(
    ("given", "documents"),
    [
        (["--document", "maghreb,cmai"], {"maghreb", "cmai"}),
        (["--document", "maghreb, union-africaine", "--document", "cmai"], {"maghreb", "union-africaine", "cmai"}),
        (["--framework", "ligue-arabe,maghreb"], {"maghreb", "cmai"}),
        (["--language", "fr,ar", "--document", "cmai"], {"cmai"}),
    ],
    ids=lambda value: " ".join(sorted(value)),
)
def test_names_are_given_one_by_one_or_in_a_list(
    shipped: Shipped, capsys: pytest.CaptureFixture[str], given: list[str], documents: set[str]
) -> None:
    assert main(["--data", str(shipped.data), "search", "--json", "--top-k", "50", *given, SESSIONS]) == 0
    assert {match["document"] for match in json.loads(capsys.readouterr().out)} == documents


def test_a_name_that_holds_a_comma_is_quoted() -> None:
    options = build_parser().parse_args(["ask", "--document", '"a,b",c', "q"])
    assert options.document == ["a,b", "c"]


@pytest.mark.parametrize(
    "given", [["--language", "de"], ["--language", "fr,de"], ["--document", ""], ["--framework", "a,,b"]], ids=" ".join
)
def test_a_list_that_names_nothing_of_ours_is_a_wrong_call(given: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        build_parser().parse_args(["ask", *given, "q"])
    assert left.value.code == 2


def test_a_narrow_filter_finds_as_many_passages_as_are_asked_for(product: Assistant, tmp_path: Path) -> None:
    """Three documents that every other one is nearer to the question than: filtering comes before ranking."""
    near = [{"id": f"n{n}", "text": f"Le conseil des ministres se réunit à Tunis, séance {n}."} for n in range(300)]
    far = [{"id": f"f{n}", "text": f"Une note sur les séismes et les volcans, {n}."} for n in range(3)]
    (tmp_path / "l.jsonl").write_text("\n".join(json.dumps(item) for item in near + far), encoding="utf-8")
    list(product.ingest(Request((), tmp_path / "l.jsonl")))
    question, filters = "Où se réunit le conseil des ministres ?", Filters(documents=("f0", "f1", "f2"))
    assert not {match.document for match in product.search(question, 100)} & set(filters.documents)
    assert {match.document for match in product.search(question, 3, filters)} == set(filters.documents)


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


def test_a_new_data_directory_is_its_owners_alone(short_folders: Callable[[], Path]) -> None:
    data = short_folders() / "new"
    before = os.umask(0)
    try:
        ownership = Ownership(data)
        assert ownership.claim()
    finally:
        os.umask(before)
    ownership.release()
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_in_a_directory_that_others_can_read_what_is_kept_is_still_its_owners_alone(
    data: Path, open_data: OpenData
) -> None:
    before = os.umask(0)
    try:
        data.chmod(0o755)
        product = open_data(data)
    finally:
        os.umask(before)
    assert product.documents() == []
    kept = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.glob("cooperation.db*")}
    assert set(kept) == {"cooperation.db", "cooperation.db-wal", "cooperation.db-shm"}
    assert set(kept.values()) == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in data.glob("index-*/*") if path.is_dir()} == {0o700}


def test_a_database_that_cannot_be_made_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordsUnavailable, match="COOPERATION_DATABASE_URL"):
        Records(f"sqlite:///{tmp_path / 'file' / 'cooperation.db'}")
