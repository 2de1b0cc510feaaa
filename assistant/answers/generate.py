"""A draft by a language model over the passages found, each sentence judged against the passages' own as it completes.

The model reads the passages; what may support a sentence is every sentence of those same passages, and nothing else. It
neither searches nor decides whether to answer: it is called only after the texts were found to hold an answer.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from assistant.answers.answer import Verdict
from assistant.answers.evidence import announcing
from assistant.answers.llm import LanguageModel
from assistant.answers.prompts import CHARACTERS, PASSAGES, prompt
from assistant.answers.stream import Told, verified
from assistant.answers.support import THRESHOLD, Judged, Similarity, Source, judge
from assistant.answers.wording import is_plain, words
from corpus.language import detect
from index.search import Hit

Span = tuple[str, int, int]
"""A document's id, and where in it something begins and ends."""
FEWEST = 3
TOO_SHORT = "La phrase est trop courte pour dire de quoi elle parle."


@dataclass(frozen=True, slots=True)
class Line:
    """A drafted sentence and the span that holds it, `document_text[start:end]`; without `hit`, why it is removed."""

    text: str
    verdict: Verdict | None
    hit: Hit | None
    start: int
    end: int
    reason: str

    @property
    def kept(self) -> bool:
        """Whether the sentence may be shown."""
        return self.hit is not None


def generate(
    model: LanguageModel,
    question: str,
    hits: Sequence[Hit],
    language: str,
    similarity: Similarity | None = None,
    threshold: float = THRESHOLD,
    passages: int = PASSAGES,
    characters: int = CHARACTERS,
    evidence: Sequence[Span] = (),
) -> Generator[Line, None, None]:
    """The judged sentences of a draft, in order, each right after its full stop; raises `ModelFailed`.

    `evidence` are spans found to answer the question: a source is looked for there first, and a sentence too short to
    say of what it speaks ("En 2018.") is believed only there. Closing the iterator cancels the model's call.
    """
    read = hits[:passages]
    places = [(hit, at) for hit in read for at in range(len(hit.chunk.sentences))]
    sources = [_source(hit, at) for hit, at in places]
    shown_to_answer = [i for i, (hit, at) in enumerate(places) if overlaps(_span(hit, at), evidence)]
    of_passage = [[i for i, (hit, _at) in enumerate(places) if hit is passage] for passage in read]

    def by_passages(text: str, passages: tuple[int, ...], about: str) -> Judged:
        first = shown_to_answer + [i for number in passages if number < len(of_passage) for i in of_passage[number]]
        judged = judge(text, sources, language, hints=first, about=about, similarity=similarity, threshold=threshold)
        astray = evidence and judged.kept and judged.sources[0] not in shown_to_answer
        return Judged("unsupported", (), TOO_SHORT) if astray and says_little(text) else judged

    shown = [(hit.chunk.title, hit.chunk.text) for hit in read]
    asked = prompt(question, shown, language, most=passages, characters=characters)
    with closing(model.stream(asked)) as pieces:
        for told in verified(pieces, by_passages, question):
            yield _line(told, places)


def overlaps(span: Span, others: Sequence[Span]) -> bool:
    """Whether a span of a document shares a character with one of the others.

    >>> overlaps(("a", 0, 5), [("a", 4, 9)]), overlaps(("a", 0, 5), [("a", 5, 9), ("b", 0, 5)])
    (True, False)
    """
    document, start, end = span
    return any(document == other and start < last and first < end for other, first, last in others)


def says_little(text: str) -> bool:
    """Whether a sentence has too few words of its own to say of what it speaks.

    >>> says_little("Le 21 avril 2013."), says_little("L'Union européenne finance le CAPDEL.")
    (True, False)
    """
    return sum(not is_plain(word) and not word.text[0].isdigit() for word in words(text)) < FEWEST


def _span(hit: Hit, at: int) -> Span:
    start, end = hit.chunk.sentences[at]
    return hit.chunk.document, start, end


def _source(hit: Hit, at: int) -> Source:
    chunk = hit.chunk
    text = chunk.quote(at)
    lead = announcing(hit, at)
    return Source(text, hit.language or detect(text), f"{chunk.context}\n{lead}".strip(), lead)


def _line(told: Told, places: Sequence[tuple[Hit, int]]) -> Line:
    judged = told.judged
    if judged.verdict == "unsupported" or not judged.sources:
        return Line(told.text, None, None, 0, 0, judged.reason)
    hit, at = places[judged.sources[0]]
    start, end = hit.chunk.sentences[at]
    return Line(told.text, judged.verdict, hit, start, end, "")
