"""A document that is replaced during an import is found all the while: as it was, or as it will be."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.library import Deposit, Request
from assistant.reader import Reader
from assistant.swaps import Swaps
from index.build import GROUP_CHARACTERS

QUESTION = "Où se réunit le conseil zanzibarien ?"
CITIES = ("Tunis", "Alger", "Rabat", "Tripoli", "Nouakchott")


def write(path: Path, city: str) -> None:
    path.write_text(f"# Le conseil\n\nLe conseil zanzibarien se réunit à {city}.\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, product: Assistant) -> Path:
    """A folder whose first text is ingested."""
    texts = tmp_path / "textes"
    texts.mkdir()
    write(texts / "a.md", CITIES[0])
    list(product.ingest(Request((texts,))))
    return texts


def told(product: Assistant, reader: Reader | None = None) -> set[str]:
    """The cities that the document is found with now."""
    found = [match.text for match in product.search(QUESTION, reader=reader)]
    return {city for city in CITIES for text in found if "zanzibarien" in text and city in text}


def test_a_document_replaced_amid_an_import_is_found_after_each_step(product: Assistant, folder: Path) -> None:
    """New as soon as it is told to be replaced, while the import goes on with a whole group of others."""
    write(folder / "a.md", "Alger")
    (folder / "b.txt").write_text("mot\n" * (GROUP_CHARACTERS // 4), encoding="utf-8")
    (folder / "c.md").write_text("# Annexe\n\nUn autre texte.\n", encoding="utf-8")
    seen = [(outcome.status, told(product)) for outcome in product.ingest(Request((folder,)))]
    assert seen == [("replaced", {"Alger"}), ("added", {"Alger"}), ("added", {"Alger"})]


def test_whoever_asks_during_replacements_finds_the_old_text_or_the_new(product: Assistant, folder: Path) -> None:
    """Never neither, never both, whenever they ask; and versions never go back."""
    seen: list[set[str]] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            seen.append(told(product, Reader(())))

    asking = threading.Thread(target=ask)
    asking.start()
    for city in CITIES[1:]:
        write(folder / "a.md", city)
        list(product.ingest(Request((folder,))))
    over.set()
    asking.join(60)
    assert len(seen) > 2
    assert {len(found) for found in seen} == {1}
    order = [CITIES.index(next(iter(found))) for found in seen]
    assert order == sorted(order)


def test_a_question_asked_before_a_reserved_document_is_in_does_not_find_it(product: Assistant, folder: Path) -> None:
    """Neither does one that was asked while it was on its way, and is answered when it is there."""
    path = folder.parent / "secret.md"
    path.write_text("# Sommet\n\nLe sommet patagonien se réunira à Lagos.\n", encoding="utf-8")
    import_ = product.ingest(Request((folder,), deposits=(Deposit(path, "secret", "secret.md", groups=("justice",)),)))
    next(iter(import_))
    asked = product.ask_stream("Où se réunira le sommet patagonien ?", reader=Reader(()))
    list(import_)
    assert product.search("sommet patagonien", reader=Reader(("justice",)))[0].document == "secret"
    assert not any("Lagos" in str(event) for event in asked)


def test_a_search_that_replacements_keep_coming_into_is_made_while_they_wait() -> None:
    """Made again twice, the last time with nothing beside it."""
    swaps, made = Swaps(), 0

    def search() -> str:
        nonlocal made
        made += 1
        if made < 3:
            with swaps.replacing():
                return "between"
        return "whole"

    assert (swaps.beside(search), made) == ("whole", 3)
    assert (swaps.beside(search), made) == ("whole", 4)


def test_a_replacement_that_fails_keeps_nobody_waiting() -> None:
    """A full disk, say: the next search is made."""
    swaps = Swaps()
    with pytest.raises(OSError, match="full"), swaps.replacing():
        raise OSError("full")
    assert swaps.beside(lambda: 1) == 1
