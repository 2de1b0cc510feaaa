"""What can be set about the language model: which one, its key, and what one question may cost of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.errors import BadSetting
from assistant.whole_number import whole_number


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`model` is `none`, `openai:MODEL@URL` or `gguf:PATH`; seconds to connect, to the first word and in all.

    `passages` and `context_tokens` bound what the model reads, `answer_tokens` what it writes. The key is never shown.
    """

    model: str = "none"
    api_key: str = field(default="", repr=False)
    connect: float = 5.0
    first_token: float = 30.0
    total: float = 120.0
    passages: int = 5
    context_tokens: int = 4000
    answer_tokens: int = 1024

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> ModelSettings:
        """Settings from `COOPERATION_LLM*` variables; raises `BadSetting` by name."""
        return cls(
            model=environ.get("COOPERATION_LLM", "").strip() or "none",
            api_key=environ.get("COOPERATION_LLM_API_KEY", ""),
            connect=_seconds(environ, "COOPERATION_LLM_CONNECT_SECONDS", 5.0),
            first_token=_seconds(environ, "COOPERATION_LLM_FIRST_TOKEN_SECONDS", 30.0),
            total=_seconds(environ, "COOPERATION_LLM_TOTAL_SECONDS", 120.0),
            passages=whole_number(environ, "COOPERATION_LLM_PASSAGES", 5, 1, 8),
            context_tokens=whole_number(environ, "COOPERATION_LLM_CONTEXT_TOKENS", 4000, 1, 100_000),
            answer_tokens=whole_number(environ, "COOPERATION_LLM_ANSWER_TOKENS", 1024, 1, 100_000),
        )


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, "")
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= 3600:
        raise BadSetting(f"{name}={text!r} : donnez un nombre de secondes, plus de 0 et 3600 au plus.")
    return value
