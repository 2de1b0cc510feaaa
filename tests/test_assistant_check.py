"""What was read of each document is told page by page, kept, and carried to the citations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import OpenData, Served
from made_files import SENTENCE, docx, p, picture_pdf
from PIL import Image

from assistant.answers.answer import Answer
from assistant.assistant import Assistant
from assistant.check import files_of, table
from assistant.cli import main
from assistant.commands import render
from assistant.library import Request
from corpus.quality import PageQuality
from corpus.section import Document, Section
from corpus.survey import examine
from index.build import Source, build
from index.chunk import chunk_document

NOISE = picture_pdf(Image.new("L", (600, 800), 200), 72)


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "textes"
    folder.mkdir()
    (folder / "accord.docx").write_bytes(docx(p(SENTENCE)))
    (folder / "scan.pdf").write_bytes(NOISE)
    (folder / "vide.txt").write_bytes(b"")
    return folder


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main([*arguments])
    return code, capsys.readouterr().out


def test_ingest_tells_each_document_in_json_and_check_tells_it_again(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seven fields a document; what was refused has its reason, and nothing of it is indexed."""
    folder, data = folder_of(tmp_path), str(served.data)
    code, out = run("ingest", str(folder), "--json", "--data", data, capsys=capsys)
    assert code == 0
    told = {Path(value["path"]).name: value for value in json.loads(out)["documents"]}
    fields = ["path", "id", "status", "reason", "pages", "chunks", "seconds"]
    assert all(list(value) == fields for value in told.values())
    assert {name: value["status"] for name, value in told.items()} == {
        "accord.docx": "added",
        "scan.pdf": "refused",
        "vide.txt": "refused",
    }
    assert told["accord.docx"]["chunks"] == 1
    assert told["scan.pdf"]["pages"] == 1
    assert told["vide.txt"]["reason"] == "fichier vide"
    code, out = run("ingest", str(folder), "--json", "--data", data, capsys=capsys)
    assert {value["status"] for value in json.loads(out)["documents"]} == {"kept", "refused"}
    code, out = run("documents", "list", "--json", "--data", data, capsys=capsys)
    assert [value["id"] for value in json.loads(out)["documents"]] == [told["accord.docx"]["id"]]

    code, out = run("documents", "check", "--json", "--data", data, capsys=capsys)
    assert code == 1
    reports = {Path(value["path"]).name: value for value in json.loads(out)["documents"]}
    assert {name: value["status"] for name, value in reports.items()} == {
        "accord.docx": "read",
        "scan.pdf": "refused",
        "vide.txt": "refused",
    }
    (page,) = reports["scan.pdf"]["pages"]
    assert (page["page"], page["kind"]) == (1, "scan")
    assert page["advice"]
    assert reports["accord.docx"]["summary"] == "texte : 1"
    code, out = run("documents", "check", "--data", data, capsys=capsys)
    assert "à vérifier : 0, refusés : 2" in out
    assert "p. 1 :" in out


def test_a_report_goes_with_its_document(product: Assistant, tmp_path: Path) -> None:
    """Removed with it; a refused file that is gone is no longer told of."""
    folder = folder_of(tmp_path)
    outcomes = list(product.ingest(Request((folder,))))
    assert len(product.reports()) == 3
    product.remove(next(outcome.id for outcome in outcomes if outcome.status == "added"))
    assert {Path(report.path).name for report in product.reports()} == {"scan.pdf", "vide.txt"}
    (folder / "vide.txt").unlink()
    list(product.ingest(Request((folder,))))
    assert {Path(report.path).name for report in product.reports()} == {"accord.docx", "scan.pdf"}


def test_reports_survive_a_restart(data: Path, open_data: OpenData, tmp_path: Path) -> None:
    """They lie in the records."""
    product = open_data(data)
    list(product.ingest(Request((folder_of(tmp_path),))))
    before = product.reports()
    product.close()
    assert open_data(data).reports() == before


