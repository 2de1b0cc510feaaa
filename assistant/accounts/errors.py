"""What can go wrong with an account, each with a stable `code` that the interface translates; messages are French.

None of them tells whether an account exists: what depends on that is told by mail, or not at all.
"""

from __future__ import annotations

from assistant.errors import AssistantError


class AccountError(AssistantError):
    """Something about an account that a person can act on; `code` is for the interface, `values` fill its text."""

    code = "account"

    def __init__(self, message: str, code: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.values = values


class BadIdentity(AccountError):
    """An identifier or an e-mail address that cannot be used; the message says what is taken."""

    code = "identity"


class PasswordRefused(AccountError):
    """A new password breaks the policy; `code` says which rule, the message how to choose another."""

    code = "password"


class PasswordWrong(AccountError):
    """The current password that was asked for again is not the right one, or was tried too often."""

    code = "password-wrong"


class LinkRefused(AccountError):
    """A link that was used, replaced, has expired or never was; the message says how to get another."""

    code = "link"


class SignUpClosed(AccountError):
    """Sign-up is closed, or closed to this e-mail domain; depends on the settings alone."""

    code = "sign-up-closed"


class Forbidden(AccountError):
    """The person's role does not allow this."""

    code = "forbidden"


class UnknownAccount(AccountError):
    """No account has this name; only administrators and the console are told so."""

    code = "unknown"


class NotPossible(AccountError):
    """The account's state does not allow this, or it is the last administrator; the message says what to do."""

    code = "not-possible"


class KeyFileUnsafe(AccountError):
    """The secret key's file can be read by others or is too short; the message says how to mend it."""

    code = "key-file"


class DatabaseUnavailable(AccountError):
    """The database cannot be opened; the message says why and which setting names it."""

    code = "database"


class TryLater(AccountError):
    """Too many requests from one network address; the message says how long to wait. Says nothing of any account."""

    code = "try-later"
