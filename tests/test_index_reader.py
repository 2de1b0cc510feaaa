"""The reader says the same of a passage whatever it is read with, as its weights say in full precision."""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from index.bundled_model import unpacked
from index.reader import (
    BUNDLED,
    CHECKSUM,
    FILE,
    OnnxReader,
    Reader,
    ReaderUnavailable,
    best_span,
    open_reader,
    whole_words,
    windows,
)
from index.reader_graph import write_reader_graph

QUESTION = "Où s'est réuni le Conseil des ministres arabes de l'Intérieur ?"
PASSAGES = [
    "Le Conseil des ministres arabes de l'Intérieur s'est réuni à Tunis en mars 2023.",
    unicodedata.normalize("NFD", "La délégation algérienne était présidée à Téhéran par son élève préféré."),
    "يساهم مجلس وزراء الداخلية العرب في تعزيز التعاون الأمني بين الدُّوَل العَرَبِيّة منذ سنة ٢٠١٤.",
    "  \u200fانعقدت الدورة الخامسة والثلاثون\u200e  في الجزائر ؟\n",
    "• 10 000 €\u00a0;\n• 3,5 %\u202f;\n\n",
    "When was the memorandum of understanding signed?",
    "Working groups meet twice a year; their reports are sent to the ministers. " * 20,
]
METADATA = {
    "format": "reader-1",
    "base": "multilingual-e5-small",
    "version": "test",
    "first_layer": "9",
    "temperature": "1.5",
    "bias": "-0.25",
    "max_tokens": "96",
    "question_tokens": "16",
}
LAYERS, HEADS = 12, 12
LONG_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
Tensors = dict[str, NDArray[Any]]


@pytest.fixture(scope="module")
def encoder(model_cache: Path) -> Tensors:
    """The encoder's tensors, in 16 bits."""
    return dict(load_file(unpacked(model_cache) / "model.safetensors"))


@pytest.fixture(scope="module")
def tensors(encoder: Tensors) -> Tensors:
    """A reader's: the upper three layers of the encoder, shaken a little, and heads that nobody trained."""
    noise = np.random.default_rng(7)

    def shaken(value: NDArray[Any]) -> NDArray[np.float32]:
        return np.asarray(value + 0.02 * value.std() * noise.standard_normal(value.shape), np.float32)

    made: Tensors = {}
    for layer in range(int(METADATA["first_layer"]), LAYERS):
        for short, long in LONG_NAMES.items():
            weight = shaken(encoder[f"encoder.layer.{layer}.{long}.weight"].astype(np.float32))
            if weight.ndim == 2:
                scale = made[f"l{layer}.{short}.s"] = np.abs(weight).max(axis=1) / 127
                weight = np.clip(np.round(weight / scale[:, None]), -127, 127).astype(np.int8)
            made[f"l{layer}.{short}.w"] = weight
            made[f"l{layer}.{short}.b"] = shaken(encoder[f"encoder.layer.{layer}.{long}.bias"])
    for head, shape in {"answerable.w": (384,), "span.w": (2, 384)}.items():
        made[head] = noise.standard_normal(shape).astype(np.float32)
    return made | {"answerable.b": np.array([0.5], np.float32), "span.b": np.array([0.1, -0.1], np.float32)}


