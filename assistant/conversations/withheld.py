"""A kept answer for somebody who may no longer read what it was taken from. Pure.

Which words of an answer came from which document cannot be told apart for sure: one that cites a document that is now
closed is withheld whole. It stays written down, and is shown again to whoever may read that document again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from assistant.answers.answer import Answer

REASON: Final = "withheld"
TOLD: Final = {
    "fr": "Cette réponse n’est plus montrée : elle citait un document que vous ne pouvez plus lire.",
    "en": "This answer is no longer shown: it quoted a document that you may no longer read.",
    "ar": "لم تعد هذه الإجابة معروضة: فقد استشهدت بوثيقة لم يعد بإمكانكم قراءتها.",
}


def as_readable(answer: Answer, hidden: Collection[str]) -> Answer:
    """An answer without what it holds of hidden documents; the same one where it holds nothing of them."""
    if any(citation.document in hidden for citation in answer.citations):
        return replace(
            answer,
            understood_as=answer.question,
            refused=False,
            reason=REASON,
            reason_text="",
            sentences=(),
            removed=(),
            citations=(),
            passages=(),
            mode="conversation",
            reply=TOLD.get(answer.language, TOLD["fr"]),
            parts=(),
            notice="",
        )
    passages = tuple(passage for passage in answer.passages if passage.document not in hidden)
    if len(passages) == len(answer.passages):
        return answer
    # a draft may have been removed because its source was closed to it, and a word put right after a hidden text
    return replace(answer, understood_as=answer.question, removed=(), passages=passages)
