"""What the gate found, in words: French for the terminal, and the languages of the report page, from one file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from evals.gate import Finding

TEMPLATES = Path(__file__).parent / "templates"
MOST = 20
"""How many of a list of cases are named; the report has them all."""


@cache
def words() -> dict[str, dict[str, Any]]:
    """Every word of the reports, by language."""
    value: dict[str, dict[str, Any]] = json.loads((TEMPLATES / "words.json").read_text("utf-8"))
    return value


def say(finding: Finding, language: str = "fr") -> str:
    """A reason or a note as a sentence.

    >>> print(say(Finding("must_pass_broken", {"case": "fr-01"})))
    Le cas obligatoire « fr-01 » était juste et ne l'est plus.
    >>> print(say(Finding("seconds_busy", {"low": 0.3, "high": 0.61}), "en"))
    Seconds do not count: the machine was not at one pace (0.300 to 0.610 s for the same work).
    """
    of = words()[language]
    template: str = of["reason"].get(finding.kind) or of["gate_note"][finding.kind]
    relative = finding.values.get("relative", False)
    return template.format_map({name: _shown(name, value, relative) for name, value in finding.values.items()})


def _shown(name: str, value: Any, relative: bool) -> str:
    if name == "tolerance":
        return f"{value * 100:.0f} %" if relative else f"{value:g}"
    if name == "p":
        return f"{value:.2g}"
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return ", ".join(map(str, value[:MOST])) + (f"... (+{len(value) - MOST})" if len(value) > MOST else "")
    return "-" if value is None else str(value)
