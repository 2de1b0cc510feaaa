"""The secret key: read from a file that only its owner may read, made at the first start, replaced by
`cooperation users rotate-key`.

The newest key signs; the one before still counts, so replacing it interrupts nobody. Sessions do not depend on it: they
are rows of the database. It signs what a page carries, such as the token that binds a form to its session.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from assistant.accounts.errors import KeyFileUnsafe
from assistant.accounts.settings import AccountSettings, weak

NAME = "secret.key"


def secret_keys(settings: AccountSettings, data: Path) -> tuple[bytes, ...]:
    """The keys, newest first: the environment's, else the file's; in the data directory it is made when missing."""
    if settings.secret_keys:
        return tuple(key.encode() for key in settings.secret_keys)
    if settings.secret_key_file is not None:
        return read_keys(settings.secret_key_file)
    path = data / NAME
    if not path.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, [_new_key()], replace=False)
    return read_keys(path)


def read_keys(path: Path) -> tuple[bytes, ...]:
    """The keys of a file, one a line; raises `KeyFileUnsafe` when others may read it, or a key is too weak."""
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileUnsafe(f"{path} peut être lu par d'autres. Faites : chmod 600 {path}")
        keys = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileUnsafe(f"{path} : clé secrète illisible ({error}).") from error
    if not keys or any(weak(key) for key in keys):
        raise KeyFileUnsafe(f"{path} : chaque ligne est une clé d'au moins 32 octets tirés au hasard.")
    return tuple(key.encode() for key in keys[:2])


def key_file(settings: AccountSettings, data: Path) -> Path:
    """The file that holds the keys; raises `KeyFileUnsafe` where the environment holds them."""
    if settings.secret_keys:
        raise KeyFileUnsafe(
            "COOPERATION_SECRET_KEYS donne les clés : mettez-y la nouvelle devant, puis redémarrez le service."
        )
    return settings.secret_key_file or data / NAME


def rotate(path: Path) -> None:
    """Put a new key first and keep the last one beside it."""
    before = [key.decode() for key in read_keys(path)]
    _write(path, [_new_key(), before[0]], replace=True)


def sign(keys: Sequence[bytes], purpose: str, message: str) -> str:
    """A signature of a message for one purpose, by the newest key."""
    return _signature(keys[0], purpose, message)


def signed(keys: Sequence[bytes], purpose: str, message: str, signature: str) -> bool:
    """Whether a signature is one of ours, by any of the keys."""
    given = signature.encode("utf-8", "replace")
    return any(hmac.compare_digest(_signature(key, purpose, message).encode(), given) for key in keys)


def _signature(key: bytes, purpose: str, message: str) -> str:
    return hmac.new(key, f"{purpose}\0{message}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _new_key() -> str:
    return secrets.token_urlsafe(48)


def _write(path: Path, keys: Sequence[str], replace: bool) -> None:
    """Write a key file whole and private; without `replace`, one that another process has just made stands."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if replace:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
