"""A long body that is refused midway: what still comes is thrown away for a moment, then the answer goes out.

A browser shows an answer only once it has sent all it can; a proxy that passes bodies on as they come puts its own
"502" in the place of an answer whose connection ended under it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from starlette.types import Message, Receive, Send

BYTES: Final = 16_000_000
SECONDS: Final = 5.0


def lingering(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """A `receive` and a `send` of which the second answers once the body has come, or enough of it."""
    whole = False

    async def heard() -> Message:
        nonlocal whole
        message = await receive()
        whole = message["type"] != "http.request" or not message.get("more_body")
        return message

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and not whole:
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS):
                    seen = 0
                    while not whole and seen <= BYTES:
                        seen += len((await heard()).get("body", b""))
        await send(message)

    return heard, answer
