"""Passages by article and language, and what of them is near a question by its words. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from evals.training.overlap import Overlap
from evals.training.rows import Row


class Articles:
    """Passages by article and language, and what of them is near a question."""

    def __init__(self, rows: Sequence[Row]) -> None:
        by_lang: dict[str, dict[str, str]] = defaultdict(dict)
        for row in rows:
            by_lang[shelf(row)].setdefault(row.passage, row.title)
        self._passages = {lang: list(shelf) for lang, shelf in by_lang.items()}
        self._titles = {lang: list(shelf.values()) for lang, shelf in by_lang.items()}
        self._overlaps = {lang: Overlap(passages) for lang, passages in self._passages.items()}
        self._of_title: dict[tuple[str, str], list[int]] = defaultdict(list)
        for lang, titles in self._titles.items():
            for number, title in enumerate(titles):
                self._of_title[lang, title].append(number)
        self._kept: dict[tuple[str, str], list[str]] = {}

    def neighbours(self, row: Row) -> list[str]:
        """The other passages of the article (of the whole FAQ, which has no articles), nearest first."""
        lang = shelf(row)
        passages = self._passages[lang]
        if not row.title:
            return [passages[i] for i in self._overlaps[lang].search(row.question, 12) if passages[i] != row.passage]
        numbers = [i for i in self._of_title[lang, row.title] if passages[i] != row.passage]
        return [passages[i] for i in self._overlaps[lang].among(row.question, numbers)]

    def found(self, row: Row) -> list[str]:
        """What a search for the question finds in other articles."""
        lang = shelf(row)
        key = lang, row.question
        if key not in self._kept:
            hits = self._overlaps[lang].search(row.question, 8)
            self._kept[key] = [
                self._passages[lang][i]
                for i in hits
                if self._passages[lang][i] != row.passage and (not row.title or self._titles[lang][i] != row.title)
            ][:4]
        return self._kept[key]


def shelf(row: Row) -> str:
    """What a row's passage is compared with: passages of its language, or of its source where that has no articles."""
    return row.source if not row.title else row.passage_lang
