"""The limits of a process that reads what others wrote; called once, at its start, never in the service itself."""

from __future__ import annotations

import math
import os
import time
from contextlib import suppress


def confine(memory_bytes: int, files: int = 64) -> None:
    """Bound address space and open files, leave no core dump, step back in priority, leave the network."""
    import resource

    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, files),
    ):
        hard = resource.getrlimit(limit)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (allowed, allowed))
    os.nice(10)
    cut_network()


def allow_cpu(seconds: int) -> None:
    """Grant `seconds` of processor time from now; the kernel ends the process after them."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(time.process_time()) + max(1, seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def cut_network() -> None:
    """Leave the network: for the kernel where it allows that, and for Python in any case."""
    import ctypes
    import socket

    new_network, new_user = 0x40000000, 0x10000000
    with suppress(OSError, AttributeError):  # where this is not Linux
        libc = ctypes.CDLL(None)
        if libc.unshare(new_network) != 0:
            libc.unshare(new_user | new_network)

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in this process")

    for name in ("connect", "connect_ex", "bind", "sendto", "sendmsg"):
        setattr(socket.socket, name, refuse)
    socket.getaddrinfo = refuse  # type: ignore[assignment]
    socket.create_connection = refuse  # type: ignore[assignment]
