"""Train a reader from data to weights: gather, fit, calibrate, export. Opens torch, so nothing imports it early.

A second training `after` a first begins with its weights, at lower rates, and learns from what that reader takes for
answers in French (`evals.training.mistaken`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import torch

from evals.training import mistaken
from evals.training.articles import Articles
from evals.training.aside import gather
from evals.training.batches import open_tokenizer
from evals.training.export import FILE, export
from evals.training.fit import CHECKPOINT, Plan, Position, begin_from, fit
from evals.training.model import ReaderModel
from evals.training.near_miss import Ask, Score, calibrated, score
from evals.training.pairs import Mistaken, Pools
from evals.training.rows import Row, TrainingDataMissing
from evals.training.scores import fit_calibration
from index.reader import OnnxReader

HELD_OUT = 160
"""Held-out questions a column, at most."""
AGAIN = 0.6, 0.5
"""Of the rates of a first training, those of layers and of heads in a second one."""
MINED = "piaf11_fr"
"""The source of whose questions wrong passages are looked for with the first reader: the weakest language's."""


def train(
    data: Path,
    retrieval: Path,
    base: Path,
    out: Path,
    plan: Plan,
    say: Callable[[str], None],
    after: Path | None = None,
) -> Path:
    """Write `reader.safetensors` and `figures.json` into `out`, from its checkpoint if any; returns the file.

    With `after`, the folder of a training that has ended, from its weights and its mistakes. Raises
    `TrainingDataMissing` where there is no such training.
    """
    gathered = gather(data, retrieval, HELD_OUT, plan.seed)
    say(f"{len(gathered.rows)} questions ; {gathered.removed} écartées, dont les articles servent aux tests")
    torch.manual_seed(plan.seed)
    model = ReaderModel(base, plan.first_layer, plan.dropout)
    taken: Mistaken = {}
    if after:
        if not (after / CHECKPOINT).exists():
            raise TrainingDataMissing(f"{after / CHECKPOINT} manque. Donnez le dossier d'un entraînement avec --after.")
        begin_from(model, after / CHECKPOINT)
        taken = _taken_for_answers(gathered.rows, after, base, out)
        plan = replace(plan, rate=plan.rate * AGAIN[0], head_rate=plan.head_rate * AGAIN[1])
    pools = Pools(gathered.rows, seed=plan.seed, mistaken=taken)
    at = fit(model, pools, open_tokenizer(base), plan, out)
    say(f"{at.step} pas de {plan.batch} paires en {at.seconds / 60:.0f} minutes ; calibration")
    return finish(model, gathered.held_out, base, out, version_of(at))


def _taken_for_answers(rows: Sequence[Row], after: Path, base: Path, out: Path) -> Mistaken:
    path = out / mistaken.FILE
    if not path.exists():
        reader = OnnxReader(after / FILE, base)
        mined = [row for row in rows if row.source == MINED]
        mistaken.write(mistaken.mistaken(mined, Articles(mined), reader.read), path)
    return mistaken.read(path)


def version_of(at: Position) -> str:
    """The day, and how many steps were made."""
    return f"{datetime.now(UTC):%Y-%m-%d}.{at.step}"


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
