"""What is installed, against the lowest versions that are safe: a table that ships with the product, and has an age."""

from __future__ import annotations

import datetime
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.version import Version

TABLE = Path(__file__).with_name("floors.toml")
OLD_DAYS, TOO_OLD_DAYS = 45, 90


@dataclass(frozen=True, slots=True)
class Floor:
    """The lowest safe version of a package, and the advisory that says why."""

    package: str
    at_least: str
    advisory: str


@dataclass(frozen=True, slots=True)
class Floors:
    """The table, and the day it was last read over."""

    date: datetime.date
    floors: tuple[Floor, ...]

    def age(self, today: datetime.date) -> int:
        """Days since it was read over."""
        return (today - self.date).days


def read_floors(path: Path = TABLE) -> Floors:
    """The table that ships."""
    value = tomllib.loads(path.read_text("utf-8"))
    return Floors(value["date"], tuple(Floor(**floor) for floor in value["floor"]))


def installed(package: str) -> str | None:
    """The version that is installed, or `None`."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def below(floors: Sequence[Floor], version_of: Callable[[str], str | None] = installed) -> list[tuple[Floor, str]]:
    """The packages that are installed below their floor, with their version; what is not installed is no risk."""
    found = ((floor, version_of(floor.package)) for floor in floors)
    return [(floor, own) for floor, own in found if own is not None and Version(own) < Version(floor.at_least)]
