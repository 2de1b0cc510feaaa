"""Write the encoder as an ONNX graph of 8-bit products: the runtime chosen for two processor cores.

Weights are 8-bit with one scale for each output; activations are 8-bit with one scale **for each token**, computed as
they pass. A scale for the whole batch (ONNX Runtime's own dynamic quantisation) is a tenth faster, but then a text's
vector depends on the texts it happens to be encoded with, and everything calibrated on vectors would move with the
batch size. Word embeddings stay in the 4-bit blocks they came in.

What a layer is made of (`layer`, `embeddings`) is told once; how its steps are written in operators is `Graph`, which
graphs for one text alone write otherwise (`index.tuned_graph`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from index.bundled_model import Weights

BLOCK = 32
"""Values of a word embedding that share a scale."""
PARTS = {"qkv": ("q", "k", "v"), "projected": ("ao",), "wide": ("fi",), "narrow": ("fo",)}
"""The products of a layer and the matrices that each holds side by side."""
_FUSED = "com.microsoft"


@dataclass(frozen=True, slots=True)
class Linear:
    """`x @ values * scale + bias`: values int8 `(in, out)`, scale and bias float32 `(out,)`."""

    values: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class WordTable:
    """Word embeddings, two 4-bit values a byte, with their scales, and position embeddings with the type's added."""

    words: NDArray[np.uint8]
    scales: NDArray[np.float32]
    positions: NDArray[np.float32]


class Tensors(Protocol):
    """The parameters of layers, by the names of the model file."""

    def linear(self, name: str) -> Linear:
        """The product `name`: a layer's prefix and a key of `PARTS`."""
        ...

    def array(self, name: str) -> NDArray[np.float32]:
        """A flat tensor: weight or bias of a normalisation."""
        ...


class Graph:
    """A list of nodes and constants under construction; each method adds some and returns the name of their output."""

    def __init__(self, hidden: int, heads: int) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.hidden, self.heads = hidden, heads
        self.constant("zero", np.array([0]))
        self.constant("one", np.array([1]))
        self.constant("two", np.array([2]))
        self.constant("last", np.array([-1]))
        self.constant("unit", np.array(1, np.float32))
        self.constant("tiny", np.array(1e-9, np.float32))
        self.constant("step", np.array(1 / 127, np.float32))
        self.constant("steps", np.array(127, np.float32))
        self.constant("middle", np.array(128, np.uint8))

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Keep `value` in the graph under `name`."""
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """A node with one output."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def fused(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """A node of ONNX Runtime's own."""
        return self.add(kind, inputs, output, _FUSED, **attributes)

    def linear(self, state: str, product: Linear, output: str) -> str:
        """`state @ W.T + b`, both sides in 8 bits."""
        self.constant(f"{output}.w", product.values)
        self.constant(f"{output}.s", product.scale)
        self.constant(f"{output}.b", product.bias)
        return self.add("Add", [self.product(state, output), f"{output}.b"], output)

    def product(self, state: str, output: str) -> str:
        """`state` times the 8-bit matrix of `output`, scaled, without the bias."""
        from onnx import TensorProto

        eight_bits, scale = self.eight_bits(state, output)
        self.add("MatMulInteger", [eight_bits, f"{output}.w", "middle"], f"{output}.sum")
        self.add("Cast", [f"{output}.sum"], f"{output}.float", to=TensorProto.FLOAT)
        self.add("Mul", [f"{output}.float", scale], f"{output}.rows")
        return self.add("Mul", [f"{output}.rows", f"{output}.s"], f"{output}.columns")

    def eight_bits(self, state: str, output: str) -> tuple[str, str]:
        """`state` in 8 bits around `middle`, and its scales, one a token."""
        self.add("Abs", [state], f"{output}.abs")
        self.add("ReduceMax", [f"{output}.abs", "last"], f"{output}.max", keepdims=1)
        self.add("Max", [f"{output}.max", "tiny"], f"{output}.range")
        scale = self.add("Mul", [f"{output}.range", "step"], f"{output}.scale")
        self.add("Div", ["steps", f"{output}.range"], f"{output}.inverse")
        self.add("Mul", [state, f"{output}.inverse"], f"{output}.spread")
        return self.add("QuantizeLinear", [f"{output}.spread", "unit", "middle"], f"{output}.8bit"), scale

    def attention(self, parts: list[str], output: str) -> str:
        """What each token takes from the others: `parts` are query, key and value."""
        return self.fused("MultiHeadAttention", [*parts, "", "lengths"], output, num_heads=self.heads)

    def sum_normalised(self, left: str, right: str, tensors: Tensors, name: str, output: str) -> str:
        """`left + right`, brought to mean 0 and variance 1 in each token, then scaled by the tensors `name`."""
        self.constant(f"{name}.w", tensors.array(f"{name}.w"))
        self.constant(f"{name}.b", tensors.array(f"{name}.b"))
        return self.fused("SkipLayerNormalization", [left, right, f"{name}.w", f"{name}.b"], output, epsilon=1e-12)

    def model(self, name: str, inputs: list[Any], outputs: list[Any]) -> Any:
        """The whole as an ONNX model."""
        from onnx import helper

        return helper.make_model(
            helper.make_graph(self.nodes, name, inputs, outputs, self.constants),
            opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(_FUSED, 1)],
            ir_version=9,
        )


