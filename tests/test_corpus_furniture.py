"""Page furniture is told from text: controls, menus, banners, running headers and page numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.furniture import furniture, is_contents_line, running_lines

PROSE = "La coopération multilatérale est un mécanisme stratégique."
FORM = "Veuillez saisir votre identifiant ou votre adresse e-mail. Un lien permettant de créer un mot de passe suivra."


@pytest.mark.parametrize(
    "label",
    [
        "Se connecter",
        "S’inscrire",
        "S'inscrire",
        "» Mot de passe oublié ?",
        "• Log in",
        "تسجيل الدخول",
        "Tout accepter",
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_control_alone_on_its_line_is_furniture(label: str, place: int) -> None:
    """Wherever it stands, whatever its quotes, bullet or capitals."""
    lines = [PROSE, PROSE]
    lines.insert(place, label)
    assert furniture(lines) == {place}


@pytest.mark.parametrize(
    "line",
    [
        "Pour se connecter, l’agent saisit son identifiant.",
        "Se connecter au réseau suppose un agrément",
        "L’accord prévoit un menu de mesures.",
        "Veuillez saisir votre identifiant, puis validez la demande de visa.",
        "Le site utilise des cookies pour mesurer l’audience, selon l’article 5.",
        "يجب تسجيل الدخول إلى المنصة قبل تقديم الطلب.",
        "Log in to the portal is granted by the ministry.",
        "Accueil des réfugiés et des migrants",
        "Contact",
        "Documents",
        "L’article 3 : accueil > hébergement",
    ],
)
def test_a_sentence_about_a_control_is_text(line: str) -> None:
    """Running prose that mentions signing in, menus or cookies stays, and so does a lone label."""
    assert furniture([PROSE, line, PROSE]) == frozenset()


def test_a_form_is_furniture_with_its_sentences() -> None:
    """A sentence of the form goes when controls stand around it."""
    lines = [PROSE, "", "Se connecter", "\xa0", "S’inscrire", "Réinitialiser le mot de passe", "", FORM]
    assert furniture(lines) == {2, 4, 5, 7}


def test_a_menu_at_the_edge_of_a_page_is_furniture() -> None:
    """Four labels in a row, or two with a control, at the start or the end."""
    assert furniture(["Accueil", "Actualités", "Documents", "Contact", PROSE]) == {0, 1, 2, 3}
    assert furniture([PROSE, "Contact", "Plan du site", "Retour en haut"]) == {1, 2, 3}
    assert furniture([PROSE, "Documents", "Contact", PROSE]) == frozenset()


def test_a_list_that_a_sentence_announces_is_text() -> None:
    """A text may describe the menu of a site."""
    assert furniture(["Le site comprend :", "Accueil", "Actualités", "Documents", "Contact"]) == frozenset()


@pytest.mark.parametrize(
    "line", ["Accueil > Coopération > Multilatérale", "Vous êtes ici : Accueil", "Home › News", "الرئيسية › التعاون"]
)
def test_a_breadcrumb_is_furniture(line: str) -> None:
    """A path from the home page is no text."""
    assert furniture([line, PROSE]) == {0}


def test_a_cookie_banner_is_furniture() -> None:
    """The sentence goes with its buttons."""
    banner = ["Ce site utilise des cookies pour améliorer votre expérience.", "Tout accepter", "Tout refuser"]
    assert furniture([*banner, PROSE]) == {0, 1, 2}


@given(st.lists(st.sampled_from([PROSE, FORM, "", "Contact", "Se connecter", "Accueil", "©  2026"]), max_size=12))
def test_prose_is_never_furniture(lines: list[str]) -> None:
    """Whatever stands around a sentence of the text, it stays; indexes are those of lines that show something."""
    dropped = furniture(lines)
    assert all(lines[i].strip() and lines[i] != PROSE for i in dropped)


# --- running headers and footers -------------------------------------------------------------------------------------


def page(number: int, *body: str) -> list[str]:
    return ["Ministère – Direction de la Coopération", *body, f"Page {number} sur 4"]


def test_headers_footers_and_page_numbers_are_found_on_every_page() -> None:
    """What repeats at the edges goes; what stands between stays."""
    pages = [page(n, f"Paragraphe {n} du texte.", "Une autre ligne.", f"Suite numéro {n * n}") for n in range(1, 5)]
    assert running_lines(pages) == [frozenset({0, 4})] * 4


def test_two_pages_are_enough_when_both_carry_the_line() -> None:
    """A short document has running lines too."""
    pages = [["En-tête", "Un texte.", "Encore.", "1"], ["En-tête", "Autre texte.", "Toujours.", "2"]]
    assert running_lines(pages) == [frozenset({0, 3})] * 2


@pytest.mark.parametrize("number", ["7", "- 7 -", "Page 7", "7/12", "page 7 sur 12", "صفحة 7", "p. 7"])
def test_a_page_number_is_recognised_in_its_usual_forms(number: str) -> None:
    """Alone on its line at an edge, and equal to the page's place."""
    pages = [["texte un", "texte deux", "texte trois"] for _ in range(6)]
    pages = [[f"{i}{line}" for line in lines] for i, lines in zip("abcdef", pages, strict=True)]
    assert running_lines([*pages, ["g un", "g deux", number]])[6] == {2}


def test_headers_of_left_and_right_pages_are_both_found() -> None:
    """A header that stands on every second page repeats."""
    pages = [["Le Conseil" if n % 2 else "La Ligue", f"texte {n}a", f"texte {n}b", f"texte {n}c"] for n in range(8)]
    assert running_lines(pages) == [frozenset({0})] * 8


def test_articles_at_the_head_of_pages_are_text() -> None:
    """Their numbers count articles, even when each page holds one."""
    pages = [[f"Article {n}", f"Le texte {n * 3}.", f"Autre {n * 7}.", f"Fin {n * 5}."] for n in range(1, 6)]
    assert running_lines(pages) == [frozenset()] * 5


def test_a_year_alone_at_an_edge_is_text() -> None:
    """A number that is not the page's is no page number."""
    assert running_lines([["1990", "Constitution du Conseil.", "Fin."]]) == [frozenset()]


@given(st.lists(st.lists(st.sampled_from(["", "a", "1", "2", "Page 1", "b c"]), max_size=8), max_size=6))
def test_running_lines_are_lines_of_their_page(pages: list[list[str]]) -> None:
    """Any pages, empty ones included, give one set of indexes each."""
    found = running_lines(pages)
    assert len(found) == len(pages)
    assert all(0 <= i < len(lines) for lines, indexes in zip(pages, found, strict=True) for i in indexes)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Introduction ........ 3", True),
        ("Annexe . . . . . . . iv", True),
        ("Et ainsi de suite...", False),
        ("1990", False),
    ],
)
def test_a_line_of_a_table_of_contents_is_recognised(line: str, expected: bool) -> None:
    """Dots that lead to a page number."""
    assert is_contents_line(line) is expected
