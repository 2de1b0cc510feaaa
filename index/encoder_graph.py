"""Write the encoder as an ONNX graph of 8-bit products: the runtime chosen for two processor cores.

Weights are 8-bit with one scale for each output; activations are 8-bit with one scale **for each token**, computed as
they pass. A scale for the whole batch (ONNX Runtime's own dynamic quantisation) is a tenth faster, but then a text's
vector depends on the texts it happens to be encoded with, and everything calibrated on vectors would move with the
batch size. Word embeddings stay in the 4-bit blocks they came in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from index.bundled_model import Weights

_FUSED = "com.microsoft"
_BLOCK = 32


class _Graph:
    """A list of nodes and constants under construction; `add` names a node's output and returns that name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output


def write_graph(weights: Weights, path: Path) -> None:
    """Write `ids (batch, tokens) i64, lengths (batch,) i32 -> hidden (batch, tokens, hidden) f32` to `path`."""
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph()
    _constants(graph)
    state = _embeddings(graph, weights)
    for layer in range(weights.shape.layers):
        state = _layer(graph, weights, f"l{layer}.", state)
    graph.add("Identity", [state], "hidden")
    whole = helper.make_graph(
        graph.nodes,
        "encoder",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "tokens"]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]),
        ],
        [helper.make_tensor_value_info("hidden", TensorProto.FLOAT, ["batch", "tokens", weights.shape.hidden])],
        graph.constants,
    )
    model = helper.make_model(
        whole, opset_imports=[helper.make_opsetid("", 18), helper.make_opsetid(_FUSED, 1)], ir_version=9
    )
    onnx.save(model, str(path))


def _constants(graph: _Graph) -> None:
    graph.constant("zero", np.array([0]))
    graph.constant("one", np.array([1]))
    graph.constant("two", np.array([2]))
    graph.constant("last", np.array([-1]))
    graph.constant("unit", np.array(1, np.float32))
    graph.constant("tiny", np.array(1e-9, np.float32))
    graph.constant("step", np.array(1 / 127, np.float32))
    graph.constant("steps", np.array(127, np.float32))
    graph.constant("middle", np.array(128, np.uint8))


def _embeddings(graph: _Graph, weights: Weights) -> str:
    shape = weights.shape
    scales, values = weights.blocks("emb.word")
    values = values.reshape(shape.vocabulary, shape.hidden)
    graph.constant("word", (values[:, 0::2] | (values[:, 1::2] << 4)).astype(np.uint8))
    graph.constant("word.scales", scales.reshape(shape.vocabulary, shape.hidden // _BLOCK))
    graph.constant(
        "position", weights.array("emb.pos", shape.positions) + weights.array("emb.type", shape.token_types)[0]
    )
    graph.add(
        "GatherBlockQuantized",
        ["word", "ids", "word.scales"],
        "words",
        _FUSED,
        bits=4,
        block_size=_BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )
    graph.add("Shape", ["ids"], "ids.shape")
    graph.add("Slice", ["ids.shape", "one", "two"], "tokens")
    graph.add("Slice", ["position", "zero", "tokens", "zero"], "positions.row")
    graph.add("Shape", ["words"], "words.shape")
    graph.add("Expand", ["positions.row", "words.shape"], "positions")
    return _add_and_normalise(graph, weights, "words", "positions", "emb.ln", "embedded")


def _layer(graph: _Graph, weights: Weights, at: str, state: str) -> str:
    hidden = weights.shape.hidden
    if "third" not in {constant.name for constant in graph.constants}:
        graph.constant("third", np.array([hidden] * 3))
    joined = _linear(graph, weights, state, [f"{at}q", f"{at}k", f"{at}v"], f"{at}qkv")
    parts = [f"{at}query", f"{at}key", f"{at}value"]
    from onnx import helper

    graph.nodes.append(helper.make_node("Split", [joined, "third"], parts, axis=2))
    graph.add("MultiHeadAttention", [*parts, "", "lengths"], f"{at}attention", _FUSED, num_heads=weights.shape.heads)
    projected = _linear(graph, weights, f"{at}attention", [f"{at}ao"], f"{at}projected")
    middle = _add_and_normalise(graph, weights, projected, state, f"{at}aln", f"{at}middle")
    wide = _linear(graph, weights, middle, [f"{at}fi"], f"{at}wide")
    graph.add("Gelu", [wide], f"{at}active", _FUSED)
    narrow = _linear(graph, weights, f"{at}active", [f"{at}fo"], f"{at}narrow")
    return _add_and_normalise(graph, weights, narrow, middle, f"{at}oln", f"{at}out")


def _linear(graph: _Graph, weights: Weights, state: str, names: list[str], output: str) -> str:
    """`state @ W.T + b` for the tensors `names` side by side, both sides in 8 bits."""
    biases = [weights.array(f"{name}.b") for name in names]
    matrix = np.concatenate([weights.array(f"{name}.w", len(bias)) for name, bias in zip(names, biases, strict=True)]).T
    scale = (np.abs(matrix).max(axis=0) / 127).astype(np.float32)
    graph.constant(f"{output}.w", np.clip(np.round(matrix / scale), -127, 127).astype(np.int8))
    graph.constant(f"{output}.s", scale)
    graph.constant(f"{output}.b", np.concatenate(biases))
    graph.add("Abs", [state], f"{output}.abs")
    graph.add("ReduceMax", [f"{output}.abs", "last"], f"{output}.max", keepdims=1)
    graph.add("Max", [f"{output}.max", "tiny"], f"{output}.range")
    graph.add("Mul", [f"{output}.range", "step"], f"{output}.scale")
    graph.add("Div", ["steps", f"{output}.range"], f"{output}.inverse")
    graph.add("Mul", [state, f"{output}.inverse"], f"{output}.spread")
    graph.add("QuantizeLinear", [f"{output}.spread", "unit", "middle"], f"{output}.8bit")
    graph.add("MatMulInteger", [f"{output}.8bit", f"{output}.w", "middle"], f"{output}.sum")
    from onnx import TensorProto

    graph.add("Cast", [f"{output}.sum"], f"{output}.float", to=TensorProto.FLOAT)
    graph.add("Mul", [f"{output}.float", f"{output}.scale"], f"{output}.rows")
    graph.add("Mul", [f"{output}.rows", f"{output}.s"], f"{output}.columns")
    return graph.add("Add", [f"{output}.columns", f"{output}.b"], output)


def _add_and_normalise(graph: _Graph, weights: Weights, left: str, right: str, name: str, output: str) -> str:
    graph.constant(f"{name}.w", weights.array(f"{name}.w"))
    graph.constant(f"{name}.b", weights.array(f"{name}.b"))
    return graph.add("SkipLayerNormalization", [left, right, f"{name}.w", f"{name}.b"], output, _FUSED, epsilon=1e-12)
