"""Each page is known for what it is: text, a picture, wrong letters, hidden words, Arabic stored as it stands."""

from __future__ import annotations

import random
import zlib
from io import BytesIO

import pytest
from fpdf import FPDF
from made_files import SENTENCE, letters_pdf, pdf_of, picture_pdf
from PIL import Image
from pypdf import PdfReader, PdfWriter

from corpus.errors import UnreadableDocument
from corpus.letters import is_garbled, plausibility
from corpus.pdf import load_pdf
from corpus.quality import PageQuality, advice, summary
from corpus.recognised import Recognised, Words
from corpus.section import Document

FRENCH = (
    "Le comité des ministres a adopté la stratégie de coopération pour la période qui vient. Les États membres "
    "échangent leurs renseignements, forment leurs agents et rendent compte chaque année de ce qui a été fait. "
) * 3
ARABIC = "تتعاون الدول الأعضاء في مجال الأمن وتتبادل المعلومات وتنظم دورات تكوينية لفائدة الأعوان المختصين كل سنة "


def joined(*files: bytes) -> bytes:
    writer = PdfWriter()
    for data in files:
        writer.append(PdfReader(BytesIO(data)))
    held = BytesIO()
    writer.write(held)
    return held.getvalue()


def sheet(text: str = FRENCH) -> bytes:
    page = FPDF()
    page.core_fonts_encoding = "cp1252"
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.multi_cell(0, 6, text)
    return bytes(page.output())


def scan() -> bytes:
    return picture_pdf(Image.new("L", (600, 800), 210), 72)


def kinds(document: Document) -> list[str]:
    return [page.kind for page in document.quality]


# --- letters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [FRENCH, ARABIC * 2], ids=["latin", "arabic"])
def test_letters_exchanged_at_random_are_told_from_writing(text: str) -> None:
    """A hundred wrong maps each: the right one is not taken for wrong, nor ninety-five of the wrong ones for right."""
    assert not is_garbled(text)
    alphabet = sorted({c for c in text.casefold() if c.isalpha()})
    found = 0
    for seed in range(100):
        other = alphabet[:]
        random.Random(seed).shuffle(other)
        found += is_garbled(text.casefold().translate(str.maketrans("".join(alphabet), "".join(other))))
    assert found >= 95


@pytest.mark.parametrize(
    "text",
    [
        "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt.",
        "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón.",
        "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine "
        "karşı kardeşlik zihniyeti ile hareket etmelidirler.",
        "ἄγγελος ἀγελεία ἀγέλη " * 20,
        "成功解决了工程难题" * 30,
        "Réf. DC/2017/0371, 12 345,67 DZD, CMAI-32, A4, B12, C7. " * 8,
    ],
    ids=["german", "spanish", "turkish", "greek", "chinese", "codes"],
)
def test_other_languages_and_lists_of_codes_are_no_wrong_letters(text: str) -> None:
    """What cannot be judged is let through."""
    assert not is_garbled(text)
    assert (plausibility(text) or 1.0) > 0.4


