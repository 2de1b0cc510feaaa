"""The one base of every error a person can act on.

It lives in the leftmost package, because imports only point left. `cli` and `ui` catch it and nothing wider.

    AssistantError
    ├── UnreadableDocument   (corpus)
    ├── ManifestError        (corpus)
    └── the errors of index and assistant, each in the module that raises it or in `assistant.errors`
"""


class AssistantError(Exception):
    """Something a person can act on; the message says what to do next."""


class UnreadableDocument(AssistantError):
    """A file cannot be read as text; the message is the reason, in French words a person understands."""


class ManifestError(AssistantError):
    """A manifest, framework or glossary file breaks its own rules; the message names the file and the entry."""
