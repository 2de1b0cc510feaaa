"""The reader is trained in small here: its losses fall, it goes on where it stopped, its weights are what the product
reads. The figures it is held to are checked by hand."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from evals.training import model as reader_model
from evals.training.batches import encode, in_batches, open_tokenizer
from evals.training.command import register_training
from evals.training.export import FILE, begin_from, export, round_tuned
from evals.training.fit import Plan, copied, fit, losses, mean_with, padded
from evals.training.model import ReaderModel, rounded
from evals.training.near_miss import Ask, asks_of_tests, held_out_asks, score
from evals.training.pairs import Pair, Pools
from evals.training.rows import Row
from evals.training.scores import auroc, calibration_error, fit_calibration, sigmoid, squad_f1
from index.bundled_model import unpacked
from index.reader import OnnxReader, open_reader

TEXTS = {
    "Alger": "La 35e session s'est ouverte à Alger en 2015. Le président a lu le rapport.",
    "Tunis": "La 34e session s'est tenue à Tunis en 2014. Elle a réuni vingt délégations.",
    "Rabat": "Le Conseil des ministres siège à Rabat. Son secrétariat compte douze agents.",
}
SMALL = Plan(steps=3, batch=8, part=4, first_layer=10, rate=2e-4, warm_up=0.3, seed=1)


def rows() -> list[Row]:
    return [
        Row(city, "piaf11_fr", "fr", "fr", "Sessions", f"Et {city} ?", text, (at, at + len(city)), True)
        for city, text in TEXTS.items()
        for at in [text.index(city)]
    ]


@pytest.fixture(autouse=True)
def _in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """In full precision, whatever the processor could do: what is held to figures is not rounded."""
    monkeypatch.setattr(reader_model, "PRECISION", torch.float32)


@pytest.fixture(scope="module")
def base(model_cache: Path) -> Path:
    return unpacked(model_cache)


@pytest.fixture
def model(base: Path) -> ReaderModel:
    torch.manual_seed(0)
    return ReaderModel(base, first_layer=10, dropout=0.0)


def pair(passage: str, span: tuple[int, int] | None) -> Pair:
    return Pair("Où ?", passage, span is not None, span, "paragraph", "fr", "fr")


def test_the_tokens_of_an_answer_are_those_of_its_letters(base: Path):
    text = TEXTS["Alger"]
    at = text.index("Alger")
    [one] = encode([pair(text, (at, at + 5))], open_tokenizer(base))
    begin, end = one.offsets[one.start - one.first][0], one.offsets[one.end - one.first][1]
    assert text[begin:end].strip() == "Alger"
    assert (one.ids[0], one.ids[one.first - 1], one.ids[-1]) == (0, 2, 2)


def test_a_long_passage_is_cut_around_its_answer(base: Path):
    text = "Rien à dire ici. " * 100 + "À Alger. " + "Rien encore. " * 100
    at = text.index("Alger")
    for seed in range(5):
        [one] = encode([pair(text, (at, at + 5))], open_tokenizer(base), random.Random(seed), longest=40)
        assert len(one.offsets) == 40
        assert "Alger" in text[one.offsets[one.start - one.first][0] : one.offsets[one.end - one.first][1]]


def test_batches_hold_every_pair_once_and_like_lengths(base: Path):
    encoded = encode([pair("mot " * n, None) for n in range(1, 21)], open_tokenizer(base))
    batches = in_batches(encoded, 4, random.Random(0))
    assert sorted(len(one.ids) for batch in batches for one in batch) == sorted(len(one.ids) for one in encoded)
    assert all(max(len(a.ids) for a in b) - min(len(a.ids) for a in b) < 8 for b in batches)


def test_padding_changes_nothing(base: Path, model: ReaderModel):
    """A passage reads the same alone as beside a longer one, in full precision."""
    model.eval()
    tokenizer = open_tokenizer(base)
    short, long = encode([pair(TEXTS["Alger"], None), pair(TEXTS["Tunis"] * 4, None)], tokenizer)
    with torch.no_grad():
        for layer in model.layers:
            layer.float()
        alone, both = model(*padded([short])), model(*padded([short, long]))
    assert torch.allclose(alone[0], both[0][:1], atol=1e-4)
    assert torch.allclose(alone[1][0], both[1][0, : len(short.ids)], atol=1e-3)


def test_only_the_upper_layers_and_the_heads_are_learnt(model: ReaderModel):
    assert {name.split(".")[0] for name in model.tuned()} == {"layers", "answerable", "span"}
    assert {name.split(".")[1] for name in model.tuned() if name.startswith("layers.")} == {"10", "11"}


def test_a_batch_without_answers_has_a_loss(base: Path, model: ReaderModel):
    loss, _, spans = losses(model, encode([pair(TEXTS["Alger"], None)], open_tokenizer(base)))
    assert float(spans) == 0
    assert all(grad is not None for grad in torch.autograd.grad(loss, list(model.tuned().values())))


def test_training_goes_on_from_its_checkpoint(base: Path, tmp_path: Path):
    """Stopped after three steps of six and begun again, the schedule, the pools and the optimiser go on."""
    tokenizer, pools = open_tokenizer(base), Pools(rows(), seed=1)
    model = ReaderModel(base, 10, 0.0)
    assert fit(model, pools, tokenizer, SMALL, tmp_path).step == 3
    longer = Plan(**{**{name: getattr(SMALL, name) for name in SMALL.__slots__}, "steps": 6})
    resumed = ReaderModel(base, 10, 0.0)
    at = fit(resumed, pools, tokenizer, longer, tmp_path)
    assert (at.step, at.pool, at.batch) == (6, 0, 6)
    kept = ReaderModel(base, 10, 0.0)
    assert fit(kept, pools, tokenizer, longer, tmp_path).step == 6
    assert torch.equal(kept.answerable.weight, resumed.answerable.weight)


def test_the_same_seed_gives_the_same_weights(base: Path, tmp_path: Path):
    made = []
    for name in ("a", "b"):
        torch.manual_seed(0)
        model = ReaderModel(base, 10, 0.0)
        fit(model, Pools(rows(), seed=1), open_tokenizer(base), SMALL, tmp_path / name)
        made.append(model.answerable.weight.detach().clone())
    assert torch.allclose(made[0], made[1], atol=1e-6)


def test_the_product_reads_what_was_trained(base: Path, model: ReaderModel, tmp_path: Path, model_cache: Path):
    """The exported weights give, in the product's 8 bits, nearly the logits of the model rounded as they are."""
    model.eval()
    export(model, tmp_path / FILE, 1.5, -0.25, "essai")
    round_tuned(model)
    for name in ("config.json", "tokenizer.json", "encoder.int8.onnx"):
        shutil.copy(base / name, tmp_path)
    reader = OnnxReader(tmp_path / FILE, tmp_path)
    passages = list(TEXTS.values())
    pairs = [pair(passage, None) for passage in passages]
    ours, _ = model(*padded(encode(pairs, open_tokenizer(base))))
    theirs = reader.read(pairs[0].question, passages)
    assert [read.logit for read in theirs] == pytest.approx(ours.tolist(), abs=0.1)
    assert (reader.header.temperature, reader.name) == (1.5, "reader/essai")
    assert open_reader(str(tmp_path), model_cache) is not None  # the sha256 beside it is right


