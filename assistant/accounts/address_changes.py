"""A new e-mail address for one's own account: asked with the password, confirmed from the new mailbox with it again.

Until then nothing changes. Whether the new address is another account's is told by mail alone, to its owner. The old
address is written to when the change is asked for, while it can still be stopped, and when it is done. The password is
asked for with the link as well: a typing mistake would otherwise hand the account to whoever reads that mailbox.
"""

from __future__ import annotations

from assistant.accounts import store, tokens
from assistant.accounts.account import Account, Actor
from assistant.accounts.errors import BadIdentity, LinkRefused, NotPossible, SignUpClosed, TryLater
from assistant.accounts.identity import domain_of, name_key, parse_email
from assistant.accounts.outbox import enqueue
from assistant.accounts.parts import Parts
from assistant.accounts.proof import prove
from assistant.accounts.store import AddressChange
from assistant.accounts.throttle import Limit
from assistant.accounts.tokens import Link


class AddressChanges:
    """What the owner of an account does to change its address."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def ask(self, account: Account, email: str, password: str, ip: str = "") -> None:
        """Ask for a new address; an earlier request ends. The answer says nothing of who has that address.

        Raises `PasswordWrong`, `BadIdentity`, `SignUpClosed` for a domain that is not let in, `TryLater`.
        """
        parts = self._parts
        address = parse_email(email)
        if name_key(address) == name_key(account.email):
            raise BadIdentity("C'est déjà l'adresse de ce compte.", "email-same")
        domains = parts.settings.sign_up_domains
        if domains and domain_of(address) not in domains:
            raise SignUpClosed(f"L'adresse doit être de : {', '.join(domains)}.", "email-domain", domains=domains)
        prove(parts, account, password, ip)
        with parts.database.writing() as connection:
            kept = store.get(connection, account.id, lock=True)
            limit = Limit(parts.settings.mail_hourly, 3600)
            if kept is None or not parts.throttle.take(connection, f"address-change:{account.id}", limit):
                raise TryLater("Trop de demandes pour ce compte. Réessayez dans une heure.", "email-later")
            now = parts.clock()
            asked = AddressChange(account.id, address, kept.account.email, now)
            store.end_address_changes(connection, account.id)
            tokens.end(connection, Link.ADDRESS, account.id)  # a link for the address before must not confirm this one
            store.put_address_change(connection, asked)
            enqueue(connection, "address-confirm", asked.id, now)
            enqueue(connection, "address-asked", asked.id, now)
            actor = Actor.of(account, ip)
            parts.audit.write(connection, "address-asked", actor, account.identifier, detail=address)

    def waiting(self, account: Account) -> str:
        """The new address that waits to be confirmed, or nothing."""
        with self._parts.database.reading() as connection:
            asked = store.address_change_of(connection, account.id)
        return asked.email if asked and asked.made_at + self._seconds > self._parts.clock() else ""

    def works(self, token: str) -> bool:
        """Whether a confirmation link still works; looking does not use it."""
        with self._parts.database.reading() as connection:
            return tokens.look(connection, Link.ADDRESS, token, self._parts.clock()) is not None

    def confirm(self, token: str, password: str, ip: str = "") -> Account:
        """The account with its new address; every other link of it ends.

        Raises `LinkRefused`, `PasswordWrong` (five tries a link), `NotPossible` when the address was taken meanwhile.
        """
        parts = self._parts
        with parts.database.writing() as connection:
            subject = tokens.count_try(connection, Link.ADDRESS, token, parts.clock())
            kept = store.get(connection, subject) if subject else None
        if kept is None or not kept.account.active:
            raise _dead_link()
        hashed = prove(parts, kept.account, password, ip)
        with parts.database.writing() as connection:
            kept = store.get(connection, kept.account.id, lock=True)
            if kept is None or not kept.account.active or kept.password_hash != hashed:
                raise _dead_link()
            account, now = kept.account, parts.clock()
            asked = store.address_change_of(connection, account.id)
            if tokens.use(connection, Link.ADDRESS, token, now) is None or asked is None:
                raise _dead_link()
            if not store.move_address(connection, asked, now):
                raise NotPossible("Cette adresse a été prise entre-temps. Demandez-en une autre.", "email-taken")
            tokens.kill(connection, account.id)
            enqueue(connection, "address-changed", asked.id, now)
            told = f"{asked.before} -> {asked.email}"
            parts.audit.write(connection, "address-changed", Actor.of(account, ip), account.identifier, detail=told)
            changed = store.get(connection, account.id)
        assert changed is not None
        return changed.account

    @property
    def _seconds(self) -> float:
        return self._parts.settings.confirm_hours * 3600.0


def _dead_link() -> LinkRefused:
    return LinkRefused("Ce lien ne marche plus : il a servi, a été remplacé, ou son délai est passé. Recommencez.")
