"""An account as the rest of the product sees it: who, in which state, with which rights. Pure; holds no secret."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

Clock = Callable[[], float]
"""Seconds since the epoch; `time.time` in the product, a fake in tests."""


class Role(StrEnum):
    """What a person is to the product."""

    READER = "reader"
    EVALUATOR = "evaluator"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a role allows. Evaluators and editors are not above one another."""

    ASK = "ask"
    EVALUATE = "evaluate"
    EDIT = "edit"
    ADMINISTER = "administer"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.READER: frozenset({Right.ASK}),
    Role.EVALUATOR: frozenset({Right.ASK, Right.EVALUATE}),
    Role.EDITOR: frozenset({Right.ASK, Right.EDIT}),
    Role.ADMINISTRATOR: frozenset(Right),
}


class State(StrEnum):
    """Where an account stands. There is no unconfirmed one: a sign-up becomes an account when its address is."""

    PENDING = "pending"
    ACTIVE = "active"
    REFUSED = "refused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account. `groups` are the names of the groups whose documents it may read."""

    id: str
    identifier: str
    email: str
    role: Role
    state: State
    language: str
    created_at: float
    last_login_at: float | None
    groups: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether anything protected may be answered to it."""
        return self.state is State.ACTIVE

    def may(self, right: Right) -> bool:
        """Whether it has a right now: its role's, while it is active."""
        return self.active and right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something to an account, for the audit log and for the check of rights."""

    name: str
    role: Role
    id: str = ""
    ip: str = ""

    @classmethod
    def of(cls, account: Account, ip: str = "") -> Actor:
        """The actor that a signed-in account is; one that is not active gets no more than a reader's rights."""
        return cls(account.identifier, account.role if account.active else Role.READER, account.id, ip)


CONSOLE = Actor("console", Role.ADMINISTRATOR)
"""The person at the server's terminal, who can write to the database anyway."""
