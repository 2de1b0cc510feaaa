"""The fields of a briefing, and the words by which a statement belongs to some of them. Pure.

A statement may serve several fields; one that serves none is kept under `other`, so that nothing the texts say of a
framework is lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from assistant.briefings.statements import Statement
from index.terms import fold

FIELDS: Final = (
    "what",
    "aims",
    "members",
    "ministry",
    "programmes",
    "dates",
    "groups",
    "open",
    "acronyms",
    "related",
    "other",
)
_SOME_FIELDS: Final = r"(?:[\w'-]+ ){0,4}(?:domaines?|secteurs?|volets?|axes?|points?|fields?|areas?|sectors?)\b"
_CUES = {
    "aims": r"\bpour (?:objet|but|mission|objectif)s?\b|\bobjectifs?\b(?! de developpement)|\bvis(?:e|ent|ant)\b"
    r"|\bafin d|\ben vue d|\baims?\b|\bobjectives?\b|\bpurpose\b|\bporte(?:nt)? (?:[\w'-]+ ){0,4}sur\b"
    rf"|\b(?:s'exerce(?:nt)? dans|couvr(?:e|ent)|concerne(?:nt)?|compren(?:d|nent)|s'eten(?:d|dent) a) {_SOME_FIELDS}"
    r"|\bs'articule(?:nt)? autour\b|\bl'un des (?:domaines|axes|volets)\b"
    r"|\bcooperation\b[^.;:]{0,120} (?:concerne(?:nt)?|concerns?|relates? to)\b"
    rf"|\b(?:covers?|comprises?|spans?|(?:is|are) carried out in) {_SOME_FIELDS}"
    r"|\bfocus(?:es)? (?:\w+ ){0,2}on\b|\bone of the (?:fields|areas)\b"
    r"|يهدف|تهدف|اهداف|من اجل|[يت]تمحور|[يت]نصب|[يت]تركز|[يت]رتكز"
    r"|(?:[يت]شمل|[يت]غطي|[يت]مارس في) (?:\w+ ){0,3}(?:ال)?(?:مجال|ميادين|ميدان)"
    r"|التعاون (?:\w+ ){0,8}(?:[يت]شمل|[يت]غطي|[يت]تعلق|[يت]خص|[يت]تناول)"
    r"|(?:[يت]شمل|[يت]غطي|[يت]تعلق) التعاون",
    "members": r"\bmembres?\b|\betats\b|\bpays\b|\borganismes?\b|\bagences?\b|\bpartenaires?\b|\btels que\b"
    r"|\bcommunes\b|\bmembers?\b|\bpartners?\b|\bstates\b|\bcountries\b|الدول|الاعضاء|هيئات",
    "ministry": r"\bministere\b|\bmiclat\b|\bdepartement ministeriel\b|\bl'algerie\b|\bministry\b|\balgeria\b"
    r"|\bnotre secteur\b|\bdirection de la cooperation\b|\bmaecne\b|\balgerienne?s?\b|وزاره|الجزائر",
    "programmes": r"\bprogrammes?\b|\bprojets?\b|\bconventions?\b|\baccords?\b|\bagenda\b|\bplan d'action\b"
    r"|\bprotocoles?\b|\bstrategies?\b|\binitiatives?\b|\brapports? nation\w+|\bmecanisme\b|\bprojects?\b"
    r"|\bagreements?\b|\btreaty\b|\bcapdel\b|برنامج|برامج|اتفاقي?ه|اتفاقيات|اتفاق|مشروع|اجنده",
    "groups": r"\bgroupes? de travail\b|\bcomites?\b|\bcommissions?\b|\bworking groups?\b|\bcommittees?\b"
    r"|فريق عمل|فرق عمل|افواج عمل|لجنه|لجان",
    "open": r"\ben cours\b|\bse poursuivent\b|\bnegociations?\b|\ba venir\b|\bprochaine?s?\b|\bportera\b"
    r"|\bnouveau (?:plan|programme)|\bsera\b|\bseront\b|\bupcoming\b|\bongoing\b|\bunder negotiation\b|\bwill\b"
    r"|جاريه?\b|المقبله?|قيد |القادمه?",
}
_PATTERNS = {field: re.compile(cue) for field, cue in _CUES.items()}


def fields_of(statement: Statement, dated: bool) -> list[str]:
    """The fields a statement serves, in the order of a briefing; an item serves those of what announces its list too.

    What a framework is, it says or not by its subject: `Statement.defined`.
    """
    return cued(statement.quote, statement.lead) or ([] if dated else ["other"])


def with_their_lists(told: Sequence[Statement], served: Sequence[list[str]]) -> list[list[str]]:
    """The fields that statements of a document serve; what most items of a list serve, all of them do.

    So a list is told whole where it belongs, and not cut by the words of its items.
    """
    counted: dict[int, Counter[str]] = {}
    for statement, fields in zip(told, served, strict=True):
        if statement.lead:
            counted.setdefault(statement.lead_start, Counter()).update(set(fields) - {"other"})
    shared = []
    for statement, fields in zip(told, served, strict=True):
        of_list = counted[statement.lead_start] if statement.lead else Counter()
        most = {field for field, count in of_list.items() if 2 * count > statement.listed}
        shared.append([field for field in _CUES if field in {*fields, *most}] if most else fields)
    return shared


def cued(quote: str, lead: str = "") -> list[str]:
    """The fields that words of a sentence, or of what announces its list, belong to.

    >>> cued("la protection civile ;", "La coopération porte pour l'essentiel sur quatre points :")
    ['aims']
    """
    told = (fold(quote), fold(lead))
    return [field for field, pattern in _PATTERNS.items() if any(map(pattern.search, told))]
