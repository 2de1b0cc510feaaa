"""Invented figures, dates, names, places and relations are caught; what the source says is kept."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answers.support import Source, judge

DATA = Path(__file__).with_name("data")
HARD = ("number", "date", "name", "place")
SOFT = ("negation", "relation", "cause", "quantifier", "modality")


def drafted(path: Path) -> Iterator[tuple[str, str, Source, str]]:
    """Kind, sentence, its source and the sentence's language."""
    for entry in tomllib.loads(path.read_text("utf-8"))["source"]:
        source = Source(entry["text"], entry["language"], entry.get("context", ""))
        for kind, sentences in entry.items():
            if isinstance(sentences, list):
                yield from ((kind, text, source, entry.get("drafted", entry["language"])) for text in sentences)


def alike(_left: str, _right: str) -> float:
    """The worst measure of likeness: all sentences say the same to it."""
    return 1.0


def rates(path: Path) -> tuple[dict[str, list[bool]], list[str]]:
    """By kind, which sentences were judged right; and those judged wrong, to be read in a failure."""
    right: dict[str, list[bool]] = defaultdict(list)
    wrong = []
    for kind, text, source, language in drafted(path):
        judged = judge(text, [source], language, similarity=alike)
        ok = judged.kept == (kind == "true")
        right[kind].append(ok)
        if not ok:
            wrong.append(f"{kind}: {text} [{judged.verdict}] {judged.reason}")
    return right, wrong


def share(found: dict[str, list[bool]], kinds: tuple[str, ...]) -> float:
    """The share judged right over some kinds together."""
    every = [ok for kind in kinds for ok in found.get(kind, [])]
    return sum(every) / len(every)


@pytest.mark.parametrize("name", ["support_sentences.toml", "support_sentences_b.toml"])
def test_inventions_are_removed_and_true_sentences_kept(name: str) -> None:
    """All wrong figures, dates, names and places; nine in ten of the rest; nineteen in twenty of the true ones kept."""
    found, wrong = rates(DATA / name)
    report = "\n".join(wrong)
    for kind in HARD:
        assert all(found[kind]), report
    assert share(found, SOFT) >= 0.9, report
    assert share(found, ("true",)) >= (0.95 if name == "support_sentences.toml" else 0.9), report
