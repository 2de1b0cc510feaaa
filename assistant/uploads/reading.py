"""The thread that reads what was brought, one file at a time, so that nobody waits for it at the page."""

from __future__ import annotations

import logging
import threading
from typing import Final

from assistant.errors import AssistantError
from assistant.library import Deposit, Outcome, Request
from assistant.uploads.holdings import Holdings, Product
from assistant.uploads.upload import Upload
from corpus.guard import Limits

_log = logging.getLogger(__name__)
IDLE_SECONDS: Final = 5.0
"""How long it sleeps at most before it looks again: another process may have written."""
GRACE_SECONDS: Final = 10.0
"""How long a closing service waits for the file at hand; one that takes longer is read again at the next start."""
REASONS: Final = (
    ("format ", "kind"),
    ("fichier trop lourd", "too-large"),
    ("fichier vide", "empty"),
    ("document vide", "no-text"),
    ("message vide", "no-text"),
    ("page HTML vide", "no-text"),
    ("document protégé", "locked"),
    ("livre protégé", "locked"),
    ("document numérisé", "scanned"),
    ("texte illisible", "scanned"),
    ("document trop", "too-long"),
    ("tableau trop", "too-long"),
    ("le fichier porte", "disguised"),
    ("lecture interrompue", "costly"),
    ("archive refusée", "hostile"),
    ("fichier PDF refusé", "hostile"),
    ("fichier refusé", "hostile"),
    ("ancien format", "old"),
)
"""How the reasons of loaders begin, and the code of each in the interface; any other is `unreadable`."""


class ReadingThread:
    """Reads what waits, in the order in which it came."""

    def __init__(self, holdings: Holdings, product: Product) -> None:
        self._holdings, self._product = holdings, product
        self._awake, self._closing = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)
        holdings.wake = self._awake.set

    def start(self) -> None:
        """Begin with what waited when the service ended."""
        self._holdings.recover()
        self._thread.start()

    def close(self) -> None:
        """Read no further file, and wait for the one at hand."""
        self._closing = True
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join(GRACE_SECONDS)

    def _run(self) -> None:
        while not self._closing:
            try:
                if read_next(self._holdings, self._product):
                    continue
            except Exception:  # the database may be locked for long; what waits goes on waiting
                _log.exception("uploads cannot be read now")
            self._awake.wait(IDLE_SECONDS)
            self._awake.clear()


def read_next(holdings: Holdings, product: Product) -> bool:
    """Read the oldest file that waits; false when there is none."""
    upload = holdings.next()
    if upload is None:
        return False
    try:
        outcome = _read(holdings, product, upload)
    except AssistantError as error:
        _log.warning("an upload was not read: %s", type(error).__name__)
        holdings.settle(upload, "failed", str(error))
    except Exception:
        _log.exception("an upload was not read")
        holdings.settle(upload, "failed")
    else:
        refused = outcome.status == "refused"
        holdings.settle(upload, code_of(outcome.reason) if refused else "", outcome.reason if refused else "")
    return True


def _read(holdings: Holdings, product: Product, upload: Upload) -> Outcome:
    framework, date = holdings.describe_as_now(upload) if upload.replaces else ("", "")
    path = holdings.folder / upload.file
    deposit = Deposit(path, upload.document, upload.name, framework, date, upload.groups)
    limits = Limits(file_bytes=holdings.settings.file_bytes, pages=holdings.settings.pages)
    (outcome,) = product.ingest(Request(deposits=(deposit,), limits=limits))
    return outcome


def code_of(reason: str) -> str:
    """The code of a loader's French reason.

    >>> code_of("document numérisé : OCR nécessaire"), code_of("autre chose")
    ('scanned', 'unreadable')
    """
    return next((code for beginning, code in REASONS if reason.startswith(beginning)), "unreadable")
