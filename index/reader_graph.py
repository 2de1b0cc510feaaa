"""Write the reader as an ONNX graph: the encoder's lower layers, tuned upper layers, two heads.

The graph reads one question with one passage. Alone there is no padding, so nothing to mask, and the scale of each
token's 8 bits goes into the quantisation itself; normalisation is written in two operators, because the fused one takes
nine times as long. This is a quarter faster than the encoder's own operators, whose last digits it does not keep: hence
`OnePassage` beside `Graph`.

Below the tuned layers everything is the encoder's own and stays in the encoder's file: the reader's graph points into
it (ONNX "external data"). Word embeddings are then not on the disk twice and, being mapped, take no memory but for the
words that were met.

The weights are one safetensors file: for each tuned layer `i`, `l{i}.{q,k,v,ao,fi,fo}.{w,s,b}` (int8 `(out, in)`,
float32 scale and bias `(out,)`) and `l{i}.{aln,oln}.{w,b}`; then `answerable.w (hidden,)`, `answerable.b (1,)`,
`span.w (2, hidden)` (start, end), `span.b (2,)`. Its metadata is `Header`.
"""

from __future__ import annotations

import json
import mmap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AssistantError
from index.bundled_model import NAME
from index.encoder_graph import PARTS, Graph, Linear, Tensors, WordTable, embeddings, layer

LAYOUT = 1
"""Raised whenever the same weights give another graph."""
FORMAT = "reader-1"
ENCODER = "encoder.int8.onnx"
POSITIONS = 512
"""Tokens that the encoder can tell the places of."""
POINTED_AT = 1 << 14
"""Constants of at least so many bytes are left in the encoder's file."""


class ReaderUnavailable(AssistantError):
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
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            told: dict[str, str] = file.metadata() or {}
        if told.get("format") != FORMAT or told.get("base") != NAME:
            raise ValueError(f"format {told.get('format')!r}, base {told.get('base')!r}")
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
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise ReaderUnavailable(
            f"{path} n'est pas un lecteur {FORMAT} pour {NAME} ({error}). Donnez avec COOPERATION_READER le "
            "dossier d'un lecteur entraîné, ou « off » pour vous en passer."
        ) from error
    return header


def write_reader_graph(weights: Path, folder: Path, path: Path) -> None:
    """Write `ids (1, tokens) i64 -> answerable (1,) f32, span (tokens, 2) f32`, logits all, to `path`.

    `folder` is that of the unpacked encoder, and `path` must lie in it: the graph points at its neighbour.
    """
    import onnx
    from onnx import TensorProto, helper

    shape: dict[str, int] = json.loads((folder / "config.json").read_text("utf-8"))
    first, layers = read_header(weights).first_layer, shape["num_hidden_layers"]
    base = _EncoderFile(folder / ENCODER)
    tuned = _TunedLayers(weights)
    graph = OnePassage(shape["hidden_size"], shape["num_attention_heads"], base)
    state = embeddings(graph, base.table, base)
    for number in range(layers):
        state = layer(graph, base if number < first else tuned, f"l{number}.", state)
    _heads(graph, tuned, state)
    model = graph.model(
        "reader",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])],
        [
            helper.make_tensor_value_info("answerable", TensorProto.FLOAT, [1]),
            helper.make_tensor_value_info("span", TensorProto.FLOAT, ["tokens", 2]),
        ],
    )
    onnx.save(model, str(path))


