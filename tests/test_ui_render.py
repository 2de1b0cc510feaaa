"""Answers as HTML: everything escaped, nothing removed shown as said, and what a person is told in each state."""

from __future__ import annotations

import doctest
from dataclasses import replace
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from assistant.answers.answer import Answer, Citation, Exact, Part, Passage, Removed, Sentence
from ui import pages, render
from ui.i18n import LANGUAGES, words
from ui.render import Turn
from ui.sources import Library, Proof, Source
from ui.typeset import Excerpt, excerpt, typeset

FR = words("fr")
TEXT = (
    "La coopération arabe\n\nLes conventions\n\nLes réunions ont abouti. Les conventions signées sont :\n"
    "• la convention contre la corruption ;\n• la convention contre le crime.\n\nSuite."
)
QUOTE = TEXT[TEXT.index("Les conventions signées") : TEXT.index("\n\nSuite")]
START = TEXT.index(QUOTE)
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</pre></article><iframe src=javascript:alert(1)>",
    "[x](javascript:alert(1)) ![y](http://evil.example/z.png)",
    '<a href="data:text/html,<script>alert(1)</script>">a</a>',
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "</section><style>*{display:none}</style>",
    "line\n\n<script>alert(1)</script>\n\n# title",
)
TAGS = set(
    "a article b bdi br button code details div footer h1 h2 h3 h4 header kbd li mark ol p pre s section span sub sup "
    "summary ul".split()
)
ATTRIBUTES = set("class dir hidden href id lang rel role tabindex target title type value".split())


def an_answer(text: str = "", **changes: object) -> Answer:
    """An answer with one quoted list; `text` stands in every place where text from outside can stand."""
    citation = Citation(
        1,
        text or "cmai",
        text or "La coopération arabe",
        "ligue-arabe",
        2,
        (text or "Les conventions",),
        text or QUOTE,
        START,
        START + len(QUOTE),
    )
    answer = Answer(
        id="a1",
        question=text or "Quelles conventions ?",
        understood_as=text or "Quelles conventions ?",
        language="fr",
        refused=False,
        reason="",
        reason_text="",
        score=0.9,
        threshold=0.4,
        sentences=(Sentence(text or QUOTE, "verbatim", (1,)),),
        removed=(Removed(text or "Le budget est de 3 millions.", text or "Aucun texte ne le dit."),) if text else (),
        citations=(citation,),
        passages=(Passage(text or "cmai", text or "La coopération arabe", 2, text or QUOTE, 0.9),),
        mode="extractive",
        model="none",
        fingerprint="f",
    )
    return replace(answer, **changes)  # type: ignore[arg-type]


def a_turn(answer: Answer, text: str = "") -> Turn:
    """The turn of an answer, over a document of twelve pages whose words are all `text` when it is given."""
    source = Source(text or "cmai", text or "La coopération arabe", "ligue-arabe", "fr", "2018-03-07", 12, "2026-11-23")
    body = text or TEXT
    around = Excerpt(text, 0, len(text)) if text else excerpt(TEXT, START, START + len(QUOTE), source.title)
    proofs = tuple(Proof(source, around, 2, START, START + len(QUOTE)) for _ in answer.citations)
    nearest = tuple(Proof(source, Excerpt(body, 0, 0), 2, 0, len(body)) for _ in answer.passages)
    return Turn(1, answer.question, "answered", answer, proofs, nearest)


def refused(**changes: object) -> Answer:
    """A refusal with one nearest passage."""
    return an_answer(
        sentences=(), citations=(), refused=True, reason="far", reason_text="Les textes n'en traitent pas.", **changes
    )


def seen(html: str) -> str:
    """The words of some HTML, hidden ones left out."""
    tree = parser.fragment_fromstring(html, create_parent="div")
    for gone in tree.xpath("//*[@hidden] | //*[contains(@class, 'visually-hidden')]"):
        gone.drop_tree()
    return " ".join(tree.text_content().split())


