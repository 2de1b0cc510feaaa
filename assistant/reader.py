"""Who reads: the groups of a person, which decide what documents there are for them. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads the documents open to all and those of these groups; `None` in its place reads everything."""

    groups: tuple[str, ...] = ()
