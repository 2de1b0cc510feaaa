"""The door to the reader: is the answer to this question in this passage, and where?

The reader is a cross-encoder: question and passage go together through the bundled encoder, whose upper layers were
tuned on questions with the passage that answers and with a near miss (`index.reader_graph` has the format). It reads
facts. Explanations, lists and how-to questions it judges badly, so its probability is one signal among others and
never alone decides a refusal.

Each passage is read alone, so that what is read in it cannot depend on its neighbours; one longer than what was
trained on is read in windows, of which the best counts. The model is opened at the first `read`.
"""

from __future__ import annotations

import math
import os
import threading
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index.bundled_model import ModelUnavailable, unpacked
from index.reader_graph import LAYOUT, read_header, write_reader_graph
from index.reader_graph import ReaderUnavailable as ReaderUnavailable
from index.sentences import Span
from index.tuned_graph import TunedUnavailable, graph_file, open_session, verified
from index.weighing import Weighing, read_weighing

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FILE = "reader.safetensors"
CHECKSUM = "reader.sha256"
BUNDLED = Path(__file__).parent / "weights"
LONGEST_ANSWER = 30
"""Tokens of the longest span that can be an answer."""
OVERLAP = 32
"""Tokens that neighbouring windows share: more than the longest answer, which is then whole in one of them."""
_AT_ENDS = frozenset(".,;:!?…،؛؟")
_IN_FIGURES = frozenset(".,٫٬")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a passage.

    `answerable` is the probability that the passage answers, `logit` what it was before calibration. `start` and `end`
    are offsets of the best answer in the passage, in code points, equal when there is none; `span` is the probability
    of these ends among the tokens of the passage, given that it answers.
    """

    answerable: float
    logit: float
    start: int
    end: int
    span: float


class Reader(Protocol):
    """What search needs of a reader; refusal needs one that is `calibrated`: its probabilities are what they say.

    `weighing` says how what is read joins the other signs of a passage; `None` where nothing was fitted for it.
    """

    name: str
    calibrated: bool
    weighing: Weighing | None

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage, in their order."""
        ...


class OnnxReader:
    """The reader as an 8-bit graph, a passage to each of `threads` threads.

    `weights` is the file, `base` the folder of the unpacked encoder, where the graph is written once under a name that
    holds the weights' sha256. A `tokenizer` of the same encoder saves 290 MB and half a second when it is shared.
    """

    calibrated = True

    def __init__(
        self, weights: Path, base: Path, tokenizer: Tokenizer | None = None, threads: int | None = None
    ) -> None:
        self.header = read_header(weights)
        self.name = f"reader/{self.header.version}"
        self.weighing: Weighing | None = None
        self._weights, self._base, self._tokenizer = weights, base, tokenizer
        self._model: _Model | None = None
        self._opening = threading.Lock()
        self._workers = ThreadPoolExecutor(threads or min(4, os.cpu_count() or 1), thread_name_prefix="read")

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """A reading of each passage; the first call opens the model (0.1 s, 1 s the very first time)."""
        if not passages:
            return []
        model = self._opened()
        head = model.tokens(question)[0][: self.header.question_tokens]
        texts = [model.tokens(passage) for passage in passages]
        pieces = [
            (number, begin, end)
            for number, (ids, _offsets) in enumerate(texts)
            for begin, end in windows(len(ids), self.header.max_tokens, OVERLAP)
        ]
        pieces.sort(key=lambda piece: piece[1] - piece[2])  # longest first: the threads end together
        run = map if len(pieces) == 1 else self._workers.map
        logits = run(lambda piece: model.logits(head, texts[piece[0]][0][piece[1] : piece[2]]), pieces)
        best: dict[int, tuple[float, int, Any]] = {}
        for (number, begin, _end), (logit, ends) in zip(pieces, logits, strict=True):
            if number not in best or (logit, -begin) > (best[number][0], -best[number][1]):
                best[number] = logit, begin, ends
        return [self._reading(passage, texts[number][1], *best[number]) for number, passage in enumerate(passages)]

    def _reading(
        self, passage: str, offsets: list[Span], logit: float, begin: int, ends: NDArray[np.float32]
    ) -> Reading:
        probability = 1 / (1 + math.exp(-max(-50.0, min(50.0, logit / self.header.temperature + self.header.bias))))
        found = best_span(ends[:, 0], ends[:, 1], LONGEST_ANSWER)
        if found is None:
            return Reading(probability, logit, 0, 0, 0.0)
        first, last, span = found
        start, end = whole_words(passage, offsets[begin + first][0], offsets[begin + last][1])
        return Reading(probability, logit, start, end, span if start < end else 0.0)

    def _opened(self) -> _Model:
        if self._model is None:
            with self._opening:
                if self._model is None:
                    self._model = self._made()
        return self._model

    def _made(self) -> _Model:
        try:
            graph = graph_file("reader", LAYOUT, self._weights, self._base, write_reader_graph)
            return _Model(graph, self._base, self._tokenizer)
        except ReaderUnavailable:
            raise
        except TunedUnavailable as error:
            raise ReaderUnavailable(f"{error} Sans le lecteur : COOPERATION_READER=off.") from error


