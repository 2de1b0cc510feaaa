"""Train a reader from data to weights: gather, fit, calibrate, export. Opens torch, so nothing imports it early."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import torch

from evals.training.aside import gather
from evals.training.batches import open_tokenizer
from evals.training.export import FILE, begin_from, export
from evals.training.fit import Plan, copied, fit, mean_with, onward, version_of
from evals.training.model import ReaderModel
from evals.training.near_miss import Ask, Score, calibrated, score
from evals.training.pairs import ONWARD, Pools
from evals.training.scores import fit_calibration
from evals.training.weigh import weigh
from index.embed import OnnxEmbedder
from index.reader import OnnxReader
from index.weighing import write_weighing

HELD_OUT = 160
"""Held-out questions a column, at most."""
TUNED = 0.8
"""Of the tuned weights in the mean, where training went on from others."""


def train(
    data: Path,
    retrieval: Path,
    base: Path,
    out: Path,
    plan: Plan,
    say: Callable[[str], None],
    begin: Path | None = None,
) -> Path:
    """Write `reader.safetensors`, `weighing.json` and `figures.json` into `out`, from the checkpoint there if any;
    returns the weights. With `begin`, weights of another training, it goes on from them, at lower rates and mostly on
    pages, and what is written is a mean of the tuned weights and those."""
    plan = onward(plan) if begin else plan
    gathered = gather(data, retrieval, HELD_OUT, plan.seed)
    say(f"{len(gathered.rows)} questions ; {gathered.removed} écartées, dont les articles servent aux tests")
    torch.manual_seed(plan.seed)
    model = ReaderModel(base, plan.first_layer, plan.dropout)
    if begin:
        begin_from(model, begin)
    first = copied(model)
    pools = Pools(gathered.rows, ONWARD if begin else None, plan.seed)
    at = fit(model, pools, open_tokenizer(base), plan, out)
    if begin:
        mean_with(model, first, TUNED)
    say(f"{at.step} pas de {plan.batch} paires en {at.seconds / 60:.0f} minutes ; calibration")
    finish(model, gathered.held_out, base, out, version_of(at))
    say("autres signes d'un passage")
    reader = OnnxReader(out / FILE, base)
    if any(gathered.held_out.values()):
        write_weighing(out, weigh(gathered.held_out, reader, OnnxEmbedder(base), say), reader.header.version)
    return out / FILE


def finish(model: ReaderModel, held_out: Mapping[str, Sequence[Ask]], base: Path, out: Path, version: str) -> Path:
    """Write the weights, read the held-out near misses with them as the product does, calibrate, and write again."""
    export(model, out / FILE, 1.0, 0.0, version)
    reader = OnnxReader(out / FILE, base)
    read = {name: score(asks, reader.read, 1.0, 0.0) for name, asks in held_out.items() if asks}
    temperature, bias = calibrate(list(read.values()))
    export(model, out / FILE, temperature, bias, version)
    scores = {name: calibrated(one, temperature, bias) for name, one in read.items()}
    (out / "figures.json").write_text(json.dumps(_figures(scores), ensure_ascii=False, indent=1), "utf-8")
    return out / FILE


def calibrate(columns: Sequence[Score]) -> tuple[float, float]:
    """Temperature and bias fitted on best-of-six logits, with the gold passage and without."""
    logits = [logit for column in columns for logit in (*column.with_gold, *column.alone)]
    truths = [truth for column in columns for truth in [True] * column.questions + [False] * column.questions]
    return fit_calibration(logits, truths)


def _figures(scores: Mapping[str, Score]) -> dict[str, dict[str, float]]:
    left_out = ("with_gold", "alone")
    return {
        name: {key: round(value, 4) for key, value in asdict(one).items() if key not in left_out}
        for name, one in scores.items()
    }
