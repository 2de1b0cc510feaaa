"""The password given again by somebody who is known already, before what must not be done with a stolen session."""

from __future__ import annotations

from assistant.accounts import store
from assistant.accounts.account import Account, Actor
from assistant.accounts.errors import PasswordWrong
from assistant.accounts.parts import Parts
from assistant.accounts.settings import AccountSettings
from assistant.accounts.throttle import Limit


def tries(settings: AccountSettings) -> Limit:
    """How often a password may be tried, at a login or here."""
    return Limit(settings.login_hourly, 3600, free=settings.login_free_tries)


def prove(parts: Parts, account: Account, password: str, ip: str) -> str:
    """The hash that a password is right for; counts as a login does. Raises `PasswordWrong`."""
    key = f"login:{account.id}"
    with parts.database.writing() as connection:
        kept = store.get(connection, account.id)
        may = parts.throttle.take(connection, key, tries(parts.settings))
    hashed = kept.password_hash if kept and may else None
    right = may and parts.passwords.verify(hashed, password)
    with parts.database.writing() as connection:
        if right and hashed:
            parts.throttle.give_back(connection, key)
            return hashed
        actor = Actor.of(account, ip)
        detail = "" if may else "throttled"
        parts.audit.write(connection, "password-wrong", actor, account.identifier, detail=detail)
    raise wrong()


def wrong() -> PasswordWrong:
    """The same for a wrong password and one that was tried too often."""
    return PasswordWrong("Le mot de passe actuel n'est pas le bon, ou a été essayé trop souvent.")
