"""Two sides under one head: "la coopération avec A et avec B" compares A and B, not the cooperation with one. Pure.

The head is what both share ("la coopération"), the link what ties each side to it ("avec"). The link may be said twice,
the head too ("la coopération avec A et la coopération avec B", "... et celle avec B"), or both once, where A and B are names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.mentions import Mention, mentions
from assistant.answers.unnamed import is_class
from index.terms import fold

MOST_WORDS = 40
"""Of a text that compares two things: a longer one tells a story."""
_LINK = {
    "fr": r"avec|entre|dans|en|pour|sur|contre|par|chez|à|au|aux|de|du|des|d['’]",
    "en": r"with|between|within|in|on|for|by|of|at|against",
    "ar": r"مع|بين|في|لدى|ضد|نحو|تجاه|داخل",
}
_LINKS = {
    language: re.compile(rf"(?<!\S)(?P<link>{links})(?:\s+|(?<=['’]))", re.IGNORECASE)
    for language, links in _LINK.items()
}
_JOINT = {
    "fr": re.compile(r"\s*,?\s+(?:et|avec|à|au|par rapport (?:à|au))\s+", re.IGNORECASE),
    "en": re.compile(r"\s*,?\s+(?:and|with|to)\s+", re.IGNORECASE),
    "ar": re.compile(r"\s*[،,]?\s+و(?:بين\s+)?"),
}
_ARTICLE = re.compile(r"(?:le\s|la\s|les\s|l['’]|the\s)\s*", re.IGNORECASE)
_STANDS = re.compile(r"(?:celles?|ceux|celui|that|those)\s+", re.IGNORECASE)
_AMONG = {"entre": "avec", "between": "with", "بين": "مع"}
"""What ties one side alone, in place of what ties both."""
_OF = re.compile(r"(?:de|du|des|d['’])$", re.IGNORECASE)
_VAGUE = frozenset(
    "cooperation collaboration relation relations partenariat partenariats partnership partnerships echange echanges exchange "
    "exchanges action actions texte textes text texts document documents domaine domaines activite activites activities "
    "تعاون علاقه علاقات شراكه نصوص نص وثائق وثيقه مجال مجالات".split()
)
"""Heads that half of the texts speak of: alone they are no side of anything."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A head, what links each side to it, and the two sides with their articles."""

    head: str
    link: str
    first: str
    second: str


def shared_head(text: str, language: str) -> Shared | None:
    """The head that the two compared in a text share; `None` where they are not put under one.

    >>> shared_head("la coopération avec l'Union africaine et avec l'Union européenne", "fr")
    Shared(head='la coopération', link='avec', first="l'Union africaine", second="l'Union européenne")
    >>> shared_head("le CMAI avec l'UMA", "fr")
    """
    if len(text.split()) > MOST_WORDS:
        return None
    named = [found for found in mentions(text) if found.entity]
    for joint in _JOINT[language].finditer(text):
        at = joint.end() - 1 if language == "ar" else joint.start() + 1
        if any(name.start < at < name.end for name in named):
            continue
        for link in _LINKS[language].finditer(text, 1, joint.start()):
            if any(name.start < link.start() < name.end for name in named):
                continue
            head, first = text[: link.start()].strip(), text[link.end() : joint.start()].strip()
            second = _second(text[joint.end() :], joint[0].strip(" ،,"), head, link["link"], first, language)
            if second and first and not _opens_named(head, named) and _plain(head, language):
                tie = _bare(link["link"])
                tie = _AMONG.get(tie, tie) if _is_name(first) else tie
                return Shared(head, tie, _article(link["link"]) + first, second)
        if language == "ar" and (found := _possessed(text, joint, named)):
            return found
    return None


def _possessed(text: str, joint: re.Match[str], named: Sequence[Mention]) -> Shared | None:
    """ "أهداف A وB": Arabic ties a head to its body by their order alone."""
    owner = next((name for name in named if name.end == joint.start() and not name.before), None)
    head, second = text[: owner.start if owner else 0].strip(), text[joint.end() :].strip()
    if not owner or not head or is_class(head.split()[-1]) or not _is_name(second):
        return None
    return Shared(head, "de", owner.text, second) if _plain(head, "ar") and not _LINKS["ar"].search(head) else None


def vague(side: str) -> bool:
    """Whether a side is one word that names nothing of its own: "la coopération".

    >>> vague("la coopération"), vague("la coopération policière"), vague("التعاون")
    (True, False, True)
    """
    bare = fold(_ARTICLE.sub("", side.strip(), count=1))
    return bare in _VAGUE or bare.removeprefix("ال") in _VAGUE


def _second(rest: str, joint: str, head: str, link: str, first: str, language: str) -> str:
    """The second side, with its link and its head taken off; empty where it is none under that head."""
    rest = rest.strip()
    said = next((opening for opening in (head, _ARTICLE.sub("", head, count=1)) if _begins(rest, opening)), "")
    if not said and (stands := _STANDS.match(rest)):
        said = stands[0].strip()
    after = rest[len(said) :].strip()
    again = _LINKS[language].match(after)
    if again and _same(again["link"], link):
        tied = after[again.end() :].strip()
        merged = _article(again["link"])
        joined = bool(said) or joint.lower() in {"et", "and"} or language == "ar"
        named = _is_name(first) and _is_name(merged + tied)
        return merged + tied if joined and (named or not _OF.match(link)) else ""
    both_named = _is_name(first) and _is_name(rest)
    return rest if both_named and not said and (joint.lower() in {"et", "and"} or language == "ar") else ""


def _article(link: str) -> str:
    """The article that a link holds: "du" is "de le"."""
    return {"du": "le ", "au": "le ", "des": "les ", "aux": "les "}.get(link.lower(), "")


def _bare(link: str) -> str:
    """A link without its article, in one form."""
    return "de" if _OF.match(link) else {"au": "à", "aux": "à"}.get(link.lower(), link.lower())


def _begins(text: str, opening: str) -> bool:
    return bool(opening) and fold(text).startswith(fold(opening) + " ")


def _same(one: str, other: str) -> bool:
    return _bare(one) == _bare(other)


def _is_name(text: str) -> bool:
    """Whether a text is one name and its article."""
    article = _ARTICLE.match(text)
    start = article.end() if article else 0
    named = mentions(f"et {text}")
    return any(name.entity and name.start - 3 == start and name.end - 3 == len(text) for name in named)


def _opens_named(head: str, named: Sequence[Mention]) -> bool:
    article = _ARTICLE.match(head)
    return any(name.start == (article.end() if article else 0) for name in named)


def _plain(head: str, language: str) -> bool:
    return 0 < len(head.split()) <= 8 and not _JOINT[language].search(f" {head} ")
