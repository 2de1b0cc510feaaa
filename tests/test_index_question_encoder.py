"""Questions go through layers of their own, passages through the model as it comes: what is found, what is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from evals.training.model import LINEARS, NORMS
from index.bundled_model import NAME, unpacked
from index.embed import OnnxEmbedder, open_embedder
from index.question_encoder import BUNDLED, FILE, QuestionEncoder, QuestionEncoderUnavailable, open_question_encoder
from index.tuned_graph import TunedUnavailable

METADATA = {"format": "questions-1", "base": NAME, "version": "test", "first_layer": "11"}
CITY = "Le siège du Conseil est fixé à Tunis."
REWORDED = "Dans quelle ville cette institution a-t-elle ses bureaux ?"
TEXTS = (CITY, "Le budget du Conseil est voté chaque année.", "Les ministres se réunissent en session ordinaire.")


@pytest.fixture(scope="module")
def base(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked encoder of the tests' own, because graphs are written into it."""
    folder = tmp_path_factory.mktemp("base")
    for name in ("config.json", "encoder.int8.onnx", "tokenizer.json", "model.safetensors"):
        shutil.copy(unpacked(model_cache) / name, folder)
    return folder


@pytest.fixture(scope="module")
def plain(base: Path) -> OnnxEmbedder:
    """The model as it comes, for both sides."""
    return OnnxEmbedder(base, threads=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped weights, under a checksum that is right."""
    for name in (FILE, "questions.sha256"):
        shutil.copy(BUNDLED / name, tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def seeker(base: Path, plain: OnnxEmbedder) -> QuestionEncoder:
    """The shipped weights."""
    opened = open_question_encoder("bundled", base, plain.tokenizer)
    assert opened is not None
    return opened


def test_a_question_moves(seeker: QuestionEncoder, plain: OnnxEmbedder) -> None:
    moved, before = seeker.vector(REWORDED), plain.queries([REWORDED])[0]
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-5)
    assert 0.7 < moved @ before < 0.99
    assert np.array_equal(moved, seeker.vector(REWORDED))


@pytest.mark.parametrize("question", [REWORDED, "أين يوجد مقر المجلس ؟", "Where does the Council have its seat?"])
def test_a_question_finds_its_passage_in_other_words_and_languages(
    seeker: QuestionEncoder, plain: OnnxEmbedder, question: str
) -> None:
    assert np.argmax(plain.passages(TEXTS) @ seeker.vector(question)) == 0


def test_a_question_of_any_length_has_a_vector(seeker: QuestionEncoder) -> None:
    for question in ("", "mot " * 2_000):
        assert np.linalg.norm(seeker.vector(question)) == pytest.approx(1, abs=1e-5)


def test_layers_that_were_not_tuned_give_what_the_model_gives(base: Path, plain: OnnxEmbedder, tmp_path: Path) -> None:
    """A file that holds the model's own top layer, in 8 bits as everywhere: only the last digits differ."""
    save_file(_own_top_layer(base), tmp_path / FILE, METADATA)
    encoder = QuestionEncoder(tmp_path / FILE, base, plain.tokenizer)
    for text in TEXTS:
        assert encoder.vector(text) @ plain.queries([text])[0] > 0.999
    assert encoder.name == "questions/test"


def test_off_and_another_model_have_no_question_encoder(model_cache: Path) -> None:
    assert open_embedder("bundled", model_cache).seeker is None
    assert open_embedder("bundled", model_cache, questions="off").seeker is None
    assert open_embedder("bundled-fp32", model_cache, questions="bundled").seeker is None
    seeker = open_embedder("bundled", model_cache, questions="bundled").seeker
    assert seeker is not None
    assert seeker.name.startswith("questions/")


def test_the_shipped_weights_are_small() -> None:
    assert (BUNDLED / FILE).stat().st_size <= 30_000_000


def _bitten(folder: Path) -> None:
    data = bytearray((folder / FILE).read_bytes())
    data[-1] ^= 1
    (folder / FILE).write_bytes(data)


def _of_another_format(folder: Path) -> None:
    (folder / "questions.sha256").unlink()
    save_file({"a": np.zeros(1, np.float32)}, folder / FILE, METADATA | {"format": "reader-1"})


def _no_safetensors(folder: Path) -> None:
    (folder / "questions.sha256").unlink()
    (folder / FILE).write_bytes(json.dumps({"not": "weights"}).encode())


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_bitten, "empreinte"),
        (lambda folder: (folder / FILE).unlink(), "manque"),
        (_of_another_format, "reader-1"),
        (_no_safetensors, "COOPERATION_QUESTIONS"),
    ],
    ids=["a byte changed", "no file", "another format", "no safetensors"],
)
def test_weights_that_cannot_be_used_are_told_with_the_setting(
    base: Path, plain: OnnxEmbedder, folder: Path, harm: Callable[[Path], object], told: str
) -> None:
    harm(folder)
    with pytest.raises(QuestionEncoderUnavailable, match=told) as error:
        open_question_encoder(str(folder), base, plain.tokenizer)
    assert "COOPERATION_QUESTIONS=off" in str(error.value)


def test_a_layer_that_is_missing_is_told_at_the_first_question(base: Path, plain: OnnxEmbedder, tmp_path: Path) -> None:
    made = _own_top_layer(base)
    del made["l11.q.w"]
    save_file(made, tmp_path / FILE, METADATA)
    encoder = QuestionEncoder(tmp_path / FILE, base, plain.tokenizer)
    with pytest.raises(QuestionEncoderUnavailable, match=r"l11\.q\.w.*QUESTIONS=off"):
        encoder.vector("?")


def test_a_file_that_does_not_say_its_first_layer_is_refused(base: Path, plain: OnnxEmbedder, tmp_path: Path) -> None:
    save_file({"a": np.zeros(1, np.float32)}, tmp_path / FILE, METADATA | {"first_layer": "top"})
    with pytest.raises(TunedUnavailable):
        QuestionEncoder(tmp_path / FILE, base, plain.tokenizer)


def _own_top_layer(base: Path) -> dict[str, np.ndarray]:
    """Layer 11 of the unpacked model as a weights file would hold it."""
    whole = load_file(base / "model.safetensors")
    made: dict[str, np.ndarray] = {}
    for short, long in {**LINEARS, **NORMS}.items():
        weight = whole[f"encoder.layer.11.{long}.weight"].astype(np.float32)
        made[f"l11.{short}.b"] = whole[f"encoder.layer.11.{long}.bias"].astype(np.float32)
        if weight.ndim == 1:
            made[f"l11.{short}.w"] = weight
        else:
            scale = np.abs(weight).max(axis=1) / 127
            made[f"l11.{short}.s"] = scale.astype(np.float32)
            made[f"l11.{short}.w"] = np.round(weight / scale[:, None]).astype(np.int8)
    return made
