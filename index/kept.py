"""What was read, say of the database, kept in memory for as long as nothing it was read of has changed.

The database says by its stamp what state it is in; whoever reads takes the stamp first, so that what is kept under it
is never older. The least recently used goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `most` values of one stamp; used by many threads.

    >>> kept = Kept[str, int](2)
    >>> kept.keep("monday", {"a": 1, "b": 2})
    >>> kept.take("monday", ["a", "z"]), kept.take("tuesday", ["a"]), kept.take("monday", ["a"])
    ({'a': 1}, {}, {})
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._stamp: object = None
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, stamp: object, keys: Iterable[K]) -> dict[K, V]:
        """Those that are held; another stamp than the last drops them all."""
        with self._lock:
            if stamp != self._stamp:
                self._stamp = stamp
                self._values.clear()
            held = {key: self._values[key] for key in keys if key in self._values}
            for key in held:
                self._values.move_to_end(key)
            return held

    def keep(self, stamp: object, values: Mapping[K, V]) -> None:
        """Hold what was read under a stamp, unless the database has moved on since."""
        with self._lock:
            if self._stamp is None:
                self._stamp = stamp
            if stamp != self._stamp:
                return
            self._values.update(values)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
