"""The derived index: one folder holding Chroma, tantivy and the words of the texts, made from the records and kept
level with them.

`index-<n>/` is generation n; the records remember which one serves, with what fingerprint, and the last revision that
was applied to it. Changes are applied in place. A generation that is missing, of another fingerprint, or that was not
left in good order is probed in a child process (a broken file may crash whoever opens it) and, when it is wrong, made
anew beside the old one and switched to in one transaction. Nothing is embedded again for that.
"""

from __future__ import annotations

import hashlib
import json
import logging
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from corpus.errors import AssistantError
from index import lexical, store, vocabulary
from index.lexical import LexicalIndex
from index.records import EmbeddedChunk, Records
from index.store import NEAR, VectorStore, graphs_are_whole
from index.vocabulary import Vocabulary

_log = logging.getLogger(__name__)
Progress = Callable[[int], None]
Change = tuple[str, str, list[EmbeddedChunk] | None]
Batch = Sequence[Change]
VERSION = f"{lexical.VERSION}|{store.VERSION}|{vocabulary.VERSION}"
"""Part of the index fingerprint: of all that is derived."""
PROBE_SECONDS = 120
"""By the clock, for a machine that is busy with other things: a needless rebuild costs more than a long look."""
PROBE_PROCESSOR_SECONDS = 30
"""Of the processor: an index that keeps its reader turning in circles is given up after these."""
IN_USE, SEAL = "in-use", "sealed.json"
"""While the folder is open, and while it is closed: every file's hash, so that a change made meanwhile is seen."""
SAMPLE = 50
"""Passages that are looked for before an index that was not closed is gone on with."""
_WRITE_CHUNKS = 2000


class IndexBroken(AssistantError):
    """The derived index cannot be made; the records are whole and nothing is lost."""


class IndexBehind(AssistantError):
    """The derived index could not take in the last changes; the message says what to look at. Nothing is lost."""


class Generation:
    """The serving pair of indexes, always level with the records it was opened on."""

    def __init__(self, records: Records, folder: Path, number: int) -> None:
        self._records = records
        self._folder = folder
        self._mark = folder / IN_USE
        self._mark.touch()
        (folder / SEAL).unlink(missing_ok=True)
        self.number = number
        self.vectors = VectorStore(folder / "chroma")
        self.lexical = LexicalIndex(folder / "tantivy")
        self.vocabulary = Vocabulary(folder / "words")

    def catch_up(self, progress: Progress | None = None) -> None:
        """Apply every change since the last one applied; safe to repeat after any interruption.

        Raises `IndexBehind` when it cannot be written: what is there serves on, and the next catching up goes on.
        """
        try:
            self._catch_up(progress)
        except Exception as error:  # each library has errors of its own for a full disk
            raise IndexBehind(
                f"L'index n'a pas pu suivre ({type(error).__name__} : {str(error)[:200]}). Les documents enregistrés "
                "sont entiers. Vérifiez l'espace disque : l'index les rattrape au prochain ajout ou démarrage."
            ) from error

    def _catch_up(self, progress: Progress | None) -> None:
        applied = int(self._records.fact("applied") or 0)
        now = self._records.revision()
        if applied == now:
            return
        with ThreadPoolExecutor(1, thread_name_prefix="vectors") as beside:
            before: Future[None] | None = None
            for batch in _batches(self._records.changed_since(applied)):
                added = beside.submit(self._apply_vectors, batch, applied > 0)  # while Python works on the words
                self._apply_words(batch)
                if before is not None:
                    before.result()
                before = added
                if progress:
                    progress(sum(len(chunks or ()) for _document, _language, chunks in batch))
            if before is not None:
                before.result()
        self._records.set_fact("applied", str(now))

    def _apply_words(self, batch: Batch) -> None:
        with self.lexical.writer() as writer:
            for document, language, chunks in batch:
                writer.remove(document)
                writer.add([item.chunk for item in chunks or ()], language)
        self.vocabulary.apply(
            [
                (document, language, None if chunks is None else [item.chunk for item in chunks])
                for document, language, chunks in batch
            ]
        )

    def _apply_vectors(self, batch: Batch, some_held: bool) -> None:
        if some_held:
            self.vectors.remove([document for document, _language, _chunks in batch])
        languages = {document: language for document, language, _chunks in batch}
        embedded = [item for _document, _language, chunks in batch for item in chunks or ()]
        if embedded:
            self.vectors.add(
                [item.chunk.id for item in embedded],
                np.stack([item.vector for item in embedded]),
                [item.chunk.document for item in embedded],
                [languages[item.chunk.document] for item in embedded],
            )

    def close(self) -> None:
        """Leave the folder in good order."""
        self.vectors.close()
        self.vocabulary.tidy()
        seal(self._folder)
        self._mark.unlink(missing_ok=True)


def open_generation(
    records: Records, data: Path, fingerprint: str, progress: Progress | None = None, anew: bool = False
) -> Generation:
    """The serving generation, repaired or made anew when it has to be (or is asked), and level with the records."""
    state = json.loads(records.fact("generation") or "{}")
    number = int(state.get("number", 0))
    folder = data / f"index-{number}"
    closed = not (folder / IN_USE).exists()
    if not anew and state.get("fingerprint") == fingerprint and _in_order(folder):
        generation = _caught_up(records, folder, number, progress, closed)
        if generation is not None:
            return generation
    return _make_anew(records, data, number + 1, fingerprint, progress)


