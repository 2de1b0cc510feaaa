"""A draft by a language model over the passages found, each sentence judged against the passages' own as it completes.

The model reads the passages; what may support a sentence is every sentence of those same passages, and nothing else. It
neither searches nor decides whether to answer: it is called only after the texts were found to hold an answer.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from assistant.answers.answer import Verdict
from assistant.answers.llm import LanguageModel
from assistant.answers.prompts import CHARACTERS, PASSAGES, prompt
from assistant.answers.stream import Told, verified
from assistant.answers.support import THRESHOLD, Judged, Similarity, Source, judge
from corpus.language import detect
from index.search import Hit
from index.sentences import introduces_list, is_item


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
) -> Generator[Line, None, None]:
    """The judged sentences of a draft, in order, each right after its full stop; raises `ModelFailed`.

    Closing the iterator cancels the model's call.
    """
    read = hits[:passages]
    places = [(hit, at) for hit in read for at in range(len(hit.chunk.sentences))]
    sources = [_source(hit, at) for hit, at in places]
    of_passage = [[i for i, (hit, _at) in enumerate(places) if hit is passage] for passage in read]

    def by_passages(text: str, passages: tuple[int, ...], about: str) -> Judged:
        first = [i for number in passages if number < len(of_passage) for i in of_passage[number]]
        return judge(text, sources, language, hints=first, about=about, similarity=similarity, threshold=threshold)

    shown = [(hit.chunk.title, hit.chunk.text) for hit in read]
    asked = prompt(question, shown, language, most=passages, characters=characters)
    with closing(model.stream(asked)) as pieces:
        for told in verified(pieces, by_passages, question):
            yield _line(told, places)


def _source(hit: Hit, at: int) -> Source:
    chunk = hit.chunk
    text = chunk.quote(at)
    return Source(text, hit.language or detect(text), f"{chunk.context}\n{_introduction(hit, at)}".strip())


def _introduction(hit: Hit, at: int) -> str:
    """The line that introduces the list an item stands in, if it stands in one."""
    if not is_item(hit.chunk.quote(at)):
        return ""
    while at and is_item(hit.chunk.quote(at)):
        at -= 1
    line = hit.chunk.quote(at)
    return line if introduces_list(line) else ""


def _line(told: Told, places: Sequence[tuple[Hit, int]]) -> Line:
    judged = told.judged
    if judged.verdict == "unsupported" or not judged.sources:
        return Line(told.text, None, None, 0, 0, judged.reason)
    hit, at = places[judged.sources[0]]
    start, end = hit.chunk.sentences[at]
    return Line(told.text, judged.verdict, hit, start, end, "")
