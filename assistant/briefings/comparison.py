"""Two briefings side by side: the same rows, each cell's lines with the numbers of their sources. Pure.

The sources of the two are one list: those of the second follow those of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from assistant.briefings.briefing import Briefing
from assistant.briefings.markdown import plain
from assistant.briefings.words import place_in, say


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


def compare_markdown(one: Briefing, other: Briefing, language: str) -> str:
    """A table with one row a field, then the sources."""
    told = compare_json(one, other, language)
    names = [plain(name) for name in told["names"]]
    lines = [
        f"# {say(language, 'compare')} : {names[0]} / {names[1]}",
        "",
        f"| | {names[0]} | {names[1]} |",
        "|---|---|---|",
    ]
    for row in told["rows"]:
        cells = ["<br>".join(map(_line, cell)) or f"*{say(language, 'empty')}*" for cell in row["cells"]]
        lines.append(f"| **{row['label']}** | {cells[0]} | {cells[1]} |")
    lines += ["", f"## {say(language, 'sources')}", ""]
    for number, source in enumerate((*one.sources, *other.sources), 1):
        lines.append(f"{number}. « {plain(' '.join(source.quote.split()))} » ({plain(place_in(source, language))})")
    page = "\n".join(lines) + "\n"
    return f'<div dir="rtl">\n\n{page}\n</div>\n' if language == "ar" else page


def _line(line: dict[str, Any]) -> str:
    label = f"**{plain(line['label'])}** " if line["label"] else ""
    return f"{label}{plain(line['text'])} {''.join(f'[{number}]' for number in line['citations'])}"
