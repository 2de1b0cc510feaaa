"""A reader finds, counts and opens the documents of their groups and those open to all, and is told of no others."""

from __future__ import annotations

import atexit
import json
import random
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from conftest import OpenData
from fakes import WordVectors
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from assistant.accounts.database import Database
from assistant.assistant import Assistant
from assistant.errors import UnknownDocument
from assistant.filters import Filters, UnknownFilter
from assistant.library import Request
from assistant.ownership import Ownership
from assistant.reader import Reader
from assistant.remote import RemoteAssistant, Service
from assistant.uploads.holdings import Holdings
from assistant.uploads.settings import UploadSettings
from assistant.uploads.upload import Who
from index.build import check_vectors
from index.generations import open_generation
from index.records import Records

GROUPS = ("justice", "finances", "defense")
NOBODY = Reader()


def write(folder: Path, name: str, text: str) -> str:
    """Write a document as a list of one line; its id is its name."""
    path = folder / f"{name}.jsonl"
    path.write_text(json.dumps({"id": name, "title": f"Titre {name}", "text": text, "lang": "fr"}))
    return str(path)


def put(assistant: Assistant, folder: Path, name: str, text: str) -> None:
    """Ingest one document."""
    list(assistant.ingest(Request(jsonl=Path(write(folder, name, text)))))


def seen(assistant: Assistant, question: str, reader: Reader | None) -> set[str]:
    """Every document that any answer of the product tells of."""
    answer = assistant.ask(question, reader=reader)
    found = {match.document for match in assistant.search(question, 50, reader=reader)}
    found |= {citation.document for citation in answer.citations} | {item.document for item in answer.passages}
    return found | {record.id for record in assistant.documents(reader)}


def test_what_a_group_alone_may_read_is_hidden_from_others_everywhere(product: Assistant, data: Path) -> None:
    """Search, answer, list, text and filters know nothing of it; taking the group away counts at once."""
    put(product, data, "ouvert", "La commission siège à Tunis. Elle étudie les conventions.")
    put(product, data, "secret", "Le sommet zanzibarien se réunira le 4 mars 2031 à Lagos.")
    product.grant("secret", ["justice"])
    question = "Quand se réunira le sommet zanzibarien ?"
    assert seen(product, question, Reader(("justice",))) == {"ouvert", "secret"}
    assert seen(product, question, None) == {"ouvert", "secret"}
    for reader in (NOBODY, Reader(("finances",))):
        assert seen(product, question, reader) == {"ouvert"}
        with pytest.raises(UnknownDocument):
            product.text("secret", reader)
        with pytest.raises(UnknownFilter, match=r"Il y a : ouvert\."):
            product.search(question, filters=Filters(documents=("secret",)), reader=reader)
    product.revoke("secret", ["justice"])
    assert seen(product, question, Reader(("justice",))) == {"ouvert"}
    product.open_to_all("secret")
    assert seen(product, question, NOBODY) == {"ouvert", "secret"}


