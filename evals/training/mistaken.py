"""Wrong passages that a reader itself takes for answers: words alone do not find what it has yet to learn.

Of each question's article a few passages are read, those that hold the answer's own words left out. What the reader is
all but sure of is left out as well: of those many do answer (Qu et al. 2021, RocketQA, "denoised hard negatives").
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from evals.training.articles import Articles
from evals.training.near_miss import Reads
from evals.training.pairs import Mistaken
from evals.training.rows import Row

NEAREST, DRAWN = 3, 5
"""Passages read for a question: the nearest by words, and some of the others by chance."""
SURE = 3.0
"""The logit from which a passage is taken to answer after all: one question in a hundred has such a one."""
FILE = "mistaken.json.gz"


def mistaken(rows: Sequence[Row], articles: Articles, reads: Reads, seed: int = 0) -> Mistaken:
    """For each of `rows` that has an answer, passages of its article that do not hold it, likeliest first."""
    found: dict[str, list[str]] = {}
    for row in tqdm(rows, desc="passages pris pour des réponses", mininterval=2):
        texts = _candidates(row, articles, random.Random(f"{seed}-{row.id}"))
        if texts:
            logits = [reading.logit for reading in reads(row.question, texts)]
            ranked = sorted(zip(logits, texts, strict=True), key=lambda pair: -pair[0])
            found[row.id] = [text for logit, text in ranked if logit < SURE]
    return found


def _candidates(row: Row, articles: Articles, rng: random.Random) -> list[str]:
    if row.span is None:
        return []
    answer = row.passage[slice(*row.span)].casefold()
    others = [text for text in articles.neighbours(row) if answer not in text.casefold()]
    rest = others[NEAREST:]
    return [*others[:NEAREST], *rng.sample(rest, min(DRAWN, len(rest)))]


def write(found: Mistaken, path: Path) -> None:
    """Keep what was read: it takes minutes, and training that is begun again needs the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump(found, file, ensure_ascii=False)


def read(path: Path) -> Mistaken:
    """What `write` kept."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        found: Mistaken = json.load(file)
    return found
