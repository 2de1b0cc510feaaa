"""A briefing's opening lines in a language model's words, as values: what was kept, what was not, and why. Pure.

A sentence is here only with the number of the briefing's source that holds it. A failed summary has none, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.answers.answer import Removed, Sentence


@dataclass(frozen=True, slots=True)
class Summary:
    """Sentences of `model` in `language`, each held by the sources it cites; `removed` are those that none holds.

    `citations` of a sentence are numbers of the briefing's sources. `notice` says in the same language why there is no
    sentence; it is empty where there is one.
    """

    language: str
    sentences: tuple[Sentence, ...]
    removed: tuple[Removed, ...]
    notice: str
    model: str

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Summary:
        """A summary from its JSON values."""
        return cls(
            value["language"],
            tuple(Sentence(told["text"], told["verdict"], tuple(told["citations"])) for told in value["sentences"]),
            tuple(Removed(**removed) for removed in value["removed"]),
            value["notice"],
            value["model"],
        )