def test_training_begins_from_exported_weights(base: Path, model: ReaderModel, tmp_path: Path):
    """Another model set to them gives the logits of the first as 8 bits keep it; other layers are refused."""
    export(model, tmp_path / FILE, 1.0, 0.0, "essai")
    begun = ReaderModel(base, 10, 0.1)
    begin_from(begun, tmp_path / FILE)
    round_tuned(model)
    batch = padded(encode([pair(passage, None) for passage in TEXTS.values()], open_tokenizer(base)))
    for one in (begun, model):
        one.eval()
    for ours, theirs in zip(begun(*batch), model(*batch), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)
    with pytest.raises(ValueError, match="layer 10"):
        begin_from(ReaderModel(base, 9, 0.1), tmp_path / FILE)


def test_weights_are_a_mean_of_the_first_and_the_tuned_ones(model: ReaderModel):
    first = copied(model)
    with torch.no_grad():
        model.span.bias.add_(1.0)
    mean_with(model, first, 0.8)
    assert torch.allclose(model.span.bias, first["span.bias"] + 0.8)


def test_a_rounded_matrix_is_within_half_a_step():
    weight = torch.randn(5, 7)
    values, scale = rounded(weight)
    assert values.dtype == torch.int8
    assert torch.all((values.float() * scale[:, None] - weight).abs() <= scale[:, None] / 2 + 1e-6)