def assert_harmless(html: str) -> None:
    """Only our elements and attributes, no line break, no address but a document's."""
    assert "\n" not in html
    assert "\r" not in html
    for element in parser.fragment_fromstring(html, create_parent="div").iter():
        assert element.tag in TAGS, element.tag
        assert set(element.keys()) <= ATTRIBUTES, element.keys()
        assert element.get("href", "/documents/").startswith(("/documents/", "/"))


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_from_outside_becomes_markup(payload: str, language: str) -> None:
    chosen = words(language)
    turns = [
        a_turn(an_answer(payload), payload),
        a_turn(an_answer(payload, sentences=(), citations=(), refused=True, reason_text=payload), payload),
        Turn(3, payload, "working"),
        Turn(4, payload, "stopped"),
        Turn(5, payload, "failed", failure=payload, reference=payload),
    ]
    page = render.conversation(turns, chosen)
    assert_harmless(page)
    assert " ".join(payload.split()).strip("# ") in seen(page)


@given(st.text(min_size=1))
def test_any_text_stays_text(text: str) -> None:
    assert_harmless(render.conversation([a_turn(an_answer(text), text)], FR))
    assert_harmless(typeset(text, 0, len(text), "<b>1</b>"))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_document_page_runs_nothing(payload: str) -> None:
    source = Source(payload, payload, payload, 'fr"><script>', payload, 3, payload)
    page = pages.document(source, f"{payload}\n\n{payload}", 2, 9, FR, '"><script>')
    body = page[page.index("<body") :]
    tree = parser.document_fromstring(page)
    assert not tree.xpath("//script | //img | //svg | //iframe | //body//style | //@onload | //@onerror")
    assert body.count("<mark") <= 2


def test_a_citation_opens_the_proof_of_its_number() -> None:
    page = render.turn(a_turn(an_answer()), FR)
    tree = parser.fragment_fromstring(page)
    [mark] = tree.find_class("cite")
    assert mark.text == "1"
    assert "at-1-1" in mark.get("class")
    assert "La coopération arabe · p. 2" in mark.get("title")
    [proof] = tree.find_class("proof")
    assert proof.get("id") == "proof-1-1"
    assert proof.getparent().get("hidden") is not None


def test_a_proof_names_title_framework_date_and_page_and_marks_the_quote() -> None:
    [proof] = parser.fragment_fromstring(render.turn(a_turn(an_answer()), FR)).find_class("proof")
    assert proof.find_class("proof-meta")[0].text == "Ligue des États arabes · 7 mars 2018 · p. 2/12"
    assert proof.find_class("proof-kind")[0].text_content() == "1Citation mot pour mot"
    marked = [mark.text_content() for mark in proof.iter("mark")]
    assert marked == [
        "Les conventions signées sont :",
        "la convention contre la corruption ;",
        "la convention contre le crime.",
    ]
    assert proof.find_class("position")[0].text == "1 sur 1"
    assert (
        proof.find_class("open")[0].get("href")
        == f"/documents/cmai?start={START}&end={START + len(QUOTE)}&page=2#quote"
    )


def test_a_list_is_shown_as_a_list_and_its_number_with_the_line_that_introduces_it() -> None:
    [sentence] = parser.fragment_fromstring(render.turn(a_turn(an_answer()), FR)).find_class("sentence")
    assert [item.text_content() for item in sentence.iter("li")] == [
        "la convention contre la corruption ;",
        "la convention contre le crime.",
    ]
    assert sentence.find("p").text_content() == "Les conventions signées sont :1"


def test_the_verdict_counts_in_words() -> None:
    both = an_answer(removed=(Removed("a", "b"), Removed("c", "d")))
    assert "1 phrase vérifiée · 0 retirée" in seen(render.turn(a_turn(an_answer()), FR))
    assert "1 phrase vérifiée · 2 retirées" in seen(render.turn(a_turn(both), FR))
    assert "1 sentence verified · 2 removed" in seen(render.turn(a_turn(both), words("en")))


def test_a_removed_sentence_is_struck_in_its_disclosure_and_never_copied() -> None:
    answer = an_answer(removed=(Removed("Le budget est de 3 millions.", "Aucun texte ne le dit."),))
    tree = parser.fragment_fromstring(render.turn(a_turn(answer), FR))
    [disclosure] = tree.find_class("removed")
    assert disclosure.tag == "details"
    assert disclosure.get("open") is None
    assert disclosure.find(".//s").text == "Le budget est de 3 millions."
    assert "Aucun texte ne le dit." in disclosure.text_content()
    assert "1 phrase retirée : non confirmée par les textes" in disclosure.text_content()
    assert "millions" not in render.copied(answer, FR)
    assert "millions" not in tree.find_class("answer")[0].text_content()


