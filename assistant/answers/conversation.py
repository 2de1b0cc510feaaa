"""Make a follow-up stand alone, by rules: what it leaves out is carried over from the questions before. Pure.

The result is a question as a person would ask it, and names nothing that neither the history nor the follow-up names.
A question that says what it is about is left as it was typed: carrying a subject into it would answer another question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.answers import arabic, ellipsis, pronouns
from assistant.answers.asking import ask_anew, bare_asking, capital, opens_asking
from assistant.answers.mentions import mentions
from assistant.answers.phrases import phrases
from assistant.answers.small_talk import small_talk, without_greeting
from corpus.language import detect
from index.terms import fold, words

TURNS = 8
"""How many earlier questions are looked at."""

_OPENER = re.compile(
    r"^(?:et|puis|alors|ou bien|mais|and|then|but|so)\b[\s,]*(?:(?:pour ce qui est|qu['’]en est-il|quid)\s+(?=d)|(?:what|how)\s+about\s+|about\s+|alors\s+)?"
    r"|^(?:quid|qu['’]en est-il)\s+(?=d)|^(?:what|how)\s+about\s+"
    r"|^(?:et\s+)?compare[rz]?(?:-(?:le|la|les))?\s+(?:(?:cela|ça)\s+)?avec\s+|^(?:and\s+)?compare\s+(?:(?:it|that|this|them)\s+)?with\s+",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"^(?:avec|pour|dans|en|à|au|aux|contre|par|sur|chez|depuis|vers|pendant|celles?|ceux|celui|with|in|by|for|from|against|under|on|at"
    r"|that of|those of)\b|^(?:son|sa|ses|leurs?|its|their)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r",\s*(?:qui|que|quel(?:le)?s?|quand|où|comment|combien|who|what|when|where|how|which)\b|\b(?:est|sont|a|ont|était|is|are|was|were|has|have|did|does|do|\w+-(?:t-)?(?:il|elle|ils|elles))\b",
    re.IGNORECASE,
)
_OWN = re.compile(r"^(?:son|sa|ses|leurs?|its|their)\b", re.IGNORECASE)
_RELATIONAL = (
    r"(?:dates?|objectifs?|buts?|objet|budget|siège|missions?|rôle|membres|durée|thème|montant|domaines|résultats|priorités|participants|statuts?"
    r"|coût|président|financement|bénéficiaires|partenaires|aims?|objectives?|goals?|headquarters|role|members|theme|amount|cost|results|priorities)"
)
_BARE_NOUN = re.compile(
    r"^(?:(?:quel(?:le)?s?\s+(?:est|sont|était|étaient)|c['’]est quoi|(?:peux-tu|pouvez-vous|tu peux|vous pouvez)\s+(?:me\s+)?(?:préciser|donner|dire|rappeler|indiquer)"
    r"|donne[rz]?-moi|précise[rz]?|rappelle[rz]?-moi|what\s+(?:is|are|was|were)|(?:can|could) you (?:give|tell)(?: me)?|give me|tell me)\s+)"
    rf"((?:les?|la|the|l['’])\s*{_RELATIONAL}(?:\s+(?:de|d['’])\s*(?:signature|création|fondation|début|fin))?)$",
    re.IGNORECASE,
)
ABOUT_WORDS = 5
"""Words of a question that names nothing and may be about what was asked about before; a longer one says it itself."""
_BY_ITSELF = re.compile(
    r"(?:mais|but|so|alors|donc)\b|(?:(?:et|and)\s+)?(?:qui est|qu['’]est|what(?: is| are|'s)|who is)\b|و?(?:ما|من) ?(?:هو|هي)\b",
    re.IGNORECASE,
)
"""What turns to another subject, or asks what something is."""
_EVENT = r"(session|réunion|reunion|rencontre|meeting|édition|sommet|conférence)s?"


def standalone(question: str, history: Sequence[str], answers: Sequence[str] = ()) -> str:
    """The question as it has to be understood after the earlier ones, oldest first.

    `answers` are the texts of earlier answers; what they name is used only where no earlier question names anything.

    >>> standalone("Et la 32e ?", ["Quand s'est tenue la 35e session du CMAI ?"])
    "Quand s'est tenue la 32e session du CMAI ?"
    >>> standalone("Et la 17e ?", ["Quand s'est tenue la 35e session du CMAI ?", "Où ?"])
    "Où s'est tenue la 17e session du CMAI ?"
    >>> standalone("Quels sont les objectifs du CMAI ?", ["Bonjour"])
    'Quels sont les objectifs du CMAI ?'
    """
    base = ""
    for turn in history[-TURNS:]:
        turn = unicodedata.normalize("NFC", turn).strip()
        if any(letter.isalnum() for letter in turn) and not _is_talk(turn):
            base = _understood(turn, base) if base else turn
    if base and answers and not mentions(base):
        named = [m.text for m in mentions(answers[-1]) if m.entity]
        base = f"{base.rstrip('?؟ ')} ({named[0]}) ?" if named else base
    return _understood(question, base) if base else question


def _is_talk(turn: str) -> bool:
    return small_talk(turn) is not None or fold(turn).strip(" .!") in {"oui", "non", "yes", "no", "نعم", "لا"}


def _understood(question: str, base: str) -> str:
    text = without_greeting(unicodedata.normalize("NFC", question))
    bare = text.rstrip("?؟!. \u00a0\u202f")
    if not bare:
        return question
    spoken = detect(base)
    arabic_letters = any("\u0621" <= letter <= "\u064a" for letter in bare)
    return (_arabic if arabic_letters else _latin)(bare, base, spoken) or question


def _latin(bare: str, base: str, spoken: str) -> str:
    rest = _OPENER.sub("", bare, count=1).strip(" ,")
    opened = rest != bare
    if not rest:
        return ""
    own = _language(rest, spoken)
    mark = " ?" if own == "fr" else "?"
    if bare_asking(rest):
        return ask_anew(base, rest, spoken)
    two = re.match(r"^(.+?),?\s+((?:dans|en|à|in|on)?\s*\S+(?:\s+\S+)?)$", rest)
    if opened and two and bare_asking(two[2]) and not opens_asking(two[1]) and not _CLAUSE.search(rest):
        return ask_anew(_latin(f"et {two[1]}", base, spoken) or base, two[2], spoken)
    if spoken == "ar" and (opened or _FRAGMENT.match(rest)) and not opens_asking(rest) and not _CLAUSE.search(rest):
        return arabic.substitute(base, rest)
    if _OWN.match(rest):
        return _owned(rest, base, own)
    if filled := _bare_noun(rest, base, own):
        return filled
    asks = (
        opens_asking(rest)
        or bool(_CLAUSE.search(rest))
        or re.match(r"(?:(?:il|elle)s?|c['’]est|ça|cela)\b", rest, re.IGNORECASE) is not None
    )
    if not asks and (opened or _fragment(rest)):
        return ellipsis.substitute(base, rest, spoken)
    if not asks and not opened:
        return ""
    if filled := pronouns.replaced(rest, base, own):
        return capital(filled).rstrip() + mark
    if filled := _event(rest, base):
        return capital(filled) + mark
    topic = ellipsis.topic_of(base)
    about = opened and opens_asking(rest) and not _BY_ITSELF.match(bare)
    return _about_it(rest, topic.core if topic else "", mark) if about else ""


def _bare_noun(rest: str, base: str, own: str) -> str:
    """ "Quels sont les objectifs ?" says of what only by the question before it."""
    match = _BARE_NOUN.match(rest)
    return ellipsis.substitute(base, match[1], own) if match else ""


def _owned(rest: str, base: str, own: str) -> str:
    """A fragment that opens with "its": asked as a question about what the earlier question is about."""
    noun = re.sub(r"^\w+\s+", "", rest)
    article = {"ses": "les", "leurs": "les", "sa": "la", "its": "the", "their": "the"}.get(fold(rest.split()[0]), "le")
    if article == "le" and re.match("[aeiouyhéèê]", noun, re.IGNORECASE):
        return ellipsis.substitute(base, f"l'{noun}", own)
    return ellipsis.substitute(base, f"{article} {noun}", own)


def _fragment(rest: str) -> bool:
    """Whether words without an opener cannot stand alone: they hang on a preposition, or give a bare rank."""
    if _FRAGMENT.match(rest):
        return True
    named = mentions("et " + rest)
    return bool(named) and named[0].kind == "ordinal" and not any(m.entity for m in named)


def _event(rest: str, base: str) -> str:
    """A session or meeting without its body ("la dernière", "la 15e session") given the one asked about before."""
    named = mentions(rest)
    if any(m.entity for m in named):
        return ""
    event = re.search(rf"\b{_EVENT}\b", rest, re.IGNORECASE)
    before = next((p for p in phrases(base) if re.search(rf"\b{_EVENT}\b", p.core, re.IGNORECASE)), None)
    ranked = next((m for m in named if m.kind == "ordinal"), None)
    if before is None:
        return ""
    tail = re.search(rf"\b{_EVENT}\b.*$", before.core, re.IGNORECASE)
    if tail is None:
        return ""
    if event and fold(event[1]) == fold(re.sub("s$", "", tail[1])):
        of = tail[0][len(event[0].rstrip("s")) :].lstrip("s")
        return rest[: event.end()] + of + rest[event.end() :] if of else ""
    if ranked and not event and re.match(r"\s*(?:$|,|one\b|held\b|a\b|s['’])", rest[ranked.end :]):
        noun = re.sub(rf"^{_EVENT}", r"\1", tail[0], flags=re.IGNORECASE)
        after = re.sub(r"^\s*one\b", "", rest[ranked.end :])
        return f"{rest[: ranked.end]} {noun}{after}"
    return ""


def _language(rest: str, spoken: str) -> str:
    """French or English, by closed words first: a detector needs more text than a follow-up holds."""
    folded = {fold(word) for word in words(rest)}
    if folded & set("who what when where why how which is are was were did does its their the it they".split()):
        return "en"
    return (
        "fr"
        if spoken == "ar"
        else "fr"
        if folded & set("qui que quand ou quel quelle son sa ses le la les il elle y en".split())
        else spoken
    )


def _arabic(bare: str, base: str, spoken: str) -> str:
    rest = arabic.opener_removed(bare, base)
    opened = rest != bare
    if bare_asking(rest):
        return ask_anew(base, rest, spoken)
    if filled := arabic.replaced(rest, base if spoken == "ar" else _topic_only(base)):
        asked = filled if opens_asking(filled) or re.match("هل|متى|أين|اين|كيف|لماذا", filled) else f"ما {filled}"
        return f"{asked}؟"
    asking, again = arabic.numbered(rest, base)
    if again:
        return ask_anew(again, asking, spoken) if bare_asking(asking) else again
    if opens_asking(rest) or re.match("هل|متى|أين|اين|كيف|لماذا|ما |كم |(?:على|في|من|عن|إلى|ب)\\s?أي", rest):
        return _about_it(rest, arabic.topic_of(base), "؟") if opened and not _BY_ITSELF.match(bare) else ""
    if not opened:
        return ""
    return arabic.substitute(base, rest) if spoken == "ar" else ellipsis.substitute(base, rest, spoken)


def _about_it(rest: str, topic: str, mark: str) -> str:
    """A short question behind "and" that names nothing: what it is about is told after it."""
    if not topic or mentions(rest) or len(rest.split()) > ABOUT_WORDS or re.search(r"\d", rest):
        return ""
    return f"{capital(rest)} ({topic}){mark}"


def _topic_only(base: str) -> str:
    topic = ellipsis.topic_of(base)
    return topic.core if topic else ""
