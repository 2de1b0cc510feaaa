"""A review as a file: one HTML page that needs nothing else, Markdown, or JSON, by the suffix of its name.

The page holds its style, its script and its data; a policy in it forbids any request. The data stand in it as JSON that
cannot close its element, and the script writes them as text alone, so that nothing in an answer is ever markup.
"""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.errors import AssistantError
from evals.history import CHOSEN, Point
from evals.judge import Opinions
from evals.report_json import report_json
from evals.report_markdown import markdown
from evals.review import Review
from evals.words import TEMPLATES, words

SCRIPTS = ("words.js", "charts.js", "summary.js", "case.js", "report.js")
SUFFIXES = (".html", ".md", ".json")


class ReportError(AssistantError):
    """A report cannot be written; the message says which names and formats there are."""


def write_report(review: Review, path: Path, history: Sequence[Point] = (), opinions: Opinions | None = None) -> None:
    """Write the report, with the opinions of a model apart; raises `ReportError` for a suffix that is none of ours."""
    writers = {".html": page, ".md": lambda r, _, o: markdown(r, o), ".json": _json}
    if path.suffix.lower() not in writers:
        raise ReportError(f"{path} : un rapport finit par {', '.join(SUFFIXES)}.")
    text = writers[path.suffix.lower()](review, history, opinions)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        raise ReportError(f"{path} : on ne peut pas y écrire ({error.strerror}).") from error


def page(review: Review, history: Sequence[Point] = (), opinions: Opinions | None = None) -> str:
    """The HTML page."""
    data = report_json(review, history if len(history) > 1 else (), opinions) | {"chosen": list(CHOSEN)}
    parts = {
        "title": html.escape(f"{review.run.header.set} · {review.run.header.made_at[:10]}"),
        "style": (TEMPLATES / "report.css").read_text("utf-8"),
        "script": "\n".join((TEMPLATES / name).read_text("utf-8") for name in SCRIPTS),
        "words": in_script(words()),
        "data": in_script(data),
    }
    before, *rest = (TEMPLATES / "report.html").read_text("utf-8").split("{{")
    pieces = [before]
    for piece in rest:  # one pass: what is put in is never looked at again
        name, _, after = piece.partition("}}")
        pieces += [parts[name], after]
    return "".join(pieces)


def in_script(value: Any) -> str:
    """JSON that stays data inside a `<script>` element.

    >>> print(in_script({"a": "</script><!-- &"}))
    {"a":"\\u003c/script\\u003e\\u003c!-- \\u0026"}
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _json(review: Review, history: Sequence[Point], opinions: Opinions | None) -> str:
    return json.dumps(report_json(review, history, opinions), ensure_ascii=False, indent=1) + "\n"
