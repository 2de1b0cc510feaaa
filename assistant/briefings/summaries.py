"""The summaries made lately, in memory: one is made at a time, and whoever asks for the same one takes it.

What is kept is found again only for a briefing that says and rests on the very same, in the same language: a reader who
may see less, and a document that has changed, ask for another one. A failed summary is not kept.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from assistant.answers.drafting import Writer
from assistant.answers.llm import Listener, ModelFailed
from assistant.briefings.briefing import Briefing
from assistant.briefings.summarise import failed, summarised
from assistant.briefings.summary import Summary
from assistant.briefings.versions import digest

MOST_KEPT = 256
MOST_WAITING = 4
"""Who wait for their turn, each of them holding a thread; the others are told at once that the model is busy."""
SLICE = 0.25
"""Seconds after which one who waits looks whether anybody still listens."""


class Summaries:
    """The summaries by one language model."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._kept: dict[str, Summary] = {}
        self._turn, self._counting, self._inside = threading.Lock(), threading.Lock(), 0

    def kept(self, briefing: Briefing, language: str) -> Summary | None:
        """The summary of a briefing, if it was made."""
        return self._kept.get(self._key(briefing, language))

    def made(self, briefing: Briefing, language: str, listener: Listener | None = None) -> Summary:
        """The summary of a briefing, kept or made now; failed where the model is, or where too many wait for it."""
        key = self._key(briefing, language)
        if found := self._kept.get(key):
            return found
        try:
            with self._in_turn(listener):
                if found := self._kept.get(key):  # made while this one waited
                    return found
                made = summarised(self._writer.for_one(listener), briefing, language)
                if made.sentences:
                    self._kept[key] = made
                if len(self._kept) > MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                return made
        except ModelFailed as failure:
            return failed(failure.reason, language, self._writer.model.name)

    @contextmanager
    def _in_turn(self, listener: Listener | None) -> Iterator[None]:
        """While nobody else has a summary made; raises `ModelFailed` where that is not to be waited for."""
        with self._counting:
            if self._inside > MOST_WAITING:
                raise ModelFailed("busy")
            self._inside += 1
        try:
            until = time.monotonic() + self._writer.seconds
            while not self._turn.acquire(timeout=SLICE):
                if listener and listener.gone:
                    raise ModelFailed("stopped")
                if time.monotonic() > until:
                    raise ModelFailed("busy")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            with self._counting:
                self._inside -= 1

    def _key(self, briefing: Briefing, language: str) -> str:
        """What a summary was made from; the places too, for its numbers are theirs and headings bear sentences."""
        places = [[each.document, each.title, each.headings, each.start, each.end] for each in briefing.sources]
        held = [briefing.id, digest(briefing), places, language, self._writer.model.name]
        return hashlib.sha256(json.dumps(held).encode()).hexdigest()
