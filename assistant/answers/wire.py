"""The way to a language model's server: each read and write is bounded by the call it serves. The door to httpx.

A socket's own time-out starts again with each byte, and nothing interrupts a read from another thread. So each read
waits a quarter of a second at most before it looks whether the call is still wanted. No proxy, no redirection and no
compression: what the setting names is all that is spoken to, and a byte received is a byte counted.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from assistant.answers.pump import SLICE, Call, ModelFailed

if TYPE_CHECKING:
    from httpcore import NetworkStream


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: NetworkStream, call: Call) -> None:
        self._inner = inner
        self._call = call
        self._received = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        while self._call.wanted:
            try:
                data = self._inner.read(max_bytes, timeout=SLICE)
            except httpcore.ReadTimeout:
                continue
            self._received += len(data)
            if self._received > self._call.budgets.bytes:
                raise ModelFailed("endless")
            return data
        raise ModelFailed("slow")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        if not self._call.wanted:
            raise ModelFailed("slow")
        self._inner.write(buffer, timeout=min(self._call.budgets.connect, max(SLICE, self._call.remaining())))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._call)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Network(httpcore.NetworkBackend):
    def __init__(self, call: Call) -> None:
        self._call = call
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> NetworkStream:
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        self._call.connected()
        return _Stream(stream, self._call)


class _Transport(httpx.HTTPTransport):
    """httpx's own transport over that network."""

    def __init__(self, call: Call, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.ConnectionPool(ssl_context=context, network_backend=_Network(call), retries=0)


def client(call: Call, context: ssl.SSLContext) -> httpx.Client:
    """An HTTP client for one call, to be closed after it."""
    return httpx.Client(
        transport=_Transport(call, context),
        timeout=httpx.Timeout(call.budgets.total, connect=call.budgets.connect),
        headers={"Accept-Encoding": "identity"},
        event_hooks={"response": [_refuse_compressed]},
        trust_env=False,
        follow_redirects=False,
    )


def rehearsal() -> httpx.Client:
    """A client that speaks to nobody and always hears the same short answer: to load all that a first call loads."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "x", "choices": [choice]}
    body = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
    headers = {"Content-Type": "text/event-stream"}
    return httpx.Client(
        transport=httpx.MockTransport(lambda _request: httpx.Response(200, headers=headers, content=body)),
        trust_env=False,
    )


def _refuse_compressed(response: httpx.Response) -> None:
    if response.headers.get("Content-Encoding", "identity").casefold() != "identity":
        raise ModelFailed("garbage")


def tls_context() -> ssl.SSLContext:
    """Certificates checked against those that come with httpx."""
    return httpx.create_ssl_context(trust_env=False)


def named(error: BaseException) -> ModelFailed:
    """The failure that an exception of this library, or of one built on it, amounts to."""
    kinds: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
        ((httpx.ConnectError, httpx.ConnectTimeout), "unreachable"),
        (httpx.TimeoutException, "slow"),
        ((httpx.RemoteProtocolError, httpx.ReadError), "cut"),
        (httpx.HTTPError, "broken"),
    )
    for cause in _causes(error):
        if isinstance(cause, ModelFailed):
            return cause
        for kind, reason in kinds:
            if isinstance(cause, kind):
                return ModelFailed(reason)
    return ModelFailed("garbage")


def _causes(error: BaseException) -> Iterable[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