@pytest.fixture(scope="module")
def weights(tensors: Tensors, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of these tensors, in a folder that `reader` could name."""
    path = tmp_path_factory.mktemp("reader") / FILE
    save_file(tensors, path, METADATA)
    return path


@pytest.fixture(scope="module")
def base(model_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An unpacked encoder of the tests' own, because graphs are written into it and removed from it."""
    folder = tmp_path_factory.mktemp("base")
    for name in ("config.json", "encoder.int8.onnx"):
        shutil.copy(unpacked(model_cache) / name, folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer(model_cache: Path) -> Tokenizer:
    """The encoder's, told to cut as the embedder tells it."""
    loaded = Tokenizer.from_file(str(unpacked(model_cache) / "tokenizer.json"))
    loaded.enable_truncation(512)
    return loaded


@pytest.fixture(scope="module")
def reader(weights: Path, base: Path, tokenizer: Tokenizer) -> OnnxReader:
    """A reader of these weights on two cores."""
    return OnnxReader(weights, base, tokenizer, threads=2)


# --- what is read ----------------------------------------------------------------------------------------------------


def test_eight_bits_read_as_full_precision_does(
    weights: Path, base: Path, tokenizer: Tokenizer, tensors: Tensors, encoder: Tensors, tmp_path: Path
) -> None:
    """Logits stay near what PyTorch computes in float32 from the same weights, of which they are made.

    These weights are drawn at random, and on processors without 8-bit dot products sums of two products saturate now
    and then: 11 % of the spread there. For weights that were trained it is 3 % on the same processor.
    """
    import onnxruntime

    path = base / "graph-of-a-test.onnx"
    write_reader_graph(weights, base, path)
    session = onnxruntime.InferenceSession(str(path))
    texts = [*PASSAGES, QUESTION, *(f"{QUESTION} {passage}" for passage in PASSAGES)]
    inputs = [encoding.ids for encoding in tokenizer.encode_batch(texts)]
    read = [session.run(None, {"ids": np.array([ids])}) for ids in inputs]
    exact = in_full_precision(inputs, tensors, encoder)
    for column in (0, 1):
        ours, theirs = (np.concatenate([np.ravel(item[column]) for item in items]) for items in (read, exact))
        assert np.sqrt(np.mean((ours - theirs) ** 2)) < 0.15 * theirs.std()
    for ids, (answerable, span) in zip(inputs, read, strict=True):
        assert answerable.shape == (1,)
        assert span.shape == (len(ids), 2)


def test_a_reading_does_not_depend_on_the_other_passages(reader: OnnxReader) -> None:
    """Alone, together, in another order and twice: the same to the last bit."""
    together = reader.read(QUESTION, PASSAGES)
    assert [reader.read(QUESTION, [passage])[0] for passage in PASSAGES] == together
    assert reader.read(QUESTION, PASSAGES[::-1])[::-1] == together
    assert reader.read(QUESTION, PASSAGES * 2) == together * 2


def test_threads_read_at_once(weights: Path, base: Path, tokenizer: Tokenizer, reader: OnnxReader) -> None:
    """Eight callers of a reader that is not open yet get what one caller gets."""
    expected = reader.read(QUESTION, PASSAGES)
    fresh = OnnxReader(weights, base, tokenizer, threads=2)
    with ThreadPoolExecutor(8) as callers:
        assert list(callers.map(lambda _: fresh.read(QUESTION, PASSAGES), range(8))) == [expected] * 8


def test_answerable_is_the_calibrated_logit(reader: OnnxReader) -> None:
    """A sigmoid with the temperature and the bias that the weights state; passages are told apart."""
    readings = reader.read(QUESTION, PASSAGES)
    for reading in readings:
        assert reading.answerable == pytest.approx(1 / (1 + math.exp(-(reading.logit / 1.5 - 0.25))))
        assert 0 <= reading.span <= 1
    assert len({reading.logit for reading in readings}) == len(PASSAGES)


def test_answers_are_whole_words_of_the_passage(reader: OnnxReader) -> None:
    """In French with combining accents, in Arabic with vowel and direction marks, after leading white space."""
    questions = [QUESTION, "متى انعقدت الدورة الخامسة والثلاثون؟", "How often do they meet?"]
    found = 0
    for question in questions:
        for passage, reading in zip(PASSAGES, reader.read(question, PASSAGES), strict=True):
            answer = passage[reading.start : reading.end]
            assert whole_words(passage, reading.start, reading.end) == (reading.start, reading.end)
            assert bool(answer) == bool(reading.span)
            found += bool(answer)
    assert found > len(PASSAGES)


@pytest.mark.parametrize("seed", range(4))
def test_a_long_passage_is_read_in_windows_of_which_the_best_counts(
    reader: OnnxReader, tokenizer: Tokenizer, seed: int
) -> None:
    """Its reading is that of its best window read alone, whose answer lies further on; in words of one token each."""
    words = sorted(
        token[1:] for token in tokenizer.get_vocab() if token[0] == "▁" and token[1:].isascii() and token[1:].isalpha()
    )
    passage = random.Random(seed).choices(words, k=700)
    read = {
        start: reader.read(QUESTION, [" ".join(passage[start:end])])[0]
        for start, end in windows(len(passage), int(METADATA["max_tokens"]), 32)
    }
    begin, best = max(read.items(), key=lambda item: item[1].logit)
    (whole,) = reader.read(QUESTION, [" ".join(passage)])
    shift = len(" ".join(passage[:begin])) + bool(begin)
    assert whole == replace(best, start=best.start + shift, end=best.end + shift)


def test_an_overlong_question_is_cut(reader: OnnxReader) -> None:
    """At the tokens that were trained on: what comes after changes nothing."""
    assert reader.read(f"{repeated(16)} autre {repeated(900)}", PASSAGES) == reader.read(repeated(16), PASSAGES)


def test_nothing_to_read_is_no_error(reader: OnnxReader) -> None:
    """No passage gives no reading; an empty passage or question is read, and has no answer in it."""
    assert reader.read(QUESTION, []) == []
    for reading in reader.read(QUESTION, ["", " \n\t", "…"]):
        assert (reading.start, reading.span) == (reading.end, 0)
    assert len(reader.read("", PASSAGES)) == len(PASSAGES)


# --- choosing a span -------------------------------------------------------------------------------------------------

LOGITS = st.floats(-20, 20, width=32)


@given(st.lists(st.tuples(LOGITS, LOGITS), max_size=40), st.integers(1, 50))
def test_the_best_span_is_the_best_of_all_spans(ends: list[tuple[float, float]], longest: int) -> None:
    """As a search over every start and end finds it; its probability is one."""
    starts, stops = np.array(ends, np.float32).reshape(-1, 2).T
    found = best_span(starts, stops, longest)
    if not ends:
        assert found is None
        return
    assert found is not None
    first, last, probability = found
    pairs = [(i, j) for i in range(len(ends)) for j in range(i, min(len(ends), i + longest))]
    assert (first, last) in pairs
    best = max(float(starts[i]) + float(stops[j]) for i, j in pairs)
    assert float(starts[first]) + float(stops[last]) == best
    assert 0 <= probability <= 1 + 1e-9


@given(st.integers(0, 3000), st.integers(64, 400), st.integers(0, 63))
def test_windows_cover_a_passage_and_overlap(tokens: int, longest: int, overlap: int) -> None:
    """No token is left out, none is too wide, and what is as long as the overlap is whole in one of them."""
    spans = windows(tokens, longest, overlap)
    assert spans[0][0] == 0
    assert spans[-1][1] == tokens
    assert all(0 <= end - start <= longest for start, end in spans)
    assert all(before[1] - after[0] >= overlap for before, after in pairwise(spans))
    assert len({end - start for start, end in spans}) == 1


TEXTS = st.text(st.sampled_from("aé7 ٣،.,'’«»\u0301\u064e\u200f\u00a0\nالج-%"), max_size=30)


@given(TEXTS, st.integers(0, 30), st.integers(0, 30))
def test_a_span_becomes_whole_words(text: str, a: int, b: int) -> None:
    """Inside the text, stripped, the same when it is done again; what was cut away at the ends is no letter."""
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    left, right = whole_words(text, start, end)
    assert 0 <= left <= right <= len(text)
    answer = text[left:right]
    assert answer == answer.strip() == answer.strip(".,،\u200f")
    assert whole_words(text, left, right) == (left, right)
    kept = range(left, right)
    assert all(at in kept for at in range(start, end) if text[at].isalnum())


@pytest.mark.parametrize(
    ("text", "cut", "expected"),
    [
        pytest.param("de l’Algérie.", "gér", "Algérie", id="fr-subword"),
        pytest.param("la 36e session", "36", "36e", id="fr-ordinal"),
        pytest.param("soit 1.250,75 euros", "250", "1.250,75", id="figure-with-separators"),
        pytest.param("signé en 2018, puis", "2018,", "2018", id="punctuation-after"),
        pytest.param("a` 2018 (Alger)", "Alger", "Alger", id="brackets-stay-out"),
        pytest.param("a\u0300 Te\u0301he\u0301ran", " Te", "Te\u0301he\u0301ran", id="combining-accents"),
        pytest.param("والجزائر العاصمة", "الجزا", "الجزائر", id="ar-keeps-its-beginning"),
        pytest.param("بين الدُّوَل العربية", "الدّ", "الدُّوَل", id="ar-vowel-marks"),
        pytest.param("سنة ٢٠١٤.", " ٢٠١", "٢٠١٤", id="ar-figure"),
        pytest.param("a , b", " , ", "", id="nothing-left"),
    ],
)
def test_what_tokens_cut_is_mended(text: str, cut: str, expected: str) -> None:
    """The span of `cut`, by its first letters where marks stand between them."""
    start = text.find(cut) if cut in text else text.find(cut[:3])
    end = start + (len(cut) if cut in text else 3)
    left, right = whole_words(text, start, end)
    assert text[left:right] == expected


# --- the file of the graph -------------------------------------------------------------------------------------------


def test_the_graph_is_written_once_and_points_into_the_encoders_file(
    weights: Path, base: Path, tokenizer: Tokenizer
) -> None:
    """Tuned layers alone are added to the disk; graphs of other weights go when they are a day old."""
    for name in ("reader-old-1.onnx", "reader-young-1.onnx"):
        (base / name).touch()
    os.utime(base / "reader-old-1.onnx", (0, 0))
    other = weights.with_name("other.safetensors")
    save_file(load_file(weights), other, METADATA | {"version": "other"})
    readings = [OnnxReader(path, base, tokenizer).read(QUESTION, PASSAGES[:2]) for path in (weights, other)]
    assert readings[0] == readings[1]
    graphs = {path.name: path.stat() for path in base.glob("*reader-*")}
    expected = {f"reader-{sha256(path)[:12]}-1.onnx" for path in (weights, other)}
    assert set(graphs) == expected | {"reader-young-1.onnx"}
    assert max(stat.st_size for stat in graphs.values()) < 2_000_000 + weights.stat().st_size
    OnnxReader(other, base, tokenizer).read(QUESTION, PASSAGES[:2])
    assert {path.name: path.stat().st_mtime_ns for path in base.glob("*reader-*")} == {
        name: stat.st_mtime_ns for name, stat in graphs.items()
    }


def test_a_folder_that_cannot_be_written_is_told(weights: Path, tmp_path: Path, tokenizer: Tokenizer) -> None:
    """With the two settings that help."""
    with pytest.raises(ReaderUnavailable, match=r"COOPERATION_CACHE.*READER=off"):
        OnnxReader(weights, tmp_path / "absent", tokenizer).read(QUESTION, PASSAGES)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param(lambda made: made.pop("l10.q.w"), "l10.q.w", id="missing"),
        pytest.param(lambda made: made.update({"l9.fo.w": made["l9.fo.w"].astype(np.float32)}), "l9.fo.w", id="type"),
        pytest.param(lambda made: made.update({"span.w": made["span.w"][:1]}), "span.w", id="shape"),
    ],
)
def test_a_tensor_that_is_not_as_it_should_be_is_named(
    tensors: Tensors, base: Path, tmp_path: Path, change: Callable[[Tensors], object], named: str
) -> None:
    """And nothing is left in the folder."""
    made = dict(tensors)
    change(made)
    save_file(made, tmp_path / FILE, METADATA)
    before = set(base.iterdir())
    with pytest.raises(ReaderUnavailable, match=named):
        OnnxReader(tmp_path / FILE, base).read(QUESTION, PASSAGES)
    assert set(base.iterdir()) == before


