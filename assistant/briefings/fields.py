"""The fields of a briefing, and the words by which a statement belongs to some of them. Pure.

A statement may serve several fields; one that serves none is kept under `other`, so that nothing the texts say of a
framework is lost.
"""

from __future__ import annotations

import re
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
_CUES = {
    "what": r"\bconstitue l'un|\best (?:l'un|un|une|le|la)\b|\bil s'agit d|\bis (?:a|an|one|the)\b|يعد |تعد |يعتبر"
    r"|\b(?:a ete|was) (?:cree|constitue|fonde|created|founded|established)\w*|عباره عن",
    "aims": r"\bpour (?:objet|but|mission|objectif)s?\b|\bobjectifs?\b(?! de developpement)|\bvis(?:e|ent|ant)\b"
    r"|\bafin d|\ben vue d|\baims?\b|\bobjectives?\b|\bpurpose\b|\bporte(?:nt)? (?:\w+ ){0,3}sur\b"
    r"|يهدف|تهدف|اهداف|من اجل",
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
_FROM_LEAD = frozenset(("aims", "members", "programmes", "groups", "open"))
"""Fields that an item shares with the sentence that announces its list."""


def fields_of(statement: Statement, dated: bool) -> list[str]:
    """The fields a statement serves, in the order of a briefing."""
    own, lead = fold(statement.quote), fold(statement.lead)
    found = [
        field
        for field, pattern in _PATTERNS.items()
        if pattern.search(own) or (field in _FROM_LEAD and lead and pattern.search(lead))
    ]
    return found or ([] if dated else ["other"])
