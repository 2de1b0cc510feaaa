"""What a person's conversations need together: where they are kept, what is thought of them, the log of what leaves."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.accounts.account import Clock
from assistant.accounts.audit import Audit
from assistant.accounts.database import Database
from assistant.conversations.conversations import Conversations
from assistant.conversations.opinions import Opinions
from ui.people import Person


@dataclass(frozen=True, slots=True)
class Diary:
    """The collaborators; does nothing but write in the log."""

    database: Database
    conversations: Conversations
    opinions: Opinions
    audit: Audit
    clock: Clock
    accounts: bool

    def note(self, who: Person, action: str, about: str, detail: str = "") -> None:
        """Write down in the audit log that somebody did this to that."""
        with self.database.writing() as connection:
            self.audit.write(connection, action, who.actor, about, ip=who.ip, detail=detail)


def diary(database: Database, clock: Clock, accounts: bool) -> Diary:
    """The diary over a database that stays the caller's to close; what was deleted before now goes off the disk."""
    kept = Conversations(database, clock)
    with database.writing() as connection:
        kept.purge(connection)
    return Diary(database, kept, Opinions(database, kept, clock), Audit(clock), clock, accounts)