# --- opening ---------------------------------------------------------------------------------------------------------


def test_off_is_no_reader(tmp_path: Path) -> None:
    """Nothing is looked for."""
    assert open_reader("off", tmp_path / "absent") is None


def test_a_folder_with_a_reader_is_opened(weights: Path, model_cache: Path) -> None:
    """Its name is the weights' version; no model is loaded yet, so nothing was written."""
    reader: Reader | None = open_reader(str(weights.parent), model_cache)
    assert reader is not None
    assert reader.name == "reader/test"


def test_a_folder_without_a_reader_is_told_with_the_setting(tmp_path: Path, model_cache: Path) -> None:
    """Which folder, and what else could be done."""
    with pytest.raises(ReaderUnavailable, match=r"reader.*off") as told:
        open_reader(str(tmp_path), model_cache)
    assert str(tmp_path) in str(told.value)


def test_weights_of_another_checksum_are_refused(weights: Path, model_cache: Path, tmp_path: Path) -> None:
    """One byte is enough; a checksum that is right lets them in."""
    data = bytearray(weights.read_bytes())
    (tmp_path / FILE).write_bytes(data)
    (tmp_path / CHECKSUM).write_text(f"{sha256(tmp_path / FILE)}  {FILE}\n")
    assert open_reader(str(tmp_path), model_cache) is not None
    data[-1] ^= 1
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(ReaderUnavailable, match="empreinte"):
        open_reader(str(tmp_path), model_cache)


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param({"format": "reader-2"}, id="format"),
        pytest.param({"base": "bert"}, id="base"),
        pytest.param({"temperature": "0"}, id="temperature"),
        pytest.param({"max_tokens": "many"}, id="number"),
        pytest.param({"max_tokens": "500", "question_tokens": "100"}, id="beyond-the-encoder"),
    ],
)
def test_a_file_of_another_kind_is_no_reader(tmp_path: Path, model_cache: Path, metadata: dict[str, str]) -> None:
    """Told before a question is asked."""
    save_file({"answerable.b": np.zeros(1, np.float32)}, tmp_path / FILE, METADATA | metadata)
    with pytest.raises(ReaderUnavailable, match="reader-1"):
        open_reader(str(tmp_path), model_cache)


