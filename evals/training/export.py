"""Weights files as `index.tuned_graph` reads them, 8 bits and one scale an output: written, and read back."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from corpus.errors import AssistantError
from evals.training.batches import PASSAGE_TOKENS, QUESTION_TOKENS
from evals.training.model import QuestionModel, ReaderModel, TunedEncoder, rounded
from index import question_encoder
from index.bundled_model import NAME

FORMAT = "reader-1"
FILE = "reader.safetensors"


class OtherLayers(AssistantError, ValueError):
    """Weights to go on from were tuned from another layer on than the model is; the message says from which."""


def export(model: ReaderModel, path: Path, temperature: float, bias: float, version: str) -> None:
    """Write `path` and its sha256; the probability that a passage answers is `sigmoid(logit / temperature + bias)`."""
    tensors = _layers(model)
    tensors["answerable.w"] = model.answerable.weight.detach()[0]
    tensors["answerable.b"] = model.answerable.bias.detach()
    tensors["span.w"], tensors["span.b"] = model.span.weight.detach(), model.span.bias.detach()
    told = {
        "format": FORMAT,
        "first_layer": str(model.first_layer),
        "temperature": repr(temperature),
        "bias": repr(bias),
        "max_tokens": str(PASSAGE_TOKENS),
        "question_tokens": str(QUESTION_TOKENS),
    }
    _write(tensors, path, told, version)


def export_questions(model: QuestionModel, path: Path, version: str) -> None:
    """Write `path`, which `index.question_encoder` reads, and its sha256."""
    _write(_layers(model), path, {"format": question_encoder.FORMAT, "first_layer": str(model.first_layer)}, version)


def begin_from(model: ReaderModel, path: Path) -> None:
    """Set what is tuned in `model` to the weights that `export` wrote at `path`, as far as 8 bits keep them.

    Raises `OtherLayers`.
    """
    with safe_open(path, "pt") as file, torch.no_grad():
        first = (file.metadata() or {}).get("first_layer")
        if first != str(model.first_layer):
            raise OtherLayers(f"{path} : appris à partir de la couche {first}. Donnez --first-layer {first}.")
        for name, linear in model.linears().items():
            linear.weight.copy_(file.get_tensor(f"{name}.w").float() * file.get_tensor(f"{name}.s")[:, None])
            linear.bias.copy_(file.get_tensor(f"{name}.b"))
        for name, norm in model.norms().items():
            norm.weight.copy_(file.get_tensor(f"{name}.w"))
            norm.bias.copy_(file.get_tensor(f"{name}.b"))
        model.answerable.weight.copy_(file.get_tensor("answerable.w")[None])
        model.answerable.bias.copy_(file.get_tensor("answerable.b"))
        model.span.weight.copy_(file.get_tensor("span.w"))
        model.span.bias.copy_(file.get_tensor("span.b"))


def _layers(model: TunedEncoder) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for name, linear in model.linears().items():
        values, scale = rounded(linear.weight.detach())
        tensors |= {f"{name}.w": values, f"{name}.s": scale, f"{name}.b": linear.bias.detach()}
    for name, norm in model.norms().items():
        tensors |= {f"{name}.w": norm.weight.detach(), f"{name}.b": norm.bias.detach()}
    return tensors


def _write(tensors: Mapping[str, Tensor], path: Path, told: Mapping[str, str], version: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_suffix(".part")
    metadata = {**told, "base": NAME, "version": version}
    save_file({name: value.contiguous().clone() for name, value in tensors.items()}, work, metadata=metadata)
    os.chmod(work, 0o644)
    os.replace(work, path)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    path.with_suffix(".sha256").write_text(f"{digest}  {path.name}\n", "ascii")


def round_tuned(model: TunedEncoder) -> None:
    """Round the tuned matrices of `model` in place, as `export` does, to see what that costs."""
    with torch.no_grad():
        for linear in model.linears().values():
            values, scale = rounded(linear.weight)
            linear.weight.copy_(values.float() * scale[:, None])
