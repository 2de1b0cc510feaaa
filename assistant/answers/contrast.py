"""Comparisons that are not called so: "entre A et B, laquelle en premier ?", "A et B : qu'est-ce qui les distingue ?". Pure.

Only forms that name two things and ask which of them, or what sets them apart, are read. Which of two is earlier asks for
the date of each; which of two does anything else is one question, and stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from assistant.answers.asking import opens_asking
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


_SIDE: Final = r"[^?؟:;؛،,]{2,90}?"
_JOINTS: Final = {
    "fr": (",? (?:et|ou|vs\\.?|versus|face à) ", ",? ou "),
    "en": (",? (?:and|or|vs\\.?|versus) ", ",? or "),
    "ar": (" (?:أم |أو |مقابل |و(?:بين )?)", " (?:أم|أو) "),
}
"""What joins two things that are compared, and what offers one of two."""
_EVENTS: Final = {
    "fr": r"(?:session|réunion|rencontre|conférence|édition|visite|mission)",
    "en": r"(?:session|meeting|conference|summit|edition|visit|mission)",
    "ar": r"(?:دورة|اجتماع|لقاء|مؤتمر|قمة|زيارة)",
}
_WHICH: Final = {
    "fr": rf"(?:lequel|laquelle|lesquel(?:le)?s|qui|quelle {_EVENTS['fr']})",
    "en": rf"(?:which|who|which {_EVENTS['en']})",
    "ar": rf"(?:أيهما|أيهم|من|أي {_EVENTS['ar']})",
}
_APART: Final = {
    "fr": r"(?:quel(?:le)?s? (?:est la )?différences?|quels? points? communs?|qu['’]est[- ]ce qui les (?:distingue|différencie|sépare|oppose|rapproche)"
    r"|en quoi (?:se distinguent|diff[eè]rent|se ressemblent)|qu['’]ont-(?:ils|elles) en commun|(?:les |la )?mêmes? (?:dates?|villes?|lieux?|objectifs?))",
    "en": r"(?:what (?:sets them apart|distinguishes them|separates them|do they have in common|is the difference|are the differences)|(?:the )?same (?:dates?|city|place|aims?))",
    "ar": r"(?:ما (?:هو )?الفرق)",
}
_FORMS: Final = tuple(
    (in_time, language, re.compile(rf"^{form}\s*[?؟.!]*$", re.IGNORECASE))
    for language, between in (("fr", "entre "), ("en", "between "), ("ar", "بين "))
    for both, either in ([rf"(?P<a>{_SIDE}){joint}(?P<b>{_SIDE})" for joint in _JOINTS[language]],)
    for in_time, form in (
        (False, rf"(?:{between})?{both}\s*[:,،]\s*(?P<asked>{_APART[language]}[^?؟]{{0,60}})"),
        (True, rf"(?:{between})?{both}\s*[:,،]\s*(?P<asked>{_WHICH[language]}\b[^?؟:,،]{{0,120}})"),
        (True, rf"(?P<asked>{_WHICH[language]}\b[^?؟:,،]{{0,120}}?)\s*[:,،]\s*{either}"),
        (True, rf"(?P<asked>{_WHICH[language]}\b[^?؟:,،]{{0,120}}?) {between}{both}"),
    )
)
"""Each form, and whether it is read only where what is asked ends with a comparison in time."""
_AS_LONG: Final = re.compile(
    r"^(?P<a>(?:le|la|les|l['’])[^?:;,]{2,90}?) et (?P<b>(?:le|la|les|l['’]|celles?|celui|ceux)[^?:;,]{2,90}?) "
    r"(?P<asked>(?:ont|sont|se sont)-(?:ils|elles)\b[^?]{0,60}\b(?:aussi longtemps|les mêmes dates|aux mêmes dates))\s*[?.!]*$",
    re.IGNORECASE,
)
_OF_TWO: Final = re.compile(
    r"^(?:lequel|laquelle|qui),? (?P<a>(?:de la |de l['’]|du |de |d['’])[^?,]{2,90}?) (?:ou|et) (?P<b>(?:de la |de l['’]|du |de |d['’])[^?,]{2,90}?),? "
    r"(?P<asked>(?:a|est|fut|avait|s['’]est)\b[^?]{2,90}?)\s*[?.!]*$",
    re.IGNORECASE,
)
_DOING: Final = re.compile(
    r"^(?P<asking>que font|que prévoient|de quoi traitent|à quoi servent|que disent) (?P<a>(?:le |la |l['’]|[A-Z]{3})(?:(?! (?:avec|pour|contre|et) )[^?,]){1,60}) et "
    r"(?P<b>(?:le |la |l['’]|[A-Z]{3})(?:(?! (?:avec|pour|contre|et) )[^?,]){1,60}?)(?P<rest> (?:avec|pour|contre) [^?,]{2,60}?)?,? "
    r"(?:respectivement|chacun de son côté|chacune de son côté)\s*[?.!]*$",
    re.IGNORECASE,
)
_ALONE: Final = {
    "que font": "Que fait",
    "que prevoient": "Que prévoit",
    "de quoi traitent": "De quoi traite",
    "a quoi servent": "À quoi sert",
    "que disent": "Que dit",
}
_ENDS_IN_TIME: Final = re.compile(
    r"(?:\ben premier|\bd'abord|\b(?:avant|apres)(?: l'autre)?|\ble premier|\bplus (?:tot|tard|ancienne?s?|vieux|vieille|recente?s?|longtemps)|\baussi longtemps|mes dates"
    r"|\bfirst|\bfrist|\bearlier|\blater|\b(?:before|after)(?: the other)?|\bolder|\bmore recent|\blonger"
    r"|(?:ا|ت|ي)?سبق(?: الاخري?)?|اولا|(?:قبل|بعد) (?:الاخري?|ذلك)(?: في \w+)?|اقدم|احدث|اطول(?: مده)?)$"
)
_BORN: Final = re.compile(
    r"ancien|\bvieu?x|vieille|\bcree|\bfonde|\bolder|\bfounded|\bcreated|\bestablished|اقدم|انش|تاسس"
)
_DATE: Final = {"fr": "la date", "en": "the date", "ar": "تاريخ"}
_BIRTH: Final = {"fr": "la date de création", "en": "the date of creation", "ar": "تاريخ إنشاء"}
_EVENT: Final = re.compile(
    r"session|reunion|rencontre|conference|sommet|stage|mission|visite|meeting|summit|visit|دوره|اجتماع|لقاء|قمه|زياره"
)
_NO_THING: Final = re.compile(
    r"(?:si|quand|lorsqu|lors|outre|des|de|du|parmi|sur|dans|en|pour|avec|selon|contre|chez|a|au|aux|sous|y a|est-ce|cite[rz]?|donne[rz]?|liste"
    r"|if|when|of|besides|in|among|apart|on|for|at|from|by|with|to|are|is|was|were|do|does|did|list|give|الي|من|اذا|عندما|في|علي|هل)\b|(?:d|s|lorsqu)['’]"
)
"""What opens no thing that is compared: a preposition, a condition, an asking or an order."""
_YEAR_OR_DAY: Final = re.compile(r"(?:le |la |the |سنه |عام )?\d{1,4}(?: \w+)?(?: \d{4})?$")
_KIND: Final = re.compile(
    r"(?:quelle|which|أي) (?P<noun>\w+)(?P<of>(?: (?:(?:du|des|de la|de|of the|of|in) \S+|(?:ل|في |ب)\S+(?: ال\S+)*))*)",
    re.IGNORECASE,
)
_ARTICLE: Final = re.compile(r"^(?:le|la|l['’]|the)$", re.IGNORECASE)
_BARE: Final = re.compile(r"^(?:(?:le|la|l['’]|the) )?(?P<ordinal>\w+)$", re.IGNORECASE)
_OF_ITS_OWN: Final = re.compile(r"^(?:celles?|celui|ceux|that|those)\s+", re.IGNORECASE)
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
    >>> contrast("Quand et où, et avec qui ?"), contrast("Qui a présidé la première session : l'Algérie ou la Tunisie ?")
    (None, None)
    """
    text = " ".join(question.split())
    for in_time, language, form in _FORMS:
        found = form.match(text)
        if found is None or (detect(text) == "ar") != (language == "ar"):
            continue
        if not _names_things(text, found):
            return None
        if not in_time or _ENDS_IN_TIME.search(fold(found["asked"]).strip()):
            return _made(found["a"], found["b"], found["asked"], language)
    if found := _AS_LONG.match(text):
        return _made(found["a"], found["b"], found["asked"], "fr")
    if (found := _OF_TWO.match(text)) and _ENDS_IN_TIME.search(fold(found["asked"])):
        return _made(found["a"], found["b"], found["asked"], "fr")
    return None


