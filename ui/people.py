"""Whom a request comes from. The guard has read the session's cookie; nothing that a page sends is asked."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import HTTPException
from starlette.types import Scope

from assistant.accounts.account import Account, Actor, Right
from assistant.accounts.sessions import Visit
from assistant.reader import Reader

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks; without an account, the one person in front of this machine, who may do everything."""

    account: Account | None
    ip: str = ""

    @property
    def owner(self) -> str | None:
        """Whose conversations theirs are."""
        return self.account.id if self.account else None

    @property
    def actor(self) -> Actor | str:
        """Who did it, for the audit log."""
        return Actor.of(self.account, self.ip) if self.account else LOCAL

    @property
    def reader(self) -> Reader | None:
        """Whose documents they may read: those of their own groups, whatever their role; without accounts, all."""
        return reader_of(self.account) if self.account else None

    def may(self, right: Right) -> bool:
        """Whether they have a right now."""
        return self.account.may(right) if self.account else True


def reader_of(account: Account) -> Reader:
    """What an account may read. Nobody is above it: managing documents is not reading them."""
    return Reader(account.groups)


def person(scope: Scope, accounts: bool) -> Person:
    """Who sent a request; with accounts, raises the error 401 for nobody."""
    visit, client = scope.get("visit"), scope.get("client")
    ip = str(client[0]) if client else ""
    if not accounts:
        return Person(None, ip)
    if not isinstance(visit, Visit):
        raise HTTPException(401)
    return Person(visit.account, ip)


def allowed_person(scope: Scope, accounts: bool, right: Right) -> Person:
    """Who sent a request that asks for a right; raises the error 403 for somebody without it."""
    found = person(scope, accounts)
    if not found.may(right):
        raise HTTPException(403)
    return found
