"""The command `cooperation`: finds the commands that each folder registers, and turns errors into one line and a code.

A command is an entry point of the group `cooperation.commands`: a function that adds a parser and its `run`. So this
file imports neither `ui` nor `evals`, and `--help` opens no heavy door.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points, version

from corpus.errors import AssistantError

Run = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code: 0 done, 1 something to act on, 2 a wrong call, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Arabic and accents, whatever the terminal was set to
            stream.reconfigure(encoding="utf-8")
    parser = build_parser()
    options = parser.parse_args(arguments)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    try:
        run: Run = options.run
        return run(options)
    except AssistantError as error:
        print(f"cooperation : {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cooperation : interrompu", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a folder that is not there, a disk that is full: the person's to mend
        print(f"cooperation : {error.filename or 'fichier'} : {error.strerror or error}", file=sys.stderr)
        return 1


def build_parser() -> argparse.ArgumentParser:
    """The parser with every registered command."""
    parser = argparse.ArgumentParser(
        prog="cooperation",
        description="Questions sur les textes de coopération internationale : chaque phrase de la réponse est citée.",
    )
    parser.add_argument("--version", action="version", version=f"cooperation {version('cooperation-assistant')}")
    parser.add_argument("--data", metavar="DIR", help="dossier des données (COOPERATION_DATA, sinon ./data)")
    commands = parser.add_subparsers(title="commandes", metavar="COMMANDE", required=True)
    for entry in sorted(entry_points(group="cooperation.commands"), key=lambda item: item.name):
        entry.load()(commands)
    return parser


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str, run: Run
) -> argparse.ArgumentParser:
    """A command that takes `--data` like every other."""
    parser = commands.add_parser(name, help=help, description=help)
    takes_data(parser)
    parser.set_defaults(run=run)
    return parser


def takes_data(parser: argparse.ArgumentParser) -> None:
    """Give a parser `--data`; where it is absent, a `--data` given earlier in the line stands."""
    parser.add_argument(
        "--data", metavar="DIR", default=argparse.SUPPRESS, help="dossier des données (COOPERATION_DATA, sinon ./data)"
    )
