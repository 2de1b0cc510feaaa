"""What many tests stand on: the real model unpacked once, the shipped corpus ingested once, folders of their own."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sql
from account_fakes import OTHER, PASSWORD, Desk, desk_over, postgres_cluster
from fakes import WordVectors
from hypothesis import settings as hypothesis_settings
from order import rank

from assistant.accounts.database import Database
from assistant.accounts.tables import metadata as accounts_tables
from assistant.assistant import Assistant
from assistant.library import Outcome, Request
from assistant.ownership import Ownership
from assistant.remote import RemoteAssistant, Service
from assistant.settings import Settings
from assistant.wiring import SOCKET, open_assistant
from index.build import check_vectors
from index.bundled_model import unpacked
from index.embed import Embedder, OnnxEmbedder
from index.generations import open_generation
from index.question_encoder import open_question_encoder
from index.records import Records
from ui.logs import OURS, Lines, LogSettings

OpenData = Callable[..., Assistant]
Alone = Callable[[str], AbstractContextManager[Path]]
hypothesis_settings.register_profile("ours", deadline=None)  # other work on the machine is no failure
hypothesis_settings.load_profile("ours")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; tests of a file, and files of no renown, stay as they were."""
    items.sort(key=lambda item: rank(item.path))


class Canaries(logging.Handler):
    """Reads each line that any logger of ours writes during the tests, and keeps those that give a secret away."""

    SECRETS = re.compile(rf"{PASSWORD}|{OTHER}|[?&]token=[\w-]{{20}}|Bearer \S{{20}}|cooperation_[\w-]{{30}}")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.setFormatter(Lines(LogSettings("json")))

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a line."""
        line = self.format(record)
        if self.SECRETS.search(line):
            self.found.append(line)


@pytest.fixture(scope="session", autouse=True)
def canaries() -> Iterator[Canaries]:
    """R-67: no password and no token in the log of a whole run."""
    handler = Canaries()
    logging.getLogger().addHandler(handler)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    yield handler
    assert handler.found == []


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Alone:
    """Gives a folder that all processes of this run share, by its name, to one of them at a time."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    @contextmanager
    def hold(name: str) -> Iterator[Path]:
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield shared / name

    return hold


@pytest.fixture(scope="session")
def model_cache(alone: Alone) -> Path:
    """The folder that keeps the unpacked model between runs: `COOPERATION_CACHE`, else the user's own cache."""
    cache = Settings.from_env(os.environ).cache
    with alone("model"):
        unpacked(cache)
    return cache


@pytest.fixture(scope="session")
def real_embedder(model_cache: Path) -> OnnxEmbedder:
    """The model as it ships, on two cores."""
    base = unpacked(model_cache)
    embedder = OnnxEmbedder(base, threads=2)
    embedder.seeker = open_question_encoder("bundled", base, embedder.tokenizer)
    return embedder


@dataclass(frozen=True, slots=True)
class Shipped:
    """The shipped corpus in a folder of its own, read by the real model. Tests only read it."""

    assistant: Assistant
    settings: Settings
    outcomes: tuple[Outcome, ...]

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.data


