"""Pronouns of a follow-up give way to what they stand for in the question before. Pure; French and English.

Only words that point out of the question are touched: "L'Algérie a-t-elle signé ?" and "Is it true that ...?" stand
alone. One rule of each table applies at most, the first that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.answers.asking import bare_asking
from assistant.answers.ellipsis import FEMININE, agrees, foreign, is_ours, topic_of
from assistant.answers.mentions import mentions
from assistant.answers.phrases import Phrase, compose, phrases
from index.terms import fold

_WH = (
    r"(?:(?:(?:à|a|de|par|pour|avec|en|dans|depuis|sur|contre)\s+)?(?:qui|que|quoi|qu['’]|quand|o[uù]|comment|combien\s+d(?:e\s+|['’])[^\W\d_]+(?:\s+[^\W\d_]+)??|combien|pourquoi"
    r"|quel(?:le)?s?(?:\s+[^\W\d_]+){0,2}?))"
)
_CLITICS = r"(?:(?:ne|n['’]|se|s['’]|y|en|l['’]|lui|leur)\s*)*"
_INVERTED = re.compile(rf"^({_WH}\s*)?({_CLITICS}[^\W\d_]+-(?:t-)?)(ils|elles|il|elle)\b(.*)$", re.IGNORECASE)
_IMPERSONAL = re.compile(
    r"\by (?:en )?a-t-il|s['’]agit-il|faut-il|existe-t-il|peut-il y|est-il (?:vrai|possible|prevu|necessaire|exact)|se passe-t-il|reste-t-il|heure est-il|fait-il (?:beau|chaud|froid)"
)
_SUBJECT = re.compile(rf"^({_WH}\s+est-ce qu['’]|est-ce qu['’]|)(ils|elles|il|elle)\s+(.*)$", re.IGNORECASE)
_OBJECT = re.compile(
    r"^((?:(?:par|de|à)\s+)?qui|comment|pourquoi|quand|qu['’]est-ce qui)\s+(les\b|le\b|la\b|l['’])\s*(?!\w+\s+(?:de|du|des|d['’]))([^?]*)$",
    re.IGNORECASE,
)
_AT = re.compile(r"^(.*?)\b(y)\s+((?!a\b|a-t|en\b)\w.*)$", re.IGNORECASE)
_OF_IT = re.compile(
    r"^(.*?\b(?:qui|quand|que|comment|o[uù])|(?:combien d|quel)[^?]*?)\s+en\s+((?:font?|sont|est|bénéficient?|profitent?|dépendent?|relèvent?"
    r"|découlent?|résultent?|assurent?|parlent?|prend|prennent)\b)(.*)$",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"^combien\s+(?:y\s+)?en\s+(.*)$|^combien\s+(y\s+a-t-il|sont-ils|sont-elles)$", re.IGNORECASE)
_OWN = re.compile(r"\b(son|sa|ses|leur|leurs)\s+([^\W\d_]+)", re.IGNORECASE)
_THIS = re.compile(
    r"(?:\b(de|à|d['’])\s*)?\b(?:ce(?:t|tte|s)?\s+(programme|programmes|session|conseil|accord|dialogue|organisation|organisme|centre|académie|union"
    r"|projet|convention|mécanisme|réunion|rencontre|plan|groupe|comité|stratégie|sigle|acronyme)|cela|ça|celui-ci|celle-ci|ceux-ci|celles-ci|lui|elle|eux|elles)(?=\s*$|\s)",
    re.IGNORECASE,
)
_EN_OWN = re.compile(r"\b(its|their)\s+", re.IGNORECASE)
_EN_IT = re.compile(
    r"\b(it|they|them|this one|that one|this (?:programme|program|session|council|agreement|dialogue|body|meeting)|those|these)(?=\s|$)",
    re.IGNORECASE,
)
_EN_EXPLETIVE = re.compile(
    r"\bit (?:true|possible|necessary|likely|clear|raining|late|cold|hot)\b|\b(?:is|was) it that\b|\bdoes it take\b|\bit (?:is|was) (?:true|possible)"
)
_EN_HOW_MANY = re.compile(r"^how many\s+(?=are|were|exist|have|did|does)(.*)$", re.IGNORECASE)


def replaced(text: str, base: str, language: str) -> str:
    """The question with its pronoun replaced; empty if it holds none that points out of it, or none can be.

    >>> replaced("Quand a-t-il été créé", "Quel est l'objet du CMAI ?", "fr")
    'Quand le CMAI a-t-il été créé'
    >>> replaced("Who signed it", "When was the association agreement signed?", "en")
    'Who signed the association agreement'
    >>> replaced("L'Algérie a-t-elle signé", "Quel est l'objet du CMAI ?", "fr")
    ''
    """
    rules = _FRENCH if language == "fr" else _ENGLISH
    if bare_asking(text):
        return ""
    return next((found for rule in rules if (found := rule(text, base))), "")


def _whole(topic: Phrase, language: str, before: str = "") -> str:
    return compose(before, *foreign(topic, language))


def _inverted(text: str, base: str) -> str:
    match = _INVERTED.match(text)
    if not match or _IMPERSONAL.search(fold(text)):
        return ""
    asking, verb, pronoun, rest = match[1] or "", match[2], match[3].lower(), match[4]
    gender, number = "f" if pronoun.startswith("elle") else "m", "p" if pronoun.endswith("s") else "s"
    topic = topic_of(base, gender, number, owner=False)
    if there := re.match(r"y\s+", verb, re.IGNORECASE):
        ours = next((p for p in phrases(base) if is_ours(p)), None)
        place = _place_of(base)
        topic, verb = ours if ours and agrees(ours, gender, number) else topic, verb[there.end() :]
        rest = f"{rest} {_whole(place, 'fr', 'à')}" if place else rest
    if topic is None:
        return ""
    subject = _whole(topic, "fr")
    verb = verb if asking else verb[:1].lower() + verb[1:]
    return f"{asking.strip()} {subject} {verb.strip()}{pronoun}{rest}".strip()


def _subject(text: str, base: str) -> str:
    match = _SUBJECT.match(text)
    if not match or re.match(r"(?:y a|faut|s['’]agit|existe|est (?:vrai|possible))", match[3]):
        return ""
    pronoun = match[2].lower()
    topic = topic_of(
        base, "f" if pronoun.startswith("elle") else "m", "p" if pronoun.endswith("s") else "s", owner=False
    )
    if topic is None:
        return ""
    opening = re.sub(r"qu['’]$", "que", match[1])
    return f"{opening} {_whole(topic, 'fr')} {match[3]}".strip()


def _it_is(text: str, base: str) -> str:
    match = re.match(
        r"^(?:c['’]|(?:ça|cela)\s+)(est|était|a été|date|concerne|porte|comprend|vise)\s+(?!qui\b|quoi\b|ça\b|vrai\b)(.*)$",
        text,
        re.IGNORECASE,
    )
    topic = topic_of(base, owner=False) if match and not any(m.entity for m in mentions("· et " + match[2])) else None
    return f"{_whole(topic, 'fr')} {match[1]} {match[2]}" if match and topic else ""


def _object(text: str, base: str) -> str:
    match = _OBJECT.match(text)
    if not match or re.search(r"-(?:t-)?(?:il|elle|ils|elles)\b", text):
        return ""
    pronoun = match[2].lower()
    verb = match[3].strip()
    number = "p" if pronoun == "les" else "s"
    agreed = re.search(r"\w(é|i|u)(es?|s)?$", verb.split()[1]) if len(verb.split()) == 2 and pronoun[0] == "l" else None
    told = ("f" if (agreed[2] or "").startswith("e") else "m") if agreed else ""
    topic = topic_of(base, {"le": "m", "la": "f"}.get(pronoun, told), number, owner=False)
    if agreed and agreed[2]:
        verb = verb[: -len(agreed[2])]
    return f"{match[1]} {verb} {_whole(topic, 'fr')}" if topic and verb else ""


def _at(text: str, base: str) -> str:
    match = _AT.match(text)
    topic = _place_of(base) if match else None
    return f"{match[1].rstrip()} {match[3].strip()} {_whole(topic, 'fr', 'à')}" if match and topic else ""


def _place_of(base: str) -> Phrase | None:
    """What "y" stands for: what the question before already put behind "à", or what it is about."""
    if re.search(r"\b(?:auxquel|auquel|à laquelle)", base):
        return next(iter(phrases(base)), None)
    there = [p for p in phrases(base) if p.before == "à" and not (p.mention and p.mention.kind in {"name", "date"})]
    return there[0] if there else topic_of(base)


def _of_it(text: str, base: str) -> str:
    match = _OF_IT.match(text)
    topic = topic_of(base) if match else None
    if not match or not topic or mentions(match[2] + match[3]):
        return ""
    return f"{match[1]} {match[2]}{match[3].rstrip()} {_whole(topic, 'fr', 'de')}"


def _how_many(text: str, base: str) -> str:
    match = _HOW_MANY.match(text)
    if not match:
        return ""
    topic = topic_of(base, number="p", owner=False)
    if topic is None:
        return ""
    verb = match[1] or match[2]
    if fold(verb).startswith(("a-t-il", "y a-t-il", "sont")):
        return f"Combien y a-t-il {compose('de', '', topic.core)}"
    return f"Combien {compose('de', '', topic.core)} {verb}"


def _own(text: str, base: str) -> str:
    match = _OWN.search(text)
    if not match or any(m.entity and m.start < match.start() for m in mentions(text)):
        return ""
    if any(p.end <= match.start() and p.article != "" and not _asked(text, p) for p in phrases(text)):
        return ""
    topic = topic_of(base, number="" if match[1].lower().startswith("leur") else "s")
    if topic is None:
        return ""
    noun, word = match[2], match[1].lower()
    article = "les" if word in {"ses", "leurs"} else "la" if word == "sa" else ""
    if not article:
        vowel = re.match("[aeiouyh]", fold(noun))
        article = "l'" if vowel else "la" if word == "leur" and FEMININE.search(fold(noun)) else "le"
    rest = text[match.end() :]
    put = f"{compose('', article, noun)} {_whole(topic, 'fr', 'de')}"
    if adjective := re.match(r"\s+[^\W\d_]+\s*$", rest):
        return (
            text[: match.start()] + f"{compose('', article, noun)}{adjective[0].rstrip()} {_whole(topic, 'fr', 'de')}"
        )
    opening = text[: match.start()]
    return _merge(opening, put, rest) if _merges(opening, article) else opening + put + rest


def _asked(text: str, phrase: Phrase) -> bool:
    return bool(re.match("quel", fold(text[phrase.start : phrase.end].lstrip())))


def _merges(opening: str, article: str) -> bool:
    return article in {"le", "les"} and bool(re.search(r"\b(?:de|à)\s+$", opening, re.IGNORECASE))


def _merge(opening: str, put: str, rest: str) -> str:
    before = opening.split()[-1]
    article, core = put.split(" ", 1)
    return opening[: opening.rstrip().rfind(before)] + compose(before.lower(), article, core) + rest


def _this(text: str, base: str) -> str:
    match = _THIS.search(text)
    if not match or (
        match[2] is None
        and not re.search(
            r"(?:de|d['’]|à|avec|par|pour|sur)\s*$|^$", text[: match.start()] + (match[1] or ""), re.IGNORECASE
        )
    ):
        return ""
    noun = match[2]
    topic = _named_so(base, noun) if noun else None
    topic = topic or topic_of(base, owner=not noun or fold(noun) not in {"session", "reunion", "rencontre"})
    if topic is None:
        return ""
    before = "de" if match[1] and match[1].lower().startswith("d") else "à" if match[1] else ""
    return text[: match.start()] + _whole(topic, "fr", before) + text[match.end() :]


def _named_so(base: str, noun: str) -> Phrase | None:
    return next((p for p in phrases(base) if fold(noun).rstrip("s") in fold(p.core).split()), None)


def _english_own(text: str, base: str) -> str:
    match = _EN_OWN.search(text)
    if not match or any(m.entity and m.start < match.start() for m in mentions(text)):
        return ""
    topic = topic_of(base)
    if topic is None:
        return ""
    whole = _whole(topic, "en")
    noun = text[match.end() :].strip()
    if len(noun.split()) <= 3:
        return f"{text[: match.start()]}the {noun} of {whole}"
    return f"{text[: match.start()]}{whole}{'’' if whole.endswith('s') else '’s'} {noun}"


def _english_it(text: str, base: str) -> str:
    match = _EN_IT.search(text)
    if (
        not match
        or _EN_EXPLETIVE.search(fold(text))
        or any(m.entity and m.start < match.start() for m in mentions(text))
    ):
        return ""
    asked = re.match(r"(?:which|how many)\s", text, re.IGNORECASE)
    before = [p for p in phrases(text) if p.end <= match.start() and p.article == "the"]
    if before[1 if asked else 0 :]:
        return ""
    word = match[1].lower()
    plural = word in {"they", "them", "those", "these"}
    topic = topic_of(base, number="p" if plural else "s", owner=False) or topic_of(base)
    return text[: match.start()] + _whole(topic, "en") + text[match.end() :] if topic else ""


def _english_how_many(text: str, base: str) -> str:
    match = _EN_HOW_MANY.match(text)
    topic = topic_of(base, number="p", owner=False) if match else None
    return f"How many {topic.core} {match[1]}" if match and topic else ""


_CLASS = (
    r"(programme|conseil|dialogue|accord|académie|union|convention|mécanisme|centre|organisation|projet|programme|program|council|agreement|academy|policy"
    r"|politique|project|centre|center|organization|mechanism)"
)
_CLASS_NOUN = re.compile(rf"\b(?P<article>du|au|le\s|la\s|l['’]|the\s)\s*{_CLASS}$", re.IGNORECASE)


def _class_noun(text: str, base: str) -> str:
    """ "Quand a débuté le programme ?" after a question on a programme that was named."""
    match = _CLASS_NOUN.search(text)
    named = _named_so(base, match[2]) if match else None
    if not match or not named or len(named.core.split()) < 2:
        return ""
    before = {"du": "de", "au": "à"}.get(match["article"].lower().strip(), "")
    return text[: match.start()] + _whole(named, "en" if match["article"].lower().strip() == "the" else "fr", before)


_Rule = Callable[[str, str], str]
_FRENCH: tuple[_Rule, ...] = (_how_many, _inverted, _subject, _it_is, _object, _at, _of_it, _own, _this, _class_noun)
_ENGLISH: tuple[_Rule, ...] = (_english_how_many, _english_own, _english_it, _class_noun)
