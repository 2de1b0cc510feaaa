"""How much of a question's words a text holds, each weighed by its rarity. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.terms import stem, words

NEAR = 0.7
"""Of a word's weight, what a text holds by another word of the same meaning."""


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of the question: its possible terms, its rarity here (`None`: no text holds it), whether it is a
    name or a number, whether its terms hold in texts of other languages too (`carried`), and the terms of words `near`
    to it in meaning."""

    terms: tuple[str, ...]
    rarity: float | None
    name: bool = False
    carried: bool = True
    near: tuple[str, ...] = ()


def coverage(asked: Sequence[Word], held: Iterable[str]) -> float:
    """Share of the question's words that `held` contains, each weighed by its rarity; 1 when nothing is asked.

    A name that no text knows weighs as the rarest word: it is what the question hangs on. Another unknown word weighs
    half of that, since it may only be another way to say what the text says. A word near in meaning counts `NEAR`.
    """
    terms = set(held)
    heaviest = max((word.rarity for word in asked if word.rarity is not None), default=1.0)
    unknown = {True: heaviest, False: heaviest / 2}
    weights = [unknown[word.name] if word.rarity is None else word.rarity for word in asked]
    total = sum(weights)
    if not total:
        return 1.0
    return sum(weight * _held(word, terms) for word, weight in zip(asked, weights, strict=True)) / total


def carried_share(words: Sequence[Word]) -> float:
    """Of a question's words, the share whose terms hold in texts of other languages too; 0 where it has none."""
    return sum(word.carried for word in words) / len(words) if words else 0.0


@lru_cache(maxsize=20_000)
def stems(text: str) -> frozenset[str]:
    """Every word of a text, stemmed as each language of the product would: cheap, and blind to the text's language."""
    found = set()
    for word in words(text):
        found.add(stem(word, "fr"))
        if word[0].isascii() and word[0].isalpha():
            found.add(stem(word, "en"))
    return frozenset(found)


def _held(word: Word, terms: set[str]) -> float:
    return 1.0 if not terms.isdisjoint(word.terms) else NEAR * (not terms.isdisjoint(word.near))
