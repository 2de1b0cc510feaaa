"""The commands `cooperation users`: French lines or JSON, on the data directory's database, beside a service."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from account_fakes import CHEAP, PASSWORD, Clock, Desk, Post, desk_over, token_in

from assistant import cli
from assistant.accounts.account import Role
from assistant.accounts.commands import register_users
from assistant.accounts.keys import NAME, read_keys
from assistant.accounts.opening import open_accounts
from assistant.accounts.settings import AccountSettings
from assistant.ownership import Ownership

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def users(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `cooperation users ...` over a new data directory: exit code, output, errors."""
    monkeypatch.setenv("COOPERATION_ARGON2", ",".join(map(str, CHEAP)))
    monkeypatch.delenv("COOPERATION_DATABASE_URL", raising=False)
    monkeypatch.setattr(cli, "build_parser", parser)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = cli.main(["users", *arguments, "--data", str(data)])
        except SystemExit as left:
            code = int(left.code or 0)
        return code, *capsys.readouterr()

    return run


def parser() -> argparse.ArgumentParser:
    """A parser with this command alone, whether or not it is installed yet."""
    made = argparse.ArgumentParser(prog="cooperation")
    made.add_argument("--data")
    register_users(made.add_subparsers(required=True))
    return made


def reopened(data: Path) -> Desk:
    url, clock, post = f"sqlite:///{data / 'cooperation.db'}", Clock(), Post()
    return Desk(open_accounts(AccountSettings(argon2=CHEAP), url, data, clock, post), clock, post, url)


def test_the_first_administrator_comes_from_the_console(users: Run, data: Path) -> None:
    """R-13: a link in a message, here a file; then the account opens."""
    assert users("list")[1].startswith("Aucun compte.")
    code, said, _ = users("add", "chef", "chef@example.org", "--role", "administrator")
    assert code == 0
    assert said.startswith("créé : chef\tchef@example.org\tadministrateur\tactif")
    assert "écrit dans le dossier « outbox »" in said
    (file,) = (data / "outbox").glob("*.eml")
    token = token_in(message_from_bytes(file.read_bytes(), policy=policy.default))
    assert token not in said
    desk = reopened(data)
    desk.clock.now = file.stat().st_mtime + 60
    desk.accounts.reset(token, PASSWORD)
    assert desk.enter("chef")
    desk.opened.close()


def test_every_action_says_what_it_did_and_the_list_shows_it(users: Run, data: Path) -> None:
    """Also as JSON; each has its row in the log under the console's name."""
    users("add", "chef", "chef@example.org", "--role", "administrator")
    users("add", "amel", "amel@example.org", "--language", "ar")
    for arguments, said in [
        (("role", "amel", "editor"), "rôle donné : amel\tamel@example.org\téditeur\tactif"),
        (("groups", "amel@example.org", "Union africaine", "UE"), "UE, Union africaine"),
        (("groups", "amel"), "\t-"),
        (("disable", "amel"), "désactivé : amel"),
        (("enable", "AMEL"), "rouvert : amel"),
        (("reset", "amel"), "Message envoyé à amel@example.org"),
    ]:
        code, out, _ = users(*arguments)
        assert (code, said in out) == (0, True), out
    value = json.loads(users("list", "--json")[1])
    assert [account["identifier"] for account in value["accounts"]] == ["chef", "amel"]
    assert list(value["accounts"][1]) == [
        "id", "identifier", "email", "role", "state", "language", "groups", "created_at", "last_login_at",
    ]  # fmt: skip
    value = json.loads(users("reset", "amel", "--json")[1])
    assert (value["done"], value["mail"], value["account"]["identifier"]) == ("reset", "written", "amel")
    value = json.loads(users("role", "amel", "evaluator", "--json")[1])
    assert (value["done"], value["mail"], value["account"]["role"]) == ("role", "", "evaluator")
    assert users("list", "--state", "disabled")[1].startswith("Aucun compte")
    desk = reopened(data)
    with desk.opened.parts.database.reading() as connection:
        assert {entry.actor for entry in desk.opened.parts.audit.entries(connection)} == {"console"}
    desk.opened.close()


def test_a_sign_up_is_approved_or_refused_from_the_console(users: Run, data: Path) -> None:
    """R-13."""
    with desk_over(f"sqlite:///{data / 'cooperation.db'}", data) as desk:
        for name in ("amel", "lena"):
            desk.opened.sign_ups.ask(name, f"{name}@example.org", PASSWORD)
            desk.opened.sign_ups.confirm(token_in(desk.mail()), PASSWORD)
        assert users("list", "--state", "pending")[1].count("en attente") == 2
        assert "actif" in users("approve", "amel")[1]
        assert "refusé" in users("refuse", "lena")[1]
        assert desk.enter("amel")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("disable", "personne"), 1, "Aucun compte 'personne'"),
        (("approve", "chef"), 1, "ce compte est actif"),
        (("disable", "chef"), 1, "dernier administrateur"),
        (("add", "chef", "autre@example.org"), 1, "déjà pris"),
        (("add", "x", "x@example.org"), 1, "3 à 64"),
        (("add", "lena", "pas une adresse"), 1, "n'est pas valable"),
        (("groups", "chef", "a,b"), 1, "sans virgule"),
        (("role", "chef", "roi"), 2, "invalid choice"),
        ((), 2, "ACTION"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_a_code(
    users: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """As with every command."""
    users("add", "chef", "chef@example.org", "--role", "administrator")
    found, out, errors = users(*arguments)
    assert (found, out) == (code, "")
    assert said in errors


def test_a_command_works_beside_a_service(users: Run, data: Path) -> None:
    """It needs no ownership of the directory: a session ends at its next request."""
    ownership = Ownership(data)
    assert ownership.claim()
    with desk_over(f"sqlite:///{data / 'cooperation.db'}", data) as desk:
        desk.member("chef", Role.ADMINISTRATOR)
        desk.member("amel")
        secret = desk.enter("amel")
        assert users("disable", "amel")[0] == 0
        assert not desk.visits(secret)
    ownership.release()


def test_a_server_that_is_down_leaves_the_message_waiting(users: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""
    monkeypatch.setenv("COOPERATION_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("COOPERATION_SMTP_PORT", "1")
    code, said, _ = users("add", "chef", "chef@example.org")
    assert code == 0
    assert "attend dans la file d'envoi" in said


def test_importing_the_commands_opens_no_heavy_door() -> None:
    """`cooperation --help` stays cheap."""
    heavy = ["sqlalchemy", "alembic", "argon2", "email_validator", "numpy", "smtplib"]
    code = f"import sys, assistant.accounts.commands; print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_new_key_takes_the_first_place_and_the_last_one_counts_on(
    users: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-66: nobody is interrupted; where the environment gives the keys, it says what to do there."""
    code, said, _ = users("rotate-key")
    path = data / NAME
    assert (code, len(read_keys(path))) == (0, 2)
    assert str(path) in said
    newest = read_keys(path)[0]
    assert json.loads(users("rotate-key", "--json")[1]) == {"done": "rotate-key", "file": str(path)}
    assert read_keys(path)[1] == newest != read_keys(path)[0]
    monkeypatch.setenv("COOPERATION_SECRET_KEYS", newest.decode())
    code, _, told = users("rotate-key")
    assert code != 0
    assert "COOPERATION_SECRET_KEYS" in told
