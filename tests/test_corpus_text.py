"""Plain text loads verbatim: letters, headings, lists, and no page furniture; what every document promises."""

import doctest
import unicodedata
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableDocument
from corpus.load import load
from corpus.normalise import Block, assemble, clean, one_line
from corpus.section import Document
from corpus.text import decode, heading_level, load_text

SHARED = Path(__file__).resolve().parents[2] / "shared"
REAL = SHARED / "texts" / "000_3929d32d99211bb2.txt"
needs_shared = pytest.mark.skipif(
    not REAL.exists(), reason="the user's text lies beside the project and is absent here"
)

FRENCH = "L’été dernier, la coopération « euro-méditerranéenne » a été élargie à Nouakchott."
ARABIC = "يساهم مجلس وزراء الداخلية العرب في تعزيز التعاون الأمني بين الدول العربية"


def assert_sound(document: Document) -> None:
    end = 0
    for section in document.sections:
        assert section.text == document.text[section.start : section.end]
        assert section.start >= end
        assert section.text == section.text.strip()
        assert section.text
        assert section.title == document.title
        assert section.document == document.id
        end = section.end
    assert document.sections
    assert unicodedata.is_normalized("NFC", document.text)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} and c != "\n" for c in document.text)


def read(text: str, title: str | None = None) -> Document:
    document = load_text(text.encode(), "x", title)
    assert_sound(document)
    return document


# --- the user's own text ---------------------------------------------------------------------------------------------


@needs_shared
def test_the_users_text_gives_its_six_headings_and_its_introduction() -> None:
    """The acceptance input: one section for the introduction, then one for each numbered heading."""
    document = load(REAL, "multilateral", "Coopération multilatérale")
    assert_sound(document)
    assert document.title == "Coopération multilatérale"
    assert [section.headings for section in document.sections] == [
        (),
        ("1-COOPERATION AVEC LES ORGANISMES ONUSIENS ET INTERNATIONAUX EN ALGERIE",),
        ("2-COOPERATION AVEC L’UNION AFRICAINE",),
        ("3-COOPERATION AVEC LE CONSEIL DES MINISTRES ARABES DE L’INTERIEUR/CMAI",),
        ("4-COOPERATION AVEC L’UNION EUROPEENNE",),
        ("5-COOPERATION EURO-ATLANTIQUE",),
        ("6-COOPERATION DANS LE CADRE DE L’UNION DU MAGHREB ARABE",),
    ]


@needs_shared
def test_the_users_text_is_kept_letter_by_letter() -> None:
    """Odd characters, no-break spaces and missing spaces stay, because quotes are verbatim."""
    document = load(REAL, "multilateral")
    assert document.text == unicodedata.normalize("NFC", REAL.read_text(encoding="utf-8"))
    for odd in ("les cadres suivants꞉", "Dialogue 5+5,qui", "contre les\xa0 catastrophes", "Capdel« Renforcement"):
        assert odd in document.text.replace("Capdel\xa0«", "Capdel«")
    assert "la 1èreréunion ministérielle" in document.sections[5].text


@needs_shared
def test_the_users_text_keeps_its_lists_with_the_sentence_that_opens_them() -> None:
    """The four meetings stand in one section, one a line, under the sentence that announces them."""
    maghreb = load(REAL, "multilateral").sections[-1].text
    lines = maghreb.split("\n")
    assert lines[0].startswith("Depuis sa constitution en 1990")
    assert [line for line in lines if line.startswith("  •")] == lines[2:6]


@needs_shared
def test_the_users_text_loses_the_sign_in_form_under_it() -> None:
    """The furniture at the end of the page is in no section, and every other line is in one."""
    document = load(REAL, "multilateral")
    bodies = "\n".join(section.text for section in document.sections)
    for furniture in ("Se connecter", "S’inscrire", "Réinitialiser", "Veuillez saisir"):
        assert furniture in document.text
        assert furniture not in bodies
    missing = [line for line in document.text.split("\n") if line.strip() and line.strip() not in bodies]
    assert len(missing) == 6 + 4  # headings, form


