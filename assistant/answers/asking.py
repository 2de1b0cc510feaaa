"""The asking words of a question and how one question is asked another way. Pure; French, English and Arabic.

"Quand s'est tenue la session ?" and "Où ?" give "Où s'est tenue la session ?". Where a question cannot be turned
without knowing its grammar, the second asking is joined to it ("..., et où ?"), which any reader understands.
"""

from __future__ import annotations

import re

from assistant.answers.phrases import compose, phrases
from index.terms import fold

MARK = {"fr": " ?", "en": "?", "ar": "؟"}
"""What a question ends with, by its language."""
_FR_BEFORE = r"(?:(?:à|a|de|d['’]|par|pour|avec|en|dans|depuis|jusqu['’]à|contre|sur|vers|chez)\s*)?"
_NOUN = r"(?!les?\b|la\b|l['’]|s['’]|the\b|est\b|sont\b|était\b|étaient\b|a\b|ont\b|was\b|were\b|is\b|are\b|did\b|has\b|have\b|do\b|does\b)[^\W\d_]+"
_BARE = re.compile(
    rf"^(?:{_FR_BEFORE}(?:qui|quoi|quand|o[uù]|combien|(?:(?<=de )|(?<=en )|(?<=pour )|(?<=dans )|(?<=avec )|(?<=depuis ))combien\s+d(?:e\s+|['’]){_NOUN}|pourquoi|comment|(?:les|du|des)?quel(?:le)?s?|laquelle|lequel"
    rf"|quel(?:le)?s?(?:\s+{_NOUN}){{1,2}})"
    rf"|(?:(?:in|on|by|with|for|since|from|to|at)\s+)?(?:who|whom|when|where|why|how(?:\s+(?:many|much|long|often))?|(?:(?<=in )|(?<=by )|(?<=for )|(?<=from )|(?<=with ))how\s+(?:many|much)\s+{_NOUN}"
    rf"|(?:which|what)(?:\s+(?:{_NOUN}|ones)){{0,2}})"
    r"|(?:(?:في|من|مع|منذ|إلى|الى|حتى)\s+)?(?:متى|أين|اين|لماذا|لم|كيف|كم|من|ماذا|لمن|بكم|(?:ب?أي|ب?أية|اي|اية)\s+\S+(?:\s+\S+)?))"
    r"(?:\s+(?:exactement|exactly|donc|بالضبط))?$",
    re.IGNORECASE,
)
_ADVERB = re.compile(
    rf"^(?:(?:depuis|jusqu['’]à)?\s*quand|d['’]o[uù]|o[uù]|comment|pourquoi|combien(?:\s+de fois|(?!\s+d))"
    rf"|(?:à|a|de|d['’]|par|pour|avec|en|dans|depuis|contre|sur|vers)\s*(?:qui|quoi|quel(?:le)?s?(?:\s+{_NOUN}){{1,2}})"
    rf"|(?:(?:in|on|by|with|for|since|from|to|at)\s+)?(?:when|where|why|how long|how many times|how often|how(?!\s+(?:many|much)))"
    rf"|(?:in|on|by|with|for|since|from|to|at)\s+(?:whom|(?:which|what)\s+{_NOUN})|(?:which|what)\s+(?:year|city|country|date|day)"
    r"|(?:(?:في|منذ|إلى|الى|حتى)\s+)?(?:متى|أين|اين|لماذا|كيف|كم مرة|(?:أي|أية)\s+\S+)|هل)(?=\s|$)",
    re.IGNORECASE,
)
_FR_WHICH = re.compile(r"^(?:quel(?:le)?s?\s+|combien\s+d(?:e\s+|['’]))", re.IGNORECASE)
_EN_WHICH = re.compile(
    r"^(?:which|what|how many(?!\s+times\b))\s+(?!is\b|are\b|was\b|were\b|did\b|does\b|do\b|has\b|have\b)",
    re.IGNORECASE,
)
_AR_WHICH = re.compile(r"^(?:كم|أي|أية|اي)\s+")
_EN_OBJECT = re.compile(r"^what\s+(?=did\b|does\b|do\b|has\b|have\b|will\b)", re.IGNORECASE)
_EN_YES_NO = re.compile(r"^(?:is|are|was|were|do|does|did|has|have|can|will)\b", re.IGNORECASE)
_AUX = r"(?:is|are|was|were|has|have|had|will|did|do|does|can)"
_IS_WH = re.compile(r"^(?:qu|que|qui|quoi|what|who|how|ما|ماذا|من)\b|^qu['’]", re.IGNORECASE)
_TURN = re.compile(
    r"\s+(?:(?:pour\s+|à\s+)?la\s+(?:toute\s+)?(?:premi[eè]re|derni[eè]re|seconde|\w+i[eè]me|\d+e)(?:\s+fois)?"
    r"|(?:for\s+)?the\s+(?:very\s+)?(?:first|second|last|\w+th|third)(?:\s+time)?|last|most recently"
    r"|(?:في\s+|كانت\s+)?(?:آخر|أول)\s+مرة|(?:في\s+|كانت\s+)?(?:ال|لل)مرة\s+ال\w+)$",
    re.IGNORECASE,
)
_KINDS = (
    ("place", "où", "where", "أين"),
    ("time", "quand", "when", "متى"),
    ("reason", "pourquoi", "why", "لماذا"),
    ("manner", "comment", "how", "كيف"),
    ("count", "combien", "how many", "كم"),
    ("person", "qui", "who", "من"),
)


