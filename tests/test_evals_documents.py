"""A set brings its own documents: found beside it or refused, read for the run, and named alike on every machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import OpenData
from test_evals_commands import cooperation

from corpus.files import files_below
from evals.case import Case, CaseError, CaseSet, Relevant
from evals.cases import SUFFIXES, read_cases, write_cases
from evals.documents import DocumentsError, read_in, requests, unknown
from evals.places import EvalsError
from evals.product import ask_case, fingerprint, texts_of
from evals.run_file import read_run

PROTOCOL = "# Protocole\n\nLe protocole n° 7 prévoit 1015 formations pour la région de Tlemcen.\n"
REGISTER = {
    "id": "registre-ua",
    "title": "Registre",
    "text": "Le registre des consultations de Niamey compte 4812 entrées.",
    "lang": "fr",
    "framework": "union-africaine",
}
ONE = '[[case]]\nid = "a"\nquestion = "Quand ?"\nlanguage = "fr"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two documents: a file, and a line of a list; hidden files are not documents."""
    folder = tmp_path / "sets" / "essai-registre"
    (folder / "plus").mkdir(parents=True)
    (folder / "plus" / "Décret n° 7.md").write_text(PROTOCOL, "utf-8")
    (folder / "registre.jsonl").write_text(json.dumps(REGISTER) + "\n", "utf-8")
    (folder / ".hidden.md").write_text("# Rien\n", "utf-8")
    return folder


# --- the header ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_documents_are_named_from_the_folder_of_the_set_in_every_format(folder: Path, suffix: str) -> None:
    """Written elsewhere, the set names the same documents."""
    cases = CaseSet("essai", (Case("a", "Quand ?", "fr"),), documents=(folder, folder / "registre.jsonl"))
    for target in (folder.parent / f"set{suffix}", folder.parent.parent / f"set{suffix}", folder / f"set{suffix}"):
        write_cases(cases, target)
        assert read_cases(target) == cases
        target.unlink()


