"""Briefings hold all that the texts give for a framework, each line verbatim in its source, and invent nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from conftest import Served

from assistant.assistant import Assistant
from assistant.briefings.acronyms import acronyms
from assistant.briefings.briefing import Briefing
from assistant.briefings.errors import UnknownFramework
from assistant.briefings.exports import export
from assistant.briefings.fields import cued
from assistant.briefings.naming import shipped_topics
from assistant.briefings.statements import statements
from assistant.briefings.words import in_lists, questions
from assistant.library import Request
from corpus.frameworks import read_frameworks
from corpus.section import Document, Section
from index.terms import fold

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT.parent / "shared" / "texts" / "000_3929d32d99211bb2.txt"
KINDS = tomllib.loads((Path(__file__).parent / "data" / "briefed_kinds.toml").read_text("utf-8"))
FACTS = tomllib.loads((Path(__file__).parent / "data" / "briefed_facts.toml").read_text("utf-8"))
SIX = [framework.id for framework in read_frameworks()]
LANGUAGES = ("fr", "ar", "en")


def said(briefing: Briefing) -> str:
    """All that the lines of a briefing show, folded."""
    lines = [f"{line.lead} {line.text}" for field in briefing.fields for line in field.lines]
    return " ".join(fold(" ".join(lines)).split())


def assert_sourced(product: Assistant, briefing: Briefing) -> None:
    """Each line has a source; its quote, its text and its lead stand in the documents."""
    for source in briefing.sources:
        assert product.text(source.document)[source.start : source.end] == source.quote
    for field in briefing.fields:
        for line in field.lines:
            assert line.citations
            cited = [briefing.sources[number - 1] for number in line.citations]
            assert line.quote in [source.quote for source in cited]
            assert " ".join(line.text.rstrip("…").split()) in " ".join(line.quote.split())
            assert bool(line.lead) == bool(line.lead_citations)
            announcing = [briefing.sources[number - 1] for number in line.lead_citations]
            assert all(line.lead == " ".join(source.quote.split()) for source in announcing)


@pytest.fixture
def over_shipped(product: Assistant) -> Assistant:
    """The product over the shipped corpus."""
    list(product.ingest(Request()))
    return product


@pytest.fixture
def over_ministry(product: Assistant) -> Assistant:
    """The product over the ministry's text and nothing else."""
    if not TEXT.exists():
        pytest.skip("the ministry's text is not beside the project")
    list(product.ingest(Request((TEXT,))))
    return product


def test_a_briefing_of_the_shipped_texts_holds_every_fact(over_shipped: Assistant) -> None:
    """Recall of one for each of the six, and no line without a source."""
    for id in SIX:
        briefing = over_shipped.briefing(id)
        missing = [fact for fact in FACTS[id]["both"] + FACTS[id].get("shipped", []) if fact not in said(briefing)]
        assert missing == [], id
        assert_sourced(over_shipped, briefing)


def test_a_briefing_of_the_ministry_s_text_holds_every_fact(over_ministry: Assistant) -> None:
    """The text alone, its frameworks known by headings and names."""
    for id in SIX:
        briefing = over_ministry.briefing(id)
        missing = [fact for fact in FACTS[id]["both"] + FACTS[id].get("ministry", []) if fact not in said(briefing)]
        assert missing == [], id
        for field, facts in KINDS[id].items():
            lines = " | ".join(
                fold(" ".join(f"{line.lead} {line.text}".split())) for line in briefing.field(field).lines
            )
            assert [fact for fact in map(fold, facts) if fact not in lines] == [], (id, field)
        assert_sourced(over_ministry, briefing)


def test_every_body_has_its_briefing_under_any_of_its_names(over_shipped: Assistant) -> None:
    """By id, acronym, and name in the three languages."""
    for wanted in ("cmai", "CMAI", "Conseil des ministres arabes de l'Intérieur", "مجلس وزراء الداخلية العرب"):
        assert over_shipped.briefing(wanted).id == "cmai"
    briefing = over_shipped.briefing("otan")
    assert "individuel de partenariat" in said(briefing)
    assert "montpellier" not in said(briefing)


def test_a_field_without_a_source_says_so_and_is_listed(over_shipped: Assistant) -> None:
    """In the reader's language, and nothing is put in its place."""
    briefing = over_shipped.briefing("union-africaine")
    assert "dates" in briefing.unsaid
    assert briefing.field("dates").lines == ()
    for language, words in (("fr", "aucune source"), ("ar", "لا مصدر"), ("en", "no source")):
        assert words in str(export(briefing, language, "md"))


