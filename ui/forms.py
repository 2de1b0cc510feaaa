"""What each account page asks for, in a language's words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from assistant.accounts.account import Account, Right
from assistant.accounts.api_tokens import ApiToken
from assistant.accounts.sessions import Session
from ui.i18n import Words
from ui.sheets import Field, Form, Sheet
from ui.token_pages import token_forms

PLAIN_PAGES: Final = ("/account/login", "/account/sign-up", "/account/forgotten", "/account")
"""The pages that show the same when they are opened again."""
TO_OWN: Final = ("/account", "account.own")
TO_LOGIN: Final = ("/account/login", "account.login")


def login(words: Words, may_sign_up: bool) -> Sheet:
    """Name and password."""
    fields = (
        Field("name", words["account.name"], autocomplete="username"),
        Field("password", words["account.password"], "password", "current-password"),
    )
    links = [("/account/sign-up", words["account.sign_up"])] if may_sign_up else []
    links.append(("/account/forgotten", words["account.forgotten"]))
    form = Form("/account/login", words["account.login"], fields)
    return Sheet("/account/login", words["account.login"], forms=(form,), links=tuple(links))


def sign_up(words: Words, least: int, is_open: bool, identifier: str = "", email: str = "") -> Sheet:
    """Identifier, address and password; a sentence when it is closed."""
    title, back = words["account.sign_up"], _to_login(words)
    if not is_open:
        return Sheet("/account/sign-up", title, words["mistakes.sign-up-closed"], links=back)
    form = Form("/account/sign-up", title, _identity(words, least, identifier, email))
    return Sheet("/account/sign-up", title, words["account.sign_up_how"], (form,), back)


def confirm(token: str, words: Words) -> Sheet:
    """The password that was chosen when asking."""
    field = Field("password", words["account.password"], "password", "current-password")
    form = Form("/account/confirm", words["account.confirm"], (field,), (("token", token),))
    return Sheet("/account/confirm", words["account.confirm"], words["account.confirm_how"], (form,))


def forgotten(words: Words) -> Sheet:
    """Name or address."""
    field = Field("name", words["account.name"], autocomplete="username")
    form = Form("/account/forgotten", words["account.send_link"], (field,))
    said = words["account.forgotten_how"]
    return Sheet("/account/forgotten", words["account.forgotten"], said, (form,), _to_login(words))


def reset(token: str, words: Words, least: int) -> Sheet:
    """A new password."""
    form = Form("/account/reset", words["account.choose"], (_new_password(words, least),), (("token", token),))
    return Sheet("/account/reset", words["account.choose"], forms=(form,))


def setup(token: str, words: Words, least: int, identifier: str = "", email: str = "") -> Sheet:
    """The first administrator."""
    form = Form(
        "/account/setup", words["account.make"], _identity(words, least, identifier, email), (("token", token),)
    )
    return Sheet("/account/setup", words["account.setup"], words["account.setup_how"], (form,))


def address(token: str, words: Words) -> Sheet:
    """The password of the account whose new address is confirmed."""
    field = Field("password", words["account.password"], "password", "current-password")
    title = words["account.confirm_email"]
    form = Form("/account/address", title, (field,), (("token", token),))
    return Sheet("/account/address", title, words["account.confirm_email_how"], (form,))


def own(
    account: Account,
    sessions: Sequence[Session],
    words: Words,
    least: int,
    tokens: Sequence[ApiToken] = (),
    email: tuple[str, str] = ("", ""),
) -> Sheet:
    """One's own account: who, log out, sessions, password, address, tokens, deletion.

    `email` is what was typed as a new address, and the one that waits to be confirmed.
    """
    current = Field("current", words["account.current"], "password", "current-password")
    ends = tuple(
        Form(
            "/account/sessions",
            words["account.end_session"],
            hidden=(("session", session.id),),
            title="" if number else words["admin.sessions"],
            said=_session(session, words),
            quiet=True,
            next=number > 0,
        )
        for number, session in enumerate(sessions)
    )
    said = words.fill("account.who", identifier=account.identifier, email=account.email)
    password = Form(
        "/account/password",
        words["account.change"],
        (current, _new_password(words, least)),
        title=words["account.change"],
    )
    typed, waits = email
    moved = Form(
        "/account/email",
        words["account.change_email"],
        (Field("email", words["account.new_email"], "email", "email", typed), current),
        title=words["account.change_email"],
        said=words.fill("account.email_waits", email=waits) if waits else words["account.change_email_how"],
    )
    leave = Form(
        "/account/delete",
        words["account.delete"],
        (current,),
        title=words["account.delete"],
        said=words["account.delete_how"],
        quiet=True,
    )
    out = Form("/account/logout", words["account.logout"], quiet=True)
    links = [("/", words["document.back"]), ("/api", words["api.title"])]
    links += [("/admin", words["admin.title"])] if account.may(Right.ADMINISTER) else []
    forms = (out, password, moved, *ends, *token_forms(tokens, words), leave)
    return Sheet("/account", words["account.own"], said, forms, tuple(links))


def note(about: str, words: Words, to: tuple[str, str] = TO_LOGIN, **values: object) -> Sheet:
    """A page that says what happened, or what happens next; `to` is the page to go on to, and its name's key."""
    key = f"notes.{about}"
    title, said = words[f"{key}.title"], words.fill(f"{key}.said", **values)
    return Sheet(to[0], title, said, links=((to[0], words[to[1]]),), done=True)


def dead_link(again: str, words: Words) -> Sheet:
    """A link that no longer works, and where to get another."""
    return Sheet(again, words["notes.dead.title"], words["mistakes.link"], links=((again, words["notes.dead.said"]),))


def _identity(words: Words, least: int, identifier: str, email: str) -> tuple[Field, ...]:
    return (
        Field("identifier", words["account.identifier"], autocomplete="username", value=identifier),
        Field("email", words["account.email"], "email", "email", email),
        _new_password(words, least, "account.password"),
    )


def _new_password(words: Words, least: int, label: str = "account.new_password") -> Field:
    hint = words.fill("account.rules", least=least)
    return Field("password", words[label], "password", "new-password", hint=hint)


def _session(session: Session, words: Words) -> str:
    at = datetime.fromtimestamp(session.seen_at, UTC)
    key = "account.this_session" if session.current else "account.other_session"
    return words.fill(key, ip=session.ip, date=words.date(at.date().isoformat()), time=f"{at:%H:%M}")


def _to_login(words: Words) -> tuple[tuple[str, str], ...]:
    return (("/account/login", words["account.login"]),)
