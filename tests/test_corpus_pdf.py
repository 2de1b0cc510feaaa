"""PDF loads as its author wrote it: paragraphs on one line, headings, lists, pages; Arabic in reading order."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from corpus.errors import UnreadableDocument
from corpus.load import load
from corpus.make_pdfs import read_blocks, sources
from corpus.manifest import shipped_texts
from corpus.pdf import load_pdf
from corpus.section import Document

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the samples beside the project are absent here")
ARABIC_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
needs_font = pytest.mark.skipif(not ARABIC_FONT.exists(), reason="no Arabic font on this machine")

SENTENCE = "La Direction de la coopération contribue à la coordination et au suivi des travaux des instances."


class Sheet(FPDF):
    """A page with a header and a footer, as offices make them."""

    running = False

    def header(self) -> None:
        """Write the ministry's name at the top."""
        if not self.running:
            return
        self.set_font("Helvetica", size=8)
        self.cell(0, 6, "Ministère - Direction de la Coopération", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(4)

    def footer(self) -> None:
        """Write the page number at the foot."""
        if not self.running:
            return
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 6, f"Page {self.page_no()} / {{nb}}", align="C")

    def say(self, text: str, size: float = 11, style: Literal["", "B"] = "", above: float = 3) -> None:
        """Write a paragraph, a heading or an item."""
        self.ln(above)
        self.set_font("Helvetica", style, size)
        self.multi_cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def sheet(*, running: bool = False) -> Sheet:
    page = Sheet()
    page.running = running
    page.core_fonts_encoding = "cp1252"
    page.add_page()
    return page


def read(page: FPDF, title: str | None = None) -> Document:
    document = load_pdf(bytes(page.output()), "x", title)
    end = 0
    for section in document.sections:
        assert section.text == document.text[section.start : section.end]
        assert section.start >= end
        end = section.end
    return document


def test_a_report_gives_its_title_headings_paragraphs_and_items() -> None:
    """Larger lines are headings, wrapped or not; a paragraph is one line; items stay with the sentence above."""
    page = sheet()
    page.say("Guide de la coopération multilatérale et des instances régionales de suivi", 20, "B")
    page.say("1. Les organismes", 14, "B")
    page.say(f"{SENTENCE} {SENTENCE}")
    page.say("Les objectifs sont :")
    page.say(f"• la paix ;\n• {SENTENCE.lower()}\n• la sécurité.")
    page.say("2. Les dates", 14, "B")
    page.say("Une phrase courte.")
    document = read(page)
    assert document.title == "Guide de la coopération multilatérale et des instances régionales de suivi"
    assert [(section.headings, section.page) for section in document.sections] == [
        (("1. Les organismes",), 1),
        (("2. Les dates",), 1),
    ]
    items = f"• la paix ;\n• {SENTENCE.lower()}\n• la sécurité."
    assert document.sections[0].text == f"{SENTENCE} {SENTENCE}\n\nLes objectifs sont :\n{items}"
    assert document.pages == 1


def test_running_headers_footers_and_page_numbers_are_left_out() -> None:
    """What stands on every page is no text."""
    page = sheet(running=True)
    for n in range(3):
        page.say(f"{SENTENCE} Fin {'abc'[n]}.")
        page.add_page()
    page.say("Une dernière phrase.")
    document = read(page)
    assert "Ministère" not in document.text
    assert "Page" not in document.text
    assert [section.page for section in document.sections] == [1, 2, 3, 4]
    assert document.pages == 4


def test_a_bold_line_at_body_size_is_a_heading_and_bold_words_are_not() -> None:
    """Weight makes a heading only of a whole line."""
    page = sheet()
    page.say("Présences", 11, "B")
    page.say(SENTENCE)
    page.set_font("Helvetica", "B", 11)
    page.write(6, "Important : ")
    page.set_font("Helvetica", "", 11)
    page.write(6, SENTENCE)
    document = read(page)
    assert [section.headings for section in document.sections] == [("Présences",)]
    assert f"Important : {SENTENCE}" in document.text