def test_a_font_with_a_wrong_map_gives_a_page_of_wrong_letters() -> None:
    """What is painted reads well to the eye, and its letters stand for others: nothing of it is indexed."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    wrong = dict(zip(map(ord, letters), "zqxjkvbpygfwmucldrhsnioate", strict=True))
    plain = FRENCH.casefold().translate(str.maketrans("éèêàçî", "eeeaci")).replace(".", "").replace(",", "")
    with pytest.raises(UnreadableDocument, match=r"texte illisible.*OCR nécessaire .*apt install tesseract"):
        load_pdf(letters_pdf(plain, to_unicode=wrong), "x", None)
    mixed = load_pdf(joined(sheet(), letters_pdf(plain, to_unicode=wrong)), "x", None)
    assert kinds(mixed) == ["text", "garbled"]
    assert {section.page for section in mixed.sections} == {1}
    assert "OCR nécessaire" in advice(mixed.quality[1])


# --- pages of every origin in one file -------------------------------------------------------------------------------


def test_scans_between_pages_of_text_are_named_and_the_text_is_read() -> None:
    """The report says which, and what to do; an empty page is no scan."""
    empty = FPDF()
    empty.add_page()
    document = load_pdf(joined(sheet(), scan(), bytes(empty.output())), "x", None)
    assert kinds(document) == ["text", "scan", "empty"]
    assert summary(document.quality) == "texte : 1, image sans texte : 1, page vide : 1"
    assert "apt install tesseract-ocr" in advice(document.quality[1])
    assert document.quality[0].score is not None
    assert document.quality[0].score > 0.7


def test_a_stamp_on_a_scanned_page_does_not_make_it_text() -> None:
    """A scanner writes its name or a number on the picture."""
    page = FPDF()
    page.add_page()
    page.image(Image.new("L", (600, 800), 210), x=0, y=0, w=210, h=297)
    page.set_font("Helvetica", size=8)
    page.cell(0, 6, "Archives nationales, fonds 12, dossier 345, piece 6")
    with pytest.raises(UnreadableDocument, match="document numérisé"):
        load_pdf(bytes(page.output()), "x", None)


def painted(mode: int, picture: bool) -> bytes:
    """A page of one visible sentence, and one painted in a mode, over a picture that fills the page or not."""
    shown = f"BT /F 11 Tf 1 0 0 1 50 700 Tm ({SENTENCE}) Tj ET"
    other = f"BT /F 11 Tf {mode} Tr 1 0 0 1 50 600 Tm (Un passage que personne ne voit sur la page imprimee.) Tj ET"
    content = f"{'q 600 0 0 800 0 0 cm /X Do Q ' if picture else ''}{'' if picture else shown} {other}"
    stream = zlib.compress(content.encode("cp1252"))
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
            b" /Resources << /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>",
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray"
            b" /Length 1 >>\nstream\n\x80\nendstream",
        ]
    )


def test_words_without_ink_are_read_only_under_a_picture() -> None:
    """There they are a scanner's own reading, and marked as such; elsewhere they are hidden from the reader."""
    hidden = load_pdf(painted(3, picture=False), "x", None)
    assert hidden.text == SENTENCE
    assert hidden.quality[0].notes == ("hidden-text",)
    layer = load_pdf(painted(3, picture=True), "x", None)
    assert layer.text == "Un passage que personne ne voit sur la page imprimee."
    assert layer.quality[0].notes == ("ocr-layer",)
    assert all(section.ocr for section in layer.sections)
    assert not any(section.ocr for section in hidden.sections)
    assert "passage que personne" in load_pdf(painted(0, picture=False), "x", None).text


# --- Arabic as it is stored ------------------------------------------------------------------------------------------


def arabic_page(text: str, *, visual: bool) -> bytes:
    """A page of Arabic letters, stored from right to left as they are read, or from left to right as they stand."""
    x, runs = 540.0, []
    for letter in text:
        x -= 7.0
        runs.append((x, letter))
    codes = {letter: number for number, letter in enumerate(sorted(set(text)), start=65)}
    placed = runs[::-1] if visual else runs
    content = "".join(f"BT /F 11 Tf 1 0 0 1 {x:.1f} 700 Tm <{codes[letter]:02x}> Tj ET\n" for x, letter in placed)
    pairs = "".join(f"<{code:02x}> <{ord(letter):04x}>\n" for letter, code in codes.items())
    cmap = f"1 begincodespacerange <00> <ff> endcodespacerange {len(codes)} beginbfchar\n{pairs}endbfchar".encode()
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
            b" /Resources << /Font << /F 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content.encode()),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Arab /ToUnicode 6 0 R"
            b" /FirstChar 65 /LastChar %d /Widths [%s] >>" % (64 + len(codes), b"636 " * len(codes)),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(cmap), cmap),
        ]
    )


SHAPED = "ﻗﺎﻧﻮﻥ ﻣﺆﺭﺥ"  # presentation forms, in the order they are read


@pytest.mark.parametrize(
    ("text", "visual", "notes"),
    [
        ("قانون مؤرخ في سنة", True, ("visual-order",)),
        ("قانون مؤرخ في سنة", False, ()),
        (SHAPED, True, ("visual-order", "presentation-forms")),
        (SHAPED, False, ("presentation-forms",)),
    ],
    ids=["visual", "logical", "visual-shaped", "logical-shaped"],
)
def test_arabic_is_read_the_same_however_it_is_stored_and_the_report_says_how(
    text: str, visual: bool, notes: tuple[str, ...]
) -> None:
    """Letters in the order they are read, without presentation forms; which page was mended is known."""
    document = load_pdf(arabic_page(text, visual=visual), "x", None)
    assert document.text == ("قانون مؤرخ" if text == SHAPED else text)
    assert document.quality[0].notes == notes


