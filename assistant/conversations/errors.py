"""What a person can act on when a conversation cannot be given or kept."""

from __future__ import annotations

from corpus.errors import AssistantError


class UnknownConversation(AssistantError):
    """There is no such conversation of this person's: it never was, was deleted, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__("Cette conversation n'existe pas, ou a été supprimée. Choisissez-en une dans la liste.")
