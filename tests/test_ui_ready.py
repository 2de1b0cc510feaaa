"""Whether the service says truly that it can answer: not while its index is written, nor once it cannot be searched."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from conftest import Served
from fastapi.testclient import TestClient

from assistant.assistant import Assistant
from assistant.library import Request
from ui.app import build_app


def ingest(product: Assistant, folder: Path) -> None:
    """Add a short text."""
    (folder / "a.md").write_text("# Paix\n\nLe conseil traite de la paix et de la sécurité.\n")
    assert [outcome.status for outcome in product.ingest(Request((folder / "a.md",)))] == ["added"]


def test_it_is_ready_but_while_its_index_is_written(
    product: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-68: 503 without a word from the first change to the last, asked by another connection; alive all the time."""
    with TestClient(build_app(product)) as client:
        assert client.get("/readyz").status_code == 200
        writing, go_on = threading.Event(), threading.Event()
        catch_up = product._generation.catch_up

        def slowly() -> None:
            writing.set()
            assert go_on.wait(20)
            catch_up()

        monkeypatch.setattr(product._generation, "catch_up", slowly)
        thread = threading.Thread(target=ingest, args=(product, tmp_path))
        thread.start()
        assert writing.wait(20)
        said = client.get("/readyz")
        assert (said.status_code, said.text) == (503, "")
        assert client.get("/healthz").status_code == 200
        go_on.set()
        thread.join(20)
        assert client.get("/readyz").text == "ok"


@pytest.mark.parametrize("part", ["vectors", "lexical"])
def test_an_index_that_cannot_be_searched_is_not_ready(
    product: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """R-68: either of its halves."""
    ingest(product, tmp_path)
    with TestClient(build_app(product)) as client:
        assert client.get("/readyz").text == "ok"
        monkeypatch.setattr(product._generation, part, None)
        assert client.get("/readyz").status_code == 503


def test_another_process_is_told_too(served: Served) -> None:
    """By the socket."""
    assert served.remote.ready()
