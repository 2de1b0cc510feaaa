"""What an answer would have to hold, told by how the question is put, and whether what would be shown holds it. Pure.

"Qui préside ?" wants a person's name, "CMAI, ça veut dire quoi ?" the words behind the letters, "Citez les communes" more
than "plusieurs communes". Said only where it can be told; each is one feature of refusal, none decides alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.answers.question import is_arabic
from assistant.briefings.acronyms import ACRONYM, acronyms
from corpus.glossary import read_glossary
from index.terms import fold, stem, words

_CAPITAL = r"[A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ]"
_OFFICE = (
    r"(?:ministres?|presidente?|secretaire|directeur|directrice|chef|ambassadeur|ambassadrice|delegue|commissaire|wali|maire|representante?|colonel|general|capitaine|commandant|juge|recteur|doyen|gouverneur|prefet|coordinat(?:eur|rice)|negociat(?:eur|rice)|formateur|inspecteur"
    r"|minister|president|secretary|director|head|ambassador|chair(?:man|woman)?|chief|mayor|governor|representative|delegate|colonel|general|captain|judge|coordinator|commissioner|negotiator|trainer|instructor)"
)
_NO_RANK = r"s?\b(?! (?:conference|objective|aim|assembly|secretariat|donor|report|meeting|session))"
"""Behind an office: a whole word, and not what is merely "general"."""
_PERSON_ASKED = re.compile(
    rf"\bqui (?:a |ont |avait |est |etait )?(?:presid|dirig|represent|conduit|condui|mene|prononc|ouvert|inaugur|(?:le |la |l')?{_OFFICE}\b|l'ambassad)"
    rf"|\bquel(?:le)? (?:est le |etait le |est la )?{_OFFICE}\b|\bnom d(?:u|e la|e l'|es) ?{_OFFICE}|\bcomment s'appel\w*(?: -?\w+){{0,1}} (?:le |la |l')?{_OFFICE}"
    rf"|\bwho (?:\w+ )?(?:chair|head|led|leads|represent|deliver|open|(?:is|was|are|were) the (?:\w+ ){{0,2}}{_OFFICE}{_NO_RANK})|\bwhich {_OFFICE}\b"
    rf"|\bnames? of the (?:\w+ ){{0,2}}{_OFFICE}{_NO_RANK}|\bمن (?:هو|هي|تراس|يراس|تولي|مثل|يمثل|القي|ادار|يدير|يشرف|يقود|ينسق)\b|ما اسم"
)
_TITLED = re.compile(
    rf"\b(?:M|MM|Mme|Mmes|Mlle|Mr|Mrs|Ms|Dr|Pr|Me)\.? {_CAPITAL}|\b(?:Monsieur|Madame|Son Excellence) {_CAPITAL}"
    rf"|\b(?:général|colonel|commissaire|ambassadeur|docteur|professeur|roi|reine|cheikh|émir|General|Colonel|King|Queen|Sheikh) {_CAPITAL}"
    rf"|\b(?:présid|dirig|représent|condui|chair|led\b|head)\w* (?:par|by) "
)
_TITLED_ARABIC = re.compile(
    r"(?:السيدة?|الدكتورة?|الأستاذة?|المهندسة?|القاضية?|العقيد|العميد|اللواء|الفريق|الرائد|المقدم|الجنرال|الشيخ|الأمير|الملك|معالي|سعادة|سمو|الوزيرة?|المحافظ|السفيرة?)\s+(?!ال)\w+|(?:يدعى|اسمه|اسمها|المدعو)"
)
"""A title with a name behind it, which takes no article there: "السيد نور الدين", not "المدير العام"."""
_FULL_NAME = re.compile(rf"\b({_CAPITAL}[\w'’-]+(?: (?:ben|bin|el|al|von|van|de|da|bint|ould) | ){_CAPITAL}[\w'’-]+)")
_NO_PERSON = frozenset(
    "conseil ministre ministres ministere union etats etat nations ligue academie centre comite commission direction dialogue "
    "programme convention accord traite agence organisation conference groupe reunion session assemblee haut haute affaires "
    "interieur justice afrique europe maghreb algerie mediterranee council ministry ministers league academy committee agency "
    "united unies european africain africaine arabe arabes european union international internationale national nationale "
    "republique republic departement department agenda objectifs developpement durable protection civile police sud nord est "
    "ouest general generale premier ville grand grande saint".split()
)
_MEANING = re.compile(
    r"\bque (?:signifie|veut dire|designe)|\bveut dire|\bveulent dire|signification|\bsigle|\bacronyme|\bstands? for\b|\bmean(?:s|ing)?\b"
    r"|\bacronym|\babbreviation|full (?:form|name)|forme (?:complete|developpee)|nom complet|يعني|معني|اختصار|مختصر|يرمز"
)
_COUNT = r"(?:[3-9]|\d{2,}|trois|quatre|cinq|six|sept|huit|neuf|dix|three|four|five|seven|eight|nine|ten)"
"""Of two things, "one and the other" is the list."""
_COUNTED = (
    r"(?:(?:\d+|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|two|three|four|five|six|ten|different|principa\w+) )?"
)
_LIST_ASKED = re.compile(
    rf"\bliste (?:complete )?d(?:e|u)s? {_COUNTED}(?P<fr>\w+)"
    rf"|\b(?:cite|citez|citer|enumere\w*|nommez|nommer)(?:-moi)? (?:les|des|ces|ses|leurs|deux|trois|quatre|cinq|\d+) {_COUNTED}(?P<order>\w+)"
    rf"|^list (?:of |all )?(?:the )?{_COUNTED}(?P<en>\w+)|\b(?:the|a) list of the {_COUNTED}(?P<other>\w+)"
    rf"|\b(?:donne\w*|donnez)(?:-moi)? (?:tous |toutes )?les noms d(?:es|e) {_COUNTED}(?P<named>\w+)|\bthe names of (?:the )?{_COUNTED}(?P<names>\w+)"
    r"|\bname (?:the|all)(?: \w+)? \w+s\b|\bاذكر|\bقاءمه|\bقايمه|\bعدد اسماء"
)
_PLURAL_ASKED = re.compile(
    rf"\b(?:quel(?:le)?s|lesquel(?:le)?s)(?: sont (?:les|ces|ses|leurs)| etaient les)? (?P<count>{_COUNT} )?(?P<fr>\w+)"
    rf"|\b(?:which|what)(?: are the)? (?P<number>{_COUNT} )?(?:\w+ )?(?P<en>\w+s)\b"
)
_SOME = frozenset(
    "plusieurs certains certaines nombreux nombreuses divers diverses differents differentes quelques several some many various certain numerous".split()
)
_ENUMERATES = re.compile(
    r"[:(]|\b(?:comme|tels|telles|notamment|savoir|exemple|image d|such as|namely|including|for example|like)\b"
    r"|(?:[^,;.،؛]{1,30}[,;،؛]){2}|[^,;.،؛]{1,30}[,;،؛][^,;.،؛]{1,30} (?:et|and|و)\b",
    re.IGNORECASE,
)
NEARBY = 120
"""Characters behind a thing within which its list begins."""
REACH = 3
"""Words between "plusieurs" and the thing it leaves unnamed, at most."""


def person_lacking(question: str, shown: Sequence[str]) -> float:
    """1 where a person's name is asked for and none of the texts shown holds one that the question did not give.

    >>> person_lacking("Qui présidait la session ?", ["Le ministère a participé à la session de Tunis."])
    1.0
    >>> person_lacking("Qui présidait la session ?", ["M. Ali Ben Salah présidait."]), person_lacking("Quand ?", [""])
    (0.0, 0.0)
    """
    if not _PERSON_ASKED.search(fold(question)):
        return 0.0
    return float(not any(_names_person(text, fold(question)) for text in shown))


def _names_person(text: str, asked: str) -> bool:
    if is_arabic(text):
        return _TITLED_ARABIC.search(text) is not None
    if _TITLED.search(text):
        return True
    names = (fold(found) for found in _FULL_NAME.findall(text))
    return any(name not in asked and not _NO_PERSON.intersection(name.split()) for name in names)


def meaning_lacking(question: str, shown: Sequence[str]) -> float:
    """1 where the words behind an acronym are asked for and no text shown gives them beside it.

    >>> meaning_lacking("Que signifie CMAI ?", ["Le CMAI siège."])
    1.0
    >>> meaning_lacking("Que signifie CMAI ?", ["le Conseil des Ministres arabes de l'Intérieur (CMAI)"])
    0.0
    """
    name = acronym_asked(question)
    return float(bool(name) and not any(spells(text, name) for text in shown))


@lru_cache(maxsize=1000)
def acronym_asked(question: str) -> str:
    """The acronym whose words a question asks for, or nothing.

    A known one counts without its capitals too.

    >>> acronym_asked("CMAI, ça veut dire quoi ?"), acronym_asked("cmai veut dire quoi"), acronym_asked("Que fait le CMAI ?")
    ('CMAI', 'CMAI', '')
    """
    if not _MEANING.search(fold(question)):
        return ""
    typed = [word.upper() for word in words(question) if word.upper() in _known_acronyms()]
    found = ACRONYM.findall(question) or list(dict.fromkeys(typed))
    return found[0] if len(found) == 1 else ""


@lru_cache(maxsize=1)
def _known_acronyms() -> frozenset[str]:
    """Those of the glossary, but for two letters, which are words as well."""
    forms = (form for term in read_glossary() for own in term.forms.values() for form in own)
    return frozenset(form for form in forms if len(form) > 2 and ACRONYM.fullmatch(form))


def spells(text: str, name: str) -> bool:
    """Whether a text gives an acronym and its words side by side: letter by letter, or one of them in brackets.

    >>> spells("Le programme CAPDEL s'intitule « Renforcement des capacités ».", "CAPDEL"), spells("Le CMAI siège.", "CMAI")
    (True, False)
    """
    in_brackets = rf"[(/«“\"]\s*{name}\s*[)/»”\"]"
    told = rf"\b{name}\b(?: ?: | stands | signifie | désigne |[^.;:]{{0,30}}[(«“\"]\s*\w+ \w+)"
    if re.search(f"{in_brackets}|{told}", text, re.IGNORECASE):
        return True
    return any(own == name and full for own, full in acronyms(text))


def list_lacking(question: str, shown: Sequence[str], lists: bool, language: str) -> float:
    """1 where a list is asked for and what would be shown enumerates nothing, or only says that there are "several".

    `lists` tells whether a whole list is shown, `language` which words can be compared: none where it is empty.

    >>> list_lacking("Quelles communes ont été choisies ?", ["au profit de plusieurs communes pilotes"], False, "fr")
    1.0
    >>> list_lacking("Quelles communes ont été choisies ?", ["les communes de Babar, Timimoun et Ghazaouet"], False, "fr")
    0.0
    """
    if lists or not shown:
        return 0.0
    folded = fold(question)
    plural = _PLURAL_ASKED.search(folded)
    listed = _LIST_ASKED.search(folded) or (plural if plural and (plural["count"] or plural["number"]) else None)
    named = listed or plural
    noun = (
        next((word for name, word in named.groupdict().items() if word and name not in ("count", "number")), "")
        if named
        else ""
    )
    thing = stem(noun, language) if noun and language in ("fr", "en") else ""
    left = [_left_unnamed(text, thing, bool(listed)) for text in shown] if thing else []
    told = [value for value in left if value is not None]
    if told:
        return float(all(told) and (bool(listed) or len(told) == len(left)))
    return float(bool(listed) and not any(_ENUMERATES.search(text) for text in shown))


def _left_unnamed(text: str, thing: str, listed: bool) -> bool | None:
    """Whether a text speaks of `thing` and names none: as "several", or where a list was asked for (`listed`), without
    one behind it. `None` where it does not speak of it."""
    places = [
        match for match in re.finditer(r"[^\W\d_]+", text) if thing in (stem(match[0], "fr"), stem(match[0], "en"))
    ]
    if not places:
        return None
    if any(_ENUMERATES.search(text[place.end() : place.end() + NEARBY]) for place in places):
        return False
    before = [[fold(word) for word in words(text[: place.start()])][-REACH:] for place in places]
    return listed or all(_SOME.intersection(told) for told in before)
