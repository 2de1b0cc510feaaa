"""Train the reader: pools of pairs, one loss for both heads, a schedule by the time given, checkpoints to go on from.

What is drawn at random is drawn from the seed. A run of a given number of steps can be repeated; one of a given number
of minutes does what the machine can in them, and its log says how many steps that was.
"""

from __future__ import annotations

import ctypes
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from evals.training.batches import PAD, Encoded, encode, in_batches
from evals.training.model import ReaderModel, TunedEncoder, in_precision
from evals.training.pairs import Pools

CHECKPOINT = "checkpoint.pt"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train: for `minutes`, or for `steps` where they are given; rates are the highest of the schedule, a
    layer's `fade` times that of the layer above it."""

    minutes: float = 60.0
    steps: int | None = None
    batch: int = 8
    part: int = 4
    rate: float = 2e-4
    head_rate: float = 1e-3
    warm_up: float = 0.04
    decay: float = 0.01
    clip: float = 1.0
    first_layer: int = 2
    fade: float = 0.9
    dropout: float = 0.1
    seed: int = 0
    threads: int = 2
    checkpoint_minutes: float = 3.0


def onward(plan: Plan) -> Plan:
    """The plan of a reader that goes on from weights: at rates that lose less of what it can."""
    return replace(plan, rate=1e-4, head_rate=4e-4)


@dataclass(slots=True)
class Position:
    """Where training stands: steps made, seconds spent, the pool and its batch that come next."""

    step: int = 0
    seconds: float = 0.0
    pool: int = 0
    batch: int = 0


def version_of(at: Position) -> str:
    """The day, and how many steps were made."""
    return f"{datetime.now(UTC):%Y-%m-%d}.{at.step}"


def fit(model: ReaderModel, pools: Pools, tokenizer: Tokenizer, plan: Plan, out: Path) -> Position:
    """Train `model` in place, from the checkpoint in `out` if there is one; returns where it ended."""
    _keep_memory()
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    optimiser = torch.optim.AdamW(
        [*groups(model.layers[plan.first_layer :], plan), _heads(model, plan)], weight_decay=plan.decay, fused=True
    )
    at = resumed(model, optimiser, out / CHECKPOINT)
    workers = ThreadPoolExecutor(plan.threads, initializer=torch.set_num_threads, initargs=(1,))

    def of_batch(batch: list[Encoded]) -> str:
        classes, spans = _learn(model, batch, workers, plan.part)
        return f"pertes {classes:.3f} {spans:.3f}"

    with workers:
        return learn(model, optimiser, at, plan, out, _batches(pools, tokenizer, plan, at), of_batch)


def learn(
    model: TunedEncoder,
    optimiser: torch.optim.Optimizer,
    at: Position,
    plan: Plan,
    out: Path,
    batches: Iterator[T],
    gradients: Callable[[T], str],
) -> Position:
    """Make a step with each batch, from where `at` stands, which is moved on and returned.

    `gradients` sets those of a batch and says what to show of it. Checkpoints are kept in `out`.
    """
    model.train()
    saved = at.seconds
    with tqdm(total=1.0, initial=progress(at, plan), bar_format=_BAR, mininterval=2, maxinterval=10) as bar:
        for batch in batches:
            began = time.perf_counter()
            for group in optimiser.param_groups:
                group["lr"] = group["top"] * rate(progress(at, plan), plan.warm_up)
            told = gradients(batch)
            torch.nn.utils.clip_grad_norm_(list(model.tuned().values()), plan.clip)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            at.step += 1
            at.seconds += time.perf_counter() - began
            bar.set_postfix_str(f"pas {at.step}, {told}", refresh=False)
            bar.update(min(1.0, progress(at, plan)) - bar.n)
            if at.seconds - saved > plan.checkpoint_minutes * 60:
                save(model, optimiser, at, out / CHECKPOINT)
                saved = at.seconds
    save(model, optimiser, at, out / CHECKPOINT)
    model.eval()
    return at


def _learn(model: ReaderModel, batch: Sequence[Encoded], workers: ThreadPoolExecutor, size: int) -> tuple[float, float]:
    """Set the gradients of a batch, worked on in parts side by side: on a busy machine no core waits for another."""
    tuned = list(model.tuned().values())

    def of_part(part: Sequence[Encoded]) -> tuple[tuple[Tensor, ...], float, float]:
        share = len(part) / len(batch)
        loss, classes, spans = losses(model, part)
        return torch.autograd.grad(loss * share, tuned), float(classes) * share, float(spans) * share

    done = list(workers.map(of_part, [batch[at : at + size] for at in range(0, len(batch), size)]))
    for value, *parts in zip(tuned, *(gradients for gradients, _, _ in done), strict=True):
        value.grad = torch.stack(parts).sum(dim=0)
    return sum(classes for _, classes, _ in done), sum(spans for _, _, spans in done)


_BAR = "{percentage:5.1f} % |{bar}| {elapsed} passé, {remaining} restant, {postfix}"


