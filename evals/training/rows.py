"""Read question answering data: one row a question with its paragraph. Refuses rows whose articles are set aside."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

from corpus.errors import AssistantError

Span = tuple[int, int]
OWN, ENCYCLOPEDIA, PAGES = "lecture", "encyclopedie", "pages"
"""The names of the sources that come with the product: papers of administrations, articles of an encyclopedia, and
pages of ministries asked in words that are not theirs."""


class TrainingDataMissing(AssistantError):
    """A folder of training or retrieval data lacks what is read from it; the message names the file."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question put to a paragraph; `span` is the first answer in it, `None` where there is none or no short one."""

    id: str
    source: str
    lang: str
    passage_lang: str
    title: str
    question: str
    passage: str
    span: Span | None
    answerable: bool


def read_rows(folder: Path) -> list[Row]:
    """The rows of every `*.jsonl.gz` in `folder`, in the order of file names."""
    files = sorted(folder.glob("*.jsonl.gz"))
    if not files:
        raise TrainingDataMissing(f"{folder} : aucun fichier .jsonl.gz. Donnez le dossier des données avec --data.")
    return [_row(path.name.removesuffix(".jsonl.gz"), line) for path in files for line in _lines(path)]


def own_rows() -> list[Row]:
    """The rows that come with the product, in three languages and across them: invented passages of an administration's
    papers, each with three questions that it answers and three near misses; invented articles of an encyclopedia and
    pages of ministries, whose paragraphs are near misses of each other. Machine-made, and no one's facts."""
    return [replace(row, source=row.source.split("_")[0]) for row in read_rows(Path(__file__).parent / "data")]


def read_faq(folder: Path) -> list[Row]:
    """The `split: train` questions of a retrieval set with their passages, which no `test` question is answered by,
    but those put in the very words of one."""
    texts = {line["id"]: line["text"] for line in json_lines(folder / "corpus.jsonl")}
    queries = list(json_lines(folder / "queries.jsonl"))
    kept_apart = [query for query in queries if query["split"] != "train"]
    set_aside = {passage for query in kept_apart for passage in query["relevant"]}
    asked = {_plain(query["text"]) for query in kept_apart}
    return [
        Row(query["id"], folder.name, query["lang"], query["lang"], "", query["text"], texts[passage], None, True)
        for query in queries
        if query["split"] == "train" and _plain(query["text"]) not in asked
        for passage in query["relevant"]
        if passage not in set_aside
    ]


def without_test(rows: Iterable[Row], test_passages: Collection[str], test_titles: Collection[str]) -> list[Row]:
    """The rows whose passage and article are not among those of test questions."""
    passages, titles = {_plain(text) for text in test_passages}, {_plain(title) for title in test_titles if title}
    return [row for row in rows if _plain(row.passage) not in passages and _plain(row.title) not in titles]


def held_out(title: str, share: float) -> bool:
    """Whether an article is kept out of training, for the temperature and the choice of weights: by its title alone.

    >>> [held_out(title, 0.5) for title in ("Sport", "Alger", "alger")]
    [True, False, False]
    """
    return crc32(_plain(title).encode()) % 10_000 < share * 10_000


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    if not path.is_file():
        raise TrainingDataMissing(f"{path} manque. Donnez le dossier des jeux de recherche avec --retrieval.")
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _row(source: str, line: dict[str, Any]) -> Row:
    answers = line["answers"] if line["answerable"] else []
    span = (answers[0]["start"], answers[0]["start"] + len(answers[0]["text"])) if answers else None
    return Row(
        line["id"],
        source,
        line["lang"],
        line["plang"],
        line["title"],
        line["question"],
        line["context"],
        span,
        line["answerable"],
    )


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