def test_a_law_gives_its_articles_at_body_size() -> None:
    """The words of a heading are enough when it stands alone; a chapter takes the name under its number."""
    page = sheet()
    page.say("CHAPITRE II\nDE LA COOPERATION")
    page.say(f"Article 3\n{SENTENCE} {SENTENCE}")
    page.say(f"Article 4\n{SENTENCE} {SENTENCE}")
    assert [section.headings for section in read(page).sections] == [
        ("CHAPITRE II DE LA COOPERATION", "Article 3"),
        ("CHAPITRE II DE LA COOPERATION", "Article 4"),
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("la coopé-\nration arabe", "la coopération arabe"),
        ("peut-\nêtre demain", "peut-être demain"),
        ("c'est-à-\ndire ainsi", "c'est-à-dire ainsi"),
        ("la Seine-\nSaint-Denis", "la Seine-Saint-Denis"),
        ("de 2019-\n2020", "de 2019-2020"),
        ("la paix -\net la vie", "la paix - et la vie"),
        ("un lien https://exemple.dz/\npage", "un lien https://exemple.dz/page"),
    ],
)
def test_a_word_cut_at_the_end_of_a_line_is_mended(lines: str, expected: str) -> None:
    """Syllables are joined, compounds and codes keep their hyphen."""
    first, second = lines.split("\n")
    pad = "Le ministère a exposé, dans un rapport transmis aux membres du conseil, "
    page = sheet()
    page.set_font("Helvetica", size=11)
    for line in (pad + first, second + " et " + pad + "son avis sur ce point.", SENTENCE + " Encore."):
        page.cell(0, 6, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    assert f"{pad}{expected}" in read(page).text


def test_a_sentence_over_a_page_break_goes_on_in_the_text() -> None:
    """Each page has its section, and nothing but a space stands between the two in the document."""
    page = sheet()
    page.say(f"{SENTENCE} La phrase commence sur une page")
    page.add_page()
    page.say("et finit sur la suivante.")
    document = read(page)
    assert "commence sur une page et finit sur la suivante." in document.text
    assert [section.page for section in document.sections] == [1, 2]


def test_a_table_gives_one_line_a_row() -> None:
    """Cells are parted by a bar, as in the other formats."""
    page = sheet()
    page.set_font("Helvetica", size=11)
    with page.table() as table:
        for row in (("Session", "Lieu", "Date"), ("1re", "Nouakchott", "mars 1990"), ("3e", "Alger", "juillet 1994")):
            table.row(row)
    page.say(SENTENCE)
    assert "1re | Nouakchott | mars 1990\n3e | Alger | juillet 1994" in read(page).text


def test_two_columns_are_read_one_after_the_other() -> None:
    """Even when painted line by line across both."""
    page = sheet()
    page.set_font("Helvetica", size=11)
    words = ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"]
    for place, name in enumerate(words):
        page.text(10, 40 + 6 * place, f"gauche {name} et la suite de la ligne,")
        page.text(60, 250, ".")  # another baseline between the two, as most programs paint
        page.text(110, 40 + 6 * place, f"droite {name} et la suite de la ligne,")
    text = read(page).text
    places = [text.index(f"{side} {name} et") for side in ("gauche", "droite") for name in words]
    assert places == sorted(places)


def test_text_outside_the_page_or_painted_twice_is_not_read_twice_or_at_all() -> None:
    """A reader sees it once, or never."""
    page = sheet()
    page.say(SENTENCE)
    page.set_font("Helvetica", size=11)
    page.text(400, 50, "Hors de la page.")
    for shift in (0.0, 0.1):
        page.text(20 + shift, 100, "Phrase en gras simulé.")
    text = read(page).text
    assert "Hors" not in text
    assert text.count("Phrase en gras simulé.") == 1


def test_the_callers_title_comes_before_the_largest_line() -> None:
    """In a PDF a title is a guess; without one the caller's fallback serves, then the id."""
    page = sheet()
    page.say("Grand titre", 20)
    page.say(SENTENCE)
    assert read(page, "Donné").title == "Donné"
    plain = sheet()
    plain.say(SENTENCE)
    data = bytes(plain.output())
    assert load_pdf(data, "x", None, fallback="Nom du fichier").title == "Nom du fichier"
    assert load_pdf(data, "x", None).title == "x"


# --- Arabic ----------------------------------------------------------------------------------------------------------


@needs_font
@pytest.mark.parametrize(
    "sentence",
    [
        "يساهم مجلس وزراء الداخلية العرب في تعزيز التعاون الأمني بين الدول العربية.",
        "انعقدت الدورة السابعة عشرة من 29 إلى 31 يناير 2000 في الجزائر.",
        "صدر القانون رقم 23-12 المؤرخ في 05/08/2023 بنسبة 12,5% من المجموع.",
        "يمثل برنامج CAPDEL دعما من Union Europeenne للجماعات المحلية.",
    ],
)
def test_arabic_is_read_from_right_to_left_with_its_figures(sentence: str) -> None:
    """Letters, numbers, dates and Latin words each keep their own direction."""
    page = FPDF()
    page.add_font("Arabic", "", ARABIC_FONT)
    page.add_page()
    page.set_font("Arabic", size=12)
    page.set_text_shaping(True, direction="rtl", script="arab", language="ara")
    page.multi_cell(0, 8, sentence, align="R")
    assert read(page).text == sentence


@needs_samples
def test_the_official_journal_of_algeria_is_read_in_order() -> None:
    """Painted backwards in two columns: numbers of laws, articles and headings come out right."""
    document = load(SAMPLES / "domain" / "ar_algerie_loi_23-12_marches_publics.pdf", "loi", "القانون 23-12")
    text = document.text
    assert "قانون رقم 23-12 مؤرخ في 18 محرّم عام 1445 الموافق 5 غشت سنة 2023" in text
    assert "القانون العضوي رقم 98-01" in text
    assert "المادّة 3 : يمكن أن يكون المتعامل الاقتصادي شخصًا أو عدة أشخاص طبيعيين أو معنويين" in text
    chapters = [section.headings for section in document.sections if "الباب الأول أحكام عامة" in section.headings]
    assert len(chapters) >= 5
    assert not any(word.startswith(("ة", "ى")) for word in text.split())


@needs_samples
def test_the_official_journal_of_france_gives_its_articles() -> None:
    """Articles are headings under their title; running lines are gone; sentences stand on one line."""
    document = load(SAMPLES / "domain" / "fr_journal_officiel_ordonnance.pdf", "ordonnance")
    articles = {section.headings[-1] for section in document.sections if section.headings}
    assert {"Article 1er", *[f"Article {n}" for n in range(2, 42)]} <= articles
    assert "JOURNAL OFFICIEL DE LA RÉPUBLIQUE FRANÇAISE" not in document.text
    assert (
        "La présente ordonnance est applicable aux avocats au Conseil d’Etat et à la Cour de cassation, "
        "aux commissaires de justice, aux greffiers des tribunaux de commerce et aux notaires."
    ) in document.text


# --- what is refused -------------------------------------------------------------------------------------------------


def _encrypted() -> bytes:
    page = sheet()
    page.say(SENTENCE)
    page.set_encryption(owner_password="a", user_password="b")
    return bytes(page.output())


def _scanned() -> bytes:
    page = FPDF()
    page.add_page()
    page.image(Image.new("L", (200, 300), 200), x=0, y=0, w=210)
    return bytes(page.output())


def _blank() -> bytes:
    page = FPDF()
    page.add_page()
    return bytes(page.output())


def _cut() -> bytes:
    page = sheet()
    page.say(SENTENCE)
    return bytes(page.output())[:300]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_encrypted, "protégé par un mot de passe"),
        (_scanned, "document numérisé : OCR nécessaire .*apt install tesseract-ocr"),
        (_blank, "vide"),
        (_cut, "endommagé"),
        (lambda: b"%PDF-1.7\n" + bytes(range(256)) * 20, "endommagé"),
    ],
    ids=["encrypted", "scanned", "blank", "cut", "garbage"],
)
def test_what_cannot_be_read_is_refused_in_french(make: Callable[[], bytes], reason: str) -> None:
    """The reason says what to do about the file."""
    with pytest.raises(UnreadableDocument, match=reason):
        load_pdf(make(), "x", None)