# --- letters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "cp1252"),
        (ARABIC, "utf-8"),
        (ARABIC, "utf-16"),
        (ARABIC, "cp1256"),
        ("The Council met in Tunis.", "ascii"),
    ],
)
def test_letters_are_recognised_in_common_encodings(text: str, encoding: str) -> None:
    """French and Arabic survive the encodings that offices write."""
    assert decode(text.encode(encoding)) == text


def test_bytes_that_are_no_text_are_refused_in_french() -> None:
    """A NUL byte without a byte order mark is no text."""
    with pytest.raises(UnreadableDocument, match="données binaires"):
        load_text(b"abc\x00\x01\x02def", "x", None)


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"-----\n=====\n", b"Se connecter\n"])
def test_a_text_with_nothing_to_read_is_refused(data: bytes) -> None:
    """An empty file, or one of furniture alone, gives a reason instead of an empty document."""
    with pytest.raises(UnreadableDocument, match="vide"):
        load_text(data, "x", None)


def test_what_the_eye_cannot_see_is_removed_before_offsets_count() -> None:
    """Zero-width and bidirectional controls could hide words; composed letters replace decomposed ones."""
    document = read("Une\u200b phr\u202ease \u00adcache\u0301e\r\nsur deux\x0blignes\ufeff.")
    assert document.text == "Une phrase cachée\nsur deux\nlignes."


# --- titles and headings ---------------------------------------------------------------------------------------------


def test_a_short_first_line_is_the_title() -> None:
    """A line that reads as a title is one, before the caller's; it is in the text and in no section."""
    document = read("Accord de coopération\n\nLes parties conviennent de coopérer.", "fichier")
    assert document.title == "Accord de coopération"
    assert [section.text for section in document.sections] == ["Les parties conviennent de coopérer."]


@pytest.mark.parametrize(
    "first",
    [
        "Les parties conviennent de coopérer.",
        "1-PREMIER POINT :",
        "• un élément",
        "CHAPITRE II",
        "a minuscule",
        "Les objets suivants :",
    ],
)
def test_a_first_line_that_is_no_title_leaves_the_callers(first: str) -> None:
    """Sentences, numbered headings and items do not name a document."""
    assert read(f"{first}\n\nUn paragraphe qui suit, et qui est assez long.", "Donné").title == "Donné"


def test_without_any_title_the_id_names_the_document() -> None:
    """A title is never empty, and is one clean line."""
    assert read("Une phrase entière.").title == "x"
    assert read("Une phrase entière.", " Deux\n\x00 lignes\ud800 ").title == "Deux lignes"
    assert read("Une phrase entière.", "\n").title == "x"


def test_a_heading_path_does_not_repeat_the_title() -> None:
    """The caller's title may be a heading of the text."""
    document = read("TITRE PREMIER\n\nArticle 1\n\nLe texte.", "TITRE PREMIER")
    assert document.sections[0].headings == ("Article 1",)


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("3-COOPERATION AVEC LE CONSEIL DES MINISTRES/CMAI :", 6),
        ("2.1 - LES ORGANISMES RÉGIONAUX", 7),
        ("IV. LA COOPERATION SECURITAIRE", 5),
        ("DISPOSITIONS GÉNÉRALES", 4),
        ("TITRE PREMIER", 1),
        ("Chapitre II : De la coopération", 2),
        ("Section 3", 3),
        ("Article premier", 12),
        ("Article 12 bis", 12),
        ("ARTICLE 7 – Objet", 12),
        ("الباب الأول", 1),
        ("المادة 12", 12),
        ("المادة الأولى : الهدف", 12),
        ("Article 2 du code civil", None),
        ("Article 3. Les parties s’engagent à coopérer.", None),
        ("ONU", None),
        ("Le Conseil a pour objet :", None),
        ("1ère rencontre: 16-18 Mars 1990", None),
        ("5+5", None),
        ("", None),
        ("A" * 400, None),
    ],
)
def test_a_heading_is_recognised_by_its_own_words(line: str, level: int | None) -> None:
    """Numbered capitals and the parts of laws are headings; sentences that mention them are not."""
    assert heading_level(line) == level


