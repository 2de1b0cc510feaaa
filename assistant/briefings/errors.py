"""The errors of this folder a person can act on."""

from corpus.errors import AssistantError


class UnknownFramework(AssistantError):
    """No framework or body has this id or name; the message lists those there are."""


class NotCompared(AssistantError):
    """A comparison was asked for in a form it has not; the message names those it has."""
