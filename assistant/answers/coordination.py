"""Two things asked for under one opening: "quels sont les A de X et les B de Y". Pure; French, English and Arabic.

Each thing has its own head and its own body. Heads that share a body ("les objectifs et les missions du CMAI"), bodies
that share a head ("les programmes de l'OTAN et de l'UE") and names that hold an "and" are one thing, and stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.answers.asking import MARK, capital
from assistant.answers.ellipsis import FEMININE
from assistant.answers.mentions import Mention, mentions
from index.terms import fold

MOST_WORDS = 6
"""Of a head: a longer one is a clause, in which "and" may join anything."""
MOST_AFTER = 2
"""Words behind the name of a body that still describe it."""
MOST_ASKED = 60
"""Words of a question that asks for two things: a longer one tells more than it asks."""
_OPENING = {
    "fr": re.compile(
        r"(?:quel(?:le)?s?\s+(?P<verb>sont|est|étaient|était)|(?P<kept>qui\s+(?:est|sont|était|étaient)"
        r"|(?:donne|cite|énumère|liste|présente|rappelle|indique|explique|décris|résume|donnez|citez|énumérez|listez|présentez"
        r"|rappelez|indiquez|expliquez|décrivez|résumez)(?:[-\s](?:moi|nous))?))\s+",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?:(?:what|which)\s+(?P<verb>is|are|was|were)|(?P<kept>who\s+(?:is|are|was|were)"
        r"|(?:give|list|name|state|describe|explain|tell)(?:\s+(?:me|us))?))\s+",
        re.IGNORECASE,
    ),
    "ar": re.compile(
        r"(?:(?P<verb>ما)(?:\s+(?:هو|هي))?|(?P<kept>من\s+(?:هو|هي|هم)|اذكر|اذكري|اذكروا|عدد|حدد|اشرح|بين))\s+"
    ),
}
_JOINT = {
    "fr": re.compile(r"\s*,?\s+(?:et|ainsi que)\s+", re.IGNORECASE),
    "en": re.compile(r"\s*,?\s+(?:and|as well as)\s+", re.IGNORECASE),
    "ar": re.compile(r"\s*[،,]?\s+و"),
}
_HEAD = {
    "fr": re.compile(
        r"(?P<article>les|la|le|l['’])\s*(?P<noun>[^,;:?]+?)\s+(?:d(?:e\s+la|e\s+l['’]|u|es|e|['’])|(?:avec|dans|à|en)(?:\s+(?:la|le|les|l['’]))?|au|aux)\s*",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?P<article>the)\s+(?P<noun>[^,;:?]+?)\s+(?:of|in|at|with|within)\s+(?:the\s+)?",
        re.IGNORECASE,
    ),
    "ar": re.compile(r"(?P<article>)(?P<noun>[^\W\d_]{3,}(?:\s+[^\W\d_]+)*?)\s+(?:برنامج\s+|منظمة\s+)?"),
}
_CLAUSE = frozenset(
    "que qu qui dont ou par pour entre sur et ont sont a est that which who between by for and are is has have on الذي التي "
    "الذين بين و".split()
)
_ACTORS = frozenset(
    "pays etats etat gouvernement gouvernements ministres membres armee countries states state government governments "
    "ministers members army دول دوله حكومه حكومات وزراء اعضاء جيش".split()
)
"""Who acts with a body, rather than what is asked of it: "l'OTAN et les pays de l'UE" are one subject."""
_SAME = re.compile(r"(?:(?P<stand>ceux|celles?|celui|those|that)\s+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing asked for: its article, its head noun with what describes it, and the whole of it as written."""

    article: str
    noun: str
    text: str


def asked_apart(question: str, language: str) -> tuple[str, ...]:
    """The two questions in one that asks for a thing of one body and another of another; empty where it does not.

    >>> asked_apart("Quels sont les objectifs du CMAI et le siège de l'UMA ?", "fr")
    ('Quels sont les objectifs du CMAI ?', "Quel est le siège de l'UMA ?")
    >>> asked_apart("Quels sont les objectifs et les missions du CMAI ?", "fr")
    ()
    """
    text = question.strip().rstrip("?؟. \u00a0\u202f")
    opening = _OPENING[language].match(text)
    if not opening:
        return ()
    mark = MARK[language] if question.strip()[-1:] in "?؟" or opening["verb"] else "."
    for first, second in things_apart(text, opening.end(), language):
        kept = opening["kept"]
        other = f"{kept} {second.text}" if kept else _ASKED[language](second, opening["verb"])
        return capital(f"{opening[0]}{first.text}") + mark, capital(other) + mark
    return ()


