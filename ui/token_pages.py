"""A person's tokens for scripts: made on their account page, shown once, revoked there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from assistant.accounts.api_tokens import ApiToken
from ui.i18n import Words
from ui.sheets import Field, Form, Sheet


def token_forms(tokens: Sequence[ApiToken], words: Words) -> tuple[Form, ...]:
    """One form to make a token, and one to revoke each."""
    name = Field("name", words["tokens.name"], hint=words["tokens.name_how"])
    title, how = words["tokens.title"], words["tokens.how"]
    make = Form("/account/tokens", words["tokens.make"], (name,), title=title, said=how, quiet=True)
    revoke = Form("/account/tokens/revoke", words["tokens.revoke"], quiet=True)
    return (
        make,
        *(replace(revoke, hidden=(("token", token.id),), said=_said(token, words)) for token in tokens),
    )


def made(secret: str, words: Words) -> Sheet:
    """The only page that ever shows a token."""
    links = (("/account", words["account.own"]), ("/api", words["api.title"]))
    return Sheet("/account", words["tokens.made"], words["tokens.made_how"], links=links, done=True, secret=secret)


def _said(token: ApiToken, words: Words) -> str:
    used = _day(token.used_at, words) if token.used_at else words["tokens.never"]
    return words.fill("tokens.told", name=token.name, made=_day(token.created_at, words), used=used)


def _day(at: float, words: Words) -> str:
    return words.date(datetime.fromtimestamp(at, UTC).date().isoformat())
