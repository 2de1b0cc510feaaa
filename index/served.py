"""A model behind a server that speaks OpenAI's protocol, as every setting names it: `openai:MODEL@URL`. Pure."""

from __future__ import annotations

import re

PREFIX = "openai:"
_SERVED = re.compile(rf"{PREFIX}(?P<model>\S+)@(?P<url>https?://[^\s@/?#]+[^\s@?#]*)")


def served_at(setting: str) -> tuple[str, str] | None:
    """Model and base address; `None` for another setting. An address without a path is completed: servers have `/v1`.

    >>> served_at("openai:org/qwen@2.5@http://127.0.0.1:8091"), served_at("openai:e5@https://a.example/api/")
    (('org/qwen@2.5', 'http://127.0.0.1:8091/v1'), ('e5', 'https://a.example/api'))
    >>> served_at("openai:qwen@ftp://a"), served_at("openai:qwen@http://name:word@a"), served_at("none")
    (None, None, None)
    """
    found = _SERVED.fullmatch(setting)
    if found is None:
        return None
    bare = found["url"].rstrip("/")
    return found["model"], bare if bare.count("/") > 2 else f"{bare}/v1"
