"""The interface's words in French, Arabic and English, read from the TOML files beside this one.

The pages' own words are written nowhere else; those of refusals and notices lie in `assistant/answers`, those of
briefings in `assistant/briefings/labels.toml`, those of reports in `evals/templates`. Why a file cannot be read is told
in French. A test compares the three files: a key missing in one fails.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

LANGUAGES: Final = ("fr", "ar", "en")
DEFAULT: Final = "fr"
PLURALS: Final = {
    "fr": ("one", "other"),
    "en": ("one", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
}
"""The plural forms that each language writes, as Unicode's CLDR names them."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language's words, under dotted keys; a plural's forms are `key.one`, `key.other` and so on."""

    language: str
    table: Mapping[str, str]

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self["interface.direction"]

    def __getitem__(self, key: str) -> str:
        return self.table[key]

    def fill(self, key: str, **values: object) -> str:
        """The words of a key with their `{names}` filled in."""
        return self[key].format(**values)

    def count(self, key: str, n: int, **values: object) -> str:
        """The form of a plural that goes with `n`, with `{n}` filled in.

        >>> words("fr").count("verdict.kept", 2), words("fr").count("verdict.removed", 0)
        ('2 phrases vérifiées', '0 retirée')
        """
        return self[f"{key}.{plural_form(self.language, n)}"].format(n=n, **values)

    def date(self, iso: str) -> str:
        """A date `2018-03-07` or a month `2018-03` in words; any other text as it is.

        >>> words("fr").date("2018-03-01"), words("en").date("2018-03-07"), words("fr").date("2018")
        ('1er mars 2018', '7 March 2018', '2018')
        >>> words("fr").date("2018-03")
        'mars 2018'
        """
        year, _, rest = iso[:10].partition("-")
        month, _, day = rest.partition("-")
        if not (year.isdigit() and month.isdigit() and (day or "1").isdigit() and 1 <= int(month) <= 12):
            return iso
        if not day:
            return f"{self[f'date.month{int(month)}']} {year}"
        first = self["date.first"] if int(day) == 1 else day.lstrip("0")
        return self.fill("date.form", day=first, month=self[f"date.month{int(month)}"], year=year)


def plural_form(language: str, n: int) -> str:
    """The CLDR plural form of a whole number.

    >>> [plural_form("fr", n) for n in (0, 1, 2)], [plural_form("ar", n) for n in (0, 2, 7, 11, 100)]
    (['one', 'one', 'other'], ['zero', 'two', 'few', 'many', 'other'])
    """
    if language == "ar":
        if n in (0, 1, 2):
            return ("zero", "one", "two")[n]
        return "few" if 3 <= n % 100 <= 10 else "many" if 11 <= n % 100 <= 99 else "other"
    return "one" if n == 1 or (n == 0 and language == "fr") else "other"


@cache
def words(language: str) -> Words:
    """The words of a language; French for one that is not ours."""
    language = language if language in LANGUAGES else DEFAULT
    text = files(__name__).joinpath(f"{language}.toml").read_text("utf-8")
    return Words(language, dict(_flat(tomllib.loads(text))))


def _flat(table: Mapping[str, object], above: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{above}{key}"
        found += _flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found
