"""The commands `cooperation users ...`, for the person at the server's terminal. They open the database and no index.

They work beside a running service: both use the same tables in transactions. A letter that they ask for is sent at
once, so that they serve before any service runs. No password is asked for, shown or set.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from assistant.accounts.account import CONSOLE, Account, Role, State
from assistant.cli import add_command, takes_data
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.accounts.opening import Opened

Commands = argparse._SubParsersAction
ROLES = {
    Role.READER: "lecteur",
    Role.EVALUATOR: "évaluateur",
    Role.EDITOR: "éditeur",
    Role.ADMINISTRATOR: "administrateur",
}
STATES = {
    State.PENDING: "en attente",
    State.ACTIVE: "actif",
    State.REFUSED: "refusé",
    State.DISABLED: "désactivé",
}
MOVES = {
    "approve": ("accepter une inscription", "accepté"),
    "refuse": ("refuser une inscription", "refusé"),
    "disable": ("désactiver un compte : sessions et jetons prennent fin", "désactivé"),
    "enable": ("rouvrir un compte désactivé", "rouvert"),
    "reset": ("envoyer à son adresse un lien pour choisir un mot de passe", "lien demandé"),
}


def register_users(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation users`."""
    parser = add_command(commands, "users", "les comptes : list, add, approve, disable, reset...", _run)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listed = _action(actions, "list", "voir les comptes", _list)
    listed.add_argument("--state", choices=[str(state) for state in State], help="seulement ceux dans cet état")
    added = _action(actions, "add", "créer un compte ; son mot de passe se choisit par un lien envoyé", _add)
    added.add_argument("identifier", metavar="IDENTIFIANT")
    added.add_argument("email", metavar="ADRESSE")
    added.add_argument("--role", choices=[str(role) for role in Role], default=str(Role.READER), help="rôle (reader)")
    added.add_argument("--language", choices=("fr", "ar", "en"), default="fr", help="langue de ses messages (fr)")
    for name, (help, _done) in MOVES.items():
        _named(_action(actions, name, help, _move))
    role = _named(_action(actions, "role", "donner un rôle ; ses sessions prennent fin", _role))
    role.add_argument("role", metavar="ROLE", choices=[str(role) for role in Role], help=", ".join(Role))
    groups = _named(_action(actions, "groups", "donner ses groupes (aucun nom : plus aucun groupe)", _groups))
    groups.add_argument("groups", nargs="*", metavar="GROUPE")
    _action(actions, "rotate-key", "remplacer la clé secrète ; l'ancienne compte encore jusqu'à la suivante", _rotate)


def _action(
    actions: Commands[argparse.ArgumentParser], name: str, help: str, act: Callable[..., object]
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help, description=help)
    takes_data(parser)
    parser.add_argument("--json", action="store_true", help="résultat en JSON")
    parser.set_defaults(act=act, verb=name)
    return parser


def _named(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("name", metavar="NOM", help="identifiant ou adresse e-mail")
    return parser


def _run(options: argparse.Namespace) -> int:
    with opened(options) as accounts:
        options.act(accounts, options)
    return 0


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Opened]:
    """The accounts of the data directory that a command names."""
    from assistant.accounts.opening import open_accounts
    from assistant.accounts.settings import AccountSettings

    settings = Settings.from_env(os.environ, options.data)
    accounts = open_accounts(AccountSettings.from_env(os.environ), settings.database_url, settings.data)
    try:
        yield accounts
    finally:
        accounts.close()


def _list(accounts: Opened, options: argparse.Namespace) -> None:
    found = accounts.administration.accounts(CONSOLE, State(options.state) if options.state else None)
    if options.json:
        _print_json({"accounts": [to_json(account) for account in found]})
        return
    for account in found:
        print(line(account))
    if not found:
        print("Aucun compte. « cooperation users add IDENTIFIANT ADRESSE --role administrator » crée le premier.")


def _add(accounts: Opened, options: argparse.Namespace) -> None:
    role = Role(options.role)
    account = accounts.administration.add(CONSOLE, options.identifier, options.email, role, options.language)
    _report(accounts, options, account, "créé", letter="invitation")


def _move(accounts: Opened, options: argparse.Namespace) -> None:
    administration = accounts.administration
    moves: dict[str, Callable[..., Account]] = {
        "approve": administration.approve,
        "refuse": administration.refuse,
        "disable": administration.disable,
        "enable": administration.enable,
        "reset": administration.send_reset,
    }
    account = moves[options.verb](CONSOLE, options.name)
    letter = options.verb if options.verb in ("approve", "refuse", "reset") else ""
    _report(accounts, options, account, MOVES[options.verb][1], letter=letter)


def _role(accounts: Opened, options: argparse.Namespace) -> None:
    account = accounts.administration.set_role(CONSOLE, options.name, Role(options.role))
    _report(accounts, options, account, "rôle donné", letter="")


def _groups(accounts: Opened, options: argparse.Namespace) -> None:
    account = accounts.administration.set_groups(CONSOLE, options.name, options.groups)
    _report(accounts, options, account, "groupes donnés", letter="")


def _rotate(accounts: Opened, options: argparse.Namespace) -> None:
    from assistant.accounts.keys import key_file, rotate, secret_keys

    settings, data = accounts.parts.settings, Settings.from_env(os.environ, options.data).data
    path = key_file(settings, data)
    secret_keys(settings, data)  # makes the first one where there is none
    rotate(path)
    if options.json:
        _print_json({"done": "rotate-key", "file": str(path)})
    else:
        print(f"{path} : nouvelle clé. Redémarrez le service ; sessions et pages ouvertes restent valables.")


def _report(accounts: Opened, options: argparse.Namespace, account: Account, done: str, letter: str) -> None:
    """Send what waits, then say what was done and whether its letter has left."""
    accounts.outbox.send_due()
    mine = [mail for mail in accounts.outbox.queue() if mail.about == account.id]
    state = mine[0].state if mine and letter else ""
    if options.json:
        _print_json({"done": options.verb, "mail": state, "account": to_json(account)})
        return
    print(f"{done} : {line(account)}")
    if state in ("sent", "written"):
        print(f"Message envoyé à {account.email} ({_way(accounts)}).")
    elif state:
        print(f"Le message attend dans la file d'envoi ({mine[0].error}). Le service réessaiera.")


def _way(accounts: Opened) -> str:
    host = accounts.parts.settings.smtp_host
    return f"par {host}" if host else "écrit dans le dossier « outbox » des données, faute de serveur de courrier"


def to_json(account: Account) -> dict[str, Any]:
    """An account as scripts read it, times in ISO 8601."""
    return {
        "id": account.id,
        "identifier": account.identifier,
        "email": account.email,
        "role": account.role,
        "state": account.state,
        "language": account.language,
        "groups": list(account.groups),
        "created_at": _iso(account.created_at),
        "last_login_at": _iso(account.last_login_at) if account.last_login_at else None,
    }


def line(account: Account) -> str:
    """An account as a line, tabs between its parts."""
    seen = _iso(account.last_login_at)[:10] if account.last_login_at else "jamais connecté"
    parts = [account.identifier, account.email, ROLES[account.role], STATES[account.state], seen]
    return "\t".join([*parts, ", ".join(account.groups) or "-"])


def _iso(time: float) -> str:
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")


def _print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))