def open_reader(setting: str, cache: Path, tokenizer: Tokenizer | None = None) -> Reader | None:
    """The reader that a setting names: `off` (or nothing), `bundled`, or a folder that holds `reader.safetensors`.

    The file is checked by the sha256 beside it, which the bundled one must have. Raises `ReaderUnavailable`.
    """
    if setting in ("", "off"):
        return None
    bundled = setting == "bundled"
    folder = BUNDLED if bundled else Path(setting).expanduser()
    try:
        weights = verified(folder, FILE, required=bundled)
    except TunedUnavailable as error:
        mend = "Réinstallez le paquet" if bundled else "COOPERATION_READER veut le dossier d'un lecteur entraîné"
        raise ReaderUnavailable(f"{error} {mend}, ou passez-vous du lecteur avec COOPERATION_READER=off.") from error
    try:
        base = unpacked(cache)
    except ModelUnavailable as error:
        raise ReaderUnavailable(
            f"Le lecteur a besoin du modèle embarqué, qui manque ({error}) Sans lui : COOPERATION_READER=off."
        ) from error
    reader = OnnxReader(weights, base, tokenizer)
    try:
        reader.weighing = read_weighing(folder, reader.header.version)
    except ValueError as error:
        raise ReaderUnavailable(f"{error}. Sans le lecteur : COOPERATION_READER=off.") from error
    return reader


def windows(tokens: int, longest: int, overlap: int) -> list[Span]:
    """Spans of equal width, at most `longest`, that cover `tokens` and share at least `overlap` with the next.

    >>> windows(200, 288, 32), windows(400, 288, 32), windows(0, 288, 32)
    ([(0, 200)], [(0, 216), (184, 400)], [(0, 0)])
    """
    if tokens <= longest:
        return [(0, tokens)]
    count = -(-(tokens - overlap) // (longest - overlap))
    width = -(-(tokens + (count - 1) * overlap) // count)
    starts = [i * (tokens - width) // (count - 1) for i in range(count)]
    return [(start, start + width) for start in starts]


def best_span(starts: NDArray[np.float32], ends: NDArray[np.float32], longest: int) -> tuple[int, int, float] | None:
    """First and last token of the likeliest span of at most `longest` tokens, and its probability.

    `starts` and `ends` are logits `(tokens,)`; the probability is that of the start times that of the end, each a
    softmax over the tokens given. Of equals the shortest wins, then the first. `None` when there is no token.

    >>> at = [np.array(row, np.float32) for row in ([0, 9, 0, 0], [9, 0, 0, 8])]
    >>> [round(part, 3) for part in best_span(*at, longest=4)]
    [1, 3, 0.269]
    >>> [round(part, 3) for part in best_span(*at, longest=2)]
    [0, 0, 0.0]
    """
    tokens = len(starts)
    if not tokens:
        return None
    sums = np.full((min(longest, tokens), tokens), -np.inf)
    for length in range(len(sums)):
        sums[length, : tokens - length] = starts[: tokens - length].astype(np.float64) + ends[length:]
    length, first = divmod(int(sums.argmax()), tokens)
    least = _log_sum(starts) + _log_sum(ends)
    return first, first + length, math.exp(float(sums[length, first]) - least)


def whole_words(text: str, start: int, end: int) -> Span:
    """The span without white space and punctuation at its ends, widened to whole words and figures.

    Tokens cut words, leave combining accents behind and bring along what follows. An Arabic word keeps its beginning
    where the span has it: articles and prepositions are written into the word.

    >>> text = "Réunis à Alger, ils ont adopté 3,5 mesures."
    >>> [text[slice(*whole_words(text, *span))] for span in ((8, 11), (8, 15), (31, 33), (14, 16))]
    ['Alger', 'Alger', '3,5', '']
    """
    while start < end and _skipped_at_ends(text[start]):
        start += 1
    while end > start and _skipped_at_ends(text[end - 1]):
        end -= 1
    if start == end:
        return start, start
    while _cuts_word(text, end):
        end += 1
    while _cuts_word(text, start) and (_is_mark(text[start]) or not "\u0600" <= text[start] <= "\u06ff"):
        start -= 1
    return start, end


def _skipped_at_ends(character: str) -> bool:
    return character.isspace() or character in _AT_ENDS or unicodedata.category(character) == "Cf"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _cuts_word(text: str, at: int) -> bool:
    """Whether a word, or a figure with its separators, goes on over `at`."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before in _IN_FIGURES or after in _IN_FIGURES:
        left, right = (at - 1, at + 1) if after in _IN_FIGURES else (at - 2, at)
        return left >= 0 and right < len(text) and text[left].isdigit() and text[right].isdigit()
    return (before.isalnum() or _is_mark(before)) and (after.isalnum() or _is_mark(after))


def _log_sum(logits: NDArray[np.float32]) -> float:
    top = float(logits.max())
    return top + math.log(float(np.exp(logits.astype(np.float64) - top).sum()))


class _Model:
    """What is loaded: the graph and the tokenizer."""

    def __init__(self, graph: Path, base: Path, tokenizer: Tokenizer | None) -> None:
        from tokenizers import Tokenizer

        self._session = open_session(graph)
        self._tokenizer = tokenizer or Tokenizer.from_file(str(base / "tokenizer.json"))
        self._first = [self._tokenizer.token_to_id("<s>")]
        self._close = [self._tokenizer.token_to_id("</s>")]

    def tokens(self, text: str) -> tuple[list[int], list[Span]]:
        """All tokens of `text` and their offsets in it, whatever length the tokenizer was told to cut at."""
        whole = self._tokenizer.encode(text, add_special_tokens=False)
        parts = [whole, *whole.overflowing]
        return [token for part in parts for token in part.ids], [span for part in parts for span in part.offsets]

    def logits(self, question: list[int], passage: list[int]) -> tuple[float, NDArray[np.float32]]:
        """The answerable logit, and the logits of start and end `(tokens of the passage, 2)`."""
        ids = np.array([self._first + question + self._close + passage + self._close], np.int64)
        answerable, span = self._session.run(None, {"ids": ids})
        begin = len(question) + 2
        return float(answerable[0]), span[begin : begin + len(passage)]