def test_files_are_tried_without_being_added_and_cost_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No data directory is needed; the table is Markdown."""
    folder = folder_of(tmp_path)
    code, out = run("documents", "check", str(folder), "--table", str(tmp_path / "t.md"), capsys=capsys)
    assert code == 1
    assert "lu " in out
    assert "fichier vide" in out
    lines = (tmp_path / "t.md").read_text("utf-8").splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| accord.docx", "| scan.pdf", "| vide.txt"]
    survey = examine(folder / "accord.docx")
    assert survey.status == "read"
    assert survey.characters == len(SENTENCE)
    assert 0 < survey.peak < 1024
    assert survey.seconds > 0
    assert table([survey], ["a|b"]).count("\n") == 3
    assert [name for _, name in files_of([folder / "accord.docx"])] == ["accord.docx"]


def test_passwords_of_a_file_open_what_asks_for_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For a trial and for ingestion alike; a missing file of passwords is named."""
    from fpdf import FPDF

    page = FPDF()
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.multi_cell(0, 6, "Le comite a siege a Tunis.")
    page.set_encryption(owner_password="a", user_password="sesame")
    (tmp_path / "a.pdf").write_bytes(bytes(page.output()))
    (tmp_path / "mots.txt").write_text("autre\nsesame\n")
    arguments = ["documents", "check", str(tmp_path / "a.pdf")]
    assert run(*arguments, capsys=capsys)[0] == 1
    assert run(*arguments, "--passwords", str(tmp_path / "mots.txt"), capsys=capsys)[0] == 0
    assert main([*arguments, "--passwords", str(tmp_path / "absent.txt")]) != 0
    assert "absent.txt" in capsys.readouterr().err


def recognised() -> Document:
    text = "Le protocole de Niamey est entré en vigueur le 4 mars 2011."
    quality = (PageQuality(1, "ocr", 47, 0.9, ("rotated",), 91.0),)
    return Document("scan", "Protocole", text, (Section("scan", "Protocole", (), text, 0, 1, True),), 1, quality)


def test_a_chunk_of_a_recognised_page_says_so_wherever_it_is_shown(product: Assistant) -> None:
    """In the records, after a rebuild of them, in a search and its JSON; other chunks say nothing."""
    document = recognised()
    assert all(chunk.ocr for chunk in chunk_document(document, lambda texts: [len(text) for text in texts]))
    records, embedder = product._records, product._embedder
    source = Source(document, "fr", "", "scan.pdf", "file:scan.pdf", "", "0" * 64)
    list(build(records, embedder, [source]))
    assert records.document("scan") is not None
    assert records.document("scan").sections[0].ocr  # type: ignore[union-attr]
    product._refresh()
    (match,) = product.search("protocole de Niamey", 1)
    assert match.ocr
    assert match.to_json()["ocr"] is True
    assert type(match).from_json(match.to_json()) == match


def answer(ocr: bool) -> dict[str, Any]:
    citation = {
        "n": 1, "document": "scan", "title": "Protocole", "framework": "", "page": 1, "headings": [],
        "quote": "abc", "start": 0, "end": 3, "answer": None,
    }  # fmt: skip
    return {
        "id": "", "question": "q", "understood_as": "q", "language": "fr", "refused": False, "reason": "",
        "reason_text": "", "score": 0.9, "threshold": 0.5, "sentences": [
            {"text": "abc", "verdict": "verbatim", "citations": [1]}
        ], "removed": [], "citations": [citation | ({"ocr": True} if ocr else {})], "passages": [],
        "mode": "extractive", "model": "none", "fingerprint": "f",
        "seconds": {"search": 0, "draft": 0, "total": 0},
    }  # fmt: skip


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_a_citation_of_recognised_text_is_marked_for_the_reader(language: str) -> None:
    """On the terminal, in the copy of an answer, in its JSON; and only there."""
    from ui.i18n import words as words_of
    from ui.render import copied

    marked, plain = Answer.from_json(answer(True)), Answer.from_json(answer(False))
    assert "texte reconnu (OCR)" in render(marked)
    assert "OCR" not in render(plain)
    assert marked.to_json()["citations"][0]["ocr"] is True
    assert "ocr" not in plain.to_json()["citations"][0]
    words = words_of(language)
    assert words["proof.ocr"] in copied(marked, words)
    assert words["proof.ocr"] not in copied(plain, words)
