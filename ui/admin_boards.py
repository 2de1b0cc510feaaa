"""What each page of the administrators shows, in a language's words. Pure; holds no secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from unicodedata import normalize
from urllib.parse import urlencode

from assistant.accounts.account import Account, Role, State
from assistant.accounts.audit import Entry
from assistant.accounts.outbox import Mail
from assistant.accounts.sessions import Session
from assistant.accounts.settings import AccountSettings
from ui.boards import Act, Ask, Board, Named, Row, Table
from ui.i18n import LANGUAGES, Words

if TYPE_CHECKING:
    from index.records import DocumentRecord

PAGE: Final = 100
"""Entries of the log on one page: as many as are read at a time."""
SECRET: Final = {"secret_keys", "smtp_password", "smtp_user", "secret_key_file"}
"""Settings that no page shows, not even whether they are set well."""


def people(accounts: Sequence[Account], words: Words, mistake: str = "") -> Board:
    """Who waits for approval first, then everybody, then a form to add somebody."""
    waiting = tuple(
        Row(_person(one, words)[:2], _link(one), (_do("approve", one, words, False), _do("refuse", one, words)))
        for one in accounts
        if one.state is State.PENDING
    )
    others = tuple(Row(_person(one, words), _link(one)) for one in accounts if one.state is not State.PENDING)
    head = tuple(words[f"admin.{name}"] for name in ("who", "email", "role", "is", "groups", "seen"))
    add = Act(
        "/admin/add",
        words["admin.add"],
        (
            Ask("identifier", words["account.identifier"]),
            Ask("email", words["account.email"], kind="email"),
            _role(Role.READER, words),
            Ask("language", words["admin.language"], LANGUAGES[0], _languages(words)),
        ),
        title=words["admin.add_title"],
    )
    tables = (
        Table(words["admin.to_approve"], (*head[:2], words["admin.do"]), waiting, words["admin.nobody_waits"]),
        Table(words["admin.everybody"], head, others, words["admin.nothing"]),
    )
    return Board("/admin", words["admin.people"], tables, acts=(add,), mistake=mistake)


def person(account: Account, sessions: Sequence[Session], words: Words, mistake: str = "") -> Board:
    """One account: what it is, what can be done to it, and where it is signed in."""
    possible = {
        State.PENDING: ("approve", "refuse", "reset"),
        State.ACTIVE: ("reset", "disable"),
        State.REFUSED: ("approve",),
        State.DISABLED: ("enable",),
    }[account.state]
    rows = tuple(
        Row(
            (session.ip, session.agent, _time(session.created_at, words), _time(session.seen_at, words)),
            acts=(_do("session", account, words, session=session.id),),
        )
        for session in sessions
    )
    head = tuple(words[f"admin.{name}"] for name in ("ip", "agent", "opened", "seen", "do"))
    about = tuple(words[f"admin.{name}"] for name in ("who", "email", "role", "is", "groups", "seen"))
    tables = (
        Table(words["admin.about"], about, (Row(_person(account, words)),), words["admin.nothing"]),
        Table(words["admin.sessions"], head, rows, words["admin.nothing"]),
    )
    every = (_do("sessions", account, words),) if sessions else ()
    name = (("name", account.identifier),)
    role = Act("/admin/person", words["admin.set_role"], (_role(account.role, words),), (*name, ("action", "role")))
    groups = Act(
        "/admin/person",
        words["admin.set_groups"],
        (Ask("groups", words["admin.groups_how"], ", ".join(account.groups)),),
        (*name, ("action", "groups")),
    )
    acts = (*every, *(_do(action, account, words, action != "approve") for action in possible), role, groups)
    return Board("/admin/person", account.identifier, tables, acts=acts, mistake=mistake)


def mail(letters: Sequence[Mail], state: str, words: Words) -> Board:
    """The outbox, the newest first. What was typed as a name is never shown: only an address that was written to."""
    states = ("waiting", "sent", "written", "dropped", "failed")
    options = (("", words["admin.all"]), *((name, words[f"admin.mail_{name}"]) for name in states))
    choose = Act("/admin/mail", words["admin.show"], (Ask("state", words["admin.is"], state, options),), method="get")
    rows = tuple(
        Row(
            (
                _named("letters", one.kind, words),
                one.recipient or "–",
                words[f"admin.mail_{one.state}"],
                str(one.attempts),
                _time(one.created_at, words),
                one.error,
            ),
            acts=(Act("/admin/mail", words["admin.retry"], hidden=(("id", one.id),)),)
            if one.state in ("waiting", "failed")
            else (),
        )
        for one in letters
    )
    head = tuple(words[f"admin.{name}"] for name in ("kind", "recipient", "is", "tries", "when", "error", "do"))
    table = Table(words["admin.mail"], head, rows, words["admin.nothing"])
    return Board("/admin/mail", words["admin.mail"], (table,), (choose,))


def log(entries: Sequence[Entry], action: str, text: str, words: Words) -> Board:
    """The audit log, the newest first; the filter takes an action's code, and shows its name."""
    asks = (
        Ask("action", words["admin.action"], action, _actions(action, words)),
        Ask("text", words["admin.about_whom"], text),
    )
    choose = Act("/admin/log", words["admin.show"], asks, method="get")
    rows = tuple(
        Row((_time(one.at, words), _named("acts", one.action, words), one.actor, one.about, one.ip, one.detail))
        for one in entries
    )
    head = tuple(words[f"admin.{name}"] for name in ("when", "action", "actor", "about", "ip", "detail"))
    table = Table(words["admin.log"], head, rows, words["admin.nothing"])
    older = {"action": action, "text": text, "before": entries[-1].id} if len(entries) == PAGE else {}
    more = f"/admin/log?{urlencode(older)}" if older else ""
    return Board("/admin/log", words["admin.log"], (table,), (choose,), more=more)


