"""The command `serve`: the chat in a browser, and the socket through which the other commands pass meanwhile.

It listens on this machine only: an address that others can reach is refused. `--accounts`, and production always, put
it behind accounts.
"""

from __future__ import annotations

import argparse
import ipaddress
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.cli import add_command
from assistant.errors import BadSetting
from assistant.log_settings import LogSettings
from assistant.settings import Settings
from corpus.errors import AssistantError
from ui.logs import write_logs

if TYPE_CHECKING:
    from assistant.accounts.settings import AccountSettings
    from assistant.assistant import Assistant
    from ui.visits import Door

Commands = argparse._SubParsersAction
OFFLINE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_MCP_SERVER": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
}
"""Set before Gradio is imported: it reads them at import. Its statistics for a dashboard, which is not opened here,
would be made anew of its last ten thousand events at the end of each event: a tenth of a busy service's time."""


class AddressRefused(AssistantError):
    """The service cannot listen at this address; the message says which one it takes."""


def register_serve(commands: Commands[argparse.ArgumentParser]) -> None:
    """`cooperation serve`."""
    parser = add_command(commands, "serve", "ouvrir le service : les questions dans le navigateur", _serve)
    parser.add_argument("--host", metavar="ADRESSE", help="adresse de cette machine (COOPERATION_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=_port, metavar="PORT", help="port (COOPERATION_PORT, 7860)")
    parser.add_argument("--accounts", action="store_true", help="derrière des comptes (toujours, en production)")
    parser.add_argument("--no-ingest", action="store_true", help="ne pas lire le corpus livré quand la base est vide")


def _serve(options: argparse.Namespace) -> int:
    settings = Settings.from_env(os.environ, options.data)
    write_logs(LogSettings.from_env(os.environ))
    port = settings.port if options.port is None else options.port
    settings = replace(settings, host=options.host or settings.host, port=port)
    os.environ.update(OFFLINE | {"GRADIO_TEMP_DIR": str(settings.data / "gradio")})
    with _stoppable(), closing(listen(settings.host, settings.port)) as listener:
        from assistant.wiring import open_assistant

        settings = replace(settings, port=listener.getsockname()[1])
        with closing(open_assistant(settings)) as assistant:
            if not options.no_ingest:
                fill_when_empty(assistant)
            with opened_door(options, settings) as door:
                _run(assistant, settings, listener, door)
    print("Service arrêté.", file=sys.stderr)
    return 0


@contextmanager
def opened_door(options: argparse.Namespace, settings: Settings) -> Iterator[Door | None]:
    """What lets people in, its letters being sent meanwhile; `None` without accounts."""
    from assistant.accounts.keys import secret_keys
    from assistant.accounts.opening import open_accounts
    from assistant.conversations.conversations import Conversations
    from ui.visits import Door

    chosen = account_settings(options.accounts, os.environ)
    if chosen is not None and "COOPERATION_PUBLIC_BASE_URL" not in os.environ:
        chosen = replace(chosen, base_url=f"http://127.0.0.1:{settings.port}")  # links lead where it listens
    if chosen is None:
        yield None
        return
    with closing(open_accounts(chosen, settings.database_url, settings.data)) as opened:
        conversations = Conversations(opened.parts.database, opened.parts.clock)
        with closing(opened.outbox_thread(conversations.purge)) as letters:
            letters.start()
            if link := opened.setup_link():
                print(f"Pas encore d'administrateur. Pour créer le premier, une fois : {link}", file=sys.stderr)
            yield Door(opened, secret_keys(chosen, settings.data))


def account_settings(asked: bool, environ: Mapping[str, str]) -> AccountSettings | None:
    """The settings of accounts when they are asked for or in production; raises `BadSetting` for an unsafe one."""
    from assistant.accounts.settings import AccountSettings, problems

    found = AccountSettings.from_env(environ)
    if wrong := problems(found):
        raise BadSetting("Production refusée :\n" + "\n".join(wrong))
    return found if asked or found.mode == "production" else None


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C and SIGTERM both end the block in good order."""

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to an address of this machine alone; raises `AddressRefused` for any other, or a busy port."""
    address = loopback(host)
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((str(address), port))
    except OSError as error:
        listener.close()
        raise AddressRefused(
            f"Le port {port} de {address} ne peut pas être ouvert ({error.strerror}) : un autre programme l'occupe "
            f"peut-être. Arrêtez-le, ou choisissez un autre port : cooperation serve --port {other_port(port)}"
        ) from error
    return listener


def loopback(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The address of a loopback host; raises `AddressRefused` for one that other machines could reach.

    >>> loopback("localhost"), loopback("::1")
    (IPv4Address('127.0.0.1'), IPv6Address('::1'))
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        address = ipaddress.ip_address("0.0.0.0")
    if str(address) not in ("127.0.0.1", "::1"):
        raise AddressRefused(
            f"{host!r} est joignable par d'autres machines. Le service n'écoute que la sienne : "
            "donnez 127.0.0.1 ou ::1."
        )
    return address


def other_port(port: int) -> int:
    """A neighbouring port to propose.

    >>> other_port(7860), other_port(65535)
    (7861, 65534)
    """
    return port + 1 if port < 65535 else port - 1


def fill_when_empty(assistant: Assistant) -> None:
    """Read the shipped corpus into an empty base, with the progress bar."""
    from assistant.commands import progress_bar
    from assistant.library import Request

    if assistant.documents():
        return
    print("La base est vide : lecture du corpus livré.", file=sys.stderr)
    with progress_bar() as progress:
        outcomes = list(assistant.ingest(Request(), progress))
    for outcome in outcomes:
        if outcome.status == "refused":
            print(f"refusé    {outcome.path} : {outcome.reason}", file=sys.stderr)
    added = sum(outcome.status == "added" for outcome in outcomes)
    print(f"{added} documents lus.", file=sys.stderr)


def _run(assistant: Assistant, settings: Settings, listener: socket.socket, door: Door | None) -> None:
    from assistant.accounts.database import Database
    from assistant.remote import Service
    from assistant.uploads.holdings import Holdings
    from assistant.uploads.reading import ReadingThread
    from assistant.wiring import SOCKET, open_evaluations
    from ui.app import build_app
    from ui.server import Server

    proxies = door.opened.parts.settings.trusted_proxies if door else ()
    with ExitStack() as open_parts:
        database = None if door else open_parts.enter_context(closing(Database(settings.database_url)))
        evaluations = open_evaluations(settings, assistant)
        if evaluations is not None:
            open_parts.enter_context(closing(evaluations))
        kept = door.opened.parts.database if door else database
        assert kept is not None
        holdings = Holdings(assistant, kept, settings.data, settings.uploads, time.time)
        open_parts.enter_context(closing(ReadingThread(holdings, assistant))).start()
        server = Server(build_app(assistant, door, database, evaluations, holdings), proxies)
        open_parts.enter_context(closing(Service(assistant, settings.data / SOCKET)))
        host, port = listener.getsockname()[:2]
        address = f"[{host}]" if ":" in host else host
        print(f"Le service est ouvert : http://{address}:{port}", flush=True)
        print(f"Il n'écoute que cette machine ({host}). Ctrl-C l'arrête.", flush=True)
        server.run(sockets=[listener])


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError("un numéro de port, de 0 (au choix du système) à 65535")
    return int(text)
