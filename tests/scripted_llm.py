"""A language model's server by script: well-behaved, obeying whatever a passage orders, or broken in a chosen way."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[["Exchange"], None]


@dataclass
class Exchange:
    """One request, and the means to answer it badly."""

    handler: BaseHTTPRequestHandler
    body: dict[str, Any]
    server: ScriptedServer

    @property
    def prompt(self) -> str:
        """All that was said to the model."""
        return "\n".join(message["content"] for message in self.body["messages"])

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """The status line and the headers; the end of the answer is the end of the connection."""
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", kind)
        self.handler.send_header("Connection", "close")
        for name, value in headers.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def send(self, data: bytes) -> None:
        """Bytes as they are; the server remembers a client that went away."""
        try:
            self.handler.wfile.write(data)
            self.handler.wfile.flush()
        except OSError:
            self.server.left.set()
            raise

    def piece(self, text: str | None, finish: str | None = None) -> None:
        """One event of the stream."""
        delta = {} if text is None else {"role": "assistant", "content": text}
        chunk = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": self.body.get("model", ""),
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }
        self.send(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def finish(self) -> None:
        """A proper end."""
        self.piece(None, "stop")
        self.send(b"data: [DONE]\n\n")


@dataclass
class ScriptedServer:
    """What the server was asked, and whether a client went away before the end."""

    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    left: threading.Event = field(default_factory=threading.Event)


def says(*pieces: str) -> Script:
    """A well-behaved model that says this, piece by piece."""

    def script(exchange: Exchange) -> None:
        exchange.head()
        for piece in pieces:
            exchange.piece(piece)
        exchange.finish()

    return script


def in_tokens(text: str) -> Script:
    """The same, in pieces of a few letters, as models do."""
    return says(*re.findall(r"\s*\S{1,4}|\s+$", text))


ORDER = re.compile(
    r"(?:say|write|repeat|output|dis|dites|écris|écrivez|répète|ajoute|قل|اكتب|أضف)\s*:?\s*(.+)", re.IGNORECASE
)


def obeys(exchange: Exchange) -> None:
    """Does what any passage orders, tells its instructions, and repeats the passages with their marks."""
    orders = [match.group(1) for match in ORDER.finditer(exchange.prompt)]
    exchange.head()
    for text in [*orders, exchange.body["messages"][0]["content"], exchange.prompt]:
        exchange.piece(text + "\n")
    exchange.finish()


def status(code: int, **headers: str) -> Script:
    """An error told as such."""

    def script(exchange: Exchange) -> None:
        exchange.head(code, "application/json", **headers)
        exchange.send(b'{"error": {"message": "no", "type": "error"}}')

    return script


def sends(data: bytes, kind: str = "text/event-stream", **headers: str) -> Script:
    """These bytes, whatever they are."""

    def script(exchange: Exchange) -> None:
        exchange.head(200, kind, **headers)
        for at in range(0, len(data), 65536):
            exchange.send(data[at : at + 65536])

    return script


def hangs(seconds: float, after: int = -1) -> Script:
    """Says nothing for so long: before the headers, or after some pieces."""

    def script(exchange: Exchange) -> None:
        if after >= 0:
            exchange.head()
            for at in range(after):
                exchange.piece(f"mot{at} ")
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.05)
            if after >= 0:
                exchange.send(b": \n\n")

    return script


def drips(seconds: float, data: bytes = b"data: {") -> Script:
    """One byte at a time."""

    def script(exchange: Exchange) -> None:
        exchange.head()
        while True:
            for byte in data:
                exchange.send(bytes([byte]))
                time.sleep(seconds)

    return script


def endless(exchange: Exchange) -> None:
    """Never stops."""
    exchange.head()
    while True:
        exchange.piece("encore et ")


def cut(*pieces: str) -> Script:
    """Ends the connection in the middle of the stream."""

    def script(exchange: Exchange) -> None:
        exchange.head()
        for piece in pieces:
            exchange.piece(piece)

    return script


@contextmanager
def served(script: Script) -> Iterator[ScriptedServer]:
    """The server on loopback until the end of the block."""
    state = ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(body)
            self.close_connection = True
            with suppress(OSError):
                script(Exchange(self, body, state))

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
        thread.start()
        yield state
        server.shutdown()
