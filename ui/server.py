"""The web server, as it is set for this machine alone, and how it ends: pages that are open let go at once."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Final

import uvicorn
from fastapi import FastAPI

IDLE_SECONDS: Final = 75
"""How long an idle connection stays: longer than anyone is told to wait, and than a proxy keeps its own (60 s for
nginx), so that no request meets a door that is just being closed."""
GRACE_SECONDS: Final = 3
"""How long a stopping server waits for what is being answered."""


class Server(uvicorn.Server):
    """A uvicorn server that ends the streams of open pages first; by themselves they never end.

    What `X-Forwarded-For` says is believed from the addresses in `proxies` alone.
    """

    def __init__(self, app: FastAPI, proxies: Sequence[str] = ()) -> None:
        self._closing: asyncio.Event = app.state.closing
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,  # as every other logger of the process
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
                timeout_keep_alive=IDLE_SECONDS,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end the streams, wait for the rest."""
        self._closing.set()
        await super().shutdown(sockets)