def bare_asking(fragment: str) -> bool:
    """Whether a fragment is an asking word and nothing else.

    >>> bare_asking("Dans quelle ville"), bare_asking("which year"), bare_asking("quand a-t-il été créé")
    (True, True, False)
    """
    return _BARE.match(fragment.strip()) is not None


def asked_turn(fragment: str) -> tuple[str, str]:
    """The asking word and the turn of "où la dernière fois"; empty where a fragment is anything else.

    >>> asked_turn("où la dernière fois"), asked_turn("où se trouve le siège")
    (('où', 'la dernière fois'), ('', ''))
    """
    turn = _TURN.search(fragment.strip())
    asking = fragment.strip()[: turn.start()] if turn else ""
    return (asking, turn[0].strip()) if turn and bare_asking(asking) else ("", "")


def opens_asking(text: str) -> bool:
    """Whether a text opens with an asking word of any kind."""
    return bool(
        _ADVERB.match(text)
        or _FR_WHICH.match(text)
        or _EN_WHICH.match(text)
        or _IS_WH.match(text)
        or _AR_WHICH.match(text)
    )


def in_language(asking: str, language: str) -> str:
    """An asking word in the language of the question it is to open; as it is where that is not a single word.

    >>> in_language("Where", "fr"), in_language("dans quelle ville", "fr")
    ('où', 'dans quelle ville')
    """
    place = ("fr", "en", "ar").index(language) + 1
    known = {fold(form): row[place] for row in _KINDS for form in row[1:]}
    return known.get(fold(asking), asking)


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    opens = re.match(
        r"(?:le|la|les|l['’]|un|une|des|est-ce|y|the|is|are|was|were|do|does|did|has|have)\b", text, re.IGNORECASE
    )
    return text[:1].lower() + text[1:] if opens else text


def ask_anew(base: str, asking: str, language: str) -> str:
    """The question `base` asked with other asking words.

    >>> ask_anew("Quand s'est tenue la 35e session ?", "où", "fr")
    "Où s'est tenue la 35e session ?"
    >>> ask_anew("Which programmes were created by the AMU?", "why", "en")
    'Why were the programmes created by the AMU?'
    >>> ask_anew("Qui préside le CMAI ?", "depuis quand", "fr")
    'Qui préside le CMAI, et depuis quand ?'
    """
    body = base.strip().rstrip("?؟ \u00a0\u202f.")
    asking = _in_full(in_language(asking.strip(), language))
    turned = {"fr": _french, "en": _english, "ar": _arabic}[language](body, asking)
    joined = {"fr": f"{body}, et {asking.lower()}", "en": f"{body}, and {asking.lower()}", "ar": f"{body}، و{asking}"}
    return capital(turned or joined[language]) + MARK[language]


def _in_full(asking: str) -> str:
    """ "Quelle ville" as it opens a question: "dans quelle ville"."""
    noun = re.match(r"(?:quel(?:le)?s?|which|what)\s+([^\W\d_]+?)s?$", asking, re.IGNORECASE)
    before = {
        "annee": "en ", "ville": "dans ", "pay": "dans ", "lieu": "dans ", "endroit": "à ", "date": "à ", "jour": "", "domaine": "dans ",
        "year": "in ", "city": "in ", "country": "in ", "place": "in ",
    }.get(fold(noun[1]) if noun else "", "")  # fmt: skip
    if noun and fold(noun[1]) == "date" and not fold(asking).startswith("quel"):
        before = "on "
    return before + (asking.lower() if before else asking)


