"""The product as evaluations open it: over a data directory that is given, or over the shipped corpus in a new one.

Without `--data` nobody's documents are read: a temporary directory gets the shipped corpus and the set's own documents
(`evals.documents`), or those of `--documents` alone, so that the same set gives the same result everywhere. A set's own
document that cannot be read, or one that a case calls relevant and that is not there, is an error: its questions would
be asked of other texts.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answers.answer import Answer
from assistant.errors import AssistantError, UnknownDocument
from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters
from assistant.settings import Settings
from evals.case import Case, CaseSet
from evals.documents import DocumentsError, Named, Product, read_in, said, unknown
from evals.sourcing import Texts

if TYPE_CHECKING:
    from assistant.library import Outcome, Request
    from assistant.operations import Operations
    from evals.run import Progress

WARM_UP = 3
"""Questions tried, until one is answered, before anything is measured: the first one loads the model."""

_CODE = ("corpus", "index", "assistant")
_TEXTS = ("texts", "sources")


@contextmanager
def opened(
    settings: Settings, cases: CaseSet, *, given: bool = False, documents: Sequence[Path] = ()
) -> Iterator[Product]:
    """The product over the data directory of the settings where one was `given`, else over `documents` alone where
    there are any, else over the shipped corpus and the set's own documents.
    """
    if given:
        with _given(settings) as operations:
            note(_left_out(cases, "--data"), missing_note(cases, operations))
            yield operations
    elif documents:
        with _emptied(settings) as operations:
            product = _with(operations, documents)
            note(_left_out(cases, "--documents"), missing_note(cases, product))
            yield product
    else:
        from assistant.library import Request

        with temporary(settings, Request()) as (operations, _):
            product = _with(operations, cases.documents, strict=True)
            if missing := missing_note(cases, product):
                raise DocumentsError(f"{cases.name} : {missing}")
            yield product


@contextmanager
def _given(settings: Settings) -> Iterator[Operations]:
    from assistant.wiring import open_operations

    operations = open_operations(settings)
    try:
        yield operations
    finally:
        operations.close()


def _with(operations: Operations, paths: Sequence[Path], strict: bool = False) -> Named:
    """The product with these documents; raises `DocumentsError` where none can be read or, `strict`, one cannot."""
    with progress_bar("doc") as progress:
        product, refused = read_in(operations, paths, lambda done, total, _: progress(done, total))
    if refused and (strict or not product.names):
        raise DocumentsError(f"Documents refusés : {said(refused)}")
    note(f"documents refusés : {said(refused)}" if refused else "")
    return product


def _left_out(cases: CaseSet, option: str) -> str:
    names = ", ".join(path.name for path in cases.documents)
    return f"{option} : les documents de la suite ne sont pas lus ({names})" if names else ""


def missing_note(cases: CaseSet, product: Product) -> str:
    """The documents that cases call relevant and that the product does not have, in a sentence; empty without any."""
    missing = unknown(cases, product)
    places = ", ".join(f"{document!r} (cas {case!r})" for document, case in missing.items())
    return f"des documents attendus ne sont pas là : {places}" if places else ""


def note(*lines: str) -> None:
    """Tell these on the error stream, the empty ones left out."""
    for line in filter(None, lines):
        print(f"note : {line}", file=sys.stderr)


@contextmanager
def filled(settings: Settings, request: Request, data: Path) -> Iterator[tuple[Operations, list[Outcome]]]:
    """The product over the directory `data` with these documents, and what became of each."""
    with _over(settings, data) as operations:
        with progress_bar("doc") as progress:
            outcomes = list(operations.ingest(request, lambda done, total, _: progress(done, total)))
        yield operations, outcomes


@contextmanager
def temporary(settings: Settings, request: Request) -> Iterator[tuple[Operations, list[Outcome]]]:
    """The product over a new directory with these documents, and what became of each; the directory goes in the end."""
    with (
        tempfile.TemporaryDirectory(prefix="cooperation-evals-") as name,
        filled(settings, request, Path(name)) as opened,
    ):
        yield opened


@contextmanager
def _emptied(settings: Settings) -> Iterator[Operations]:
    """The product over a new directory, which goes in the end."""
    with tempfile.TemporaryDirectory(prefix="cooperation-evals-") as name, _over(settings, Path(name)) as operations:
        yield operations


@contextmanager
def _over(settings: Settings, data: Path) -> Iterator[Operations]:
    from assistant.wiring import open_assistant

    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    assistant = open_assistant(settings.over(data))
    try:
        yield assistant
    finally:
        assistant.close()


def ask_case(product: Product, case: Case) -> Answer:
    """The product's answer to a case, asked as a person asks: the question, the earlier ones and the framework chosen.

    The case's language is not told: to read it from the question is the product's work.
    """
    filters = Filters(frameworks=(case.framework,)) if case.framework else NO_FILTERS
    return product.ask(case.question, case.history, id=case.id, filters=filters)


def texts_of(product: Product) -> Texts:
    """The texts of the documents, each read once."""
    kept: dict[str, str | None] = {}

    def text(document: str) -> str | None:
        if document not in kept:
            try:
                kept[document] = product.text(document)
            except UnknownDocument:
                kept[document] = None
            except AssistantError:  # a running service says it in words of its own
                known = {record.id for record in product.documents()}
                if document in known:
                    raise
                kept[document] = None
        return kept[document]

    return text


def fingerprint(product: Product, cases: CaseSet, jobs: int) -> dict[str, str]:
    """What makes two runs differ besides the questions, by part; asks a question or two to warm up.

    `code` is a hash of the product's own files, `corpus` one of the hashes of all documents and what is told of them.
    """
    from evals.bench import this_machine

    answer = _warm_up(product, cases)
    parts = answer.fingerprint.split("|") if answer else []
    model, chunking = (*parts, "?", "?")[:2]
    documents = product.documents()
    machine = this_machine()
    return {
        "model": model,
        "draft": f"{answer.mode}, {answer.model}" if answer else "?",
        "threshold": f"{answer.threshold:g}" if answer else "?",
        "chunking": chunking,
        "questions": next((part for part in parts if part.startswith("questions/")), "off"),
        "reader": next((part for part in parts if "reader" in part), "?"),
        "lexical": "off" if "no-lexical" in parts else "on",
        "corpus": _hash(sorted(f"{r.sha256} {r.framework} {r.language} {r.date}" for r in documents)),
        "documents": str(len(documents)),
        "version": version("cooperation-assistant"),
        "code": code_hash(),
        "machine": f"{machine.processor}, {machine.cores} cores",
        "jobs": str(jobs),
    }


def code_hash() -> str:
    """Twelve hexadecimal digits that change with any file of the product but its texts."""
    lines = []
    for package in _CODE:
        spec = find_spec(package)
        folder = Path(spec.origin).parent if spec and spec.origin else Path()
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and "__pycache__" not in name.parts and name.parts[0] not in _TEXTS:
                lines.append(f"{package}/{name.as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return _hash(lines)


@contextmanager
def progress_bar(unit: str) -> Iterator[Progress]:
    """A progress bar on a terminal's error stream; silent elsewhere."""
    from tqdm import tqdm

    with tqdm(total=1, unit=unit, disable=None, leave=False, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.total = max(total, 1)
            bar.update(done - bar.n)

        yield show


def _warm_up(product: Product, cases: CaseSet) -> Answer | None:
    for case in cases.cases[:WARM_UP]:
        try:
            return ask_case(product, case)
        except Exception:  # it will be the record of that case
            continue
    return None


def _hash(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
