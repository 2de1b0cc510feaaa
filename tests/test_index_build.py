"""Documents become records once; another model is told apart, and one command mends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import WordVectors, plain_document

from assistant.cli import main
from index import build
from index.build import Built, IndexStale, Source, check_vectors
from index.chunk import chunk_document
from index.records import Records, opened

TEXT = "Le conseil se réunit à Tunis. Il compte vingt-deux membres."


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    """Records of their own."""
    with opened(f"sqlite:///{tmp_path / 'records.db'}") as opened_records:
        yield opened_records


def source(id: str, text: str = TEXT, language: str = "fr") -> Source:
    return Source(plain_document(text, id), language, "cadre", f"/t/{id}.md", "folder:/t", "2026-11-23", "0" * 64)


def built(records: Records, model: WordVectors, *sources: Source) -> list[Built]:
    return list(build.build(records, model, sources))


def test_every_document_is_written_with_its_chunks_and_what_is_known_of_it(records: Records) -> None:
    """Language, framework, origin and date come from the source."""
    (done,) = built(records, WordVectors(), source("un", language="ar"))
    assert (done.id, done.status, done.chunks) == ("un", "added", 1)
    (record,) = records.documents()
    assert (record.language, record.framework, record.origin, record.date) == (
        "ar",
        "cadre",
        "folder:/t",
        "2026-11-23",
    )
    assert record.added_at.startswith("20")


def test_a_document_built_again_is_replaced(records: Records) -> None:
    """It is there once."""
    model = WordVectors()
    assert [item.status for item in built(records, model, source("un"), source("deux"))] == ["added", "added"]
    assert [item.status for item in built(records, model, source("un", "Autre texte."))] == ["replaced"]
    assert records.text("un") == "Autre texte."
    assert len(records.documents()) == 2


def test_the_vectors_are_those_of_the_text_behind_its_title_and_headings(records: Records) -> None:
    """A passage is embedded as its reader would see it; its quote stays without the title."""
    model = WordVectors()
    built(records, model, source("un"))
    (item,) = records.chunks_of("un")
    assert model.passages([f"Texte\n{TEXT}"])[0] == pytest.approx(item.vector)
    assert model.passages([f"Texte\n{item.chunk.quote(1)}"])[0] == pytest.approx(item.sentence_vectors[1], abs=1e-3)


def test_the_same_text_is_embedded_once_however_often_it_occurs(records: Records) -> None:
    """A chunk of one sentence is that sentence."""
    model = WordVectors()
    built(records, model, source("un", "Une seule phrase."), source("deux", "Une seule phrase."))
    assert model.embedded == 1


def test_progress_counts_the_texts_embedded(records: Records) -> None:
    """One passage and two sentences."""
    told: list[int] = []
    list(build.build(records, WordVectors(), [source("un")], told.append))
    assert sum(told) == 3


def test_documents_are_read_no_faster_than_they_are_written(records: Records) -> None:
    """A group of some hundred thousand characters is in memory, not a whole library."""
    read: list[int] = []

    def sources() -> Iterator[Source]:
        for number in range(4):
            read.append(number)
            yield source(f"d{number}", "Une phrase courte. " * (build.GROUP_CHARACTERS // 15))

    steps = build.build(records, WordVectors(), sources())
    assert next(steps).id == "d0"
    assert read == [0]
    assert records.text("d0") is not None
    steps.close()  # type: ignore[attr-defined]
    assert [record.id for record in records.documents()] == ["d0"]


def test_records_of_another_model_are_refused_with_the_command_that_mends_them(records: Records) -> None:
    """Vectors of two models cannot be compared."""
    check_vectors(records, WordVectors())
    built(records, WordVectors(), source("un"))
    check_vectors(records, WordVectors())
    with pytest.raises(IndexStale, match="cooperation rebuild"):
        check_vectors(records, WordVectors(name="another"))


def test_records_without_vectors_take_any_model(records: Records) -> None:
    """A new data directory belongs to the first model that writes into it."""
    check_vectors(records, WordVectors(name="first"))
    assert records.fact("vectors") == build.vector_fingerprint(WordVectors(name="first"))


def test_a_rebuild_embeds_every_document_again_from_the_records(records: Records) -> None:
    """The files are not needed; texts and what is known of them stay; the chunks are those of a fresh start."""
    check_vectors(records, WordVectors())
    built(records, WordVectors(), source("un"), source("deux", "Un autre texte. Il a deux phrases."))
    before = {record.id: (record.sha256, record.added_at, record.source) for record in records.documents()}
    other = WordVectors(dimension=48, name="another")
    done = list(build.rebuild(records, other))
    check_vectors(records, other)
    assert [item.id for item in done] == ["deux", "un"]
    assert before == {record.id: (record.sha256, record.added_at, record.source) for record in records.documents()}
    for id in ("un", "deux"):
        document = records.document(id)
        assert document is not None
        chunks = records.chunks_of(id)
        assert [item.chunk for item in chunks] == chunk_document(document, other.count_tokens)
        assert {item.vector.shape for item in chunks} == {(48,)}


def test_a_rebuild_that_was_interrupted_is_told_and_can_be_run_again(records: Records) -> None:
    """Half of the vectors are of one model and half of the other: nobody may search them."""
    check_vectors(records, WordVectors())
    built(records, WordVectors(), source("un"), source("deux"))
    other = WordVectors(dimension=48, name="another")
    steps = build.rebuild(records, other)
    next(steps)
    steps.close()  # type: ignore[attr-defined]
    for model in (WordVectors(), other):
        with pytest.raises(IndexStale, match="cooperation rebuild"):
            check_vectors(records, model)
    list(build.rebuild(records, other))
    check_vectors(records, other)


# --- with models of sentence-transformers, by the commands -----------------------------------------------------------


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Makes sentence-transformers folders of a few kilobytes, with random weights and a vocabulary of letters."""
    import sentence_transformers
    import torch
    import transformers
    from sentence_transformers.models import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers

    def make(hidden: int) -> Path:
        folder = tmp_path_factory.mktemp(f"model-{hidden}")
        letters = ["[PAD]", "[UNK]", *"abcdefghijklmnopqrstuvwxyzéèà'.,"]
        tokenizer = Tokenizer(models.WordLevel({letter: i for i, letter in enumerate(letters)}, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
        torch.manual_seed(hidden)
        shape = transformers.BertConfig(
            vocab_size=len(letters),
            hidden_size=hidden,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=hidden,
            max_position_embeddings=512,
        )
        transformers.BertModel(shape).save_pretrained(folder / "bert")
        transformers.PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=512
        ).save_pretrained(folder / "bert")
        words = Transformer(str(folder / "bert"))
        pooling = Pooling(hidden)
        sentence_transformers.SentenceTransformer(modules=[words, pooling], device="cpu").save(str(folder / "whole"))
        return folder / "whole"

    return make


def test_after_a_change_of_model_every_command_refuses_until_rebuild_mends_it(
    data: Path,
    model_cache: Path,
    small_model: Callable[[int], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From vectors of one dimension to vectors of another, by the setting alone; then search works again."""
    text = data / "texte.md"
    text.write_text("# Un titre\n\nLe conseil se réunit à Tunis. Il compte vingt-deux membres.\n", encoding="utf-8")
    arguments = ["--data", str(data / "kept")]
    monkeypatch.setenv("COOPERATION_CACHE", str(model_cache))
    monkeypatch.setenv("COOPERATION_EMBEDDING_MODEL", str(small_model(16)))
    assert main([*arguments, "ingest", str(text)]) == 0
    monkeypatch.setenv("COOPERATION_EMBEDDING_MODEL", str(small_model(24)))
    capsys.readouterr()
    assert main([*arguments, "search", "conseil"]) == 1
    assert "cooperation rebuild" in capsys.readouterr().err
    assert main([*arguments, "rebuild"]) == 0
    capsys.readouterr()
    assert main([*arguments, "search", "conseil", "--json"]) == 0
    (match,) = json.loads(capsys.readouterr().out)
    assert match["text"] == "Le conseil se réunit à Tunis. Il compte vingt-deux membres."
