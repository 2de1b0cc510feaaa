"""Runs a language model's call in a thread of its own, and gives up on it by the clock, whatever it does.

A server can be slow in more ways than a time-out of a socket can tell: a name that resolves for ever, a byte every ten
seconds, a stream that never ends. Here only the wall clock counts. Whoever stops listening stops the call: the thread
is told, and the door to the network looks at it several times a second.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

from assistant.errors import AssistantError

Clock = Callable[[], float]
SLICE = 0.25
"""Seconds after which a thread that waits looks whether it is still wanted."""
FAILURES = {
    "unreachable": "Le modèle de langue ne répond pas à son adresse.",
    "slow": "Le modèle de langue met trop de temps à répondre.",
    "busy": "Le modèle de langue est surchargé.",
    "rejected": "Le modèle de langue refuse la demande.",
    "broken": "Le modèle de langue a rencontré une erreur.",
    "garbage": "La réponse du modèle de langue n'est pas lisible.",
    "empty": "Le modèle de langue n'a rien répondu.",
    "cut": "La réponse du modèle de langue a été interrompue.",
    "endless": "La réponse du modèle de langue ne finit pas.",
    "stopped": "La réponse du modèle de langue a été arrêtée.",
    "resting": "Le modèle de langue est mis au repos après plusieurs échecs.",
}


class ModelFailed(AssistantError):
    """The language model gave no answer to rely on; the answer is then made without it. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(FAILURES[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Budgets:
    """What one call may take: seconds to connect, to the first piece and in all; tokens, characters and bytes."""

    connect: float = 5.0
    first_token: float = 30.0
    total: float = 120.0
    tokens: int = 1024
    characters: int = 8_000
    bytes: int = 2_000_000


class Listener:
    """Who waits for an answer; `leave` may be called from any thread, and ends the model's call under way."""

    def __init__(self) -> None:
        self._left = threading.Event()

    def leave(self) -> None:
        """The answer is no longer wanted."""
        self._left.set()

    @property
    def gone(self) -> bool:
        """Whether nobody waits any more."""
        return self._left.is_set()


class Call:
    """A call under way, as its thread sees it."""

    def __init__(self, budgets: Budgets, clock: Clock, listener: Listener | None = None) -> None:
        self.budgets = budgets
        self._listener = listener or Listener()
        self._clock = clock
        self.began = clock()
        self._stopped = threading.Event()
        self._connected = threading.Event()
        self._pieces: queue.Queue[str | ModelFailed | None] = queue.Queue(maxsize=256)

    def remaining(self) -> float:
        """Seconds left in all."""
        return self.began + self.budgets.total - self._clock()

    @property
    def wanted(self) -> bool:
        """Whether anybody still listens, with time left."""
        return not self._stopped.is_set() and self.remaining() > 0

    def connected(self) -> None:
        """The model was reached."""
        self._connected.set()

    def emit(self, piece: str) -> bool:
        """Hand a piece over; `False` once nobody wants any."""
        return self._put(piece)

    def stop(self) -> None:
        """Nobody listens any more."""
        self._stopped.set()

    def _put(self, item: str | ModelFailed | None) -> bool:
        while self.wanted:
            try:
                self._pieces.put(item, timeout=SLICE)
            except queue.Full:
                continue
            return True
        return False

    def run(self, produce: Callable[[Call], None]) -> None:
        """The thread: the pieces, then their end or the failure."""
        try:
            produce(self)
        except ModelFailed as failure:
            self._put(failure)
        except Exception:  # whatever a foreign library makes of a hostile answer
            self._put(ModelFailed("garbage"))
        else:
            self._put(None)

    def next(self, begun: bool) -> str | None:
        """The next piece, `None` at the end; raises `ModelFailed` when a budget is spent."""
        budgets = self.budgets
        while True:
            if self._listener.gone:
                raise ModelFailed("stopped")
            now = self._clock() - self.began
            limits = [(budgets.total, "slow")]
            if not begun:
                limits.append((budgets.first_token, "slow"))
            if not self._connected.is_set():
                limits.append((budgets.connect + SLICE, "unreachable"))
            limit, reason = min(limits)
            if now >= limit:
                raise ModelFailed(reason)
            try:
                item = self._pieces.get(timeout=min(limit - now, SLICE))
            except queue.Empty:
                continue
            if isinstance(item, ModelFailed):
                raise item
            return item


def pumped(
    produce: Callable[[Call], None],
    budgets: Budgets,
    clock: Clock = time.monotonic,
    listener: Listener | None = None,
) -> Generator[str, None, None]:
    """The pieces that `produce` emits, within the budgets; `ModelFailed` otherwise, or where there is none at all."""
    call = Call(budgets, clock, listener)
    threading.Thread(target=call.run, args=(produce,), name="language-model", daemon=True).start()
    characters = pieces = 0
    try:
        while (piece := call.next(begun=pieces > 0)) is not None:
            if not piece:
                continue
            pieces += 1
            characters += len(piece)
            if characters > budgets.characters or pieces > budgets.tokens + 8:
                raise ModelFailed("endless")
            yield piece
        if not characters:
            raise ModelFailed("empty")
    finally:
        call.stop()
