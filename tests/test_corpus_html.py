"""HTML loads as its body: no page around it, nothing hidden, nothing fetched."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableDocument
from corpus.html import load_html
from corpus.load import load
from corpus.section import Document

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
needs_samples = pytest.mark.skipif(
    not SAMPLES.exists(), reason="the samples lie beside the project and are absent here"
)

PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Coopération – Ministère</title>
<style>p {color: red}</style><script>var p = "<p>script</p>";</script></head><body>
<header><a href="/">Ministère</a><nav><ul><li>Accueil</li><li>Actualités</li></ul></nav></header>
<div class="cookie-banner">Nous utilisons des cookies <button>OK</button></div>
<nav>Fil d'Ariane</nav>
<main>
<h1>La coopération <em>multilatérale</em></h1>
<p>Un premier
   paragraphe, avec <a href="https://exemple.dz">un lien</a>&nbsp;et <b>du gras</b>.</p>
<p style="display: none">Instruction cachée.</p><p hidden>Cachée aussi.</p><p aria-hidden="true">Et là.</p>
<h2>Les cadres</h2>
<p>Les cadres sont :</p>
<ul><li>l'Union africaine ;</li>
<li>l'Union européenne :<ul><li>l'accord de 2005 ;</li></ul></li><li><p>le CMAI.</p></li></ul>
<ol start="3"><li>trois</li><li>quatre</li></ol>
<h3>Les dates</h3>
<table><caption>Sessions</caption><tr><th>Session</th><th>Lieu</th></tr><tr><td>1re</td><td><p>Alger</p></td></tr></table>
<h2>Autre</h2>
<p>Une ligne<br>puis une autre.</p>
<pre>a  b
  c</pre>
</main>
<aside>À lire aussi</aside>
<form><label>Identifiant</label><input name="id"><p>Veuillez saisir votre identifiant.</p></form>
<footer>© 2026 Ministère. Tous droits réservés</footer>
</body></html>"""

EXPECTED = """La coopération multilatérale

Un premier paragraphe, avec un lien\xa0et du gras.

Les cadres

Les cadres sont :
• l'Union africaine ;
• l'Union européenne :
  • l'accord de 2005 ;
• le CMAI.
3. trois
4. quatre

Les dates

Sessions

Session | Lieu
1re | Alger

Autre

Une ligne
puis une autre.

a  b
  c"""


def read(source: str | bytes, title: str | None = None) -> Document:
    document = load_html(source.encode() if isinstance(source, str) else source, "x", title)
    for section in document.sections:
        assert section.text == document.text[section.start : section.end]
    return document


def test_the_text_is_the_body_without_the_page_around_it() -> None:
    """Menus, banners, forms, scripts and what is hidden are gone; items and rows are lines."""
    assert read(PAGE).text == EXPECTED


def test_sections_follow_the_headings_and_the_title_is_the_first() -> None:
    """`h1` is the title, before `<title>` and the caller's; the others make the path."""
    document = read(PAGE, "Donné")
    assert document.title == "La coopération multilatérale"
    assert [section.headings for section in document.sections] == [
        (),
        ("Les cadres",),
        ("Les cadres", "Les dates"),
        ("Autre",),
    ]


def test_a_page_without_a_first_heading_takes_the_next_best_title() -> None:
    """`<title>`, then the caller's, then the id."""
    assert read("<title>Nommée</title><p>Texte.</p>", "Donné").title == "Nommée"
    assert read("<p>Texte.</p>", "Donné").title == "Donné"
    assert read("<p>Texte.</p>").title == "x"


def test_a_title_in_a_banner_that_is_dropped_still_names_the_page() -> None:
    """The banner goes, its `h1` is not lost."""
    assert read("<header><h1>Le Conseil</h1></header><p>Texte.</p>").title == "Le Conseil"


def test_a_header_or_a_form_that_holds_prose_is_kept() -> None:
    """Laws put a preamble in `header`; some sites put the whole page in `form`."""
    prose = "Considérant que la reconnaissance de la dignité inhérente à tous est le fondement de la paix. " * 6
    for tag in ("header", "form"):
        assert "dignité" in read(f"<{tag}><p>{prose}</p></{tag}><p>Article.</p>").text


