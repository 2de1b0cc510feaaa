"""The words of a briefing around its quotes, in the reader's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _labels() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))


def say(language: str, key: str, **values: object) -> str:
    """The words of one key in `fr`, `ar` or `en`."""
    return _labels()[language][key].format(**values)
