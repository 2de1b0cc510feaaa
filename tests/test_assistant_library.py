"""What goes in and what goes out: files add, folders also remove, lists add, and whatever cannot be read is told."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import Shipped

from assistant.assistant import Assistant
from assistant.library import Outcome, Request, document_id
from corpus.manifest import read_manifest, shipped_texts
from index.records import opened

ZIP = b"PK\x03\x04" + b"\x00" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three texts, one of them below another folder."""
    texts = tmp_path / "textes"
    (texts / "annexes").mkdir(parents=True)
    write(texts / "conseil.md", "# Le conseil\n\nLe conseil se réunit à Tunis.\n")
    write(texts / "plan.txt", "Le plan d'action compte douze mesures.\n")
    write(
        texts / "annexes" / "budget.html",
        "<html><body><h1>Budget</h1><p>Le budget est de 3 millions.</p></body></html>",
    )
    return texts


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def ingest(product: Assistant, *paths: Path) -> list[Outcome]:
    return list(product.ingest(Request(paths)))


def statuses(outcomes: Sequence[Outcome]) -> dict[str, str]:
    return {Path(outcome.path).name: outcome.status for outcome in outcomes}


def texts(product: Assistant) -> dict[str, str]:
    return {Path(record.source).name: product.text(record.id) for record in product.documents()}


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_new_data_directory_is_empty(product: Assistant) -> None:
    """Nothing is there that nobody asked for; a question is told so."""
    assert product.documents() == []
    assert product.search("conseil") == []
    assert (product.ask("Où se réunit le conseil ?").refused, product.ask("Où ?").reason) == (True, "empty")


def test_a_file_adds_its_document_and_is_searchable_at_once(product: Assistant, folder: Path) -> None:
    """The outcome carries its name, its id, its passages and its time."""
    (outcome,) = ingest(product, folder / "conseil.md")
    assert (outcome.status, outcome.path, outcome.chunks) == ("added", str(folder / "conseil.md"), 1)
    assert outcome.id == document_id(folder / "conseil.md")
    assert outcome.seconds > 0
    assert product.search("conseil Tunis")[0].document == outcome.id
    assert product.documents()[0].title == "Le conseil"


def test_a_file_ingested_twice_is_kept_as_it_is(product: Assistant, folder: Path) -> None:
    """Same bytes: nothing is read, embedded or written again."""
    before = ingest(product, folder / "conseil.md")
    record = product.documents()
    (outcome,) = ingest(product, folder / "conseil.md")
    assert (outcome.status, outcome.id, outcome.chunks) == ("kept", before[0].id, before[0].chunks)
    assert product.documents() == record


def test_a_changed_file_replaces_its_document_and_no_other(product: Assistant, folder: Path) -> None:
    """The old words are no longer found."""
    ingest(product, folder / "conseil.md", folder / "plan.txt")
    write(folder / "conseil.md", "# Le conseil\n\nLe conseil se réunit désormais à Alger.\n")
    assert statuses(ingest(product, folder / "conseil.md")) == {"conseil.md": "replaced"}
    assert "Alger" in texts(product)["conseil.md"]
    assert texts(product).keys() == {"conseil.md", "plan.txt"}
    assert not any("Tunis" in match.text for match in product.search("Tunis"))


def test_files_never_remove_a_document(product: Assistant, folder: Path) -> None:
    """Neither the others of their folder, nor one that is gone, nor their own when it cannot be found."""
    ingest(product, folder)
    (folder / "plan.txt").unlink()
    assert statuses(ingest(product, folder / "conseil.md")) == {"conseil.md": "kept"}
    (outcome,) = ingest(product, folder / "plan.txt")
    assert (outcome.status, outcome.reason) == ("refused", "fichier introuvable")
    assert texts(product).keys() == {"conseil.md", "plan.txt", "budget.html"}


def test_two_files_of_one_name_are_two_documents(product: Assistant, folder: Path) -> None:
    """An id tells where a file lies."""
    write(folder / "annexes" / "conseil.md", "# Annexe\n\nUne annexe au conseil.\n")
    ingest(product, folder / "conseil.md", folder / "annexes" / "conseil.md")
    assert len(product.documents()) == 2


@pytest.mark.parametrize("way", ["dots", "link"])
def test_a_file_is_one_document_by_whatever_way_it_is_reached(product: Assistant, folder: Path, way: str) -> None:
    """`../textes/conseil.md` and a link to its folder are the same file: nothing is there twice."""
    ingest(product, folder / "conseil.md")
    link = folder.parent / "lien"
    link.symlink_to(folder)
    other = {"dots": folder / "annexes" / ".." / "conseil.md", "link": link / "conseil.md"}[way]
    assert statuses(ingest(product, other)) == {"conseil.md": "kept"}
    assert len(product.documents()) == 1


