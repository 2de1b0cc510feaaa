"""Cut pairs into tokens and batches: `<s> question </s> passage </s>`, sorted by length so that little is padding."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from evals.training.pairs import Pair

QUESTION_TOKENS = 64
PASSAGE_TOKENS = 144
"""The longest passage trained on, and read at once: a longer one is cut to a window with the answer in it, and read in
windows of which the best counts. The product reads a few sentences at a time; what is longer only costs time."""
BEGIN, PAD, CLOSE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """The ids of a pair; `start` and `end` are the answer's first and last token in them, -100 where there is none.

    The passage lies at `first <= i < len(ids) - 1`; `offsets` are its tokens' places in the passage.
    """

    ids: tuple[int, ...]
    first: int
    offsets: tuple[tuple[int, int], ...]
    answerable: bool
    start: int
    end: int


def open_tokenizer(base: Path) -> Tokenizer:
    """The encoder's tokenizer, without its own cutting and padding."""
    tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(
    pairs: Sequence[Pair], tokenizer: Tokenizer, rng: random.Random | None = None, longest: int = PASSAGE_TOKENS
) -> list[Encoded]:
    """Each pair in tokens. With `rng` a long passage is cut at chance around its answer, without at its beginning."""
    questions = tokenizer.encode_batch([pair.question for pair in pairs], add_special_tokens=False)
    passages = tokenizer.encode_batch([pair.passage for pair in pairs], add_special_tokens=False)
    made = []
    for pair, question, passage in zip(pairs, questions, passages, strict=True):
        head = [BEGIN, *question.ids[:QUESTION_TOKENS], CLOSE]
        at = _answer_tokens(passage.offsets, pair.span) if pair.span else None
        begin = _window(len(passage.ids), longest, at, rng)
        ids = passage.ids[begin : begin + longest]
        start, end = (len(head) + at[0] - begin, len(head) + at[1] - begin) if at else (-100, -100)
        if not len(head) <= start <= end < len(head) + len(ids):
            start = end = -100
        made.append(
            Encoded(
                (*head, *ids, CLOSE),
                len(head),
                tuple(passage.offsets[begin : begin + longest]),
                pair.answerable,
                start,
                end,
            )
        )
    return made


def in_batches(encoded: Sequence[Encoded], size: int, rng: random.Random) -> list[list[Encoded]]:
    """Batches of `size` of like length, in chance order."""
    ordered = sorted(encoded, key=lambda one: len(one.ids))
    batches = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    rng.shuffle(batches)
    return batches


def _answer_tokens(offsets: Sequence[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int] | None:
    inside = [i for i, (start, end) in enumerate(offsets) if end > span[0] and start < span[1] and end > start]
    return (inside[0], inside[-1]) if inside else None


def _window(tokens: int, longest: int, at: tuple[int, int] | None, rng: random.Random | None) -> int:
    if tokens <= longest or rng is None:
        return 0
    low, high = (max(0, at[1] - longest + 1), min(at[0], tokens - longest)) if at else (0, tokens - longest)
    return rng.randint(low, high) if low <= high else 0
