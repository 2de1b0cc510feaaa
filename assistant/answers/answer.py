"""What an answer is: frozen values, and the one JSON shape the whole product uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

FIRST = 3
"""How many of the passages read a person is shown beside the answer, or instead of it."""
Verdict = Literal["verbatim", "supported", "translated"]


@dataclass(frozen=True, slots=True)
class Exact:
    """The exact answer inside a quote: `text == document_text[start:end]`, offsets in code points."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim span of a document: `quote == document_text[start:end]`, offsets in code points, `n` counts from 1.

    `answer` is the exact answer within it, where one was asked for and read. `ocr` says that the quote is a reading of
    a picture, in which a letter may be wrong.
    """

    n: int
    document: str
    title: str
    framework: str
    page: int | None
    headings: tuple[str, ...]
    quote: str
    start: int
    end: int
    answer: Exact | None = None
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence shown to a person, with the numbers of the citations that hold it."""

    text: str
    verdict: Verdict
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """A drafted sentence that the texts do not support, and why it is not shown."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage found for the answer, `text == document_text[start:end]`; the first ones are offered on a refusal.

    `answerable` is the reader's probability that it answers, `None` where it was not read.
    """

    document: str
    title: str
    page: int | None
    text: str
    score: float
    start: int = 0
    end: int = 0
    answerable: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One side of a comparison, or one of two questions in one: `sentences[first:last]` answer it.

    A `refused` part has none; `reason_text` says what the texts do not hold.
    """

    question: str
    refused: bool
    reason_text: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall-clock seconds of the steps of one answer."""

    search: float
    draft: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What the product says to one question. `refused` answers have no sentences and no citations.

    `reply` is what is said to a greeting, to thanks or to a question about the assistant: it claims nothing about the
    texts, so that it needs no citation; `mode` is then `conversation`, and nothing was searched. `parts` are there where
    the question was taken apart.

    `reason` is a code (`""` when answered); `reason_text` is the same in the reader's language. `score` is the
    confidence that the texts hold the answer, in 0..1, refused below `threshold`.

    `mode` is `extractive` (quotes), `generative` (the words of `model`, each sentence judged) or `conversation`.
    `notice` says why quotes are shown although a model was asked. `searched` are the frameworks that alone were searched,
    none where all were.
    """

    id: str
    question: str
    understood_as: str
    language: str
    refused: bool
    reason: str
    reason_text: str
    score: float
    threshold: float
    sentences: tuple[Sentence, ...]
    removed: tuple[Removed, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    mode: str
    model: str
    fingerprint: str
    seconds: Seconds = field(default_factory=lambda: Seconds(0.0, 0.0, 0.0))
    reply: str = ""
    parts: tuple[Part, ...] = ()
    notice: str = ""
    searched: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentences as one text, in reading order, without citation marks; or the reply."""
        return "\n".join(sentence.text for sentence in self.sentences) or self.reply

    def to_json(self) -> dict[str, Any]:
        """The answer as plain JSON values; the shape is the same in every door of the product."""
        return {
            "id": self.id,
            "question": self.question,
            "understood_as": self.understood_as,
            "language": self.language,
            "refused": self.refused,
            "reason": self.reason,
            "reason_text": self.reason_text,
            "score": round(self.score, 4),
            "threshold": round(self.threshold, 4),
            "text": self.text,
            "reply": self.reply,
            "parts": [asdict(part) for part in self.parts],
            "sentences": [
                {"text": s.text, "verdict": s.verdict, "citations": list(s.citations)} for s in self.sentences
            ],
            "removed": [{"text": r.text, "reason": r.reason} for r in self.removed],
            "citations": [
                {
                    "n": c.n,
                    "document": c.document,
                    "title": c.title,
                    "framework": c.framework,
                    "page": c.page,
                    "headings": list(c.headings),
                    "quote": c.quote,
                    "start": c.start,
                    "end": c.end,
                    "answer": asdict(c.answer) if c.answer else None,
                    **(
                        {"ocr": True} if c.ocr else {}
                    ),  # said where it is so: it is rare, and the others stay as they were
                }
                for c in self.citations
            ],
            "passages": [
                {
                    "document": p.document,
                    "title": p.title,
                    "page": p.page,
                    "text": p.text,
                    "score": round(p.score, 4),
                    "start": p.start,
                    "end": p.end,
                    "answerable": None if p.answerable is None else round(p.answerable, 4),
                }
                for p in self.passages
            ],
            "mode": self.mode,
            "model": self.model,
            "notice": self.notice,
            **({"searched": list(self.searched)} if self.searched else {}),
            "fingerprint": self.fingerprint,
            "seconds": {
                "search": round(self.seconds.search, 4),
                "draft": round(self.seconds.draft, 4),
                "total": round(self.seconds.total, 4),
            },
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Answer:
        """Rebuild an answer from `to_json`; raises `KeyError` where the shape is not ours."""
        return cls(
            id=value["id"],
            question=value["question"],
            understood_as=value["understood_as"],
            language=value["language"],
            refused=value["refused"],
            reason=value["reason"],
            reason_text=value["reason_text"],
            score=value["score"],
            threshold=value["threshold"],
            sentences=tuple(Sentence(s["text"], s["verdict"], tuple(s["citations"])) for s in value["sentences"]),
            removed=tuple(Removed(r["text"], r["reason"]) for r in value["removed"]),
            citations=tuple(citation_from(c) for c in value["citations"]),
            passages=tuple(Passage(**p) for p in value["passages"]),
            mode=value["mode"],
            model=value["model"],
            fingerprint=value["fingerprint"],
            seconds=Seconds(**value["seconds"]),
            reply=value.get("reply", ""),
            parts=tuple(Part(**part) for part in value.get("parts", ())),
            notice=value.get("notice", ""),
            searched=tuple(value.get("searched", ())),
        )


def citation_from(value: Mapping[str, Any]) -> Citation:
    """A citation from its JSON values."""
    exact = value.get("answer")
    return Citation(**{**value, "headings": tuple(value["headings"]), "answer": Exact(**exact) if exact else None})
