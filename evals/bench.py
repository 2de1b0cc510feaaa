"""What the benchmarks share: the machine they ran on, the texts they ran over, and figures as a table.

Nothing here makes text up: a benchmark runs over the shipped corpus or over texts that are given, and where fewer are
wanted they are drawn with a seed. Nothing heavy is imported.
"""

from __future__ import annotations

import json
import os
import platform
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from assistant.model_settings import ModelSettings
from assistant.settings import Settings
from corpus.errors import AssistantError, UnreadableDocument
from corpus.files import files_below

T = TypeVar("T")
Say = Callable[[str], None]
"""Is told each step as it ends: a benchmark takes minutes."""

PACKAGES = (
    "chromadb",
    "llama-index-core",
    "numpy",
    "onnxruntime",
    "sentence-transformers",
    "tantivy",
    "tokenizers",
    "torch",
    "transformers",
)


class BenchError(AssistantError):
    """A benchmark cannot go on: texts it cannot use, or a command that fails; the message names them and says why."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where figures come from. `load` is the one-minute load average before the run: well above 0, others were busy."""

    processor: str
    cores: int
    memory_gb: float
    load: float
    system: str
    python: str
    versions: dict[str, str]


@dataclass(frozen=True, slots=True)
class Text:
    """A document as a benchmark sees it."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Documents to index. Ours reads them from `files` or from `jsonl`; `documents` are the same, already read."""

    name: str
    documents: tuple[Text, ...]
    files: tuple[Path, ...] = ()
    jsonl: Path | None = None

    @property
    def characters(self) -> int:
        """Code points of all texts, without titles."""
        return sum(len(document.text) for document in self.documents)


def this_machine() -> Machine:
    """The machine this runs on, as it is now."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "-"
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        load=round(os.getloadavg()[0], 2),
        system=f"{platform.system()} {platform.release()}",
        python=platform.python_version(),
        versions=versions,
    )


def describe(machine: Machine) -> str:
    """The machine in two lines."""
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    return (
        f"{machine.processor}, {machine.cores} cores, {machine.memory_gb} GB, {machine.system}, "
        f"load {machine.load} at the start\nPython {machine.python}, {versions}"
    )


def read_texts(source: Path | None, work: Path, limit: int | None = None, seed: int = 0) -> Texts:
    """The texts of a JSON lines file or of a folder, or the shipped ones; `limit` of them, drawn with `seed`.

    A line is `{"id", "title", "text"}`. Files that cannot be read and lines without text are left out, for every
    system alike. What is drawn from a file is written to `work`. Raises `BenchError`.
    """
    if source is not None and source.is_file():
        return _from_lines(source, work, limit, seed)
    if source is not None and not source.is_dir():
        raise BenchError(f"{source} : ni un dossier ni un fichier ; --texts prend l'un ou l'autre (JSON par ligne).")
    return _from_files(source, limit, seed)


def read_json_lines(path: Path, *fields: str) -> list[dict[str, Any]]:
    """The objects of a JSON lines file; raises `BenchError` naming a line that lacks one of `fields`."""
    found = []
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{path} : fichier illisible ({error})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            missing = [field for field in fields if field not in value]
        except (ValueError, TypeError) as error:
            raise BenchError(f"{path}, ligne {number} : ce n'est pas du JSON") from error
        if missing:
            raise BenchError(f"{path}, ligne {number} : il manque {', '.join(map(repr, missing))}")
        found.append(value)
    return found


def drawn(items: Sequence[T], limit: int | None, seed: int) -> list[T]:
    """At most `limit` items, drawn with `seed`, in the order they had.

    >>> drawn("abcdef", 3, 0) == drawn("abcdef", 3, 0), drawn("ab", 3, 0), drawn("ab", None, 0)
    (True, ['a', 'b'], ['a', 'b'])
    """
    if limit is None or limit >= len(items):
        return list(items)
    return [items[at] for at in sorted(random.Random(seed).sample(range(len(items)), limit))]


def fresh_settings(settings: Settings, data: Path) -> Settings:
    """Settings for a data directory of the benchmark's own, on the bundled model and without a language model, whatever
    the environment says; whether the reader reads, words count and questions have an encoder, it says.
    """
    return replace(
        settings.over(data), embedding_model="", rerank_model="", refusal_threshold=None, llm=ModelSettings()
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its columns aligned: the first to the left, figures to the right.

    >>> print(table(["", "n"], [["a", "10"], ["bc", "2"]]))
    |    |  n |
    |----|---:|
    | a  | 10 |
    | bc |  2 |
    """
    lines = [list(header), *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]

    def written(line: Sequence[str]) -> str:
        first, *others = zip(line, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return "| " + " | ".join(cells) + " |"

    rule = "|".join("-" * (width + 2) if i == 0 else "-" * (width + 1) + ":" for i, width in enumerate(widths))
    return "\n".join([written(lines[0]), f"|{rule}|", *(written(line) for line in lines[1:])])


def count(value: float) -> str:
    """A large number as it is read.

    >>> count(12345.6)
    '12,346'
    """
    return f"{value:,.0f}"


def middle(values: Iterable[float]) -> float:
    """The median, as a float."""
    return float(median(values))


def _from_lines(source: Path, work: Path, limit: int | None, seed: int) -> Texts:
    lines = {str(line["id"]): line for line in read_json_lines(source, "id", "text")}
    documents = [Text(id, str(line.get("title") or ""), str(line["text"])) for id, line in lines.items()]
    documents = drawn([document for document in documents if document.text.strip()], limit, seed)
    if not documents:
        raise BenchError(f"{source} : aucun texte.")
    copy = work / "texts.jsonl"
    with copy.open("w", encoding="utf-8") as file:
        for item in documents:
            value = {"id": item.id, "title": item.title, "text": item.text, "lang": lines[item.id].get("lang")}
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
    return Texts(f"{source.parent.name}/{source.name}", tuple(documents), jsonl=copy)


def _from_files(source: Path | None, limit: int | None, seed: int) -> Texts:
    from corpus.guard import Worker
    from corpus.kinds import SUPPORTED
    from corpus.manifest import read_manifest, shipped_texts

    if source is None:
        folder = shipped_texts()
        names = {folder / entry.file: entry.title for entry in read_manifest(folder)}
    else:
        folder = source.absolute()
        names = dict.fromkeys((path for path in files_below(folder) if path.suffix.lower() in SUPPORTED), "")
    files, documents = [], []
    with Worker() as worker:
        for path in drawn(list(names), limit, seed):
            try:
                document = worker.load(path, path.name, names[path] or None)
            except UnreadableDocument:
                continue
            if document.text.strip():
                files.append(path)
                documents.append(Text(str(path), document.title, document.text))
    if not documents:
        raise BenchError(f"{folder} : aucun texte lisible ({', '.join(SUPPORTED)}).")
    return Texts("shipped texts" if source is None else folder.name, tuple(documents), tuple(files))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().split("\n")
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