def write_graph(weights: Weights, path: Path) -> None:
    """Write `ids (batch, tokens) i64, lengths (batch,) i32 -> hidden (batch, tokens, hidden) f32` to `path`."""
    import onnx
    from onnx import TensorProto, helper

    shape = weights.shape
    tensors = _EightBits(weights)
    graph = Graph(shape.hidden, shape.heads)
    state = embeddings(graph, _word_table(weights), tensors)
    for number in range(shape.layers):
        state = layer(graph, tensors, f"l{number}.", state)
    graph.add("Identity", [state], "hidden")
    model = graph.model(
        "encoder",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "tokens"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["batch", "tokens", shape.hidden])],
    )
    onnx.save(model, str(path))


def embeddings(graph: Graph, table: WordTable, tensors: Tensors) -> str:
    """From `ids` to the state below the first layer."""
    graph.constant("word", table.words)
    graph.constant("word.scales", table.scales)
    graph.constant("position", table.positions)
    graph.fused(
        "GatherBlockQuantized",
        ["word", "ids", "word.scales"],
        "words",
        bits=4,
        block_size=BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    graph.add("Shape", ["ids"], "ids.shape")
    graph.add("Slice", ["ids.shape", "one", "two"], "tokens")
    graph.add("Slice", ["position", "zero", "tokens", "zero"], "positions.row")
    graph.add("Shape", ["words"], "words.shape")
    graph.add("Expand", ["positions.row", "words.shape"], "positions")
    state = graph.sum_normalised("words", "positions", tensors, "emb.ln", "embedded")
    graph.constant("third", np.array([graph.hidden] * 3))
    return state


def layer(graph: Graph, tensors: Tensors, at: str, state: str) -> str:
    """One layer of the encoder above `state`; `at` is its prefix, `l0.` for the first."""
    from onnx import helper

    joined = graph.linear(state, tensors.linear(f"{at}qkv"), f"{at}qkv")
    parts = [f"{at}query", f"{at}key", f"{at}value"]
    graph.nodes.append(helper.make_node("Split", [joined, "third"], parts, axis=2))
    attention = graph.attention(parts, f"{at}attention")
    projected = graph.linear(attention, tensors.linear(f"{at}projected"), f"{at}projected")
    middle = graph.sum_normalised(projected, state, tensors, f"{at}aln", f"{at}middle")
    wide = graph.linear(middle, tensors.linear(f"{at}wide"), f"{at}wide")
    active = graph.fused("Gelu", [wide], f"{at}active")
    narrow = graph.linear(active, tensors.linear(f"{at}narrow"), f"{at}narrow")
    return graph.sum_normalised(narrow, middle, tensors, f"{at}oln", f"{at}out")


class _EightBits:
    """The model file's tensors, brought to 8 bits with one scale for each output."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def linear(self, name: str) -> Linear:
        at, _, kind = name.rpartition(".")
        names = [f"{at}.{part}" for part in PARTS[kind]]
        biases = [self.array(f"{part}.b") for part in names]
        rows = [self._weights.array(f"{part}.w", len(bias)) for part, bias in zip(names, biases, strict=True)]
        matrix = np.concatenate(rows).T
        scale = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
        values = np.clip(np.round(matrix / scale), -127, 127).astype(np.int8)
        return Linear(values, scale, np.concatenate(biases))

    def array(self, name: str) -> NDArray[np.float32]:
        return self._weights.array(name)


def _word_table(weights: Weights) -> WordTable:
    shape = weights.shape
    scales, values = weights.blocks("emb.word")
    values = values.reshape(shape.vocabulary, shape.hidden)
    return WordTable(
        (values[:, 0::2] | (values[:, 1::2] << 4)).astype(np.uint8),
        scales.reshape(shape.vocabulary, shape.hidden // BLOCK),
        weights.array("emb.pos", shape.positions) + weights.array("emb.type", shape.token_types)[0],
    )
