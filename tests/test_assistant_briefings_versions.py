"""A briefing knows what it rests on: what has changed since is told line by line, and to nobody who may not read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Served

from assistant.assistant import Assistant
from assistant.briefings.versions import MOST_KEPT, Version
from assistant.briefings.words import changes_of, state_of
from assistant.library import Request
from assistant.reader import Reader

JUSTICE = Reader(("justice",))


def put(product: Assistant, folder: Path, **texts: str) -> None:
    """Ingest texts by id, each about the African Union."""
    path = folder / "t.jsonl"
    lines = [{"id": id, "title": id, "text": f"Union africaine : {text}"} for id, text in texts.items()]
    path.write_text("\n".join(map(json.dumps, lines)))
    list(product.ingest(Request(jsonl=path)))


def words_of(versions: list[Version]) -> str:
    return json.dumps([version.to_json() for version in versions], ensure_ascii=False)


def test_a_replaced_document_makes_the_last_version_stale_until_it_is_made_again(
    product: Assistant, tmp_path: Path
) -> None:
    """With the line that came, the one that went, and the document; the version before is still compared."""
    put(product, tmp_path, note="le sommet s'est tenu le 3 mai 2018.", autre="un projet pilote est lancé.")
    product.briefing("UA")
    (version,) = product.versions("UA")
    assert not version.stale
    assert state_of(version, "fr") == "à jour"
    put(product, tmp_path, note="le sommet s'est tenu le 4 juin 2019.", autre="un projet pilote est lancé.")
    (version,) = product.versions("UA")
    assert [(document.id, document.happened) for document in version.changed] == [("note", "replaced")]
    assert any("3 mai 2018" in line.text for line in version.removed)
    assert any("4 juin 2019" in line.text for line in version.added)
    assert "projet pilote" not in words_of([version])
    assert "document « note » remplacé le " in state_of(version, "fr")
    assert {line[0] for line in changes_of(version, "fr")} == {"+", "-"}
    product.briefing("UA")
    newest, before = product.versions("UA")
    assert (newest.stale, before.stale) == (False, True)


def test_a_removed_document_is_told(product: Assistant, tmp_path: Path) -> None:
    """Even when nothing is left to tell of the framework."""
    put(product, tmp_path, note="le sommet s'est tenu le 3 mai 2018.")
    product.briefing("UA")
    product.remove("note")
    (version,) = product.versions("UA")
    assert [document.happened for document in version.changed] == ["removed"]
    assert version.removed
    assert version.added == ()


def test_the_same_briefing_is_one_version_and_the_oldest_go(product: Assistant, tmp_path: Path) -> None:
    """As many are kept as the bound says."""
    for year in range(2000, 2003 + MOST_KEPT):
        put(product, tmp_path, note=f"le sommet s'est tenu le 3 mai {year}.")
        product.briefing("UA")
        product.briefing("UA")
    assert len(product.versions("UA")) == MOST_KEPT
    assert product.versions("otan") == []


def test_no_version_tells_a_reader_of_what_they_may_not_read(product: Assistant, tmp_path: Path) -> None:
    """Neither those made for others, nor their own of before a document was closed to them."""
    put(product, tmp_path, ouvert="la commission siège à Tunis.", secret="le sommet zanzibarien date du 4 mars 2021.")
    product.grant("secret", ["justice"])
    product.briefing("UA")
    product.briefing("UA", JUSTICE)
    product.briefing("UA", Reader())
    for reader, told in ((None, True), (JUSTICE, True), (Reader(), False)):
        product_versions = product.versions("UA", reader)
        assert len(product_versions) == 1
        assert product_versions[0].documents == (2 if told else 1)
    put(product, tmp_path, ouvert="la commission siège à Tunis.", secret="le sommet zanzibarien date du 5 avril 2022.")
    assert "zanzibarien" in words_of(product.versions("UA", JUSTICE))
    assert "zanzibarien" not in words_of(product.versions("UA", Reader()))
    assert not any(version.stale for version in product.versions("UA", Reader()))
    product.revoke("secret", ["justice"])
    assert product.versions("UA", JUSTICE) == []
    product.remove("secret")
    assert product.versions("UA", JUSTICE) == []


def test_the_service_tells_the_same_versions(served: Served, tmp_path: Path) -> None:
    """Through the socket as without it."""
    put(served.assistant, tmp_path, note="le sommet s'est tenu le 3 mai 2018.")
    served.remote.briefing("UA")
    put(served.assistant, tmp_path, note="le sommet s'est tenu le 4 mai 2018.")
    assert served.remote.versions("UA") == served.assistant.versions("UA")
    assert served.remote.versions("UA")[0].stale


@pytest.mark.parametrize("language", ["fr", "ar", "en"])
def test_what_has_changed_is_said_in_three_languages(product: Assistant, tmp_path: Path, language: str) -> None:
    """With the name of the document."""
    put(product, tmp_path, note="le sommet s'est tenu le 3 mai 2018.")
    product.briefing("UA")
    put(product, tmp_path, note="le sommet s'est tenu le 3 mai 2019.")
    assert "note" in state_of(product.versions("UA")[0], language)
