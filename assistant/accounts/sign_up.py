"""Signing up: ask, confirm the address, then wait for approval (or not, for listed domains).

Whether an identifier or an address is known already is told by mail alone, so the page answers everybody alike. What
was asked becomes an account only when the mailed link comes back *with the password chosen when asking*: otherwise a
stranger could sign up with somebody's address, wait for a careless click, and hold that person's account.
"""

from __future__ import annotations

from assistant.accounts import store, tokens
from assistant.accounts.account import Account, Role, State
from assistant.accounts.errors import LinkRefused, NotPossible, PasswordWrong, SignUpClosed, TryLater
from assistant.accounts.identity import domain_of, parse_email, parse_identifier
from assistant.accounts.letters import LANGUAGES
from assistant.accounts.outbox import enqueue
from assistant.accounts.parts import Parts
from assistant.accounts.store import SignUp
from assistant.accounts.throttle import Limit, address_key
from assistant.accounts.tokens import Link


class SignUps:
    """What an anonymous visitor can do to get an account."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @property
    def open(self) -> bool:
        """Whether there is anything to fill in."""
        return self._parts.settings.sign_up != "closed"

    def ask(self, identifier: str, email: str, password: str, language: str = "fr", ip: str = "") -> None:
        """Ask for an account. What raises depends on the settings, on what was typed and on the visitor's address."""
        parts = self._parts
        if not self.open:
            raise SignUpClosed("Les inscriptions sont fermées. Adressez-vous à l'administrateur.")
        given, address = parse_identifier(identifier), parse_email(email)
        domains = parts.settings.sign_up_domains
        if domains and domain_of(address) not in domains:
            raise SignUpClosed(
                f"Inscrivez-vous avec une adresse de : {', '.join(domains)}.", "sign-up-domain", domains=domains
            )
        parts.policy.check(password, (given, address))
        with parts.database.writing() as connection:
            limit = Limit(parts.settings.mail_hourly_address, 3600)
            if not parts.throttle.take(connection, f"sign-up:{address_key(ip)}", limit):
                raise TryLater("Trop d'inscriptions depuis cette adresse réseau. Réessayez dans une heure.")
        kept = parts.passwords.hash(password)
        language = language if language in LANGUAGES else LANGUAGES[0]
        strong = parts.policy.suits_administrator(password)
        asked = SignUp(given, address, kept, strong, language, parts.clock())
        with parts.database.writing() as connection:
            store.put_sign_up(connection, asked)
            enqueue(connection, "sign-up", asked.id, parts.clock())
            parts.audit.write(connection, "sign-up", "visitor", given, ip=ip)

    def works(self, token: str) -> bool:
        """Whether a confirmation link still works; looking does not use it."""
        with self._parts.database.reading() as connection:
            return tokens.look(connection, Link.CONFIRM, token, self._parts.clock()) is not None

    def confirm(self, token: str, password: str, ip: str = "") -> Account:
        """The account that a confirmed sign-up becomes: active, or pending until somebody approves it.

        Raises `LinkRefused`, `PasswordWrong` (five tries a link), or `NotPossible` when the name was taken meanwhile.
        """
        parts = self._parts
        with parts.database.writing() as connection:
            subject = tokens.count_try(connection, Link.CONFIRM, token, parts.clock())
            asked = store.get_sign_up(connection, subject) if subject else None
        if asked is None:
            raise _dead_link()
        if not parts.passwords.verify(asked.password_hash, password):
            raise PasswordWrong("Ce n'est pas le mot de passe choisi à l'inscription.")
        direct = parts.settings.sign_up == "domains" and domain_of(asked.email) in parts.settings.sign_up_domains
        state = State.ACTIVE if direct else State.PENDING
        now = parts.clock()
        account = Account(tokens.new_id(), asked.identifier, asked.email, Role.READER, state, asked.language, now, None)
        with parts.database.writing() as connection:
            if tokens.use(connection, Link.CONFIRM, token, now) is None:
                raise _dead_link()
            if not store.add(connection, account, asked.password_hash, asked.admin_grade):
                raise NotPossible(
                    "Cet identifiant ou cette adresse a été pris entre-temps. Inscrivez-vous à nouveau.", "taken"
                )
            store.remove_sign_ups(connection, email=asked.email)
            parts.audit.write(connection, "confirmed", account.identifier, account.identifier, ip=ip, detail=state)
            if state is State.PENDING:
                for administrator in store.administrators(connection):
                    enqueue(connection, "to-approve", administrator.id, now)
        return account


def _dead_link() -> LinkRefused:
    return LinkRefused("Ce lien ne marche plus : il a servi, ou son délai est passé. Inscrivez-vous à nouveau.")
