"""What the services of this folder share, put together once by `opening`. Holds; does nothing."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.accounts.account import Clock
from assistant.accounts.api_tokens import ApiTokens
from assistant.accounts.audit import Audit
from assistant.accounts.database import Database
from assistant.accounts.passwords import Passwords
from assistant.accounts.policy import Policy
from assistant.accounts.sessions import Sessions
from assistant.accounts.settings import AccountSettings
from assistant.accounts.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Parts:
    """The collaborators. Transactions lock an account's row before its links and counts, whoever begins them."""

    settings: AccountSettings
    database: Database
    passwords: Passwords
    policy: Policy
    throttle: Throttle
    audit: Audit
    sessions: Sessions
    api_tokens: ApiTokens
    clock: Clock