def test_headings_nest_as_a_law_does() -> None:
    """Articles stand under their chapter, and a new chapter closes the old one."""
    document = read(
        "CHAPITRE I\n\nArticle 1\n\nLe texte un.\n\nArticle 2\nLe texte deux.\n\n"
        "CHAPITRE II\n\nArticle 3\n\nLe texte trois."
    )
    assert [section.headings for section in document.sections] == [
        ("CHAPITRE I", "Article 1"),
        ("CHAPITRE I", "Article 2"),
        ("CHAPITRE II", "Article 3"),
    ]


def test_a_line_inside_a_paragraph_is_never_a_heading() -> None:
    """Capitals in the middle of wrapped prose, or an article cited at a line's start, stay text."""
    document = read("La présente loi modifie le\nTITRE PREMIER DU CODE\nde commerce, selon\nArticle 3\nde la loi.")
    assert len(document.sections) == 1
    assert document.sections[0].headings == ()


def test_numbered_items_in_a_list_are_no_headings() -> None:
    """Items parted by blank lines stay in the section of the sentence that announces them."""
    document = read(
        "Les buts sont :\n\n1. Renforcer la coopération\n\n2. Lutter contre le crime\n\n3. Former les agents"
    )
    assert len(document.sections) == 1


def test_a_numbered_line_above_a_paragraph_is_a_heading() -> None:
    """ "2. Objet de l’accord", alone above prose, opens a section."""
    body = "Le présent accord fixe le cadre général de la coopération entre les deux parties."
    document = read(f"1. Objet de l’accord\n\n{body}\n\nثانيا: التعاون الأمني\n\n{ARABIC} منذ سنة 1982.")
    assert [section.headings for section in document.sections] == [
        ("1. Objet de l’accord",),
        ("ثانيا: التعاون الأمني",),
    ]


def test_an_underlined_line_is_a_heading_and_its_underline_no_text() -> None:
    """A row of signs under a line makes it a heading; the row itself is in no section."""
    document = read("Titre du texte\n==============\n\nIntroduction.\n\nPartie basse\n------------\n\nSuite.")
    assert [(section.headings, section.text) for section in document.sections] == [
        ((), "Introduction."),
        (("Partie basse",), "Suite."),
    ]


# --- what every document promises ------------------------------------------------------------------------------------

words = st.text(st.sampled_from("aàéZ1٣ابة. ,:-•|\u200b\u0301\u00a0\t\r\n\x00\u2028#*"), max_size=60)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_sound_document_or_a_reason(data: bytes) -> None:
    """No bytes break the promises of a document."""
    with suppress(UnreadableDocument):
        assert_sound(load_text(data, "x", None))


@given(st.lists(words, max_size=12).map("\n\n".join))
def test_sections_are_spans_of_the_text(text: str) -> None:
    """Whatever the lines, sections are ordered, do not overlap and are cut from the text."""
    with suppress(UnreadableDocument):
        assert_sound(load_text(text.encode(), "x", None))


blocks = st.builds(
    Block,
    st.sampled_from(["title", "heading", "paragraph", "line", "continued"]),
    words,
    st.integers(1, 4),
    st.sampled_from([None, 1, 2]),
)


@given(st.lists(blocks, max_size=15))
def test_blocks_of_any_kind_tile_the_text(made: list[Block]) -> None:
    """Assembling keeps the promises for every sequence of blocks, and loses no word of the body."""
    try:
        document = assemble("x", "t", made)
    except UnreadableDocument:
        return
    assert_sound(document)


@given(words)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """The stored form is a fixed point: offsets counted in it stay."""
    assert clean(clean(text)) == clean(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize("module", ["corpus.normalise", "corpus.furniture", "corpus.text", "corpus.load"])
def test_the_examples_in_docstrings_hold(module: str) -> None:
    """Docs are tests."""
    failed, tried = doctest.testmod(import_module(module))
    assert (failed, tried > 0) == (0, True)