@pytest.fixture(scope="session")
def shipped_library(model_cache: Path, alone: Alone) -> Path:
    """A data directory with the shipped corpus, ingested once a run and closed: to be copied, never opened.

    What became of each document is in `outcomes.json` within.
    """
    with alone("shipped") as folder:
        if not (told := folder / "outcomes.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            environ = {"COOPERATION_CACHE": str(model_cache), "COOPERATION_DATA": str(folder)}
            with closing(open_assistant(Settings.from_env(environ))) as assistant:
                outcomes = [outcome.to_json() for outcome in assistant.ingest(Request())]
            told.write_text(json.dumps(outcomes), "utf-8")
    return folder


@pytest.fixture(scope="session")
def new_shipped(shipped_library: Path, short_folders: Callable[[], Path]) -> Callable[[], Path]:
    """Makes data directories that hold the shipped corpus, ingested: each a copy, to be opened and changed."""

    def make() -> Path:
        data = short_folders()
        return Path(
            shutil.copytree(shipped_library, data, ignore=shutil.ignore_patterns("outcomes.json"), dirs_exist_ok=True)
        )

    return make


@pytest.fixture(scope="session")
def shipped(shipped_library: Path, model_cache: Path, new_shipped: Callable[[], Path]) -> Iterator[Shipped]:
    """The product over the shipped corpus, opened as the command does it, and listening on its socket."""
    data = new_shipped()
    settings = Settings.from_env({"COOPERATION_CACHE": str(model_cache), "COOPERATION_DATA": str(data)})
    outcomes = tuple(Outcome(**told) for told in json.loads((shipped_library / "outcomes.json").read_text("utf-8")))
    assistant = open_assistant(settings)
    service = Service(assistant, settings.data / SOCKET)
    yield Shipped(assistant, settings, outcomes)
    service.close()
    assistant.close()


@pytest.fixture(scope="session")
def short_folders() -> Iterator[Callable[[], Path]]:
    """Makes folders with short names, because a socket's address holds a hundred bytes at most."""
    with tempfile.TemporaryDirectory(prefix="coop-") as parent:
        made = 0

        def make() -> Path:
            nonlocal made
            made += 1
            folder = Path(parent) / str(made)
            folder.mkdir()
            return folder

        yield make


@pytest.fixture
def data(short_folders: Callable[[], Path]) -> Path:
    """A new data directory."""
    return short_folders()


@pytest.fixture
def open_data() -> Iterator[OpenData]:
    """Opens the product over a data directory with `WordVectors`, as `wiring` does with a model; closed in the end."""
    opened: list[Assistant] = []

    def open_it(data: Path, embedder: Embedder | None = None) -> Assistant:
        ownership = Ownership(data)
        assert ownership.claim(), "the data directory is still open"
        model = embedder or WordVectors()
        records = Records(f"sqlite:///{data / 'cooperation.db'}")
        try:
            check_vectors(records, model)
            generation = open_generation(records, data, model.name)
        except BaseException:
            records.close()
            ownership.release()
            raise
        opened.append(Assistant(records, generation, model, ownership))
        return opened[-1]

    yield open_it
    for assistant in opened:
        assistant.close()


@pytest.fixture
def product(data: Path, open_data: OpenData) -> Assistant:
    """The product over a new data directory, with `WordVectors`."""
    return open_data(data)


@dataclass(frozen=True, slots=True)
class Served:
    """A product that other processes reach by its socket, and what they hold of it."""

    assistant: Assistant
    remote: RemoteAssistant
    data: Path


@pytest.fixture
def served(data: Path, product: Assistant) -> Iterator[Served]:
    """The product over a new data directory, listening on its socket."""
    service = Service(product, data / SOCKET)
    yield Served(product, RemoteAssistant(data / SOCKET), data)
    service.close()


@pytest.fixture
def busy_data(data: Path) -> Iterator[Path]:
    """A data directory that somebody owns without answering: no service listens on its socket."""
    ownership = Ownership(data)
    assert ownership.claim()
    yield data
    ownership.release()


@pytest.fixture
def silent_service(busy_data: Path) -> Iterator[Path]:
    """A data directory whose owner takes connections and never answers, as a stopped process does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(busy_data / SOCKET))
        listening.listen(8)
        yield busy_data


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a throw-away PostgreSQL, `{name}` in the place of a database's name."""
    with postgres_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Makes empty databases: the URL of a new one on a system."""

    def make(system: str) -> str:
        if system == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('database') / 'cooperation.db'}"
        cluster, name = request.getfixturevalue("postgres"), f"t{os.urandom(6).hex()}"
        engine = sql.create_engine(cluster.format(name="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sql.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return str(cluster.format(name=name))

    return make


@pytest.fixture(scope="session")
def with_tables(new_database: Callable[[str], str]) -> Callable[[str, Path], str]:
    """Gives databases with the accounts' tables empty, quickly: a copy of a file, or one that is emptied again."""
    made: dict[str, str] = {}

    def give(system: str, folder: Path) -> str:
        if system not in made:
            made[system] = new_database(system)
            Database(made[system]).close()
        if system == "sqlite":
            shutil.copy(made[system].removeprefix("sqlite:///"), folder / "cooperation.db")
            return f"sqlite:///{folder / 'cooperation.db'}"
        engine = sql.create_engine(made[system])
        with engine.begin() as connection:
            connection.execute(sql.text(f"TRUNCATE {', '.join(accounts_tables.tables)} RESTART IDENTITY"))
        engine.dispose()
        return made[system]

    return give


@pytest.fixture(params=["sqlite", "postgresql"])
def accounts_url(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> str:
    """An empty database, on each of the two systems."""
    return new_database(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, with_tables: Callable[[str, Path], str], tmp_path: Path) -> Iterator[Desk]:
    """Accounts over a database of their own, on each of the two systems."""
    with desk_over(with_tables(request.param, tmp_path), tmp_path) as opened:
        yield opened


@pytest.fixture
def small_desk(with_tables: Callable[[str, Path], str], tmp_path: Path) -> Iterator[Desk]:
    """Accounts over a SQLite file of their own, for what no database changes."""
    with desk_over(with_tables("sqlite", tmp_path), tmp_path) as opened:
        yield opened
