"""A reading kept on the disk is what was read, and what it dates can be had without the rest."""

from __future__ import annotations

from assistant.briefings.naming import shipped_topics
from assistant.briefings.readings import packed, read, unpacked, unpacked_events
from corpus.load import load
from corpus.manifest import read_manifest, shipped_texts


def test_what_is_dated_is_the_same_alone_as_within_the_whole_reading() -> None:
    """Over the shipped texts, some of which date nothing."""
    folder, dated = shipped_texts(), 0
    for entry in read_manifest(folder):
        document = load(folder / entry.file, entry.id, entry.title)
        reading = read(document, entry.framework, shipped_topics())
        kept = packed(reading)
        assert unpacked(kept, entry.id, document.title) == reading
        assert unpacked_events(kept, entry.id, document.title) == reading.events
        dated += len(reading.events)
    assert dated > 10