def asked_of(thing: Thing, language: str) -> str:
    """The question that asks for a thing."""
    verb = {"fr": "sont", "en": "are", "ar": "ما"}[language]
    return _ASKED[language](thing, verb) + MARK[language]


def things_apart(text: str, start: int, language: str) -> list[tuple[Thing, Thing]]:
    """The two things that a text from `start` on is made of, in each way that it can be read as two."""
    if len(text.split()) > MOST_ASKED:
        return []
    named = [found for found in mentions(text) if found.entity]
    found = []
    for joint in _JOINT[language].finditer(text, start):
        if any(name.start < joint.end() - (language == "ar") and joint.start() < name.end for name in named):
            continue
        first = _thing(text, start, joint.start(), named, language)
        second = _thing(text, joint.end(), len(text), named, language, first)
        if first and second and not _one_subject(first, second):
            found.append((first, second))
    return found


def _thing(
    text: str, start: int, end: int, named: Sequence[Mention], language: str, before: Thing | None = None
) -> Thing | None:
    """The thing that a stretch of a text tells, ending with its body; `None` where it is anything else."""
    within = [name for name in named if start <= name.start and name.end <= end]
    if not within or within[0].start == start or not _describes(text[within[-1].end : end]):
        return None
    piece, at = text[start:end], within[0].start - start
    if before and (same := _SAME.match(piece)):
        return Thing(before.article, before.noun, _stood_for(before, piece[same.end() :]))
    attached = len(within[0].before) if language == "ar" else 0
    head = _HEAD[language].fullmatch(piece[:at])
    if not head or attached > 1 or not _plain(head["noun"], language):
        return None
    return Thing(fold(head["article"]).replace("’", "'"), head["noun"], piece)


def _describes(rest: str) -> bool:
    """Whether what follows a name is a word or two that describe it: "de l'Intérieur maghrébins"."""
    following = [fold(word) for word in rest.split()]
    return len(following) <= MOST_AFTER and not _CLAUSE & set(following) and all(map(str.isalnum, following))


def _plain(noun: str, language: str) -> bool:
    folded = [fold(word) for word in re.findall(r"[^\W\d_]+", noun)]
    owned = language == "ar" and re.search(r"(?:ه|ها|هم|هما)$", noun.split()[0]) and not noun.split()[0].endswith("ة")
    return 0 < len(noun.split()) <= MOST_WORDS and not _CLAUSE & set(folded) and not owned


def _one_subject(first: Thing, second: Thing) -> bool:
    heads = [fold(thing.noun.split()[0]) for thing in (first, second)]
    return heads[1] in _ACTORS and heads[0] not in _ACTORS


def _stood_for(before: Thing, rest: str) -> str:
    return f"{before.article}{'' if before.article.endswith(chr(39)) else ' '}{before.noun} {rest}"


def _in_french(thing: Thing, verb: str) -> str:
    past = "étai" in verb.lower()
    if thing.article == "les":
        feminine = FEMININE.search(fold(thing.noun.split()[0]))
        return f"Quel{'le' if feminine else ''}s {'étaient' if past else 'sont'} {thing.text}"
    agrees = thing.article == "la" or (thing.article != "le" and FEMININE.search(fold(thing.noun.split()[0])))
    return f"Quel{'le' if agrees else ''} {'était' if past else 'est'} {thing.text}"


def _in_english(thing: Thing, verb: str) -> str:
    head = re.split(r"\s+(?:of|for|in)\s+", thing.noun)[0]
    past, plural = verb.lower().startswith("w"), bool(re.search(r"[^s]s$", head))
    return f"What {('were' if plural else 'was') if past else ('are' if plural else 'is')} {thing.text}"


def _in_arabic(thing: Thing, verb: str) -> str:
    return f"{verb} {thing.text}"


_ASKED: dict[str, Callable[[Thing, str], str]] = {"fr": _in_french, "en": _in_english, "ar": _in_arabic}
