"""Another cross-encoder takes the reader's place by setting: it reorders, and refusal goes on without a reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings
from assistant.wiring import reader_of
from index.cross_encoder import CrossEncoderReader
from index.reader_graph import ReaderUnavailable

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] ou se tient la session tunis alger le conseil".split()


def a_model(folder: Path, labels: int = 1) -> Path:
    """The smallest model there can be, with weights of chance."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=labels,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


def test_each_passage_gets_a_score_between_nought_and_one_and_no_answer(tmp_path: Path) -> None:
    """In their order, alone or among others."""
    reader = CrossEncoderReader(str(a_model(tmp_path / "model")))
    passages = ["la session se tient a tunis", "le conseil"]
    both = reader.read("ou se tient la session", passages)
    (alone,) = reader.read("ou se tient la session", passages[1:])
    assert all(0 < reading.answerable < 1 and reading.start == reading.end for reading in both)
    assert both[1].logit == pytest.approx(alone.logit, abs=1e-5)
    assert reader.read("ou", []) == []


def test_the_setting_names_it_and_it_is_not_taken_for_calibrated(tmp_path: Path) -> None:
    """Refusal must not stand on its scores."""
    settings = Settings.from_env({"COOPERATION_RERANK_MODEL": str(tmp_path), "COOPERATION_DATA": str(tmp_path)})
    reader = reader_of(settings, None)  # type: ignore[arg-type]
    assert reader is not None
    assert (reader.name, reader.calibrated) == (f"reader/{tmp_path}", False)


@pytest.mark.parametrize("kind", ["missing", "three labels"])
def test_a_model_that_cannot_serve_is_told_with_the_setting(tmp_path: Path, kind: str) -> None:
    """And with what the setting takes."""
    folder = tmp_path / "model" if kind == "missing" else a_model(tmp_path / "model", labels=3)
    with pytest.raises(ReaderUnavailable, match="COOPERATION_RERANK_MODEL"):
        CrossEncoderReader(str(folder)).read("ou", ["tunis"])
