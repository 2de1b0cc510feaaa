"""The errors of this folder a person can act on."""

from corpus.errors import AssistantError


class UnknownVersion(AssistantError):
    """No version of a briefing has this number; the message says how to see those there are."""


class UnknownFramework(AssistantError):
    """No framework or body has this id or name; the message lists those there are."""
