"""The pages of benchmark results: each benchmark writes its own part and leaves the others as they are."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

PAGE = "benchmarks.md"
LOAD = "load.md"
HOW = """
Written by `cooperation bench MEASURE --out docs`; each part tells the machine, and how busy it was. Run it again rather
than editing it.
"""
HEADS = {PAGE: f"# Benchmarks\n{HOW}", LOAD: f"# Load, soak and storm\n{HOW}"}


def write_part(folder: Path, name: str, command: str, shown: str, picture: str = "", page_name: str = PAGE) -> Path:
    """Write or replace the part of one benchmark; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / page_name
    text = page.read_text("utf-8") if page.exists() else HEADS[page_name]
    image = f"\n![{name}]({picture})\n" if picture else ""
    part = f"<!-- {name} -->\n## {name}\n\n`{command}`, {date.today()}\n\n{shown}\n{image}<!-- end of {name} -->\n"
    pattern = re.compile(rf"<!-- {re.escape(name)} -->.*?<!-- end of {re.escape(name)} -->\n", re.DOTALL)
    text = pattern.sub(lambda _: part, text) if pattern.search(text) else f"{text.rstrip()}\n\n{part}"
    page.write_text(text, "utf-8")
    return page