@pytest.mark.parametrize(
    ("name", "content", "line", "says"),
    [
        ("s.toml", '# documents = ["x"]\n[set]\nname = "s"\ndocuments = ["none"]\n' + ONE, 4, "'none' is not there"),
        ("s.toml", '[set]\ndocuments = ["empty"]\n' + ONE, 2, "folder without a file"),
        ("s.toml", '[set]\nnote = """\ndocuments = 1\n"""\ndocuments = ["/etc"]\n' + ONE, 5, "from the folder of"),
        ("s.toml", '[set]\ndocuments = "x"\n' + ONE, 2, "'documents' is not a list"),
        ("s.jsonl", '\n{"set": {"documents": ["none"]}}\n{"id": "a", "question": "b", "language": "fr"}', 2, "'none'"),
        ("s.csv", "#set,name,n\n#set,documents,none\nid,question,language\na,b,fr\n", 2, "'none' is not there"),
    ],
)  # fmt: skip
def test_a_document_that_is_not_there_names_the_file_and_the_line(
    tmp_path: Path, name: str, content: str, line: int, says: str
) -> None:
    """Its questions would be asked of other texts."""
    (tmp_path / "empty").mkdir()
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(CaseError) as caught:
        read_cases(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert says in str(caught.value)


def test_a_spreadsheet_names_the_row(tmp_path: Path) -> None:
    """Of its sheet `set`."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["id", "question", "language"])
    book.active.append(["a", "Quand ?", "fr"])
    header = book.create_sheet("set")
    header.append(["name", "n"])
    header.append(["documents", "none"])
    book.save(tmp_path / "s.xlsx")
    with pytest.raises(CaseError, match=r"s\.xlsx:2: document 'none'"):
        read_cases(tmp_path / "s.xlsx")


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_folder_is_its_files_and_a_list_is_read_as_one(folder: Path) -> None:
    """As `cooperation ingest` would read them."""
    assert [path.name for path in files_below(folder)] == ["Décret n° 7.md", "registre.jsonl"]
    files, lines = requests([folder])
    assert [path.name for path in files.paths] == ["Décret n° 7.md"]
    assert (files.jsonl, lines.jsonl) == (None, folder / "registre.jsonl")


def test_documents_go_by_the_same_names_wherever_they_lie(
    folder: Path, short_folders: Callable[[], Path], open_data: OpenData, tmp_path: Path
) -> None:
    """In answers, in texts and in the list of documents; a text that changes is another corpus."""
    elsewhere = tmp_path / "another" / "machine"
    elsewhere.parent.mkdir()
    folder.rename(elsewhere)
    elsewhere.rename(folder)
    case = Case("a", "Combien de formations prévoit le protocole 7 pour Tlemcen ?", "fr")
    cases = CaseSet("n", (case,))
    seen = []
    for place in (folder, elsewhere):
        if place is elsewhere:
            folder.rename(elsewhere)
        product, refused = read_in(open_data(short_folders()), [place])
        assert refused == []
        assert [record.id for record in product.documents()] == ["decret-n-7", "registre-ua"]
        assert [record.framework for record in product.documents()] == ["", "union-africaine"]
        answer = ask_case(product, case)
        assert {citation.document for citation in answer.citations} <= {"decret-n-7"}
        assert {passage.document for passage in answer.passages} == {"decret-n-7", "registre-ua"}
        texts = texts_of(product)
        assert "1015" in (texts("decret-n-7") or "")
        assert texts("none") is None
        seen.append(fingerprint(product, cases, 1)["corpus"])
    (elsewhere / "plus" / "Décret n° 7.md").write_text(PROTOCOL.replace("1015", "1016"), "utf-8")
    changed, _ = read_in(open_data(short_folders()), [elsewhere])
    assert seen[0] == seen[1] != fingerprint(changed, cases, 1)["corpus"]
    (elsewhere / "registre.jsonl").write_text(json.dumps(REGISTER | {"framework": "cmai"}) + "\n", "utf-8")
    moved, _ = read_in(open_data(short_folders()), [elsewhere])
    assert fingerprint(changed, cases, 1)["corpus"] != fingerprint(moved, cases, 1)["corpus"]


def test_a_name_that_is_taken_stays_the_first_ones(
    folder: Path, short_folders: Callable[[], Path], open_data: OpenData
) -> None:
    """A second file of the name keeps its id; a second line of an id is an error."""
    (folder / "Décret n° 7.md").write_text("# Autre\n\nUne autre phrase, ailleurs.\n", "utf-8")
    product, _ = read_in(open_data(short_folders()), [folder])
    first, second = sorted(record.id for record in product.documents())[:2]
    assert first == "decret-n-7"
    assert second.startswith("decret-n-7-")
    (folder / "z.jsonl").write_text(json.dumps(REGISTER | {"text": "Autre chose."}) + "\n", "utf-8")
    with pytest.raises(DocumentsError, match="'registre-ua' est déjà pris"):
        read_in(open_data(short_folders()), [folder])


def test_what_cannot_be_read_is_told(folder: Path, short_folders: Callable[[], Path], open_data: OpenData) -> None:
    """With the reason the product gives."""
    (folder / "a.pdf").write_bytes(b"not a pdf")
    _, refused = read_in(open_data(short_folders()), [folder])
    assert [(Path(outcome.path).name, bool(outcome.reason)) for outcome in refused] == [("a.pdf", True)]


def test_a_relevant_document_that_is_not_there_is_found_out(
    folder: Path, short_folders: Callable[[], Path], open_data: OpenData
) -> None:
    """With the first case that names it."""
    product, _ = read_in(open_data(short_folders()), [folder])
    asked = [("a", "decret-n-7"), ("b", "decret-n-8"), ("c", "decret-n-8")]
    cases = CaseSet("n", tuple(Case(id, "Quand ?", "fr", relevant=(Relevant(name),)) for id, name in asked))
    assert unknown(cases, product) == {"decret-n-8": "b"}
    assert unknown(replace(cases, cases=cases.cases[:1]), product) == {}


# --- the command -----------------------------------------------------------------------------------------------------

SET = """
[set]
name = "essai"
documents = ["essai-registre"]

[[case]]
id = "shipped"
question = "Quand s'est tenue la 35e session du CMAI en Algérie ?"
language = "fr"
expect = ["7 mars 2018"]
relevant = [{ document = "cmai" }]

[[case]]
id = "own"
question = "Combien de formations prévoit le protocole n° 7 pour Tlemcen ?"
language = "fr"
expect = ["1015"]
relevant = [{ document = "decret-n-7", quote = "1015 formations" }]

[[case]]
id = "framework"
question = "Combien d'entrées compte le registre des consultations de Niamey ?"
language = "fr"
framework = "union-africaine"
expect = ["4812"]
relevant = [{ document = "registre-ua" }]

[[case]]
id = "another framework"
question = "Combien d'entrées compte le registre des consultations de Niamey ?"
language = "fr"
framework = "ligue-arabe"
forbid = ["4812"]
"""


@pytest.fixture
def essai(folder: Path, tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set with documents of its own, beside them."""
    monkeypatch.setenv("COOPERATION_DATA", str(tmp_path / "mine"))
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))
    path = folder.parent / "essai.toml"
    path.write_text(SET, "utf-8")
    return path


