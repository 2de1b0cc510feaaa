"""Open the heavy doors and put the parts together. The only module that does; everything is imported inside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import DataBusy
from assistant.ownership import Ownership
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.answers.drafting import Writer
    from assistant.assistant import Assistant
    from assistant.evaluations import Evaluations
    from assistant.library import Outcome
    from assistant.operations import Operations
    from assistant.upkeep.backup import Manifest
    from assistant.upkeep.verify import Verified
    from index.embed import Embedder
    from index.generations import Generation
    from index.reader import Reader

SOCKET = "service.sock"
EVALUATIONS = "cooperation.evaluations"
"""The entry-point group of a function that opens `assistant.evaluations.Evaluations` over an assistant and a folder."""


def open_operations(settings: Settings) -> Operations:
    """The product, opened here if the data directory is free, else in the service that owns it."""
    ownership = Ownership(settings.data)
    if ownership.claim():
        return open_assistant(settings, ownership)
    from assistant.remote import RemoteAssistant

    return RemoteAssistant.connect(settings.data / SOCKET, ownership.owner())


def open_assistant(settings: Settings, ownership: Ownership | None = None) -> Assistant:
    """The product over a data directory that this process owns; raises `DataBusy` when another one does."""
    ownership = ownership or _claimed(settings)
    from assistant.assistant import Assistant
    from index.build import check_vectors
    from index.generations import VERSION, open_generation
    from index.records import Records

    with ExitStack() as unless_opened:
        unless_opened.callback(ownership.release)
        records = unless_opened.enter_context(closing(Records(settings.database_url)))
        embedder = embedder_of(settings)
        check_vectors(records, embedder)
        reader, writer = reader_of(settings, embedder), writer_of(settings, embedder)
        generation = unless_opened.enter_context(
            closing(open_generation(records, settings.data, f"{embedder.name}|{VERSION}"))
        )
        threshold, lexical = settings.refusal_threshold, settings.lexical
        opened = Assistant(records, generation, embedder, ownership, threshold, lexical, reader, writer)
        unless_opened.pop_all()
        return opened


def open_evaluations(settings: Settings, operations: Operations) -> Evaluations | None:
    """What evaluators do in the browser, from the folder that registers it; `None` where none is installed."""
    from importlib.metadata import entry_points

    for entry in entry_points(group=EVALUATIONS):
        opened: Evaluations = entry.load()(operations, settings.data / "evals")
        return opened
    return None


def verify(settings: Settings) -> Verified:
    """Whether everything is what was written, told by the service that owns the data directory, else found here."""
    ownership = Ownership(settings.data)
    if not ownership.claim():
        from assistant.remote import RemoteAssistant

        return RemoteAssistant.connect(settings.data / SOCKET, ownership.owner()).verify()
    from assistant.upkeep.verify import verify as verify_data
    from index.generations import as_left
    from index.records import opened

    with ExitStack() as stack:
        stack.callback(ownership.release)
        records = stack.enter_context(opened(settings.database_url))

        def generation() -> Generation | None:
            found = as_left(records, settings.data)
            if found is not None:
                stack.callback(found.close)
            return found

        return verify_data(records, generation)


def restore(settings: Settings, file: Path, force: bool = False, sha256: str | None = None) -> tuple[Manifest, int]:
    """Put a backup back and make the index from it; returns what it held and how many passages are indexed."""
    ownership = _claimed(settings)
    from assistant.upkeep.backup import restore as put_back

    try:
        manifest = put_back(settings.database_url, settings.data, file, force, sha256)
        return manifest, _reindex(settings)
    finally:
        ownership.release()


def reindex(settings: Settings) -> int:
    """Make the index anew from the records, nothing embedded again; returns how many passages it holds."""
    ownership = _claimed(settings)
    try:
        return _reindex(settings)
    finally:
        ownership.release()


def _reindex(settings: Settings) -> int:
    from index.build import check_vectors
    from index.generations import VERSION, open_generation
    from index.records import opened

    with opened(settings.database_url) as records:
        embedder = _embedder_of_passages(settings)
        check_vectors(records, embedder)
        open_generation(records, settings.data, f"{embedder.name}|{VERSION}", anew=True).close()
        return records.count_chunks()


def rebuild(settings: Settings) -> Iterator[Outcome]:
    """Chunk and embed every document again from the records, then make the index level with them.

    The index is left closed until then: it cannot hold vectors of two models, which may differ in length.
    """
    ownership = _claimed(settings)
    from assistant.library import Outcome
    from index import build
    from index.generations import VERSION, open_generation
    from index.records import opened

    try:
        with opened(settings.database_url) as records:
            embedder = _embedder_of_passages(settings)
            for built in build.rebuild(records, embedder):
                yield Outcome(built.id, built.id, built.status, "", built.pages, built.chunks, built.seconds)
            open_generation(records, settings.data, f"{embedder.name}|{VERSION}").close()
    finally:
        ownership.release()


def index_fingerprint(settings: Settings) -> str:
    """What the index is made with under these settings."""
    from index.generations import VERSION

    return f"{_embedder_of_passages(settings).name}|{VERSION}"


def _claimed(settings: Settings) -> Ownership:
    ownership = Ownership(settings.data)
    if not ownership.claim():
        raise DataBusy(
            f"Le dossier {settings.data} est déjà utilisé par le processus {ownership.owner()}. "
            "Arrêtez-le, ou donnez un autre dossier avec --data."
        )
    return ownership


def embedder_of(settings: Settings) -> Embedder:
    """The embedding model that the settings name."""
    from index.embed import open_embedder

    return open_embedder(settings.embedding_model, settings.cache, settings.embedding_key, settings.questions)


def _embedder_of_passages(settings: Settings) -> Embedder:
    """For what asks no question."""
    return embedder_of(replace(settings, questions="off"))


def reader_of(settings: Settings, embedder: Embedder) -> Reader | None:
    """The reader that the settings name; it shares the tokenizer of the bundled embedder, which is its own."""
    if settings.rerank_model:
        from index.cross_encoder import CrossEncoderReader

        return CrossEncoderReader(settings.rerank_model)
    from index.embed import OnnxEmbedder
    from index.reader import open_reader

    shared = embedder.tokenizer if isinstance(embedder, OnnxEmbedder) else None
    return open_reader(settings.reader, settings.cache, shared)


CHARACTERS_A_TOKEN = 1.5
"""At the least, in the languages and models we know: so many tokens are never exceeded by what is sent."""


def writer_of(settings: Settings, embedder: Embedder) -> Writer | None:
    """The language model that the settings name, within its budgets; `None` for `none`."""
    from assistant.answers.drafting import Writer
    from assistant.answers.likeness import similarity_of
    from assistant.answers.llm import Budgets, open_model

    llm = settings.llm
    budgets = Budgets(llm.connect, llm.first_token, llm.total, llm.answer_tokens)
    model = open_model(llm.model, llm.api_key, budgets)
    if model is None:
        return None
    characters = int(llm.context_tokens * CHARACTERS_A_TOKEN)
    return Writer(model, similarity_of(embedder), llm.passages, characters, llm.total)
