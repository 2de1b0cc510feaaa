"""The noun phrases of a French or English question, found by closed word lists instead of a parser. Pure.

A phrase runs from its article over nouns, adjectives and "de"/"of" links up to a word that opens something else. It is
enough to carry a subject from one question to the next, and too coarse for anything more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.answers.mentions import Mention, mentions
from index.terms import fold

_TOKEN = re.compile(r"\b(?:l|d|qu|s|n|j|m|t|c|lorsqu|jusqu|puisqu)['’]|[\w+]+(?:[-’'][\w+]+)*|\S", re.IGNORECASE)
_ARTICLES = frozenset("le la les l' un une the ce cet cette ces this that these".split())
_MERGED = {"du": ("de", "le"), "des": ("de", "les"), "au": ("à", "le"), "aux": ("à", "les")}
_LINKS = frozenset("de d' of".split())
PREPOSITIONS = frozenset(
    "a de d' avec pour dans en contre par sur chez depuis vers sous pendant entre sans with in by for from against under on "
    "at to of between within since during".split()
)
_STOPS = PREPOSITIONS - _LINKS | frozenset(
    "et ou and or mais but que qu' qui dont est sont etait etaient sera fut furent a ont avait avaient eu ete se s' ne n' y il "
    "elle ils elles on nous vous je tu t-il t-elle lui leur is are was were be been did does do has have had will can could "
    "would should it they he she we you who which when where why how quand comment combien pourquoi quel quelle quels "
    "quelles not pas plus take takes took place run runs hold held signed sign host hosted participate participates take "
    "work works cooperate cooperates create created found founded fund funds funded finance finances financé made make "
    "adopt adopted develop developed receive received".split()
)
_VERB = re.compile(r".+-(?:t-)?(?:il|elle|on|ils|elles)$")
CLASSES = frozenset("programme programmes program projet project dialogue initiative plan convention accord".split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: `start:end` holds article and all; `before` is its preposition, `whole` tells from `start`."""

    start: int
    end: int
    before: str
    article: str
    core: str
    gender: str
    plural: bool
    mention: Mention | None

    @property
    def text(self) -> str:
        """The phrase with its article, without its preposition."""
        return compose("", self.article, self.core)


def compose(before: str, article: str, core: str) -> str:
    """Preposition, article and noun in one, French contractions made.

    >>> compose("de", "le", "CMAI"), compose("à", "la", "FAO"), compose("de", "l'", "UMA"), compose("with", "the", "EU")
    ('du CMAI', 'à la FAO', "de l'UMA", 'with the EU')
    """
    if fold(before) in {"de", "d'"} and not article:
        return ("d'" if re.match("[aeiouyh]", fold(core)) and not core[:2].isupper() else "de ") + core
    merged = {("de", "le"): "du", ("de", "les"): "des", ("à", "le"): "au", ("à", "les"): "aux"}
    opening = merged.get((before, article)) or " ".join(part for part in (before, article) if part)
    return opening + ("" if not opening or opening.endswith("'") else " ") + core


@lru_cache(maxsize=2_000)
def phrases(text: str) -> tuple[Phrase, ...]:
    """The phrases of a question, each before those inside it.

    >>> [p.text for p in phrases("Quand s'est tenue la 35e session du CMAI ?")]
    ['la 35e session du CMAI', 'le CMAI']
    """
    tokens = list(_TOKEN.finditer(text))
    named = {m.start: m for m in mentions(text)}
    found = []
    at = 0
    while at < len(tokens):
        phrase, after = _phrase_at(text, tokens, named, at)
        if phrase:
            found.append(phrase)
        at = after
    return tuple(found)


def _phrase_at(
    text: str, tokens: Sequence[re.Match[str]], named: dict[int, Mention], at: int
) -> tuple[Phrase | None, int]:
    token = fold(tokens[at][0])
    first, before, article, start = at, "", "", tokens[at].start()
    if token in _MERGED:
        before, article = _MERGED[token]
        first = at + 1
    elif at > 0 and fold(tokens[at - 1][0]) == "combien" and token in _LINKS:
        article, first = "les", at + 1
    elif at > 1 and token not in _STOPS and [fold(t[0]) for t in tokens[at - 2 : at]] == ["how", "many"]:
        article = "the"
    elif token in _ARTICLES or _asks_which(token):
        article, first = _plain_article(token, tokens[at][0]), at + 1
    elif tokens[at].start() not in named:
        return None, at + 1
    if not before and at > 0 and fold(tokens[at - 1][0]) in PREPOSITIONS:
        before = "de" if fold(tokens[at - 1][0]) == "d'" else tokens[at - 1][0].lower()
        start = tokens[at - 1].start()
    last = _grow(tokens, named, first)
    if last is None:
        return None, at + 1
    core = text[tokens[first].start() : last]
    gender = {"le": "m", "un": "m", "la": "f", "une": "f"}.get(article, "")
    if token in {"quels", "quel"}:
        gender = "m"
    plural = article == "les" or token in {"these", "which"} or (not article and bool(re.search(r"\w\ws$", core)))
    plural = plural or (
        article == "the" and bool(re.match(r"(?:\w+ )?\w+[^s\W]s\b", core)) and not named.get(tokens[first].start())
    )
    mention = named.get(tokens[first].start())
    following = first if first > at else at + 1
    if mention:
        following = next((n for n in range(at, len(tokens)) if tokens[n].start() >= mention.end), len(tokens))
    return Phrase(start, last, before, article, core, gender, plural, mention), max(following, at + 1)


def _asks_which(token: str) -> bool:
    return token in {"quel", "quelle", "quels", "quelles", "which"}


def _plain_article(token: str, written: str) -> str:
    asked = {"quel": "le", "quelle": "la", "quels": "les", "quelles": "les", "which": "the"}
    plain = {"ce": "le", "cet": "l'", "cette": "la", "ces": "les", "this": "the", "that": "the", "these": "the"}
    return asked.get(token) or plain.get(token) or written.lower().replace("’", "'")


def _grow(tokens: Sequence[re.Match[str]], named: dict[int, Mention], first: int) -> int | None:
    """Where the phrase that opens at token `first` ends; `None` if nothing there can be a noun."""
    end: int | None = None
    at = first
    while at < len(tokens) and at < first + 16:
        token = fold(tokens[at][0])
        mention = named.get(tokens[at].start())
        if mention:
            end = mention.end
            at = next((n for n in range(at, len(tokens)) if tokens[n].start() >= mention.end), len(tokens))
            if at < len(tokens) and fold(tokens[at][0]) in CLASSES and not (tokens[at][0][0].isupper()):
                end, at = tokens[at].end(), at + 1
            if mention.kind not in {"ordinal", "name"} and not (
                at < len(tokens) and fold(tokens[at][0]) in _LINKS | set(_MERGED)
            ):
                break
            continue
        if (
            token in _LINKS
            or token in _MERGED
            or (token in _ARTICLES and at > first and fold(tokens[at - 1][0]) in _LINKS)
        ):
            if end is None:
                return None
            at += 1
            continue
        if token in _STOPS or _VERB.match(token) or not token[0].isalnum():
            break
        end = tokens[at].end()
        at += 1
    return end


def widened(text: str, phrase: Phrase) -> Phrase:
    """The phrase with the word for its class in front: "le programme CAPDEL" where only "CAPDEL" was named."""
    if phrase.article or not phrase.mention:
        return phrase
    for other in phrases(text):
        words = other.core.split()
        if other.end == phrase.end and other.start < phrase.start and len(words) > 1 and fold(words[0]) in CLASSES:
            return other
    return phrase
