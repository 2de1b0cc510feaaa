"""A file that somebody brought, who that is, and why one is refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.accounts.account import Actor
from assistant.reader import Reader
from corpus.errors import AssistantError


class State(StrEnum):
    """How far a file has come. A refused one is not kept; its line says why."""

    WAITING = "waiting"
    READING = "reading"
    INDEXED = "indexed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file: the document it is, or is to become, and who brought it (`owner` is an account's id).

    `code` says why it is refused, for the interface; `reason` is the reader's own French. `groups` are those that may
    read it from its first day on, `None` for everybody; a replacement leaves them as they are.
    """

    id: str
    document: str
    owner: str | None
    by: str
    name: str
    suffix: str
    bytes: int
    state: State
    code: str = ""
    reason: str = ""
    groups: tuple[str, ...] | None = None
    replaces: bool = False
    made_at: float = 0.0
    done_at: float | None = None

    @property
    def file(self) -> str:
        """Its name on the disk, made of its id."""
        return f"{self.id}{self.suffix}"

    @property
    def done(self) -> bool:
        """Whether nothing more happens to it."""
        return self.state in (State.INDEXED, State.REFUSED)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who uses the library; `owner` is their account's id, `reader` what they may read."""

    owner: str | None
    name: str
    actor: Actor | str
    reader: Reader | None


class UploadRefused(AssistantError):
    """A file that is not taken in; `code` is for the interface, `values` fill its words."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"Fichier refusé : {code}.")
        self.code, self.values = code, values


class NotDescribed(AssistantError):
    """What a document was to be said to be cannot be; `code` says which of it, for the interface."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Donnée refusée : {code}.")
        self.code = code
