"""Write graphs that read one text at a time: the encoder's lower layers, tuned layers of another file above them.

Alone there is no padding, so nothing to mask, and the scale of each token's 8 bits goes into the quantisation itself;
normalisation is written in two operators, because the fused one takes nine times as long. This is a quarter faster than
the encoder's own operators, whose last digits it does not keep: hence `OneText` beside `Graph`.

Below the tuned layers everything is the encoder's own and stays in the encoder's file: a graph points into it (ONNX
"external data"). Word embeddings are then not on the disk twice and, being mapped, take no memory but for the words
that were met.

Tuned layers are in one safetensors file: for each tuned layer `i`, `l{i}.{q,k,v,ao,fi,fo}.{w,s,b}` (int8 `(out, in)`,
float32 scale and bias `(out,)`) and `l{i}.{aln,oln}.{w,b}`; other tensors are float32. A graph is written once into the
encoder's folder, under a name that holds the weights' sha256.
"""

from __future__ import annotations

import json
import mmap
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AssistantError
from corpus.fingerprint import fingerprint
from index.bundled_model import NAME
from index.encoder_graph import PARTS, Graph, Linear, Tensors, WordTable, embeddings, layer

ENCODER = "encoder.int8.onnx"
POSITIONS = 512
"""Tokens that the encoder can tell the places of."""
POINTED_AT = 1 << 14
"""Constants of at least so many bytes are left in the encoder's file."""
_STALE_SECONDS = 86_400


class TunedUnavailable(AssistantError):
    """Tuned weights cannot be loaded; the message says which file is at fault."""


def read_told(weights: Path, format: str) -> Mapping[str, str]:
    """What a weights file says of itself; raises `TunedUnavailable` for any other file than one of this format."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(weights, framework="numpy") as file:
            told: dict[str, str] = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise TunedUnavailable(f"{weights} n'est pas un fichier de poids ({error}).") from error
    if told.get("format") != format or told.get("base") != NAME:
        found = f"{told.get('format')!r} pour {told.get('base')!r}"
        raise TunedUnavailable(f"{weights} est de format {found}, et non {format!r} pour {NAME!r}.")
    return told


def verified(folder: Path, name: str, required: bool) -> Path:
    """The weights `name` in `folder`, held against the sha256 beside them, which must be there where it is `required`.

    Raises `TunedUnavailable`.
    """
    weights = folder / name
    if not weights.is_file():
        raise TunedUnavailable(f"{name} manque dans {folder}.")
    checksum = weights.with_suffix(".sha256")
    if required or checksum.exists():
        try:
            expected = checksum.read_text("utf-8", "replace")[:64] if checksum.is_file() else ""
            found = fingerprint(weights)
        except OSError as error:
            raise TunedUnavailable(f"{weights} ne se lit pas ({error}).") from error
        if found != expected:
            raise TunedUnavailable(
                f"{name} dans {folder} a l'empreinte {found[:12]}, mais {checksum.name} dit {expected[:12]!r}."
            )
    return weights


def graph_file(kind: str, layout: int, weights: Path, base: Path, write: Callable[[Path, Path, Path], None]) -> Path:
    """The graph of these weights in `base`, made by `write(weights, base, path)` the first time.

    Then those of other weights of the `kind` go, but young ones, which may be another process's, between finding and
    opening them. `layout` is raised whenever the same weights give another graph. Raises `TunedUnavailable`.
    """
    try:
        target = base / f"{kind}-{fingerprint(weights)[:12]}-{layout}.onnx"
        if target.exists():
            return target
        handle, name = tempfile.mkstemp(dir=base, prefix=f".{kind}-", suffix=".onnx")
        os.close(handle)
        work = Path(name)
        try:
            write(weights, base, work)
            for other in base.glob(f"{kind}-*.onnx"):
                with suppress(FileNotFoundError):  # another process may have been here first
                    if time.time() - other.stat().st_mtime > _STALE_SECONDS:
                        other.unlink()
            work.replace(target)
        finally:
            work.unlink(missing_ok=True)
    except OSError as error:
        raise TunedUnavailable(
            f"{weights.name} ne peut pas être préparé dans {base} ({error}). Rendez ce dossier accessible en écriture, "
            "ou donnez-en un autre avec COOPERATION_CACHE."
        ) from error
    return target


def open_session(graph: Path) -> Any:
    """The ONNX Runtime session of a graph, on one thread; raises `TunedUnavailable`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = True  # what it keeps is little, for lengths are bounded; malloc keeps more
    try:
        return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # of classes of its own, none of which it tells
        raise TunedUnavailable(f"{graph} ne s'ouvre pas ({str(error)[:200]}).") from error


def tuned_graph(weights: Path, folder: Path, first: int) -> tuple[OneText, TunedLayers, str]:
    """A graph from `ids (1, tokens) i64` up to the last states, the file's tensors, and the name of the states.

    `folder` is that of the unpacked encoder, in which the graph must be saved: it points at its neighbour.
    """
    shape: dict[str, int] = json.loads((folder / "config.json").read_text("utf-8"))
    if not 0 <= first < shape["num_hidden_layers"]:
        raise TunedUnavailable(f"{weights} : il n'y a pas de couche {first}.")
    base = EncoderFile(folder / ENCODER)
    tuned = TunedLayers(weights)
    graph = OneText(shape["hidden_size"], shape["num_attention_heads"], base)
    state = embeddings(graph, base.table, base)
    for number in range(shape["num_hidden_layers"]):
        state = layer(graph, base if number < first else tuned, f"l{number}.", state)
    return graph, tuned, state


class OneText(Graph):
    """The operators that are fastest for one input without padding; constants of `base` are pointed at, not copied."""

    def __init__(self, hidden: int, heads: int, base: EncoderFile) -> None:
        self._base = base
        super().__init__(hidden, heads)
        self.constant("flat", np.array([-1]))
        self.add("Size", ["ids"], "size")
        self.add("Reshape", ["size", "flat"], "sizes")
        self.add("Expand", ["middle", "sizes"], "middles")

    def save(self, name: str, outputs: Mapping[str, Sequence[int | str]], path: Path) -> None:
        """Write `ids (1, tokens) i64 ->` float32 `outputs`, each with its shape, to `path`."""
        import onnx
        from onnx import TensorProto, helper

        ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])
        made = [helper.make_tensor_value_info(each, TensorProto.FLOAT, list(shape)) for each, shape in outputs.items()]
        onnx.save(self.model(name, [ids], made), str(path))

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


class EncoderFile:
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


class TunedLayers:
    """A weights file: tuned layers by the names of `Tensors`, and what lies on them."""

    def __init__(self, path: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        self._path = path
        try:
            self._tensors: dict[str, NDArray[Any]] = load_file(path)
        except SafetensorError as error:
            raise TunedUnavailable(f"{path} n'est pas un fichier de poids ({error}).") from error

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
            raise TunedUnavailable(f"{self._path} : le tenseur {name!r} manque ou n'a pas le bon type.")
        if size is not None and found.size != size:
            raise TunedUnavailable(f"{self._path} : le tenseur {name!r} a {found.size} valeurs au lieu de {size}.")
        return found