def test_what_is_copied_carries_its_sources() -> None:
    assert render.copied(an_answer(), FR).split("\n") == [
        "Quelles conventions ?",
        "",
        *QUOTE.split("\n")[:-1],
        "• la convention contre le crime. [1]",
        "",
        "Sources",
        "[1] La coopération arabe · Les conventions · p. 2",
    ]


def test_a_number_without_a_citation_is_not_shown() -> None:
    answer = an_answer(sentences=(Sentence("Une phrase.", "supported", (1, 7)),))
    marks = parser.fragment_fromstring(render.turn(a_turn(answer), FR)).find_class("cite")
    assert [mark.text for mark in marks] == ["1"]


def test_a_refusal_is_calm_cites_nothing_and_offers_passages_as_no_answer() -> None:
    tree = parser.fragment_fromstring(render.turn(a_turn(refused()), FR))
    said = seen(render.turn(a_turn(refused()), FR))
    assert "Pas de réponse dans les textes" in said
    assert "Les textes n'en traitent pas." in said
    assert "dans la bibliothèque" in said
    assert not tree.find_class("cite")
    assert not tree.find_class("proof")
    assert [note.text for note in tree.find_class("passage-note")] == ["p. 2/12 · pas une réponse"]


def test_an_empty_base_refuses_without_passages() -> None:
    said = seen(render.turn(a_turn(refused(passages=())), FR))
    assert "Passages les plus proches" not in said
    assert "dans la bibliothèque" in said


def test_a_quote_in_another_language_says_so() -> None:
    answer = an_answer(language="en")
    assert "Text quoted in its own language: French." in seen(render.turn(a_turn(answer), words("en")))
    assert "Texte cité" not in seen(render.turn(a_turn(an_answer()), FR))


def test_arabic_words_turn_their_own_lines() -> None:
    html = typeset("يهدف التعاون إلى:\n• تعزيز الأمن.", 0, 5)
    tree = parser.fragment_fromstring(html, create_parent="div")
    assert [element.get("dir") for element in tree] == ["auto", "auto"]


def test_a_follow_up_says_how_it_was_understood() -> None:
    answer = an_answer(understood_as="Et la 32e ? (Quand ?)")
    assert "Compris comme : Et la 32e ? (Quand ?)" in seen(render.turn(a_turn(answer), FR))


def test_a_failure_tells_what_to_do_and_a_reference() -> None:
    said = seen(render.turn(Turn(1, "Quand ?", "failed", failure="Faites cela.", reference="ab12"), FR))
    assert "La réponse n’a pas pu être préparée" in said
    assert "Faites cela." in said
    assert "Référence ab12" in said


def test_the_steps_are_named_while_the_answer_is_made() -> None:
    said = seen(render.turn(Turn(1, "Quand ?"), FR))
    assert all(step in said for step in ("Recherche", "Lecture", "Vérification"))


def test_the_empty_page_tells_what_the_texts_are_and_offers_an_example_for_each_framework() -> None:
    page = pages.empty(Library(7, ("ligue-arabe", "maghreb"), "2026-11-23T10:00:00+00:00"), FR)
    assert (
        "La base contient 7 documents sur 2 cadres de coopération ; dernière mise à jour le 23 novembre 2026."
        in seen(page)
    )
    examples = parser.fragment_fromstring(page).find_class("example")
    assert [example.find_class("framework")[0].text for example in examples] == [
        "Ligue des États arabes",
        "Union du Maghreb arabe",
    ]
    assert_harmless(page)


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_an_empty_base_and_a_refusal_lead_to_the_library_and_name_who_adds_texts(language: str) -> None:
    """No command of a terminal, which whoever reads them may not have."""
    chosen = words(language)
    turn = Turn(1, "Q ?", "answered", an_answer(refused=True, reason="far", sentences=(), citations=()))
    for page in (pages.empty(Library(0, (), ""), chosen), render.turn(turn, chosen)):
        assert f'href="/bibliotheque">{chosen["library.title"]}<' in page
        assert {"fr": "éditeurs", "ar": "المحررون", "en": "ditors"}[language] in page
        assert "cooperation ingest" not in page


