"""The growth benchmark: derived documents are honest copies, each size has its own process, the page keeps."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from fakes import WordVectors, embedded, plain_document, record_of

from assistant.cli import main
from assistant.upkeep.verify import verify
from evals.bench_grown import NOISE, PASSAGES, grow, nudged
from evals.bench_page import write_part
from index.records import opened


def test_grown_records_are_sound_and_of_the_size_asked(tmp_path: Path) -> None:
    """Each passage stands at its place in its document, and every hash is right."""
    with opened(f"sqlite:///{tmp_path / 'r.db'}") as records:
        for number, language in enumerate(["fr", "ar", "fr"]):
            document = plain_document("\n".join(f"Phrase {number} {line}." for line in range(40)), f"d{number}")
            records.put(record_of(document, language=language), document, embedded(document, WordVectors(), limit=20))
        assert grow(records, 300) == len(records.documents())
        assert records.count_chunks() == 300
        assert [problem for problem in verify(records, lambda: None).problems if problem.kind != "index"] == []
        sizes = {record.chunks for record in records.documents() if record.origin == "derived"}
        assert max(sizes) == PASSAGES
        assert {record.language for record in records.documents() if record.origin == "derived"} == {"fr", "ar"}
        assert grow(records, 300) == len(records.documents()), "grown already: nothing is added"


def test_a_moved_vector_stays_near_its_own() -> None:
    """Its cosine is what the noise says."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((200, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    moved = nudged(vectors, rng)
    assert np.allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    assert np.mean(np.sum(vectors * moved, axis=1)) == pytest.approx(1 / (1 + NOISE**2) ** 0.5, abs=0.01)


def test_a_part_of_the_page_is_replaced_and_the_others_are_kept(tmp_path: Path) -> None:
    """By name, whatever stands around it."""
    write_part(tmp_path, "growth", "c", "first")
    write_part(tmp_path, "index", "c", "other")
    page = write_part(tmp_path, "growth", "c", r"second \1", "growth.png").read_text("utf-8")
    assert page.count("## growth") == page.count("## index") == 1
    assert "first" not in page
    assert r"second \1" in page
    assert "![growth](growth.png)" in page
    assert "other" in page


@pytest.mark.timeout(600)
def test_the_command_measures_each_size_and_writes_the_page(
    tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way, on two small sizes."""
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))
    lines = tmp_path / "textes.jsonl"
    texts = [
        {"id": f"t{n}", "title": f"Texte {n}", "text": f"Le conseil {n} se réunit à Tunis. Il vote."} for n in range(8)
    ]
    lines.write_text("\n".join(map(json.dumps, texts)), "utf-8")
    arguments = [
        "--texts",
        str(lines),
        "--sizes",
        "60",
        "30",
        "--count",
        "3",
        "--json",
        "--out",
        str(tmp_path / "docs"),
    ]
    assert main(["bench", "growth", *arguments]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [size["chunks"] for size in result["sizes"]] == [30, 60]
    for size in result["sizes"]:
        assert 0 < size["search_p50_ms"] <= size["search_p95_ms"]
        assert 50 < size["private_mb"] < 1500
        assert size["start_seconds"] > 0.1
        assert size["add_one_seconds"] > 0
        assert size["unchanged"] == size["chunks"] - result["real"]
    page = (tmp_path / "docs" / "benchmarks.md").read_text("utf-8")
    assert re.search(r"\| 60 +\|", page)
    assert (tmp_path / "docs" / "growth.png").read_bytes()[:4] == b"\x89PNG"


def test_the_time_of_a_briefing_is_told_beside_what_is_asked(
    tmp_path: Path, model_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reading once, the first and the next briefings, and the timeline, over as many passages as were asked for."""
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))
    texts = tmp_path / "t.jsonl"
    texts.write_text(json.dumps({"id": "a", "title": "Union africaine", "text": "Un sommet s'est tenu le 3 mai 2019."}))
    assert main(["bench", "briefings", "--texts", str(texts), "--chunks", "30", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["chunks"] == 30
    assert all(told[name]["seconds"] > 0 for name in ("reading", "first", "next", "timeline"))
