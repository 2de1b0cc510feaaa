"""Briefings and timelines as files that other programs open."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import Shipped
from docx import Document
from icalendar import Calendar
from pypdf import PdfReader

from assistant.briefings.briefing import Briefing
from assistant.briefings.events import Event, Source
from assistant.briefings.exports import export
from assistant.briefings.timeline_formats import as_csv, as_ics, as_png, as_table
from assistant.briefings.written import period
from assistant.cli import main


@pytest.fixture(scope="module")
def briefing(shipped: Shipped) -> Briefing:
    """The briefing of the Arab Maghreb Union from the shipped corpus."""
    return shipped.assistant.briefing("maghreb")


def exported(briefing: Briefing, language: str, format: str) -> bytes:
    content = export(briefing, language, format)
    assert isinstance(content, bytes)
    return content


def event(title: str = "Session", first: date = date(2000, 1, 29), last: date | None = date(2000, 1, 31)) -> Event:
    source = Source("note", "Note", 2, (), f"{title} ; du 29 au 31, « là »", 0, 10)
    return Event(first, last, "interval", False, "29 au 31", title, "Alger", "maghreb", (), (source,))


def test_markdown_has_a_heading_for_each_field_and_a_numbered_source_for_each_line(briefing: Briefing) -> None:
    """And tells documents, fingerprint and time."""
    page = str(export(briefing, "fr", "md"))
    assert "## Dates clés" in page
    assert "Nouakchott" in page
    assert "85b671f1bb3e" in page
    assert "Empreinte de l'index" in page


def test_json_is_whole_and_labelled(briefing: Briefing) -> None:
    """In the reader's language."""
    value = json.loads(export(briefing, "ar", "json"))
    assert value["id"] == "maghreb"
    assert value["title"].startswith("بطاقة")
    assert [field["label"] for field in value["fields"]][:1] == ["التعريف"]
    assert all(field["lines"] or field["empty"] for field in value["fields"])


def test_files_of_pages_show_the_timeline_as_a_picture_and_say_it_in_words(briefing: Briefing) -> None:
    """With a description for those who do not see it; and none where there is but one date."""
    document = Document(io.BytesIO(exported(briefing, "fr", "docx")))
    assert [shape._inline.docPr.get("descr") for shape in document.inline_shapes] == ["Dates clés"]
    assert [name for page in PdfReader(io.BytesIO(exported(briefing, "ar", "pdf"))).pages for name in page.images]
    lone = replace(briefing, events=briefing.events[:1])
    assert not Document(io.BytesIO(exported(lone, "fr", "docx"))).inline_shapes


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_word_document_has_real_headings_and_its_direction(briefing: Briefing, language: str) -> None:
    """Heading styles, and the right-to-left mark on each paragraph in Arabic."""
    document = Document(io.BytesIO(exported(briefing, language, "docx")))
    styles = [paragraph.style.name if paragraph.style else "" for paragraph in document.paragraphs]
    assert styles[0] == "Title"
    assert styles.count("Heading 1") >= 10
    marked = [paragraph for paragraph in document.paragraphs if "w:bidi" in paragraph._p.xml and paragraph.text]
    assert bool(marked) == (language == "ar")


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_arabic_document_and_makes_pages_of_it(briefing: Briefing, tmp_path: Path) -> None:
    """Converted to PDF without a screen, the text still there."""
    (tmp_path / "fiche.docx").write_bytes(exported(briefing, "ar", "docx"))
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", tmp_path, tmp_path / "fiche.docx"], check=True, capture_output=True, timeout=200
    )
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "fiche.pdf").pages)
    assert "Nouakchott" in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["Dates clés", "Nouakchott"]),
        ("ar", ["التواريخ الرئيسية", "اتحاد المغرب العربي", "Nouakchott", "متى", "جويلية"]),
    ],
)
def test_the_text_of_a_pdf_can_be_taken_out(briefing: Briefing, language: str, words: list[str]) -> None:
    """In both languages, with the fonts inside."""
    reader = PdfReader(io.BytesIO(exported(briefing, language, "pdf")))
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    assert [word for word in words if word not in text] == []
    page: Any = reader.pages[1]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert all("/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts)


def test_a_calendar_is_read_back_with_its_days(shipped: Shipped) -> None:
    """All-day events whose end is the day after the last."""
    events = shipped.assistant.timeline()
    read: list[Any] = Calendar.from_ical(as_ics(events)).walk("VEVENT")
    assert [entry["dtstart"].dt for entry in read] == [e.first for e in events]
    assert len({str(entry["uid"]) for entry in read}) == len(events)
    session = next(entry for entry in read if entry["dtstart"].dt == date(2000, 1, 29))
    assert session["dtend"].dt == date(2000, 2, 1)
    assert "17e session du CMAI" in str(session["summary"])


def test_a_table_of_values_runs_no_formula() -> None:
    """A title that a spreadsheet would run is text."""
    rows = list(csv.DictReader(io.StringIO(as_csv([event("=cmd()")]))))
    assert rows[0]["title"] == "'=cmd()"
    assert (rows[0]["first"], rows[0]["last"], rows[0]["page"]) == ("2000-01-29", "2000-01-31", "2")


def test_a_picture_is_drawn_even_of_nothing() -> None:
    """A PNG in both cases."""
    assert as_png([]).startswith(b"\x89PNG")
    assert len(as_png([event(), event("الدورة", date(2001, 1, 1), None)])) > 5000


def test_periods_are_no_finer_than_the_text() -> None:
    """An interval, and one that is open."""
    assert period(event()) == "2000-01-29/2000-01-31"
    assert period(event(last=None)) == "2000-01-29/.."
    assert "Alger" in as_table([event()])


def test_the_commands_go_through_the_running_service(
    shipped: Shipped, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The data directory is owned by the service; each command prints or writes what was asked."""
    data = ["--data", str(shipped.data)]
    assert main([*data, "frameworks", "--json"]) == 0
    assert [entry["id"] for entry in json.loads(capfd.readouterr().out)][:2] == ["nations-unies", "union-africaine"]
    assert main([*data, "timeline", "--framework", "cmai", "--from", "2010", "--to", "2016", "--format", "json"]) == 0
    assert [value["first"] for value in json.loads(capfd.readouterr().out)] == ["1982-01-01", "2015-03-11"]
    assert main([*data, "brief", "UMA", "--format", "docx", "-o", str(tmp_path / "f.docx")]) == 0
    assert (tmp_path / "f.docx").read_bytes().startswith(b"PK")
    assert main([*data, "brief", "jardin"]) == 1
    assert "union-africaine" in capfd.readouterr().err


def test_an_empty_library_is_told(
    data: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """By a timeline and by a page."""
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))
    assert main(["--data", str(data), "timeline"]) == 0
    assert "la base est vide" in capfd.readouterr().err
    assert main(["--data", str(data), "brief", "otan"]) == 0
    assert "la base est vide" in capfd.readouterr().out
