"""Whether this process opens a connection that leaves the machine, and an end to it where none is allowed.

Two looks: Python tells of every connection and look-up before it is made (an audit hook), and the system's own table
shows those that a library made by itself. A Unix socket and loopback do not leave the machine.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Refused(OSError):
    """A connection was asked for where none is allowed."""


class Watch:
    """Notes every attempt while it is on; with `refuse`, none succeeds."""

    def __init__(self, refuse: bool) -> None:
        self.attempts: list[str] = []
        self._refuse, self._on = refuse, True

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """What Python calls with each of its events; hooks cannot be taken away again, only switched off."""
        if not self._on or event not in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            return
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = address[0] if isinstance(address, tuple) else address
        if event != "socket.getaddrinfo" and not isinstance(address, tuple):  # a Unix socket
            return
        if host is None or _stays(str(host)):
            return
        self.attempts.append(str(host))
        if self._refuse:
            raise Refused(f"une connexion vers {host} a été demandée")

    def stop(self) -> None:
        """Note nothing any more."""
        self._on = False


@contextmanager
def watched(refuse: bool) -> Iterator[Watch]:
    """Watch what the block does."""
    watch = Watch(refuse)
    sys.addaudithook(watch.hook)
    try:
        yield watch
        watch.attempts += open_connections()
    finally:
        watch.stop()


def open_connections() -> list[str]:
    """Remote addresses of this process's TCP connections, whoever in it opened them; none where the system has no
    such table."""
    own = set()
    for descriptor in Path("/proc/self/fd").glob("*"):
        try:
            target = os.readlink(descriptor)
        except OSError:
            continue
        if target.startswith("socket:["):
            own.add(target[8:-1])
    found = []
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if (
                fields[9] in own
                and not _stays(host := _address(fields[2].split(":")[0]))
                and int(fields[2].split(":")[1], 16)
            ):
                found.append(host)
    return found


def _address(text: str) -> str:
    """An address as the system's table writes it: words of four bytes, each the wrong way round.

    >>> _address("0100007F"), _address("00000000000000000000000001000000")
    ('127.0.0.1', '::1')
    """
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))


def _stays(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address.is_loopback or address.is_unspecified or bool(mapped and mapped.is_loopback)
