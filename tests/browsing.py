"""A server of ours in this process, for journeys through a browser that need no process of their own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes import WordVectors

from assistant.accounts.database import Database
from assistant.assistant import Assistant
from assistant.library import Request
from assistant.ownership import Ownership
from index.embed import Embedder
from index.generations import open_generation
from index.records import Records
from ui.app import build_app
from ui.server import Server
from ui.visits import Door


@contextmanager
def product_over(data: Path, request: Request, embedder: Embedder | None = None) -> Iterator[Assistant]:
    """The product over a new data directory, which has read what the request names."""
    ownership = Ownership(data)
    assert ownership.claim()
    records, model = Records(f"sqlite:///{data / 'cooperation.db'}"), embedder or WordVectors()
    assistant = Assistant(records, open_generation(records, data, model.name), model, ownership)
    try:
        outcomes = list(assistant.ingest(request))
        assert not [one for one in outcomes if one.status == "refused"], outcomes
        yield assistant
    finally:
        assistant.close()


@contextmanager
def site_over(
    assistant: Assistant, door: Door | None = None, database: Database | None = None, **more: Any
) -> Iterator[str]:
    """The application over an assistant on a free port of this machine, with `more` of its parts; its address."""
    app = build_app(assistant, door, database, **more)
    server = Server(app)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        end = time.monotonic() + 30
        while not server.started and time.monotonic() < end:
            time.sleep(0.02)
        assert server.started
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
