"""A data directory to load: an index grown to a size, and people who may log in.

Everybody has the same password, hashed once with the parameters of the product, so that each login costs what it costs;
making two hundred of them by mail would take longer than the measure. The folder can be kept: what is there is used.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evals.bench import BenchError, Say, Texts, count, fresh_settings

if TYPE_CHECKING:
    from assistant.settings import Settings

PASSWORD: Final = "sept barques rentrent avant la pluie"
"""Of every account here; the directory is the measure's own and listens on loopback alone."""


@dataclass(frozen=True, slots=True)
class Place:
    """A data directory with `chunks` passages, whose people are `names`; `seconds` that making it took."""

    settings: Settings
    chunks: int
    names: Sequence[str]
    seconds: float


def prepared(folder: Path, settings: Settings, texts: Texts, chunks: int, people: int, say: Say) -> Place:
    """Make what is missing of it: the texts read and grown to so many passages, so many accounts."""
    from index.records import opened

    began, own = time.perf_counter(), fresh_settings(settings, folder / "data")
    own.data.mkdir(parents=True, exist_ok=True)
    with opened(own.database_url) as records:
        held = records.count_chunks()
    if held < chunks:
        _grow(own, texts, chunks, say)
    with opened(own.database_url) as records:
        held = records.count_chunks()
    names = [f"charge{number:03}" for number in range(people)]
    _people(own, names)
    seconds = round(time.perf_counter() - began, 1)
    say(f"{count(held)} passages and {len(names)} people, in {seconds:.0f} s")
    return Place(own, held, names, seconds)


def _grow(settings: Settings, texts: Texts, chunks: int, say: Say) -> None:
    from assistant.wiring import open_assistant, reindex
    from evals.bench_grown import grow
    from evals.bench_parts import request_of
    from index.records import opened

    with closing(open_assistant(settings)) as assistant:
        read = list(assistant.ingest(request_of(texts)))
    if not any(outcome.chunks for outcome in read):
        raise BenchError(f"{texts.name} : aucun passage à indexer.")
    with opened(settings.database_url) as records:
        real = records.count_chunks()
        if real >= chunks:
            return
        say(f"{count(real)} real passages; growing to {count(chunks)}")
        grow(records, chunks)
    reindex(settings)
    with closing(open_assistant(settings)) as assistant:
        assistant.shelf.level()  # as an import does: else the first who asks for dates waits for all of it


def _people(settings: Settings, names: Sequence[str]) -> None:
    from assistant.accounts import store
    from assistant.accounts.account import Account, Role, State
    from assistant.accounts.opening import open_accounts
    from assistant.accounts.settings import AccountSettings
    from assistant.accounts.tokens import new_id

    with closing(open_accounts(AccountSettings(), settings.database_url, settings.data)) as opened:
        hashed, now = opened.parts.passwords.hash(PASSWORD), opened.parts.clock()
        with opened.parts.database.writing() as connection:
            for name in names:
                account = Account(new_id(), name, f"{name}@example.org", Role.READER, State.ACTIVE, "fr", now, None)
                store.add(connection, account, hashed, admin_grade=False)  # who is there already stays
