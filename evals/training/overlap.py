"""Which passages share the most rare words with a question: the cheap search that finds hard wrong passages.

Words are folded and cut to six letters, so that inflected forms meet; a word weighs its inverse document frequency. It
ranks no product hit: it only chooses what the reader must learn to refuse.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

_WORD = re.compile(r"\w+")


def stems(text: str) -> frozenset[str]:
    """The words of `text`, folded and cut.

    >>> sorted(stems("L'élection des députés, الجزائر"))
    ['depute', 'des', 'electi', 'l', 'جزائر']
    """
    letters = unicodedata.normalize("NFKD", text.casefold())
    folded = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return frozenset(word.removeprefix("ال")[:6] for word in _WORD.findall(folded))


class Overlap:
    """An inverted index of passages."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._stems = [stems(passage) for passage in passages]
        self._where: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self._stems):
            for word in words:
                self._where[word].append(number)

    def among(self, question: str, numbers: Sequence[int]) -> list[int]:
        """`numbers` of passages, the one that shares most with the question first; equals keep their order."""
        weights = {word: self._weight(word) for word in stems(question)}
        shared = {
            number: sum(weight for word, weight in weights.items() if word in self._stems[number]) for number in numbers
        }
        return sorted(numbers, key=lambda number: -shared[number])

    def search(self, question: str, count: int) -> list[int]:
        """The `count` passages of all that share most with the question, by words in a twentieth of them at most."""
        most = max(2, len(self._stems) // 20)
        found: Counter[int] = Counter()
        for word in sorted(stems(question)):
            where = self._where.get(word, ())
            if len(where) <= most:
                for number in where:
                    found[number] += self._weight(word)  # type: ignore[assignment]  # a Counter of floats
        return [number for number, _ in found.most_common(count)]

    def _weight(self, word: str) -> float:
        return math.log(1 + len(self._stems) / (1 + len(self._where.get(word, ()))))
