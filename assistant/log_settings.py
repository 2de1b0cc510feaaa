"""How the service's log is written: the settings alone, read where all are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.errors import BadSetting


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`form` is `json` or `text`; `questions`, whether what people ask is written down."""

    form: str = "text"
    questions: bool = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> LogSettings:
        """Settings from `COOPERATION_LOG` and `COOPERATION_LOG_QUESTIONS`; production speaks JSON unless told."""
        usual = "json" if environ.get("COOPERATION_MODE") == "production" else "text"
        form = environ.get("COOPERATION_LOG") or usual
        if form not in ("json", "text"):
            raise BadSetting(f"COOPERATION_LOG={form!r} : donnez json ou text.")
        questions = environ.get("COOPERATION_LOG_QUESTIONS") or "off"
        if questions not in ("on", "off"):
            raise BadSetting(f"COOPERATION_LOG_QUESTIONS={questions!r} : donnez « on » ou « off ».")
        return cls(form, questions == "on")
