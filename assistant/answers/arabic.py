"""Arabic follow-ups: attached pronouns, verbs without a subject, fragments behind "and". Pure.

Arabic writes "its aims" and "who funds it" as one word. A last ه or ها is read as a pronoun only in a short question
that names nothing itself; a long question is left as it is.
"""

from __future__ import annotations

import re

from assistant.answers.mentions import Mention, mentions
from assistant.answers.unnamed import is_class, unnamed
from index.terms import fold, query_terms

_ASKS = re.compile(r"^(?:متى|أين|اين|لماذا|كيف|كم|من|ما|ماذا|هل|أي|أية|في أي|منذ متى)(?=\s|$)")
_OWN = re.compile(r"(?<!\S)(?!هذه|الله|مياه|ماهي|فقه)([^\W\d_]{2,}?)(ه|ها|هم)(?=\s|$)")
_HELD = {
    "في": "في",
    "ب": "ب",
    "ل": "ل",
    "من": "من",
    "عن": "عن",
    "إلي": "إلى",
    "الي": "إلى",
    "علي": "على",
    "مع": "مع",
    "لدي": "لدى",
    "عند": "عند",
    "حول": "حول",
}
_PIECE = re.compile(r"^(?P<before>مع|في|من|عن|إلى|الى|على|بين|لدى)\s+(?P<core>.+)$")
_NAMED_BY = re.compile(r"(?<!\S)(?:ال)?(برنامج|دورة|اتفاق|اتفاقية|مجلس|منظمة|مشروع|اجتماع|لقاء)\s+\S+(?:\s+\S+)*")
_POINTS = re.compile(
    r"(?<!\S)(?:هذا|هذه|ذلك|تلك)\s+(?:ال[^\W\d_]+)|(?<!\S)(?:عن|في|من|مع|على|إلى)\s+(?:ذلك|هذا|هذه)(?=\s|$)"
)
_CLASS_NOUN = re.compile(r"(?<!\S)ال(برنامج|مجلس|اتفاق|اتفاقية|حوار|أكاديمية|منظمة|اتحاد|مركز|حلف)$")
_TOOK_PLACE = r"(?:انعقدت?|عقدت?|جرت|جرى|كانت?)"
_HELD_AGAIN_VERB = re.compile(rf"(?<!\S){_TOOK_PLACE}(?=\s|$)")
_HELD_AGAIN = re.compile(rf"(?P<asking>متى|أين|اين|كم|كيف)(?: (?P<verb>{_TOOK_PLACE}))? (?P<rank>ال\w+)$")
FEW_WORDS = 4


def opener_removed(text: str, base: str = "") -> str:
    """The text without "and" or "what about" at its head; the same text if it opens with none.

    >>> opener_removed("وماذا عن الدورة 32"), opener_removed("وأين"), opener_removed("وزارة الداخلية")
    ('الدورة 32', 'أين', 'وزارة الداخلية')
    """
    text = text.strip()
    if about := re.match(r"و?(?:ماذا|ما) (?:عن|بشأن|بخصوص)\s+", text):
        return text[about.end() :]
    rest = re.match(
        r"[وف]\s*(?=متى|أين|اين|لماذا|كيف|كم|هل|ماذا|ما\s|من\s|مع\s|في\s|عن\s|إلى\s|على\s|حول\s|ال|لل|بال|ب?أي\s|منذ|[a-zA-Z0-9])",
        text,
    )
    if rest:
        return text[rest.end() :]
    named = [m for m in mentions(text) if m.start == 0 and m.before[:1] in {"و", "ف"}]
    first = fold(text.split()[0])[1:] if text else ""
    again = len(first) > 2 and first in {fold(word).lstrip("وبل") for word in re.findall(r"[^\W\d_]+", base)}
    if named or (text.startswith("و") and (again or _OWN.fullmatch(text[1:]))):
        return text[1:]
    return text


def topic_of(base: str) -> str:
    """What a question is about: the body it names, or what follows "what is"."""
    named = [m for m in mentions(base) if m.entity]
    if named:
        return named[0].text
    bare = base.strip().rstrip("؟?. ")
    asked = re.match(r"(?:ما|من) (?:هو|هي|هم)\s+(.+)$", bare)
    return asked[1] if asked else (found[0] if (found := _NAMED_BY.search(bare)) else "")


def attach(before: str, core: str) -> str:
    """An attached preposition and a noun as one word.

    >>> attach("ل", "الاتحاد الأفريقي"), attach("ب", "CMAI")
    ('للاتحاد الأفريقي', 'ب CMAI')
    """
    if not before:
        return core
    if before.endswith("ل") and core.startswith("ال"):
        return before + core[1:]
    return before + (core if core[:1] > "z" else " " + core)


