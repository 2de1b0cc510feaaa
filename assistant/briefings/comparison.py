"""Two briefings side by side: the same rows, each cell's lines with the numbers of their sources. Pure.

The sources of the two are one list: those of the second follow those of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from assistant.briefings.briefing import Briefing
from assistant.briefings.labels import say


def compare_json(one: Briefing, other: Briefing, language: str) -> dict[str, Any]:
    """`{"frameworks", "rows": [{"id", "label", "cells"}], "sources"}`: citations are numbers of the common sources."""
    return {
        "frameworks": [one.id, other.id],
        "names": [one.names[language], other.names[language]],
        "language": language,
        "fingerprint": one.fingerprint,
        "made_at": one.made_at,
        "rows": list(_rows(one, other, language)),
        "sources": [asdict(source) for source in (*one.sources, *other.sources)],
    }


def _rows(one: Briefing, other: Briefing, language: str) -> Iterator[dict[str, Any]]:
    for field in one.fields:
        cells = []
        for briefing, shift in ((one, 0), (other, len(one.sources))):
            lines = [asdict(line) for line in briefing.field(field.id).lines]
            cells.append([line | {"citations": [n + shift for n in line["citations"]]} for line in lines])
        if any(cells) or field.id != "other":
            yield {"id": field.id, "label": say(language, field.id), "cells": cells}
