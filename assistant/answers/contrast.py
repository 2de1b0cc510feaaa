"""Comparisons that are not called so: "entre A et B, laquelle en premier ?", "A et B : qu'est-ce qui les distingue ?". Pure.

Only forms that name both things and then ask about the pair are read; what decides between two things in time (first,
earlier, as long) asks for the date of each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.answers.mentions import mentions
from corpus.language import detect
from index.ordinals import ranks
from index.terms import fold


@dataclass(frozen=True, slots=True)
class Contrast:
    """The two things, as they are named, the respect in which they are compared (or nothing), and the language."""

    first: str
    second: str
    aspect: str
    language: str


_PAIR: Final = {
    "fr": r"(?P<a>[^?:;]+?),? (?:et|ou|vs\.?|versus|face à) (?P<b>[^?:;,]+?)",
    "en": r"(?P<a>[^?:;]+?),? (?:and|or|vs\.?|versus) (?P<b>[^?:;,]+?)",
    "ar": r"(?P<a>[^؟?:؛،,]+?) (?:أم |أو |مقابل |و(?:بين )?)(?P<b>[^؟?:؛،,]+?)",
}
_WHICH: Final = {
    "fr": r"(?:lequel|laquelle|lesquel(?:le)?s)",
    "en": r"which(?= (?:one|of|is|was|are|were|came|comes|has|have|did|took|lasted|started|began|met|happened)\b)",
    "ar": r"(?:أيهما|أيهم)",
}
_OF_BOTH: Final = {
    "fr": r"(?:quel(?:le)?s? (?:est la )?différences?|quels? points? communs?|qu['’]est[- ]ce qui les|en quoi|qu['’]ont-(?:ils|elles) en commun|(?:les? |la )?mêmes? )",
    "en": r"(?:what (?:sets them|distinguishes|separates|do they|is the difference|are the differences)|(?:the )?same )",
    "ar": r"(?:ما (?:هو )?الفرق)",
}
_ANY: Final = {"fr": r"(?:qui|quel(?:le)? \w+|qu['’]est-ce qui)", "en": r"(?:which|who|what)", "ar": r"(?:من|أي|أيّ)"}
_FORMS: Final = tuple(
    (language, in_time, re.compile(rf"^{form}\s*[?؟.!]*$", re.IGNORECASE))
    for language, between in (("fr", "entre "), ("en", "between "), ("ar", "بين "))
    for pair, either in (
        (_PAIR[language], _PAIR[language].replace("et|", "").replace("and|", "").replace("|و(?:بين )?", "")),
    )
    for in_time, form in (
        (False, rf"(?:{between})?{pair}\s*[:,،]\s*(?P<asked>(?:{_WHICH[language]}|{_OF_BOTH[language]})[^?؟]*)"),
        (True, rf"(?:{between})?{pair}\s*[:,،]\s*(?P<asked>{_ANY[language]}\b[^?؟]*)"),
        (True, rf"(?P<asked>{_ANY[language]}\b[^?؟:,،]*?)\s*[:,،]\s*{either}"),
        (False, rf"(?P<asked>{_WHICH[language]}\b[^?؟:,،]*?)\s*[:,،]\s*{either}"),
        (False, rf"(?P<asked>{_WHICH[language]}\b[^?؟:,،]*?) {between}{pair}"),
    )
)
"""Each form, and whether it is read only where the pair is compared in time."""
_BOTH: Final = (
    re.compile(
        r"^(?P<a>(?:le|la|les|l['’])[^?:;,]+?) et (?P<b>(?:le|la|les|l['’]|celles?|celui|ceux)[^?:;,]+?) "
        r"(?P<asked>(?:ont|sont|se sont)-(?:ils|elles)\b[^?]*\b(?:aussi|autant|mêmes?|également|en même temps)\b[^?]*?)\s*[?.!]*$",
        re.IGNORECASE,
    ),
)
_OF_TWO: Final = re.compile(
    r"^(?P<which>lequel|laquelle|qui),? (?P<a>(?:de la |de l['’]|du |de |d['’])[^?,]+?) (?:ou|et) (?P<b>(?:de la |de l['’]|du |de |d['’])[^?,]+?),? "
    r"(?P<asked>(?:a|est|fut|avait|s['’]est)\b[^?]+?)\s*[?.!]*$",
    re.IGNORECASE,
)
_DOING: Final = (
    (
        "fr",
        re.compile(
            r"^(?P<asking>que font|que prévoient|de quoi traitent|à quoi servent|que disent) (?P<a>[^?]+?) et (?P<b>[^?]+?)"
            r"(?P<rest> (?:avec|pour|dans|en|à|au|sur|contre) [^?]+?)?,? (?:respectivement|chacune?|chacun de son côté)\s*[?.!]*$",
            re.IGNORECASE,
        ),
    ),
)
_IN_TIME: Final = re.compile(
    r"premier|premiere|d'abord|\bavant\b|\bapres\b|\btot\b|\btard\b|ancien|recent|\bdure|longtemps|siecle|\bdates?\b|\bfirst\b|\bfrist\b|earlie[rs]|\blate[rs]t?\b"
    r"|\bolde[rs]|\bbefore\b|\bafter\b|\blonger\b|\blasted\b|سبق|اولا|قبل|بعد|اقدم|احدث|اطول|دام"
)
_BORN: Final = re.compile(r"ancien|\bvieux|\bcree|\bfonde|\bolde[rs]|\bfounded|\bcreated|\bestablished|اقدم|انش|تاسس")
_EVENT: Final = re.compile(
    r"session|reunion|rencontre|conference|sommet|stage|mission|visite|meeting|summit|visit|دوره|اجتماع|لقاء|قمه|زياره"
)
_DATE: Final = {"fr": "la date", "en": "the date", "ar": "تاريخ"}
_BIRTH: Final = {"fr": "la date de création", "en": "the date of creation", "ar": "تاريخ إنشاء"}
_OTHERWISE: Final = re.compile(
    r"(?:si|quand|lorsqu|outre|des|de|du|parmi|sur|dans|if|when|of|besides|in|among|apart|إلى|من|إذا|عندما)\b|(?:d|s)['’]",
    re.IGNORECASE,
)
"""What opens no thing that is compared."""
_KIND: Final = re.compile(
    r"(?:quel(?:le)?|which|أي|أيّ) \w+(?: (?:(?:du|des|de la|de|of the|of|in) \S+|(?:ل|في |ب)\S+(?: ال\S+)*))*",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(r"^(?:le|la|l['’]|the)$", re.IGNORECASE)
_OF_ITS_OWN: Final = re.compile(r"^(?:celles?|celui|ceux|that|those)\s+", re.IGNORECASE)
_BARE: Final = re.compile(r"^(?:(?:le|la|l['’]|the) )?(?P<ordinal>\w+)$", re.IGNORECASE)
_COMPLEMENT: Final = re.compile(r"\s(?:de|du|des|d['’]|of|in|في|ل\w+|من)\s?.*$", re.IGNORECASE)
_TAIL: Final = re.compile(r"\s(?:de|du|des|d['’]|of|in|à|au)\s?(?:(?!\s(?:de|du|des|of|in|à|au)\s).)*$", re.IGNORECASE)


def contrast(question: str) -> Contrast | None:
    """The two things that a question compares without saying so; `None` where it does not.

    >>> found = contrast("Entre la 17e session du CMAI et la 5e session du 5+5, laquelle a eu lieu en premier ?")
    >>> found.first, found.second, found.aspect
    ('la 17e session du CMAI', 'la 5e session du 5+5', 'la date')
    >>> found = contrast("Which came first: the summit in Algiers or the summit in Rabat?")
    >>> found.first, found.second, found.aspect
    ('the summit in Algiers', 'the summit in Rabat', 'the date')
    >>> contrast("La session du CMAI de 2015 et celle de 2018 ont-elles duré aussi longtemps ?").second
    'La session du CMAI de 2018'
    >>> contrast("Quand et où, et avec qui ?"), contrast("Le CMAI et l'UMA ont-ils un budget ?")
    (None, None)
    """
    text = " ".join(question.split())
    for language, in_time, form in _FORMS:
        found = form.match(text)
        if found is None or _OTHERWISE.match(found["a"]):
            continue
        if _told_in(language, text) and (not in_time or _IN_TIME.search(fold(found["asked"]))):
            return _made(found["a"], found["b"], found["asked"], language)
    for form in (*_BOTH, _OF_TWO):
        if found := form.match(text):
            return _made(found["a"], found["b"], found["asked"], "fr")
    return None


def doings(question: str) -> tuple[str, ...]:
    """The question asked of each of two doers, where it says "respectively".

    >>> doings("Que font le Conseil de l'Europe et l'OTAN avec l'Algérie, respectivement ?")
    ("Que fait le Conseil de l'Europe avec l'Algérie ?", "Que fait l'OTAN avec l'Algérie ?")
    """
    text = " ".join(question.split())
    for _language, form in _DOING:
        if found := form.match(text):
            rest = found["rest"] or ""
            asking = _ALONE.get(fold(found["asking"]), found["asking"])
            return tuple(f"{asking} {side}{rest} ?" for side in (found["a"], found["b"]))
    return ()


_ALONE: Final = {
    "que font": "Que fait",
    "que prevoient": "Que prévoit",
    "de quoi traitent": "De quoi traite",
    "a quoi servent": "À quoi sert",
    "que disent": "Que dit",
}


def _told_in(language: str, text: str) -> bool:
    return (detect(text) == "ar") == (language == "ar")


def _made(first: str, second: str, asked: str, language: str) -> Contrast | None:
    first, second = first.strip(), second.strip()
    if min(len(first), len(second)) < 2:
        return None
    if kind := _KIND.match(asked):
        first, second = (_named(side, kind[0], language) for side in (first, second))
    if _OF_ITS_OWN.match(second):
        second = _TAIL.sub("", first) + " " + _OF_ITS_OWN.sub("", second)
    event = _EVENT.search(fold(first))
    born, in_time = _BORN.search(fold(asked)), _IN_TIME.search(fold(asked))
    aspect = _BIRTH[language] if born and not event else _DATE[language] if born or in_time else ""
    return Contrast(_completed(first, second), second, aspect, language)


def _named(side: str, kind: str, language: str) -> str:
    """A thing that is called by its rank alone, with the noun that was asked with.

    >>> _named("the 32nd", "which session in Algeria", "en"), _named("la quinzième", "quelle session du 5+5", "fr")
    ('the 32nd session in Algeria', 'la quinzième session du 5+5')
    """
    noun, *rest = kind.split()[1:]
    if len(side.split()) > 2 or any(m.entity for m in mentions(side)):
        return side
    if language == "ar":
        return " ".join((f"ال{noun}", side, *rest))
    return " ".join((side, noun, *rest)) if ranks(side.split()[-1]) else side


def _completed(first: str, second: str) -> str:
    """The first thing with what only the second is said to be: "la première" of "la deuxième réunion de 1990".

    >>> _completed("la première", "la deuxième réunion de 1990"), _completed("the 5th session", "the 15th session of the AU")
    ('la première réunion de 1990', 'the 5th session of the AU')
    """
    if (bare := _BARE.match(first)) and ranks(bare["ordinal"]):
        rest = [word for word in second.split() if not _ARTICLE.match(word)]
        return f"{first} {' '.join(rest[1:])}" if rest and ranks(rest[0]) else first
    complement = _COMPLEMENT.search(second)
    if complement is None or _COMPLEMENT.search(first) or any(m.entity for m in mentions(first)):
        return first
    own, other = first.split(), second[: complement.start()].split()
    return first + complement[0] if own[0] == other[0] or own[-1] == other[-1] else first
