"""Markdown loads as a reader sees it: no marks, headings as paths, lists and tables as lines."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnreadableDocument
from corpus.load import load
from corpus.manifest import shipped_texts
from corpus.markdown import load_markdown
from corpus.section import Document

SAMPLE = """---
title: ignoré
---
# La **coopération** multilatérale

Un premier paragraphe
sur deux lignes, avec *emphase*, `code`, [un lien](https://exemple.dz "x") et ![une image](i.png).

## Les cadres

Les cadres sont :

- l'Union africaine ;
- l'Union européenne :
  - l'accord de 2005 ;

  suite de l'élément ;
- le CMAI.

Suite.

1. premier
2. deuxième

### Les dates

| Session | Lieu |
|---------|:----:|
| 1re     | **Alger** |
| 2e      | Tunis |

## Autre

> Une citation.

    un bloc de code

<!-- un commentaire -->
<div hidden>caché</div>
<p>Un paragraphe HTML &amp; son <b>gras</b>.</p>

Fin<br>de texte\\*.
"""

EXPECTED = """La coopération multilatérale

Un premier paragraphe sur deux lignes, avec emphase, code, un lien et .

Les cadres

Les cadres sont :
• l'Union africaine ;
• l'Union européenne :
  • l'accord de 2005 ;
  suite de l'élément ;
• le CMAI.

Suite.

1. premier
2. deuxième

Les dates

Session | Lieu
1re | Alger
2e | Tunis

Autre

Une citation.

un bloc de code

Un paragraphe HTML & son gras.

Fin
de texte*."""


def read(source: str, title: str | None = None) -> Document:
    document = load_markdown(source.encode(), "x", title)
    for section in document.sections:
        assert section.text == document.text[section.start : section.end]
    return document


def test_the_text_is_what_a_reader_sees() -> None:
    """Marks, targets, images, comments, hidden parts and front matter are gone; items and rows are lines."""
    assert read(SAMPLE).text == EXPECTED


def test_sections_follow_the_headings_and_skip_the_title() -> None:
    """The first `#` heading is the title; the others make the path, outermost first."""
    document = read(SAMPLE, "Autre titre")
    assert document.title == "La coopération multilatérale"
    assert [section.headings for section in document.sections] == [
        (),
        ("Les cadres",),
        ("Les cadres", "Les dates"),
        ("Autre",),
    ]


def test_a_list_stays_with_the_sentence_that_announces_it() -> None:
    """No blank line parts "Les cadres sont :" from its items, so that no chunk does."""
    assert "Les cadres sont :\n• l'Union africaine ;\n" in read(SAMPLE).sections[1].text


def test_without_a_first_heading_the_callers_title_serves() -> None:
    """A second-level heading is no title."""
    document = read("## Partie\n\nTexte.", "Donné")
    assert (document.title, document.sections[0].headings) == ("Donné", ("Partie",))
    assert read("Texte.").title == "x"


def test_a_second_first_level_heading_is_a_heading() -> None:
    """Only the first `#` names the document."""
    document = read("# Un\n\nA.\n\n# Deux\n\n## Trois\n\nB.")
    assert [section.headings for section in document.sections] == [(), ("Deux", "Trois")]


def test_menus_around_a_saved_page_are_left_out() -> None:
    """Furniture is dropped from Markdown too, headings and items included."""
    document = read(
        "# Page\n\n- Accueil\n- Actualités\n\nLe texte.\n\n## Se connecter\n\nS'inscrire\n\nMot de passe oublié ?"
    )
    assert document.sections[-1].text == "• Accueil\n• Actualités\n\nLe texte."


@pytest.mark.parametrize("source", ["", "# Titre seul", "<!-- rien -->", "![image](seule.png)", "---\nt: x\n---\n"])
def test_a_document_without_a_sentence_is_refused(source: str) -> None:
    """A title alone is nothing to answer from."""
    with pytest.raises(UnreadableDocument, match="vide"):
        read(source)


@given(st.text(st.sampled_from("ab #*_-+>|`~[]()!<>&\\\n1.:\t\"'$éه"), max_size=200))
def test_any_source_gives_sound_sections_or_a_reason(source: str) -> None:
    """No Markdown breaks the tiling."""
    try:
        document = read(source)
    except UnreadableDocument:
        return
    end = 0
    for section in document.sections:
        assert end <= section.start < section.end <= len(document.text)
        end = section.end


@pytest.mark.parametrize("path", sorted(shipped_texts().glob("*.md")), ids=lambda path: path.stem)
def test_the_shipped_texts_load_with_a_title_and_headings(path: Path) -> None:
    """Each has a title of its own, sections under headings, and no mark left in its text."""
    document = load(path, path.stem)
    assert document.title == path.read_text(encoding="utf-8").split("\n")[0].removeprefix("# ")
    assert all(section.headings for section in document.sections)
    assert not any(mark in document.text for mark in ("**", "](", "## ", "\n- "))
