"""The question encoder is trained in small here: its loss falls, it goes on where it stopped, the product runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from evals.training import model as training_model
from evals.training.asking import (
    PLAN,
    Example,
    Texts,
    column_of,
    embedded,
    examples,
    fit_questions,
    nearest,
    question_loss,
    tokens,
)
from evals.training.batches import open_tokenizer
from evals.training.export import export_questions, round_tuned
from evals.training.model import QuestionModel
from evals.training.near_miss import Ask
from evals.training.rows import Row
from index.bundled_model import unpacked
from index.embed import OnnxEmbedder
from index.question_encoder import FILE, QuestionEncoder

SMALL = replace(PLAN, steps=4, batch=4, first_layer=10, rate=2e-4, dropout=0.0, warm_up=0.3)
PASSAGES = {
    "Tunis": "Le Conseil se réunit chaque année. Son siège est fixé à Tunis.",
    "douze": "Le secrétariat compte douze agents. Il prépare les sessions.",
    "avril": "La session ordinaire s'ouvre en avril. Le budget y est voté.",
}


def row(answer: str, question: str, source: str = "piaf11_fr", id: str = "", passage: str = "") -> Row:
    text = passage or PASSAGES[answer]
    at = text.index(answer)
    return Row(id or answer, source, "fr", "fr", "Conseil", question, text, (at, at + len(answer)), True)


ROWS = [row("Tunis", "Où siège-t-il ?"), row("douze", "Combien sont-ils ?"), row("avril", "Quand commence-t-elle ?")]


@pytest.fixture(autouse=True)
def _in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_model, "PRECISION", torch.float32)


@pytest.fixture(scope="module")
def base(model_cache: Path) -> Path:
    return unpacked(model_cache)


@pytest.fixture(scope="module")
def embedder(base: Path) -> OnnxEmbedder:
    return OnnxEmbedder(base, threads=2)


@pytest.fixture
def texts(embedder: OnnxEmbedder, tmp_path: Path) -> Texts:
    return embedded(ROWS, embedder, tmp_path / "vectors.npz", lambda line: None)


def test_the_sentence_of_an_example_holds_the_answer(texts: Texts) -> None:
    made = {one.question: one for one in examples(ROWS, texts)["piaf11_fr"]}
    passage, start, end = texts.sentences[made["Où siège-t-il ?"].sentence]
    assert texts.passages[passage][start:end] == "Son siège est fixé à Tunis."
    assert texts.question_vectors[made["Quand commence-t-elle ?"].before] == pytest.approx(texts.question_vectors[2])


def test_vectors_are_made_once(embedder: OnnxEmbedder, tmp_path: Path) -> None:
    said: list[str] = []
    first = embedded(ROWS, embedder, tmp_path / "v.npz", said.append)
    again = embedded(ROWS, embedder, tmp_path / "v.npz", said.append)
    assert len(said) == 1
    assert np.array_equal(first.sentence_vectors, again.sentence_vectors)
    embedded(ROWS[:2], embedder, tmp_path / "v.npz", said.append)
    assert len(said) == 2


def test_vectors_that_cannot_be_read_are_made_again(embedder: OnnxEmbedder, tmp_path: Path) -> None:
    """A file cut short, or of other texts of the same number."""
    said: list[str] = []
    (tmp_path / "v.npz").write_bytes(b"PK\x03\x04 cut short")
    embedded(ROWS, embedder, tmp_path / "v.npz", said.append)
    embedded([*ROWS[:2], replace(ROWS[2], question="Et quand ?")], embedder, tmp_path / "v.npz", said.append)
    assert len(said) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["v.npz"]


def test_what_answers_the_same_question_is_no_wrong_passage(embedder: OnnxEmbedder, tmp_path: Path) -> None:
    rows = [
        row("Tunis", "Where?", "xquad_all12", "xq-0-ar", "It sits in Tunis."),
        row("douze", "Wieviel?", "xquad_cross5", "xq-1-qde-pen", "Er sitzt in Tunis. Sie sind douze."),
        row("avril", "Where?", "xquad_cross5", "xq-0-qen-pfr", "Elle est en avril."),
    ]
    texts = embedded(rows, embedder, tmp_path / "v.npz", lambda line: None)
    first = examples(rows, texts)["xquad_all12"][0]
    assert {texts.passages[at] for at in first.spared_passages} == {"Elle est en avril."}
    assert {texts.sentences[at][0] for at in first.spared_sentences} == set(first.spared_passages)


def test_what_is_spared_costs_nothing() -> None:
    passages = torch.nn.functional.normalize(torch.tensor([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]), dim=1)
    asked = torch.tensor([[1.0, 0.0]])
    near, far = (
        question_loss(asked, asked, [Example("?", 0, 0, -1, spared, ())], passages, passages).item()
        for spared in ((1,), ())
    )
    assert near < 1e-6 < far


def test_a_way_from_where_it_was_costs() -> None:
    passages = torch.eye(2)
    one = [Example("?", 0, 0, -1, (), ())]
    asked = torch.tensor([[1.0, 0.0]])
    still, moved = (question_loss(asked, before, one, passages, passages).item() for before in (asked, asked.flip(1)))
    assert moved - still == pytest.approx(20)


def test_the_loss_falls(base: Path, texts: Texts, tmp_path: Path) -> None:
    pools, model = examples(ROWS, texts), _model(base)
    before = _loss(model, pools, texts, base)
    assert fit_questions(model, pools, texts, open_tokenizer(base), replace(SMALL, steps=8), tmp_path).step == 8
    assert _loss(model, pools, texts, base) < before


def test_training_goes_on_as_if_it_had_not_stopped(base: Path, texts: Texts, tmp_path: Path) -> None:
    """Stopped in its third step and begun again: the same weights, dropout and all, as without a stop."""
    pools, tokenizer = examples(ROWS, texts), open_tokenizer(base)
    plan = replace(SMALL, dropout=0.1, checkpoint_minutes=0.0)
    whole, stopped, again = (_model(base, 0.1) for _ in range(3))
    fit_questions(whole, pools, texts, tokenizer, plan, tmp_path / "whole")
    steps = iter((True, True))

    def stop(*_of: object) -> None:
        if not next(steps, False):
            raise KeyboardInterrupt

    stopped.register_forward_pre_hook(stop)
    with pytest.raises(KeyboardInterrupt):
        fit_questions(stopped, pools, texts, tokenizer, plan, tmp_path / "cut")
    assert fit_questions(again, pools, texts, tokenizer, plan, tmp_path / "cut").step == 4
    for name, value in whole.tuned().items():
        assert torch.allclose(value, again.tuned()[name], atol=1e-6)


def test_the_product_encodes_as_was_trained(base: Path, embedder: OnnxEmbedder, tmp_path: Path) -> None:
    model = _model(base)
    for layer in model.layers:
        layer.float()
    with torch.no_grad():
        for value in model.tuned().values():
            value.add_(torch.randn_like(value) * 0.01)
    export_questions(model, tmp_path / FILE, "essai")
    round_tuned(model)
    encoder = QuestionEncoder(tmp_path / FILE, base, embedder.tokenizer)
    asked = [one.question for one in ROWS]
    with torch.no_grad():
        ours = model(*tokens(asked, open_tokenizer(base))).numpy()
    theirs = np.stack([encoder.vector(question) for question in asked])
    assert encoder.name == "questions/essai"
    assert ((ours * theirs).sum(axis=1) > 0.99).all()


def test_the_right_passage_is_counted_among_its_neighbours(embedder: OnnxEmbedder) -> None:
    texts = list(PASSAGES.values())
    asks = [Ask("Où est le siège du Conseil ?", texts[0], ("Tunis",), tuple(texts[1:]))]
    column = column_of(asks, embedder)
    right = column.passages[0][:1]
    assert nearest({"fr": column}, lambda asked: right) == "fr 1.000"
    assert nearest({"fr": column}, lambda asked: column.passages[0][1:2]) == "fr 0.000"


def _model(base: Path, dropout: float = 0.0) -> QuestionModel:
    torch.manual_seed(0)
    return QuestionModel(base, 10, dropout)


def _loss(model: QuestionModel, pools: Mapping[str, Sequence[Example]], texts: Texts, base: Path) -> float:
    model.eval()
    batch = pools["piaf11_fr"]
    with torch.no_grad():
        vectors = model(*tokens([one.question for one in batch], open_tokenizer(base)))
        before = torch.from_numpy(texts.question_vectors[[one.before for one in batch]])
        sides = torch.from_numpy(texts.passage_vectors), torch.from_numpy(texts.sentence_vectors)
        return question_loss(vectors, before, batch, *sides).item()
