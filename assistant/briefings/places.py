"""Where a dated event took place, from the words beside its date. Pure.

A place follows "à", "en", "in", "في" and the like beside the date, or is the country that hosts ("l'Algérie a
accueilli", "accueillie par l'Algérie"); a country that is only spoken of is no place.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.briefings.dates import When
from assistant.briefings.folded import folded
from corpus.glossary import PLACES, read_glossary
from index.terms import fold

_NAME = r"[A-ZÀ-Þ][\w’'-]*(?:[ -](?:(?:de|du|des|la|le|el|al|d|l)[ ’'-])?[A-ZÀ-Þ][\w’-]*){0,3}"
_AFTER_A = re.compile(rf"(?<!\w)(?:à|À)\s+({_NAME})")
_REACH = 90
"""How far from its date, in characters, a place may stand."""


def place_of(text: str, whens: list[When], at: int) -> str:
    """The place, as it is written, of the event dated by `whens[at]` in `text`, or `""`.

    >>> from assistant.briefings.dates import dates
    >>> text = "L'Algérie a accueilli la 17e session le 29 janvier 2000 et la 3e le 2 mai 2001 à Oran."
    >>> [place_of(text, dates(text), at) for at in (0, 1)]
    ['Algérie', 'Oran']
    """
    when = whens[at]
    following = whens[at + 1].start if at + 1 < len(whens) else len(text)
    after = text[when.end : min(following, when.end + _REACH)]
    if found := _stands_in(re.split(r"[;\n]|[.!?](?=\s)", after)[0]):
        return found[0]
    before = text[: when.start] if at == 0 else ""
    if found := _stands_in(before[-_REACH:]):
        return found[-1]
    return _host(text, when)


def _stands_in(text: str) -> list[str]:
    """The places that prepositions announce, in reading order."""
    plain = folded(text)
    spans = [match.span(1) for match in _AFTER_A.finditer(text)]
    spans = [(a, b) for a, b in spans if not text[a:b].isupper()]
    for match in _known().finditer(plain.text):
        start, end = plain.original(*match.span(1))
        if not any(a <= start < b for a, b in spans):
            spans.append((start, end))
    return [text[a:b].rstrip("'’-") for a, b in sorted(spans)]


def _host(text: str, when: When) -> str:
    plain = folded(text)
    found = ""
    for match in _hosting().finditer(plain.text):
        group = next(name for name, value in match.groupdict().items() if value)
        start, end = plain.original(*match.span(group))
        if match.start() < len(plain.text) and (start < when.start or group == "by"):
            found = text[start:end]
    return found


@lru_cache(maxsize=1)
def _names() -> str:
    forms = {fold(form) for term in read_glossary(PLACES) for own in term.forms.values() for form in own}
    return "|".join(sorted(map(re.escape, forms), key=len, reverse=True))


@lru_cache(maxsize=1)
def _known() -> re.Pattern[str]:
    return re.compile(rf"(?:(?<!\w)(?:en|a|au|aux|in|at|في(?: مدينه)?)\s+|(?<!\w)و?ب)(?:the )?({_names()})(?!\w)")


@lru_cache(maxsize=1)
def _hosting() -> re.Pattern[str]:
    names = _names()
    return re.compile(
        rf"(?<!\w)(?P<who>{names}) (?:a|ont|avait|has|had) (?:\w+ )?(?:accueilli|abrite|heberge|organise|hosted)"
        rf"|(?<!\w)(?P<did>{names}) (?:accueille|abrite|hosted|hosts)\b"
        rf"|(?:accueillie?s?|abritee?s?|hosted) (?:par|by) (?:l'|la |le |les |the )?(?P<by>{names})(?!\w)"
        rf"|(?:استضافت|احتضنت|استضاف|احتضن) (?P<ar>{names})(?!\w)"
    )