def state(records: Sequence[DocumentRecord], settings: AccountSettings, words: Words) -> Board:
    """What the index holds, and the settings in force."""
    languages = Counter(record.language for record in records)
    shown = ", ".join(
        f"{words[f'languages.{name}']} {n}" if name in LANGUAGES else f"? {n}" for name, n in languages.items()
    )
    latest = max((record.added_at for record in records), default="")
    facts = (
        Row((words["admin.documents"], str(len(records)))),
        Row((words["admin.passages"], str(sum(record.chunks for record in records)))),
        Row((words["admin.languages"], shown)),
        Row((words["admin.updated"], words.date(latest[:10]) if latest else "")),
    )
    rows = tuple(
        Row((field.name, _value(getattr(settings, field.name))))
        for field in fields(settings)
        if field.name not in SECRET
    )
    head = (words["admin.what"], words["admin.value"])
    tables = (
        Table(words["admin.index"], head, facts, words["admin.nothing"]),
        Table(words["admin.settings"], head, rows, words["admin.nothing"]),
    )
    return Board("/admin/state", words["admin.state"], tables)


def _named(kind: str, code: str, words: Words) -> Named:
    """A code of `admin.letters` or `admin.acts` by its name; one that has none, by itself."""
    return Named(words.table.get(f"admin.{kind}.{code}", code), code)


def _actions(chosen: str, words: Words) -> tuple[tuple[str, str], ...]:
    """Every action to choose from, by name; and the chosen one, should it have none."""
    above = "admin.acts."
    named = {key.removeprefix(above): name for key, name in words.table.items() if key.startswith(above)}
    options = sorted(({chosen: chosen} | named).items(), key=lambda one: normalize("NFD", one[1].casefold()))
    return (("", words["admin.all"]), *((code, name) for code, name in options if code))


def _do(action: str, account: Account, words: Words, quiet: bool = True, **more: str) -> Act:
    hidden = (("name", account.identifier), ("action", action), *more.items())
    return Act("/admin/person", words[f"admin.do_{action}"], hidden=hidden, quiet=quiet)


def _person(account: Account, words: Words) -> tuple[str, ...]:
    seen = _time(account.last_login_at, words) if account.last_login_at else words["tokens.never"]
    role, now = words[f"admin.role_{account.role}"], words[f"admin.state_{account.state}"]
    return (account.identifier, account.email, role, now, ", ".join(account.groups), seen)


def _link(account: Account) -> str:
    return f"/admin/person?{urlencode({'name': account.identifier})}"


def _role(role: Role, words: Words) -> Ask:
    return Ask("role", words["admin.role"], role, tuple((one.value, words[f"admin.role_{one}"]) for one in Role))


def _languages(words: Words) -> tuple[tuple[str, str], ...]:
    return tuple((code, words[f"languages.{code}"]) for code in LANGUAGES)


def _time(at: float, words: Words) -> str:
    when = datetime.fromtimestamp(at, UTC)
    return f"{words.date(when.date().isoformat())} {when:%H:%M}"


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
