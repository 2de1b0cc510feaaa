"""The encoder's graph is the one that vectors already in databases were made with."""

from __future__ import annotations

from pathlib import Path

import onnx

from index.bundled_model import Weights, unpacked, weights_path
from index.encoder_graph import write_graph


def test_the_graph_written_today_is_the_one_in_the_unpacked_folder(model_cache: Path, tmp_path: Path) -> None:
    """Another graph gives other vectors: whoever wants one raises `bundled_model.LAYOUT` and the embedder's name."""
    write_graph(Weights(weights_path()), tmp_path / "encoder.onnx")
    written, kept = (onnx.load(str(path)).graph for path in (tmp_path / "encoder.onnx", graph_in(model_cache)))
    assert list(written.node) == list(kept.node)
    assert {item.name: item.raw_data for item in written.initializer} == {
        item.name: item.raw_data for item in kept.initializer
    }


def graph_in(cache: Path) -> Path:
    return unpacked(cache) / "encoder.int8.onnx"
