"""What is trained, as torch modules over the embedder's unpacked folder: frozen lower layers, tuned upper ones.

The reader has two heads on them; the question encoder takes their mean.

Frozen layers have their weights rounded to 8 bits as the product runs them, so that the tuned ones learn on what they
will see. Written out rather than taken from transformers: one attention call, no pooler, names of the weights file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional

HIDDEN, HEADS, WIDE, LAYERS, EPSILON = 384, 12, 1536, 12, 1e-12
LINEARS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
PRECISION = torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32
"""What matrices are multiplied in: where a processor has no instructions for it, bfloat16 takes seven times as long."""
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def in_precision() -> torch.autocast:
    """Products in `PRECISION`, whatever their operands are kept in."""
    return torch.autocast("cpu", torch.bfloat16, enabled=torch.float32 != PRECISION)


def rounded(weight: Tensor) -> tuple[Tensor, Tensor]:
    """`weight` `(out, in)` as int8 and the float32 scale of each output: `weight` is about int8 times scale."""
    scale = weight.float().abs().amax(dim=1).clamp_min(1e-12) / 127
    return (weight.float() / scale[:, None]).round().clamp(-127, 127).to(torch.int8), scale


class Layer(nn.Module):
    """One encoder layer; `forward(state (batch, tokens, hidden), mask (batch, 1, 1, tokens))`."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.q, self.k, self.v, self.ao = (nn.Linear(HIDDEN, HIDDEN) for _ in range(4))
        self.fi, self.fo = nn.Linear(HIDDEN, WIDE), nn.Linear(WIDE, HIDDEN)
        self.aln, self.oln = (nn.LayerNorm(HIDDEN, EPSILON) for _ in range(2))
        self.dropout = dropout

    def forward(self, state: Tensor, mask: Tensor) -> Tensor:
        """The state after this layer."""
        batch, tokens, _ = state.shape
        query, key, value = (
            part(state).view(batch, tokens, HEADS, HIDDEN // HEADS).transpose(1, 2) for part in (self.q, self.k, self.v)
        )
        seen = _attention(query, key, value, mask)
        middle = self.aln(state + self.ao(seen.transpose(1, 2).reshape(batch, tokens, HIDDEN)))
        narrow = self.fo(functional.gelu(self.fi(middle)))
        out: Tensor = self.oln(middle + functional.dropout(narrow, self.dropout, self.training))
        return out


def _attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Fused where nothing is learnt; in plain products else, whose way back takes a quarter of the fused one's time."""
    if not query.requires_grad:
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
    weights = query * query.shape[-1] ** -0.5 @ key.transpose(-1, -2) + mask
    return functional.softmax(weights, -1, dtype=query.dtype) @ value


class TunedEncoder(nn.Module):
    """The encoder, its layers from `first_layer` on to be tuned; what is read off its last states is left to others."""

    def __init__(self, base: Path, first_layer: int, dropout: float) -> None:
        super().__init__()
        self.first_layer = first_layer
        self.layers = nn.ModuleList(Layer(0.0 if i < first_layer else dropout) for i in range(LAYERS))
        with safe_open(base / "model.safetensors", "pt") as file:
            self._load(file)
        for layer in self.layers[:first_layer]:
            layer.requires_grad_(False)
            layer.to(PRECISION)

    def _load(self, file: Any) -> None:
        at = "embeddings"
        self.words = file.get_tensor(f"{at}.word_embeddings.weight")
        kinds = file.get_tensor(f"{at}.token_type_embeddings.weight")[0].float()
        self.positions = file.get_tensor(f"{at}.position_embeddings.weight").float() + kinds
        self.norm = [file.get_tensor(f"{at}.LayerNorm.{part}").float() for part in ("weight", "bias")]
        for i, layer in enumerate(self.layers):
            for short, long in {**LINEARS, **NORMS}.items():
                module = layer.get_submodule(short)
                for part in ("weight", "bias"):
                    value = file.get_tensor(f"encoder.layer.{i}.{long}.{part}").float()
                    if i < self.first_layer and part == "weight" and short in LINEARS:
                        whole, scale = rounded(value)
                        value = whole.float() * scale[:, None]
                    getattr(module, part).data.copy_(value)

    def states(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """The last states `(batch, tokens, hidden)` for padded `ids (batch, tokens)`; `lengths (batch,)` counts the
        tokens that are not padding."""
        tokens = ids.shape[1]
        with torch.no_grad():
            state = functional.layer_norm(
                self.words[ids].float() + self.positions[:tokens], (HIDDEN,), self.norm[0], self.norm[1], EPSILON
            )
            state = state.to(PRECISION)
            mask = torch.zeros(ids.shape, dtype=PRECISION)
            mask = mask.masked_fill(~within(tokens, lengths), -1e4)[:, None, None]
            for layer in self.layers[: self.first_layer]:
                state = layer(state, mask)
        for layer in self.layers[self.first_layer :]:
            state = layer(state, mask)
        return state.float()

    def linears(self) -> dict[str, nn.Linear]:
        """The tuned matrices, by the names of the weights file: `l5.q`."""
        found = {f"l{i}.{name}": self.layers[i].get_submodule(name) for i in self._upper() for name in LINEARS}
        return {name: part for name, part in found.items() if isinstance(part, nn.Linear)}

    def norms(self) -> dict[str, nn.LayerNorm]:
        """The tuned normalisations, by the names of the weights file: `l5.aln`."""
        found = {f"l{i}.{name}": self.layers[i].get_submodule(name) for i in self._upper() for name in NORMS}
        return {name: part for name, part in found.items() if isinstance(part, nn.LayerNorm)}

    def _upper(self) -> range:
        return range(self.first_layer, LAYERS)

    def tuned(self) -> dict[str, Tensor]:
        """What training changes, by name."""
        return {name: value for name, value in self.named_parameters() if value.requires_grad}


class ReaderModel(TunedEncoder):
    """`forward(ids, lengths)` gives the answerable logit `(batch,)` and start and end logits `(batch, tokens, 2)`."""

    def __init__(self, base: Path, first_layer: int, dropout: float) -> None:
        super().__init__(base, first_layer, dropout)
        self.answerable = nn.Linear(HIDDEN, 1)
        self.span = nn.Linear(HIDDEN, 2)
        for head in (self.answerable, self.span):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(self, ids: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Logits for padded `ids (batch, tokens)`."""
        state = self.states(ids, lengths)
        with torch.autocast("cpu", enabled=False):
            return self.answerable(state[:, 0])[:, 0], self.span(state)


class QuestionModel(TunedEncoder):
    """`forward(ids, lengths)` gives unit vectors `(batch, hidden)`: the mean of the last states, as of passages."""

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        """Vectors for padded `ids (batch, tokens)`."""
        state = self.states(ids, lengths)
        sums = (state * within(ids.shape[1], lengths)[:, :, None]).sum(dim=1)
        return functional.normalize(sums, dim=1)


def within(tokens: int, lengths: Tensor) -> Tensor:
    """Which of `tokens` places are no padding, `(batch, tokens)`."""
    return torch.arange(tokens)[None] < lengths[:, None]
