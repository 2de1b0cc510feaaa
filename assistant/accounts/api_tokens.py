"""Tokens for scripts: a person's own rights, under a name, until revoked. Shown once, when made."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sql

from assistant.accounts import store
from assistant.accounts.account import Account, Actor, Clock
from assistant.accounts.audit import Audit, one_line
from assistant.accounts.database import Database
from assistant.accounts.errors import NotPossible
from assistant.accounts.tables import api_tokens
from assistant.accounts.tokens import API_PREFIX, digest, mint, new_id

MOST = 20
"""How many tokens a person may have."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as its owner sees it; `id` names it and opens nothing."""

    id: str
    name: str
    created_at: float
    used_at: float | None


class ApiTokens:
    """Makes, recognises and revokes them."""

    def __init__(self, database: Database, audit: Audit, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def make(self, account: Account, name: str, ip: str = "") -> str:
        """A new token's secret; raises `NotPossible` without a name, or when there are too many."""
        label = one_line(" ".join(name.split()), 100)
        if not label:
            raise NotPossible("Donnez un nom au jeton, par exemple celui du script qui s'en sert.", "token-name")
        secret = API_PREFIX + mint()
        with self._database.writing() as connection:
            store.get(connection, account.id, lock=True)
            count = sql.select(sql.func.count()).where(api_tokens.c.user_id == account.id)
            if connection.execute(count).scalar_one() >= MOST:
                raise NotPossible(f"Vous avez déjà {MOST} jetons. Révoquez-en un d'abord.", "token-many", most=MOST)
            values = {"digest": digest(secret), "id": new_id(), "user_id": account.id, "name": label}
            connection.execute(api_tokens.insert().values(**values, created_at=self._clock()))
            self._audit.write(connection, "token-made", Actor.of(account, ip), account.identifier, detail=label)
        return secret

    def account(self, secret: str) -> Account | None:
        """Whose token this is, if it stands and the account is active; `None` otherwise."""
        if not secret.startswith(API_PREFIX):
            return None
        now, which = self._clock(), api_tokens.c.digest == digest(secret)
        with self._database.reading() as connection:
            row = connection.execute(sql.select(api_tokens).where(which)).mappings().first()
            kept = store.get(connection, row["user_id"]) if row else None
        if row is None or kept is None or not kept.account.active:
            return None
        if now - (row["used_at"] or 0.0) >= 60:
            with self._database.writing() as connection:
                connection.execute(api_tokens.update().where(which).values(used_at=now))
        return kept.account

    def of(self, user: str) -> list[ApiToken]:
        """A person's tokens, the newest first."""
        columns = [api_tokens.c[name] for name in ("id", "name", "created_at", "used_at")]
        query = sql.select(*columns).where(api_tokens.c.user_id == user).order_by(api_tokens.c.created_at.desc())
        with self._database.reading() as connection:
            return [ApiToken(**row) for row in connection.execute(query).mappings()]

    def revoke(self, account: Account, id: str, ip: str = "") -> bool:
        """Revoke one of a person's own tokens; false when there is none of this id."""
        which = (api_tokens.c.user_id == account.id, api_tokens.c.id == one_line(id, 32))
        with self._database.writing() as connection:
            gone = connection.execute(api_tokens.delete().where(*which)).rowcount > 0
            if gone:
                self._audit.write(connection, "token-revoked", Actor.of(account, ip), account.identifier)
        return gone

    @staticmethod
    def revoke_all(connection: sql.Connection, user: str) -> None:
        """Revoke all of a person's tokens."""
        connection.execute(api_tokens.delete().where(api_tokens.c.user_id == user))
