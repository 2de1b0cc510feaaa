"""The service's log on standard error: one JSON object a line in production, plain lines on one's own machine.

What people ask stays out of it unless `COOPERATION_LOG_QUESTIONS` is on: a question is told by its length, the failure
of a request by its type and where it happened, since the words of an exception often repeat what was handed in.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

from assistant.log_settings import LogSettings

if TYPE_CHECKING:
    from assistant.answers.answer import Answer

OURS: Final = ("assistant", "cooperation", "corpus", "evals", "index", "ui")
"""Loggers that are heard from INFO on; libraries from WARNING."""
TOLD: Final = (OSError, sqlite3.Error)
"""Exceptions whose words are the system's own and never a person's."""
FIELDS: Final = ("seconds", "characters", "status", "question")
"""What a record may carry beside its message."""
_log = logging.getLogger(__name__)


class Lines(logging.Formatter):
    """A record as one line of JSON, or as text; both leave out what the settings do."""

    def __init__(self, settings: LogSettings) -> None:
        super().__init__()
        self._settings = settings

    def format(self, record: logging.LogRecord) -> str:
        """The record with its fields and, for a failure, where it happened."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if not self._settings.questions:
            said.pop("question", None)
        trace = self._trace(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        if self._settings.form == "json":
            return json.dumps(said | ({"trace": trace} if trace else {}), default=str)
        more = "".join(f" {name}={said[name]!r}" for name in FIELDS if name in said)
        return f"{said['time']} {said['level']} {said['logger']}: {said['message']}{more}{trace and chr(10) + trace}"

    def _trace(self, error: BaseException) -> str:
        """The failure and what it came from, innermost last; words only where they cannot be a person's."""
        parts, seen = [], set()
        chain: BaseException | None = error
        while chain is not None and id(chain) not in seen:
            seen.add(id(chain))
            words = f": {chain}" if self._settings.questions or isinstance(chain, TOLD) else ""
            frames = "".join(traceback.format_tb(chain.__traceback__))
            parts.append(f"{frames}{type(chain).__module__}.{type(chain).__qualname__}{words}")
            chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
        return "\n".join(parts)


def write_logs(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Have every logger of this process write to standard error, or to a stream, in the form of the settings."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Lines(settings))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)


def tell_answer(question: str, answer: Answer | None, seconds: float) -> None:
    """Write that a question was answered, refused or stopped, and how long it took."""
    status = "stopped" if answer is None else "refused" if answer.refused else "answered"
    more = {"seconds": round(seconds, 3), "characters": len(question), "status": status, "question": question}
    _log.info("question", extra=more)