def test_a_file_that_is_no_safetensors_is_no_reader(tmp_path: Path, model_cache: Path) -> None:
    """Nor is one without metadata."""
    (tmp_path / FILE).write_bytes(b"not a reader")
    with pytest.raises(ReaderUnavailable):
        open_reader(str(tmp_path), model_cache)
    save_file({"answerable.b": np.zeros(1, np.float32)}, tmp_path / FILE)
    with pytest.raises(ReaderUnavailable):
        open_reader(str(tmp_path), model_cache)


def test_the_shipped_reader_is_small_and_has_its_checksum(model_cache: Path) -> None:
    """At most 30 MB; opened where it is asked for."""
    assert (BUNDLED / FILE).stat().st_size <= 30_000_000
    assert open_reader("bundled", model_cache) is not None


def test_without_a_reader_nothing_is_opened(model_cache: Path) -> None:
    """By the setting alone."""
    for setting in ("", "off"):
        assert open_reader(setting, model_cache) is None


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_importing_the_door_loads_nothing_heavy() -> None:
    """Not before the first `read`."""
    told = alone("import json, sys, index.reader; print(json.dumps(sorted(sys.modules)))")
    assert not set(json.loads(told)) & {"onnxruntime", "onnx", "tokenizers", "safetensors", "torch"}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_the_reader_takes_less_than_150_megabytes_beside_the_embedder(
    weights: Path, model_cache: Path, base: Path, reader: OnnxReader
) -> None:
    """With the tokenizer shared, after passages of many words and lengths."""
    reader.read(QUESTION, PASSAGES)  # the graph is written
    told = alone(
        f"""
import random
from pathlib import Path
from index.embed import OnnxEmbedder
from index.reader import OnnxReader

def memory():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1000

embedder = OnnxEmbedder(Path({str(unpacked(model_cache))!r}), threads=2)
words = [word.lstrip("▁") for word in embedder.tokenizer.get_vocab()]
words = [word for word in words if word.isalpha()]
choose = random.Random(1)
passages = [" ".join(choose.choices(words, k=choose.randrange(20, 250))) for _ in range(40)]
embedder.passages(passages[:8])
before = memory()
reader = OnnxReader(Path({str(weights)!r}), Path({str(base)!r}), embedder.tokenizer, threads=2)
for at in range(0, 40, 8):
    reader.read("Qui préside le conseil ?", passages[at : at + 8])
print(memory() - before)
"""
    )
    assert float(told) < 150