def test_a_file_protected_by_its_owner_alone_is_read() -> None:
    """It opens without a password in every viewer."""
    page = sheet()
    page.say(SENTENCE)
    page.set_encryption(owner_password="a")
    assert SENTENCE in read(page).text


def test_limits_of_pages_and_characters_hold_and_pages_are_announced() -> None:
    """Too long is refused before it is read; the number of pages is told first."""
    page = sheet()
    page.say(SENTENCE * 20)
    page.add_page()
    page.say(SENTENCE)
    data = bytes(page.output())
    told: list[int] = []
    load_pdf(data, "x", None, announce=told.append)
    assert told == [2]
    with pytest.raises(UnreadableDocument, match="2 pages, 1 au plus"):
        load_pdf(data, "x", None, max_pages=1)
    with pytest.raises(UnreadableDocument, match="trop volumineux"):
        load_pdf(data, "x", None, max_characters=1_000)


@needs_samples
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("pdf/*.pdf")), ids=lambda path: path.stem)
def test_every_sample_gives_sound_sections_or_a_french_reason(path: Path) -> None:
    """Fuzzed, encrypted, scanned, cyclic: no other exception comes out."""
    try:
        document = load(path, "x")
    except UnreadableDocument as refused:
        known = ("protégé", "endommagé", "vide", "numérisé", "illisible")
        assert any(word in str(refused) for word in known)  # noqa: PT017 - either outcome is right, and both are checked
        return
    for section in document.sections:
        assert section.text == document.text[section.start : section.end]
        assert section.page is not None
        assert 1 <= section.page <= (document.pages or 0)


