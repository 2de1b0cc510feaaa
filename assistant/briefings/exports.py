"""A briefing, or two side by side, in the form that was asked for; each form is imported when it is."""

from __future__ import annotations

import json

from assistant.briefings.briefing import Briefing
from assistant.briefings.comparison import compare_json
from assistant.briefings.labels import say
from assistant.briefings.papers import comparison_paper, paper_of
from assistant.briefings.words import questions, title_of, unsaid
from assistant.exports.paper import Paper


def export(briefing: Briefing, language: str, format: str, empty_library: bool = False) -> str | bytes:
    """The briefing as `md`, `json`, `docx` or `pdf`; labels in `language`, quotes as they stand in the texts."""
    if format == "json":
        return _json(to_json(briefing, language))
    return _file(paper_of(briefing, language, empty_library), format)


def export_comparison(one: Briefing, other: Briefing, language: str, format: str) -> str | bytes:
    """Two briefings side by side, in the same forms."""
    if format == "json":
        return _json(compare_json(one, other, language))
    return _file(comparison_paper(one, other, language), format)


def to_json(briefing: Briefing, language: str) -> dict[str, object]:
    """The briefing with its words in one language: what a reader of JSON needs without our labels."""
    value = briefing.to_json()
    for field in value["fields"]:
        field["label"] = say(language, field["id"])
        field["empty"] = "" if field["lines"] else say(language, "empty")
    return value | {
        "language": language,
        "title": title_of(briefing, language),
        "questions": [{"text": text, "citations": list(numbers)} for text, numbers in questions(briefing, language)],
        "unsaid_labels": unsaid(briefing, language),
    }


def _json(value: dict[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _file(paper: Paper, format: str) -> str | bytes:
    if format == "docx":
        from assistant.exports.word import word

        return word(paper)
    if format == "pdf":
        from assistant.exports.pdf import pdf

        return pdf(paper)
    from assistant.exports.markdown import markdown

    page = markdown(paper).decode()
    return f'<div dir="rtl">\n\n{page}\n</div>\n' if paper.language == "ar" else page