def repeated(times: int) -> str:
    """A text of so many equal tokens."""
    return " ".join(["mot"] * times)


def alone(program: str) -> str:
    """What `program` prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=Path(__file__).parents[1],
    )
    return done.stdout


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def in_full_precision(inputs: list[list[int]], tensors: Tensors, encoder: Tensors) -> list[tuple[Any, Any]]:
    """What the same weights say of each input in float32, by PyTorch: logits `(1,)` and `(tokens, 2)`."""
    import torch
    from torch.nn.functional import gelu, layer_norm, linear, scaled_dot_product_attention

    def tensor(value: NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(value, np.float32))

    def parameters(layer: int, name: str) -> tuple[torch.Tensor, torch.Tensor]:
        prefix = f"encoder.layer.{layer}.{LONG_NAMES[name]}"
        weight, bias = encoder[f"{prefix}.weight"], encoder[f"{prefix}.bias"]
        if f"l{layer}.{name}.w" in tensors:
            weight, bias = tensors[f"l{layer}.{name}.w"], tensors[f"l{layer}.{name}.b"]
            if weight.ndim == 2:
                weight = weight * tensors[f"l{layer}.{name}.s"][:, None]
        return tensor(weight), tensor(bias)

    def normalised(state: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return layer_norm(state, state.shape[-1:], weight, bias, 1e-12)

    words, places, types, *norm = (
        encoder[f"embeddings.{name}"]
        for name in (
            "word_embeddings.weight",
            "position_embeddings.weight",
            "token_type_embeddings.weight",
            "LayerNorm.weight",
            "LayerNorm.bias",
        )
    )
    states = [tensor(words[ids]) + tensor(places[: len(ids)]) + tensor(types[0]) for ids in inputs]
    states = [normalised(state, *map(tensor, norm)) for state in states]
    for layer in range(LAYERS):
        part = {name: parameters(layer, name) for name in LONG_NAMES}
        for at, state in enumerate(states):
            query, key, value = (
                linear(state, *part[name]).unflatten(-1, (HEADS, -1)).transpose(0, 1) for name in "qkv"
            )
            attended = scaled_dot_product_attention(query, key, value).transpose(0, 1).flatten(1)
            middle = normalised(state + linear(attended, *part["ao"]), *part["aln"])
            states[at] = normalised(middle + linear(gelu(linear(middle, *part["fi"])), *part["fo"]), *part["oln"])
    heads = {name: tensor(tensors[name]) for name in ("answerable.w", "answerable.b", "span.w", "span.b")}
    return [
        (
            (state[:1] @ heads["answerable.w"] + heads["answerable.b"]).numpy(),
            (state @ heads["span.w"].T + heads["span.b"]).numpy(),
        )
        for state in states
    ]