class OnePassage(Graph):
    """The operators that are fastest for one input without padding; constants of `base` are pointed at, not copied."""

    def __init__(self, hidden: int, heads: int, base: _EncoderFile) -> None:
        self._base = base
        super().__init__(hidden, heads)
        self.constant("flat", np.array([-1]))
        self.add("Size", ["ids"], "size")
        self.add("Reshape", ["size", "flat"], "sizes")
        self.add("Expand", ["middle", "sizes"], "middles")

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Keep `value`, or its place in the encoder's file."""
        place = self._base.place(name, value)
        if place is None:
            return super().constant(name, value)
        self.constants.append(place)
        return name

    def product(self, state: str, output: str) -> str:
        """As `Graph` does it, the scales of the outputs applied by the product itself."""
        eight_bits, scale = self.eight_bits(state, output)
        inputs = [eight_bits, f"{output}.w", "unit", f"{output}.s", "middle"]
        columns = self.fused("MatMulIntegerToFloat", inputs, f"{output}.columns")
        return self.add("Mul", [columns, scale], f"{output}.rows")

    def eight_bits(self, state: str, output: str) -> tuple[str, str]:
        """As `Graph` does it, the scales of the tokens given to the quantisation itself."""
        self.add("ReduceMax", [state, "last"], f"{output}.most", keepdims=1)
        self.add("ReduceMin", [state, "last"], f"{output}.least", keepdims=1)
        self.add("Neg", [f"{output}.least"], f"{output}.below")
        self.add("Max", [f"{output}.most", f"{output}.below", "tiny"], f"{output}.range")
        scale = self.add("Mul", [f"{output}.range", "step"], f"{output}.scale")
        self.add("Reshape", [scale, "flat"], f"{output}.scales")
        return self.add("QuantizeLinear", [state, f"{output}.scales", "middles"], f"{output}.8bit", axis=1), scale

    def attention(self, parts: list[str], output: str) -> str:
        """Without a mask, which is what lets ONNX Runtime take its faster way."""
        return self.fused("MultiHeadAttention", parts, output, num_heads=self.heads)

    def sum_normalised(self, left: str, right: str, tensors: Tensors, name: str, output: str) -> str:
        """In two operators."""
        self.constant(f"{name}.w", tensors.array(f"{name}.w"))
        self.constant(f"{name}.b", tensors.array(f"{name}.b"))
        self.add("Add", [left, right], f"{output}.sum")
        return self.add(
            "LayerNormalization", [f"{output}.sum", f"{name}.w", f"{name}.b"], output, axis=-1, epsilon=1e-12
        )


def _heads(graph: Graph, tuned: _TunedLayers, state: str) -> None:
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


class _EncoderFile:
    """The encoder's graph on the disk: its constants, and where they lie."""

    def __init__(self, path: Path) -> None:
        import onnx
        from onnx import numpy_helper

        self._name = path.name
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        graph = onnx.load(str(path)).graph
        self._constants = {item.name: numpy_helper.to_array(item) for item in graph.initializer}

    @property
    def table(self) -> WordTable:
        """Word and position embeddings."""
        return WordTable(*(self._constants[name] for name in ("word", "word.scales", "position")))

    def linear(self, name: str) -> Linear:
        """A product of an untuned layer."""
        return Linear(*(self._constants[f"{name}.{part}"] for part in "wsb"))

    def array(self, name: str) -> NDArray[np.float32]:
        """A flat tensor of an untuned layer."""
        found: NDArray[np.float32] = self._constants[name]
        return found

    def place(self, name: str, value: NDArray[Any]) -> Any:
        """An ONNX constant that points at `value` in the file; `None` where it is another, small or not aligned."""
        from onnx import TensorProto, helper

        if value is not self._constants.get(name) or value.nbytes < POINTED_AT:
            return None
        at = self._bytes.find(value.reshape(-1).view(np.uint8).data)
        if at < 0 or at % value.itemsize:
            return None
        constant = TensorProto(name=name, dims=value.shape, data_type=helper.np_dtype_to_tensor_dtype(value.dtype))
        constant.data_location = TensorProto.EXTERNAL
        for key, told in {"location": self._name, "offset": at, "length": value.nbytes}.items():
            constant.external_data.add(key=key, value=str(told))
        return constant


class _TunedLayers:
    """The weights file: tuned layers by the names of `Tensors`, and the heads."""

    def __init__(self, path: Path) -> None:
        from safetensors.numpy import load_file

        self._path = path
        self._tensors: dict[str, NDArray[Any]] = load_file(path)

    def linear(self, name: str) -> Linear:
        """A product of a tuned layer, its matrices side by side."""
        at, _, kind = name.rpartition(".")
        values, scale, bias = (
            np.concatenate([self.array(f"{at}.{part}.{end}") for part in PARTS[kind]]) for end in "wsb"
        )
        return Linear(values.T, scale, bias)

    def array(self, name: str, size: int | None = None) -> NDArray[Any]:
        """A tensor as it is stored; `size` is how many values it must have."""
        found = self._tensors.get(name)
        if found is None or found.dtype != (np.int8 if found.ndim == 2 and name[0] == "l" else np.float32):
            raise ReaderUnavailable(f"{self._path} : le tenseur {name!r} manque ou n'a pas le bon type.")
        if size is not None and found.size != size:
            raise ReaderUnavailable(f"{self._path} : le tenseur {name!r} a {found.size} valeurs au lieu de {size}.")
        return found