def test_headings_set_by_hand_are_recognised() -> None:
    """A bold line, or numbered capitals in a paragraph, is the heading that editors of web pages make."""
    document = read("<p><strong>1-UNION AFRICAINE :</strong></p><p>Texte.</p><p><b>Les dates</b></p><p>Suite.</p>")
    assert [section.headings for section in document.sections] == [
        ("1-UNION AFRICAINE",),
        ("1-UNION AFRICAINE", "Les dates"),
    ]


def test_a_table_that_only_places_things_is_read_as_text() -> None:
    """One cell a row, or headings inside, is layout."""
    document = read("<table><tr><td><h2>Titre</h2><p>Un.</p><p>Deux.</p></td></tr></table>")
    assert (document.sections[0].headings, document.sections[0].text) == (("Titre",), "Un.\n\nDeux.")


@pytest.mark.parametrize(
    ("source", "encoding"),
    [
        ("<meta charset='windows-1252'><p>été</p>", "cp1252"),
        ("<meta charset='iso-8859-1'><p>l’été</p>", "cp1252"),
        ("<meta http-equiv='Content-Type' content='text/html; charset=windows-1256'><p>التعاون</p>", "cp1256"),
        ("<meta charset='utf-8'><p>l’été à Tunis</p>", "cp1252"),
        ("<p>التعاون</p>", "utf-16"),
        ("<p>l’été</p>", "utf-8-sig"),
    ],
)
def test_letters_are_read_in_the_encoding_declared_or_found(source: str, encoding: str) -> None:
    """A wrong declaration is common, and then the bytes decide."""
    assert read(source.encode(encoding)).text == source.rpartition("<p>")[2].removesuffix("</p>")


def test_no_entity_of_a_document_is_expanded(tmp_path: Path) -> None:
    """Neither a file nor a bomb comes in through a document type."""
    (tmp_path / "secret").write_text("SECRET")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    source = (
        f'<!DOCTYPE html [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
        "<html><body><p>Texte &x; &l9; fin.</p></body></html>"
    )
    text = read(source).text
    assert "SECRET" not in text
    assert len(text) < 2_000


def test_a_page_nested_without_end_gives_its_words_or_a_reason() -> None:
    """Depth costs no stack."""
    with suppress(UnreadableDocument):
        assert "fond" in read("<div>" * 100_000 + "<p>fond</p>").text


@pytest.mark.parametrize("source", ["<html></html>", "<p></p>", "<!-- rien -->", "<nav>Accueil</nav>", "<p>&nbsp;</p>"])
def test_a_page_without_text_is_refused(source: str) -> None:
    """An empty body gives a reason."""
    with pytest.raises(UnreadableDocument, match="vide"):
        read(source)


tags = st.from_regex("(p|div|b|h1|h2|ul|ol|li|table|tr|td|th|pre|br|main|header|form|nav|caption)", fullmatch=True)
pieces = st.one_of(
    tags.map("<{}>".format), tags.map("</{}>".format), st.sampled_from(["mot", " ", "\n", "• x", "É.", "&lt;"])
)


@settings(max_examples=200)
@given(st.lists(pieces, max_size=40).map("".join))
def test_any_soup_gives_sound_sections_or_a_reason(source: str) -> None:
    """Unbalanced tags break neither the walk nor the tiling."""
    try:
        document = read(source)
    except UnreadableDocument:
        return
    assert [s.start for s in document.sections] == sorted(s.start for s in document.sections)


@needs_samples
@pytest.mark.parametrize(
    ("language", "preamble", "article"),
    [("fr", "Préambule", "Article 2"), ("en", "Preamble", "Article 2"), ("ar", "الديباجة", "المادة 2")],
)
def test_the_universal_declaration_loads_whole(language: str, preamble: str, article: str) -> None:
    """Its preamble stands in a `header`, and each of its thirty articles is a section."""
    document = load(SAMPLES / "domain" / f"{language}_udhr.html", "udhr")
    assert document.sections[0].headings == (preamble,)
    assert document.sections[2].headings == (article,)
    assert len(document.sections) == 31


@needs_samples
def test_hidden_nodes_and_rich_cells_of_the_samples_load() -> None:
    """What a style or an attribute hides is not read; a nested table is read in its cell."""
    hidden = load(SAMPLES / "office_html" / "readability_hidden-nodes.html", "x")
    assert len(hidden.sections) == 1
    rich = load(SAMPLES / "office_html" / "docling_html_rich_table_cells.html", "x")
    assert "Mallard | Ponds, lakes, rivers | Quack\n" in rich.text
    assert "Quack | Type Sound Short “quak” Long “quaaaaaack”" in rich.text