def test_the_order_is_found_page_by_page() -> None:
    """One file of two origins."""
    document = load_pdf(
        joined(arabic_page("قانون مؤرخ في سنة", visual=True), arabic_page("المادة الأولى منه", visual=False)), "x", None
    )
    assert [page.notes for page in document.quality] == [("visual-order",), ()]
    assert [section.text for section in document.sections] == ["قانون مؤرخ في سنة", "المادة الأولى منه"]


# --- what a recogniser gives -----------------------------------------------------------------------------------------


def recognised(text: str, confidence: float, turn: int = 0) -> Recognised:
    lines = tuple(Words(line, 50.0, 500.0, 700.0 - 16 * n) for n, line in enumerate(text.split("\n")))
    return Recognised(lines, confidence, turn)


def test_recognised_lines_stand_in_for_the_picture_and_are_marked() -> None:
    """Pages of text stay as they are; the report tells confidence and turn."""
    data = joined(sheet(), scan())
    lines = "Le protocole est signé à Tunis par les\nministres de la justice."
    document = load_pdf(data, "x", None, recognised={2: recognised(lines, 91.0, 90)})
    assert [(s.page, s.ocr) for s in document.sections] == [(1, False), (2, True)]
    assert document.sections[1].text == "Le protocole est signé à Tunis par les ministres de la justice."
    assert document.quality[1].kind == "ocr"
    assert document.quality[1].notes == ("rotated",)
    assert document.quality[1].confidence == 91.0


@pytest.mark.parametrize(
    "read",
    [recognised(FRENCH, 50.0), recognised("xq zk jv wq xzk qj " * 20, 90.0), Recognised((), 0.0)],
    ids=["unsure", "no-writing", "nothing"],
)
def test_a_reading_that_is_not_sure_is_not_kept(read: Recognised) -> None:
    """A stain, a map, another script: guesses at letters are no text, and the reason says so."""
    document = load_pdf(joined(sheet(), scan()), "x", None, recognised={2: read})
    assert document.quality[1].kind == "scan"
    assert "ocr-failed" in document.quality[1].notes
    assert {section.page for section in document.sections} == {1}
    with pytest.raises(UnreadableDocument, match="n’y lit rien de sûr"):
        load_pdf(scan(), "x", None, recognised={1: read})


def test_what_a_recogniser_says_is_checked() -> None:
    """It is a child that has read what others wrote."""
    page = recognised("a", 50.0, 270)
    assert Recognised.from_json(page.to_json()) == page
    for wrong in ({}, {"lines": [["a", 1]], "confidence": 5, "turn": 0}, {"lines": [], "confidence": "nan", "turn": 0}):
        with pytest.raises(ValueError, match="no recognised page"):
            Recognised.from_json(wrong)


def test_a_sheet_scanned_twice_keeps_its_lines() -> None:
    """Lines that repeat with the whole page are no running headers."""
    lines = "Première ligne de la feuille\nDeuxième ligne\nTroisième ligne de la feuille"
    read = {n: recognised(lines, 95.0) for n in (1, 2, 3)}
    document = load_pdf(joined(scan(), scan(), scan()), "x", None, recognised=read)
    assert document.text.count("Première ligne") == 3


def test_reports_cross_as_json_and_say_what_to_do() -> None:
    """What is stored is what was made."""
    page = PageQuality(3, "ocr", 120, 0.8, ("rotated", "doubtful-ocr"), 71.5)
    assert PageQuality.from_json(page.to_json()) == page
    assert "redressée" in page.to_json()["advice"]
    assert advice(PageQuality(1, "text", 50)) == ""


# --- passwords -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_password_that_is_given_opens_a_protected_file(algorithm: str) -> None:
    """One of several, in every cipher; without it the reason says how to give it."""
    writer = PdfWriter()
    writer.append(PdfReader(BytesIO(sheet())))
    writer.encrypt("clé ouverte", "autre", algorithm=algorithm)
    held = BytesIO()
    writer.write(held)
    assert "comité des ministres" in load_pdf(held.getvalue(), "x", None, passwords=["faux", "clé ouverte"]).text
    with pytest.raises(UnreadableDocument, match="protégé par un mot de passe : donnez-le par --passwords"):
        load_pdf(held.getvalue(), "x", None)
    with pytest.raises(UnreadableDocument, match="aucun des mots de passe"):
        load_pdf(held.getvalue(), "x", None, passwords=["faux"])
