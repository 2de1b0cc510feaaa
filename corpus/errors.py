"""The one base of every error a person can act on.

It lives in the leftmost package, because imports only point left. `cli` and `ui` catch it and nothing wider.

    AssistantError
    ├── UnreadableDocument   (corpus)
    │   └── NeedsOffice
    ├── ManifestError        (corpus)
    └── the errors of index and assistant, each in the module that raises it or in `assistant.errors`
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus.quality import PageQuality

NEWER_DATABASE = (
    "La base vient d'une version plus récente du produit. Installez celle-ci, ou remettez la copie "
    "faite avant la mise à jour (docs/deploy.md)."
)
"""What is said by each part that keeps a database, where an older version meets it."""


class AssistantError(Exception):
    """Something a person can act on; the message says what to do next."""


class UnreadableDocument(AssistantError):
    """A file cannot be read as text; the message is the reason, in French words a person understands.

    `quality` tells what is known of its pages, so that a recogniser knows which to look at.
    """

    def __init__(self, reason: str, quality: Sequence[PageQuality] = ()) -> None:
        super().__init__(reason)
        self.quality = tuple(quality)


class NeedsOffice(UnreadableDocument):
    """An old format that only LibreOffice reads; `target` is what it should be made into, "docx" or "xlsx"."""

    def __init__(self, reason: str, target: str) -> None:
        super().__init__(reason)
        self.target = target


class ManifestError(AssistantError):
    """A manifest, framework or glossary file breaks its own rules; the message names the file and the entry."""