def as_left(records: Records, data: Path) -> Generation | None:
    """The serving generation as it is, caught up but never made anew; `None` when there is none that can be opened."""
    number = int(json.loads(records.fact("generation") or "{}").get("number", 0))
    folder = data / f"index-{number}"
    if not (folder / "chroma").is_dir() or not (folder / "tantivy").is_dir() or not probe(folder):
        return None
    generation = None
    try:
        generation = Generation(records, folder, number)
        generation.catch_up()
    except Exception as error:  # as for `_caught_up`
        _log.warning("%s cannot be opened: %s", folder.name, error)
        _let_go(generation)
        return None
    return generation


def in_words(records: Records, data: Path, fingerprint: str) -> tuple[str, bool]:
    """What there is of an index, in French, and whether the next opening can go on with it. Opens nothing itself."""
    state = json.loads(records.fact("generation") or "{}")
    folder = data / f"index-{int(state.get('number', 0))}"
    if not state:
        return "pas encore d'index", records.count_chunks() == 0
    if state.get("fingerprint") != fingerprint:
        return f"fait avec d'autres réglages ({state.get('fingerprint')})", False
    if not (folder / "chroma").is_dir() or not (folder / "tantivy").is_dir():
        return f"{folder.name} manque", False
    behind = records.revision() - int(records.fact("applied") or 0)
    in_use = ", ouvert ou laissé ouvert" if (folder / IN_USE).exists() else ""
    return f"{folder.name}{in_use}, {behind} changement(s) à appliquer", True


def _caught_up(
    records: Records, folder: Path, number: int, progress: Progress | None, closed: bool
) -> Generation | None:
    """The generation in `folder`, level with the records; `None` when its files are not as they were left."""
    generation = None
    try:
        generation = Generation(records, folder, number)
        generation.catch_up(progress)
        if _level(generation, records) and (closed or _finds_itself(generation, records)):
            return generation
    except Exception as error:  # each library has errors of its own for a damaged file, and the records mend them all
        _log.warning("%s is made anew: %s", folder.name, error)
    _let_go(generation)
    return None


def _let_go(generation: Generation | None) -> None:
    """Let the files go of one that is not as it should be; its folder is not told to be in good order."""
    if generation is not None:
        with suppress(Exception):  # as for opening it: each library has errors of its own for a damaged file
            generation.vectors.close()


def _make_anew(records: Records, data: Path, number: int, fingerprint: str, progress: Progress | None) -> Generation:
    folder = data / f"index-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    records.set_fact("applied", "0")
    generation = Generation(records, folder, number)
    try:
        generation.catch_up(progress)
        if not _level(generation, records):
            raise IndexBroken(
                f"L'index reconstruit dans {folder} ne correspond pas aux documents enregistrés. "
                "Vérifiez l'espace disque, puis relancez la commande."
            )
        records.set_fact("generation", json.dumps({"number": number, "fingerprint": fingerprint}))
    except BaseException:
        _let_go(generation)
        raise
    for other in data.glob("index-*"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return generation


def _in_order(folder: Path) -> bool:
    """Whether the folder can be opened safely: it is as it was left, or a child process can search it."""
    if not (folder / "chroma").is_dir() or not (folder / "tantivy").is_dir():
        return False
    if not (folder / IN_USE).exists() and (folder / SEAL).exists():
        return _is_as_sealed(folder)
    return probe(folder)


def seal(folder: Path) -> None:
    """Write down what every file of a closed folder is."""
    part = folder / f"{SEAL}.part"
    part.write_text(json.dumps(_hashes(folder)), "utf-8")
    part.replace(folder / SEAL)


def _is_as_sealed(folder: Path) -> bool:
    try:
        return bool(json.loads((folder / SEAL).read_text("utf-8")) == _hashes(folder))
    except (OSError, ValueError):
        return False


def _hashes(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith((IN_USE, SEAL)):
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "blake2b").hexdigest()
    return found


def _finds_itself(generation: Generation, records: Records) -> bool:
    """Whether passages drawn over the whole index are as they were written, and enough are found by their own vectors.

    Wrong bytes may open all the same.
    """
    own = {id: item.vector for id, item in records.get(records.sample_ids(SAMPLE)).items()}
    held = generation.vectors.vectors(list(own))
    as_written = own.keys() == held.keys() and all(float(held[id] @ own[id]) >= NEAR for id in own)
    return as_written and generation.vectors.find_themselves(list(own.values()))


def probe(folder: Path) -> bool:
    """Whether a child process can open the folder and search it within the limits above."""
    if not graphs_are_whole(folder / "chroma"):
        return False
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "index.generations", str(folder)],
            timeout=PROBE_SECONDS,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _level(generation: Generation, records: Records) -> bool:
    expected = records.count_chunks()
    same = generation.vectors.count() == expected == generation.lexical.count()
    return same and generation.vocabulary.documents() == len(records.documents())


def _batches(changes: Iterator[Change]) -> Iterator[list[Change]]:
    batch: list[Change] = []
    size = 0
    for change in changes:
        batch.append(change)
        size += len(change[2] or ())
        if size >= _WRITE_CHUNKS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _probe_here(folder: Path) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (PROBE_PROCESSOR_SECONDS, PROBE_PROCESSOR_SECONDS))
    if VectorStore(folder / "chroma").probe() != LexicalIndex(folder / "tantivy").count():
        raise SystemExit(3)


if __name__ == "__main__":
    _probe_here(Path(sys.argv[1]))
