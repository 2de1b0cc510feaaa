"""The door to Argon2: hash and verify, no more than two at once, and the same work where there is nothing to verify.

A password is compared in Unicode's composed form (NFC) and never cut. More than 1,024 bytes are refused unhashed, at
login as well. For an account that does not exist, or has no password yet, a made-up hash of the same parameters is
verified, so that the time tells nothing. (A hash older than a change of parameters takes its own time until that
person's next login renews it.)
"""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

MOST_BYTES = 1024
_LEAST_MEMORY, _LEAST_TIME = 19_456, 2


def composed(password: str) -> str:
    """A password as it is counted and hashed, whichever keyboard wrote it."""
    return unicodedata.normalize("NFC", password)


def too_long(password: str) -> bool:
    """Whether a password is refused without a look at it. A lone surrogate, which no keyboard writes, counts too."""
    if len(password) > MOST_BYTES:
        return True
    try:
        return len(composed(password).encode()) > MOST_BYTES
    except UnicodeEncodeError:
        return True


class Passwords:
    """Argon2id with given parameters: memory in KiB, passes, lanes. `at_once` bounds memory and processor."""

    def __init__(self, memory: int = 65_536, passes: int = 3, lanes: int = 1, at_once: int = 2) -> None:
        if memory < _LEAST_MEMORY or passes < _LEAST_TIME or lanes < 1:
            raise ValueError(f"Argon2id takes at least {_LEAST_MEMORY} KiB and {_LEAST_TIME} passes")
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory, parallelism=lanes)
        self._turn = threading.BoundedSemaphore(at_once)
        salt, key = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
        self._nobody = f"$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${key}"

    def hash(self, password: str) -> str:
        """The PHC string to keep. The policy must have been asked before."""
        with self._turn:
            return self._hasher.hash(composed(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password is the kept one; `None` takes as long and is false."""
        if too_long(password):
            return False
        with self._turn:
            try:
                return self._hasher.verify(kept or self._nobody, composed(password)) and kept is not None
            except VerifyMismatchError:
                return False
            except (VerificationError, InvalidHashError):
                return False  # a row that no version of ours wrote lets nobody in

    def outdated(self, kept: str) -> bool:
        """Whether a kept hash has other parameters than new ones get."""
        return self._hasher.check_needs_rehash(kept)