def test_an_empty_base_is_said_to_be_empty() -> None:
    """Before anything else."""
    assert "Aucun texte n’a encore été ajouté." in seen(pages.empty(Library(0, (), ""), FR))


def test_a_long_document_is_cut_between_lines_around_the_quote() -> None:
    lines = [f"Ligne {n} du texte." for n in range(2000)]
    text = "\n".join(lines)
    start = text.index("Ligne 1000 ")
    cut = excerpt(text, start, start + 10)
    assert cut.before
    assert cut.after
    assert len(cut.text) < 7000
    assert cut.text[cut.start : cut.end] == "Ligne 1000"
    assert set(cut.text.split("\n")) <= set(lines)


@given(st.text(alphabet="ab •\n:;.« »", max_size=60), st.data())
def test_what_is_marked_is_the_quote(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    tree = parser.fragment_fromstring(typeset(text, start, end), create_parent="div")
    marked = "".join(mark.text_content() for mark in tree.iter("mark"))
    kept = [letter for letter in marked if letter in "ab:.«»"]
    assert kept == [letter for letter in text[start:end] if letter in "ab:.«»"]
    shown = "".join(tree.itertext())
    assert [letter for letter in shown if letter in "ab:.«»;"] == [letter for letter in text if letter in "ab:.«»;"]


@pytest.mark.parametrize("module", ["ui.typeset", "ui.render", "ui.i18n", "ui.guard", "ui.commands"])
def test_the_examples_in_the_code_hold(module: str) -> None:
    failed, tried = doctest.testmod(import_module(module))
    assert tried
    assert not failed


def test_the_exact_answer_is_marked_in_its_sentence_and_nowhere_else() -> None:
    """The words, and only they; the sentence stays as it is."""
    quote, exact = "La session s'est tenue le 7 mars 2018 à Alger.", "le 7 mars 2018"
    at = START + quote.index(exact)
    citation = replace(an_answer().citations[0], quote=quote, answer=Exact(exact, at, at + len(exact)))
    answer = an_answer(citations=(citation,), sentences=(Sentence(quote, "verbatim", (1,)),))
    page = render.turn(a_turn(answer), FR)
    sentence = page.partition('class="sentence"')[2].partition("</div>")[0]
    assert "tenue <mark>le 7 mars 2018</mark>" in sentence
    assert sentence.count("<mark>") == 1


def test_a_reply_to_small_talk_is_shown_without_verdict_or_sources() -> None:
    """Escaped, in its language; nothing was quoted, so nothing is counted."""
    answer = replace(an_answer(), reply="Bonjour <b>.", sentences=(), citations=(), passages=(), language="fr")
    shown = render.turn(Turn(1, "Bonjour", "answered", answer), FR)
    assert "Bonjour &lt;b&gt;." in shown
    assert 'lang="fr"' in shown
    assert "verdict" not in shown
    assert "refusal" not in shown


def test_each_part_of_an_answer_stands_under_its_question() -> None:
    """And a part that the texts do not hold says so in its place."""
    answer = an_answer()
    parts = (Part("Où <i> ?", True, "Les textes ne le disent pas.", 0, 0), Part("Quand ?", False, "", 0, 1))
    shown = render.turn(a_turn(replace(answer, parts=parts)), FR)
    assert shown.index("Où &lt;i&gt; ?") < shown.index("Les textes ne le disent pas.") < shown.index("Quand ?")
    assert shown.index("Quand ?") < shown.index('class="sentence"')


def test_a_copied_answer_has_its_parts_with_what_is_missing() -> None:
    """Who pastes it elsewhere must not take the answer to one part for that to the other."""
    parts = (Part("Où ?", True, "Les textes ne le disent pas.", 0, 0), Part("Quand ?", False, "", 0, 1))
    lines = render.copied(replace(an_answer(), parts=parts), FR).split("\n")
    where, when = lines.index("Où ?"), lines.index("Quand ?")
    assert lines[where + 1] == "Les textes ne le disent pas."
    assert "[1]" in " ".join(lines[when:])
