"""A set of questions is indexed in a folder that goes, or in one that tells by its name which texts it holds."""

from __future__ import annotations

from pathlib import Path

from evals.kept import working_folder


def test_a_folder_is_temporary_unless_it_is_to_be_kept(tmp_path: Path) -> None:
    """The temporary one is gone afterwards."""
    corpus = tmp_path / "set" / "corpus.jsonl"
    corpus.parent.mkdir()
    corpus.write_text("{}", "utf-8")
    with working_folder(corpus, None) as work:
        assert work.is_dir()
    assert not work.exists()


def test_a_kept_folder_is_found_again_until_the_texts_change(tmp_path: Path) -> None:
    """Its name holds the set's name and a part of the texts' sha256."""
    corpus = tmp_path / "set" / "corpus.jsonl"
    corpus.parent.mkdir()
    names = []
    for text in ("{}", "{}", "{} "):
        corpus.write_text(text, "utf-8")
        with working_folder(corpus, tmp_path / "kept") as work:
            names.append(work)
    assert names[0] == names[1] != names[2]
    assert names[0].parent == tmp_path / "kept"
    assert names[0].name.startswith("set-")
