"""Every dated event of the texts, with its day or interval, its place and its framework, and no other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from assistant.briefings.events import Event, events
from assistant.briefings.naming import shipped_topics
from assistant.briefings.statements import Statement, statements
from corpus.load import load
from corpus.manifest import read_manifest, shipped_texts
from corpus.section import Document, Section

ROOT = Path(__file__).resolve().parents[1]
TEXT = ROOT.parent / "shared" / "texts" / "000_3929d32d99211bb2.txt"
EXPECTED = tomllib.loads((Path(__file__).parent / "data" / "dated_events.toml").read_text("utf-8"))["event"]


def told(event: Event) -> tuple[str, str, str]:
    """When, where and in which framework, as the list writes it."""
    return f"{event.first}/{event.last or '..'}", event.place, event.framework


def ministry() -> tuple[Document, list[Statement]]:
    """The ministry's text, or a skip."""
    if not TEXT.exists():
        pytest.skip("the ministry's text is not beside the project")
    document = load(TEXT, "texte", None)
    return document, statements(document, "", shipped_topics())


def shipped() -> list[Statement]:
    """The statements of the shipped texts."""
    folder = shipped_texts()
    return [
        statement
        for entry in read_manifest(folder)
        for statement in statements(load(folder / entry.file, entry.id, entry.title), entry.framework, shipped_topics())
    ]


def one(text: str, heading: str = "", title: str = "Note") -> list[Statement]:
    """The statements of a document of one section."""
    section = Section("note", title, (heading,) if heading else (), text, 0, None)
    return statements(Document("note", title, text, (section,)), "", shipped_topics())


def expected() -> list[tuple[str, str, str]]:
    return sorted((e["when"], e["place"], e["framework"]) for e in EXPECTED)


def test_every_event_of_the_ministry_s_text_is_found_and_no_other() -> None:
    """Recall and precision of one, with day or interval, place and framework."""
    document, found = ministry()
    made = events(found)
    assert sorted(map(told, made)) == expected()
    assert all(s.quote == document.text[s.start : s.end] for event in made for s in event.sources)


def test_every_event_of_the_shipped_texts_is_found_and_no_other() -> None:
    """They restate the same facts, in Markdown and PDF."""
    assert sorted(map(told, events(shipped()))) == expected()