# --- folders ---------------------------------------------------------------------------------------------------------


def test_a_folder_adds_all_it_holds_and_keeps_it_the_second_time(product: Assistant, folder: Path) -> None:
    """Folders below it too."""
    assert set(statuses(ingest(product, folder)).values()) == {"added"}
    assert texts(product).keys() == {"conseil.md", "plan.txt", "budget.html"}
    assert set(statuses(ingest(product, folder)).values()) == {"kept"}


def test_a_folder_removes_what_came_from_it_and_is_gone(product: Assistant, folder: Path, tmp_path: Path) -> None:
    """And neither what came from elsewhere nor what came one file at a time from elsewhere."""
    other = tmp_path / "autre"
    other.mkdir()
    write(other / "seul.md", "# Seul\n\nUn texte venu d'ailleurs.\n")
    write(tmp_path / "textes-voisin.md", "# Voisin\n\nUn nom qui commence pareil.\n")
    ingest(product, folder, other, tmp_path / "textes-voisin.md")
    (folder / "plan.txt").unlink()
    (folder / "annexes" / "budget.html").unlink()
    found = statuses(ingest(product, folder))
    assert found == {"conseil.md": "kept", "plan.txt": "removed", "budget.html": "removed"}
    assert texts(product).keys() == {"conseil.md", "seul.md", "textes-voisin.md"}
    assert not any("millions" in match.text for match in product.search("budget millions"))


def test_hidden_files_and_folders_are_not_texts(product: Assistant, folder: Path) -> None:
    """What a version control or an office suite leaves behind is nobody's document."""
    (folder / ".git").mkdir()
    write(folder / ".git" / "description.md", "# Dépôt\n\nUnnamed repository.\n")
    write(folder / ".conseil.md", "# Verrou\n\nFichier verrouillé.\n")
    assert statuses(ingest(product, folder)).keys() == {"conseil.md", "plan.txt", "budget.html"}


def test_an_empty_folder_is_no_error(product: Assistant, tmp_path: Path) -> None:
    """Nothing to add, nothing to remove."""
    assert ingest(product, tmp_path) == []