def substitute(base: str, fragment: str) -> str:
    """The question with the fragment in the place of what it stands against, or at its end.

    >>> substitute("متى انعقدت الدورة 35 لمجلس وزراء الداخلية العرب؟", "الدورة 32")
    'متى انعقدت الدورة 32 لمجلس وزراء الداخلية العرب؟'
    >>> substitute("متى تأسس المجلس؟", "الناتو")
    'متى تأسس الناتو؟'
    """
    text = base.strip().rstrip("؟?. ")
    match = _PIECE.match(fragment)
    core = match["core"] if match else fragment
    thing = next((m for m in mentions(core) if m.entity and m.start == 0), None)
    called = unnamed(text)
    if called and not match and (is_class(core) or (thing and not _counterpart(text, thing))):
        put = thing.text + core[thing.end :] if thing else core
        return f"{text[: called.start]}{attach(called.before, put)}{text[called.end :]}؟"
    named = topic_of(text)
    if not match and is_class(core) and any(m.text == named for m in mentions(text)):
        return f"ما {core.removeprefix('ال')} {named}؟"
    added = True
    for mention in mentions(core):
        place = _counterpart(text, mention)
        if place:
            put = attach(place.before, mention.text)
            text, added = text[: place.start] + put + text[place.end :], False
    if added and match:
        there = re.search(rf"(?<!\S){match['before']}\s+(?!{match['before']})(\S+(?:\s+ال\S+)*)", text)
        if there and not mentions(core):
            return f"{text[: there.start()]}{match['before']} {core}{text[there.end() :]}؟"
    return f"{text} {fragment}؟" if added else f"{text}؟"


def numbered(text: str, base: str) -> tuple[str, str]:
    """The asking word of "where was the third held", and the earlier question with that number; empty for anything else.

    >>> numbered("أين انعقد الثالث", "متى انعقد الاجتماع الأول لوزراء الداخلية؟")
    ('أين', 'متى انعقد الاجتماع الثالث لوزراء الداخلية؟')
    >>> numbered("لماذا ألغي الثالث", "متى انعقد الاجتماع الأول لوزراء الداخلية؟")
    ('', '')
    """
    asked = _HELD_AGAIN.match(text)
    if not asked or not any(m.kind == "ordinal" for m in mentions(base)):
        return ("", "")
    if asked["verb"] and not _HELD_AGAIN_VERB.search(base):
        return ("", "")
    return asked["asking"], substitute(base, asked["rank"])


def _counterpart(text: str, mention: Mention) -> Mention | None:
    group = {"body", "programme", "name"} if mention.entity else {mention.kind}
    found = [m for m in mentions(text) if m.kind in group]
    same = [m for m in found if m.kind == mention.kind]
    return (same or found or [None])[0]  # type: ignore[list-item]


def replaced(text: str, base: str) -> str:
    """The question with its pronoun or its missing subject filled in; empty if it leaves nothing out.

    >>> replaced("ما هي أهدافه", "ما هو مجلس أوروبا؟"), replaced("متى تأسس", "ما هو مجلس أوروبا؟")
    ('ما هي أهداف مجلس أوروبا', 'متى تأسس مجلس أوروبا')
    """
    topic = topic_of(base)
    if not topic or any(m.entity for m in mentions(text)) or len(query_terms(text, ("ar",))) > FEW_WORDS:
        return ""
    if (noun := _CLASS_NOUN.search(text)) and (
        of := next((m for m in mentions(base) if m.text.startswith(noun[1] + " ")), None)
    ):
        return text[: noun.start()] + of.text
    if points := _POINTS.search(text):
        opening = points[0].split()[0]
        held = opening + " " if opening in {"عن", "في", "من", "مع", "على", "إلى"} else ""
        return text[: points.start()] + held + topic + text[points.end() :]
    for match in _OWN.finditer(text):
        if fold(match[1]) in {"ما", "ف", "كل", "هذ"} or match[0].startswith("ال"):
            continue
        if (held_by := _HELD.get(match[1]) or _HELD.get(fold(match[1]))) is not None:
            put = attach(held_by, topic) if len(held_by) == 1 else f"{held_by} {topic}"
        elif re.match("[يت]", match[1]) or (re.search("ت$", match[1]) and not re.match(r"(?:ما|كم)\s", text)):
            return f"{text[: match.start()]}{_noun(match[1])}{text[match.end() :]} {topic}"
        else:
            put = f"{_noun(match[1])} {topic}"
        return text[: match.start()] + put + text[match.end() :]
    asks = _ASKS.match(text)
    rest = text[asks.end() :].split() if asks else []
    if (
        asks
        and 1 <= len(rest) <= 2
        and not any(word.startswith(("ال", "لل")) for word in rest)
        and any(map(_verb, rest))
    ):
        return f"{text} {topic}"
    return ""


def _noun(stem: str) -> str:
    """A noun as it stands without its pronoun: an opened ت is ة again in the words that are asked about."""

    return stem[:-1] + "ة" if re.search("[^ا]ت$", stem) else stem


def _verb(word: str) -> bool:
    return bool(re.match("[يتأ]|ان|است", word)) or len(word) in {3, 4}