def _moved(which: str, noun: str, asking: str) -> str:
    """A question on an object asked another way: the object goes to its end."""
    turned = re.match(
        r"(.+?)\s((?:l['’]|le\s|la\s|les\s)[^?]*?-(?:t-)?(?:elle|il|elles|ils|on)\b.*)$", noun, re.IGNORECASE
    )
    if not turned:
        return ""
    clause = re.sub(r"(é)(?:e|s|es)$", r"\1", turned[2])
    return f"{asking} {clause} {compose('', which, turned[1])}"


def _with_article(article: str, noun: str) -> str:
    elided = article in {"le", "la"} and re.match("[aeiou]", fold(noun))
    return compose("", "l'" if elided else article, noun)


def _french(body: str, asking: str) -> str:
    adverb, which = _ADVERB.match(body), _FR_WHICH.match(body)
    low = fold(asking)
    if which and not adverb:
        noun = body[which.end() :]
        if low == "combien":
            return compose("Combien de", "", noun) if not re.match(r"(?:est|sont)\b", noun) else ""
        if low.startswith("lesquel"):
            return ("Quelles " if low == "lesquelles" else "Quels ") + noun
        if low.startswith("combien") or low == "qui" or fold(body).startswith("combien"):
            return ""
        if re.match(r"(?:est|sont|était|étaient)\b", noun) or re.search(r"\bfaut-il\b", noun):
            return ""
        head = phrases(body)
        if moved := _moved(head[0].article if head else "les", noun, asking):
            return moved
        return f"{asking} {_with_article(head[0].article, noun)}" if head else ""
    if low == "combien":
        topic = next((p for p in phrases(body) if p.plural), None)
        return f"combien {compose('de', '', topic.core)} y a-t-il" if topic else ""
    if adverb:
        return asking + body[adverb.end() :]
    if re.match(r"(?:est-ce|y a)", fold(body)) or not _IS_WH.match(body):
        return (
            f"{asking} {_lower(body)}"
            if low not in {"qui", "quoi"} and not re.match("parle|dis|donne", fold(body))
            else ""
        )
    what = re.match(r"qu['’]est[- ]ce (?:que |qu['’])(?!c['’])", body, re.IGNORECASE)
    if what and low == "ou":
        return f"où se trouve {body[what.end() :]}"
    return ""


def _english(body: str, asking: str) -> str:
    adverb, which = _ADVERB.match(body), _EN_WHICH.match(body)
    low = fold(asking)
    if which:
        noun = body[which.end() :]
        if low in {"how many", "which ones", "which"}:
            return f"{'how many' if low == 'how many' else 'which'} {noun}"
        subject = re.match(rf"(.+?)\s+({_AUX})\s+(.*)$", noun, re.IGNORECASE)
        if not subject or low in {"who", "what"}:
            return ""
        if subject[2] in {"did", "do", "does"}:
            return f"{asking} {subject[2]} {subject[3]} the {subject[1]}"
        return f"{asking} {subject[2]} the {subject[1]} {subject[3]}"
    if adverb:
        return asking + body[adverb.end() :]
    if low == "how many":
        topic = next((p for p in phrases(body) if p.plural), None)
        return f"how many {topic.core} are there" if topic else ""
    if (match := _EN_OBJECT.match(body)) and low not in {"who", "whom"}:
        return f"{asking} {body[match.end() :]}"
    if _EN_YES_NO.match(body) and low not in {"who", "what"}:
        return f"{asking} {_lower(body)}"
    topic_of = re.match(r"what (?:is|are) ", body, re.IGNORECASE)
    if topic_of and low == "where":
        return f"where {body[5:]}"
    return ""


def _arabic(body: str, asking: str) -> str:
    if adverb := _ADVERB.match(body):
        return asking + body[adverb.end() :]
    if (which := _AR_WHICH.match(body)) and asking in {"متى", "أين"}:
        return f"{asking} كانت {body[which.end() :]}"
    if topic := re.match(r"(?:ما|من) (?:هو|هي|هم)\s+", body):
        if asking in {"أين", "متى"}:
            return ""
        return f"{asking} {body[topic.end() :]}"
    return ""