def doings(question: str) -> tuple[str, ...]:
    """The question asked of each of two doers, where it says "respectively".

    >>> doings("Que font le Conseil de l'Europe et l'OTAN avec l'Algérie, respectivement ?")
    ("Que fait le Conseil de l'Europe avec l'Algérie ?", "Que fait l'OTAN avec l'Algérie ?")
    """
    found = _DOING.match(" ".join(question.split()))
    if found is None:
        return ()
    return tuple(
        f"{_ALONE[fold(found['asking'])]} {side.strip()}{found['rest'] or ''} ?" for side in (found["a"], found["b"])
    )


def _names_things(text: str, found: re.Match[str]) -> bool:
    """Whether both sides are things: none opens an asking, a place in the sentence or half of a name."""
    first, second = fold(found["a"]).strip(), fold(found["b"]).strip()
    within_name = any(m.start < found.end("a") < m.end for m in mentions(text))
    hangs = re.match(r"(?:de|du|des)\b|d['’]", second)
    opened = opens_asking(found["a"]) or _NO_THING.match(first) or hangs
    return not (opened or within_name or _YEAR_OR_DAY.match(first) or _YEAR_OR_DAY.match(second))


def _made(first: str, second: str, asked: str, language: str) -> Contrast:
    first, second = first.strip(), second.strip()
    if kind := _KIND.match(asked):
        first, second = (_named(side, kind["noun"], kind["of"], language) for side in (first, second))
    if _OF_ITS_OWN.match(second):
        second = _TAIL.sub("", first) + " " + _OF_ITS_OWN.sub("", second)
    told = fold(asked).strip()
    in_time = _ENDS_IN_TIME.search(told) or re.search(r"\bdates?\b", told)
    born = _BORN.search(told) and not _EVENT.search(fold(first))
    aspect = _BIRTH[language] if born else _DATE[language] if in_time else ""
    return Contrast(_completed(first, second), second, aspect, language)


def _named(side: str, noun: str, of: str, language: str) -> str:
    """A thing that is called by its rank alone, with the noun that was asked with.

    >>> _named("the 32nd", "session", " in Algeria", "en"), _named("la quinzième", "session", " du 5+5", "fr")
    ('the 32nd session in Algeria', 'la quinzième session du 5+5')
    """
    if (
        len(side.split()) > 2
        or any(m.entity for m in mentions(side))
        or not ranks(side.split()[0 if language == "ar" else -1])
    ):
        return side
    return f"ال{noun} {side}{of}" if language == "ar" else f"{side} {noun}{of}"


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
