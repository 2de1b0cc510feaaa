"""The documents a set is asked over when nobody's data are: read into the product's new directory, and named for good.

A file's id in the product ends in a mark of where it lies, which is another on each machine. Here a document goes by
its file's name alone ("decret-n-7" for `Décret n° 7.pdf`), in what a case calls relevant and in every answer that is
kept, so that a set and its baseline mean the same everywhere. The lines of a `.jsonl` file keep the ids, frameworks and
languages they give themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from assistant.answers.answer import Answer
from assistant.errors import AssistantError
from assistant.filters import NONE as NO_FILTERS
from assistant.filters import Filters
from corpus.files import files_below
from evals.case import CaseSet

if TYPE_CHECKING:
    from assistant.library import Outcome, Request
    from assistant.operations import Operations
    from index.records import DocumentRecord

Placed = TypeVar("Placed", bound=Any)
MARK = 7
"""How many characters of a file's id say where it lies: a hyphen and six digits."""


class DocumentsError(AssistantError):
    """A set's documents cannot be read, or a case names one that is not there; the message says which, and why."""


class Product(Protocol):
    """What an evaluation asks of the product."""

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """Answer a question from the documents that pass the filters, or refuse."""
        ...

    def documents(self) -> list[DocumentRecord]:
        """Every document, without its text."""
        ...

    def text(self, document: str) -> str:
        """A document's text."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """The product, with names of documents (id -> name) in place of their ids."""

    operations: Operations
    names: Mapping[str, str]

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        language: str = "",
        id: str = "",
        filters: Filters = NO_FILTERS,
    ) -> Answer:
        """The product's answer, its citations and passages under the names."""
        answer = self.operations.ask(question, history, language, id, filters)
        return replace(answer, citations=self._named(answer.citations), passages=self._named(answer.passages))

    def documents(self) -> list[DocumentRecord]:
        """Every document by its name, without its text."""
        return [replace(record, id=self.names.get(record.id, record.id)) for record in self.operations.documents()]

    def text(self, document: str) -> str:
        """The text of the document of this name."""
        return self.operations.text({name: id for id, name in self.names.items()}.get(document, document))

    def _named(self, places: tuple[Placed, ...]) -> tuple[Placed, ...]:
        return tuple(replace(place, document=self.names.get(place.document, place.document)) for place in places)


def requests(paths: Sequence[Path]) -> list[Request]:
    """What to ingest for these files and folders: the files together, and each `.jsonl` as a list of documents."""
    from assistant.library import Request

    files = [file for path in paths for file in files_below(path)]
    lists = [file for file in files if file.suffix.lower() == ".jsonl"]
    others = tuple(file for file in files if file not in lists)
    return ([Request(others)] if others else []) + [Request(jsonl=file) for file in lists]


def read_in(operations: Operations, paths: Sequence[Path], progress: Any = None) -> tuple[Named, list[Outcome]]:
    """Ingest these files and folders; the product with their names, and what was refused.

    A name that is taken already leaves the document its id.
    """
    taken = {record.id for record in operations.documents()}
    names: dict[str, str] = {}
    refused: list[Outcome] = []
    for request in requests(paths):
        for outcome in operations.ingest(request, progress):
            if outcome.status == "refused":
                refused.append(outcome)
                continue
            if outcome.status == "replaced":
                raise DocumentsError(
                    f"{outcome.path} : l'identifiant {outcome.id!r} est déjà pris ; donnez-en un autre."
                )
            name = outcome.id[:-MARK] if request.paths else outcome.id
            name = outcome.id if name in taken else name
            names[outcome.id] = name
            taken |= {outcome.id, name}
    return Named(operations, names), refused


def said(refused: Sequence[Outcome]) -> str:
    """The documents that were refused, each with its reason."""
    return " ; ".join(f"{outcome.path} : {outcome.reason}" for outcome in refused)


def unknown(cases: CaseSet, product: Product) -> dict[str, str]:
    """The documents that cases call relevant and that are not there, each with the first case that does."""
    known = {record.id for record in product.documents()}
    missing: dict[str, str] = {}
    for case in cases:
        for relevant in case.relevant:
            if relevant.document not in known:
                missing.setdefault(relevant.document, case.id)
    return missing