class Pieces(WordVectors):
    """Word vectors whose model cuts words in pieces of four letters, so that a long one is never known whole."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Pieces of four letters."""
        return [sum(-(-len(word) // 4) for word in text.split()) for text in texts]


def test_no_typing_error_is_put_right_to_a_word_of_a_hidden_document(data: Path, open_data: OpenData) -> None:
    """What a question is understood as would tell the word, and so that somebody wrote it."""
    product = open_data(data, Pieces())
    put(product, data, "ouvert", "La commission siège à Tunis.")
    put(product, data, "secret", "La zanzibarisation progresse. La zanzibarisation inquiète.")
    typed = "Où en est la zanzibarisatoin ?"
    assert "zanzibarisation" in product.ask(typed, reader=NOBODY).understood_as
    product.grant("secret", ["justice"])
    assert "zanzibarisation" not in product.ask(typed, reader=NOBODY).understood_as
    assert "zanzibarisation" in product.ask(typed, reader=Reader(("justice",))).understood_as


def test_what_a_reader_is_told_does_not_change_with_what_is_hidden(product: Assistant, data: Path) -> None:
    """The words said to be held, and the rarity behind them, are those of the readable documents alone."""
    put(product, data, "ouvert", "La commission siège à Tunis.")
    question = "Le sommet de la commission"
    before = [match.to_json() for match in product.search(question, reader=NOBODY)]
    put(product, data, "secret", "Le sommet se tient. Le sommet de la commission.")
    product.grant("secret", ["justice"])
    after = [match.to_json() for match in product.search(question, reader=NOBODY)]
    assert [(m["document"], m["held"], m["lacking"]) for m in after] == [
        (m["document"], m["held"], m["lacking"]) for m in before
    ]


def test_a_document_ingested_again_stays_as_closed_as_it_was(product: Assistant, data: Path) -> None:
    """Replacing or removing it must not be a way to open it."""
    put(product, data, "secret", "Le sommet se tient.")
    product.grant("secret", ["justice"])
    put(product, data, "secret", "Le sommet se tiendra plus tard.")
    assert product.documents(NOBODY) == []
    product.remove("secret")
    put(product, data, "secret", "Le sommet est annulé.")
    assert product.documents(NOBODY) == []
    assert product.readers() == {"secret": ("justice",)}


def test_the_service_holds_to_the_same_groups(product: Assistant, data: Path) -> None:
    """A command that passes through the running service grants there, and is refused there."""
    put(product, data, "secret", "Le sommet se tient à Lagos.")
    service = Service(product, data / "s.sock")
    try:
        remote = RemoteAssistant(data / "s.sock")
        remote.grant("secret", ["justice"])
        assert remote.readers() == {"secret": ("justice",)}
        assert remote.search("sommet", reader=NOBODY) == [] == remote.documents(NOBODY)
        assert [match.document for match in remote.search("sommet", reader=Reader(("justice",)))] == ["secret"]
        assert remote.ask("Où se tient le sommet ?", reader=NOBODY).passages == ()
        remote.revoke("secret", ["justice"])
        assert remote.search("sommet", reader=Reader(("justice",))) == []
        remote.open_to_all("secret")
        assert remote.text("secret", NOBODY).startswith("Le sommet")
    finally:
        service.close()


def test_three_groups_thirty_documents_and_two_hundred_questions_never_meet(product: Assistant, data: Path) -> None:
    """No passage, citation, document or word of another group's documents comes to a reader."""
    draw = random.Random(7)
    allowed: dict[str, set[str]] = {}
    lines = []
    for number in range(30):
        name = f"d{number}"
        lines.append({"id": name, "title": name, "lang": "fr", "text": f"Le projet {name}x de coopération est signé."})
        allowed[name] = set(draw.sample(GROUPS, draw.randint(1, 2)))
    (data / "all.jsonl").write_text("\n".join(map(json.dumps, lines)))
    list(product.ingest(Request(jsonl=data / "all.jsonl")))
    for name, groups in allowed.items():
        product.grant(name, sorted(groups))
    for _ in range(200):
        group = draw.choice(GROUPS)
        readable = {name for name, groups in allowed.items() if group in groups}
        reader, question = Reader((group,)), f"Quand le projet d{draw.randrange(30)}x est-il signé ?"
        found = product.search(question, 50, reader=reader)
        assert {match.document for match in found} == readable
        answer = product.ask(question, reader=reader)
        told = {c.document for c in answer.citations} | {p.document for p in answer.passages}
        assert told <= readable
        assert set(re.findall(r"d\d+", " ".join(s.text for s in answer.sentences))) <= readable


@dataclass(frozen=True, slots=True)
class LightLibrary:
    """The product with real indexes and no model over a folder of its own, and the list of its documents."""

    assistant: Assistant
    folder: Path
    holdings: Holdings

    def empty(self) -> None:
        """No documents, and nothing kept of who might read them."""
        for record in self.assistant.documents():
            self.assistant.open_to_all(record.id)
            self.assistant.remove(record.id)
        for name in self.assistant.readers():
            self.assistant._permissions.open_to_all(name)

    def listed(self, reader: Reader | None) -> set[str]:
        """What the page of the library lists for somebody, who may manage what they may read."""
        return {entry.record.id for entry in self.holdings.entries(Who("somebody", "x", "x", reader), manages=True)}


@cache
def light_library() -> LightLibrary:
    """Opened once for every run: opening it costs more than a run."""
    folder = tempfile.mkdtemp(prefix="coop-permitted-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ownership, model = Ownership(Path(folder)), WordVectors()
    assert ownership.claim()
    url = f"sqlite:///{Path(folder) / 'cooperation.db'}"
    records = Records(url)
    check_vectors(records, model)
    assistant = Assistant(records, open_generation(records, Path(folder), model.name), model, ownership)
    holdings = Holdings(assistant, Database(url), Path(folder), UploadSettings(), lambda: 0.0)
    return LightLibrary(assistant, Path(folder), holdings)


class Permitted(RuleBasedStateMachine):
    """Uploads, grants, revocations and removals in any order: what is seen is what a set of rules says."""

    names = st.sampled_from(["alpha", "bravo", "charlie"])
    groups = st.sampled_from(GROUPS)

    @initialize()
    def begin(self) -> None:
        """The one light library, as on its first day."""
        self.library = light_library()
        self.library.empty()
        self.assistant = self.library.assistant
        self.there: set[str] = set()
        self.granted: dict[str, set[str]] = {}

    @rule(name=names)
    def upload(self, name: str) -> None:
        """Add or replace a document."""
        put(self.assistant, self.library.folder, name, f"Le projet {name} de coopération est signé.")
        self.there.add(name)

    @rule(name=names, group=groups)
    def grant(self, name: str, group: str) -> None:
        """Let a group read it."""
        if name in self.there:
            self.assistant.grant(name, [group])
            self.granted.setdefault(name, set()).add(group)

    @rule(name=names, group=groups)
    def revoke(self, name: str, group: str) -> None:
        """Take it from a group."""
        if name in self.there:
            self.assistant.revoke(name, [group])
            self.granted.setdefault(name, set()).discard(group)

    @rule(name=names)
    def delete(self, name: str) -> None:
        """Remove it."""
        if name in self.there:
            self.assistant.remove(name)
            self.there.discard(name)

    @invariant()
    def each_sees_what_is_theirs(self) -> None:
        """For nobody's group, for each group and for the terminal's owner."""
        if not hasattr(self, "assistant"):
            return
        for reader in (None, NOBODY, *(Reader((group,)) for group in GROUPS)):
            expected = {
                name
                for name in self.there
                if reader is None or name not in self.granted or self.granted[name] & set(reader.groups)
            }
            found = self.assistant.search("projet de coopération signé", 20, reader=reader)
            assert {match.document for match in found} == expected
            assert {record.id for record in self.assistant.documents(reader)} == expected
            assert self.library.listed(reader) == expected

    @rule(group=groups)
    def ask(self, group: str) -> None:
        """A question is answered from what its group may read, and nothing else is told of."""
        readable = {name for name in self.there if name not in self.granted or group in self.granted[name]}
        assert seen(self.assistant, "Quel projet de coopération est signé ?", Reader((group,))) == readable


TestPermitted = Permitted.TestCase
TestPermitted.settings = settings(max_examples=8, stateful_step_count=10, deadline=None)


@pytest.mark.nightly
@pytest.mark.timeout(7200)
class TestPermittedLong(Permitted.TestCase):  # type: ignore[misc, name-defined]
    """R-34: five hundred runs of the same."""

    settings = settings(max_examples=500, stateful_step_count=12, deadline=None)


def test_a_readers_briefing_and_timeline_tell_of_nothing_hidden(product: Assistant, data: Path) -> None:
    """Here and through the service: no line, event or document of a restricted text, and all of it for its group."""
    put(product, data, "ouvert", "La commission de l'Union africaine siège à Tunis depuis le 3 mai 2019.")
    put(product, data, "secret", "Le sommet de l'Union africaine se réunira le 4 mars 2031 à Lagos.")
    product.grant("secret", ["justice"])
    service = Service(product, data / "s.sock")
    try:
        for operations in (product, RemoteAssistant(data / "s.sock")):
            for reader, told in ((NOBODY, {"ouvert"}), (Reader(("justice",)), {"ouvert", "secret"})):
                briefing = operations.briefing("union-africaine", reader)
                assert {source.document for source in briefing.sources} == told
                assert {document.id for document in briefing.documents} == told
                timeline = operations.timeline(reader=reader)
                assert {source.document for event in timeline for source in event.sources} == told
                listed = operations.frameworks_told(reader)
                entries = [entry for one in listed for entry in (one, *one["bodies"])]
                assert {document for entry in entries for document in entry["documents"]} == told
            assert {source.document for source in operations.briefing("union-africaine").sources} == {
                "ouvert",
                "secret",
            }
    finally:
        service.close()
