"""How a message leaves: by an SMTP server, or as a file in a folder where there is none. Raises `OSError` on failure.

Encryption that was asked for is never given up silently: without it the message stays in the outbox.
"""

from __future__ import annotations

import logging
import os
import smtplib
import ssl
from email import policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol

logger = logging.getLogger("cooperation.mail")


_SEVEN_BITS = policy.SMTP.clone(cte_type="7bit")
"""What every server takes. Files keep their letters as they are, to be read as they lie."""


class Transport(Protocol):
    """Takes a message away, whole, or raises `OSError`."""

    @property
    def delivers(self) -> bool:
        """Whether a message is on its way to its recipient then; false where it only lies in a folder."""

    def send(self, message: EmailMessage) -> None:
        """Hand the message over; returns when the other side has taken it."""


class SmtpTransport:
    """An SMTP server; `security` is `starttls`, `tls` or `none`. No step waits longer than `timeout` seconds."""

    delivers = True

    def __init__(
        self,
        host: str,
        port: int,
        security: str = "starttls",
        user: str = "",
        password: str = "",
        timeout: float = 10.0,
    ) -> None:
        self._host, self._port, self._security = host, port, security
        self._user, self._password, self._timeout = user, password, timeout

    def send(self, message: EmailMessage) -> None:
        """Hand the message to the server; `smtplib.SMTPException`, an `OSError`, when it does not take it."""
        with self._connected() as server:
            if self._security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
            server.sendmail(_address(message["From"]), [_address(message["To"])], message.as_bytes(policy=_SEVEN_BITS))

    def _connected(self) -> smtplib.SMTP:
        if self._security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=context)
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout)


class FolderTransport:
    """A folder that keeps each message as an `.eml` file that only its owner may read. The log names the file."""

    delivers = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the message whole, or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").partition("@")[0]
        path, part = self.folder / f"{name}.eml", self.folder / f".{name}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes(policy=policy.SMTP))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        logger.warning("no mail server is set: a message was written to %s", path)


def _address(header: str) -> str:
    """The bare address of a header: `Service <a@b>` is `a@b`."""
    return parseaddr(header)[1]
