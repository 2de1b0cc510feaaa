"""Who reads: the groups of a person, which decide what documents there are for them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads the documents open to all and those of these groups; `None` in its place reads everything."""

    groups: tuple[str, ...] = ()


def hidden(reader: Reader | None, granted: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The documents that a reader may not read, of the groups that each restricted one was granted to.

    >>> sorted(hidden(Reader(("justice",)), {"a": ["justice"], "b": ["finances"], "c": []}))
    ['b', 'c']
    >>> hidden(None, {"c": []})
    frozenset()
    """
    if reader is None:
        return frozenset()
    return frozenset(document for document, groups in granted.items() if set(groups).isdisjoint(reader.groups))