# --- refused ---------------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_is_refused_by_name_and_reason_and_the_others_go_on(
    product: Assistant, folder: Path
) -> None:
    """An archive in disguise, an empty file and a broken PDF, each told in words of its own."""
    (folder / "a-archive.md").write_bytes(ZIP)
    (folder / "b-vide.txt").write_bytes(b" \n ")
    (folder / "c-casse.pdf").write_bytes(b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\ntrailer << >>")
    outcomes = ingest(product, folder)
    refused = {Path(outcome.path).name: outcome.reason for outcome in outcomes if outcome.status == "refused"}
    assert refused.keys() == {"a-archive.md", "b-vide.txt", "c-casse.pdf"}
    assert "ZIP" in refused["a-archive.md"]
    assert refused["b-vide.txt"] == "fichier vide"
    assert all(reason and "Traceback" not in reason and "Error" not in reason for reason in refused.values())
    assert texts(product).keys() == {"conseil.md", "plan.txt", "budget.html"}


def test_nothing_half_indexed_stays_of_a_refused_file(product: Assistant, folder: Path) -> None:
    """No record, no passage, no text."""
    (folder / "faux.md").write_bytes(ZIP)
    (outcome,) = ingest(product, folder / "faux.md")
    assert (outcome.status, outcome.chunks) == ("refused", 0)
    assert product.documents() == []
    assert product.search("faux") == []


def test_a_format_that_is_not_read_is_told(product: Assistant, tmp_path: Path) -> None:
    """Given by name it is refused with the formats that are read."""
    (tmp_path / "exposé.pptx").write_bytes(ZIP)
    (outcome,) = ingest(product, tmp_path / "exposé.pptx")
    assert outcome.status == "refused"
    assert ".md" in outcome.reason


def test_a_file_that_became_unreadable_does_not_take_its_neighbours_with_it(product: Assistant, folder: Path) -> None:
    """It is refused; the folder's other texts stay."""
    ingest(product, folder)
    (folder / "plan.txt").write_bytes(ZIP)
    found = statuses(ingest(product, folder))
    assert found["plan.txt"] == "refused"
    assert {found["conseil.md"], found["budget.html"]} == {"kept"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_the_right_to_read_is_refused(product: Assistant, folder: Path) -> None:
    """The reason is the system's own word for it."""
    (folder / "plan.txt").chmod(0)
    (outcome,) = ingest(product, folder / "plan.txt")
    assert (outcome.status, outcome.reason.startswith("fichier illisible")) == ("refused", True)


# --- lists of documents ----------------------------------------------------------------------------------------------


def listed(product: Assistant, path: Path, *lines: str | dict[str, Any]) -> list[Outcome]:
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    write(path, "\n".join(written) + "\n")
    return list(product.ingest(Request((), path)))


@pytest.fixture
def list_file(tmp_path: Path) -> Path:
    """Where a list is written."""
    return tmp_path / "liste.jsonl"


def test_each_line_of_a_list_is_a_document_under_its_own_id(product: Assistant, list_file: Path) -> None:
    """Title and language as given; a language that is not given is told by the text."""
    outcomes = listed(
        product,
        list_file,
        {"id": "fr-1", "title": "Le conseil", "text": "Le conseil se réunit à Tunis.", "lang": "fr"},
        {"id": 7, "title": "", "text": "وقعت الدول العربية الاتفاقية العربية لمكافحة الفساد."},
    )
    assert [(outcome.id, outcome.status) for outcome in outcomes] == [("fr-1", "added"), ("7", "added")]
    records = {record.id: (record.title, record.language) for record in product.documents()}
    assert records == {"fr-1": ("Le conseil", "fr"), "7": ("", "ar")}
    assert product.text("fr-1") == "Le conseil se réunit à Tunis."


def test_a_list_ingested_twice_adds_nothing(product: Assistant, list_file: Path) -> None:
    """Accents written in two ways, and lines without a language, are no change."""
    lines = [
        {"id": "a", "title": "E\u0301te\u0301", "text": "Un été à Tunis."},
        {"id": "b", "title": "Deux\r\nlignes\x00", "text": "Une autre phrase.", "lang": "xx"},
    ]
    assert [outcome.status for outcome in listed(product, list_file, *lines)] == ["added", "added"]
    assert [outcome.status for outcome in listed(product, list_file, *lines)] == ["kept", "kept"]


def test_a_list_replaces_and_never_removes(product: Assistant, list_file: Path) -> None:
    """A document that is no longer on the list stays."""
    listed(product, list_file, {"id": "a", "text": "Un texte."}, {"id": "b", "text": "Un autre."})
    outcomes = listed(product, list_file, {"id": "a", "text": "Un texte revu."})
    assert [(outcome.id, outcome.status) for outcome in outcomes] == [("a", "replaced")]
    assert {record.id for record in product.documents()} == {"a", "b"}


BAD_LINES = {
    "no-json": "{",
    "no-object": '["id", "text"]',
    "a-string": '"texte"',
    "no-id": '{"text": "Un texte."}',
    "no-text": '{"id": "x"}',
    "text-null": '{"id": "x", "text": null}',
    "text-number": '{"id": "x", "text": 5}',
    "text-list": '{"id": "x", "text": ["Un", "texte"]}',
    "id-null": '{"id": null, "text": "Un texte."}',
    "id-empty": '{"id": "", "text": "Un texte."}',
    "id-object": '{"id": {}, "text": "Un texte."}',
    "id-half-a-character": '{"id": "\\ud800", "text": "Un texte."}',
    "title-list": '{"id": "x", "title": ["T"], "text": "Un texte."}',
    "text-empty": '{"id": "x", "text": "  "}',
    "text-invisible": '{"id": "x", "text": "\\u0000\\u200b"}',
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_line_is_refused_by_its_number_and_the_others_go_on(
    product: Assistant, list_file: Path, line: str
) -> None:
    """The line is named, the reason given, and nothing of it is a document."""
    outcomes = listed(
        product, list_file, {"id": "a", "text": "Un bon texte."}, "", line, {"id": "b", "text": "Encore."}
    )
    refused = [(outcome.path, bool(outcome.reason)) for outcome in outcomes if outcome.status == "refused"]
    assert refused == [(f"{list_file}#3", True)]
    assert {record.id for record in product.documents()} == {"a", "b"}


@pytest.mark.parametrize(
    "line", ['{"id": "x", "text": "Un \\ud800 texte."}', '{"id": "x", "title": "\\udc00", "text": "Un texte."}']
)
def test_half_a_character_in_a_text_is_left_out(product: Assistant, list_file: Path, line: str) -> None:
    """JSON can say what no text can hold; the document is there without it."""
    assert [outcome.status for outcome in listed(product, list_file, line)] == ["added"]
    assert product.text("x").split() == ["Un", "texte."]


def test_a_list_with_a_byte_order_mark_is_read_from_its_first_line(product: Assistant, list_file: Path) -> None:
    """As some editors write them."""
    outcomes = listed(product, list_file, '\ufeff{"id": "a", "text": "Un texte."}')
    assert [(outcome.id, outcome.status) for outcome in outcomes] == [("a", "added")]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00 not utf-8 \xc3\x28"], ids=["absent", "not-utf-8"])
def test_a_list_that_cannot_be_read_is_refused_by_name(
    product: Assistant, list_file: Path, content: bytes | None
) -> None:
    """One outcome, with the reason."""
    if content is not None:
        list_file.write_bytes(content)
    (outcome,) = product.ingest(Request((), list_file))
    assert (outcome.status, outcome.path.startswith(str(list_file))) == ("refused", True)
    assert outcome.reason


# --- after a change of loaders ---------------------------------------------------------------------------------------


def test_what_older_loaders_read_is_read_again_whatever_was_ingested_in_between(
    product: Assistant, folder: Path, data: Path
) -> None:
    """Every document once, when its turn comes: one file ingested first does not vouch for the others."""
    ingest(product, folder)
    with opened(f"sqlite:///{data / 'cooperation.db'}") as records:
        records.set_fact("loading", "of another time")
    assert statuses(ingest(product, folder / "conseil.md")) == {"conseil.md": "replaced"}
    assert statuses(ingest(product, folder)) == {
        "conseil.md": "kept",
        "plan.txt": "replaced",
        "budget.html": "replaced",
    }
    assert set(statuses(ingest(product, folder)).values()) == {"kept"}


# --- the shipped corpus ----------------------------------------------------------------------------------------------


def test_without_arguments_the_shipped_corpus_is_ingested_whole(shipped: Shipped) -> None:
    """Every text of the manifest under its own id, with its title, framework and language."""
    entries = {entry.id: entry for entry in read_manifest(shipped_texts())}
    assert {outcome.id: outcome.status for outcome in shipped.outcomes} == dict.fromkeys(entries, "added")
    for record in shipped.assistant.documents():
        entry = entries[record.id]
        assert (record.title, record.framework, record.language) == (entry.title, entry.framework, entry.language)
        assert (record.sha256, record.date, record.origin) == (entry.sha256, "", "shipped")
        assert bool(record.pages) == entry.file.endswith(".pdf")


def test_the_shipped_corpus_ingested_twice_adds_nothing(shipped: Shipped) -> None:
    """All kept, and the fingerprint of every passage is what it was."""
    assert {outcome.status for outcome in shipped.assistant.ingest(Request())} == {"kept"}
    assert len(shipped.assistant.documents()) == len(shipped.outcomes)


def test_progress_goes_from_nothing_to_all(product: Assistant, folder: Path) -> None:
    """Documents done, documents in all, and the name of the one at hand."""
    told: list[tuple[int, int, str]] = []
    list(product.ingest(Request((folder,)), lambda *step: told.append(step)))
    assert [total for _done, total, _name in told] == [3] * len(told)
    done = [done for done, _total, _name in told]
    assert done == sorted(done)
    assert done[-1] == 3
    assert {Path(name).name for _done, _total, name in told if name} == {"conseil.md", "plan.txt", "budget.html"}


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Décret n° 7.pdf", "decret-n-7-"),
        ("قرار.md", "document-"),
        ("___.txt", "document-"),
        ("a" * 200, "a" * 60 + "-"),
    ],
)
def test_an_id_is_plain_short_and_tells_its_file(name: str, start: str) -> None:
    """It can be typed, and two files of one name never meet."""
    id = document_id(Path("/x") / name)
    assert id.startswith(start)
    assert len(id) == len(start) + 6
    assert id != document_id(Path("/y") / name)
    assert id == document_id(Path("/x") / name)


def test_a_file_of_another_kind_in_a_folder_is_refused_by_name(tmp_path: Path, product: Assistant) -> None:
    """A folder is not read in silence: what it holds and cannot be read is said, and the rest goes on."""
    folder = tmp_path / "dossier"
    folder.mkdir()
    (folder / "note.md").write_text("# Note\n\nLe programme est lancé.\n", "utf-8")
    (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    outcomes = {Path(o.path).name: o for o in product.ingest(Request((folder,)))}
    assert outcomes["note.md"].status == "added"
    assert outcomes["photo.png"].status == "refused"
    assert ".png" in outcomes["photo.png"].reason