def test_no_section_tells_what_the_page_says_is_not_told(over_shipped: Assistant) -> None:
    """For each framework and body: no line of another section, nor what announces it, is of an unsaid kind."""
    for topic in shipped_topics().all:
        briefing = over_shipped.briefing(topic.id)
        lines = [line for field in briefing.fields for line in field.lines]
        told = {kind for line in lines for kind in cued(line.quote, line.lead)}
        assert told.isdisjoint(briefing.unsaid), topic.id


@pytest.mark.parametrize(
    "sentence",
    [
        "La coopération menée dans le cadre de l'UMA porte pour l'essentiel sur quatre points :",
        "La coopération porte essentiellement sur la sécurité.",
        "La coopération avec l'UMA s'exerce dans les domaines de la santé et de l'eau.",
        "La coopération couvre plusieurs domaines :",
        "يتمحور التعاون في إطار الاتحاد حول أربع نقاط:",
        "يشمل التعاون عدة مجالات:",
        "The cooperation covers four main fields:",
        "Cooperation with the Union focuses mainly on security.",
    ],
)
def test_what_cooperation_is_about_belongs_to_aims_and_fields(sentence: str) -> None:
    """In three languages, and with it the list that it announces."""
    assert "aims" in cued(sentence)
    assert "aims" in cued("la protection civile ;", sentence)


@pytest.mark.parametrize(
    ("text", "defined"),
    [
        ("L'UMA est une organisation régionale.", "maghreb"),
        ("Créée en 1989, l'Union du Maghreb arabe (UMA) est une organisation.", "maghreb"),
        ("تعد جامعة الدول العربية منظمة إقليمية.", "ligue-arabe"),
        ("The African Union is a continental organisation.", "union-africaine"),
        (
            "Le Conseil des ministres de l'Intérieur maghrébins a été constitué en 1990 par l'UMA.",
            "ministres-interieur-maghrebins",
        ),
        ("L'échange d'expériences est l'un des domaines de la coopération avec l'Union africaine.", ""),
        ("L'accord entre l'Algérie et l'Union européenne est un traité.", ""),
    ],
)
def test_a_definition_has_what_it_defines_as_its_subject(text: str, defined: str) -> None:
    """Or its acronym; another body's is not its framework's."""
    section = Section("note", "Note", (), text, 0, None)
    (statement,) = statements(Document("note", "Note", text, (section,)), "", shipped_topics())
    assert list(statement.defined) == ([defined] if defined else [])


def test_the_maghreb_s_aims_are_told_and_a_council_does_not_define_it(over_shipped: Assistant) -> None:
    """What the cooperation is about is no other point of the texts."""
    briefing = over_shipped.briefing("maghreb")
    assert any(line.text.startswith("la libre circulation") for line in briefing.field("aims").lines)
    assert not any("1990" in line.text for line in briefing.field("what").lines)
    assert any(
        "1990" in line.text for line in over_shipped.briefing("ministres-interieur-maghrebins").field("what").lines
    )


def test_a_list_is_whole_or_says_how_many_of_its_items_are_shown(over_shipped: Assistant) -> None:
    """For each framework and body; what announces a list does not stand alone."""
    for topic in shipped_topics().all:
        for field in over_shipped.briefing(topic.id).fields:
            for lead, _numbers, part, lines in in_lists(field.lines, "fr"):
                assert not lead or part == (
                    "" if len(lines) == lines[0].listed else f"{len(lines)} sur {lines[0].listed}"
                )
                assert lead or not any(line.quote.endswith(":") for line in lines)


@pytest.mark.parametrize(
    ("id", "field", "announced", "count"),
    [
        ("cmai", "aims", "Le CMAI a quatre objectifs :", 4),
        ("union-europeenne", "ministry", "La coopération avec l'Union européenne comprend aussi trois volets :", 3),
        ("maghreb", "groups", "Quatre groupes de travail de l'UMA ont été mis en place", 4),
    ],
)
def test_a_list_is_told_whole_where_it_belongs(
    over_shipped: Assistant, id: str, field: str, announced: str, count: int
) -> None:
    """Even the item that names another body, and the one whose words are of no field."""
    lines = [line for line in over_shipped.briefing(id).field(field).lines if line.lead.startswith(announced)]
    assert len(lines) == lines[0].listed == count


def test_files_say_how_many_items_of_a_list_a_section_holds(over_shipped: Assistant) -> None:
    """In the reader's language."""
    briefing = over_shipped.briefing("cmai")
    for language, part in (("fr", "(1 sur 4)"), ("ar", "(1 من 4)"), ("en", "(1 of 4)")):
        assert f"Le CMAI a quatre objectifs : {part} [" in str(export(briefing, language, "md"))


