"""Things that a question calls by their class alone: "le conseil", "the programme", "المجلس". Pure.

A follow-up that names another thing, or another class, stands against them: after "Quels sont les buts du conseil ?",
"Et la Ligue arabe ?" asks for the aims of the League. What has a name, such as "le Conseil de l'Europe", is found by
it and not here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.answers.mentions import mentions
from index.terms import fold

_FRENCH = (
    "conseil ligue union organisation organisme comité commission ministère direction centre académie agence association "
    "alliance assemblée secrétariat réseau fonds institut bureau programme projet plan dialogue initiative stratégie "
    "convention accord mécanisme partenariat charte agenda traité"
).split()
_ENGLISH = (
    "council league union organisation organization body committee commission ministry directorate centre center academy "
    "agency association alliance assembly secretariat network fund institute office programme program project plan dialogue "
    "initiative strategy convention agreement mechanism partnership charter agenda treaty"
).split()
_ARABIC = (
    "مجلس جامعة اتحاد منظمة هيئة لجنة وزارة مديرية مركز أكاديمية وكالة حلف أمانة شبكة صندوق معهد مكتب برنامج مشروع خطة "
    "حوار مبادرة استراتيجية اتفاقية اتفاق آلية شراكة ميثاق أجندة معاهدة"
).split()
_TOLD = (
    r"(?:\s+(?:arabes?|africaine?|européen(?:ne)?|maghrébin(?:e)?|régional(?:e)?|international(?:e)?|national(?:e)?|bilatéral(?:e)?"
    r"|multilatéral(?:e)?|commun(?:e)?|ministériel(?:le)?))?"
)
_IN_FRENCH = re.compile(
    r"\b(?:(?P<merged>du|au)|(?:(?P<before>de|à)\s+)?(?P<article>le|la|l['’]|ce|cet|cette))\s*"
    rf"(?P<core>(?:{'|'.join(_FRENCH)}){_TOLD}(?:\s+(?:des|de|d['’])\s*[^\W\d_]+{_TOLD})?)\b(?!\s+(?:de|du|des|d['’]|pour|sur)(?:\s|\b)|\s*[«\"])",
    re.IGNORECASE,
)
_IN_ENGLISH = re.compile(
    r"\b(?:(?P<before>of|with|by|for|in|at|to)\s+)?(?P<article>the|this|that)\s+"
    rf"(?P<core>(?:(?:arab|african|european|regional|international|national|joint)\s+)?(?:{'|'.join(_ENGLISH)}))\b(?!\s+(?:of|for|on)\b)",
    re.IGNORECASE,
)
_IN_ARABIC = re.compile(
    rf"(?<!\S)(?P<before>[بلك]?)(?P<core>(?:ال|(?<=ل)ل)(?:{'|'.join(_ARABIC)})(?:\s+ال(?:عربي|عربية|أفريقي|أفريقية|أوروبي|أوروبية|مغاربي|مغاربية|وطني|وطنية|إقليمي|إقليمية|دولي|دولية))?)"
    r"(?=\s|$)"
)
_ALONE = re.compile(
    rf"(?:{'|'.join(_FRENCH)}){_TOLD}|(?:{'|'.join(_ENGLISH)})|(?:ال)(?:{'|'.join(_ARABIC)})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A thing called by its class at `start:end` of a question; `before` is its preposition, within that span."""

    start: int
    end: int
    before: str


def unnamed(question: str) -> Unnamed | None:
    """The last thing that a question calls by its class and does not name; `None` where there is none.

    >>> unnamed("Quels sont les buts du conseil ?")
    Unnamed(start=20, end=30, before='de')
    >>> unnamed("Quels sont les buts du Conseil de l'Europe ?"), unnamed("Que fait l'Union européenne ?")
    (None, None)
    """
    named = mentions(question)
    found = None
    for pattern in (_IN_FRENCH, _IN_ENGLISH, _IN_ARABIC):
        for match in pattern.finditer(question):
            if any(m.entity and m.start < match.end() + 2 and match.start("core") < m.end for m in named):
                continue
            merged = match.groupdict().get("merged") or ""
            before = {"du": "de", "au": "à"}.get(merged.lower(), "") or match["before"] or ""
            found = Unnamed(match.start(), match.end(), before.lower())
    return found


def is_class(core: str) -> bool:
    """Whether a noun without its article is a class of things and nothing more.

    >>> is_class("plan"), is_class("plan d'action"), is_class("budget"), is_class("الخطة")
    (True, False, False, True)
    """
    return _ALONE.fullmatch(core) is not None and fold(core) != ""
