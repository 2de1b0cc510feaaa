"""Public benchmarks as folders: BEIR's layout, and one where each query names what is relevant to it.

    corpus.jsonl[.gz]    {"_id" or "id", "title", "text"[, "lang"]} a line
    queries.jsonl[.gz]   {"_id" or "id", "text"[, "lang", "relevant", "answers", "split"]} a line
    qrels/<split>.tsv    query-id, corpus-id, score, with a header line (BEIR only)

Source: Thakur et al. 2021 (BEIR), https://github.com/beir-cellar/beir. In BEIR a query that no qrels file judges is
left out, and a document with the query's own id is no result, as in BEIR's own evaluation. In the other layout a query
with `relevant: []` is one that the texts do not answer.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import AssistantError


class BenchmarkError(AssistantError):
    """A folder is no benchmark, or a line of it breaks the layout; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a benchmark: the grade of each document that is relevant, and the strings that answer it."""

    id: str
    text: str
    language: str
    grades: Mapping[str, float]
    answers: tuple[str, ...]
    splits: tuple[str, ...]
    unanswerable: bool


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: where its documents are, and its queries; `beir` says which layout it has.

    `source` is the public place it comes from, where its folder says so (`source_of`).
    """

    name: str
    corpus: Path
    queries: tuple[Query, ...]
    beir: bool
    source: str = ""

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits, in the order they come."""
        return tuple(dict.fromkeys(split for query in self.queries for split in query.splits))


def read_benchmark(folder: Path) -> Benchmark:
    """The benchmark in a folder; raises `BenchmarkError`."""
    corpus, queries = _file(folder, "corpus.jsonl"), _file(folder, "queries.jsonl")
    qrels = sorted((folder / "qrels").glob("*.tsv"))
    grades: dict[str, dict[str, float]] = {}
    splits: dict[str, list[str]] = {}
    for path in qrels:
        for asked, document, grade in _judgements(path):
            grades.setdefault(asked, {})[document] = grade
            if path.stem not in splits.setdefault(asked, []):
                splits[asked].append(path.stem)
    found: dict[str, Query] = {}
    for number, value in _lines(queries):
        query = _query(queries, number, value, grades if qrels else None, splits)
        if query.id in found:
            raise BenchmarkError(f"{queries}, ligne {number} : l'identifiant {query.id!r} est déjà pris.")
        if not qrels or query.id in grades:
            found[query.id] = query
    if not found:
        raise BenchmarkError(f"{folder} : aucune question jugée (queries.jsonl et qrels/*.tsv ne se répondent pas).")
    return Benchmark(folder.resolve().name, corpus, tuple(found.values()), bool(qrels), source_of(folder))


def source_of(folder: Path) -> str:
    """Where a benchmark comes from: the line "Source: ..." of its README, its first sentence, else nothing."""
    path = folder / "README.md"
    text = path.read_text("utf-8", "replace") if path.is_file() else ""
    found = re.search(r"^[^\w\n]*source[^\w\n]*:[^\w\n]*(\w.*)$", text, re.IGNORECASE | re.MULTILINE)
    return re.split(r"\.(?:\s|$)", found[1])[0].replace("|", " ").strip() if found else ""


def write_documents(benchmark: Benchmark, path: Path) -> int:
    """Write the documents as `cooperation ingest --jsonl` reads them; returns how many. A title alone is a text."""
    written = 0
    with path.open("w", encoding="utf-8") as out:
        for number, value in _lines(benchmark.corpus):
            id, title = _id(benchmark.corpus, number, value), str(value.get("title") or "")
            text = str(value.get("text") or "")
            line = {"id": id, "title": title, "text": text if text.strip() else title, "lang": value.get("lang")}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            written += 1
    return written


def _query(
    path: Path,
    number: int,
    value: Mapping[str, Any],
    grades: Mapping[str, Mapping[str, float]] | None,
    splits: Mapping[str, list[str]],
) -> Query:
    id, text = _id(path, number, value), value.get("text")
    if not isinstance(text, str):
        raise BenchmarkError(f"{path}, ligne {number} : il manque 'text'.")
    relevant = value.get("relevant")
    if grades is None and not isinstance(relevant, (list, dict)):
        raise BenchmarkError(f"{path}, ligne {number} : il manque 'relevant', et il n'y a pas de dossier qrels/.")
    if grades is not None:
        own: Mapping[str, float] = grades.get(id, {})
    elif isinstance(relevant, dict):
        own = {str(document): float(grade) for document, grade in relevant.items()}
    else:
        own = dict.fromkeys(map(str, relevant or ()), 1.0)
    split = value.get("split")
    return Query(
        id=id,
        text=text,
        language=str(value.get("lang") or ""),
        grades=own,
        answers=tuple(str(answer) for answer in value.get("answers") or ()),
        splits=tuple(splits.get(id, ())) if grades is not None else ((str(split),) if split else ()),
        unanswerable=grades is None and not own,
    )


def _judgements(path: Path) -> Iterator[tuple[str, str, float]]:
    """Query, document and grade of each line; the header, which no grade ends, is passed over."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        parts = line.split("\t")
        try:
            query, document, grade = parts[0], parts[-2], float(parts[-1])
            if len(parts) not in (3, 4):  # trec_eval has a column more, that means nothing
                raise ValueError
        except (ValueError, IndexError):
            if number == 1:
                continue
            raise BenchmarkError(f"{path}, ligne {number} : question, document et note attendus.") from None
        yield query, document, grade


def _id(path: Path, number: int, value: Mapping[str, Any]) -> str:
    for key in ("_id", "id"):
        if value.get(key) not in (None, ""):
            return str(value[key])
    raise BenchmarkError(f"{path}, ligne {number} : il manque '_id' ou 'id'.")


def _file(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise BenchmarkError(f"{folder} : il manque {name} ; un jeu de recherche a corpus.jsonl et queries.jsonl.")


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    value = json.loads(line)
                    if not isinstance(value, dict):
                        raise BenchmarkError(f"{path}, ligne {number} : ce n'est pas un objet JSON.")
                    yield number, value
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BenchmarkError(f"{path} : fichier illisible ({error}).") from error
    except json.JSONDecodeError as error:
        raise BenchmarkError(f"{path}, ligne {number} : ce n'est pas du JSON.") from error
