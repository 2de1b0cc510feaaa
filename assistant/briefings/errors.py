"""The errors of this folder a person can act on."""

from corpus.errors import AssistantError


class UnknownFramework(AssistantError):
    """No framework or body has this id or name; the message lists those there are."""
