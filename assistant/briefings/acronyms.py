"""The acronyms of statements, with their full form where the text itself gives it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.terms import fold

ACRONYM = re.compile(r"(?<![\w+-])(?=[A-Z0-9+]*[A-Z])[A-Z][A-Z0-9]{1,9}(?![\w+-])")
_AFTER = re.compile(r"\s*\(([^()]{6,120})\)")
_SMALL = frozenset("de du des la le les l d et en pour a au aux of the and for sur dans".split())


def acronyms(text: str) -> Iterator[tuple[str, str]]:
    """Each acronym of a text and its full form in it, or `""`.

    >>> list(acronyms("le PAM (Programme alimentaire mondial) et la science pour la paix durable (SPD)"))
    [('PAM', 'Programme alimentaire mondial'), ('SPD', 'science pour la paix durable')]
    """
    if sum(c.isupper() for c in text) > 0.6 * sum(c.isalpha() for c in text):
        return
    for match in ACRONYM.finditer(text):
        name = match.group()
        after = _AFTER.match(text, match.end())
        if after and _spells(name, after[1]):
            yield name, after[1].strip()
        else:
            yield name, _before(text[: match.start()], name)


def _before(text: str, name: str) -> str:
    """The words before `(NAME)` or `/NAME` whose initials spell it."""
    if not text.rstrip().endswith(("(", "/")):
        return ""
    text = text.rstrip()[:-1].rstrip()
    quoted = re.search(r"[«“]\s*([^«»“”]{6,120}?)\s*[»”]?$", text)
    if quoted and _spells(name, quoted[1], loosely=True):
        return quoted[1]
    starts = [m.start() for m in re.finditer(r"[^\W_]+", text)][-14:]
    for start in reversed(starts):
        if _spells(name, text[start:]):
            return text[start:].rstrip(' »”"')
    return ""


def _spells(name: str, words: str, loosely: bool = False) -> bool:
    """Whether the initials of words are an acronym, the small words counted or not; `loosely`: in order, not all."""
    content = re.findall(r"[^\W\d_]+", fold(words))
    important = "".join(word[0] for word in content if word not in _SMALL).upper()
    whole = "".join(word[0] for word in content).upper()
    rest = iter(important)
    in_order = important[:1] == name[:1] and all(letter in rest for letter in name)
    return bool(content) and (name in (important, whole) or (loosely and in_order))