def rate(progress: float, warm_up: float) -> float:
    """The share of the highest rate at `progress` 0..1: straight up to `warm_up`, straight down to a hundredth.

    >>> [round(rate(at, 0.1), 2) for at in (0.0, 0.05, 0.1, 0.55, 1.0)]
    [0.01, 0.5, 1.0, 0.5, 0.01]
    """
    return max(0.01, progress / warm_up if progress < warm_up else (1 - progress) / (1 - warm_up))


def losses(model: ReaderModel, batch: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor]:
    """The loss, and its parts: cross-entropy of answerable, and of start and end where there is an answer."""
    ids, lengths = padded(batch)
    with in_precision():
        logits, ends = model(ids, lengths)
    classes = functional.binary_cross_entropy_with_logits(
        logits, torch.tensor([float(one.answerable) for one in batch])
    )
    outside = torch.ones(ids.shape, dtype=torch.bool)
    for row, one in enumerate(batch):
        outside[row, one.first : len(one.ids) - 1] = False
    ends = ends.masked_fill(outside[:, :, None], -1e4)
    have = [row for row, one in enumerate(batch) if one.start >= 0]
    if not have:  # the head stays in the graph, at nought
        return classes + 0 * ends.sum(), classes.detach(), torch.zeros(())
    spans = torch.stack(
        [
            functional.cross_entropy(
                ends[have, :, side], torch.tensor([(batch[row].start, batch[row].end)[side] for row in have])
            )
            for side in (0, 1)
        ]
    ).mean()
    return classes + spans * (len(have) / len(batch)) ** 0.5, classes.detach(), spans.detach()


def padded(batch: Sequence[Encoded]) -> tuple[Tensor, Tensor]:
    """The ids `(batch, tokens)` and their lengths."""
    longest = max(len(one.ids) for one in batch)
    ids = torch.tensor([[*one.ids, *[PAD] * (longest - len(one.ids))] for one in batch])
    return ids, torch.tensor([len(one.ids) for one in batch])


def save(model: TunedEncoder, optimiser: torch.optim.Optimizer, at: Position, path: Path) -> None:
    """Write all that training needs to go on, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_suffix(".part")
    state = {"model": model.tuned(), "optimiser": optimiser.state_dict(), "at": as_values(at)}
    torch.save(state, work)
    os.replace(work, path)


def as_values(at: Position) -> dict[str, Any]:
    """A position as plain values."""
    return {name: getattr(at, name) for name in ("step", "seconds", "pool", "batch")}


def resumed(model: TunedEncoder, optimiser: torch.optim.Optimizer, path: Path) -> Position:
    """Where the checkpoint at `path` stands, `model` and `optimiser` set to it; the beginning where there is none."""
    if not path.exists():
        return Position()
    state = torch.load(path, weights_only=True)
    _fill(model, state["model"])
    optimiser.load_state_dict(state["optimiser"])
    return Position(**state["at"])


def _fill(model: TunedEncoder, tuned: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, value in model.tuned().items():
            value.copy_(tuned[name])


def copied(model: TunedEncoder) -> dict[str, Tensor]:
    """What training would change in `model`, as it is now."""
    return {name: value.detach().clone() for name, value in model.tuned().items()}


def mean_with(model: TunedEncoder, first: dict[str, Tensor], tuned: float) -> None:
    """Set `model` to `tuned` of its weights and the rest of the `first` ones, which keeps what both can do
    (Wortsman et al. 2022)."""
    with torch.no_grad():
        for name, value in model.tuned().items():
            value.lerp_(first[name], 1 - tuned)


def groups(layers: nn.ModuleList, plan: Plan) -> list[dict[str, Any]]:
    """What an optimiser takes for tuned layers: each at its own highest rate, `top`."""
    tops = [plan.rate * plan.fade**depth for depth in range(len(layers))]
    return [
        {"params": list(layer.parameters()), "lr": top, "top": top}
        for layer, top in zip(reversed(layers), tops, strict=True)
    ]


def _heads(model: ReaderModel, plan: Plan) -> dict[str, Any]:
    heads = [*model.answerable.parameters(), *model.span.parameters()]
    return {"params": heads, "lr": plan.head_rate, "top": plan.head_rate}


def progress(at: Position, plan: Plan) -> float:
    """How much of the plan is done, 0..1 and a little over."""
    return at.step / plan.steps if plan.steps else at.seconds / (plan.minutes * 60)


def _batches(pools: Pools, tokenizer: Tokenizer, plan: Plan, at: Position) -> Iterator[list[Encoded]]:
    """Batches from where `at` stands, which is moved on before each is given."""
    while True:
        rng = random.Random(f"{plan.seed}-batches-{at.pool}")
        batches = in_batches(encode(pools.pool(at.pool), tokenizer, rng), plan.batch, rng)
        while at.batch < len(batches):
            if progress(at, plan) >= 1:
                return
            at.batch += 1
            yield batches[at.batch - 1]
        at.pool, at.batch = at.pool + 1, 0


def _keep_memory() -> None:
    """Let glibc keep freed memory: to give it back after each step and clear it anew costs as much as the products."""
    try:
        tune: Callable[[int, int], int] = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # another C library: slower, no more
        return
    for option, value in ((-4, 0), (-1, 2_000_000_000), (-2, 256_000_000), (-8, 1)):  # mmap, trim, top_pad, arenas
        tune(option, value)
