"""A briefing in the form that was asked for; each form is imported when it is."""

from __future__ import annotations

import json

from assistant.briefings.briefing import Briefing
from assistant.briefings.words import questions, say, title_of, unsaid


def export(briefing: Briefing, language: str, format: str, empty_library: bool = False) -> str | bytes:
    """The briefing as `md`, `json`, `docx` or `pdf`; labels in `language`, quotes as they stand in the texts."""
    if format == "json":
        return json.dumps(to_json(briefing, language), ensure_ascii=False, indent=1) + "\n"
    if format == "docx":
        from assistant.briefings.docx_export import to_docx

        return to_docx(briefing, language, empty_library)
    if format == "pdf":
        from assistant.briefings.pdf_export import to_pdf

        return to_pdf(briefing, language, empty_library)
    from assistant.briefings.markdown import to_markdown

    return to_markdown(briefing, language, empty_library)


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
