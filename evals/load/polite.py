"""Whether a refusal is polite: it says when to come back, and something that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

REFUSALS: Final = (429, 503)


def polite(status: int, headers: Mapping[str, str] | None, text: str) -> float | None:
    """The seconds that a refusal asks to wait; `None` for what is no refusal, or a rude one.

    >>> polite(503, {"Retry-After": "5"}, "Beaucoup de monde.")
    5.0
    >>> polite(503, {}, "Queue is full."), polite(500, {"Retry-After": "1"}, "Traceback"), polite(0, None, "")
    (None, None, None)
    """
    told = {name.casefold(): value for name, value in (headers or {}).items()}.get("retry-after", "")
    if status not in REFUSALS or not told.isdecimal() or not text.strip() or "Traceback" in text:
        return None
    return float(told)