def test_a_set_is_run_over_the_shipped_corpus_and_its_own_documents(essai: Path, tmp_path: Path) -> None:
    """Without `--data`; a case's framework is asked for, and shuts the others out."""
    assert cooperation("run", essai, "--out", tmp_path / "run.jsonl") == 0
    run = read_run(tmp_path / "run.jsonl")
    found = {record.case.id: record for record in run.records}
    assert {id: (record.error, record.metrics["correctness"]) for id, record in found.items()} == dict.fromkeys(
        found, (None, 1.0)
    )
    for id, document in (("shipped", "cmai"), ("own", "decret-n-7"), ("framework", "registre-ua")):
        assert (found[id].metrics["hit@5"], found[id].metrics["citation_recall"]) == (1, 1)
        assert found[id].metrics["quote_verbatim"] == 1
        answer = found[id].answer
        assert answer is not None
        assert answer.citations[0].document == document
    other = found["another framework"].answer
    assert other is not None
    assert {passage.document for passage in other.passages} == {"cmai"}


def test_with_data_or_documents_the_sets_own_are_left_out_and_that_is_said(
    essai: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: Path
) -> None:
    """What is given is all there is; both at once is a wrong call."""
    text = folder / "plus" / "Décret n° 7.md"
    assert cooperation("run", essai, "--out", tmp_path / "alone.jsonl", "--documents", text) == 0
    said = capsys.readouterr().err
    assert "note : --documents : les documents de la suite ne sont pas lus (essai-registre)" in said
    assert "'cmai' (cas 'shipped'), 'registre-ua' (cas 'framework')" in said
    alone = read_run(tmp_path / "alone.jsonl")
    assert alone.header.fingerprint["documents"] == "1"
    assert alone.records[1].metrics["correctness"] == 1
    assert cooperation("run", essai, "--out", tmp_path / "data.jsonl", "--data", data) == 0
    assert "note : --data : les documents de la suite ne sont pas lus" in capsys.readouterr().err
    assert read_run(tmp_path / "data.jsonl").header.fingerprint["documents"] == "0"
    with pytest.raises(EvalsError, match="ne vont pas ensemble"):
        cooperation("run", essai, "--data", data, "--documents", text)
    with pytest.raises(EvalsError, match="none"):
        cooperation("run", essai, "--documents", tmp_path / "none")


def test_a_set_whose_own_documents_cannot_all_be_read_is_not_run(
    essai: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document that is given by hand is only noted, unless it is the only one."""
    (folder / "a.pdf").write_bytes(b"not a pdf")
    with pytest.raises(DocumentsError, match=r"a\.pdf"):
        cooperation("run", essai, "--out", tmp_path / "run.jsonl")
    assert cooperation("run", essai, "--out", tmp_path / "run.jsonl", "--documents", folder) == 0
    assert "note : documents refusés : " in capsys.readouterr().err
    with pytest.raises(DocumentsError, match=r"a\.pdf"):
        cooperation("run", essai, "--out", tmp_path / "other.jsonl", "--documents", folder / "a.pdf")
    (folder / "a.pdf").unlink()
    essai.write_text(SET.replace('"decret-n-7"', '"decret-n-9"'), "utf-8")
    with pytest.raises(DocumentsError, match=r"'decret-n-9' \(cas 'own'\)"):
        cooperation("run", essai, "--out", tmp_path / "third.jsonl")
