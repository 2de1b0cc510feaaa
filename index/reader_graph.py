"""Write the reader as an ONNX graph: tuned layers over the encoder's lower ones, two heads (`index.tuned_graph`).

The graph reads one question with one passage. Beside the tuned layers the weights hold `answerable.w (hidden,)`,
`answerable.b (1,)`, `span.w (2, hidden)` (start, end), `span.b (2,)`. Their metadata is `Header`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from index.bundled_model import NAME
from index.tuned_graph import POSITIONS, OneText, TunedLayers, TunedUnavailable, read_told, tuned_graph

LAYOUT = 1
"""Raised whenever the same weights give another graph."""
FORMAT = "reader-1"


class ReaderUnavailable(TunedUnavailable):
    """The reader cannot be loaded; the message says which file is at fault and which setting does without it."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the weights say of themselves.

    The probability is `sigmoid(logit / temperature + bias)`; `max_tokens` and `question_tokens` are the longest passage
    and question that were trained on.
    """

    version: str
    first_layer: int
    temperature: float
    bias: float
    max_tokens: int
    question_tokens: int


def read_header(path: Path) -> Header:
    """The metadata of a weights file; raises `ReaderUnavailable` for any other file."""
    try:
        told = read_told(path, FORMAT)
        header = Header(
            told["version"],
            int(told["first_layer"]),
            float(told["temperature"]),
            float(told["bias"]),
            int(told["max_tokens"]),
            int(told["question_tokens"]),
        )
        lengths = header.max_tokens >= 64 and header.question_tokens >= 8
        if not (lengths and header.max_tokens + header.question_tokens + 3 <= POSITIONS and header.temperature > 0):
            raise ValueError(str(header))
    except (TunedUnavailable, KeyError, ValueError) as error:
        raise ReaderUnavailable(
            f"{path} n'est pas un lecteur {FORMAT} pour {NAME} ({error}). Donnez avec COOPERATION_READER le "
            "dossier d'un lecteur entraîné, ou « off » pour vous en passer."
        ) from error
    return header


def write_reader_graph(weights: Path, folder: Path, path: Path) -> None:
    """Write `ids (1, tokens) i64 -> answerable (1,) f32, span (tokens, 2) f32`, logits all, to `path` in `folder`."""
    graph, tuned, state = tuned_graph(weights, folder, read_header(weights).first_layer)
    _heads(graph, tuned, state)
    graph.save("reader", {"answerable": [1], "span": ["tokens", 2]}, path)


def _heads(graph: OneText, tuned: TunedLayers, state: str) -> None:
    """The two heads, in float32: one on the first token, one on each."""
    graph.add("Squeeze", [state, "zero"], "each")
    graph.add("Slice", ["each", "zero", "one", "zero"], "first")
    for head, outputs, source in (("answerable", 1, "first"), ("span", 2, "each")):
        graph.constant(f"{head}.w", tuned.array(f"{head}.w", outputs * graph.hidden).reshape(outputs, -1).T)
        graph.constant(f"{head}.b", tuned.array(f"{head}.b", outputs))
        graph.add("MatMul", [source, f"{head}.w"], f"{head}.product")
        graph.add("Add", [f"{head}.product", f"{head}.b"], f"{head}.logits")
    graph.add("Reshape", ["answerable.logits", "flat"], "answerable")
    graph.add("Identity", ["span.logits"], "span")
