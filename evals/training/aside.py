"""What is kept out of training: articles of test questions, and a share of the others to choose and calibrate by."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.training.near_miss import Ask, held_out_asks
from evals.training.pairs import crossed
from evals.training.rows import Row, held_out, json_lines, own_rows, read_faq, read_rows, without_test

SHARE = 0.06
"""Of the articles, those held out."""
FAQ = "fr_admin_faq"
_ENGLISH = ("xquad_all12", "squad20_dev_en", "squad11_train44_en")


@dataclass(frozen=True, slots=True)
class Data:
    """Rows to train on, and near misses of held-out articles by column; `removed` rows were of test articles."""

    rows: list[Row]
    held_out: dict[str, list[Ask]]
    removed: int


def gather(data: Path, retrieval: Path, count: int, seed: int = 0) -> Data:
    """Read all rows; up to `count` held-out questions a column."""
    rows = read_rows(data)
    kept = without_test(rows, *_test_passages(retrieval))
    held = [row for row in kept if held_out(row.title, SHARE)]
    trained = [row for row in kept if not held_out(row.title, SHARE)]
    asks = {column: held_out_asks(of, count, seed) for column, of in _columns(held).items()}
    return Data([*trained, *read_faq(retrieval / FAQ), *own_rows()], asks, len(rows) - len(kept))


def _columns(held: Sequence[Row]) -> dict[str, list[Row]]:
    xquad = [row for row in held if row.source == "xquad_all12"]
    return {
        "fr": [row for row in held if row.source == "piaf11_fr"],
        "en": [row for row in held if row.lang == "en" and row.source in _ENGLISH],
        "ar": [row for row in xquad if row.lang == "ar"],
        "en→ar": [row for row in crossed(xquad, random.Random(0)) if (row.lang, row.passage_lang) == ("en", "ar")],
    }


def _test_passages(retrieval: Path) -> tuple[set[str], set[str]]:
    """Texts and titles of the passages that answer the `split: test` questions of every set in the folder."""
    passages, titles = set(), set()
    for folder in sorted(path.parent for path in retrieval.glob("*/queries.jsonl")):
        texts = {line["id"]: line for line in json_lines(folder / "corpus.jsonl")}
        for query in json_lines(folder / "queries.jsonl"):
            if query["split"] == "test":
                for passage in query["relevant"]:
                    passages.add(texts[passage]["text"])
                    titles.add(texts[passage]["title"])
    return passages, titles
