"""A look at the installation: will it serve, is it safe to, and what is there to do if not?

Each look is small and independent: one that fails says so and the next is taken all the same. Nothing is
repaired, and nothing is created where nothing is. With `offline`, no connection is let
out, and what asked for one is told.
"""

from __future__ import annotations

import os
import shutil
import smtplib
import stat
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from assistant.accounts.settings import AccountSettings, problems
from assistant.ownership import Ownership
from assistant.settings import Settings
from assistant.upkeep.egress import watched
from assistant.upkeep.floors import OLD_DAYS, TOO_OLD_DAYS, below, read_floors
from corpus.errors import AssistantError

State = Literal["ok", "warning", "wrong"]
WORDS: dict[State, str] = {"ok": "bien", "warning": "à voir", "wrong": "FAUX"}
FREE_BYTES, FREE_SHARE = 1 << 30, 0.05
MAIL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found; `mend` says what to do about it."""

    name: str
    state: State
    message: str
    mend: str = ""


def to_json(findings: list[Finding]) -> dict[str, Any]:
    """The findings as plain JSON values; `ok` unless one is wrong."""
    return {"ok": all(found.state != "wrong" for found in findings), "checks": list(map(asdict, findings))}


def examine(environ: Mapping[str, str], data: str | None, offline: bool, today: date | None = None) -> list[Finding]:
    """Every look, in order; the settings first, for without them there is nothing else to look at."""
    findings = [*_python(), *_versions(today or date.today())]
    try:
        settings, accounts = Settings.from_env(environ, data), AccountSettings.from_env(environ)
    except AssistantError as error:
        return [*findings, Finding("settings", "wrong", str(error), "corrigez ce réglage")]
    findings += _settings(accounts)
    looks: dict[str, Callable[[], Iterator[Finding]]] = {
        "data": lambda: _data(settings.data),
        "disk": lambda: _disk(settings.data),
        "owner": lambda: _owner(settings),
        "database": lambda: _database(settings),
        "model": lambda: _model(settings),
        "index": lambda: _index(settings),
        "mail": lambda: _mail(accounts, settings.data, offline),
    }
    with watched(refuse=offline) as watch:
        for name, look in looks.items():
            findings += _taken(name, look)
    return [*findings, *_egress(watch.attempts, accounts, settings, offline)]


def _taken(name: str, look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except AssistantError as error:
        return [Finding(name, "wrong", str(error), "suivez ce que dit le message")]
    except Exception as error:  # whatever is broken, the other looks are still worth having
        told = f"{type(error).__name__} : {str(error)[:300]}"
        return [Finding(name, "wrong", told, "cooperation verify, puis le journal du service")]


def _python() -> Iterator[Finding]:
    told = f"Python {sys.version.split()[0]}"
    yield Finding("python", "ok" if sys.version_info >= (3, 11) else "wrong", told, "Python 3.11 ou plus récent")


def _versions(today: date) -> Iterator[Finding]:
    table = read_floors()
    for floor, own in below(table.floors):
        yield Finding(
            "versions",
            "wrong",
            f"{floor.package} {own} est sous {floor.at_least} ({floor.advisory})",
            f"pip install '{floor.package}>={floor.at_least}'",
        )
    age = table.age(today)
    state: State = "ok" if age <= OLD_DAYS else "warning" if age <= TOO_OLD_DAYS else "wrong"
    told = f"table des versions sûres du {table.date}, {len(table.floors)} paquets, {age} jours"
    yield Finding("versions", state, told, "" if state == "ok" else "mettez le produit à jour")


def _settings(accounts: AccountSettings) -> Iterator[Finding]:
    wrong = problems(accounts)
    for told in wrong:
        yield Finding("settings", "wrong", told, "corrigez ce réglage")
    if not wrong:
        yield Finding("settings", "ok", f"mode {accounts.mode}")


def _data(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        yield Finding("data", "warning", f"{data} n'existe pas encore", "cooperation ingest, ou --data")
        return
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        yield Finding("data", "wrong", f"{data} n'est pas accessible en écriture", f"chown -R {os.getuid()} {data}")
        return
    database = data / "cooperation.db"
    if database.exists() and stat.S_IMODE(database.stat().st_mode) & 0o077:
        yield Finding("data", "wrong", f"{database} peut être lu par d'autres", f"chmod 600 {database}")
    else:
        yield Finding("data", "ok", str(data))


def _disk(data: Path) -> Iterator[Finding]:
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    usage = shutil.disk_usage(there)
    told = f"{usage.free / 1e9:.1f} Go libres sur {usage.total / 1e9:.0f}"
    enough = usage.free >= FREE_BYTES and usage.free >= FREE_SHARE * usage.total
    yield Finding("disk", "ok" if enough else "wrong", told, "" if enough else "libérez de la place : 1 Go et 5 %")


def _owner(settings: Settings) -> Iterator[Finding]:
    if not (settings.data / "owner.lock").exists():
        yield Finding("owner", "ok", "aucun service n'a encore utilisé le dossier")
        return
    ownership = Ownership(settings.data)
    if ownership.claim():
        ownership.release()
        yield Finding("owner", "ok", "aucun service n'utilise le dossier")
        return
    from assistant.remote import RemoteAssistant
    from assistant.wiring import SOCKET

    RemoteAssistant.connect(settings.data / SOCKET, ownership.owner())
    yield Finding("owner", "ok", f"le service {ownership.owner()} répond")


def _database(settings: Settings) -> Iterator[Finding]:
    from assistant.upkeep.backup import HISTORIES
    from index.archive import database_file, reading, revisions, row_counts

    file = database_file(settings.database_url)
    if file is not None and not file.is_file():
        yield Finding("database", "warning", "pas encore de base de données", "cooperation ingest")
        return
    with reading(settings.database_url) as connection:
        at, counts = revisions(connection, HISTORIES), row_counts(connection, HISTORIES)
        told = f"{connection.dialect.name}, {counts.get('documents', 0)} documents, {counts.get('chunks', 0)} passages"
    yield Finding("database", "ok", f"{told}, schéma {', '.join(at.values())}")


def _model(settings: Settings) -> Iterator[Finding]:
    from assistant.wiring import embedder_of

    began = time.perf_counter()
    embedder = embedder_of(settings)
    (vector,) = embedder.queries(["Quels sont les objectifs du conseil ?"])
    seconds = time.perf_counter() - began
    names = f"{embedder.name}, {embedder.seeker.name}" if embedder.seeker else embedder.name
    yield Finding("model", "ok", f"{names}, {len(vector)} dimensions, chargé en {seconds:.1f} s")


def _index(settings: Settings) -> Iterator[Finding]:
    from index.archive import database_file
    from index.generations import in_words

    file = database_file(settings.database_url)
    if file is not None and not file.is_file():
        return
    from assistant.wiring import index_fingerprint
    from index.records import OlderSchema, opened

    try:
        with opened(settings.database_url, migrate=False) as records:
            told, sound = in_words(records, settings.data, index_fingerprint(settings))
    except OlderSchema as older:
        yield Finding("index", "warning", str(older), "rien : elle est mise à jour à la prochaine ouverture")
        return
    mend = "" if sound else "rien : il est refait à la prochaine ouverture ; ou cooperation rebuild --index"
    yield Finding("index", "ok" if sound else "warning", told, mend)


def _mail(accounts: AccountSettings, data: Path, offline: bool) -> Iterator[Finding]:
    if not accounts.smtp_host:
        yield Finding("mail", "ok", f"pas de serveur : les messages sont des fichiers dans {data / 'outbox'}")
        return
    where = f"{accounts.smtp_host}:{accounts.smtp_port}"
    if offline:
        yield Finding("mail", "ok", f"{where}, non essayé (--offline)")
        return
    try:
        kind = smtplib.SMTP_SSL if accounts.smtp_security == "tls" else smtplib.SMTP
        with kind(accounts.smtp_host, accounts.smtp_port, timeout=MAIL_SECONDS) as server:
            server.ehlo()
            lacks = accounts.smtp_security == "starttls" and not server.has_extn("starttls")
    except OSError as error:
        yield Finding("mail", "wrong", f"{where} ne répond pas ({error})", "vérifiez COOPERATION_SMTP_HOST et _PORT")
        return
    if lacks:
        yield Finding("mail", "wrong", f"{where} n'offre pas STARTTLS", "COOPERATION_SMTP_SECURITY=tls ou none")
    else:
        yield Finding("mail", "ok", f"{where} répond")


def _egress(attempts: list[str], accounts: AccountSettings, settings: Settings, offline: bool) -> Iterator[Finding]:
    chosen = {accounts.smtp_host, urlsplit(settings.embedding_model.rpartition("@")[2]).hostname or ""}
    if foreign := sorted(set(attempts) - (set() if offline else chosen)):
        mend = "retirez le réglage qui la demande, ou signalez-le"
        yield Finding("egress", "wrong", f"connexion demandée vers {', '.join(foreign)}", mend)
    else:
        yield Finding("egress", "ok", "aucune connexion vers une autre machine" + ("" if offline else " hors réglages"))
