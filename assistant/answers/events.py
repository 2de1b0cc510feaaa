"""What becomes of a question while it is answered, told as it happens; the last event is the answer itself.

A sentence told here was judged and kept. The answer at the end is what counts all the same: where the model fails half
way, it is made of the texts' own words alone, and a door that showed sentences takes them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from assistant.answers.answer import Answer, Citation, Removed, Sentence, citation_from


@dataclass(frozen=True, slots=True)
class Step:
    """The work at hand; with `read`, the question as it is understood, or the part of it that is answered next."""

    name: Literal["search", "read"]
    question: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that may be shown, with what it cites, right after its full stop."""

    sentence: Sentence
    citation: Citation


Event = Step | Told | Removed | Answer


def event_json(event: Event) -> dict[str, Any]:
    """An event as plain JSON values."""
    if isinstance(event, Answer):
        return {"answer": event.to_json()}
    kind = {Step: "step", Told: "told", Removed: "removed"}[type(event)]
    return {kind: asdict(event)}


def event_from(value: Mapping[str, Any]) -> Event:
    """The event that `event_json` made this of."""
    ((kind, parts),) = value.items()
    if kind == "answer":
        return Answer.from_json(parts)
    if kind == "told":
        sentence = Sentence(**parts["sentence"])
        return Told(replace(sentence, citations=tuple(sentence.citations)), citation_from(parts["citation"]))
    return Step(**parts) if kind == "step" else Removed(**parts)
