"""A setting that is a whole number between two bounds, read from the environment and refused by its name."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.errors import BadSetting


def whole_number(environ: Mapping[str, str], name: str, default: int, least: int, most: int = 10**9) -> int:
    """The variable `name`, `default` where it is empty or not set; raises `BadSetting` for anything out of bounds.

    >>> whole_number({"LIMIT": "20"}, "LIMIT", 5, 1), whole_number({"LIMIT": ""}, "LIMIT", 5, 1)
    (20, 5)
    """
    text = environ.get(name, "")
    if not text:
        return default
    digits = text.lstrip("0")[:12] or "0"  # a number of more digits is over any bound
    if not (text.isascii() and text.isdigit()) or not least <= int(digits) <= most:
        raise BadSetting(f"{name}={text!r} : donnez un nombre entier entre {least} et {most}.")
    return int(digits)