def test_a_list_goes_on_after_an_item_of_two_sentences() -> None:
    """And an item that names another framework is still of the one that announces the list."""
    text = "L'UMA a deux partenaires :\n• l'Union européenne. Elle est la première ;\n• le secteur privé."
    section = Section("note", "Note", (), text, 0, None)
    told = statements(Document("note", "Note", text, (section,)), "", shipped_topics())
    items = [each for each in told if each.lead]
    assert [each.listed for each in items] == [2, 2]
    assert all("maghreb" in each.frameworks for each in items)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_framework_that_no_text_tells_of_has_a_clear_page(product: Assistant, tmp_path: Path, language: str) -> None:
    """An empty library, and one that tells of something else, are told apart."""
    empty = str(export(product.briefing("otan"), language, "md", empty_library=True))
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nLe jardin est ouvert le 3 mai 2019.\n")
    list(product.ingest(Request((note,))))
    nothing = str(export(product.briefing("otan"), language, "md"))
    assert empty != nothing
    assert len(nothing.split("\n")) < 12
    assert product.briefing("otan").empty


def test_a_framework_with_one_sentence_has_that_sentence(product: Assistant, tmp_path: Path) -> None:
    """Without a heading: its name is in the sentence."""
    note = tmp_path / "note.md"
    note.write_text(
        "# Note\n\nUne délégation s'est rendue au siège de l'Union africaine le 3 mai 2019 à Addis-Abeba.\n"
    )
    list(product.ingest(Request((note,))))
    briefing = product.briefing("UA")
    assert [source.quote for source in briefing.sources] == [note.read_text().strip().split("\n")[-1]]
    assert briefing.field("dates").lines[0].label == "2019-05-03"
    assert briefing.events[0].place == "Addis-Abeba"


def test_an_unknown_framework_is_named_with_those_there_are(product: Assistant) -> None:
    """A person can act on the message."""
    with pytest.raises(UnknownFramework, match="nations-unies"):
        product.briefing("Ligue des jardiniers")


def test_questions_are_five_at_most_and_each_has_its_answer(over_shipped: Assistant) -> None:
    """The numbers are of the briefing's own sources."""
    for id in SIX:
        briefing = over_shipped.briefing(id)
        asked = questions(briefing, "fr")
        assert 1 <= len(asked) <= 5
        assert all(1 <= number <= len(briefing.sources) for _text, numbers in asked for number in numbers)


def test_a_service_gives_the_same_timeline_frameworks_and_briefing(served: Served) -> None:
    """Through the socket as without it."""
    list(served.assistant.ingest(Request()))
    assert served.remote.timeline("maghreb") == served.assistant.timeline("maghreb")
    assert len(served.remote.timeline("maghreb")) == 7
    assert served.remote.frameworks_told() == served.assistant.frameworks_told()
    here, there = served.assistant.briefing("cmai"), served.remote.briefing("cmai")
    assert here.to_json() | {"made_at": ""} == there.to_json() | {"made_at": ""}


def test_a_document_that_is_replaced_or_removed_leaves_the_timeline(product: Assistant, tmp_path: Path) -> None:
    """What is kept of a document is of its version."""
    note = tmp_path / "note.md"
    for year in (2018, 2019):
        note.write_text(f"# Note\n\nL'Union africaine s'est réunie le 3 mai {year}.\n")
        list(product.ingest(Request((note,))))
        assert [event.first.year for event in product.timeline("union-africaine")] == [year]
    product.remove(product.documents()[0].id)
    assert product.timeline() == []


def test_frameworks_are_six_with_names_and_documents(over_shipped: Assistant) -> None:
    """Each in three languages, with the documents that tell of it."""
    found = over_shipped.frameworks_told()
    assert [entry["id"] for entry in found] == SIX
    assert all(set(entry["names"]) == set(LANGUAGES) and entry["documents"] for entry in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "le programme « la science au service de la paix et de la sécurité (SPS) »",
            [("SPS", "la science au service de la paix et de la sécurité")],
        ),
        (
            "« la science au service de la paix et de la sécurité » (SPS)",
            [("SPS", "la science au service de la paix et de la sécurité")],
        ),
        (
            "le PNUD (Programme des Nations unies pour le développement)",
            [("PNUD", "Programme des Nations unies pour le développement")],
        ),
        ("COOPERATION AVEC LE CMAI", []),
        ("l'OTAN (à Bruxelles depuis longtemps)", [("OTAN", "")]),
    ],
)
def test_an_acronym_has_the_full_form_that_the_text_gives(text: str, expected: list[tuple[str, str]]) -> None:
    """And none where it gives none."""
    assert list(acronyms(text)) == expected


def test_an_arabic_page_has_arabic_labels_and_the_text_s_own_words(over_shipped: Assistant) -> None:
    """Labels are in the reader's language, the quote as the text has it."""
    page = str(export(over_shipped.briefing("maghreb"), "ar", "md"))
    assert page.startswith('<div dir="rtl">')
    assert "التواريخ الرئيسية" in page
    assert "Nouakchott" in page
