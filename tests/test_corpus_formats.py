"""Word, OpenDocument, EPUB, messages, workbooks and lists give the text a reader sees, and nothing that is hidden."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from made_files import SENTENCE, W, docx, eml, epub, msg, odt, p, xlsx, zipped

from corpus.errors import NeedsOffice, UnreadableDocument
from corpus.guard import Worker
from corpus.load import load
from corpus.section import Document
from corpus.tools import Tools

needs_office = pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is not installed: apt install libreoffice-writer-nogui"
)


def read(folder: Path, name: str, data: bytes) -> Document:
    path = folder / name
    path.write_bytes(data)
    document = load(path, "x")
    assert all(s.text == document.text[s.start : s.end] for s in document.sections)
    return document


# --- Word ------------------------------------------------------------------------------------------------------------

STYLES = """
<w:style w:type="paragraph" w:styleId="Titre"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Perso"><w:name w:val="Chapitre"/><w:basedOn w:val="T1"/></w:style>
<w:style w:type="paragraph" w:styleId="TM1"><w:name w:val="toc 1"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>
<w:lvlText w:val="Article %1"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>
<w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="x"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
"""


def style(name: str) -> str:
    return f'<w:pStyle w:val="{name}"/>'


def item(list_id: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'


def test_a_word_document_gives_title_headings_numbers_and_lists(tmp_path: Path) -> None:
    """Styles by their own names or by those they are based on; the numbers that Word computes are written out."""
    body = (
        p("Accord de siège", style("Titre"))
        + p("Sommaire ... 3", style("TM1"))
        + p("Objet", style("T1"))
        + p(SENTENCE)
        + p("Du siège", style("Perso") + item(1))
        + p("du Secrétariat", item(1, 1))
        + p("du Conseil", item(1, 1))
        + p("De la durée", style("Perso") + item(1))
        + p("un point", item(2))
    )
    document = read(tmp_path, "accord.docx", docx(body, {"styles": STYLES, "numbering": NUMBERING}))
    assert document.title == "Accord de siège"
    assert [(s.headings, s.text) for s in document.sections] == [
        (("Objet",), SENTENCE),
        (("Article 1 Du siège",), "a) du Secrétariat\n  b) du Conseil"),
        (("Article 2 De la durée",), "• un point"),
    ]
    assert "Sommaire" not in document.text


def test_what_word_hides_or_has_deleted_is_not_read(tmp_path: Path) -> None:
    """Deleted and hidden runs, field codes, comments; what was inserted is text."""
    body = (
        "<w:p><w:r><w:t>Le </w:t></w:r><w:del><w:r><w:delText>vieux </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>nouveau </w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>secret </w:t></w:r>"
        "<w:r><w:instrText>PAGE 7</w:instrText></w:r><w:r><w:t>conseil siège.</w:t></w:r></w:p>"
    )
    assert read(tmp_path, "a.docx", docx(body)).text == "Le nouveau conseil siège."


def test_notes_of_word_stand_apart_under_their_own_heading(tmp_path: Path) -> None:
    """A note never cuts a sentence; each keeps its number."""
    body = (
        "<w:p><w:r><w:t>Le traité</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r>"
        "<w:r><w:t> est en vigueur.</w:t></w:r></w:p>"
    )
    notes = "<w:footnote w:id='1'>" + p("jamais cité") + "</w:footnote><w:footnote w:id='2'>" + p("Signé à Rabat.")
    document = read(tmp_path, "a.docx", docx(body, {"footnotes": notes + "</w:footnote>"}))
    assert [(s.headings, s.text) for s in document.sections] == [
        ((), "Le traité est en vigueur."),
        (("Notes",), "1. Signé à Rabat."),
    ]


def test_tables_of_word_are_rows_and_frames_are_text(tmp_path: Path) -> None:
    """Cells parted by bars; a table of one cell only frames what it holds."""

    def table(*rows: list[str]) -> str:
        cells = ["".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) for row in rows]
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"

    document = read(tmp_path, "a.docx", docx(table(["Pays", "Année"], ["Mali", "1962"]) + table([SENTENCE])))
    assert document.text == f"Pays | Année\nMali | 1962\n\n{SENTENCE}"


def test_a_strict_word_document_is_read_as_any_other(tmp_path: Path) -> None:
    """Its namespace differs and nothing else."""
    strict = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    assert read(tmp_path, "a.docx", docx(p(SENTENCE), namespace=strict)).text == SENTENCE


# --- OpenDocument ----------------------------------------------------------------------------------------------------


def test_an_opendocument_text_gives_headings_lists_tables_and_notes(tmp_path: Path) -> None:
    """Headings by their level, items marked, rows with bars, notes apart, deleted passages left out."""
    body = (
        "<text:tracked-changes><text:changed-region><text:p>effacé</text:p></text:changed-region></text:tracked-changes>"
        '<text:p text:style-name="Title">Rapport</text:p><text:h text:outline-level="1">Bilan</text:h>'
        "<text:p>Le <text:span>comité</text:span><text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>Créé en 1998.</text:p></text:note-body></text:note> a<text:s/>siégé.</text:p>"
        "<text:list><text:list-item><text:p>un point</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Mali</text:p></table:table-cell>"
        "<table:table-cell><text:p>1962</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = read(tmp_path, "a.odt", odt(body))
    assert document.title == "Rapport"
    assert [(s.headings, s.text) for s in document.sections] == [
        (("Bilan",), "Le comité a siégé.\n\n• un point\nMali | 1962"),
        (("Notes",), "1. Créé en 1998."),
    ]


def test_an_opendocument_workbook_gives_sheets_and_rows(tmp_path: Path) -> None:
    """A sheet is a heading; an empty cell repeated to the edge is no column."""
    body = (
        '<table:table table:name="Missions"><table:table-row><table:table-cell><text:p>Dakar'
        "</text:p></table:table-cell>"
        "<table:table-cell><text:p>12</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="16000"/>'
        "</table:table-row></table:table>"
    )
    (section,) = read(tmp_path, "a.ods", odt(body, sheet=True)).sections
    assert (section.headings, section.text) == (("Missions",), "Dakar | 12")


# --- other formats ---------------------------------------------------------------------------------------------------


def test_a_book_is_read_in_the_order_of_its_spine(tmp_path: Path) -> None:
    """Chapters as pages; the table of contents is none."""
    document = read(tmp_path, "a.epub", epub([f"<h1>Un</h1><p>{SENTENCE}</p>", "<h1>Deux</h1><p>La suite ici.</p>"]))
    assert document.title == "Un livre"
    assert [(s.headings, s.text) for s in document.sections] == [(("Un",), SENTENCE), (("Deux",), "La suite ici.")]


def test_a_message_gives_who_what_and_the_letter_and_names_what_is_attached(tmp_path: Path) -> None:
    """Attachments are not opened."""
    document = read(tmp_path, "a.eml", eml(attached="annexe.zip"))
    assert document.title == "Réunion du comité"
    assert "De : Amina <a@example.org>" in document.text
    assert SENTENCE in document.text
    assert "Pièce jointe, non lue : annexe.zip" in document.text
    assert "secret" not in document.text


def test_an_outlook_message_is_read_from_its_properties(tmp_path: Path) -> None:
    """Subject, sender, body; the name of what is attached and nothing of it."""
    values = {"0037": "Ordre de mission", "0C1A": "Amina B.", "0E04": "Comité", "1000": SENTENCE}
    document = read(tmp_path, "a.msg", msg(values, attached="carte.zip"))
    assert document.title == "Ordre de mission"
    lines = ["De : Amina B.", "À : Comité", SENTENCE, "Pièce jointe, non lue : carte.zip"]
    assert [line for line in document.text.split("\n") if line] == ["Ordre de mission", *lines]


def test_a_workbook_gives_rows_as_they_are_seen(tmp_path: Path) -> None:
    """Dates without midnight, whole numbers without a point, hidden sheets left out."""
    rows: list[list[object]] = [["Session", "Date"], ["32", datetime.datetime(2015, 3, 11)], [7.0, None]]
    document = read(tmp_path, "suivi.xlsx", xlsx({"Sessions": rows, "Brouillon": [["secret", 1]]}, ("Brouillon",)))
    assert document.title == "Suivi"
    assert [(s.headings, s.text) for s in document.sections] == [
        (("Sessions",), "Session | Date\n32 | 2015-03-11\n7"),
    ]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", 'Pays;Année\n"Mali ; sud";1962\n'.encode("cp1252")),
        ("a.csv", 'Pays,Année\n"Mali ; sud",1962\n'.encode()),
        ("a.tsv", "Pays\tAnnée\nMali ; sud\t1962\n".encode("utf-16")),
    ],
    ids=["semicolons-cp1252", "commas-utf8", "tabs-utf16"],
)
def test_a_list_is_read_whatever_parts_its_cells(name: str, data: bytes, tmp_path: Path) -> None:
    """Semicolons, commas or tabs, in the encodings that spreadsheets write."""
    assert read(tmp_path, name, data).text == "Pays | Année\nMali ; sud | 1962"


RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\header Page courante\par}"
    rb"CHAPITRE II\par\par Le comit\'e9 a si\'e9g\'e9 \u224? Tunis.\par}"
)


def test_rich_text_is_read_without_other_programs(tmp_path: Path) -> None:
    """Escaped letters, a heading by its own words."""
    document = read(tmp_path, "a.rtf", RTF)
    assert "Le comité a siégé à Tunis." in document.text
    assert document.sections[-1].headings == ("CHAPITRE II",)


# --- what only LibreOffice reads -------------------------------------------------------------------------------------


def test_an_old_word_document_says_what_is_needed_where_libreoffice_is_absent(tmp_path: Path) -> None:
    """The reason holds the command that installs it, and the other way out."""
    from made_files import compound

    path = tmp_path / "a.doc"
    path.write_bytes(compound({("WordDocument",): bytes(5000)}))
    with pytest.raises(NeedsOffice), Worker(tools=Tools()) as worker:
        worker.load(path, "x")
    with pytest.raises(UnreadableDocument, match=r"apt install libreoffice.*enregistrez le document en \.docx"):
        load(path, "x")


def made_with_noise(path: Path) -> bytes:
    """The container of a document, its text stream overwritten."""
    data = bytearray(path.read_bytes())
    data[512:5000] = b"\xa5" * 4488
    return bytes(data)


@needs_office
def test_libreoffice_reads_old_word_documents_and_rich_text(tmp_path: Path) -> None:
    """The text comes back from the formats it writes itself; nothing is left in the folder for temporary files."""
    import subprocess
    import tempfile

    made = tmp_path / "accord.rtf"
    made.write_bytes(RTF)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/p", "--headless", "--convert-to", "doc"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(made)], check=True, capture_output=True)
    before = set(Path(tempfile.gettempdir()).glob("cooperation-*"))
    with Worker() as worker:
        for kind in ("doc", "rtf"):
            document = worker.load(tmp_path / f"accord.{kind}", "x")
            assert document.sections[-1].text == "Le comité a siégé à Tunis."
            assert document.sections[-1].headings == ("CHAPITRE II",)
            assert document.title == "Accord"
            assert "Page courante" not in document.text
        broken = tmp_path / "b.doc"
        broken.write_bytes(made_with_noise(tmp_path / "accord.doc"))
        with pytest.raises(UnreadableDocument, match=r"LibreOffice|endommagé|vide"):
            worker.load(broken, "x")
    assert set(Path(tempfile.gettempdir()).glob("cooperation-*")) <= before


# --- what is locked or broken ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.odt", odt("<text:p>x</text:p>", manifest="<m><encryption-data/></m>"), "mot de passe"),
        (
            "a.epub",
            epub(["<p>x</p>"], more={"META-INF/encryption.xml": "<e><EncryptedData/></e>"}),
            "droits numériques",
        ),
        ("a.docx", docx(p(SENTENCE))[:-40], "mais contient une archive|endommagé"),
        ("a.docx", docx("<w:p/>"), "vide"),
        ("a.docx", zipped({"[Content_Types].xml": "<T/>", "word/other.xml": "<a/>"}), "ne contient pas de texte"),
        ("a.docx", docx(f"<w:p>{p('a')}").replace(b"PK\x05\x06", b"PK\x05\x07"), "endommagé|archive"),
        ("a.xlsx", zipped({"[Content_Types].xml": "<T/>", "xl/workbook.xml": "<a"}), "endommagé"),
        ("a.eml", b"From: a@example.org\n\n", "vide"),
    ],
    ids=[
        "odt-locked",
        "epub-locked",
        "docx-cut",
        "docx-empty",
        "docx-without",
        "docx-broken",
        "xlsx-broken",
        "eml-empty",
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(name: str, data: bytes, reason: str, tmp_path: Path) -> None:
    """In French, in words that say what to do."""
    with pytest.raises(UnreadableDocument, match=reason):
        read(tmp_path, name, data)


def test_a_locked_office_document_is_told_as_such(tmp_path: Path) -> None:
    """Under its new extension it is an old container: the password is the news, not the container."""
    from made_files import compound

    locked = compound({("EncryptedPackage",): bytes(5000), ("EncryptionInfo",): bytes(5000)})
    for name in ("a.docx", "a.xlsx"):
        with pytest.raises(UnreadableDocument, match="protégé par un mot de passe"):
            read(tmp_path, name, locked)


def test_the_document_of_word_needs_no_declared_namespace_prefix(tmp_path: Path) -> None:
    """Names are read without their namespace, whatever prefix a program gives it."""
    bare = W.replace("xmlns:w", "xmlns")
    entries: dict[str, bytes | str] = {
        "[Content_Types].xml": "<Types/>",
        "word/_rels/document.xml.rels": "<r/>",
        "word/document.xml": f"<document {bare}><body><p><r><t>{SENTENCE}</t></r></p></body></document>",
    }
    assert read(tmp_path, "a.docx", zipped(entries)).text == SENTENCE