# --- round trips -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(shipped_texts().glob("*.pdf")), ids=lambda path: path.stem)
def test_every_block_of_a_shipped_pdf_comes_back_as_it_was_written(path: Path) -> None:
    """The title, the headings as paths, each paragraph and item verbatim on one line, in order."""
    blocks = read_blocks((sources() / f"{path.stem}.md").read_text(encoding="utf-8"))
    document = load(path, path.stem)
    assert document.title == blocks[0].text
    headings = list(dict.fromkeys(heading for section in document.sections for heading in section.headings))
    assert headings == [block.text for block in blocks if block.kind == "heading"]
    lines = [line for section in document.sections for line in section.text.replace("\xa0", " ").split("\n") if line]
    written = [("• " if block.kind == "item" else "") + block.text for block in blocks[1:] if block.kind != "heading"]
    assert " ".join(lines) == " ".join(written)
    assert all(len(section.headings) == 1 for section in document.sections)


syllables = st.sampled_from("co la re men tion de pre sta nou é à ça l' es ti vi ra in on".split())
word = st.lists(syllables, min_size=1, max_size=4).map("".join)  # letters at random are no writing, and told as such


@settings(max_examples=25, deadline=None)
@given(st.lists(word, min_size=1, max_size=120), st.sampled_from("JL"))
def test_a_paragraph_comes_back_word_for_word_however_it_wraps(words: list[str], align: str) -> None:
    """Justified or not, lines are joined by single spaces."""
    sentence = " ".join(["Le", *words, "fin."])
    page = FPDF()
    page.core_fonts_encoding = "cp1252"
    page.add_page()
    page.set_font("Helvetica", size=11)
    page.multi_cell(0, 6, sentence, align=align)
    assert load_pdf(bytes(BytesIO(page.output()).getvalue()), "x", None).sections[-1].text == sentence
