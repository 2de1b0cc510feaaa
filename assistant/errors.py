"""The errors of this folder a person can act on; `AssistantError`, their base, is all that cli and ui catch."""

from corpus.errors import AssistantError

__all__ = ["AssistantError", "BadSetting", "DataBusy", "ServiceFailed", "UnknownDocument"]


class BadSetting(AssistantError):
    """A setting has a value that cannot be used; the message names it and what it takes."""


class DataBusy(AssistantError):
    """Another process owns the data directory and does not answer; the message says how to go on."""


class ServiceFailed(AssistantError):
    """The running service answered with an error of its own; the message is the service's."""


class UnknownDocument(AssistantError):
    """No document has this id; the message says how to list them."""
