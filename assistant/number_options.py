"""The whole numbers that a command's options take; any other text is refused in the command line's own words."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """An option's number of at least 1."""
    if natural(text) < 1:
        raise argparse.ArgumentTypeError("un nombre entier d'au moins 1")
    return int(text)


def natural(text: str) -> int:
    """An option's number of at least 0."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("un nombre entier")
    return int(text)