@dataclass(frozen=True, slots=True)
class ScriptedRead:
    """A reading told beforehand."""

    logit: float
    start: int
    end: int


def test_the_best_passage_counts_with_the_gold_and_without():
    logits = {"or": 3.0, "a": 1.0, "b": -2.0}

    def reads(question: str, passages: Sequence[str]) -> list[ScriptedRead]:
        return [ScriptedRead(logits[passage] + (question == "deux"), 0, 2) for passage in passages]

    made = score([Ask("un", "or", ("or",), ("a", "b")), Ask("deux", "a", ("or",), ("b",))], reads, 1.0, 0.0)
    assert (made.with_gold, made.alone) == ((3.0, 2.0), (1.0, -1.0))
    assert (made.auroc, made.questions, made.span_f1) == (1.0, 2, 0.5)
    assert made.one == 1.0


def test_test_questions_stand_among_five_passages_of_their_article_first(tmp_path: Path):
    passages = [{"id": f"p{n}", "title": "A" if n < 4 else "B", "text": f"texte {n}"} for n in range(10)]
    passages.append({"id": "seul", "title": "C", "text": "seul"})
    queries = [
        {"text": "a ?", "relevant": ["p0"], "answers": ["0"], "split": "test"},
        {"text": "b ?", "relevant": ["p9"], "answers": ["9"], "split": "test"},
        {"text": "c ?", "relevant": ["seul"], "answers": ["s"], "split": "test"},
        {"text": "d ?", "relevant": ["p1"], "answers": ["1"], "split": "train"},
    ]
    for name, lines in (("corpus", passages), ("queries", queries)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    first, second = asks_of_tests(tmp_path, seed=0)
    assert set(first.neighbours[:3]) == {"texte 1", "texte 2", "texte 3"}
    assert len(first.neighbours) == len(set(second.neighbours)) == 5
    assert set(second.neighbours) == {f"texte {n}" for n in range(4, 9)}


def test_held_out_questions_have_neighbours_of_their_own_article():
    asks = held_out_asks(rows(), 2)
    assert len(asks) == 2
    assert all(ask.gold not in ask.neighbours and len(ask.neighbours) == 2 for ask in asks)


def test_calibration_finds_the_temperature_it_was_made_with():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 3, 20_000)
    truths = rng.random(20_000) < sigmoid(list(logits), 2.0, -0.5)
    temperature, bias = fit_calibration(list(logits), list(truths))
    assert (temperature, bias) == pytest.approx((2.0, -0.5), abs=0.1)
    assert calibration_error(list(sigmoid(list(logits), temperature, bias)), list(truths)) < 0.02


def test_separated_logits_still_have_a_temperature():
    temperature, _ = fit_calibration([5.0, 4.0, -4.0, -5.0], [True, True, False, False])
    assert 0.05 < temperature < 5


@pytest.mark.parametrize(
    ("found", "answers", "f1"),
    [("Alger", ["Alger", "Tunis"], 1.0), ("à Alger", ["Alger"], 2 / 3), ("Tunis", ["Alger"], 0.0), ("", [""], 1.0)],
    ids=["one of the answers", "a word too much", "another", "none of none"],
)
def test_shared_words_count(found: str, answers: list[str], f1: float):
    assert squad_f1(found, answers) == pytest.approx(f1)


def test_ties_count_half():
    assert auroc([1.0], [1.0]) == 0.5


def test_the_commands_open_nothing_heavy():
    code = (
        "import argparse, sys; from evals.training.command import register_training; "
        "register_training(argparse.ArgumentParser().add_subparsers()); "
        "sys.exit(bool({'torch', 'onnxruntime', 'tokenizers', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_commands_take_data_before_or_after():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    register_training(parser.add_subparsers())
    for arguments in (
        ["reader", "--retrieval", "r", "--begin", "w"],
        ["questions", "--retrieval", "r"],
        ["measure", "--reader", "p", "--retrieval", "r"],
        ["weigh", "--reader", "p", "--retrieval", "r"],
    ):
        assert parser.parse_args(["train", *arguments, "--data", "d"]).data == "d"
        assert parser.parse_args(["--data", "d", "train", *arguments]).data == "d"
